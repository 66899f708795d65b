// Measures the heaviest templates in the deployed form of the Worker: `make bench-worst`, which
// first looks for them with `cargo bench --bench worst`. docs/benchmarks.md explains the table.
//
// A template is measured twice. For the CPU time of its first picture, an instance that has drawn
// other pictures draws it, because the machine code of a new instance is still slow. For the
// memory, a new instance draws it, because linear memory never shrinks.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { NO_CACHE, Sum, cpu, print, start, startBare } from "./cpu.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const assets = ["avatar.png", "house-dusk.jpg", "espresso-cup.jpg", "playfair-display.ttf"];
const { FORMATS = "", ONLY = "" } = process.env;

/** The requests: `{ name, document, paths }`. */
function requests() {
  const found = [];
  for (const folder of ["tests/hostile/paint", "target/worst"]) {
    if (!existsSync(root + folder)) continue;
    for (const file of readdirSync(root + folder).filter((file) => file.endsWith(".json") && file.includes(ONLY))) {
      const query = file.replace(".json", ".query");
      const text = existsSync(`${root}${folder}/${query}`) ? readFileSync(`${root}${folder}/${query}`, "utf8").trim() : "";
      // The first line of a random template is its format.
      const [first, second] = text.includes("\n") ? text.split("\n") : ["png", text];
      const name = file.replace(".json", "");
      for (const format of FORMATS ? FORMATS.split(",") : [first])
        found.push({ name, format, document: readFileSync(`${root}${folder}/${file}`, "utf8"), query: second });
    }
  }
  return found;
}

const files = Object.fromEntries(assets.map((name) => [`asset:${name}`, readFileSync(`${root}templates/assets/${name}`)]));
const all = requests();
const kv = { ...files, ...Object.fromEntries(all.map(({ name, document }) => [`worst/${name}`, document])) };

const worker = await start({ kv, front: NO_CACHE });
for (let number = 0; number < 300; number++) {
  for (const scene of ["welcome", "certificate", "newsletter-hero"]) await (await worker.fetch(`/i/${scene}.png?name=N+${number}`)).arrayBuffer();
}
const rows = [];
for (const { name, format, query } of all) {
  const path = `/i/worst/${name}.${format}?${query}`;
  const before = cpu(worker.pid);
  const response = await worker.fetch(path);
  const bytes = (await response.arrayBuffer()).byteLength;
  const ms = cpu(worker.pid) - before;
  const fresh = await start({ kv: { ...files, [`worst/${name}`]: kv[`worst/${name}`] }, front: NO_CACHE });
  await (await fresh.fetch(path)).arrayBuffer();
  const { memory_bytes } = await (await fresh.fetch("/healthz")).json();
  await fresh.dispose();
  rows.push([name, format, response.status, ms, memory_bytes / 1_048_576, bytes / 1_000]);
}
// What a request costs on this machine at this time, to compare with other machines.
const [bare, sum] = [await startBare(30_000), new Sum()];
await new Sum().ask(bare, { count: 1_000, path: () => "/" });
await sum.ask(bare, { count: 2_000, path: () => "/" });
const request = sum.each("cpu");

rows.sort((one, other) => other[3] - one[3]);
print([
  ["template", "format", "status", "ms", "bare Workers", "MiB", "kB"],
  ...rows.map(([name, format, status, ms, memory, bytes]) =>
    [name, format, status, ms.toFixed(0), (ms / request).toFixed(0), memory.toFixed(1), bytes.toFixed(0)]),
]);
console.log(`\nA request to a bare Worker takes ${request.toFixed(2)} ms.`);
await Promise.all([worker.dispose(), bare.dispose()]);
