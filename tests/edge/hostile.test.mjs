// Hostile templates, in the wasm build: each is answered with a picture within the memory of a request, and
// what an isolate keeps of the ones before stays within the rest of its own. tests/hostile/paint.rs counts their work.

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
  // An isolate for as many of them as it has room for. One that takes more than 48 MiB in the isolate of others,
  // whose images it keeps, is asked for once more in one of its own.
  const ids = Object.keys(kv);
  for (let next = 0; next < ids.length; ) {
    await withWorker({ kv }, async (worker) => {
      for (let alone = true; next < ids.length; alone = false) {
        const id = ids[next];
        const query = `${id.slice("hostile/".length)}.query`;
        const answer = await ask(worker, `/i/${id}.png?${existsSync(new URL(query, folder)) ? read(query).trim() : ""}`);
        // A document that is refused is a mistake of its author, or over a cap.
        assert.ok([200, 422, 500].includes(answer.status), `${id}: ${answer.status}`);
        assert.notEqual(answer.header("x-problem"), "panic", id);
        answer.picture();
        const { memory_bytes } = (await ask(worker, "/healthz")).json();
        assert.ok(memory_bytes < (alone ? 48 : 80) * MIB, `${id}: ${memory_bytes / MIB} MiB`);
        if (memory_bytes >= 48 * MIB) return;
        next++;
      }
    });
  }
});
