// Makes the cases of tests/oracle/layouts.json, and records the boxes that Chromium gives them:
// `make oracle`. tests/layout_matches_chromium.rs compares.
//
// Each case is a tree of stacks, boxes and words in a picture of 400 x 300 px, as the layers of
// a template; the same tree as CSS is written here, and nowhere else. The trees come from a random
// generator with a fixed seed, so that the cases only change where this file does.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const CASES = 240;

/** A number from 0 to 1 (mulberry32). */
let state = 20260101;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const pick = (...list) => list[Math.floor(random() * list.length)];
const chance = (share) => random() < share;
const between = (least, most) => least + Math.floor(random() * (most - least + 1));

let count = 0;
const name = () => `n${count++}`;

const WORDS = ["Hi", "Maria", "Total", "12.50", "agyp"];

/** A box, a word, or now and then another container. `parent` has a size of its own if `definite`. */
function child(parent, definite, depth) {
  const own = {};
  if (chance(0.15)) own.align_self = pick("start", "center", "end", "stretch");
  if (chance(0.12)) own.order = between(-1, 2);
  if (chance(0.12)) own.min_width = between(10, 90);
  if (chance(0.12)) own.max_width = between(30, 120);
  if (chance(0.12)) own.min_height = between(10, 60);
  if (chance(0.12)) own.max_height = between(20, 80);
  if (depth > 0 && chance(0.25)) return container({ ...own, ...(chance(0.4) && { width: "fill" }) }, depth - 1, false);
  if (chance(0.2)) {
    const { min_width, max_width, min_height, max_height, ...rest } = own;
    return { type: "text", id: name(), text: pick(...WORDS), size: between(10, 32), ...rest };
  }
  const side = (percents) => (chance(0.2) && percents ? `${between(1, 6) * 10}%` : between(8, 110));
  const box = { type: "rect", id: name(), width: side(definite), height: between(8, 60), ...own };
  if (chance(0.2)) box.width = "fill";
  if (chance(0.1)) box.height = "fill";
  if (!Object.keys(own).some((key) => key.startsWith("m")) && chance(0.15)) {
    box.aspect_ratio = pick(0.5, 1, 1.5, 2);
    if (typeof box.width === "number" && chance(0.5)) delete box.height;
    else if (typeof box.height === "number") delete box.width;
    else delete box.aspect_ratio;
  }
  if (chance(0.08) && definite) Object.assign(box, { position: "absolute", x: between(-10, 60), y: `${between(0, 5) * 10}%` });
  return box;
}

function container(place, depth, definite) {
  const layer = { type: "stack", id: name(), ...place };
  if (chance(0.6)) layer.gap = between(0, 20);
  if (chance(0.15)) layer.row_gap = between(0, 30);
  if (chance(0.15)) layer.column_gap = between(0, 30);
  if (chance(0.4)) layer.padding = pick(between(0, 20), [between(0, 12), between(0, 24)], [1, 8, 15, 22]);
  layer.justify = pick("start", "center", "end", "space-between", "space-around", "space-evenly");
  layer.direction = pick("row", "column");
  layer.align = pick("start", "center", "end", "stretch", layer.direction === "row" ? "baseline" : "center");
  if (chance(0.4)) {
    layer.wrap = true;
    layer.align_content = pick("start", "center", "end", "space-between", "space-around", "space-evenly");
  }
  layer.children = Array.from({ length: between(1, depth > 0 ? 5 : 4) }, () => child(layer, definite, depth));
  return layer;
}

const px = (value) => (typeof value === "number" ? `${value}px` : value);

/** Whether a layer in a column gives up height before anything is pushed out. */
const givesWay = ({ type, direction, height, children }) =>
  type === "text" || (type === "stack" && direction === "column" && height === undefined && children.some(givesWay));

