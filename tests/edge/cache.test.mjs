// One picture is drawn once: which URLs share a key, which tier answers, and that a broken cache
// changes no answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, faults, withWorker } from "./answers.mjs";
import { FRONT } from "./front.mjs";
import { requestLines } from "./harness.mjs";
import { card, withLogo } from "./template.mjs";

/** Hands `body` a Worker, and a function that asks it for a path. */
const withCache = (options, body) =>
  withWorker(options, (worker) => {
    let requests = 0;
    return body(worker, async (path, init) => {
      requests += 1;
      const answer = await ask(worker, path, init);
      // The tier that answered, according to the log.
      const tier = async () => (await requestLines(worker, requests)).at(-1).tier ?? "";
      return { ...answer, cache: answer.header("x-cache"), etag: answer.header("etag"), tier };
    });
  });

test("the second request for a picture is a hit, and the same bytes", () =>
  withCache({ kv: { card: card() } }, async (_, get) => {
    const first = await get("/i/card.png?name=Maria");
    assert.deepEqual([first.status, first.cache, await first.tier()], [200, "miss", ""]);
    const second = await get("/i/card.png?name=Maria");
    assert.deepEqual([second.status, second.cache, await second.tier()], [200, "hit", "memory"]);
    assert.ok(first.body.equals(second.body));
    assert.equal(second.header("content-length"), String(first.body.length));
    assert.equal(second.etag, first.etag);
  }));

test("one picture has one key, whatever its URL", () =>
  withCache({ kv: { card: card() } }, async (_, get) => {
    for (const [first, ...others] of [
      ["name=Maria&company=Acme", "company=Acme&name=Maria", "utm_source=x&name=Maria&mc_cid=1&company=Acme", "name=+Maria&company=Acme%20"],
      ["", "name=", "name=%20", "name=null&company=", "color=nocolor", "points=1000", "plan=gold", "_dpr=1", "_dpr=x", "utm_source=x", "name=friend"],
      ["name=Zo%C3%AB", "name=Zoë", "name.b64=Wm_Dqw", "name=&name=Zo%C3%AB"],
      ["points=12", "points=12.0", "points=%2B12"],
      ["color=f00", "color=red", "color=%23FF0000", "color=rgb(255,0,0)"],
      ["name=size", "name=size&_w=300", "name=size&_w=150&_dpr=2"],
      ["name=size&_dpr=2", "name=size&_w=600", "name=size&_w=300&_dpr=2"],
      ["name=size&_w=4096", "name=size&_w=4000&_dpr=3"],
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
  withCache({ kv: { card: card() } }, async (_, get) => {
    const plain = await get("/i/card.png?name=Maria");
    for (const headers of [
      { Accept: "image/webp" },
      { "Accept-Language": "ar", "User-Agent": "GoogleImageProxy" },
      { Range: "bytes=0-10", "Cache-Control": "no-cache" },
      { "If-Modified-Since": new Date().toUTCString(), Cookie: "a=b", "Save-Data": "on" },
    ]) {
      const answer = await get("/i/card.png?name=Maria", { headers });
      assert.deepEqual([answer.status, answer.etag], [200, plain.etag]);
      assert.ok(answer.body.equals(plain.body));
    }
  }));

test("a new isolate finds the picture in the Cache API", () =>
  withCache({ kv: { card: card() }, front: FRONT }, async (_, get) => {
    const first = await get("/i/card.png?name=Maria");
    // The instance dies once, and its memory is lost; the request is tried again on a new instance.
    const second = await get("/i/card.png?name=Maria", { headers: { "X-Die": "1" } });
    assert.deepEqual([second.status, second.cache, await second.tier()], [200, "hit", "edge"]);
    assert.ok(first.body.equals(second.body));
    assert.equal(second.etag, first.etag);
    const third = await get("/i/card.png?name=Maria");
    assert.deepEqual([third.cache, await third.tier()], ["hit", "memory"]);
  }));

test("a request that ends two instances gets a placeholder, and no other request is affected", () =>
  withCache({ kv: { card: card(), other: card() }, front: FRONT }, async (worker, get) => {
    const dead = await get("/i/card.png?name=SECRET", { headers: { "X-Die": "2" } });
    assert.deepEqual([dead.status, dead.header("cache-control"), dead.header("x-problem")], [500, "no-store", "panic"]);
    dead.picture();
    // Its template is not tried again for a minute, in any format.
    const head = await get("/i/card.png", { method: "HEAD" });
    assert.deepEqual([head.status, head.body.length], [500, 0]);
    const view = await get("/i/card.json");
    assert.deepEqual([view.status, view.header("content-type")], [500, "application/problem+json"]);
    for (const [path, headers] of [["/i/other.png", {}], ["/i/card.png?name=Maria", { "X-Later-Ms": "61000" }]]) {
      const next = await get(path, { headers });
      assert.equal(next.status, 200, path);
      next.picture();
    }
    await next.tier();
    assert.doesNotMatch(JSON.stringify(worker.logs), /SECRET/);
  }));

test("a broken cache is a miss", () =>
  withCache(
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
      first.picture();
      const again = await get("/i/card.png?name=Maria");
      assert.deepEqual([again.cache, await again.tier()], ["hit", "memory"]);
      assert.match((await faults(worker, 2)).join(), /cache-get-failed.*cache-put-failed/s);
      const another = await get("/i/card.png?name=Jo", { headers: { "X-Throw": "1" } });
      assert.deepEqual([another.status, another.cache], [200, "miss"]);
    },
  ));

test("a picture without its asset is cached for a minute, under an ETag of its own", () =>
  withCache({ kv: { logo: withLogo } }, async (_, get) => {
    const without = await get("/i/logo.png");
    assert.equal(without.status, 200);
    without.picture();
    assert.equal(without.header("cache-control"), "public, max-age=60");
    assert.match(without.etag, /^"[0-9a-f]{32}-u"$/);
    const again = await get("/i/logo.png");
    assert.deepEqual([again.cache, again.header("cache-control"), again.etag], ["hit", "public, max-age=60", without.etag]);
    // A client that has the unfinished picture gets no 304.
    assert.equal((await get("/i/logo.png", { headers: { "If-None-Match": without.etag } })).status, 200);
  }));

test("a picture with its asset is finished", () =>
  withCache({ kv: { logo: withLogo, "asset:logo.png": ONE_PIXEL } }, async (_, get) => {
    const whole = await get("/i/logo.png");
    assert.equal(whole.status, 200);
    whole.picture();
    assert.match(whole.etag, /^"[0-9a-f]{32}"$/);
    assert.match(whole.header("cache-control"), /^public, max-age=300, /);
  }));

test("a picture with a designed fallback for its asset is finished", () => {
  const designed = card({
    layers: [{ type: "image", src: "asset:bg-{{ plan }}.png", fallback: ["initials:{{ name }}"], width: 80, height: 80 }],
  });
  return withCache({ kv: { designed } }, async (_, get) => {
    for (const query of ["", "?plan=pro"]) {
      const { etag, header } = await get(`/i/designed.png${query}`);
      assert.match(etag, /^"[0-9a-f]{32}"$/);
      assert.match(header("cache-control"), /^public, max-age=300, /);
    }
  });
});

/** A red PNG. */
const ONE_PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
