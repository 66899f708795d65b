// A template that ends the instance harms no other request, and is not tried again for a minute.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as deaths from "../../worker/src/deaths.js";
import { ask, withWorker } from "./answers.mjs";
import { requestLines } from "./harness.mjs";
import { card } from "./template.mjs";

/**
 * Stands in front of the Worker. A request for `/i/killer-2` ends the instance when wasm reads the clock
 * for it the second time, and so on: the clock throws, which looks like a trap. `X-Later-Ms` puts the
 * clock forward.
 */
const FRONT = `
  import worker from "./index.js";
  const now = Date.now;
  const readings = new WeakMap();
  let later = 0;
  Date.now = () => {
    const running = globalThis.monogramRunning;
    const last = /[/]i[/]killer-([0-9]+)/.exec(running?.url ?? "")?.[1];
    if (last && new Error().stack.includes("wasm:")) {
      readings.set(running, (readings.get(running) ?? 0) + 1);
      if (readings.get(running) >= Number(last)) throw new WebAssembly.RuntimeError("unreachable");
    }
    return now() + later;
  };
  export default {
    fetch(request, env, ctx) {
      later = Number(request.headers.get("X-Later-Ms") ?? 0);
      return worker.fetch(request, env, ctx);
    },
  };`;

/** Number of instances that ended so far, by the shim's own lines in the log. */
const ended = (worker) => worker.logs.filter(({ message }) => message.startsWith("Reinitializing")).length;

test("200 bystanders beside five killers are answered with whole pictures", () => {
  const killers = [1, 2, 3, 4, 5].map((reading) => `killer-${reading}`);
  const kv = Object.fromEntries([...killers, "card"].map((id) => [id, card()]));
  return withWorker({ front: FRONT, kv }, async (worker) => {
    const requests = [];
    for (let number = 0; number < 200; number++) {
      if (number % 40 === 20) requests.push(`/i/${killers[(number - 20) / 40]}.png?name=${number}`);
      requests.push(`/i/${number % 2 ? "welcome" : "card"}.png?name=Bystander%20${number}`);
    }
    const answers = await Promise.all(requests.map((path) => ask(worker, path)));
    for (const [index, answer] of answers.entries()) {
      const isKiller = requests[index].includes("killer");
      const expected = isKiller ? [500, "no-store", "panic"] : [200, "", null];
      const caching = isKiller ? answer.header("cache-control") : "";
      assert.deepEqual([answer.status, caching, answer.header("x-problem")], expected, requests[index]);
      answer.picture();
    }

    // The shim says so at the next request.
    assert.equal((await ask(worker, "/i/card.png?name=Next")).status, 200);
    await requestLines(worker, answers.length + 1);
    const before = ended(worker);
    assert.ok(before >= 5 && before <= 10, `${before} instances ended`);
    // Each killer is barred, in every format and with every value.
    for (const path of killers.flatMap((id) => [`/i/${id}.png`, `/i/${id}.jpg?name=x`, `/i/${id}.json`])) {
      const answer = await ask(worker, path);
      assert.deepEqual([answer.status, answer.header("x-problem")], [500, "panic"], path);
    }
    assert.equal((await ask(worker, "/i/card.png")).status, 200);
    assert.equal(ended(worker), before, "a barred template is not tried");
    // A minute later it is tried again, twice.
    for (let time = 0; time < 3; time++) await ask(worker, "/i/killer-1.png", { headers: { "X-Later-Ms": "61000" } });
    assert.equal((await ask(worker, "/i/card.png?name=after", { headers: { "X-Later-Ms": "61000" } })).status, 200);
    assert.equal(ended(worker), before + 2);
  });
});

// The tests below run deaths.js alone, in this process.

test("a template is barred by its second death within a minute, in all formats and for all values", (t) => {
  const clock = t.mock.method(Date, "now", () => 1_000_000);
  const at = (ms) => clock.mock.mockImplementation(() => 1_000_000 + ms);
  const url = (path) => `https://img.example/i/${path}`;
  assert.ok(!deaths.isBarred(url("a.png")));
  deaths.add(url("a.png?name=Maria"));
  assert.ok(!deaths.isBarred(url("a.png")));
  at(59_000);
  deaths.add(url("a.jpg"));
  for (const [path, barred] of [["a.png", true], ["a.json?name=x", true], ["a", true], ["a@7.png", false], ["b.png", false]]) {
    assert.equal(deaths.isBarred(url(path)), barred, path);
  }
  at(59_000 + 59_000);
  assert.ok(deaths.isBarred(url("a.png")));
  at(59_000 + 61_000);
  assert.ok(!deaths.isBarred(url("a.png")));
  deaths.add(url("a.png"));
  assert.ok(!deaths.isBarred(url("a.png")), "a death of two minutes ago no longer counts");
});

test("the memory of deaths is bounded", () => {
  const url = (number) => `https://img.example/i/${number}.png`;
  for (let number = 0; number < 10_000; number++) {
    for (let time = 0; time < 2; time++) deaths.add(url(number));
    assert.ok(deaths.isBarred(url(number)));
  }
  assert.deepEqual([0, 9_000, 9_600, 9_999].map((number) => deaths.isBarred(url(number))), [false, false, true, true]);
});
