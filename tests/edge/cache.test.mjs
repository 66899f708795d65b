// One picture is drawn once: which URLs share a key, which tier answers, and what a broken cache does (nothing).

import assert from "node:assert/strict";
import { test } from "node:test";
import { requestLines, startWorker } from "./harness.mjs";
import { decode } from "./png.mjs";
import { card, withLogo } from "./template.mjs";

async function withWorker(options, body) {
  const worker = await startWorker(options);
  let requests = 0;
  try {
    await body(worker, async (path, init) => {
      requests += 1;
      const response = await worker.fetch(path, init);
      const bytes = Buffer.from(await response.arrayBuffer());
      const header = (name) => response.headers.get(name);
      // Which tier answered, by the log.
      const tier = async () => (await requestLines(worker, requests)).at(-1).tier ?? "";
      return { status: response.status, bytes, header, cache: header("x-cache"), etag: header("etag"), tier };
    });
  } finally {
    await worker.dispose();
  }
}

/**
 * A Worker in front of the Worker that ends the instance as often as a request says: the clock throws, but only at wasm,
 * which is a trap as far as anyone can tell.
 */
const MORTAL = `
  import worker from "./index.js";
  const now = Date.now;
  export default {
    fetch(request, env, ctx) {
      let deaths = Number(request.headers.get("X-Die") ?? 0);
      Date.now = () => {
        if (deaths > 0 && new Error().stack.includes("wasm:")) {
          deaths -= 1;
          throw new WebAssembly.RuntimeError("unreachable");
        }
        return now();
      };
      return worker.fetch(request, env, ctx);
    },
  };`;

test("the second request for a picture is a hit, and the same bytes", () =>
  withWorker({ kv: { card: card() } }, async (_, get) => {
    const first = await get("/i/card.png?name=Maria");
    assert.deepEqual([first.status, first.cache, await first.tier()], [200, "miss", ""]);
    const second = await get("/i/card.png?name=Maria");
    assert.deepEqual([second.status, second.cache, await second.tier()], [200, "hit", "memory"]);
    assert.ok(first.bytes.equals(second.bytes));
    assert.equal(second.header("content-length"), String(first.bytes.length));
    assert.equal(second.etag, first.etag);
  }));

test("one picture has one key, whatever its URL", () =>
  withWorker({ kv: { card: card() } }, async (_, get) => {
    for (const [first, ...others] of [
      ["name=Maria&company=Acme", "company=Acme&name=Maria", "utm_source=x&name=Maria&mc_cid=1&company=Acme", "name=+Maria&company=Acme%20"],
      ["", "name=", "name=%20", "name=null&company=", "color=nocolor", "points=1000", "plan=gold", "_dpr=1", "_dpr=x", "utm_source=x", "name=friend"],
      ["name=Zo%C3%AB", "name=Zoë", "name.b64=Wm_Dqw", "name=&name=Zo%C3%AB"],
      ["points=12", "points=12.0", "points=%2B12"],
      ["color=f00", "color=red", "color=%23FF0000", "color=rgb(255,0,0)"],
    ]) {
      const { etag } = await get(`/i/card.png?${first}`);
      for (const other of others) {
        const answer = await get(`/i/card.png?${other}`);
        assert.deepEqual([answer.etag, answer.cache], [etag, "hit"], `${first} and ${other}`);
      }
    }
    const etags = await Promise.all(
      ["", "?name=A", "?name=B", "?company=A", "?points=1", "?_dpr=2", "?_w=200", "?_debug=boxes"].map(
        async (query) => (await get(`/i/card.png${query}`)).etag,
      ),
    );
    assert.equal(new Set(etags).size, etags.length);
    assert.notEqual((await get("/i/card.jpg")).etag, etags[0]);
  }));

test("no request header but If-None-Match changes an answer", () =>
  withWorker({ kv: { card: card() } }, async (_, get) => {
    const plain = await get("/i/card.png?name=Maria");
    for (const headers of [
      { Accept: "image/webp" },
      { "Accept-Language": "ar", "User-Agent": "GoogleImageProxy" },
      { Range: "bytes=0-10", "Cache-Control": "no-cache" },
      { "If-Modified-Since": new Date().toUTCString(), Cookie: "a=b", "Save-Data": "on" },
    ]) {
      const answer = await get("/i/card.png?name=Maria", { headers });
      assert.deepEqual([answer.status, answer.etag], [200, plain.etag]);
      assert.ok(answer.bytes.equals(plain.bytes));
    }
  }));

