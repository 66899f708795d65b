// Published templates: revisions, conditions, two publishers at once, and stores that fail half-way.

import assert from "node:assert/strict";
import { test } from "node:test";
import { API, api, makeKey, plain, want } from "./api.mjs";
import { ask, withWorker, workerForFile } from "./answers.mjs";
import { FRONT } from "./front.mjs";
import { HOLD, STORES } from "./stores.mjs";
import { loggedLines } from "./harness.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ ...API, front: FRONT });

/** A cache in front of the Worker that says what is purged from it. The runtime under test has none. */
const CACHE = `
  import worker from "./index.js";
  export default {
    fetch(request, env, ctx) {
      Object.defineProperty(ctx, "cache", { value: { purge: async (what) => console.log("purged: " + JSON.stringify(what)) } });
      return worker.fetch(request, env, ctx);
    },
  };`;

/** Rounds of two publishers at once; `make publishers` takes 1,000. */
const ROUNDS = Number(process.env.ROUNDS ?? 200);

const width = async (worker, path, headers) => (await ask(worker, path, { headers })).picture().width;

test("a template is published, read, listed, compared, rolled back and deleted", async () => {
  const first = card({ width: 301 });
  const published = await want(worker, 200, "PUT /v1/templates/acme/hello", { body: first });
  const { revision, id, url, pinned_url, live_everywhere_after_seconds } = published.json();
  assert.deepEqual([id, revision, published.header("etag")], ["acme/hello", 1, '"1"']);
  assert.ok(url.endsWith("/i/acme/hello.png") && pinned_url.endsWith("/i/acme/hello@1.png") && live_everywhere_after_seconds === 60);
  assert.equal(await width(worker, "/i/acme/hello.png?name=Maria"), 301);
  assert.equal(await width(worker, "/i/acme/hello@1.png?name=Maria"), 301);

  await want(worker, 200, "PUT /v1/templates/acme/hello", { body: card({ width: 302 }), headers: { "If-Match": '"1"' } });
  assert.equal(await width(worker, "/i/acme/hello.png?name=Maria"), 302, "this isolate sees it at once");
  assert.equal(await width(worker, "/i/acme/hello@1.png?name=Maria"), 301);
  assert.equal(await width(worker, "/i/acme/hello@2.png?name=Maria"), 302);

  const live = await want(worker, 200, "GET /v1/templates/acme/hello");
  assert.deepEqual([live.header("etag"), live.text()], ['"2"', card({ width: 302 })]);
  await want(worker, 304, "GET /v1/templates/acme/hello", { headers: { "If-None-Match": '"2"' } });
  const old = await want(worker, 200, "GET /v1/templates/acme/hello?revision=1");
  assert.deepEqual([old.header("etag"), old.text()], ['"1"', first]);
  await want(worker, 404, "GET /v1/templates/acme/hello?revision=3");
  await want(worker, 400, "GET /v1/templates/acme/hello?revision=x");

  const diff = (await want(worker, 200, "GET /v1/templates/acme/hello/diff?from=1")).json();
  assert.deepEqual(diff, { from: 1, to: 2, changes: [{ op: "replace", path: "/width", from: 301, to: 302 }] });
  await want(worker, 404, "GET /v1/templates/acme/hello/diff?from=1&to=7");
  await want(worker, 400, "GET /v1/templates/acme/hello/diff");

  const back = await want(worker, 200, "POST /v1/templates/acme/hello/rollback", { body: { revision: 1 } });
  assert.equal(back.json().revision, 3);
  assert.equal((await want(worker, 200, "GET /v1/templates/acme/hello")).text(), first);
  const revisions = (await want(worker, 200, "GET /v1/templates/acme/hello/revisions")).json().items;
  assert.deepEqual(revisions.map(({ revision, live, rollback_of }) => [revision, live, rollback_of]), [[3, true, 1], [2, false, undefined], [1, false, undefined]]);
  await want(worker, 404, "POST /v1/templates/acme/hello/rollback", { body: { revision: 9 } });

  await want(worker, 200, "PUT /v1/templates/acme/other", { body: plain() });
  const list = (await want(worker, 200, "GET /v1/templates?prefix=acme/&limit=1")).json();
  assert.deepEqual(list.items.map(({ id, revision, title }) => [id, revision, title]), [["acme/hello", 3, "Card"]]);
  const rest = (await want(worker, 200, `GET /v1/templates?prefix=acme/&cursor=${list.cursor}`)).json();
  assert.deepEqual([rest.items.map(({ id }) => id), rest.cursor], [["acme/other"], undefined]);
  // A key that is limited to prefixes lists its own.
  for (const [prefixes, expected] of [[["acme/"], ["acme/hello", "acme/other"]], [["acme/hello/", "globex/"], []], [["globex/", "acme/"], ["acme/hello", "acme/other"]]]) {
    const { key } = await makeKey(worker, ["templates:read"], prefixes);
    const { items } = (await want(worker, 200, "GET /v1/templates", { key })).json();
    assert.deepEqual(items.map(({ id }) => id), expected, prefixes.join());
  }

  await want(worker, 204, "DELETE /v1/templates/acme/hello");
  await want(worker, 404, "GET /v1/templates/acme/hello");
  await want(worker, 404, "DELETE /v1/templates/acme/hello");
  assert.equal((await ask(worker, "/i/acme/hello.png")).status, 404);
  assert.equal(await width(worker, "/i/acme/hello@1.png?name=Maria"), 301, "emails still show it");
  assert.equal((await want(worker, 200, "PUT /v1/templates/acme/hello", { body: plain(), headers: { "If-None-Match": "*" } })).json().revision, 4);
  await want(worker, 204, "DELETE /v1/templates/acme/hello?purge=true");
  for (const revision of [1, 2, 3, 4]) assert.equal(await worker.kv.get(`acme/hello@${revision}`), null);
  assert.equal((await want(worker, 200, "PUT /v1/templates/acme/hello", { body: plain() })).json().revision, 5, "no number is used twice");
});

