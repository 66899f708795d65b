// Measures the same pictures with Takumi's wasm in the same workerd: `make bench-peers`, or
// `PICTURES=20 SCENES=card make bench-peers`. Both kinds of pictures are written to target/peers/;
// look whether they show the same. docs/benchmarks.md explains the comparison.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { files as drawings } from "../benches/peers/svg.mjs";
import { NO_CACHE, Sum, print, start } from "./cpu.mjs";

const { PICTURES = "300", WARM_UP = "300", ROUNDS = "3", SCENES = "card,photo,certificate,cart" } = process.env;
const [warmUp, rounds] = [Number(WARM_UP), Number(ROUNDS)];
const pictures = Math.ceil(Number(PICTURES) / rounds);
const root = new URL("../", import.meta.url).pathname;
const read = (path) => new Uint8Array(readFileSync(root + path));
const takumi = "benches/peers/node_modules/@takumi-rs/wasm/";

/**
 * Photos of products, 900 × 600 px, as a shop's host sends them: a cart shows one of them. They differ
 * by a comment, so that each is decoded by itself.
 */
const cup = Buffer.from(read("templates/assets/espresso-cup.jpg"));
const products = Array.from({ length: 8 }, (_, photo) => Buffer.concat([cup.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 3, photo]), cup.subarray(2)]));
const bindings = { IMAGE_HOSTS: "img.example" };
const outbound = (request) => new Response(products[Number(/\d+/.exec(new URL(request.url).pathname)[0])], { headers: { "Cache-Control": "max-age=86400" } });

/** Takumi as a Worker: benches/peers/takumi.js bundled with its imports. */
async function startTakumi() {
  const { outputFiles } = await build({
    entryPoints: [`${root}benches/peers/takumi.js`],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    external: ["*.wasm", "*.ttf", "./images.js"],
  });
  const images = Object.fromEntries(["avatar.png", "house-dusk.jpg"].map((name) => [name, read(`templates/assets/${name}`)]));
  for (const [name, svg] of Object.entries(drawings)) images[name] = new TextEncoder().encode(svg);
  products.forEach((jpeg, photo) => (images[`product-${photo}.jpg`] = new Uint8Array(jpeg)));
  const names = Object.keys(images);
  const imports = names.map((name, at) => `import file${at} from "./${name}";`).join("\n");
  const listed = `export const images = { ${names.map((name, at) => `"${name}": file${at}`)} };`;
  const data = Object.entries({ ...images, "Inter.ttf": read("fonts/Inter.ttf") });
  return start({
    modules: {
      "index.js": { type: "esm", contents: outputFiles[0].text },
      "images.js": { type: "esm", contents: `${imports}\n${listed}` },
      "takumi.wasm": { type: "wasm", contents: read(`${takumi}pkg/takumi_wasm_bg.wasm`) },
      ...Object.fromEntries(data.map(([name, contents]) => [name, { type: "data", contents }])),
    },
  });
}

mkdirSync(`${root}target/peers`, { recursive: true });
const rows = [];
for (const scene of SCENES.split(",")) {
  const kv = { [scene]: readFileSync(`${root}benches/scenes/${scene}.json`, "utf8") };
  const ours = await start({ kv, bindings, outbound });
  const alone = await start({ kv, bindings, outbound, front: NO_CACHE });
  const theirs = await startTakumi();
  const kinds = { monogram: [ours, `/i/${scene}.png`], alone: [alone, `/i/${scene}.png`], takumi: [theirs, `/${scene}`] };
  const sums = {};
  for (const [kind, [worker, path]] of Object.entries(kinds)) {
    let number = 1_000; // the same names for all; four digits, so that they have about the same length
    const photo = () => (scene !== "cart" ? "" : `&photo=${kind === "takumi" ? "" : "https://img.example/"}${number % products.length}${kind === "takumi" ? "" : ".jpg"}`);
    kinds[kind][1] = () => `${path}?name=Maria+${++number}${photo()}`;
    const first = await worker.fetch(kinds[kind][1]());
    if (first.status !== 200) throw new Error(`${kind}: ${await first.text()}`);
    writeFileSync(`${root}target/peers/${scene}.${kind}.png`, new Uint8Array(await first.arrayBuffer()));
    await new Sum().ask(worker, { count: warmUp, path: kinds[kind][1] });
    sums[kind] = new Sum();
  }
  for (let round = 0; round < rounds; round++) {
    for (const [kind, [worker, path]] of Object.entries(kinds)) await sums[kind].ask(worker, { count: pictures, path });
  }
  const { monogram, alone: withoutCache, takumi } = sums;
  rows.push([
    scene,
    ...[monogram, withoutCache, takumi].map((sum) => sum.each("cpu").toFixed(1)),
    ...[monogram, withoutCache].map((sum) => takumi.times(sum).toFixed(1)),
    ...[monogram, takumi].map((sum) => Math.round(sum.each("bytes"))),
    (monogram.each("bytes") / takumi.each("bytes")).toFixed(2),
  ]);
  await Promise.all([ours.dispose(), alone.dispose(), theirs.dispose()]);
}
const { version } = JSON.parse(readFileSync(`${root}${takumi}package.json`, "utf8"));
console.log(`\nA picture of a new name with Monogram and with Takumi ${version}: CPU ms, workerd's own included, and bytes\n`);
print([
  ["scene", "Monogram, ms", "without cache", "Takumi, ms", "times", "without cache", "Monogram, bytes", "Takumi, bytes", "of its bytes"],
  ...rows,
]);