test("a new isolate finds the picture in the Cache API", () =>
  withWorker({ kv: { card: card() }, front: MORTAL }, async (_, get) => {
    const first = await get("/i/card.png?name=Maria");
    // The instance dies once, and its memory with it; the request has its second try on the new one.
    const second = await get("/i/card.png?name=Maria", { headers: { "X-Die": "1" } });
    assert.deepEqual([second.status, second.cache, await second.tier()], [200, "hit", "edge"]);
    assert.ok(first.bytes.equals(second.bytes));
    assert.equal(second.etag, first.etag);
    const third = await get("/i/card.png?name=Maria");
    assert.deepEqual([third.cache, await third.tier()], ["hit", "memory"]);
  }));

test("a request that ends two instances gets a placeholder, and nobody else notices", () =>
  withWorker({ kv: { card: card() }, front: MORTAL }, async (worker, get) => {
    const dead = await get("/i/card.png?name=SECRET", { headers: { "X-Die": "2" } });
    assert.deepEqual([dead.status, dead.header("cache-control"), dead.header("x-problem")], [500, "no-store", "panic"]);
    decode(dead.bytes);
    const head = await get("/i/card.png", { method: "HEAD", headers: { "X-Die": "2" } });
    assert.deepEqual([head.status, head.bytes.length], [500, 0]);
    const view = await get("/i/card.json", { headers: { "X-Die": "2" } });
    assert.deepEqual([view.status, view.header("content-type")], [500, "application/problem+json"]);
    const next = await get("/i/card.png?name=Maria");
    assert.equal(next.status, 200);
    decode(next.bytes);
    await next.tier();
    assert.doesNotMatch(JSON.stringify(worker.logs), /SECRET/);
  }));

test("a broken cache is a miss", () =>
  withWorker(
    {
      kv: { card: card() },
      front: `
        import worker from "./index.js";
        const fail = () => Promise.reject(new Error("the cache is broken"));
        const throws = () => { throw new Error("the cache is very broken"); };
        export default {
          fetch(request, env, ctx) {
            const how = request.headers.get("X-Throw") ? throws : fail;
            for (const name of ["match", "put"]) Cache.prototype[name] = how;
            return worker.fetch(request, env, ctx);
          },
        };`,
    },
    async (worker, get) => {
      const first = await get("/i/card.png?name=Maria");
      assert.deepEqual([first.status, first.cache], [200, "miss"]);
      decode(first.bytes);
      const again = await get("/i/card.png?name=Maria");
      assert.deepEqual([again.cache, await again.tier()], ["hit", "memory"]);
      const faults = worker.logs.map(({ message }) => message).filter((message) => message.includes("fault"));
      assert.match(faults.join(), /cache-get-failed.*cache-put-failed/s);
      const another = await get("/i/card.png?name=Jo", { headers: { "X-Throw": "1" } });
      assert.deepEqual([another.status, another.cache], [200, "miss"]);
    },
  ));

test("a picture that misses an asset is kept for a minute, and is not the finished one", () =>
  withWorker({ kv: { logo: withLogo } }, async (_, get) => {
    const without = await get("/i/logo.png");
    assert.equal(without.status, 200);
    decode(without.bytes);
    assert.equal(without.header("cache-control"), "public, max-age=60");
    assert.match(without.etag, /^"[0-9a-f]{32}-u"$/);
    const again = await get("/i/logo.png");
    assert.deepEqual([again.cache, again.header("cache-control"), again.etag], ["hit", "public, max-age=60", without.etag]);
    // Who has the unfinished one is not told that it is current.
    assert.equal((await get("/i/logo.png", { headers: { "If-None-Match": without.etag } })).status, 200);
  }));

test("a picture with its asset is finished", () =>
  withWorker({ kv: { logo: withLogo, "asset:logo.png": ONE_PIXEL } }, async (_, get) => {
    const whole = await get("/i/logo.png");
    assert.equal(whole.status, 200);
    decode(whole.bytes);
    assert.match(whole.etag, /^"[0-9a-f]{32}"$/);
    assert.match(whole.header("cache-control"), /^public, max-age=300, /);
  }));

test("a picture with a designed stand-in for its asset is finished", () => {
  const designed = card({
    layers: [{ type: "image", src: "asset:bg-{{ plan }}.png", fallback: ["initials:{{ name }}"], width: 80, height: 80 }],
  });
  return withWorker({ kv: { designed } }, async (_, get) => {
    for (const query of ["", "?plan=pro"]) {
      const { etag, header } = await get(`/i/designed.png${query}`);
      assert.match(etag, /^"[0-9a-f]{32}"$/);
      assert.match(header("cache-control"), /^public, max-age=300, /);
    }
  });
});

/** A PNG, red. */
const ONE_PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