test("a condition that does not hold answers 412 and changes nothing", async () => {
  await want(worker, 200, "PUT /v1/templates/acme/if", { body: plain() });
  for (const [headers, body] of [
    [{ "If-Match": '"2"' }, plain({ width: 31 })],
    [{ "If-Match": 'W/"1"' }, plain({ width: 31 })],
    [{ "If-None-Match": "*" }, plain({ width: 31 })],
  ]) {
    const answer = await want(worker, 412, "PUT /v1/templates/acme/if", { body, headers });
    assert.equal(answer.json().code, "moved-on");
    await want(worker, 412, "DELETE /v1/templates/acme/if", { headers });
  }
  assert.equal((await want(worker, 200, "GET /v1/templates/acme/if")).header("etag"), '"1"');
  await want(worker, 412, "PUT /v1/templates/acme/never", { body: plain(), headers: { "If-Match": '"1"' } });
  assert.equal(await worker.kv.get("acme/never"), null);
});

test("a document that cannot be drawn is refused with its place, and validated without being stored", async () => {
  for (const [body, status, code, field] of [
    ["{", 422, "template-not-json", undefined],
    [plain({ tilte: "x" }), 422, "unknown-field", "tilte"],
    [plain({ files: {} }), 422, "files-reserved", "files"],
    [`${plain()}${" ".repeat(300_000)}`, 413, "body-too-large", undefined],
  ]) {
    const answer = await want(worker, status, "PUT /v1/templates/acme/wrong", { body });
    assert.equal(answer.json().field, field);
    if (code !== "unknown-field") assert.equal(answer.json().code, code);
    if (status === 422) {
      const { valid, problem } = (await want(worker, 200, "POST /v1/validate?id=acme/wrong", { body })).json();
      assert.deepEqual([valid, problem.code, problem.field ?? undefined], [false, answer.json().code, field]);
    }
  }
  await want(worker, 404, "GET /v1/templates/acme/wrong");
  await want(worker, 405, "PUT /v1/templates/acme/diff", { body: plain() });
});

test("a mistake is told in the words of the command line, and so is what has no effect", async () => {
  const text = (fields) => card({ params: { name: { type: "text" }, points: { type: "number" }, color: { type: "color", default: "#246" } }, layers: [{ type: "text", text: "Hi {{ name }}", width: 200, height: 40, size: 20, ...fields }] });
  for (const [fields, remedy] of [
    [{ font_size: 20 }, "did you mean `size`?"],
    [{ size: "20px" }, "write 20: numbers are px"],
    [{ margin: 4 }, "there are no margins: a stack has `gap` and `padding`"],
  ]) {
    const refused = await want(worker, 422, "PUT /v1/templates/acme/words", { body: text(fields) });
    assert.equal(refused.json().remedy, remedy);
    const { problem } = (await want(worker, 200, "POST /v1/validate", { body: text(fields) })).json();
    assert.equal(problem.remedy, remedy);
    const preview = await want(worker, 422, "POST /v1/preview", { body: { document: JSON.parse(text(fields)) } });
    assert.equal(preview.json().remedy, remedy);
  }
  const body = text({ when: "points > '5'", opacity: 50 });
  for (const call of ["PUT /v1/templates/acme/words", "POST /v1/validate"]) {
    const { warnings } = (await want(worker, 200, call, { body })).json();
    const said = warnings.map(({ layer, warning }) => `${layer}: ${warning}`);
    assert.ok(said.includes("layers[0]: when: a number is compared with a text: write 5 without quotes"), said.join("; "));
    assert.ok(said.some((line) => line.startsWith("layers[0]: opacity: ")), said.join("; "));
  }
  // What an expression cannot mean is told where the picture is explained, too.
  const { warnings } = await (await worker.fetch("/i/acme/words.json")).json();
  assert.ok(warnings.includes("layers[0].when: a number is compared with a text: write 5 without quotes"), warnings.join("; "));
});

