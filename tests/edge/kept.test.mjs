// What pictures are drawn on is made once for all isolates: in the Cache API by the isolate that has drawn two of them,
// in KV by publishing. An isolate that begins reads it, and draws the same bytes; what is damaged is made anew.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ask, withWorker } from "./answers.mjs";
import { API, want } from "./api.mjs";
import { card } from "./template.mjs";

const PREFIX = ".baselines/";

/** Waits until a condition holds, for what happens once an answer is on its way. */
async function until(condition) {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const found = await condition();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail("it did not happen");
}

/** Draws a new picture: its bytes, and whether it was drawn on what was kept. */
async function draw(worker, path) {
  const answer = await ask(worker, path);
  assert.deepEqual([answer.status, answer.header("x-cache")], [200, "miss"], path);
  return { body: answer.body, isKept: answer.header("server-timing").includes("baseline;") };
}

/** Calls `body` with a folder for the stores of several Workers. */
async function withState(body) {
  const state = mkdtempSync(join(tmpdir(), "monogram-"));
  try {
    await body(state);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

test("an isolate reads from the Cache API what another one has drawn two pictures on", () =>
  withState(async (state) => {
    const kv = { card: card(), other: card({ width: 200 }) };
    let port;
    await withWorker({ kv, state }, async (worker) => {
      port = Number(new URL(worker.url).port);
      for (const path of ["/i/card.png?name=Maria", "/i/card.png?name=Ada", "/i/other.png?name=Maria"]) {
        assert.equal((await draw(worker, path)).isKept, false, path);
      }
      await new Promise((done) => setTimeout(done, 1_000));
    });
    await withWorker({ kv, state, port }, async (worker) => {
      const grace = await draw(worker, "/i/card.png?name=Grace");
      assert.equal(grace.isKept, true);
      assert.equal((await draw(worker, "/i/card.png?name=Joan")).isKept, false, "it has it now");
      assert.equal((await draw(worker, "/i/other.png?name=Joan")).isKept, false, "one picture proves nothing");
      await withWorker({ kv }, async (fresh) => assert.ok((await draw(fresh, "/i/card.png?name=Grace")).body.equals(grace.body)));
    });
  }));

test("an isolate reads from KV what a publication has made", () =>
  withState(async (state) => {
    const body = card();
    let port;
    let name;
    let bytes;
    await withWorker({ ...API, state }, async (worker) => {
      port = Number(new URL(worker.url).port);
      await want(worker, 200, "PUT /v1/templates/acme/card", { body });
      const [first] = await until(async () => {
        const { keys } = await worker.kv.list({ prefix: PREFIX });
        return keys.length > 0 && keys;
      });
      name = first.name;
      bytes = Buffer.from(await worker.kv.get(name, "arrayBuffer"));
    });
    const query = "name=Grace&company=Acme&points=7";
    let whole;
    await withWorker({ ...API, state, port, cacheAPI: false }, async (worker) => {
      const { body: file, isKept } = await draw(worker, `/i/acme/card.png?${query}`);
      assert.equal(isKept, true);
      whole = file;
      bytes[bytes.length >> 1] ^= 1;
      await worker.kv.put(name, bytes);
    });
    // Damaged bytes are found out, and a store that has nothing is as good.
    await withWorker({ ...API, state, port, cacheAPI: false }, async (worker) => {
      assert.ok((await draw(worker, `/i/acme/card.png?${query}`)).body.equals(whole));
      await worker.kv.delete(name);
    });
    await withWorker({ ...API, state, port, cacheAPI: false }, async (worker) => {
      const { body: file, isKept } = await draw(worker, `/i/acme/card.png?${query}`);
      assert.ok(file.equals(whole) && !isKept);
    });
  }));
