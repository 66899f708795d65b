// A URL that is requested a third time is answered without wasm, with the same answer. The tests
// show which answers are repeated, for how long, and that their memory stays within its budget.

import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import v8 from "node:v8";
import vm from "node:vm";
import * as repeats from "../../worker/src/repeats.js";
import { withWorker } from "./answers.mjs";
import { FRONT } from "./front.mjs";
import { loggedLines, requestLines } from "./harness.mjs";
import { decode } from "./png.mjs";
import { card, withLogo } from "./template.mjs";

/**
 * Hands `body` a Worker, and a function that asks it for a path: the answer as it was sent, and
 * what was logged of it.
 */
const withRepeats = (options, body) => withWorker({ front: FRONT, ...options }, (worker) => {
  let requests = 0;
  const ids = new Set();
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
    const asked = (await loggedLines(worker, "asked: ", requests)).at(-1).slice("asked: ".length);
    const lines = [];
    for (let at = 0; at < raw.length; at += 2) lines.push(`${raw[at]}: ${raw[at + 1].replace(/dur=[\d.]+/g, "dur=0")}`);
    // The number of the answer is another one each time, and is in the log.
    const [id] = lines.splice(lines.findIndex((line) => line.startsWith("X-Request-Id: ")), 1);
    assert.equal(id, `X-Request-Id: ${line.request}`, path);
    assert.ok(!ids.has(id), "a number of its own");
    ids.add(id);
    delete line.request;
    const etag = raw[raw.findIndex((name) => name.toLowerCase() === "etag") + 1];
    return { status, headers: lines, bytes, line, etag, asked };
  };
  return body(ask, worker);
});

/**
 * Asks for a URL until it can be repeated, and returns the second answer, which wasm has from its
 * memory.
 */
async function make(ask, path, headers) {
  assert.equal((await ask(path, headers)).asked, "wasm", path);
  const known = await ask(path, headers);
  assert.deepEqual([known.status, known.line.tier, known.asked], [200, "memory", "wasm"], path);
  return known;
}

/** Checks that two answers differ only in who was asked. */
const same = (answer, other, what) => assert.deepEqual({ ...answer, asked: "" }, { ...other, asked: "" }, what);

test("the third answer is the same as the second, to the byte", () =>
  withRepeats({ kv: { card: card(), "card@7": card({ max_age: 3600 }) } }, async (ask) => {
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

      // Another URL of the same picture, which wasm answers.
      const other = `${path}${path.includes("?") ? "&" : "?"}utm_medium=y`;
      const head = await ask(path, { method: "HEAD" });
      assert.deepEqual([head.asked, head.status, head.bytes.length], ["nobody", 200, 0]);
      assert.ok(head.headers.includes(`Content-Length: ${known.bytes.length}`), path);
      const fromWasm = await ask(other, { method: "HEAD" });
      assert.equal(fromWasm.asked, "wasm");
      same(head, fromWasm, path);
    }
  }));

