// SVGs of designers become templates: each file of tests/corpus/import is imported, drawn by the
// renderer, and compared with Chromium's picture of the file; and what was not kept is said.
//
// MONOGRAM_ACCEPT=1 writes what cases.json says of each file; MONOGRAM_PICTURES=folder keeps the pictures.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { encode } from "./png.mjs";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile();

const CORPUS = new URL("../corpus/", import.meta.url);
const CASES = new URL("../corpus/import/cases.json", import.meta.url);
const INTER = readFileSync(new URL("../../fonts/Inter.ttf", import.meta.url)).toString("base64");
const { MONOGRAM_ACCEPT: ACCEPT, MONOGRAM_PICTURES: PICTURES } = process.env;

const cases = JSON.parse(readFileSync(CASES, "utf8"));

/** What a file has become: layers of each type, and notes. */
const summary = ({ layers }, notes) => {
  const types = {};
  const visit = (list) => {
    for (const layer of list) {
      types[layer.type] = (types[layer.type] ?? 0) + 1;
      visit(layer.children ?? []);
    }
  };
  visit(layers);
  return { layers: types, notes };
};

/** Chromium's picture of a file in Inter, as RGBA on white. */
const drawnByBrowser = (page, text, width, height) =>
  page.evaluate(
    async ([svg, font, w, h]) => {
      const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
      // With HTML in it, a canvas would not give its pixels back.
      for (const element of parsed.querySelectorAll("foreignObject")) element.remove();
      const style = parsed.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "style");
      style.textContent = `@font-face { font-family: Inter; font-weight: 100 900; src: url(data:font/ttf;base64,${font}) } text, tspan { font-family: Inter !important }`;
      parsed.append(style);
      if (!parsed.hasAttribute("viewBox")) parsed.setAttribute("viewBox", `0 0 ${Number.parseFloat(parsed.getAttribute("width"))} ${Number.parseFloat(parsed.getAttribute("height"))}`);
      parsed.setAttribute("width", w);
      parsed.setAttribute("height", h);
      const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(parsed)], { type: "image/svg+xml" }));
      const load = () => new Promise((done, fail) => Object.assign(new Image(), { onload: (event) => done(event.target), onerror: fail, src: url }));
      const canvas = new OffscreenCanvas(w, h);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      // A font inside of an image may come after its first picture.
      for (let times = 0; times < 2; times += 1) {
        const image = await load();
        await new Promise((done) => setTimeout(done, 100));
        context.fillStyle = "#fff";
        context.fillRect(0, 0, w, h);
        context.drawImage(image, 0, 0, w, h);
      }
      return [...context.getImageData(0, 0, w, h).data].map((level) => String.fromCharCode(level)).join("");
    },
    [text, INTER, width, height],
  );

const drawnByStudio = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector("canvas.picture");
    const flat = new OffscreenCanvas(canvas.width, canvas.height);
    const context = flat.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(canvas, 0, 0);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data].map((level) => String.fromCharCode(level)).join("");
  });

/** Percent of the pixels that differ by more than a fifth of the range; one px of an edge does not count. */
function differing(one, other, width, height) {
  const level = (picture, x, y, channel) => picture[(Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * 4 + channel];
  let count = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isNear = [0, 1, 2].every((channel) => {
        const value = level(one, x, y, channel);
        let [least, most] = [255, 0];
        for (const [dx, dy] of [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) {
          const near = level(other, x + dx, y + dy, channel);
          least = Math.min(least, near);
          most = Math.max(most, near);
        }
        return value >= least - 50 && value <= most + 50;
      });
      if (!isNear) count += 1;
    }
  }
  return (100 * count) / (width * height);
}

