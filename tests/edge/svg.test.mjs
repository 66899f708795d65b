// SVGs: as assets, drawn as Chromium draws them, the same from the command line, and never anything but
// a picture or a reason.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { API, api, want } from "./api.mjs";
import { ask, workerForFile } from "./answers.mjs";
import { decode } from "./png.mjs";
import { card } from "./template.mjs";

/** Levels of 255 by which the pixels may differ from Chromium's, on average. */
const MOST_DIFFERENCE = 1;

/** ms within which the largest hostile file is answered, whatever else the machine does. */
const IN_TIME_MS = 3_000;

const worker = workerForFile({ ...API, bindings: { ...API.bindings, UNSIGNED: "allow" } });
const root = fileURLToPath(new URL("../../", import.meta.url));
const corpus = join(root, "tests/corpus/svg");
const file = (name) => readFileSync(join(corpus, name));
const CASES = Object.entries(JSON.parse(file("cases.json")));
const DRAWN = CASES.filter(([, code]) => code === "drawn").map(([name]) => name);

/** The file that is stored for an SVG. */
async function stored(name) {
  const path = `/v1/assets/svgs/${name.replace(".svg", "")}.png`;
  await want(worker, 201, `PUT ${path}`, { body: file(name) });
  return (await want(worker, 200, `GET ${path}`)).body;
}

test("each SVG of the corpus is stored as a PNG, or refused with the reason, in time", async () => {
  assert.ok(CASES.length > 30);
  for (const [name, code] of CASES) {
    const start = performance.now();
    const answer = await api(worker, `PUT /v1/assets/cases/${name}`, { body: file(name) });
    assert.ok(performance.now() - start < IN_TIME_MS, name);
    if (code === "drawn") {
      assert.equal(answer.status, 201, `${name}: ${answer.body}`);
      assert.equal(answer.json().type, "image/png", name);
      assert.match(answer.json().notes.join(), /drawn from an SVG as a PNG of \d+ x \d+ px/, name);
    } else {
      assert.equal(answer.json().code, code, name);
      assert.equal(answer.status, code === "svg-too-large" ? 413 : 422, name);
      assert.ok(answer.json().remedy, name);
    }
  }
});

test("SVGs have the pixels of a browser", async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  after(() => browser.close());
  const page = await browser.newPage();
  for (const name of DRAWN.filter((name) => !["tall.svg", "wide.svg", "no-size.svg"].includes(name))) {
    const ours = decode(await stored(name));
    const rgba = ours.rgba();
    const theirs = await page.evaluate(
      async ([source, width, height]) => {
        const image = Object.assign(new Image(), { src: `data:image/svg+xml;base64,${source}` });
        await image.decode();
        const context = new OffscreenCanvas(width, height).getContext("2d");
        context.fillStyle = "#808080";
        context.fillRect(0, 0, width, height);
        context.drawImage(image, 0, 0, width, height);
        return Array.from(context.getImageData(0, 0, width, height).data);
      },
      [file(name).toString("base64"), ours.width, ours.height],
    );
    let difference = 0;
    for (let at = 0; at < rgba.length; at += 4) {
      const alpha = rgba[at + 3];
      for (let channel = 0; channel < 3; channel++) {
        const shown = (rgba[at + channel] * alpha + 128 * (255 - alpha)) / 255;
        difference += Math.abs(shown - theirs[at + channel]);
      }
    }
    const mean = difference / (rgba.length / 4) / 3;
    assert.ok(mean <= MOST_DIFFERENCE, `${name}: ${mean.toFixed(2)}`);
  }
});

test("the command line draws the very file that the Worker draws", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monogram-svg-"));
  after(() => rmSync(folder, { recursive: true }));
  const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/monogram");
  mkdirSync(join(folder, "templates/assets"), { recursive: true });
  for (const name of ["figma.svg", "firefox.svg", "text.svg"]) {
    const document = card({ params: {}, alt: "", background: "#fff", layers: [{ type: "image", src: `asset:${name}`, x: 20, y: 20, width: 200, height: 100, fallback: ["initials:A"] }] });
    copyFileSync(join(corpus, name), join(folder, "templates/assets", name));
    writeFileSync(join(folder, "templates/mine.json"), document);
    const out = join(folder, "out.png");
    execFileSync(program, ["render", "mine.png", "", out], { cwd: folder, env: { ...process.env, MONOGRAM_ROOT: folder } });
    // As a file that was written to KV by hand, which no upload has drawn.
    await worker.kv.put(`asset:${name}`, file(name));
    await worker.kv.put(`by-hand-${name.slice(0, -4)}`, document);
    const { body } = await ask(worker, `/i/by-hand-${name.slice(0, -4)}.png`);
    assert.ok(body.equals(readFileSync(out)), name);
  }
});
