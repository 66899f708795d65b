// Hostile templates, in the wasm build: each is answered with a picture, and the memory of all of
// them together stays that of one worst request. tests/hostile/paint.rs counts their work.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { ask, withWorker } from "./answers.mjs";

const folder = new URL("../hostile/paint/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
const read = (file) => readFileSync(new URL(file, folder), "utf8");
const MIB = 1024 * 1024;

test("every hostile template is answered with a picture, within 48 MiB of linear memory", { timeout: 120_000 }, async () => {
  assert.ok(files.length > 5);
  const kv = Object.fromEntries(files.map((file) => [`hostile/${file.slice(0, -5)}`, read(file)]));
  await withWorker({ kv }, async (worker) => {
    for (const id of Object.keys(kv)) {
      const query = `${id.slice("hostile/".length)}.query`;
      const answer = await ask(worker, `/i/${id}.png?${existsSync(new URL(query, folder)) ? read(query).trim() : ""}`);
      // A document that is refused is a mistake of its author, or over a cap.
      assert.ok([200, 422, 500].includes(answer.status), `${id}: ${answer.status}`);
      assert.notEqual(answer.header("x-problem"), "panic", id);
      answer.picture();
    }
    const { memory_bytes } = (await ask(worker, "/healthz")).json();
    assert.ok(memory_bytes < 48 * MIB, `${memory_bytes / MIB} MiB`);
  });
});
