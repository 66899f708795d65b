// POST /v1/lint: the check of an email, with the templates that the caller may know.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { API, api, makeKey, want } from "./api.mjs";
import { ask, withWorker, workerForFile } from "./answers.mjs";
import { requestLines } from "./harness.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ ...API, kv: { card: card(), "acme/closed": card({ access: "signed" }) } });
const CALL = "POST /v1/lint?sender=mailchimp&url_prefix=https://img.example";
const img = (path, more = "") => `<img src="https://img.example${path}" alt="Hi" width="300" height="120"${more}>`;

/** The codes of the findings about an email. */
async function codes(body, options = {}, call = CALL) {
  const answer = await want(worker, 200, call, { key: null, body, ...options });
  return answer.json().findings.map(({ code }) => code);
}

test("an email is checked as the core checks it", () => {
  const own = (path) => new URL(`../lint/${path}`, import.meta.url);
  const kv = Object.fromEntries(["acme/hello", "acme/open"].map((id) => [id, readFileSync(own(`templates/${id}.json`), "utf8")]));
  return withWorker({ ...API, kv }, async (worker) => {
    let checked = 0;
    for (const file of readdirSync(own("")).filter((name) => name.endsWith(".html"))) {
      const [html, expected] = readFileSync(own(file), "utf8").split("<!-- expected");
      const [options, ...lines] = expected.split("\n").filter((line) => line.trim() && line.trim() !== "-->");
      // The core is told the time, 15 January 2027.
      if (!/\btemplates\b/.test(options) || /\/[sx]\//.test(html)) continue;
      const query = options.trim().split(/\s+/).filter((option) => option !== "templates");
      const call = `POST /v1/lint?${query.map((option) => option.replace(/^prefix/, "url_prefix")).join("&")}`;
      const { pictures, findings } = (await want(worker, 200, call, { body: html })).json();
      const said = findings.map(({ line, column, severity, code, message, remedy }) => `${line}:${column} ${severity} ${code}: ${message} (${remedy})`);
      assert.deepEqual([pictures > 0, ...said], [true, ...lines], file);
      checked += 1;
    }
    assert.ok(checked >= 60, `${checked} emails`);
  });
});

test("of templates that are not public only a key with the scope sign learns the params", async () => {
  const { key } = await makeKey(worker, ["sign"], ["acme/"]);
  const other = await makeKey(worker, ["sign"], ["globex/"]);
  const open = img("/i/card.png?nmae=Maria");
  const closed = img("/i/acme/closed.png?nmae=Maria");
  assert.deepEqual(await codes(open), ["unknown-param"]);
  assert.deepEqual(await codes(img("/i/none.png")), ["unknown-template"]);
  assert.deepEqual(await codes(closed), []);
  assert.deepEqual(await codes(closed, { key: other.key }), []);
  assert.deepEqual(await codes(closed, { key }), ["unsigned-url", "unknown-param"]);
  assert.deepEqual(await codes(open, { key }), ["unknown-param"]);
});

test("a key that is sent must be one that may", async () => {
  const { key } = await makeKey(worker, ["templates:read"], ["acme/"]);
  assert.equal((await want(worker, 403, CALL, { key, body: "" })).json().code, "missing-scope");
  assert.equal((await want(worker, 401, CALL, { key: "mg_live_x", body: "" })).json().code, "bad-key");
  for (const query of ["sender=mailchip", "sender="]) assert.equal((await want(worker, 400, `POST /v1/lint?${query}`, { key: null, body: "" })).json().field, "sender");
  assert.equal((await want(worker, 400, CALL, { key: null, body: "" })).json().code, "body-empty");
});

test("an email may have a megabyte, and more templates than are read", async () => {
  const room = 1024 * 1024;
  assert.deepEqual(await codes(img("/i/card.png").padEnd(room)), []);
  const large = await want(worker, 413, CALL, { key: null, body: "".padEnd(room + 1) });
  assert.deepEqual([large.json().code, large.header("cache-control"), large.header("access-control-allow-origin")], ["body-too-large", "no-store", null]);
  // Nothing is said of those that were not read.
  const many = Array.from({ length: 60 }, (_, number) => img(`/i/none-${String(number).padStart(2, "0")}.png`)).join("\n");
  assert.equal((await codes(many)).filter((code) => code === "unknown-template").length, 40);
});

test("nothing of an email is in the log, and a network may check so many in a minute", () =>
  withWorker({ ...API, rateLimits: { API_LIMIT: 3 } }, async (worker) => {
    const statuses = [];
    for (let time = 0; time < 5; time++) statuses.push((await api(worker, CALL, { key: null, body: img("/i/secret-id.png?name=Secret"), headers: { "CF-Connecting-IP": "203.0.113.7" } })).status);
    assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
    await requestLines(worker, 5);
    for (const { message } of worker.logs) assert.doesNotMatch(message, /secret/i);
    assert.equal((await ask(worker, "/v1/lint")).status, 405);
  }));
