// Pictures for the holder of an API key, and the quota of pictures that a key has.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN_KEY, API, makeKey, want } from "./api.mjs";
import { ask, assertHeaders, withWorker, workerForFile } from "./answers.mjs";
import { loggedLines, requestLines } from "./harness.mjs";
import { FRONT } from "./front.mjs";
import { STORES } from "./stores.mjs";
import { card } from "./template.mjs";

const KV = { card: card(), "acme/closed": card({ access: "signed" }), "acme/closed@3": card({ access: "signed" }) };
const worker = workerForFile({ ...API, kv: KV });

/** Asks for a picture with a key. */
const draw = (worker, path, key, headers = {}) => ask(worker, path, { headers: { Authorization: `Bearer ${key}`, ...headers } });

/** What an answer is, in a word or two. */
const code = (answer) => (answer.status === 200 ? "picture" : answer.header("content-type") === "image/png" ? `placeholder ${answer.header("x-problem")}` : answer.json().code);

test("a key with the scope render draws its templates without a signature, for nobody else", async () => {
  const { key } = await makeKey(worker, ["render"], ["acme/"]);
  for (const path of ["/i/acme/closed.png?name=Maria", "/i/acme/closed@3.jpg?name=Maria", "/i/acme/closed.json?name=Maria", "/i/acme/closed.txt?name=Maria"]) {
    assert.equal(code(await ask(worker, path)), /json|txt/.test(path) ? "signature-required" : "placeholder signature-required", path);
    for (let time = 0; time < 3; time++) {
      const answer = await draw(worker, path, key);
      assert.equal(answer.status, 200, path);
      assertHeaders(answer, { "cache-control": "private, no-store", "x-cache": /json|txt/.test(path) ? "bypass" : "miss" }, path);
    }
    // It was for the holder of the key.
    assert.equal((await ask(worker, path)).status, 403, path);
  }
  const { body, header } = await draw(worker, "/i/acme/closed.png?name=Maria", key);
  assert.ok(body.equals((await ask(worker, "/i/card.png?name=Maria")).body), "the same picture as that of a public template");
  const unchanged = await draw(worker, "/i/acme/closed.png?name=Maria", key, { "If-None-Match": header("etag") });
  assert.deepEqual([unchanged.status, unchanged.header("cache-control")], [304, "private, no-store"]);
  // ADMIN_KEY may do everything.
  assert.equal((await draw(worker, "/i/acme/closed.png", ADMIN_KEY)).status, 200);
});

test("what a key drew is in no cache, and what a URL drew may answer it", () =>
  withWorker({ ...API, kv: KV }, async (worker) => {
    const { key } = await makeKey(worker, ["render", "sign"], ["acme/"]);
    const path = "/i/acme/closed.png?name=Maria";
    await draw(worker, path, key);
    const { path: signed } = (await want(worker, 200, "POST /v1/sign", { key, body: { template: "acme/closed", open: ["name"] } })).json();
    assert.equal((await ask(worker, `${signed}?name=Maria`)).header("x-cache"), "miss");
    const again = await draw(worker, path, key);
    assert.deepEqual([again.header("x-cache"), again.header("cache-control")], ["hit", "private, no-store"]);
  }));

test("another key is refused, with a document", async () => {
  const path = "/i/acme/closed.png";
  const [reader, globex, short] = [await makeKey(worker, ["sign", "templates:read"], ["acme/"]), await makeKey(worker, ["render"], ["globex/"]), await makeKey(worker, ["render"], ["acme/"])];
  await want(worker, 204, `DELETE /v1/keys/${short.kid}`);
  for (const [key, status, expected] of [
    [reader.key, 403, "missing-scope"],
    [globex.key, 403, "other-prefix"],
    [short.key, 401, "unknown-key"],
    ["mg_live_x", 401, "bad-key"],
    ["", 401, "no-key"],
  ]) {
    const answer = await draw(worker, path, key);
    assert.deepEqual([answer.status, code(answer), answer.header("cache-control")], [status, expected, "no-store"], expected);
    assert.equal(answer.header("access-control-allow-origin"), null);
  }
  // A template that is not there is a picture all the same, and a public one needs no key.
  assert.equal(code(await draw(worker, "/i/acme/none.png", "mg_live_x")), "placeholder unknown-template");
  const open = await draw(worker, "/i/card.png?name=Open", "mg_live_x");
  assert.deepEqual([open.status, /^public/.test(open.header("cache-control"))], [200, true]);
});

test("pictures without a key ask no database", () =>
  withWorker({ ...API, kv: KV, front: STORES }, async (worker) => {
    const { key } = await makeKey(worker, ["render", "sign"], ["acme/"]);
    const { path: signed } = (await want(worker, 200, "POST /v1/sign", { key, body: { template: "acme/closed" } })).json();
    const before = (await loggedLines(worker, "calls: ", 2)).length;
    // The database is down: they are drawn all the same. Then only the one with a key fails.
    for (const [path, status] of [["/i/card.png", 200], ["/i/acme/closed.png", 403], [signed, 200]]) {
      assert.equal((await ask(worker, path, { headers: { "X-Fail": "database" } })).status, status, path);
    }
    // Templates come from KV, once for each id, and so does what they are drawn on; the list of revoked keys is the fifth read.
    const calls = (await loggedLines(worker, "calls: ", before + 3)).slice(before).map((line) => Number(line.slice("calls: ".length)));
    assert.ok(calls.every((count) => count <= 3), calls.join());
  }));

