// Linear memory never shrinks, so the worst legal request sizes an isolate (128 MB in all): here it is asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { requestLines, startWorker } from "./harness.mjs";
import { decode, encode } from "./png.mjs";

const MIB = 1024 * 1024;

/** With so much noise that 3.3 million px, the most that fit a picture of 3 million, are a file of nearly 3 MiB, the most that assets may have. */
function photo(width, height) {
  const rgba = Buffer.alloc(width * height * 4);
  for (let at = 0; at < rgba.length; at += 4) rgba.writeUInt32BE(((at % 20 ? at >>> 4 : at * 2654435761) | 0xff) >>> 0, at);
  return encode({ width, height, rgba });
}

/** Everything at its limit at once: canvas, picture, an offscreen group over all of it, a wide shadow, all characters of text. */
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

/** A letter of each of 9 font packs: 1.92 of the 2 MiB that a picture may fetch. */
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
  // A smaller photo leaves smaller holes in memory, into which no canvas fits.
  ["png", 1400, 1050],
]) {
  test(`the worst legal request for ${format}${options}, of a photo ${width} px wide, stays under 48 MiB of linear memory`, async () => {
    const worker = await startWorker({ kv: { worst: JSON.stringify(worst), "asset:photo.png": photo(width, height) } });
    try {
      const response = await worker.fetch(`/i/worst.${format}?name=${encodeURIComponent(LETTERS + "Nr. 1 ".repeat(160))}${options}`);
      const body = Buffer.from(await response.arrayBuffer());
      assert.equal(response.status, 200);
      if (format !== "json") assert.equal(response.headers.get("x-glyphs"), null, "all packs are there");
      if (format === "png") assert.deepEqual([decode(body).width, decode(body).height], [2000, 1500]);
      const [line] = await requestLines(worker, 1);
      assert.equal(line.warnings, 0, "all of it was drawn");
      const { memory_bytes } = await (await worker.fetch("/healthz")).json();
      assert.ok(memory_bytes > 40 * MIB, `this is not the worst any more: ${memory_bytes / MIB} MiB`);
      assert.ok(memory_bytes < 48 * MIB, `${memory_bytes / MIB} MiB`);
    } finally {
      await worker.dispose();
    }
  });
}

test("pictures on bases of several templates stay under 80 MiB of linear memory", { timeout: 300_000 }, async () => {
  // As large as a base may be: of each template one name, then another.
  const still = { type: "rect", x: 9, y: 9, width: 1500, height: 1000, fill: { type: "radial", stops: [{ color: "#123" }, { color: "#fed" }] } };
  const [photoLayer, group, shadowed] = worst.layers.map((layer) => ({ ...layer, width: Math.min(layer.width, 1550), height: Math.min(layer.height, 1150) }));
  const based = { ...worst, width: 1550, height: 1150, layers: [still, group, photoLayer, shadowed] };
  const kv = { "asset:photo.png": photo(2309, 1732) };
  for (let number = 0; number < 4; number++) kv[`based${number}`] = JSON.stringify({ ...based, title: `${number}` });
  const worker = await startWorker({ kv });
  try {
    for (const name of ["A", "B"]) {
      for (let number = 0; number < 4; number++) {
        const response = await worker.fetch(`/i/based${number}.png?name=${encodeURIComponent(name.repeat(300))}`);
        assert.equal(response.status, 200);
        decode(Buffer.from(await response.arrayBuffer()));
      }
    }
    const { memory_bytes } = await (await worker.fetch("/healthz")).json();
    console.log(`linear memory: ${(memory_bytes / MIB).toFixed(1)} MiB`);
    assert.ok(memory_bytes < 80 * MIB, `${memory_bytes / MIB} MiB`);
  } finally {
    await worker.dispose();
  }
});
