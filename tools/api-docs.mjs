// Writes the page of the API: docs/openapi.json as one HTML file with an inline style sheet, and
// without any script: node tools/api-docs.mjs build/assets/api/docs.html

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const api = JSON.parse(readFileSync(`${root}docs/openapi.json`, "utf8"));
const style = readFileSync(new URL("api-docs.css", import.meta.url), "utf8").trim();

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
/** Text with `code` in it. */
const words = (text = "") => escape(text).replace(/`([^`]+)`/g, "<code>$1</code>");
const named = (reference) => reference.split("/").at(-1);
const resolved = (node) => (node.$ref ? node.$ref.slice(2).split("/").reduce((at, part) => at[part], api) : node);
const code = (value) => `<pre tabindex="0"><code>${escape(typeof value === "string" ? value : JSON.stringify(value, null, 2))}</code></pre>`;
const table = (head, rows) =>
  `<div class="wide" tabindex="0"><table><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("")}</tbody></table></div>`;

/** What a schema takes, in a few words. */
function kind(schema) {
  if (schema === true || !Object.keys(schema).length) return "anything";
  if (schema.$ref) return `<a href="#schema-${named(schema.$ref)}">${named(schema.$ref)}</a>`;
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return any.filter(({ type }) => type !== "null").map(kind).join(" or ");
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) {
    const list = schema.enum.slice(0, 12).map((word) => `<code>${escape(word)}</code>`);
    return list.join(" ") + (schema.enum.length > list.length ? ` and ${schema.enum.length - list.length} more` : "");
  }
  const types = [schema.type ?? "anything"].flat().filter((type) => type !== "null");
  if (types.includes("array")) return `list of ${kind(schema.items ?? true)}`;
  if (types.includes("object") && schema.additionalProperties && schema.additionalProperties !== true) return `map of ${kind(schema.additionalProperties)}`;
  const { minimum, maximum, pattern, format } = schema;
  const range = minimum !== undefined && maximum !== undefined ? ` ${minimum} to ${maximum}` : minimum !== undefined ? ` from ${minimum}` : "";
  return `${types.join(" or ")}${range}${pattern ? ` <code class="pattern">${escape(pattern)}</code>` : format === "date-time" ? " (RFC 3339)" : ""}`;
}

const fields = ({ properties = {}, required = [] }) =>
  table(["field", "takes", ""], Object.entries(properties).map(([name, field]) => [
    `<code>${escape(name)}</code>${required.includes(name) ? ' <b class="must">required</b>' : ""}`,
    kind(field),
    words(field.description),
  ]));

function content(media, isBody) {
  return Object.entries(media).map(([type, { schema = {}, examples = {} }]) => {
    const shown = Object.entries(examples).map(([name, { value }]) => `<details><summary>Example: ${escape(name.replaceAll("-", " "))}</summary>${code(value)}</details>`).join("");
    const shape = resolved(schema);
    // What a body takes is shown in its place; a document is too much for that.
    const own = isBody && shape.properties && named(schema.$ref ?? "") !== "Document" ? fields(shape) : "";
    return `<p class="media"><code>${escape(type.split(";")[0])}</code> ${Object.keys(shape).length ? kind(schema) : ""}</p>${own}${shown}`;
  }).join("");
}

const answers = (responses) =>
  Object.entries(responses).map(([status, answer]) => {
    const { description, headers = {}, content: media = {} } = resolved(answer);
    const own = Object.keys(headers).filter((name) => !["X-Request-Id", "Cache-Control", "X-Problem"].includes(name));
    const isError = Number(status) >= 400;
    const more = isError ? "" : content(media, false);
    return `<li class="${isError ? "bad" : "good"}"><b>${status}</b><div><p>${words(description)}${own.length ? ` <span class="soft">· ${own.map((name) => `<code>${name}</code>`).join(" ")}</span>` : ""}</p>${more}</div></li>`;
  }).join("");

function operation(path, method, { operationId, summary, description, security, parameters = [], requestBody, responses }) {
  const keys = security.flatMap((way) => way.key ?? []);
  const isOptional = security.some((way) => !Object.keys(way).length);
  const key = keys.length ? `<span class="scope">${isOptional ? "key optional" : "key"}: <code>${keys.join(" ")}</code></span>` : '<span class="scope open">public</span>';
  const rows = parameters.map(resolved).map((param) => [
    `<code>${escape(param.name)}</code>${param.required ? ' <b class="must">required</b>' : ""}`,
    param.in,
    kind(param.schema),
    words(param.description) + (param.example !== undefined ? ` <span class="soft">Example: <code>${escape(param.example)}</code></span>` : ""),
  ]);
  return `<article id="${operationId}">
<h3><a href="#${operationId}"><span class="method ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code></a>${key}</h3>
<p class="summary">${words(summary)}</p><p class="soft">${words(description)}</p>
${rows.length ? `<h4>Params</h4>${table(["name", "in", "takes", ""], rows)}` : ""}
${requestBody ? `<h4>Body</h4>${content(requestBody.content, true)}` : ""}
<h4>Answers</h4><ul class="answers">${answers(responses)}</ul>
</article>`;
}

const all = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, described]) => ({ path, method, ...described })));
const groups = api.tags.map((tag) => ({ ...tag, operations: all.filter(({ tags }) => tags.includes(tag.name)) }));
const anchor = (name) => `tag-${name.toLowerCase()}`;
const shapes = Object.entries(api.components.schemas).map(([name, schema]) => {
  const body = schema.properties ? fields(schema) : schema.oneOf || schema.anyOf || schema.enum ? `<p>${kind({ ...schema, properties: undefined })}</p>` : `<p>${kind(schema)}</p>`;
  return `<details id="schema-${name}"><summary><code>${name}</code></summary><p class="soft">${words(schema.description?.split("\n\n")[0])}</p>${body}</details>`;
});

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API of Monogram</title>
<style>${style}</style>
</head>
<body>
<nav aria-label="Operations"><p class="mark"><a href="/">Monogram</a> <span class="soft">API ${escape(api.info.version)}</span></p>
${groups.map(({ name, operations }) => `<h2><a href="#${anchor(name)}">${name}</a></h2><ul>${operations.map(({ operationId, summary }) => `<li><a href="#${operationId}">${words(summary)}</a></li>`).join("")}</ul>`).join("\n")}
<h2><a href="#schemas">Shapes</a></h2></nav>
<main>
<header><h1>The API of Monogram</h1><p>${words(api.info.description)}</p>
<p><a href="/v1/openapi.json">openapi.json</a> is the same for programs (OpenAPI ${escape(api.openapi)}).</p>
${code(`curl https://img.example/v1/templates -H "Authorization: Bearer $KEY"`)}</header>
${groups.map(({ name, description, operations }) => `<section id="${anchor(name)}"><h2>${name}</h2><p class="soft">${words(description)}</p>${operations.map((each) => operation(each.path, each.method, each)).join("\n")}</section>`).join("\n")}
<section id="schemas"><h2>Shapes</h2><p class="soft">What bodies and answers are made of.</p>${shapes.join("\n")}</section>
</main>
</body>
</html>
`;
writeFileSync(process.argv[2], html);
