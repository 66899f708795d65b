// Records how Chromium paints the cases of tests/oracle/paint.json: `make oracle`.
// tests/paint_matches_chromium.rs compares with the pictures, which are committed.
//
// A case has `layers` and a `background` as in a template of 120 x 80 px, and the same as `html`.
// `asset:NAME` in both is a file of tests/oracle/assets/.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = fileURLToPath(new URL("../tests/oracle/", import.meta.url));
const cases = JSON.parse(readFileSync(`${folder}paint.json`, "utf8"));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
});
const page = await browser.newPage({ viewport: { width: 120, height: 80 } });
rmSync(`${folder}paint`, { recursive: true, force: true });
mkdirSync(`${folder}paint`);
const asset = (_, name) => `data:image/png;base64,${readFileSync(`${folder}assets/${name}`).toString("base64")}`;
for (const { name, html, background } of cases) {
  const below = typeof background === "string" ? background : "transparent";
  await page.setContent(
    `<!doctype html><style>body { margin: 0; overflow: hidden; background: ${below} }
     div, svg, img { position: absolute } svg { left: 0; top: 0; width: 120px; height: 80px }</style>${html.replaceAll(/asset:([\w.-]+)/g, asset)}`,
  );
  const file = `${folder}paint/${name.replaceAll(" ", "-")}.png`;
  writeFileSync(file, await page.screenshot({ omitBackground: true }));
}
await browser.close();
