// Holds every answer that a test sees to docs/openapi.json: its status, its type, its headers and the
// schema of its body. The harness calls it for each answer.

import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";

const DOCUMENT = JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8"));

/** The number of an answer. */
const REQUEST_ID = /^[0-9a-f]{32}$/;

/** Statuses that every path may answer although no operation lists them: no such path, no such method. */
const ANYWHERE = [404, 405];

let ajv;
const compiled = new Map();

/** What a JSON Pointer names. */
const at = (pointer) => pointer.slice(2).split("/").reduce((node, part) => node[part.replaceAll("~1", "/").replaceAll("~0", "~")], DOCUMENT);
const resolved = (node) => (node?.$ref ? at(node.$ref) : node);

/** The schema, where an object has no fields but those that are named. So a new field must be described. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, ["const", "enum", "default", "examples"].includes(name) ? value : closed(value)]));
  if (copy.properties && copy.additionalProperties === undefined && !copy.allOf && !copy.anyOf && !copy.oneOf && !copy.$ref) copy.additionalProperties = false;
  return copy;
}

/** The names of a schema and of all that it refers to. */
function reached(name, schemas, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, next] of JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/(\w+)"/g)) reached(next, schemas, found);
  return found;
}

function validator(pointer) {
  if (!ajv) {
    ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const { schemas } = DOCUMENT.components;
    // A document of a template is as its author sent it, and says itself what is closed.
    const sent = reached("Document", schemas);
    const answers = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, sent.has(name) ? schema : closed(schema)]));
    ajv.addSchema({ $id: "api", components: { schemas: answers }, paths: closed(DOCUMENT.paths) });
  }
  if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `api${pointer}` }));
  return compiled.get(pointer);
}

const escape = (part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));

/** The operations, as the table of routes finds them: the first path that matches. */
const PATHS = JSON.parse(readFileSync(new URL("routes.json", import.meta.url), "utf8")).map(({ pattern }) => ({
  path: pattern.replaceAll("+}", "}"),
  expression: new RegExp(`^${pattern.replace(/[.]/g, "\\.").replace(/\{\w+\+\}/g, "(.*)").replace(/\{\w+\}/g, "[^/]+")}$`, "s"),
}));

/** The path of the document to which a path of a URL belongs; undefined if there is none. */
export function pathOf(path) {
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // The Worker refuses it.
  }
  return PATHS.find(({ expression }) => expression.test(decoded))?.path;
}

/**
 * Throws if an answer is not one that the document describes.
 *
 * @param {string} method
 * @param {string} path the path of the URL, without its query
 * @param {Response} response
 * @param {Buffer} [body] only the number of the answer is looked at without it
 */
export function check(method, path, response, body) {
  const { status, headers } = response;
  const where = `${method} ${path} answers ${status}`;
  const fail = (what) => {
    throw new Error(`${where}: ${what} (docs/openapi.json)`);
  };
  if (!REQUEST_ID.test(headers.get("x-request-id") ?? "")) fail("X-Request-Id is missing");
  // Pictures have tests of their own.
  if (method === "OPTIONS" || body === undefined) return;

  const known = pathOf(path);
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const operation = known && DOCUMENT.paths[known][verb];
  const listed = operation?.responses[status];
  if (!listed) {
    const isElsewhere = ANYWHERE.includes(status) && (!operation || status === 405 || status === 404);
    // A URL that is too long is no path yet.
    if (!isElsewhere && !(status === 414 && !operation)) fail("the status is not listed");
    if (status === 405 && !headers.get("allow")) fail("Allow is missing");
    if (headers.get("content-type") === "application/problem+json" && body.length) valid("#/components/schemas/Problem", body, fail);
    return;
  }
  const answer = resolved(listed);
  for (const [name, header] of Object.entries(answer.headers ?? {})) {
    const { required, schema } = resolved(header);
    const value = headers.get(name);
    if (value === null) {
      if (required) fail(`${name} is missing`);
      continue;
    }
    const { pattern, enum: words, type } = schema;
    const fits = (!pattern || new RegExp(pattern).test(value)) && (!words || words.includes(value)) && (type !== "integer" || /^\d+$/.test(value));
    if (!fits) fail(`${name} is ${value}`);
  }
  if (!answer.content) {
    if (body.length) fail("there is a body");
    return;
  }
  const type = headers.get("content-type");
  const kind = Object.keys(answer.content).find((kind) => kind === type || type?.startsWith(`${kind};`));
  if (!kind) fail(`the type ${type} is not listed`);
  if (!/[/+]json$/.test(kind) || method === "HEAD") return;
  const pointer = listed.$ref
    ? `#/components/schemas/Problem`
    : `#/paths/${escape(known)}/${verb}/responses/${status}/content/${escape(kind)}/schema`;
  valid(pointer, body, fail);
}

function valid(pointer, body, fail) {
  const validate = validator(pointer);
  if (!validate(JSON.parse(body.toString("utf8")))) {
    fail(validate.errors.slice(0, 3).map(({ instancePath, message, params }) => `${instancePath || "the body"} ${message} ${JSON.stringify(params)}`).join("; "));
  }
}
