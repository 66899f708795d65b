// Feeds: values of other hosts, fetched under the rules of images, and what a picture shows when
// their host fails.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Response } from "miniflare";
import { answer as live } from "../../examples/live/upstream.mjs";
import { ask, faults, withWorker } from "./answers.mjs";
import { FAULTS } from "./faults.mjs";
import { card } from "./template.mjs";

/** ms within which a picture comes whose feed does not. */
const IN_TIME_MS = 3_500;
const MINUTE = "public, max-age=60";
const TTL = "public, max-age=120, s-maxage=120, stale-while-revalidate=120, stale-if-error=604800";

const read = (path) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

const FIELDS = {
  hosts: ["api.example"],
  params: { sku: { type: "text" }, name: { type: "text", default: "friend" } },
  feeds: { stock: { url: "https://api.example/stock/{{ sku }}?for={{ name }}", ttl: 120, example: { price: 1 } } },
  background: "#fff",
  alt: "{{ stock.price | default('no price') }} {{ stock.of.name }}",
  layers: [{ type: "text", when: "stock", text: "{{ stock.price }} {{ stock.of.name }}", x: 20, y: 20, width: 260, height: 80, size: 24, fill: "#111" }],
};
const TEMPLATE = card(FIELDS);

const json = (value, init) => new Response(typeof value === "string" ? value : JSON.stringify(value), init);
const never = () => new Promise(() => {});
const GOOD = { price: 12.5, of: { name: "Cup" } };

/** What a path answers, and the reason that is given. */
const BROKEN = {
  hangs: [never, "timeout"],
  stalls: [() => new Response(new ReadableStream({ pull: (body) => (body.enqueue(Buffer.from("{")), never()) })), "timeout"],
  endless: [() => new Response(new ReadableStream(bounded(() => new Uint8Array(65_536).fill(32)))), "too-large"],
  large: [() => json(`"${"a".repeat(65_536)}"`), "too-large"],
  bomb: [() => new Response(Buffer.alloc(16 * 1024 * 1024, 32), { headers: { "Content-Encoding": "gzip" } }), "too-large"],
  deep: [() => json("[".repeat(9) + "]".repeat(9)), "too-large"],
  deepest: [() => json("[".repeat(30_000) + "]".repeat(30_000)), "not-json"],
  many: [() => json(Array.from({ length: 2_000 }, () => 1)), "too-large"],
  empty: [() => json(""), "not-json"],
  html: [() => json("<!doctype html>", { headers: { "Content-Type": "application/json" } }), "not-json"],
  cut: [() => json(JSON.stringify(GOOD).slice(0, -1)), "not-json"],
  number: [() => json('{"price":1e999}'), "not-json"],
  "status-404": [() => json(GOOD, { status: 404 }), "status"],
  "status-500": [() => json(GOOD, { status: 500 }), "status"],
  leads: [() => new Response(null, { status: 302, headers: { Location: "https://127.0.0.1/" } }), "redirect"],
  "leads-away": [() => new Response(null, { status: 302, headers: { Location: "https://evil.example/" } }), "redirect"],
};

/** Chunks without end, which stop by themselves after 64 MB, so that a test is bounded. */
function bounded(chunk) {
  let left = 1_024;
  return { pull: (body) => (left-- > 0 ? body.enqueue(chunk()) : body.close()) };
}

/** Answers as the path says, and counts what was asked. */
function upstream() {
  const asked = [];
  let current = GOOD;
  return {
    asked,
    say: (value) => (current = value),
    outbound: (request) => {
      const { hostname, pathname, search } = new URL(request.url);
      asked.push(request.url);
      assert.equal(hostname, "api.example");
      const [, name] = /^\/stock\/(.*)$/.exec(pathname);
      if (name === "later") return typeof current === "function" ? current() : json(current);
      return BROKEN[name] ? BROKEN[name][0]() : json({ ...GOOD, search });
    },
  };
}

const withFeeds = (options, body) => {
  const { asked, say, outbound } = upstream();
  const worker = { kv: { mine: TEMPLATE, "mine@2": TEMPLATE }, bindings: { IMAGE_HOSTS: "api.example" }, outbound, ...options };
  return withWorker(worker, (worker) => body(worker, asked, say));
};
const alt = async (worker, query, headers) => (await ask(worker, `/i/mine.txt?${query}`, { headers })).text();

test("a feed's values are drawn, for as long as they hold", () =>
  withFeeds({}, async (worker, asked) => {
    const first = await ask(worker, "/i/mine.png?sku=a");
    assert.equal(first.header("cache-control"), TTL);
    assert.match(first.header("x-params"), /stock=given/);
    const again = await ask(worker, "/i/mine.png?sku=a");
    assert.deepEqual([again.header("etag"), again.header("x-cache")], [first.header("etag"), "hit"]);
    assert.equal((await ask(worker, "/i/mine.png?sku=a", { headers: { "If-None-Match": first.header("etag") } })).status, 304);
    assert.equal(asked.length, 1);
    // A pinned revision never changes; the values do.
    assert.equal((await ask(worker, "/i/mine@2.png?sku=a")).header("cache-control"), TTL);
    // Every view has them.
    assert.equal(await alt(worker, "sku=a"), "12.5 Cup");
    assert.match((await ask(worker, "/i/mine.html?sku=a")).text(), /alt="12.5 Cup"/);
    const { stock } = (await ask(worker, "/i/mine.json?sku=a")).json().params;
    assert.deepEqual([stock.source, stock.value.price], ["given", 12.5]);
    // Without the value that its URL needs, nothing is fetched.
    const count = asked.length;
    const without = await ask(worker, "/i/mine.png");
    assert.deepEqual([asked.length, without.header("cache-control")], [count, TTL]);
    assert.match(without.header("x-params"), /stock=missing;why=absent/);
  }));