test("a quota of pictures: the cache or the default one afterwards, and 429 from the API", () =>
  withWorker({ ...API, kv: KV, front: FRONT }, async (worker) => {
    const { key, kid, quota, renders } = await makeKey(worker, ["render", "sign", "templates:read", "stats"], ["acme/"], { quota: { renders: 30 } });
    assert.deepEqual([quota, renders], [{ renders: 30 }, 0]);
    const { path: signed } = (await want(worker, 200, "POST /v1/sign", { key, body: { template: "acme/closed", open: ["name"] } })).json();
    const usage = async () => {
      const [{ kid: _, name: __, ...own }] = (await want(worker, 200, "GET /v1/stats", { key })).json().items;
      assert.deepEqual((await want(worker, 200, "GET /v1/keys")).json().items[0].renders, own.renders);
      return own;
    };
    const told = async (count) => {
      for (let waited = 0; waited < 3_000; waited += 20) {
        const { renders } = await usage();
        if (renders === count) return;
        await new Promise((done) => setTimeout(done, 20));
      }
      assert.deepEqual(await usage(), { renders: count, quota: { renders: 30 } });
    };

    // The first picture is told at once; then 20 together.
    await ask(worker, `${signed}?name=0`);
    await told(1);
    for (let number = 1; number <= 10; number++) await ask(worker, `${signed}?name=${number}`);
    for (let number = 1; number <= 9; number++) await draw(worker, `/i/acme/closed.jpg?name=${number}`, key);
    assert.equal((await usage()).renders, 1);
    const body = { document: JSON.parse(card()), format: "png" };
    await want(worker, 200, "POST /v1/preview", { key, body });
    await told(21);
    // Caches answer without being counted, and so do other templates' pictures.
    for (let time = 0; time < 25; time++) await ask(worker, `${signed}?name=3`);
    for (let time = 0; time < 25; time++) await ask(worker, `/i/card.png?name=${time}`);
    for (let number = 11; number <= 19; number++) assert.equal((await ask(worker, `${signed}?name=${number}`)).header("x-cache"), "miss");
    assert.equal((await usage()).renders, 21);

    const standard = (await ask(worker, "/i/card.png")).body;
    for (const answer of [await ask(worker, `${signed}?name=over`), await draw(worker, "/i/acme/closed.png?name=over", key)]) {
      assert.equal(answer.status, 200);
      assert.ok(answer.body.equals(standard), "the default picture");
      assert.match(answer.header("etag"), /-u"$/);
    }
    const known = await ask(worker, `${signed}?name=3`);
    assert.deepEqual([known.status, known.header("x-cache"), known.body.equals(standard)], [200, "hit", false]);
    const refused = await want(worker, 429, "POST /v1/preview", { key, body });
    assert.deepEqual([refused.json().code, /larger quota/.test(refused.json().remedy)], ["quota-used-up", true]);
    await want(worker, 200, "POST /v1/preview", { key, body: { ...body, format: "json" } });
    const lines = await requestLines(worker, 0);
    assert.ok(lines.some(({ problem, kid: by }) => problem === "quota-used-up" && by === kid));

    // The next month is a new one. What was not told of the last one counts in it.
    const next = { "X-Later-Ms": String(32 * 86_400_000) };
    const later = await draw(worker, "/i/acme/closed.png?name=later", key, next);
    assert.ok(later.status === 200 && !later.body.equals(standard));
    await told(21);
    const month = new Date(Date.now() + 32 * 86_400_000).toISOString().slice(0, 7);
    for (let waited = 0; waited < 3_000; waited += 20) {
      const [own] = (await want(worker, 200, `GET /v1/stats?month=${month}`, { key })).json().items;
      if (own.renders === 10) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    assert.fail("the next month has 10");
  }));

test("a quota is no wider than its maker's, and no key knows of another client's", async () => {
  const maker = await makeKey(worker, ["admin"], ["acme/"], { quota: { renders: 5 } });
  const make = (status, quota) => want(worker, status, "POST /v1/keys", { key: maker.key, body: { scopes: ["render"], prefixes: ["acme/"], quota } });
  await make(201, { renders: 5 });
  for (const quota of [{ renders: 6 }, undefined]) assert.equal((await make(403, quota)).json().code, "quota-larger");
  const globex = await makeKey(worker, ["stats"], ["globex/"]);
  const { items } = (await want(worker, 200, "GET /v1/stats?limit=1000", { key: globex.key })).json();
  assert.ok(items.some(({ kid }) => kid === globex.kid) && !items.some(({ kid }) => kid === maker.kid));
  assert.equal((await want(worker, 400, "GET /v1/stats?month=2027-13")).json().field, "month");
});

test("a database that is down loses no count and stops no picture", () =>
  withWorker({ ...API, kv: KV, front: STORES }, async (worker) => {
    const { key } = await makeKey(worker, ["sign", "stats"], ["acme/"], { quota: { renders: 30 } });
    const { path: signed } = (await want(worker, 200, "POST /v1/sign", { key, body: { template: "acme/closed", open: ["name"] } })).json();
    for (let number = 0; number < 21; number++) assert.equal((await ask(worker, `${signed}?name=${number}`, { headers: { "X-Fail": "database" } })).status, 200);
    await loggedLines(worker, '{"event":"fault","what":"usage-lost"', 1);
    for (let number = 21; number < 41; number++) await ask(worker, `${signed}?name=${number}`);
    for (let waited = 0; waited < 3_000; waited += 20) {
      const [{ renders }] = (await want(worker, 200, "GET /v1/stats", { key })).json().items;
      if (renders >= 21) return assert.ok(renders <= 41, `${renders}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    assert.fail("the pictures were counted");
  }));
