// Pictures of a thousand names, and the goldens: the Worker draws the same bytes as the native
// tests.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask, workerForFile } from "./answers.mjs";

const worker = workerForFile({ bindings: { UNSIGNED: "allow" } });

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
      // At half the size: a quarter of the time, and the same work on text.
      const { status, header, picture } = await ask(worker, `/i/welcome.png?_w=600&name=${encodeURIComponent(name)}`);
      assert.equal(status, 200, name);
      const { width, height } = picture();
      size ??= `${width} x ${height}`;
      assert.equal(`${width} x ${height}`, size, name);
      etags.add(header("etag"));
    }
  };
  await Promise.all(Array.from({ length: 10 }, next));
  assert.equal(etags.size, 1_000);
});

// `tests/golden/{template}/{case}.query` with its `.png` beside it, as in tests/goldens.rs.
const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));
const goldens = readdirSync(GOLDEN, { recursive: true }).filter((file) => file.endsWith(".query"));

test("native bytes are the Worker's bytes", { timeout: 300_000 }, async () => {
  assert.ok(goldens.length > 0);
  const differ = [];
  for (const file of goldens) {
    const folder = file.split("/")[0];
    const own = `${GOLDEN}${folder}/template.json`;
    const template = existsSync(own) ? `golden/${folder}` : folder;
    if (existsSync(own)) await worker.kv.put(template, readFileSync(own, "utf8"));
    // `dark~tall.query` is of the size `tall`.
    const size = file.match(/~[^.]+/)?.[0] ?? "";
    const { status, body } = await ask(worker, `/i/${template}${size}.png?${readFileSync(GOLDEN + file, "utf8").trim()}`);
    const golden = GOLDEN + file.replace(/\.query$/, ".png");
    if (!existsSync(golden) || !body.equals(readFileSync(golden))) differ.push(`${file}: ${status}, ${body.length} bytes`);
  }
  assert.deepEqual(differ, []);
});