test("a value is one part of a URL, and never another host", () =>
  withFeeds({}, async (worker, asked) => {
    for (const [sku, name, path] of [
      ["a b", "x", "/stock/a%20b?for=x"],
      ["a/b?c=d#e", "x&y=z", "/stock/a%2Fb%3Fc%3Dd%23e?for=x%26y%3Dz"],
      ["@evil.example", "x", "/stock/%40evil.example?for=x"],
      ["\\evil.example", "x", "/stock/%5Cevil.example?for=x"],
      // Damaged URLs are repaired, so that this is `..` again.
      ["%2e%2e", "x", undefined],
      ["Zoë", "李", "/stock/Zo%C3%AB?for=%E6%9D%8E"],
      ["{{ name }}", "x", undefined],
      ["..", "x", undefined],
      [".", "x", undefined],
    ]) {
      asked.length = 0;
      await ask(worker, `/i/mine.png?sku=${encodeURIComponent(sku)}&name=${encodeURIComponent(name)}`);
      assert.deepEqual(asked, path ? [`https://api.example${path}`] : [], sku);
    }
  }));

test("whatever a feed's host does, a complete picture comes in time, for a minute", () =>
  withFeeds({}, async (worker) => {
    const fallback = (await ask(worker, "/i/mine.png")).picture().rgba();
    for (const [name, [, why]] of Object.entries(BROKEN)) {
      const start = performance.now();
      const answer = await ask(worker, `/i/mine.png?sku=${name}`);
      const ms = performance.now() - start;
      assert.ok(ms < IN_TIME_MS, `${name} took ${ms} ms`);
      assert.deepEqual([answer.status, answer.header("cache-control")], [200, MINUTE], name);
      assert.match(answer.header("x-params"), new RegExp(`stock=fallback;why=${why}$`), name);
      assert.ok(answer.picture().rgba().equals(fallback), `${name} shows its fallback`);
    }
    assert.ok((await faults(worker, 1)).includes("remote-file-failed"));
    assert.ok(!worker.logs.some(({ message }) => message.includes("api.example")), "no URL is in the log");
  }));

test("the last good values stay while their host fails", () =>
  withFeeds({ front: FAULTS, cacheAPI: false }, async (worker, asked, say) => {
    const at = (ms) => ({ "X-Later-Ms": String(ms) });
    const picture = (ms) => ask(worker, "/i/mine.png?sku=later", { headers: at(ms) });
    const first = await picture(0);
    say({ price: 9, of: { name: "Cup" } });
    assert.equal((await picture(100_000)).header("etag"), first.header("etag"));
    const second = await picture(130_000);
    assert.notEqual(second.header("etag"), first.header("etag"));
    let ms = 130_000;
    for (const [broken, why] of [[() => json("", { status: 503 }), "status"], [() => json("<html>"), "not-json"], [never, "timeout"]]) {
      say(broken);
      const failed = await picture((ms += 130_000));
      assert.match(failed.header("x-params"), new RegExp(`stock=last-good;why=${why}`));
      assert.deepEqual([failed.header("etag"), failed.header("cache-control")], [second.header("etag"), MINUTE]);
      const { stock } = (await ask(worker, "/i/mine.json?sku=later", { headers: at(ms) })).json().params;
      assert.deepEqual([stock.source, stock.why, stock.value.price], ["last-good", why, 9]);
    }
    // What is gone is gone; and a host that is back has new values.
    say(() => json("", { status: 410 }));
    assert.match((await picture((ms += 130_000))).header("x-params"), /stock=fallback;why=status/);
    say(GOOD);
    assert.equal((await picture((ms += 130_000))).header("etag"), first.header("etag"));
  }));

test("a feed is fetched only from hosts that the deployment allows", async () => {
  for (const hosts of [undefined, "other.example"]) {
    await withFeeds({ bindings: hosts ? { IMAGE_HOSTS: hosts } : {} }, async (worker, asked) => {
      const answer = await ask(worker, "/i/mine.png?sku=a");
      assert.match(answer.header("x-params"), /stock=fallback;why=host-not-allowed/);
      assert.deepEqual(asked, []);
    });
  }
});

test("the live examples show what their upstream says", () => {
  const kv = { "live/stock": read("examples/live/stock.json"), "live/weather": read("examples/live/weather.json") };
  const now = new Date(1_790_000_000_000);
  const outbound = (request) => {
    const { status, body } = live(request.url, now);
    return new Response(body, { status });
  };
  return withWorker({ kv, bindings: { IMAGE_HOSTS: "live.example" }, outbound }, async (worker) => {
    const text = async (path) => (await ask(worker, path)).text();
    assert.match(await text("/i/live/stock.txt?sku=espresso-gift"), /^Espresso Cup in a Gift Box, €39.50, only \d left$/);
    assert.match(await text("/i/live/weather.txt?city=S%C3%A3o+Paulo"), /^The weather in São Paulo: 2\d°, /);
    assert.equal(await text("/i/live/stock.txt?sku=nothing"), "Your cup");
    for (const path of ["stock.png?sku=espresso-cups&name=Maria", "weather.png?city=Oslo", "weather.png?city=Atlantis"]) {
      assert.equal((await ask(worker, `/i/live/${path}`)).picture().width, 1200);
    }
  });
});