test("SVGs of designers look as Chromium draws them, and what is not kept is said", { timeout: 600_000 }, async () => {
  const found = {};
  const wrong = [];
  for (const file of Object.keys(cases)) {
    const name = file.split("/").at(-1).replace(".svg", "");
    const text = readFileSync(new URL(file, CORPUS), "utf8");
    const page = await studio.open({ bypassCSP: true, viewport: { width: 1920, height: 1300 } });
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "From an SVG…" }).click()]);
    await chooser.setFiles({ name: `${name}.svg`, mimeType: "image/svg+xml", buffer: Buffer.from(text) });
    await studio.drawn();
    const dialog = page.getByRole("dialog");
    await dialog.or(page.getByText("All of the SVG was kept")).first().waitFor();
    const notes = (await dialog.count()) > 0 ? await dialog.locator(".import-notes li").allTextContents() : [];
    if ((await dialog.count()) > 0) await page.getByRole("button", { name: "Go on" }).click();
    const document = await studio.document();
    await page.keyboard.press("Shift+Digit0");
    // A name in the file's text is a name in the template: here it shows as it is written.
    const own = Object.entries(document.params ?? {}).filter(([, param]) => param.type === "text");
    if (own.length > 0) await page.getByLabel("Own values").fill(new URLSearchParams(own.map(([param]) => [param, "Maria"])).toString());
    const { width, height } = document;
    const bytes = (string) => Buffer.from(string, "latin1");
    const theirs = bytes(await drawnByBrowser(page, text.replace(/\{\{ \w+ \}\}(?=[^"]*<)/g, "Maria"), width, height));
    const { most = 0.3 } = cases[file];
    // Images and fonts arrive one after the other, and each changes the picture.
    let [ours, share] = [theirs, 100];
    for (let tries = 0; share > most && tries < 20; tries += 1) {
      await page.waitForTimeout(300);
      ours = bytes(await drawnByStudio(page));
      share = ours.length === theirs.length ? differing(ours, theirs, width, height) : 100;
    }
    if (PICTURES) {
      writeFileSync(`${PICTURES}/${name}-browser.png`, encode({ width, height, rgba: theirs }));
      writeFileSync(`${PICTURES}/${name}-studio.png`, encode({ width, height, rgba: ours }));
      writeFileSync(`${PICTURES}/${name}.json`, JSON.stringify(document, null, 1));
    }
    const problems = await page.locator(".problems").allTextContents();
    // A font is the marketer's to upload, as the notes say.
    if (problems.some((line) => !line.includes("no such font"))) wrong.push(`${name}: ${problems.join("; ")}`);
    if (share > most) wrong.push(`${name}: ${share.toFixed(2)} % of the pixels differ`);
    found[file] = { ...(cases[file].most && { most }), ...summary(document, notes) };
    if (process.env.MONOGRAM_SHARES) console.log(name, share.toFixed(3), JSON.stringify(found[file]));
    await page.context().close();
  }
  if (ACCEPT) writeFileSync(CASES, `{\n${Object.entries(found).map(([file, each]) => `  ${JSON.stringify(file)}: ${JSON.stringify(each)}`).join(",\n")}\n}\n`);
  assert.deepEqual(wrong, []);
  assert.deepEqual(found, cases);
});

/** Opens a file by its text, and returns what the page says of it: an error, or the notes. */
async function said(page, text) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "From an SVG…" }).click()]);
  await chooser.setFiles({ name: "file.svg", mimeType: "image/svg+xml", buffer: Buffer.from(text) });
  const dialog = page.getByRole("dialog");
  const toast = page.locator(".toast").last();
  await dialog.or(toast).first().waitFor();
  return (await dialog.count()) > 0 ? (await dialog.locator(".import-notes li").allTextContents()).join("; ") : toast.textContent();
}

test("a hostile SVG does nothing, and a broken one is refused with the reason", { timeout: 240_000 }, async () => {
  for (const [file, words] of [
    ["script-and-link", /<script>, which acts or moves|All of the SVG was kept|image that the file does not contain/],
    ["picture-elsewhere", /an image that the file does not contain/],
    ["xxe", /could not be read|All of the SVG was kept/],
    ["laughs", /could not be read|All of the SVG was kept/],
    ["use-bomb", /could not be read: it repeats its parts too often/],
    ["use-circle", /./],
    ["css-bomb", /./],
    ["pattern-bomb", /./],
    ["deep", /./],
    ["huge-arcs", /./],
    ["elements", /could not be read: it has more than 20000 elements/],
    ["many-paths", /more shapes than a template may have/],
    ["cut-off", /could not be read: this is not XML/],
    ["no-root", /could not be read/],
    ["zero", /could not be read: it has no size/],
    ["text-on-path", /a text along a path/],
  ]) {
    // Chromium describes a mistake in XML with styles of its own, which the page's policy then blocks; and
    // it tells the console of wrong path data.
    const page = await studio.open({ expected: /^(?:cut-off|no-root|xxe|laughs)$/.test(file) ? /Applying inline style/ : /attribute d: Expected/ });
    assert.match(await said(page, readFileSync(new URL(`svg/${file}.svg`, CORPUS), "utf8")), words, file);
    await page.close();
  }
});

test("an SVG that is pasted or dropped becomes a group of the open template", async () => {
  const page = await studio.open();
  await studio.openText(JSON.stringify({ width: 800, height: 600, background: "#ffffff", params: { name: { type: "text", example: "Zoë" } }, layers: [] }));
  // As Figma copies a selection.
  const text = '<svg width="200" height="100" viewBox="0 0 200 100" fill="none" xmlns="http://www.w3.org/2000/svg"><rect width="200" height="100" rx="12" fill="#5B5BD6"/><text fill="white" font-family="Inter" font-size="20"><tspan x="20" y="56">Hi {{ name }}, {{ day }}</tspan></text></svg>';
  await page.locator(".stage").focus();
  await page.evaluate((svg) => navigator.clipboard.writeText(svg), text);
  await page.keyboard.press("Control+v");
  await page.getByRole("treeitem", { name: /^SVG/ }).waitFor();
  await page.evaluate((svg) => {
    const data = new DataTransfer();
    data.items.add(new File([svg], "logo.svg", { type: "image/svg+xml" }));
    document.querySelector(".stage").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data, clientX: 700, clientY: 300 }));
  }, text);
  await page.getByRole("treeitem", { name: /^logo/ }).waitFor();
  const { params, layers } = await studio.document();
  assert.deepEqual(params, { name: { type: "text", example: "Zoë" }, day: { type: "text", example: "Day" } });
  assert.deepEqual([layers[0].type, layers[0].x, layers[0].y, layers[0].children.length, layers[0].children[0].radius], ["group", 300, 250, 2, 12]);
  await page.locator(".stage").focus();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.deepEqual((await studio.document()).layers, []);
});
