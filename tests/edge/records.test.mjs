// Records: imports of files as people have them, reading and deleting, and the pictures that show them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { API, api, makeKey, want } from "./api.mjs";
import { withWorker, workerForFile } from "./answers.mjs";
import { loggedLines } from "./harness.mjs";
import { imported } from "./jobs.mjs";

const worker = workerForFile(API);

const template = (fields = {}) => ({
  width: 120,
  height: 40,
  access: "public",
  params: { contact: { type: "record", collection: "acme/contacts" } },
  alt: "Hi {{ contact.first_name | default('friend') }}!",
  layers: [{ type: "text", text: "Hi {{ contact.first_name | default('friend') }}!", size: 20, fill: "#fff" }],
  ...fields,
});

const records = async (collection) => {
  const text = (await want(worker, 200, `GET /v1/records/${collection}/`)).text();
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
};

test("a record is stored, read, replaced and deleted", async () => {
  await want(worker, 404, "GET /v1/records/acme/people/abc");
  await want(worker, 200, "PUT /v1/records/acme/people/abc", { body: { first_name: "Zoe\u0301 ", points: 3, none: "" } });
  assert.deepEqual((await want(worker, 200, "GET /v1/records/acme/people/abc")).json(), { first_name: "Zoé", id: "abc", points: 3 });
  await want(worker, 200, "PUT /v1/records/acme/people/abc", { body: { first_name: "Ann" } });
  assert.deepEqual(await records("acme/people"), [{ first_name: "Ann", id: "abc" }]);
  await want(worker, 204, "DELETE /v1/records/acme/people/abc");
  await want(worker, 404, "GET /v1/records/acme/people/abc");
  await want(worker, 422, "PUT /v1/records/acme/people/abc", { body: { text: Array(20).fill("x".repeat(1_000)) } });
});

test("an import merges, or replaces as a whole", async () => {
  const merged = await imported(worker, "acme/lists", "id,name\n1,Ann\n2,Ben\n");
  assert.deepEqual([merged.state, merged.rows, merged.done, merged.failed], ["done", 2, 2, 0]);
  // The column may differ in case and punctuation.
  await imported(worker, "acme/lists", "KEY;name\r\n2;Bea\r\n3;Cem\r\n", { query: "?key=key" });
  assert.deepEqual((await records("acme/lists")).map(({ name }) => name), ["Ann", "Bea", "Cem"]);
  await imported(worker, "acme/lists", '{"id":9,"name":"Dan","tags":["a","b"]}\n', { query: "?mode=replace", type: "application/x-ndjson" });
  assert.deepEqual(await records("acme/lists"), [{ id: 9, name: "Dan", tags: ["a", "b"] }]);
  await want(worker, 204, "DELETE /v1/records/acme/lists/");
  await want(worker, 404, "GET /v1/records/acme/lists/");
  await imported(worker, "acme/lists", "id,name\n4,Eve\n");
  assert.deepEqual((await records("acme/lists")).map(({ name }) => name), ["Eve"]);
  await imported(worker, "acme/lists", "id,name\n5,Fay\n", { query: "?mode=replace" });
  assert.deepEqual((await records("acme/lists")).map(({ name }) => name), ["Fay"]);
  // What was deleted does not come back, however the collection is made again.
  for (const [call, body, names] of [
    ["PUT /v1/records/acme/lists/", { signed: false }, []],
    ["PUT /v1/records/acme/lists/6", { name: "Gil" }, ["Gil"]],
  ]) {
    await want(worker, 204, "DELETE /v1/records/acme/lists/");
    await want(worker, 200, call, { body });
    assert.deepEqual((await records("acme/lists")).map(({ name }) => name), names);
  }
});

