// A URL that is asked for a third time is answered without wasm, and nobody can tell but by the time it takes: which answers that
// is true of, until when, and that what is kept for it stays within its budget.

import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import v8 from "node:v8";
import vm from "node:vm";
import * as repeats from "../../worker/src/repeats.js";
import { requestLines, startWorker } from "./harness.mjs";
import { decode } from "./png.mjs";
import { card, withLogo } from "./template.mjs";

/**
 * Tells whether wasm was asked, which looks at the clock for every request; moves the clock; ends the instance, as the one of
 * cache.test.mjs does; and takes KV away.
 */
const FRONT = `
  import worker from "./index.js";
  const now = Date.now;
  export default {
    async fetch(request, env, ctx) {
      const header = (name) => request.headers.get(name);
      let asked = "nobody";
      let deaths = Number(header("X-Die") ?? 0);
      Date.now = () => {
        if (new Error().stack.includes("wasm:")) {
          asked = "wasm";
          if (deaths-- > 0) throw new WebAssembly.RuntimeError("unreachable");
        }
        return now() + Number(header("X-Later-Ms") ?? 0);
      };
      const broken = { get: () => Promise.reject(new Error("KV is down")), put() {}, list() {}, delete() {} };
      const answer = await worker.fetch(request, header("X-No-Kv") ? { ...env, TEMPLATES: broken } : env, ctx);
      console.log("asked: " + asked);
      return answer;
    },
  };`;

/** Hands `body` a function that asks for a path: what came back, as it was on the wire, and what was logged. */
async function withWorker(options, body) {
  const worker = await startWorker({ front: FRONT, ...options });
  let requests = 0;
  const ask = async (path, { method = "GET", ...headers } = {}) => {
    // Node's fetch sorts headers and changes their case.
    const { status, raw, bytes } = await new Promise((resolve, reject) => {
      const request = http.request(worker.url + path, { method, headers }, (response) => {
        const pieces = [];
        response.on("data", (piece) => pieces.push(piece)).on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode, raw: response.rawHeaders, bytes: Buffer.concat(pieces) }));
      });
      request.on("error", reject).end();
    });
    requests += 1;
    const { ms, ...line } = (await requestLines(worker, requests)).at(-1);
    const said = () => worker.logs.filter(({ message }) => message.startsWith("asked: "));
    for (let waited = 0; said().length < requests && waited < 5_000; waited += 10) await new Promise((done) => setTimeout(done, 10));
    const headersSaid = [];
    for (let at = 0; at < raw.length; at += 2) headersSaid.push(`${raw[at]}: ${raw[at + 1].replace(/dur=[\d.]+/g, "dur=0")}`);
    const etag = raw[raw.findIndex((name) => name.toLowerCase() === "etag") + 1];
    return { status, headers: headersSaid, bytes, line, etag, asked: said().at(-1).message.slice("asked: ".length) };
  };
  try {
    await body(ask, worker);
  } finally {
    await worker.dispose();
  }
}

/** Asks for a URL until it is known: what wasm answered from its memory the second time. */
async function make(ask, path, headers) {
  assert.equal((await ask(path, headers)).asked, "wasm", path);
  const known = await ask(path, headers);
  assert.deepEqual([known.status, known.line.tier, known.asked], [200, "memory", "wasm"], path);
  return known;
}

/** Everything but who was asked. */
const same = (answer, other, what) => assert.deepEqual({ ...answer, asked: "" }, { ...other, asked: "" }, what);

test("the third answer is the second, word by word", () =>
  withWorker({ kv: { card: card(), "card@7": card({ max_age: 3600 }) } }, async (ask) => {
    for (const path of [
      "/i/card.png?name=Maria&utm_source=x",
      "/i/card.jpg?company=%F4%8F%BF%BD&_dpr=2",
      "/i/card.webp",
      "/i/card.gif?name=Maria",
      "/i/card@7.png?name=*|FNAME|*",
    ]) {
      const known = await make(ask, path);
      const repeat = await ask(path);
      assert.equal(repeat.asked, "nobody", path);
      same(repeat, known, path);
      assert.ok(repeat.headers.includes("X-Cache: hit") && repeat.bytes.length > 0 && repeat.line.tier === "memory", path);

      // Another URL of the same picture: what wasm says of it.
      const other = `${path}${path.includes("?") ? "&" : "?"}utm_medium=y`;
      const head = await ask(path, { method: "HEAD" });
      assert.deepEqual([head.asked, head.status, head.bytes.length], ["nobody", 200, 0]);
      assert.ok(head.headers.includes(`Content-Length: ${known.bytes.length}`), path);
      const told = await ask(other, { method: "HEAD" });
      assert.equal(told.asked, "wasm");
      same(head, told, path);
    }
  }));