test("a 304 needs no wasm if If-None-Match is the ETag alone", () =>
  withRepeats({ kv: { card: card() } }, async (ask) => {
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

test("a client has a picture that this isolate does not have", () =>
  withRepeats({ kv: { card: card() } }, async (ask) => {
    const { etag } = await ask("/i/card.png?name=Maria", { "If-None-Match": "*" });
    for (const expected of ["wasm", "nobody"]) {
      const { asked, status } = await ask("/i/card.png?name=Maria", { "If-None-Match": etag });
      assert.deepEqual([asked, status], [expected, 304]);
    }
    // The picture is drawn for a client without it.
    for (const asked of ["wasm", "wasm", "nobody"]) {
      const whole = await ask("/i/card.png?name=Maria");
      assert.deepEqual([whole.asked, whole.status], [asked, 200]);
      decode(whole.bytes);
    }
  }));

test("each spelling of a URL is repeated on its own, and no picture is sent for another", () =>
  withRepeats({ kv: { card: card(), "card@7": card({ width: 320 }) } }, async (ask) => {
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

test("only finished public pictures are repeated", () => {
  const kv = { card: card(), logo: withLogo, closed: card({ access: "signed" }) };
  return withRepeats({ kv, bindings: { UNSIGNED: "allow" } }, async (ask) => {
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
      ["/i/card.png?name=Stale", { "X-Kv": "rejects", "X-Later-Ms": "40000" }],
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

test("a repeat ends when the isolate asks KV for the template again; that of a revision, after a day", () =>
  withRepeats({ kv: { card: card(), "card@7": card() } }, async (ask, worker) => {
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

test("no repeat outlives its wasm instance", () =>
  withRepeats({ kv: { card: card() } }, async (ask) => {
    const known = await make(ask, "/i/card.png?name=Maria");
    assert.equal((await ask("/i/card.png?name=Maria")).asked, "nobody");
    assert.equal((await ask("/i/card.png?name=Other", { "X-Die": "1" })).status, 200);
    const after = await ask("/i/card.png?name=Maria");
    assert.deepEqual([after.asked, after.etag], ["wasm", known.etag]);
  }));

// The tests below run repeats.js alone, in this process.

v8.setFlagsFromString("--expose-gc");
const gc = vm.runInNewContext("gc");
const BUDGET = 4 * 1024 * 1024;

/** What wasm adds to an answer, of a realistic length. */
function repeatable({ file = new Uint8Array(100), padding = 500, until_ms = Infinity } = {}) {
  const answer = (status) => ({
    init: { status, headers: { ETag: '"e"', "Cache-Control": "public", "X-Params": `name=given, ${"p".repeat(padding)}` } },
    line: `{"event":"request","status":${status},"padding":"${"l".repeat(150)}"}`,
  });
  return { file, repeat: JSON.stringify({ until_ms: Math.min(until_ms, Number.MAX_VALUE), etag: '"e"', hit: answer(200), unchanged: answer(304) }), budget_bytes: BUDGET };
}

/** A flat string that shares no memory with others, as the URL of each request is. */
const url = (number, query = "") => Buffer.from(`https://img.example/i/card.png?utm_id=${number}${query}`).toString("latin1");
const isKnown = (of) => repeats.answer({ url: of, method: "GET", headers: new Headers() }) !== undefined;

/** Turns the log off for a test; a mock by Node would keep every line. */
function silence(t) {
  const { log } = console;
  console.log = () => {};
  t.after(() => (console.log = log));
}

/**
 * The bytes of V8's heap without garbage. A WeakRef's target stays alive until the next task, hence
 * the pauses.
 */
async function heap() {
  for (let time = 0; time < 3; time++) {
    await new Promise((done) => setTimeout(done, 10));
    gc();
  }
  return process.memoryUsage().heapUsed;
}

test("any number of URLs stays within the budget", async (t) => {
  silence(t);
  const file = new Uint8Array(100);
  let warm = false; // whether all code is loaded and compiled
  for (const [count, query, padding] of [[10_000, "", 200], [30_000, "", 200], [5_000, "", 4_000], [2_000, `&q=${"q".repeat(16_000)}`, 0]]) {
    repeats.forgetAll();
    const before = await heap();
    for (let number = 0; number < count; number++) {
      repeats.remember(url(number, query), repeatable({ file, padding }));
      assert.ok(isKnown(url(number, query))); // only an entry that was asked for has its full size
    }
    const bytes = (await heap()) - before;
    // The size of the rest of the heap varies by some 100 kB.
    assert.ok(!warm || (bytes < BUDGET * 1.05 && bytes > BUDGET / 4), `${count} URLs take ${bytes} bytes`);
    warm = true;
    assert.deepEqual([isKnown(url(0, query)), isKnown(url(count - 1, query))], [false, true]);
    assert.equal(file.length, 100, "keeps the file alive until here");
  }
  repeats.forgetAll();
  for (let time = 0; time < 10_000; time++) repeats.remember(url("same"), repeatable());
  repeats.remember(url("other"), repeatable());
  assert.ok(isKnown(url("same")), "a URL that is remembered again replaces its older entry");
  repeats.remember(url("too large"), repeatable({ padding: BUDGET }));
  assert.deepEqual([isKnown(url("too large")), isKnown(url("same"))], [false, true]);
});

test("the URL that was not asked for the longest goes first", (t) => {
  silence(t);
  repeats.forgetAll();
  const file = new Uint8Array(100);
  for (let number = 0; number < 10_000; number++) {
    repeats.remember(url(number), repeatable({ file }));
    assert.ok(isKnown(url(0)));
  }
  assert.ok(!isKnown(url(1)));
});

test("a file that wasm dropped is not kept for a repeat", async (t) => {
  silence(t);
  repeats.forgetAll();
  const kept = new Uint8Array(100);
  repeats.remember(url("kept"), repeatable({ file: kept }));
  repeats.remember(url("dropped"), repeatable());
  await heap();
  assert.deepEqual([isKnown(url("kept")), isKnown(url("dropped"))], [true, false]);
  const unchanged = repeats.answer(new Request(url("dropped"), { headers: { "If-None-Match": '"e"' } }));
  assert.equal(unchanged?.status, 304, "a 304 needs no file");
  assert.equal(kept.length, 100);
});

test("HEAD is answered without the file", (t) => {
  silence(t);
  repeats.forgetAll();
  const file = new Uint8Array(100);
  repeats.remember(url(1), repeatable({ file }));
  const [full, head] = ["GET", "HEAD"].map((method) => repeats.answer(new Request(url(1), { method })));
  // Each answer has a number of its own.
  assert.notEqual(head.headers.get("x-request-id"), full.headers.get("x-request-id"));
  for (const { headers } of [full, head]) headers.delete("x-request-id");
  assert.deepEqual([head.status, head.body, [...head.headers]], [200, null, [...full.headers]]);
});

test("a repeat ends at its time", (t) => {
  silence(t);
  repeats.forgetAll();
  const file = new Uint8Array(100);
  const now = t.mock.method(Date, "now", () => 999);
  repeats.remember(url(1), repeatable({ file, until_ms: 1_000 }));
  assert.ok(isKnown(url(1)));
  now.mock.mockImplementation(() => 1_000);
  assert.ok(!isKnown(url(1)));
});