test("every fault of a file is told at its line and column, and the other rows are there", async () => {
  await want(worker, 200, "PUT /v1/templates/acme/typed", {
    body: template({ params: { points: { type: "number", min: 0 }, plan: { type: "choice", choices: ["free", "pro"] } }, alt: "x", layers: [] }),
  });
  const rows = Array.from({ length: 3_000 }, (_, n) => (n % 6 === 5 ? `${n},many,pro` : `${n},${n},${n % 6 === 4 ? "gold" : "free"}`));
  const job = await imported(worker, "acme/typed", `id,Points,plan\n${rows.join("\n")}\n,1,free\n`, { query: "?template=acme/typed" });
  assert.deepEqual([job.state, job.rows, job.done, job.failed], ["done", 3_001, 3_001, 1_001]);
  assert.equal(job.errors.length, 1_000);
  assert.deepEqual(job.errors.slice(0, 2), [
    { line: 6, column: "plan", expected: "one of free, pro" },
    { line: 7, column: "Points", expected: "a number from 0" },
  ]);
  assert.equal((await records("acme/typed")).length, 2_000);
});

test("files as people have them are imported: the rows of tests/tables", async () => {
  const folder = new URL("../tables/", import.meta.url);
  for (const { file, what, refused, key, rows } of JSON.parse(readFileSync(new URL("cases.json", folder), "utf8"))) {
    const collection = `acme/table-${file.replace(".csv", "")}`;
    const body = readFileSync(new URL(file, folder));
    if (refused) {
      const answer = await api(worker, `POST /v1/records/${collection}`, { body, headers: { "Content-Type": "text/csv" } });
      assert.deepEqual([answer.status, answer.json().code], [422, refused], file);
      continue;
    }
    const job = await imported(worker, collection, body, { query: `?key=${encodeURIComponent(key)}` });
    assert.deepEqual([job.state, job.rows, job.done], ["done", rows.length, rows.length], what);
    const ids = rows.map(([, fields]) => (fields[key] ?? "").trim()).filter(Boolean);
    assert.equal(job.failed, rows.length - ids.length, what);
    const stored = await worker.db.prepare("SELECT id FROM record WHERE collection = ? ORDER BY id").bind(collection).all();
    assert.deepEqual(stored.results.map(({ id }) => id), [...new Set(ids)].sort(), what);
  }
});

test("files that are none are refused before anything is written", async () => {
  for (const [status, code, file, type, query] of [
    [422, "no-rows", "", "text/csv", ""],
    [422, "no-rows", "id,name\n", "text/csv", ""],
    [422, "no-key", "name\nAnn\n", "text/csv", ""],
    [422, "no-key", "#\nAnn\n", "text/csv", "?key=!"],
    [422, "unclosed-quote", 'id,name\n1,"Ann\n', "text/csv", ""],
    [400, "bad-content-type", "id\n1\n", "application/pdf", ""],
    [400, "bad-import", "id\n1\n", "text/csv", "?mode=both"],
    [400, "bad-import", "id\n1\n", "text/csv", "?kye=id"],
    [404, "unknown-template", "id\n1\n", "text/csv", "?template=acme/nothing"],
  ]) {
    const answer = await api(worker, `POST /v1/records/acme/refused${query}`, { body: file, headers: { "Content-Type": type } });
    assert.deepEqual([answer.status, answer.json().code], [status, code], file);
  }
  await want(worker, 404, "GET /v1/records/acme/refused/");
});

test("the same call with one Idempotency-Key imports once", async () => {
  const call = () =>
    want(worker, 202, "POST /v1/records/acme/once", { body: "id\n1\n", headers: { "Content-Type": "text/csv", "Idempotency-Key": "import-1" } });
  assert.deepEqual((await call()).json(), (await call()).json());
});

