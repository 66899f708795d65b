// How long Studio takes to redraw its canvas after a change of one property, in Chromium: from the changed
// document to the pixels on the canvas. Prints a table: make bench-studio

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { startWorker } from "../tests/edge/harness.mjs";

const CHANGES = 200;
const read = (id) => JSON.parse(readFileSync(new URL(`../templates/${id}.json`, import.meta.url), "utf8"));

/** 30 layers of usual kinds on 1200 x 630. */
function thirty() {
  const layers = Array.from({ length: 30 }, (_, n) => {
    const place = { x: (n % 6) * 195 + 20, y: Math.floor(n / 6) * 120 + 15, width: 180, height: 100 };
    if (n % 3 === 0) return { type: "text", ...place, text: `Layer ${n} of {{ name }}`, size: 24, weight: 600, fill: "#14142b" };
    if (n % 3 === 1) return { type: "rect", ...place, radius: 12, fill: `hsl(${n * 12} 60% 70%)` };
    return { type: "ellipse", ...place, fill: `hsl(${n * 12} 50% 60%)`, stroke: "#14142b", stroke_width: 2 };
  });
  return { width: 1200, height: 630, background: "#ffffff", params: { name: { type: "text", example: "Maria" } }, layers };
}

const worker = await startWorker({ bindings: { UNSIGNED: "allow" } });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
console.log("ms of a redraw, 1 px of the canvas for 1 px of the template\n\n| template | px | median | 95th percentile | worst |\n| --- | --- | --- | --- | --- |");
for (const [name, document] of [["30 layers", thirty()], ...["welcome", "certificate", "real-estate", "newsletter-hero"].map((id) => [id, read(id)])]) {
  const page = await (await browser.newContext({ viewport: { width: 1900, height: 1300 } })).newPage();
  await page.goto(`${worker.url}/studio/`);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Open a file…" }).click()]);
  await chooser.setFiles({ name: "template.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(document)) });
  await page.locator("canvas.picture[data-drawn]").waitFor();
  await page.locator(".stage").focus();
  await page.keyboard.press("Shift+Digit0");
  await page.keyboard.press("Tab");
  await page.waitForTimeout(2_000);
  await page.evaluate(() => performance.clearMeasures());
  for (let count = 0; count < CHANGES; count += 1) {
    await page.keyboard.press(count < CHANGES / 2 ? "ArrowRight" : "ArrowDown");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
  }
  const times = (await page.evaluate(() => performance.getEntriesByName("redraw").map((entry) => entry.duration))).sort((one, two) => one - two);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  console.log(`| ${name} | ${document.width} x ${document.height} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
  await page.context().close();
}
await browser.close();
await worker.dispose();