test("the answer warns of what breaks with other values", async () => {
  const narrow = card({ layers: [
    { type: "text", id: "greeting", text: "Hi {{ name }}", width: 60, height: 20, max_lines: 1, overflow: "clip", size: 20 },
    { type: "image", id: "logo", src: "asset:nothing.png", width: 9, height: 9 },
  ] });
  for (const call of ["PUT /v1/templates/acme/narrow", "POST /v1/validate"]) {
    const { warnings, cases } = (await want(worker, 200, call, { body: narrow })).json();
    assert.ok(cases > 10);
    const said = warnings.map(({ layer, warning }) => `${layer}: ${warning}`);
    assert.ok(said.includes("greeting: the text does not fit its box"), said.join("; "));
    assert.ok(said.includes("logo: there is no asset nothing.png"), said.join("; "));
  }
});

test("revisions and templates that were written to KV by hand keep their place", async () => {
  await worker.kv.put("acme/hand", card({ width: 311 }));
  await worker.kv.put("acme/hand@7", card({ width: 307 }));
  const live = await want(worker, 200, "GET /v1/templates/acme/hand");
  assert.deepEqual([live.header("etag"), live.text()], ['"0"', card({ width: 311 })]);
  await want(worker, 412, "PUT /v1/templates/acme/hand", { body: plain(), headers: { "If-None-Match": "*" } });
  const published = await want(worker, 200, "PUT /v1/templates/acme/hand", { body: plain(), headers: { "If-Match": '"0"' } });
  assert.equal(published.json().revision, 8);
  assert.equal(await worker.kv.get("acme/hand@7"), card({ width: 307 }));
});

test(`of two publishers at once one wins, ${ROUNDS} times: nothing is lost, and no revision is given twice`, async () => {
  const id = "acme/race";
  let etag = (await want(worker, 200, `PUT /v1/templates/${id}`, { body: plain() })).header("etag");
  const sent = new Map([[1, plain()]]);
  for (let round = 0; round < ROUNDS; round++) {
    const bodies = [0, 1].map((who) => plain({ title: `round ${round}, publisher ${who}` }));
    const answers = await Promise.all(bodies.map((body) => api(worker, `PUT /v1/templates/${id}`, { body, headers: { "If-Match": etag } })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412], `round ${round}`);
    const winner = answers.findIndex(({ status }) => status === 200);
    const { revision } = answers[winner].json();
    assert.ok(!sent.has(revision), `revision ${revision} was given twice`);
    sent.set(revision, bodies[winner]);
    etag = answers[winner].header("etag");
    assert.equal(await worker.kv.get(id), bodies[winner], "KV has what is live");
  }
  const stored = await worker.db.prepare("SELECT rev, document FROM revision WHERE id = ?").bind(id).all();
  assert.deepEqual(new Map(stored.results.map(({ rev, document }) => [rev, document])), sent);
  for (const [revision, body] of sent) assert.equal(await worker.kv.get(`${id}@${revision}`), body);
});

test("publishers without a condition all get a revision of their own", async () => {
  const answers = await Promise.all([0, 1, 2].map((who) => want(worker, 200, "PUT /v1/templates/acme/free", { body: plain({ title: `${who}` }) })));
  const revisions = answers.map((answer) => answer.json().revision);
  assert.equal(new Set(revisions).size, 3);
  const last = answers.find((answer) => answer.json().revision === Math.max(...revisions));
  const live = await want(worker, 200, "GET /v1/templates/acme/free");
  assert.equal(await worker.kv.get("acme/free"), live.text());
  assert.ok(last);
});