test("a picture shows the record of its id, and falls back where there is none", async () => {
  await want(worker, 200, "PUT /v1/templates/acme/hi", { body: template() });
  await imported(worker, "acme/contacts", "id,first_name\nabc123,Maria\nx@y.z,Zoë\n");
  for (const [query, alt, params] of [
    ["contact=abc123", "Hi Maria!", "contact=given"],
    ["contact=x%40y.z", "Hi Zoë!", "contact=given"],
    ["contact=nobody", "Hi friend!", "contact=missing;why=no-record"],
    ["contact=*|ID|*", "Hi friend!", "contact=missing;tag=mailchimp"],
    ["", "Hi friend!", "contact=missing;why=absent"],
  ]) {
    const answer = await api(worker, `GET /i/acme/hi.txt?${query}`, { key: null });
    assert.deepEqual([answer.text(), answer.header("x-params")], [alt, params], query);
  }
  // Unknown ids are missing data: one picture for all of them.
  const tag = async (query) => (await api(worker, `GET /i/acme/hi.png?${query}`, { key: null })).header("etag");
  assert.equal(await tag("contact=nobody"), await tag(""));
  assert.notEqual(await tag("contact=abc123"), await tag(""));
  const answer = await api(worker, "GET /i/acme/hi.png?contact=abc123", { key: null });
  assert.match(answer.header("cache-tag"), /^t:acme\/hi,r:live,p:[0-9a-f]{16}$/);
  // Nothing of it is shown once it is deleted.
  await want(worker, 204, "DELETE /v1/records/acme/contacts/abc123");
  assert.equal(await tag("contact=abc123"), await tag(""));
});

test("who deletes a person purges the pictures of them by their tag", () =>
  withWorker({ ...API, front: `
    import worker from "./index.js";
    export default {
      fetch(request, env, ctx) {
        Object.defineProperty(ctx, "cache", { value: { purge: async (what) => console.log("purged: " + JSON.stringify(what)) } });
        return worker.fetch(request, env, ctx);
      },
      queue: (batch, env, ctx) => worker.queue(batch, env, ctx),
    };` }, async (cached) => {
    await want(cached, 200, "PUT /v1/templates/acme/hi", { body: template() });
    await want(cached, 200, "PUT /v1/records/acme/contacts/abc123", { body: { first_name: "Maria" } });
    const tags = (await api(cached, "GET /i/acme/hi.png?contact=abc123", { key: null })).header("cache-tag");
    await want(cached, 204, "DELETE /v1/records/acme/contacts/abc123");
    const purged = (await loggedLines(cached, "purged: ", 2)).at(-1);
    assert.equal(purged, `purged: {"tags":["${tags.split(",").at(-1)}"]}`);
  }));

test("a collection may show its records at signed URLs alone", async () => {
  await want(worker, 200, "PUT /v1/records/acme/secret/", { body: { signed: true } });
  await want(worker, 200, "PUT /v1/records/acme/secret/abc", { body: { first_name: "Maria" } });
  await want(worker, 200, "PUT /v1/templates/acme/secret", { body: template({ params: { contact: { type: "record", collection: "acme/secret" } } }) });
  const open = await api(worker, "GET /i/acme/secret.txt?contact=abc", { key: null });
  assert.deepEqual([open.text(), open.header("x-params")], ["Hi friend!", "contact=missing;why=not-allowed"]);
  const signed = (await want(worker, 200, "POST /v1/sign", { body: { template: "acme/secret", open: ["contact"] } })).json();
  const shown = await api(worker, `GET ${signed.path.replace(".png", ".txt")}?contact=abc`, { key: null });
  assert.equal(shown.text(), "Hi Maria!");
});

test("a key that is limited to a client knows nothing of others", async () => {
  await want(worker, 200, "PUT /v1/records/beta/people/abc", { body: { name: "Ben" } });
  const { key } = await makeKey(worker, ["records:write"], ["acme/"]);
  await want(worker, 403, "GET /v1/records/beta/people/abc", { key });
  await want(worker, 403, "POST /v1/records/beta/people", { key, body: "id\n1\n", headers: { "Content-Type": "text/csv" } });
  const names = (await want(worker, 200, "GET /v1/records", { key })).json().items.map(({ name }) => name);
  assert.ok(names.length > 0 && names.every((name) => name.startsWith("acme/")), names.join());
});

test("without a database, pictures are drawn without their records", () =>
  withWorker({ kv: { hi: JSON.stringify(template()) } }, async (bare) => {
    const answer = await api(bare, "GET /i/hi.png?contact=abc", { key: null });
    assert.deepEqual([answer.status, answer.header("x-params")], [200, "contact=fallback;why=timeout"]);
    assert.equal(answer.header("cache-control"), "public, max-age=60");
  }));
