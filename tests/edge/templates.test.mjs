// Where a template comes from, and what replaces it when KV fails or holds nonsense.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LIVE, ask, faults, withWorker } from "./answers.mjs";
import { FRONT } from "./front.mjs";
import { card } from "./template.mjs";

/** A sample that is compiled in; its size differs from that of `card`, which is 300 x 120 px. */
const SAMPLE = "welcome";

/** Hands `body` a function that asks a Worker for a path, and the Worker. */
const withTemplates = (options, body) => withWorker(options, (worker) => body((path, headers = {}) => ask(worker, path, { headers }), worker));

test("compiled-in templates serve a fresh install", () =>
  withTemplates({}, async (get) => {
    const picture = await get(`/i/${SAMPLE}.png?name=Maria`);
    assert.equal(picture.status, 200);
    assert.notEqual(picture.picture().width, 300);
    assert.equal((await get(`/i/${SAMPLE}@1.png`)).status, 404);
  }));

test("a template in KV wins over a compiled-in one", () =>
  withTemplates({ kv: { [SAMPLE]: card(), [`${SAMPLE}@3`]: card({ width: 320 }) } }, async (get) => {
    assert.equal((await get(`/i/${SAMPLE}.png`)).picture().width, 300);
    assert.equal((await get(`/i/${SAMPLE}@3.png`)).picture().width, 320);
    assert.equal((await get(`/i/${SAMPLE}@4.png`)).status, 404);
  }));

test("nonsense in KV: the compiled-in template replaces it, for a minute", async () => {
  for (const document of ["", "{", "null", '{"width":1}', card({ width: 999_999 }), card({ layers: [{ type: "hologram" }] })]) {
    await withTemplates({ kv: { [SAMPLE]: document, other: document } }, async (get, worker) => {
      const picture = await get(`/i/${SAMPLE}.png`);
      assert.deepEqual([picture.status, picture.header("cache-control")], [200, "public, max-age=60"], document);
      assert.notEqual(picture.picture().width, 300);
      const nothing = await get("/i/other.png");
      // Who may read a public template may read what is wrong with it.
      const isPublic = document.includes('"access":"public"');
      assert.equal(nothing.status, isPublic ? 422 : 500, document);
      assert.equal(nothing.header("x-problem") === "template-unavailable", !isPublic, document);
      nothing.picture();
      assert.ok((await faults(worker, 2)).includes("invalid-template-in-kv"));
    });
  }
});

test("KV is down, broken or not there", async () => {
  for (const [kv, cacheControl, status] of [
    ["rejects", "public, max-age=60", 500],
    ["throws", "public, max-age=60", 500],
    ["none", LIVE, 404],
  ]) {
    await withTemplates({ front: FRONT }, async (get) => {
      const answer = await get(`/i/${SAMPLE}.png?name=Maria`, { "X-Kv": kv });
      assert.deepEqual([answer.status, answer.header("cache-control")], [200, cacheControl], kv);
      answer.picture();
      const nothing = await get("/i/none.png", { "X-Kv": kv });
      assert.equal(nothing.status, status, kv);
      nothing.picture();
    });
  }
});

test("KV goes down: the last good template stays, before the compiled-in one", () =>
  withTemplates({ front: FRONT, kv: { [SAMPLE]: card() } }, async (get, worker) => {
    const widthAndCaching = async (headers) => {
      const answer = await get(`/i/${SAMPLE}.png?name=Maria`, headers);
      return [answer.picture().width, answer.header("cache-control")];
    };
    assert.equal((await widthAndCaching({}))[0], 300);
    // The isolate asks KV every half minute only. Then it asks, and KV fails.
    assert.match((await widthAndCaching({ "X-Kv": "rejects" }))[1], /^public, max-age=300,/);
    assert.deepEqual(await widthAndCaching({ "X-Kv": "rejects", "X-Later-Ms": "40000" }), [300, "public, max-age=60"]);
    assert.deepEqual(await faults(worker, 3), ["kv-failed"]);
    // The isolate asks again after five seconds, when KV works again.
    assert.deepEqual(await widthAndCaching({ "X-Later-Ms": "44000" }), [300, "public, max-age=60"]);
    assert.match((await widthAndCaching({ "X-Later-Ms": "50000" }))[1], /^public, max-age=300,/);
  }));