test("who has the picture is told so without wasm, unless that takes reading", () =>
  withWorker({ kv: { card: card() } }, async (ask) => {
    const path = "/i/card.png?name=A%F4%8F%BF%BD";
    const { etag } = await make(ask, path);
    const unchanged = await ask(path, { "If-None-Match": etag });
    assert.deepEqual([unchanged.asked, unchanged.status, unchanged.bytes.length], ["nobody", 304, 0]);
    for (const sent of [`W/${etag}`, `"other", ${etag}`, "*", ` W/"a,b" ,${etag}`]) {
      const read = await ask(path, { "If-None-Match": sent });
      assert.equal(read.asked, "wasm", sent);
      same(read, unchanged, sent);
    }
    for (const [sent, asked] of [["", "nobody"], ['"other"', "wasm"], [etag.slice(1, -1), "wasm"], [etag.toUpperCase(), "wasm"]]) {
      const whole = await ask(path, { "If-None-Match": sent });
      assert.deepEqual([whole.asked, whole.status], [asked, 200], sent);
    }
    same(await ask(path, { method: "HEAD", "If-None-Match": etag }), unchanged, "HEAD");
  }));

test("who has a picture that this isolate has not", () =>
  withWorker({ kv: { card: card() } }, async (ask) => {
    const { etag } = await ask("/i/card.png?name=Maria", { "If-None-Match": "*" });
    for (const expected of ["wasm", "nobody"]) {
      const { asked, status } = await ask("/i/card.png?name=Maria", { "If-None-Match": etag });
      assert.deepEqual([asked, status], [expected, 304]);
    }
    // It is drawn for who has it not.
    for (const asked of ["wasm", "wasm", "nobody"]) {
      const whole = await ask("/i/card.png?name=Maria");
      assert.deepEqual([whole.asked, whole.status], [asked, 200]);
      decode(whole.bytes);
    }
  }));

test("every spelling of a URL is its own, and no picture answers for another", () =>
  withWorker({ kv: { card: card(), "card@7": card({ width: 320 }) } }, async (ask) => {
    const etags = new Map();
    const paths = ["?name=A&company=B", "?company=B&name=A", "?name=A&company=B&fbclid=1", "?name=B&company=A", "?name=a&company=B"];
    for (const path of [...paths.map((query) => `/i/card.png${query}`), "/i/card@7.png?name=A&company=B", "/i/card.jpg?name=A&company=B"]) {
      etags.set(path, (await make(ask, path)).etag);
    }
    for (const [path, etag] of etags) {
      const repeat = await ask(path);
      assert.deepEqual([repeat.asked, repeat.etag], ["nobody", etag], path);
    }
    const [first, permuted, tracked, ...others] = etags.values();
    assert.deepEqual([permuted, tracked], [first, first]);
    assert.equal(new Set([first, ...others]).size, 1 + others.length);
  }));

test("what is no finished picture for everyone is always asked of wasm", () => {
  const kv = { card: card(), logo: withLogo, closed: card({ access: "signed" }) };
  return withWorker({ kv, bindings: { UNSIGNED: "allow" } }, async (ask) => {
    for (const [path, headers] of [
      ["/i/none.png"],
      ["/i/card@9.png"],
      ["/s/key/card.png"],
      ["/x/sealed/card.png"],
      ["/i/card.json"],
      ["/i/card.html"],
      ["/i/card.txt"],
      ["/i/logo.png"],
      ["/i/closed.png"],
      ["/healthz"],
      ["/v1/senders"],
      ["/i/card.png?name=Stale", { "X-No-Kv": "1", "X-Later-Ms": "40000" }],
    ]) {
      if (headers) await ask(path);
      for (let time = 0; time < 4; time++) assert.equal((await ask(path, headers)).asked, "wasm", path);
    }
    await make(ask, "/i/card.png", { "X-Later-Ms": "60000" });
    for (const [method, asked, status] of [["GET", "nobody", 200], ["POST", "wasm", 405], ["OPTIONS", "wasm", 204], ["DELETE", "wasm", 405]]) {
      const answer = await ask("/i/card.png", { method, "X-Later-Ms": "60000" });
      assert.deepEqual([answer.asked, answer.status], [asked, status], method);
    }
  });
});

test("a repeat ends when the template is asked for again, and a revision's when the picture is", () =>
  withWorker({ kv: { card: card(), "card@7": card() } }, async (ask, worker) => {
    const width = ({ bytes }) => decode(bytes).width;
    const [live, pinned] = ["/i/card.png", "/i/card@7.png"];
    for (const path of [live, pinned]) await make(ask, path);
    await worker.kv.put("card", card({ width: 310 }));
    for (const [path, later, asked, expected] of [
      [live, 29_000, "nobody", 300],
      [live, 31_000, "wasm", 310],
      [pinned, 31_000, "nobody", 300],
      [pinned, 86_000_000, "nobody", 300],
      [pinned, 86_500_000, "wasm", 300],
    ]) {
      const answer = await ask(path, { "X-Later-Ms": String(later) });
      assert.deepEqual([answer.asked, width(answer)], [asked, expected], `${path} after ${later} ms`);
    }
  }));

test("nothing outlives the instance that said it", () =>
  withWorker({ kv: { card: card() } }, async (ask) => {
    const known = await make(ask, "/i/card.png?name=Maria");
    assert.equal((await ask("/i/card.png?name=Maria")).asked, "nobody");
    assert.equal((await ask("/i/card.png?name=Other", { "X-Die": "1" })).status, 200);
    const after = await ask("/i/card.png?name=Maria");
    assert.deepEqual([after.asked, after.etag], ["wasm", known.etag]);
  }));