test("a publication purges its template from the cache in front of the Worker, a deletion its record, and nothing else does", () =>
  withWorker({ ...API, front: CACHE }, async (worker) => {
    await want(worker, 200, "PUT /v1/templates/acme/cached", { body: plain() });
    await want(worker, 422, "PUT /v1/templates/acme/other", { body: "{" });
    await want(worker, 200, "GET /v1/templates/acme/cached");
    await want(worker, 204, "DELETE /v1/templates/acme/cached");
    await want(worker, 200, "PUT /v1/records/acme/people/abc", { body: { name: "Ann" } });
    await want(worker, 204, "DELETE /v1/records/acme/people/abc");
    const { kid } = await makeKey(worker, ["sign"], ["acme/"]);
    await want(worker, 204, `DELETE /v1/keys/${kid}?urls=true`);
    const [published, deleted, record, ...more] = await loggedLines(worker, "purged: ", 3);
    assert.deepEqual([published, deleted, more], ['purged: {"tags":["t:acme/cached"]}', 'purged: {"tags":["t:acme/cached"]}', []]);
    assert.match(record, /^purged: \{"tags":\["p:[0-9a-f]{16}"\]\}$/);
  }));

test("a call with an Idempotency-Key happens once", async () => {
  await want(worker, 200, "PUT /v1/templates/acme/once", { body: plain({ title: "one" }) });
  await want(worker, 200, "PUT /v1/templates/acme/once", { body: plain({ title: "two" }) });
  const headers = { "Idempotency-Key": "3f0c" };
  const call = "POST /v1/templates/acme/once/rollback";
  for (let times = 0; times < 3; times++) {
    assert.equal((await want(worker, 200, call, { body: { revision: 1 }, headers })).json().revision, 3);
  }
  assert.equal((await want(worker, 409, call, { body: { revision: 2 }, headers })).json().code, "idempotency-key-used");
  assert.equal((await want(worker, 200, call, { body: { revision: 1 }, headers: { "Idempotency-Key": "3f0d" } })).json().revision, 4);

  const key = { body: { scopes: ["sign"], name: "once" }, headers: { "Idempotency-Key": "key" } };
  const made = (await want(worker, 201, "POST /v1/keys", key)).json();
  const again = (await want(worker, 200, "POST /v1/keys", key)).json();
  assert.deepEqual([again.kid, again.key], [made.kid, undefined], "a key is shown once");
});

test("a store that fails at any step leaves the old revision or the new one, whole", () =>
  withWorker({ ...API, front: STORES }, async (worker) => {
    // A publication makes this many calls at most; the last ones do not fail.
    const calls = 9;
    let outcomes = 0;
    for (const how of ["before", "after"]) {
      for (let at = 1; at <= calls; at++) {
        const id = `acme/${how}-${at}`;
        const [old, next] = [plain({ title: "old" }), plain({ title: "new" })];
        await want(worker, 200, `PUT /v1/templates/${id}`, { body: old });
        const answer = await api(worker, `PUT /v1/templates/${id}`, { body: next, headers: { "X-Fail": `${how} ${at}`, "If-Match": '"1"' } });
        assert.ok([200, 503].includes(answer.status), `${how} ${at}: ${answer.status} ${answer.text()}`);
        if (answer.status === 503) assert.equal(answer.header("retry-after"), "5");
        outcomes += answer.status === 503 ? 1 : 0;

        // What is live is whole, in both stores.
        const live = await want(worker, 200, `GET /v1/templates/${id}`);
        assert.ok([old, next].includes(live.text()), `${how} ${at}`);
        assert.ok([old, next].includes(await worker.kv.get(id)), `${how} ${at}`);
        if (answer.status === 200) assert.equal(live.text(), next, `${how} ${at}`);
        const revision = live.header("etag").slice(1, -1);
        assert.equal(await worker.kv.get(`${id}@${revision}`), live.text(), `${how} ${at}: the live revision is there`);

        // The Worker brings KV up to date by itself, and the next publication works.
        await worker.scheduled({ cron: "*/5 * * * *" });
        assert.equal(await worker.kv.get(id), live.text(), `${how} ${at}: mended`);
        await want(worker, 200, `PUT /v1/templates/${id}`, { body: next, headers: { "If-Match": `"${revision}"` } });
      }
    }
    assert.ok(outcomes >= 6, "the failures were felt");
  }));

