// Writes the samples for the start page of Studio, in the order of src/template/samples.rs:
// tools/studio-samples.mjs OUT

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const list = readFileSync(`${root}src/template/samples.rs`, "utf8");
const samples = [...list.matchAll(/^ {4}\("([a-z0-9-]+)", include_str!/gm)].map(([, id]) => {
  const { $schema, ...document } = JSON.parse(readFileSync(`${root}templates/${id}.json`, "utf8"));
  return { id, document };
});
if (samples.length === 0) throw new Error("src/template/samples.rs lists no samples");
writeFileSync(process.argv[2], JSON.stringify(samples));