/** The tree as CSS: what the words of a template mean. */
function html(layer, parent) {
  const css = { "box-sizing": "border-box" };
  const absolute = !parent || layer.position === "absolute";
  const row = parent?.direction === "row";
  for (const [side, place] of [["width", "left"], ["height", "top"]]) {
    const extent = layer[side] ?? (layer.type === "rect" && !layer.aspect_ratio ? "fill" : "hug");
    if (extent !== "fill") css[side] = extent === "hug" ? "auto" : px(extent);
    else if (absolute) css[side === "width" ? "right" : "bottom"] = "0";
    else if (row === (side === "width")) css.flex = "1 1 0px";
    else css["align-self"] = "stretch";
    if (absolute) css[place] = px(layer[place === "left" ? "x" : "y"] ?? 0);
  }
  for (const key of ["min_width", "max_width", "min_height", "max_height"]) {
    if (layer[key] !== undefined) css[key.replace("_", "-")] = px(layer[key]);
  }
  css["min-width"] ??= "0";
  css["min-height"] ??= "0";
  // A word is not squeezed, but in a column it gives up height, and a column with one does too.
  css.flex ??= givesWay(layer) && !row ? "0 1 auto" : "0 0 auto";
  css.position = absolute ? "absolute" : "relative";
  if (layer.aspect_ratio) css["aspect-ratio"] = layer.aspect_ratio;
  if (layer.order !== undefined) css.order = layer.order;
  if (layer.align_self) css["align-self"] = layer.align_self;
  if (layer.type === "text") {
    Object.assign(css, { font: `${layer.size}px/1.2 Inter`, "white-space": "nowrap" });
  }
  if (layer.children) {
    const sides = [layer.padding ?? 0].flat();
    css.padding = sides.map(px).join(" ");
    css["row-gap"] = px(layer.row_gap ?? layer.gap ?? 0);
    css["column-gap"] = px(layer.column_gap ?? layer.gap ?? 0);
    css["align-items"] = layer.align;
    css["justify-content"] = layer.justify;
    css.display = "flex";
    css["flex-direction"] = layer.direction;
    css["flex-wrap"] = layer.wrap ? "wrap" : "nowrap";
    css["align-content"] = layer.align_content ?? "start";
  }
  const style = Object.entries(css).map(([key, value]) => `${key}: ${value}`).join("; ");
  const inner = layer.text ?? (layer.children ?? []).map((child) => html(child, layer)).join("");
  return `<div id="${layer.id}" style="${style}">${inner}</div>`;
}

/** Whether a box is larger than the one that it is in: what then happens to words is not CSS's. */
const overflows = (layer, boxes, outer = [0, 0, 400, 300]) => {
  const [x, y, width, height] = boxes[layer.id];
  const out =
    x < outer[0] - 0.5 || y < outer[1] - 0.5 || x + width > outer[0] + outer[2] + 0.5 || y + height > outer[1] + outer[3] + 0.5;
  return (out && layer.position !== "absolute") || (layer.children ?? []).some((child) => overflows(child, boxes, boxes[layer.id]));
};

const font = readFileSync(`${root}fonts/Inter.ttf`).toString("base64");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 400, height: 300 } });
const cases = [];
while (cases.length < CASES) {
  count = 0;
  const place = { x: between(0, 40), y: between(0, 40), width: between(120, 340), height: between(80, 240) };
  const layer = container(place, 2, true);
  await page.setContent(
    `<!doctype html><style>@font-face { font-family: Inter; src: url(data:font/ttf;base64,${font}) }
     body { margin: 0 } #picture { position: absolute; width: 400px; height: 300px }</style>
     <div id="picture">${html(layer)}</div>`,
  );
  await page.evaluate(() => document.fonts.ready);
  const boxes = await page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll("#picture div")].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [element.id, [x, y, width, height].map((side) => Math.round(side * 100) / 100)];
      }),
    ),
  );
  if (!overflows(layer, boxes)) cases.push({ layer, boxes });
}
await browser.close();
const lines = cases.map((each) => JSON.stringify(each)).join(",\n");
writeFileSync(`${root}tests/oracle/layouts.json`, `[\n${lines}\n]\n`);