test("a publisher that is late to KV finds that another revision is live by now, and copies that", () =>
  withWorker({ ...API, front: HOLD }, async (worker) => {
    for (const [about, change] of [
      ["published", () => want(worker, 200, "PUT /v1/templates/acme/late", { body: plain({ title: "newer" }) })],
      ["deleted", () => want(worker, 204, "DELETE /v1/templates/acme/late")],
    ]) {
      await want(worker, 200, "PUT /v1/templates/acme/late", { body: plain({ title: "old" }) });
      // Its revision is live in D1; only then it writes the live document to KV.
      const late = want(worker, 200, "PUT /v1/templates/acme/late", { body: plain({ title: "late" }), headers: { "X-Hold": "acme/late" } });
      // These two answers are not the Worker's, but those of the front that holds it.
      while ((await (await fetch(`${worker.url}/held`)).text()) !== "true") await new Promise((done) => setTimeout(done, 5));
      await change();
      const live = await api(worker, "GET /v1/templates/acme/late");
      await fetch(`${worker.url}/release`);
      await late;
      const { value, metadata } = await worker.kv.getWithMetadata("acme/late");
      const { rev, spread } = await worker.db.prepare("SELECT rev, spread FROM live WHERE id = 'acme/late'").first();
      assert.equal(spread, rev, `${about}: KV is known to have what is live`);
      if (about === "deleted") {
        assert.deepEqual([live.status, value, rev], [404, null, 0], "the late one does not bring it back");
      } else {
        assert.equal(value, plain({ title: "newer" }), about);
        assert.deepEqual([live.text(), metadata.rev], [value, rev], about);
      }
    }
  }));

test("without a database, or while it is down, pictures are as before and calls answer 503", async () => {
  const kv = { "acme/hello": card() };
  await withWorker({ bindings: API.bindings, kv }, async (worker) => {
    assert.equal(await width(worker, "/i/acme/hello.png"), 300);
    const answer = await want(worker, 503, "PUT /v1/templates/acme/hello", { body: plain() });
    assert.match(answer.json().remedy, /d1_databases/);
    assert.equal(await worker.kv.get("acme/hello"), card());
  });
  await withWorker({ ...API, kv, front: STORES }, async (worker) => {
    const headers = { "X-Fail": "database" };
    assert.equal(await width(worker, "/i/acme/hello.png", headers), 300);
    for (const [call, body] of [["PUT /v1/templates/acme/hello", plain()], ["GET /v1/templates"], ["DELETE /v1/templates/acme/hello"], ["POST /v1/keys", { scopes: ["sign"] }]]) {
      const answer = await want(worker, 503, call, { body, headers });
      assert.equal(answer.header("retry-after"), "5", call);
    }
    await want(worker, 503, "GET /v1/templates", { key: (await want(worker, 201, "POST /v1/keys", { body: { scopes: ["templates:read"] } })).json().key, headers });
    assert.equal(await worker.kv.get("acme/hello"), card());
    // KV is down: nothing is published.
    await want(worker, 503, "PUT /v1/templates/acme/hello", { body: plain(), headers: { "X-Fail": "kv" } });
    assert.equal(await worker.kv.get("acme/hello"), card());
  });
});

test("a name that no icon has is a mistake, but what is published is drawn", async () => {
  const document = (icon) => ({ width: 60, height: 30, access: "public", alt: "-", layers: [{ type: "icon", icon, width: 24 }] });
  const wrong = (await want(worker, 422, "PUT /v1/templates/acme/icon", { body: document("calender") })).json();
  assert.deepEqual([wrong.code, wrong.field], ["icon-unknown", "layers[0].icon"]);
  assert.match(wrong.remedy, /`calendar`/);
  const { valid, problem } = (await want(worker, 200, "POST /v1/validate", { body: document("calender") })).json();
  assert.deepEqual([valid, problem.code, problem.field], [false, "icon-unknown", "layers[0].icon"]);
  await want(worker, 200, "PUT /v1/templates/acme/icon", { body: document("calendar") });
  await want(worker, 200, "PUT /v1/templates/acme/icon", { body: document("{{ 'calender' }}") });
  assert.equal(await width(worker, "/i/acme/icon.png"), 60);
});

test("a stress test tries each size, and a preview draws one", async () => {
  const text = { id: "hi", type: "text", text: "Hello to all of you", width: 180, height: 30, size: 20, max_lines: 1, overflow: "visible" };
  const document = { width: 200, height: 60, access: "public", alt: "-", layers: [text], sizes: { small: { width: 50, height: 60 } } };
  const { warnings } = (await want(worker, 200, "POST /v1/validate", { body: document })).json();
  assert.ok(warnings.some(({ layer, cases }) => layer === "hi" && cases?.every((name) => name.endsWith("~small"))), JSON.stringify(warnings));
  const small = (await want(worker, 200, "POST /v1/preview", { body: { document, size: "small" } })).picture();
  assert.equal(small.width, 50);
  await want(worker, 404, "POST /v1/preview", { body: { document, size: "large" } });
});
