// Every service of the platform may hang, stall, fail or answer with rubbish. A picture comes in
// time all the same, and is called finished only if it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, faults, withWorker } from "./answers.mjs";
import { FAULTS } from "./faults.mjs";
import { card } from "./template.mjs";

/** ms within which every request is answered: the waits of `Limits` together, and time to draw. */
const IN_TIME_MS = 8_000;

/** A sample that is compiled in; its size differs from that of `card`, which is 300 x 120 px. */
const SAMPLE = "welcome";

const HANGS = ["hangs", "stalls", "drips", "endless"];
const FAILS = ["rejects", "half", "empty", "html"];
const MINUTE = "public, max-age=60";

/** Hands `body` a function that asks a Worker for a path, and fails if the answer is late. */
const withFaults = (kv, body) =>
  withWorker({ front: FAULTS, kv }, (worker) =>
    body(async (path, headers = {}) => {
      const start = performance.now();
      const answer = await ask(worker, path, { headers });
      const ms = performance.now() - start;
      assert.ok(ms < IN_TIME_MS, `${path} ${JSON.stringify(headers)} took ${ms} ms`);
      const etag = answer.header("etag") ?? "";
      return { ...answer, etag, whole: !etag.endsWith('-u"') && answer.header("cache-control") !== MINUTE };
    }, worker),
  );

test("KV breaks: the last good template or the compiled-in one, for a minute", () =>
  withFaults({ [SAMPLE]: card(), mine: card({ width: 310 }) }, async (get, worker) => {
    // The isolate asks KV every half minute, so the clock goes on by more from case to case.
    let later = 0;
    const next = async (path, how) => get(path, { "X-Later-Ms": String((later += 100_000)), ...(how && { "X-Kv": how }) });
    const of = ({ status, header, picture }) => [status, picture().width, header("cache-control") === MINUTE];
    for (const how of [...HANGS, ...FAILS]) {
      const compiled = await next(`/i/${SAMPLE}.png?name=${how}`, how);
      assert.deepEqual([compiled.status, compiled.header("cache-control")], [200, MINUTE], how);
      assert.notEqual(compiled.picture().width, 300, how);
      assert.deepEqual(of(await next("/i/mine.png")), [200, 310, false], how);
      assert.deepEqual(of(await next(`/i/mine.png?name=${how}`, how)), [200, 310, true], how);
      const none = await next("/i/none.png", how);
      // An empty body of an entry that does not exist is no entry.
      if (HANGS.includes(how) || how === "rejects") continue;
      assert.ok([404, 500].includes(none.status), how);
      none.picture();
    }
    for (const how of ["hangs", "rejects"]) {
      const none = await next("/i/none.png", how);
      assert.deepEqual([none.status, none.header("x-problem")], [500, "template-unavailable"], how);
      none.picture();
    }
    assert.deepEqual(of(await next(`/i/${SAMPLE}.png`)), [200, 300, false]);
    const codes = new Set(await faults(worker, later / 100_000));
    for (const code of ["kv-late", "kv-failed", "template-in-kv-too-large", "invalid-template-in-kv"]) assert.ok(codes.has(code), code);
  }));

test("a value in KV that is no template is not read whole", () =>
  withFaults({ [SAMPLE]: new Uint8Array(20 * 1024 * 1024).fill(32) }, async (get) => {
    const memory = async () => (await get("/healthz")).json().memory_bytes;
    await get("/i/photo.png");
    const before = await memory();
    assert.equal((await get(`/i/${SAMPLE}.png`)).header("cache-control"), MINUTE);
    const grown = (await memory()) - before;
    assert.ok(grown < 16 * 1024 * 1024, `${grown} bytes`);
  }));

/** A template that shows an asset, and initials if that cannot be had. */
const withAsset = (src) => card({ layers: [{ type: "image", src: `asset:${src}`, fallback: ["initials:{{ name }}"], x: 20, y: 20, width: 80, height: 80 }] });

test("static assets break: the fallback is drawn, and the picture is unfinished", () =>
  withFaults({ photo: withAsset("espresso-cup.jpg"), face: withAsset("avatar.png") }, async (get) => {
    let later = 0;
    const next = async (path, how) => get(path, { "X-Later-Ms": String((later += 400_000)), ...(how && { "X-Images": how }) });
    for (const [template, hows] of [
      ["photo", [...HANGS, ...FAILS, "500", "503"]],
      ["face", ["half", "flipped", "html"]],
    ]) {
      for (const how of hows) {
        const path = `/i/${template}.png?name=${how}`;
        const broken = await next(path, how);
        broken.picture();
        assert.deepEqual([broken.status, broken.whole], [200, false], path);
        // The next recipient's picture is drawn as a change of this one.
        if (!HANGS.includes(how)) assert.equal((await next(`${path}2`, how)).whole, false, path);
        const whole = await next(path);
        assert.deepEqual([whole.status, whole.whole, whole.header("x-cache")], [200, true, "miss"], path);
        assert.ok(!whole.body.equals(broken.body), path);
      }
    }
    // A file that is not there has its designed fallback.
    assert.equal((await next("/i/photo.png?name=none", "404")).whole, true);
  }));

test("font packs break: boxes are drawn, and the picture is unfinished", () =>
  withFaults({ card: card() }, async (get) => {
    for (const [index, how] of [...HANGS, ...FAILS, "500"].entries()) {
      const broken = await get(`/i/card.png?name=${"م".repeat(index + 1)}`, { "X-Fonts": how });
      broken.picture();
      assert.deepEqual([broken.status, broken.whole, broken.header("x-glyphs")], [200, false, `missing=${index + 1}`], how);
    }
    assert.equal((await get("/i/card.png?name=محمد")).whole, true);
  }));

test("the Cache API breaks: the picture is drawn again, the same to the byte", () =>
  withFaults({ card: card() }, async (get, worker) => {
    const first = await get("/i/card.png");
    // The isolate's memory keeps a picture for a day.
    let later = 0;
    const next = async (how) => get("/i/card.png", { "X-Later-Ms": String((later += 90_000_000)), ...(how && { "X-Match": how }) });
    for (const how of [...HANGS, ...FAILS, "flipped"]) {
      const again = await next(how);
      assert.deepEqual([again.status, again.header("x-cache"), again.etag, again.whole], [200, "miss", first.etag, true], how);
      assert.ok(again.body.equals(first.body), how);
      const stored = await next();
      assert.deepEqual([stored.header("x-cache"), stored.etag], ["hit", first.etag], how);
      assert.ok(stored.body.equals(first.body), how);
    }
    const codes = new Set(await faults(worker, 19));
    for (const code of ["cache-late", "cache-get-failed", "cache-entry-damaged"]) assert.ok(codes.has(code), code);
  }));
