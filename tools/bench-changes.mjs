// Measures what it costs when more than a name differs from one picture to the next: images of other
// hosts, colours, templates, formats. `make bench-changes`, or `ONLY=images make bench-changes`.
// docs/benchmarks.md explains the table.
//
// The Cache API answers at once and keeps nothing, so every picture is drawn. Kinds take turns in
// rounds with a bare Worker, and with the card of which only the name differs; of a card with images, with the same images.

import { readFileSync } from "node:fs";
import { encode } from "../tests/edge/png.mjs";
import { NO_CACHE, Sum, print, start, startBare } from "./cpu.mjs";

const { PICTURES = "240", WARM_UP = "240", ROUNDS = "6", ONLY = "" } = process.env;
const [warmUp, rounds] = [Number(WARM_UP), Number(ROUNDS)];
const HOSTS = "img.example";
/** Images that come again and again, as a list of customers of some companies has them. */
const KNOWN = 40;

const scene = (name) => JSON.parse(readFileSync(new URL(`../benches/scenes/${name}.json`, import.meta.url), "utf8"));
const sample = (name) => JSON.parse(readFileSync(new URL(`../templates/${name}.json`, import.meta.url), "utf8"));
const image = { type: "image", hosts: [HOSTS] };
const color = { type: "color", default: "#5b2be0" };

/** The card with params that it has not, and with layers that are changed. */
function card({ params = {}, background, change = (layer) => layer, more = [], ...rest }) {
  const { layers, ...document } = scene("card");
  return {
    ...document,
    ...rest,
    background: background ?? document.background,
    params: { ...document.params, ...params },
    layers: [...layers.map((layer) => ({ ...layer, ...change(layer) })), ...more],
  };
}

const logo = { id: "logo", type: "image", src: "{{ logo_url }}", x: 848, y: 139, width: 200, height: 80, fit: "contain" };
const withImages = card({
  params: { avatar_url: image, logo_url: image },
  change: ({ id }) => (id === "avatar" ? { src: "{{ avatar_url }}" } : {}),
  more: [logo],
});
const photo = { ...scene("photo"), params: { ...scene("photo").params, photo: image } };
photo.layers = photo.layers.map((layer) => (layer.type === "image" ? { ...layer, src: "{{ photo }}" } : layer));

let number = 1_000;
let turn = 0;
const name = () => `name=Maria+${++number}`;
const url = (kind, index) => `https://${HOSTS}/${kind}/${index}.png`;
const hex = () => `%23${((Math.imul(++number, 2654435761) >>> 8) | 0x404040).toString(16).padStart(6, "0").slice(-6)}`;
const known = (kind) => url(kind, number % KNOWN);
const fresh = (kind) => url(kind, 1_000 + number);
const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`t${at}`, card({ background: { type: "linear", angle: at * 18, stops: [{ color: "#5b2be0" }, { color: `hsl(${at * 18} 70% 50%)` }] } })]));
const BRANDS = Array.from({ length: 10 }, (_, at) => (0x1d4ed8 + at * 0x152535).toString(16).padStart(6, "0"));
const SAMPLES = ["welcome", "sales-outreach", "real-estate", "newsletter-hero", "website-banner", "event-badge", "abandoned-cart", "certificate", "cart-products", "loyalty-card", "boarding-pass"];

/** A URL of a sample in which every param that has an example is given, and the first text is new. */
function own(id) {
  const { params } = sample(id);
  const given = Object.entries(params).filter(([, param]) => param.example !== undefined && !["color", "choice"].includes(param.type));
  const [first] = given.find(([, param]) => param.type === "text") ?? [];
  const text = (value) => encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : value);
  const others = given.filter(([name]) => name !== first).map(([name, param]) => `&${name}=${text(param.example)}`);
  return () => `/i/${id}.png?${first}=Maria+${++number}${others.join("")}`;
}
const owns = SAMPLES.map(own);

const slope = card({ params: { brand: color }, background: { type: "linear", angle: 135, stops: [{ color: "{{ brand }}" }, { color: "#ffb25c" }] } });

/** A letter of eight lines, each with a value of its own. */
const letter = {
  width: 1200, height: 630, access: "public", background: "#f7f4ee",
  params: { name: { type: "text", example: "Maria" }, ...Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`line${at}`, { type: "text", example: `Line ${at} of a letter to Maria, of some forty letters` }])) },
  layers: Array.from({ length: 8 }, (_, at) => ({ type: "text", x: 80, y: 60 + at * 64, width: 1040, text: `{{ line${at} }}`, size: 36, fill: "#2a2a33" })),
};
const lines = () => Array.from({ length: 8 }, (_, at) => `line${at}=Dear+Maria+${++number},+this+is+line+${at}+of+your+letter`).join("&");
/** A text that does not fit into its box at its size. */
const long = card({ change: ({ id }) => (id === "headline" ? { text: "{{ name }}, thank you for a year of walks, dinners and long evenings in your new home on the hill above the lake", max_lines: 4 } : {}) });

const fixed = () => `/i/images.png?${name()}&avatar_url=${url("avatar", 1)}&logo_url=${url("logo", 1)}`;

