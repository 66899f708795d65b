// Measures the same pictures with Takumi's wasm in the same workerd: `make bench-peers`, or
// `PICTURES=20 SCENES=card make bench-peers`. In the first rows the name differs from picture to picture; in the others the
// template, the colour, the format or the size as well. Both kinds of pictures are written to target/peers/;
// look whether they show the same. docs/benchmarks.md explains the comparison.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { files as drawings } from "../benches/peers/svg.mjs";
import { NO_CACHE, Sum, print, start } from "./cpu.mjs";

const { PICTURES = "300", WARM_UP = "300", ROUNDS = "3", SCENES = "" } = process.env;
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

const template = (scene) => JSON.parse(readFileSync(`${root}benches/scenes/${scene}.json`, "utf8"));

/** The card with another ground, which may name the colour `brand`. */
const card = (background) => {
  const { params, ...document } = template("card");
  return { ...document, background, params: { ...params, brand: { type: "color", default: "#5b2be0" } } };
};
const slope = (angle, color) => ({ type: "linear", angle, stops: [{ color }, { color: "#ffb25c" }] });
const css = (angle, color) => `linear-gradient(${angle}deg, ${color}, #ffb25c)`;
/** A colour of its own for each number. */
const hex = (number) => `#${((Math.imul(number, 2654435761) >>> 8) | 0x404040).toString(16).slice(-6)}`;

/**
 * The rows of the table: the templates, and the paths of the picture of a number with Monogram and with Takumi, to which the
 * name is added.
 */
const ROWS = {
  card: [{ card: template("card") }, () => ["card.png?", "card?"]],
  photo: [{ photo: template("photo") }, () => ["photo.png?", "photo?"]],
  certificate: [{ certificate: template("certificate") }, () => ["certificate.png?", "certificate?"]],
  cart: [{ cart: template("cart") }, (number) => [`cart.png?photo=https://img.example/${number % products.length}.jpg&`, `cart?photo=${number % products.length}&`]],
  "card, one of twenty templates": [
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`t${at}`, card(slope(at * 18, "#5b2be0"))])),
    (number) => [`t${number % 20}.png?`, `card?ground=${encodeURIComponent(css((number % 20) * 18, "#5b2be0"))}&`],
  ],
  "card, another flat ground": [{ flat: card("{{ brand }}") }, (number) => [`flat.png?brand=${encodeURIComponent(hex(number))}&`, `card?ground=${encodeURIComponent(hex(number))}&`]],
  "card, another gradient": [{ slope: card(slope(135, "{{ brand }}")) }, (number) => [`slope.png?brand=${encodeURIComponent(hex(number))}&`, `card?ground=${encodeURIComponent(css(135, hex(number)))}&`]],
  "card as JPEG": [{ card: template("card") }, () => ["card.jpg?", "card?format=jpeg&"]],
  "photo as JPEG": [{ photo: template("photo") }, () => ["photo.jpg?", "photo?format=jpeg&"]],
  "certificate as JPEG": [{ certificate: template("certificate") }, () => ["certificate.jpg?", "certificate?format=jpeg&"]],
  "card, twice its size": [{ card: template("card") }, () => ["card.png?_dpr=2&", "card?dpr=2&"]],
};

mkdirSync(`${root}target/peers`, { recursive: true });
const rows = [];
for (const [scene, [templates, paths]] of Object.entries(ROWS).filter(([row]) => SCENES === "" || SCENES.split(",").includes(row))) {
  const kv = Object.fromEntries(Object.entries(templates).map(([id, document]) => [id, JSON.stringify(document)]));
  const ours = await start({ kv, bindings, outbound });
  const alone = await start({ kv, bindings, outbound, front: NO_CACHE });
  const theirs = await startTakumi();
  const kinds = {};
  for (const [kind, worker, path] of [
    ["monogram", ours, (number) => `/i/${paths(number)[0]}`],
    ["alone", alone, (number) => `/i/${paths(number)[0]}`],
    ["takumi", theirs, (number) => `/${paths(number)[1]}`],
  ]) {
    let number = 1_000; // the same names for all; four digits, so that they have about the same length
    kinds[kind] = [worker, () => `${path(++number)}name=Maria+${number}`];
  }
  const sums = {};
  for (const [kind, [worker, path]] of Object.entries(kinds)) {
    const first = await worker.fetch(path());
    if (first.status !== 200) throw new Error(`${kind}: ${await first.text()}`);
    const type = first.headers.get("Content-Type").replace("image/", "");
    writeFileSync(`${root}target/peers/${scene.replaceAll(/\W+/g, "-")}.${kind}.${type}`, new Uint8Array(await first.arrayBuffer()));
    await new Sum().ask(worker, { count: warmUp, path });
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
console.log(`\nA picture with a new name with Monogram and with Takumi ${version}: CPU ms, workerd's own included, and bytes\n`);
print([
  ["scene", "Monogram, ms", "without cache", "Takumi, ms", "times", "without cache", "Monogram, bytes", "Takumi, bytes", "of its bytes"],
  ...rows,
]);
