// The pictures themselves: a thousand names, and the same bytes here as natively.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorker } from "./harness.mjs";
import { decode } from "./png.mjs";

let worker;
before(async () => {
  worker = await startWorker({ bindings: { UNSIGNED: "allow" } });
});
after(() => worker?.dispose());

/** Names that differ, of many lengths and scripts. */
function names(count) {
  const first = ["Maria", "李", "علي", "Zoë", "O'Brien", "Владимир", "Νίκος", "Đặng", "श्री", "דוד", "🎉", "Jean-Luc", "Null", "X Æ A-12", "Mary-Jane Wolfeschlegelsteinhausen"];
  return Array.from({ length: count }, (_, n) => `${first[n % first.length]} ${n.toString(36)}`);
}

test("1,000 names are 1,000 whole pictures", { timeout: 300_000 }, async () => {
  const queue = names(1_000);
  const etags = new Set();
  let size;
  const next = async () => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      const response = await worker.fetch(`/i/welcome.png?_w=400&name=${encodeURIComponent(name)}`);
      assert.equal(response.status, 200, name);
      const { width, height } = decode(new Uint8Array(await response.arrayBuffer()));
      size ??= `${width} x ${height}`;
      assert.equal(`${width} x ${height}`, size, name);
      etags.add(response.headers.get("etag"));
    }
  };
  await Promise.all(Array.from({ length: 10 }, next));
  assert.equal(etags.size, 1_000);
});

// `tests/golden/{template}/{case}.png` beside `{case}.query`: what the native tests draw, byte for byte. A template that
// is no sample is `template.json` in that folder; it comes from KV here.
const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));
const goldens = existsSync(GOLDEN)
  ? readdirSync(GOLDEN, { recursive: true }).filter((file) => file.endsWith(".query"))
  : [];

test("native bytes are the Worker's bytes", { skip: goldens.length === 0 && "no goldens yet" }, async () => {
  const differ = [];
  for (const file of goldens) {
    const [template, query] = [file.split("/")[0], readFileSync(GOLDEN + file, "utf8").trim()];
    const own = `${GOLDEN}${template}/template.json`;
    if (existsSync(own)) await worker.kv.put(template, readFileSync(own, "utf8"));
    const response = await worker.fetch(`/i/${template}.png?${query}`);
    const drawn = Buffer.from(await response.arrayBuffer());
    const golden = readFileSync(GOLDEN + file.replace(/\.query$/, ".png"));
    if (!drawn.equals(golden)) differ.push(`${file}: ${drawn.length} bytes here, ${golden.length} natively`);
  }
  assert.deepEqual(differ, []);
});
