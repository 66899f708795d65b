// Where a template comes from, and what stands in when KV fails or holds nonsense.

import assert from "node:assert/strict";
import { test } from "node:test";
import { requestLines, startWorker } from "./harness.mjs";
import { decode } from "./png.mjs";
import { card } from "./template.mjs";

/** A sample that is compiled in; its size tells it from `card`, which is 300 x 120. */
const SAMPLE = "welcome";

async function withWorker(options, body) {
  const worker = await startWorker(options);
  try {
    await body(worker, async (path) => {
      const response = await worker.fetch(path);
      const bytes = Buffer.from(await response.arrayBuffer());
      const image = response.headers.get("content-type") === "image/png" ? decode(bytes) : {};
      return { status: response.status, width: image.width, header: (name) => response.headers.get(name) };
    });
  } finally {
    await worker.dispose();
  }
}

/** The faults that were logged, once as many requests were. */
async function faults(worker, requests) {
  await requestLines(worker, requests);
  return worker.logs.filter(({ message }) => message.includes('"fault"')).map(({ message }) => JSON.parse(message).what);
}

test("compiled-in templates serve a fresh install", () =>
  withWorker({}, async (_, get) => {
    const picture = await get(`/i/${SAMPLE}.png?name=Maria`);
    assert.equal(picture.status, 200);
    assert.notEqual(picture.width, 300);
    assert.equal((await get(`/i/${SAMPLE}@1.png`)).status, 404);
  }));

test("a template in KV wins over a compiled-in one", () =>
  withWorker({ kv: { [SAMPLE]: card(), [`${SAMPLE}@3`]: card({ width: 320 }) } }, async (_, get) => {
    assert.equal((await get(`/i/${SAMPLE}.png`)).width, 300);
    assert.equal((await get(`/i/${SAMPLE}@3.png`)).width, 320);
    assert.equal((await get(`/i/${SAMPLE}@4.png`)).status, 404);
  }));

test("nonsense in KV: the compiled-in one stands in, for a minute", async () => {
  for (const document of ["", "{", "null", '{"width":1}', card({ width: 999_999 }), card({ layers: [{ type: "hologram" }] })]) {
    await withWorker({ kv: { [SAMPLE]: document, other: document } }, async (worker, get) => {
      const picture = await get(`/i/${SAMPLE}.png`);
      assert.deepEqual([picture.status, picture.header("cache-control")], [200, "public, max-age=60"], document);
      assert.notEqual(picture.width, 300);
      const nothing = await get("/i/other.png");
      assert.deepEqual([nothing.status, nothing.header("x-problem")], [500, "template-unavailable"], document);
      assert.ok((await faults(worker, 2)).includes("invalid-template-in-kv"));
    });
  }
});

/** Hands the Worker a KV that does as the request says. */
const FRONT = `
  import worker from "./index.js";
  const now = Date.now;
  export default {
    fetch(request, env, ctx) {
      const header = (name) => request.headers.get(name);
      Date.now = () => now() + Number(header("X-Later-Ms") ?? 0);
      const get = {
        rejects: () => Promise.reject(new Error("KV is down")),
        throws: () => { throw new Error("KV is down"); },
        number: () => 42,
      }[header("X-Kv")];
      const kv = header("X-Kv") === "none" ? undefined : get ? { get, put() {}, list() {}, delete() {} } : env.TEMPLATES;
      return worker.fetch(request, { ...env, TEMPLATES: kv }, ctx);
    },
  };`;

test("KV is down, broken or not there", async () => {
  for (const [kv, cacheControl, status] of [
    ["rejects", "public, max-age=60", 500],
    ["throws", "public, max-age=60", 500],
    ["none", "public, max-age=300, s-maxage=86400, stale-while-revalidate=604800, stale-if-error=604800", 404],
  ]) {
    const worker = await startWorker({ front: FRONT });
    try {
      const get = (path) => worker.fetch(path, { headers: { "X-Kv": kv } });
      const picture = await get(`/i/${SAMPLE}.png?name=Maria`);
      assert.deepEqual([picture.status, picture.headers.get("cache-control")], [200, cacheControl], kv);
      decode(Buffer.from(await picture.arrayBuffer()));
      const nothing = await get("/i/none.png");
      assert.equal(nothing.status, status, kv);
      decode(Buffer.from(await nothing.arrayBuffer()));
    } finally {
      await worker.dispose();
    }
  }
});

test("KV goes down: the last good template stays, before the compiled-in one", async () => {
  const worker = await startWorker({ front: FRONT, kv: { [SAMPLE]: card() } });
  try {
    const get = async (headers) => {
      const response = await worker.fetch(`/i/${SAMPLE}.png?name=Maria`, { headers });
      return [decode(Buffer.from(await response.arrayBuffer())).width, response.headers.get("cache-control")];
    };
    assert.equal((await get({}))[0], 300);
    // Within the isolate's half minute KV is not asked; after it, it is, and fails.
    assert.match((await get({ "X-Kv": "rejects" }))[1], /^public, max-age=300,/);
    assert.deepEqual(await get({ "X-Kv": "rejects", "X-Later-Ms": "40000" }), [300, "public, max-age=60"]);
    assert.deepEqual(await faults(worker, 3), ["kv-failed"]);
    // For five seconds it is left alone, and then it is back.
    assert.deepEqual(await get({ "X-Later-Ms": "44000" }), [300, "public, max-age=60"]);
    assert.match((await get({ "X-Later-Ms": "50000" }))[1], /^public, max-age=300,/);
  } finally {
    await worker.dispose();
  }
});

test("a publication is seen when the isolate asks again", async () => {
  const worker = await startWorker({ front: FRONT, kv: { mine: card(), "mine@1": card() } });
  try {
    const width = async (path, later = 0) => {
      const response = await worker.fetch(path, { headers: { "X-Later-Ms": String(later) } });
      return decode(Buffer.from(await response.arrayBuffer())).width;
    };
    assert.deepEqual([await width("/i/mine.png"), await width("/i/mine@1.png")], [300, 300]);
    await worker.kv.put("mine", card({ width: 310 }));
    assert.equal(await width("/i/mine.png"), 300);
    assert.equal(await width("/i/mine.png", 31_000), 310);
    assert.equal(await width("/i/mine@1.png", 31_000), 300);
  } finally {
    await worker.dispose();
  }
});

test("a template that wants a signature gets one, or UNSIGNED=allow", async () => {
  const kv = { closed: card({ access: "signed" }) };
  await withWorker({ kv }, async (_, get) => assert.equal((await get("/i/closed.png")).status, 403));
  await withWorker({ kv, bindings: { UNSIGNED: "allow" } }, async (_, get) => assert.equal((await get("/i/closed.png")).status, 200));
  await withWorker({ kv, bindings: { UNSIGNED: "yes" } }, async (_, get) => assert.equal((await get("/i/closed.png")).status, 403));
});