/** The rows of the table: what differs, the templates, the URL of the next picture, and that of the one to compare with. */
const ROWS = [
  ["the name (the row to compare with)", { card: card({}) }, () => `/i/card.png?${name()}`],
  ["images: the name; avatar and logo are fixed", { images: withImages }, fixed],
  ["images: avatar and logo, of 40 that were seen", { images: withImages }, () => `/i/images.png?${name()}&avatar_url=${known("avatar")}&logo_url=${known("logo")}`, fixed],
  ["images: avatar and logo, fetched and decoded", { images: withImages }, () => `/i/images.png?${name()}&avatar_url=${fresh("avatar")}&logo_url=${fresh("logo")}`, fixed],
  ["images: the photo of the ground, of 40, 600 × 300", { photo }, () => `/i/photo.png?${name()}&photo=${known("photo")}`],
  ["colour: a flat ground", { flat: card({ params: { brand: color }, background: "{{ brand }}" }) }, () => `/i/flat.png?${name()}&brand=${hex()}`],
  ["colour: a flat ground, of ten brands", { flat: card({ params: { brand: color }, background: "{{ brand }}" }) }, () => `/i/flat.png?${name()}&brand=%23${BRANDS[++turn % BRANDS.length]}`],
  ["colour: a gradient", { slope }, () => `/i/slope.png?${name()}&brand=${hex()}`],
  ["text: a letter of eight lines, all of them different", { letter }, () => `/i/letter.png?${name()}&${lines()}`],
  ["text: a long one that shrinks to fit", { long }, () => `/i/long.png?${name()}`],
  ["colour: a chip of 240 × 60", { chip: card({ params: { brand: color }, more: [{ type: "rect", x: 144, y: 470, width: 240, height: 60, radius: 30, fill: "{{ brand }}" }] }) }, () => `/i/chip.png?${name()}&brand=${hex()}`],
  ["templates: twenty cards in turn", twenty, () => `/i/t${++turn % 20}.png?${name()}`],
  ["templates: the samples in turn", {}, () => owns[++turn % owns.length]()],
  ...SAMPLES.map((id, at) => [`sample: ${id}`, {}, owns[at]]),
  ["sample: certificate, only its name", {}, () => `/i/certificate.png?${name()}`],
  ...["jpg", "gif", "webp"].map((format) => [`format: ${format}`, { card: card({}) }, () => `/i/card.${format}?${name()}`]),
  ["format: jpg, another gradient", { slope }, () => `/i/slope.jpg?${name()}&brand=${hex()}`],
  ["format: jpg, another photo", { photo }, () => `/i/photo.jpg?${name()}&photo=${known("photo")}`],
  ["format: png, `_q=80`", { card: card({}) }, () => `/i/card.png?_q=80&${name()}`],
  ["size: `_dpr=2`", { card: card({}) }, () => `/i/card.png?_dpr=2&${name()}`],
];
sample(SAMPLES[0]); // fails here, and not as a 404 in a table, if a sample was renamed

const dusk = readFileSync(new URL("../templates/assets/house-dusk.jpg", import.meta.url));

/** A photograph (1600 × 840 px) that differs from the others by a comment, so that it is decoded by itself. */
function jpeg(index) {
  const comment = Buffer.from([0xff, 0xfe, 0, 4, index >> 8, index & 255]);
  const headers = { "Content-Type": "image/jpeg", "Cache-Control": "max-age=86400" };
  return new Response(Buffer.concat([dusk.subarray(0, 2), comment, dusk.subarray(2)]), { headers });
}

/** A picture that no other URL has, as a host would send it. */
function sent(request) {
  const [, kind, index] = /\/(\w+)\/(\d+)\.png$/.exec(new URL(request.url).pathname);
  if (kind === "photo") return jpeg(Number(index));
  const [width, height] = { avatar: [112, 112], logo: [240, 96], product: [600, 600] }[kind];
  const rgba = Buffer.alloc(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const noise = kind === "logo" ? 0 : (Math.imul(at + index * 7919, 2654435761) >>> 28);
    rgba.set([(x * 255) / width + noise, (y * 200) / height + noise, (index * 37) % 200, kind === "logo" && (x ^ y) & 16 ? 0 : 255], at * 4);
  }
  return new Response(encode({ width, height, rgba }), { headers: { "Content-Type": "image/png", "Cache-Control": "max-age=86400" } });
}

const rows = [];
for (const [what, templates, path, other = () => `/i/card.png?${name()}`] of ROWS.filter(([what]) => what.startsWith(ONLY))) {
  const kv = { card: JSON.stringify(card({})), ...Object.fromEntries(Object.entries(templates).map(([id, document]) => [id, JSON.stringify(document)])) };
  const options = { kv, front: NO_CACHE, bindings: { IMAGE_HOSTS: HOSTS, UNSIGNED: "allow" }, outbound: sent };
  const [ours, plain] = [await start(options), await start(options)];
  const first = await ours.fetch(path());
  if (first.status !== 200) throw new Error(`${what}: ${await first.text()}`);
  if (/why=(?!absent)/.test(first.headers.get("X-Params"))) throw new Error(`${what}: ${first.headers.get("X-Params")}`);
  const bare = await startBare((await first.arrayBuffer()).byteLength);
  const kinds = { ours: [ours, path], plain: [plain, other], bare: [bare, () => "/"] };
  const sums = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, new Sum()]));
  for (const [worker, path] of Object.values(kinds)) await new Sum().ask(worker, { count: warmUp, path });
  for (let round = 0; round < rounds; round++) {
    for (const [kind, [worker, path]] of Object.entries(kinds)) {
      await new Sum().ask(worker, { count: 10, path });
      await sums[kind].ask(worker, { count: Math.ceil(Number(PICTURES) / rounds), path });
    }
  }
  rows.push([
    what,
    sums.ours.each("cpu").toFixed(1),
    sums.ours.times(sums.bare).toFixed(1),
    sums.ours.times(sums.plain).toFixed(1),
    Math.round(sums.ours.each("bytes")),
  ]);
  console.error(rows.at(-1).join(" | "));
  await Promise.all([ours.dispose(), plain.dispose(), bare.dispose()]);
}
console.log("\nWhat differs from picture to picture, CPU ms; workerd's own included, without the simulated Cache API\n");
print([["what differs", "ms", "/ bare Worker", "/ another name", "bytes"], ...rows]);
