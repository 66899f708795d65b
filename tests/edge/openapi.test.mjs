// The document of the API and its page; its examples, sent to the Worker. `MONOGRAM_ACCEPT=1` writes
// the answers of the examples into tests/openapi/examples.json: look at them, then run
// `make golden-accept`, which writes docs/openapi.json.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { API, ROUTES, api } from "./api.mjs";
import { ask, withWorker } from "./answers.mjs";
import { check, pathOf } from "./contract.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const FILE = `${root}tests/openapi/examples.json`;
const EXAMPLES = JSON.parse(readFileSync(FILE, "utf8"));

/** The longest answer that is kept as an example, in characters of JSON. */
const LONGEST = 5_000;

/** An answer without what is another one each time. */
function steady(text, origin) {
  return text
    .replaceAll(origin, "https://img.example")
    .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "2037-01-01T00:00:00Z")
    .replace(/"month":"20\d\d-\d\d"/g, '"month":"2037-01"')
    .replace(/mg_live_\w+/g, "mg_live_0c3KkAm4X9Tn1JpJrX8vQe5wZb7dF2gH6iL0oM4sR9tU1yW3x")
    .replace(/\b[0-9a-f]{24}\b/g, "001122334455667788990011")
    .replace(/\b[0-9a-f]{32}\b/g, "00112233445566778899aabbccddeeff")
    .replace(/\/([sx])\/[\w-]+\//g, "/$1/AQAAAQ/")
    .replace(/"memory_bytes":\d+/, '"memory_bytes":16777216')
    .replace(/"build":"[^"]+"/, '"build":"0.1.0+0011223344556677"');
}

test("the examples of the document answer as it states", () =>
  withWorker(API, async (worker) => {
    const told = [];
    const tokens = {};
    assert.deepEqual([...new Set(EXAMPLES.map(({ handler }) => handler))].sort(), ROUTES.map(({ handler }) => handler).sort(), "every operation has an example");
    for (const example of EXAMPLES) {
      const { handler, name, path = {}, query = {}, headers = {}, body, body_file, type = "application/json", status, answer } = example;
      const { method, pattern } = ROUTES.find((row) => row.handler === handler);
      // The tokens of a deployment are its own.
      const parts = { ...path, ...(path.policy && { policy: tokens.s }), ...(path.sealed && { sealed: tokens.x }) };
      const url = pattern.replace(/\{(\w+)\+?\}/g, (_, part) => encodeURIComponent(parts[part]));
      const search = new URLSearchParams(query).toString();
      const sent = body_file ? readFileSync(root + body_file) : typeof body === "object" ? JSON.stringify(body) : body;
      const given = await api(worker, `${method} ${url}${search && `?${search}`}`, { body: sent, headers: { ...(sent !== undefined && { "Content-Type": type }), ...headers } });
      assert.equal(given.status, status, `${handler} ${name}: ${given.text().slice(0, 300)}`);
      const kind = given.header("content-type") ?? "";
      const text = /json|text\/plain/.test(kind) ? steady(given.text(), worker.url) : "";
      for (const [, folder, token] of given.text().matchAll(/\/([sx])\/([\w-]+)\//g)) tokens[folder] = token;
      const said = /json/.test(kind) ? JSON.parse(text || "null") : text || undefined;
      const kept = said === undefined || said === null || text.length > LONGEST ? undefined : said;
      if (!process.env.MONOGRAM_ACCEPT) assert.deepEqual(answer, kept, `${handler} ${name}`);
      const { answer: _, ...rest } = example;
      told.push(kept === undefined ? rest : { ...rest, answer: kept });
    }
    if (process.env.MONOGRAM_ACCEPT) {
      writeFileSync(FILE, `[\n${told.map((example) => `  ${JSON.stringify(example)}`).join(",\n")}\n]\n`);
      assert.fail("tests/openapi/examples.json was written");
    }
  }));

test("the Worker sends the document, and a page of it without a script", () =>
  withWorker({}, async (worker) => {
    const sent = await ask(worker, "/v1/openapi.json");
    assert.equal(sent.text(), readFileSync(`${root}docs/openapi.json`, "utf8"));
    assert.equal(sent.header("cache-control"), "public, max-age=60");
    const page = await ask(worker, "/v1/docs");
    assert.equal(page.header("cache-control"), "public, max-age=60");
    const style = /<style>(.*?)<\/style>/s.exec(page.text())[1];
    const digest = createHash("sha256").update(style).digest("base64");
    assert.equal(page.header("content-security-policy"), `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`);
    const active = page.text().match(/<(script|link|img|iframe|form)\b|<[a-z][^>]*\s(on\w+|style|src)=/i);
    assert.equal(active, null, active?.[0]);
    for (const { method, pattern } of ROUTES) {
      assert.ok(page.text().includes(`<code>${pattern.replaceAll("+}", "}").replace("&", "&amp;")}</code>`), `${method} ${pattern}`);
    }
  }));

test("an answer that is not described fails the tests", () => {
  const problem = { type: "about:blank", title: "Not Found", status: 404, detail: "x", code: "x" };
  const json = (status, body, headers = {}) => [
    new Response(null, { status, headers: { "content-type": status < 400 ? "application/json; charset=utf-8" : "application/problem+json", "x-request-id": "0".repeat(32), "cache-control": "no-store", "x-problem": "x", ...headers } }),
    Buffer.from(JSON.stringify(body)),
  ];
  const list = "/v1/templates";
  check("GET", list, ...json(200, { items: [] }));
  check("GET", "/v1/templates/acme/x/revisions", ...json(404, problem));
  check("GET", "/v1/nothing", ...json(404, problem));
  for (const [method, path, answer, why] of [
    ["GET", list, json(200, { items: [{}] }), /must have required property 'id'/],
    ["GET", list, json(200, { items: [], more: 1 }), /additional properties/],
    ["GET", list, json(200, { items: [] }, { "content-type": "text/html" }), /type text\/html/],
    ["GET", list, json(201, { items: [] }), /not listed/],
    ["GET", list, json(409, problem), /not listed/],
    ["GET", list, json(400, { ...problem, code: undefined }), /required property 'code'/],
    ["GET", list, json(401, problem), /WWW-Authenticate is missing/],
    ["GET", list, json(200, { items: [] }, { "x-request-id": "x" }), /X-Request-Id/],
    ["PATCH", list, json(405, problem), /Allow is missing/],
  ]) {
    assert.throws(() => check(method, path, ...answer), why, `${method} ${path}`);
  }
  assert.equal(pathOf("/v1/templates/a%2Fdiff"), "/v1/templates/{template}/diff");
});
