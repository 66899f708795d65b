// Linear memory never shrinks, so that the worst legal request decides the size of an isolate,
// which has 128 MB in all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, withWorker } from "./answers.mjs";
import { requestLines } from "./harness.mjs";
import { encode } from "./png.mjs";

const MIB = 1024 * 1024;

/**
 * A PNG with noise. At 3.3 million px, the most that a picture of 3 million px may use, the file
 * has nearly 3 MiB, the most that an
 * asset may have.
 */
function photo(width, height) {
  const rgba = Buffer.alloc(width * height * 4);
  for (let at = 0; at < rgba.length; at += 4) rgba.writeUInt32BE(((at % 20 ? at >>> 4 : at * 2654435761) | 0xff) >>> 0, at);
  return encode({ width, height, rgba });
}

/**
 * Everything at its limit at once: canvas, picture, an offscreen group over all of it, a wide
 * shadow, all characters of text.
 */
const worst = {
  width: 2000,
  height: 1500,
  access: "public",
  background: { type: "conic", stops: ["#f00", "#0f0", "#00f"].map((color) => ({ color })) },
  params: { name: { type: "text" } },
  layers: [
    { type: "image", src: "asset:photo.png", width: 2000, height: 1500, fit: "fill", radius: 40 },
    {
      type: "group",
      width: 2000,
      height: 1500,
      opacity: 0.5,
      children: [
        { type: "ellipse", x: 100, y: 100, width: 1800, height: 1300, fill: "#fff8", stroke: "#000", stroke_width: 9 },
        ...[0, 1].map((n) => ({
          type: "text",
          x: 0,
          y: 700 * n,
          width: 2000,
          height: 700,
          size: 40,
          min_size: 4,
          text: "{{ name }} {{ name }}",
          fill: { type: "linear", stops: [{ color: "#123" }, { color: "#fed" }] },
        })),
      ],
    },
    { type: "rect", x: 400, y: 400, width: 300, height: 200, fill: "#fff", shadow: { blur: 200, color: "#000" } },
  ],
};

/**
 * A character from each of 9 font packs, which have 1.92 MiB of the 2 MiB that a picture may fetch.
 */
const LETTERS = "አකकకمက嬉垒咒";

for (const [format, width, height, options = ""] of [
  ["png", 2096, 1572],
  ["png", 2096, 1572, "&_q=100"],
  ["json", 2096, 1572],
  ["json", 2096, 1572, "&_q=100"],
  ["webp", 2096, 1572],
  ["gif", 2096, 1572],
  ["jpg", 2096, 1572],
  ["jpg", 2096, 1572, "&_q=100"],
  // A smaller photo leaves smaller gaps in memory, too small for a canvas.
  ["png", 1400, 1050],
]) {
  test(`the worst legal request for ${format}${options}, of a photo ${width} px wide, stays under 48 MiB of linear memory`, async () => {
    await withWorker({ kv: { worst: JSON.stringify(worst), "asset:photo.png": photo(width, height) } }, async (worker) => {
      const name = encodeURIComponent(LETTERS + "Nr. 1 ".repeat(160));
      const { status, header, picture } = await ask(worker, `/i/worst.${format}?name=${name}${options}`);
      assert.equal(status, 200);
      if (format !== "json") assert.equal(header("x-glyphs"), null, "all packs are there");
      if (format === "png") assert.deepEqual([picture().width, picture().height], [2000, 1500]);
      const [line] = await requestLines(worker, 1);
      assert.equal(line.warnings, 0, "everything was drawn");
      const { memory_bytes } = (await ask(worker, "/healthz")).json();
      assert.ok(memory_bytes > 40 * MIB, `this is no longer the worst request: ${memory_bytes / MIB} MiB`);
      assert.ok(memory_bytes < 48 * MIB, `${memory_bytes / MIB} MiB`);
    });
  });
}

test("a photo that is searched for its crop before it is drawn stays under 48 MiB of linear memory", async () => {
  // The largest photo that is searched. It is decoded, freed, and decoded again beside the bitmaps.
  const [photoLayer, ...layers] = worst.layers;
  const searched = { ...worst, layers: [{ ...photoLayer, fit: "cover", focus: "edges" }, ...layers] };
  await withWorker({ kv: { searched: JSON.stringify(searched), "asset:photo.png": photo(1600, 1250) } }, async (worker) => {
    const { status, picture } = await ask(worker, `/i/searched.png?name=${encodeURIComponent(LETTERS + "Nr. 1 ".repeat(160))}`);
    assert.equal(status, 200);
    assert.deepEqual([picture().width, picture().height], [2000, 1500]);
    const [line] = await requestLines(worker, 1);
    assert.equal(line.warnings, 0, "everything was drawn");
    const { memory_bytes } = (await ask(worker, "/healthz")).json();
    console.log(`linear memory: ${(memory_bytes / MIB).toFixed(1)} MiB`);
    assert.ok(memory_bytes < 48 * MIB, `${memory_bytes / MIB} MiB`);
  });
});

test("pictures that reuse frames of several templates stay under 80 MiB of linear memory", { timeout: 300_000 }, async () => {
  // Frames of the largest size that is kept: each template is drawn with one name, then with
  // another.
  const still = { type: "rect", x: 9, y: 9, width: 1500, height: 1000, fill: { type: "radial", stops: [{ color: "#123" }, { color: "#fed" }] } };
  const [photoLayer, group, shadowed] = worst.layers.map((layer) => ({ ...layer, width: Math.min(layer.width, 1550), height: Math.min(layer.height, 1150) }));
  const based = { ...worst, width: 1550, height: 1150, layers: [still, group, photoLayer, shadowed] };
  const kv = { "asset:photo.png": photo(2309, 1732) };
  for (let number = 0; number < 4; number++) kv[`based${number}`] = JSON.stringify({ ...based, title: `${number}` });
  await withWorker({ kv }, async (worker) => {
    for (const name of ["A", "B"]) {
      for (let number = 0; number < 4; number++) {
        const { status, picture } = await ask(worker, `/i/based${number}.png?name=${encodeURIComponent(name.repeat(300))}`);
        assert.equal(status, 200);
        picture();
      }
    }
    const { memory_bytes } = (await ask(worker, "/healthz")).json();
    console.log(`linear memory: ${(memory_bytes / MIB).toFixed(1)} MiB`);
    assert.ok(memory_bytes < 80 * MIB, `${memory_bytes / MIB} MiB`);
  });
});

test("templates are kept by their size: many large ones stay under 48 MiB of linear memory", { timeout: 120_000 }, async () => {
  // Small parts in large numbers, which take the most memory for a byte of the document.
  const stops = Array.from({ length: 32 }, () => ({ color: "#fff" }));
  const layers = Array.from({ length: 400 }, () => ({ type: "rect", fill: { type: "linear", stops } }));
  const kv = {};
  for (let number = 0; number < 40; number++) kv[`large${number}`] = JSON.stringify({ title: `${number}`, width: 300, height: 120, access: "public", alt: "-", layers });
  assert.ok(kv.large0.length > 230_000 && kv.large0.length < 256 * 1024, `${kv.large0.length}`);
  await withWorker({ kv }, async (worker) => {
    for (const id of Object.keys(kv)) assert.equal((await ask(worker, `/i/${id}.txt`)).status, 200);
    const { memory_bytes } = (await ask(worker, "/healthz")).json();
    console.log(`linear memory: ${(memory_bytes / MIB).toFixed(1)} MiB`);
    assert.ok(memory_bytes < 48 * MIB, `${memory_bytes / MIB} MiB`);
  });
});