test("a publication is noticed when the isolate asks KV again", () =>
  withTemplates({ front: FRONT, kv: { mine: card(), "mine@1": card() } }, async (get, worker) => {
    const width = async (path, later = 0) => (await get(path, { "X-Later-Ms": String(later) })).picture().width;
    assert.deepEqual([await width("/i/mine.png"), await width("/i/mine@1.png")], [300, 300]);
    await worker.kv.put("mine", card({ width: 310 }));
    assert.equal(await width("/i/mine.png"), 300);
    assert.equal(await width("/i/mine.png", 31_000), 310);
    assert.equal(await width("/i/mine@1.png", 31_000), 300);
  }));

test("`make dev` draws an edited template after a second", async () => {
  const [, named] = /"TEMPLATE_MEMORY_MS:(\d+)"/.exec(readFileSync(new URL("../../tools/dev.mjs", import.meta.url), "utf8"));
  assert.equal(named, "1000", "README and docs/deploy.md say a second");
  const options = { front: FRONT, kv: { mine: card() }, bindings: { TEMPLATE_MEMORY_MS: named } };
  await withTemplates(options, async (get, worker) => {
    const width = async (later) => (await get("/i/mine.png", { "X-Later-Ms": String(later) })).picture().width;
    assert.equal(await width(0), 300);
    await worker.kv.put("mine", card({ width: 310 }));
    assert.equal(await width(100), 300);
    assert.equal(await width(1_600), 310);
    // A mistake is told after a second too, and so is its end.
    await worker.kv.put("mine", card({ layers: [{ type: "hologram" }] }));
    const { warnings } = await (await worker.fetch("/i/mine.json", { headers: { "X-Later-Ms": "3200" } })).json();
    assert.ok(warnings.some((line) => line.includes("hologram")), warnings.join("\n"));
    await worker.kv.put("mine", card({ width: 320 }));
    assert.equal(await width(4_800), 320);
  });
});

test("a template that requires a signature needs one, or UNSIGNED=allow", async () => {
  const kv = { closed: card({ access: "signed" }) };
  await withTemplates({ kv }, async (get) => assert.equal((await get("/i/closed.png")).status, 403));
  await withTemplates({ kv, bindings: { UNSIGNED: "allow" } }, async (get) => assert.equal((await get("/i/closed.png")).status, 200));
  await withTemplates({ kv, bindings: { UNSIGNED: "yes" } }, async (get) => assert.equal((await get("/i/closed.png")).status, 403));
});

test("a mistake in a public template is told to whoever asks for its .json or its snippet", async () => {
  const wrong = card({ layers: [{ type: "text", text: "Hi", font_size: 12 }] });
  const closed = card({ access: "signed", layers: [{ type: "text", text: "Hi", font_size: 12 }] });
  await withTemplates({ kv: { wrong, closed, [SAMPLE]: wrong } }, async (get, worker) => {
    for (const path of ["/i/wrong.json?name=Maria", "/v1/snippet/wrong?esp=mailchimp"]) {
      const answer = await worker.fetch(path);
      const problem = await answer.json();
      assert.deepEqual([answer.status, problem.code, problem.field], [422, "field-unknown", "layers[0].font_size"], path);
      assert.equal(problem.remedy, "did you mean `size`?", path);
    }
    const [picture, none] = [await get("/i/wrong.png"), await get("/i/none.png")];
    assert.equal(picture.status, 422);
    assert.notDeepEqual(picture.body, none.body, "the placeholder says where to look");
    assert.equal((await worker.fetch("/i/closed.json")).status, 500, "nobody may know");
    // An earlier template stands in, and its author learns why.
    const { warnings } = await (await worker.fetch(`/i/${SAMPLE}.json`)).json();
    assert.ok(warnings.some((line) => /layers\[0\]\.font_size.*`size`/.test(line)), warnings.join("\n"));
  });
});
