// Studio in a real browser: the canvas has the pixels that the Worker sends, and the page keeps its
// policy. Stories of people who design with it are in studio_stories.test.mjs.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile();

// `tests/golden/{template}/{case}.query` with its `.png` beside it, as in tests/goldens.rs.
const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));
const TEMPLATES = fileURLToPath(new URL("../../templates/", import.meta.url));
// With `_q` a file has fewer colours than the picture, which is what the canvas shows.
const goldens = readdirSync(GOLDEN, { recursive: true }).filter((file) => file.endsWith(".query") && !/_q=/.test(readFileSync(GOLDEN + file, "utf8")));

/** How many pixels of the canvas differ from those of a PNG; -1 if the sizes differ. */
const different = (page, png) =>
  page.evaluate(async (base64) => {
    const canvas = document.querySelector("canvas.picture");
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob(), { colorSpaceConversion: "none" });
    if (image.width !== canvas.width || image.height !== canvas.height) return -1;
    const other = new OffscreenCanvas(image.width, image.height);
    other.getContext("2d").drawImage(image, 0, 0);
    const [one, two] = [canvas, other].map((each) => new Uint32Array(each.getContext("2d").getImageData(0, 0, image.width, image.height).data.buffer));
    return one.reduce((count, pixel, at) => count + (pixel === two[at] ? 0 : 1), 0);
  }, png.toString("base64"));

test("the canvas has the pixels of every golden", { timeout: 300_000 }, async () => {
  assert.ok(goldens.length > 0);
  const differ = [];
  for (const folder of new Set(goldens.map((file) => file.split("/")[0]))) {
    const own = `${GOLDEN}${folder}/template.json`;
    // A CSP without `data:` in connect-src is loosened for the comparison alone.
    // A golden may name an image that is not there.
    const page = await studio.open({ bypassCSP: true, expected: /Canvas2D: Multiple readback|status of 404/ });
    await studio.openText(readFileSync(existsSync(own) ? own : `${TEMPLATES}${folder}.json`, "utf8"));
    await page.keyboard.press("Shift+Digit0");
    // The canvas has the template's own size.
    for (const file of goldens.filter((each) => each.startsWith(`${folder}/`) && !each.includes("~"))) {
      await page.getByLabel("Own values").fill(readFileSync(GOLDEN + file, "utf8").trim() || "_v=");
      const png = readFileSync(GOLDEN + file.replace(/\.query$/, ".png"));
      // Fonts and images arrive one after the other, and each changes the picture.
      let pixels = -2;
      for (let tries = 0; pixels !== 0 && tries < 100; tries += 1) {
        await page.waitForTimeout(50);
        pixels = await different(page, png);
      }
      if (pixels !== 0) differ.push(`${file}: ${pixels < 0 ? "another size" : `${pixels} pixels`}`);
    }
  }
  assert.deepEqual(differ, []);
});

test("the page is one of its own: a strict policy, no other host, no slash needed", async () => {
  const { url } = studio.worker;
  const bare = await fetch(`${url}/studio`, { redirect: "manual" });
  assert.equal(bare.status, 307);
  assert.equal(bare.headers.get("Location"), "/studio/");
  const page = await fetch(`${url}/studio/`);
  assert.equal(page.status, 200);
  const policy = page.headers.get("Content-Security-Policy");
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; /);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https:|\*/);
  assert.equal((await fetch(`${url}/studio/core.wasm`)).headers.get("Content-Type"), "application/wasm");
  // Other files of the deployment stay with the Worker.
  for (const path of ["/images/avatar.png", "/api/openapi.json", "/_headers"]) assert.equal((await fetch(url + path)).status, 404, path);
});