// What follows is repeats.js alone, in this process.

v8.setFlagsFromString("--expose-gc");
const gc = vm.runInNewContext("gc");
const BUDGET = 4 * 1024 * 1024;

/** What wasm adds to an answer, about as long as it is. */
function said({ file = new Uint8Array(100), padding = 500, until_ms = Infinity } = {}) {
  const answer = (status) => ({
    init: { status, headers: { ETag: '"e"', "Cache-Control": "public", "X-Params": `name=given, ${"p".repeat(padding)}` } },
    line: `{"event":"request","status":${status},"padding":"${"l".repeat(150)}"}`,
  });
  return { file, repeat: JSON.stringify({ until_ms: Math.min(until_ms, Number.MAX_VALUE), etag: '"e"', hit: answer(200), unchanged: answer(304) }), budget_bytes: BUDGET };
}

/** A string of its own, as the runtime makes one of each request: not a rope of shared pieces. */
const url = (number, query = "") => Buffer.from(`https://img.example/i/card.png?utm_id=${number}${query}`).toString("latin1");
const isKnown = (of) => repeats.answer({ url: of, method: "GET", headers: new Headers() }) !== undefined;

/** Without its lines of log, for a test; a mock of Node's would keep each of them. */
function silence(t) {
  const { log } = console;
  console.log = () => {};
  t.after(() => (console.log = log));
}

/** V8's heap, in bytes, when all garbage is gone: what a WeakRef was made of is held until the next task. */
async function heap() {
  for (let time = 0; time < 3; time++) {
    await new Promise((done) => setTimeout(done, 10));
    gc();
  }
  return process.memoryUsage().heapUsed;
}

test("a stranger's URLs fill a budget, and no more", async (t) => {
  silence(t);
  const file = new Uint8Array(100);
  let warm = false; // not until everything is loaded and compiled
  for (const [count, query, padding] of [[10_000, "", 200], [30_000, "", 200], [5_000, "", 4_000], [2_000, `&q=${"q".repeat(16_000)}`, 0]]) {
    repeats.forgetAll();
    const before = await heap();
    for (let number = 0; number < count; number++) {
      repeats.remember(url(number, query), said({ file, padding }));
      assert.ok(isKnown(url(number, query))); // from then on it takes the most
    }
    const bytes = (await heap()) - before;
    // The heap has some 100 kB of its own that come and go.
    assert.ok(!warm || (bytes < BUDGET * 1.05 && bytes > BUDGET / 4), `${count} URLs take ${bytes} bytes`);
    warm = true;
    assert.deepEqual([isKnown(url(0, query)), isKnown(url(count - 1, query))], [false, true]);
    assert.equal(file.length, 100, "it was there all the time");
  }
  repeats.forgetAll();
  for (let time = 0; time < 10_000; time++) repeats.remember(url("same"), said());
  repeats.remember(url("other"), said());
  assert.ok(isKnown(url("same")), "one URL, however often, weighs as one");
  repeats.remember(url("too large"), said({ padding: BUDGET }));
  assert.deepEqual([isKnown(url("too large")), isKnown(url("same"))], [false, true]);
});

test("what is asked for stays, and what is not goes first", (t) => {
  silence(t);
  repeats.forgetAll();
  const file = new Uint8Array(100);
  for (let number = 0; number < 10_000; number++) {
    repeats.remember(url(number), said({ file }));
    assert.ok(isKnown(url(0)));
  }
  assert.ok(!isKnown(url(1)));
});

test("a file that wasm dropped is not kept for a repeat", async (t) => {
  silence(t);
  repeats.forgetAll();
  const kept = new Uint8Array(100);
  repeats.remember(url("kept"), said({ file: kept }));
  repeats.remember(url("dropped"), said());
  await heap();
  assert.deepEqual([isKnown(url("kept")), isKnown(url("dropped"))], [true, false]);
  const unchanged = repeats.answer(new Request(url("dropped"), { headers: { "If-None-Match": '"e"' } }));
  assert.equal(unchanged?.status, 304, "for which nobody needs the file");
  assert.equal(kept.length, 100);
});

test("HEAD is answered without the file, which workerd would take away as well", (t) => {
  silence(t);
  repeats.forgetAll();
  const file = new Uint8Array(100);
  repeats.remember(url(1), said({ file }));
  const [full, head] = ["GET", "HEAD"].map((method) => repeats.answer(new Request(url(1), { method })));
  assert.deepEqual([head.status, head.body, [...head.headers]], [200, null, [...full.headers]]);
});

test("an end is an end", (t) => {
  silence(t);
  repeats.forgetAll();
  const file = new Uint8Array(100);
  const now = t.mock.method(Date, "now", () => 999);
  repeats.remember(url(1), said({ file, until_ms: 1_000 }));
  assert.ok(isKnown(url(1)));
  now.mock.mockImplementation(() => 1_000);
  assert.ok(!isKnown(url(1)));
});
