// Makes the cases of tests/oracle/layouts.json and grids.json, and records the boxes that Chromium gives
// them: `make oracle`. tests/layout_matches_chromium.rs compares.
//
// Each case is a tree of stacks or grids, boxes and words in a picture of 400 x 300 px, as the layers of
// a template; the same tree as CSS is written here, and nowhere else. The trees come from a random
// generator with a fixed seed, so that the cases only change where this file does.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const CASES = 240;
const GRIDS = 160;

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

/** A stack in a grid, without what layouts.json has anyway. */
function plain(stack) {
  delete stack.wrap;
  for (const child of stack.children) {
    for (const field of ["min_width", "max_width", "min_height", "max_height", "aspect_ratio"]) delete child[field];
    if (child.type === "rect") Object.assign(child, { width: child.width ?? 20, height: child.height ?? 20 });
  }
  return stack;
}

/** A child of a grid. */
function cell(columns, depth) {
  const own = {};
  if (chance(0.15)) own.align_self = pick("start", "center", "end", "stretch");
  if (chance(0.15)) own.justify_self = pick("start", "center", "end", "stretch");
  if (chance(0.15)) own.column = between(1, columns);
  // A row alone may be full: CSS then adds a column, and we take the next row.
  if (own.column && chance(0.5)) own.row = between(1, 3);
  if (chance(0.2)) own.column_span = between(1, columns + 1 - (own.column ?? 1));
  if (chance(0.1)) own.row_span = between(1, 2);
  if (depth > 0 && chance(0.12)) return { ...plain(container({}, 0, false)), ...own };
  if (depth > 0 && chance(0.12)) return grid(own, depth - 1);
  if (chance(0.1)) own.min_width = between(10, 60);
  if (chance(0.1)) own.max_width = between(30, 120);
  if (chance(0.35)) return { type: "text", id: name(), text: pick(...WORDS), size: between(10, 28), ...own };
  const width = chance(0.4) ? "fill" : chance(0.15) ? `${between(2, 9) * 10}%` : between(8, 90);
  return { type: "rect", id: name(), width, height: chance(0.15) ? "fill" : between(8, 50), ...own };
}

function grid(place, depth) {
  const layer = { type: "stack", id: name(), direction: "grid", ...place };
  const count = between(1, 4);
  const track = () => pick("auto", "auto", "1fr", "1fr", "2fr", "0.5fr", between(20, 80), `${between(1, 3) * 10}%`);
  layer.columns = chance(0.4) ? count : Array.from({ length: count }, track);
  if (chance(0.7)) layer.gap = between(0, 16);
  if (chance(0.15)) layer.row_gap = between(0, 24);
  if (chance(0.15)) layer.column_gap = between(0, 24);
  if (chance(0.4)) layer.padding = pick(between(0, 20), [between(0, 12), between(0, 24)]);
  if (chance(0.4)) layer.align = pick("start", "center", "end", "stretch");
  if (chance(0.4)) layer.justify_items = pick("start", "center", "end", "stretch");
  const spread = ["start", "center", "end", "space-between", "space-around", "space-evenly"];
  if (chance(0.3)) layer.justify = pick(...spread);
  if (chance(0.3)) layer.align_content = pick(...spread);
  layer.children = Array.from({ length: between(1, 8) }, () => cell(count, depth));
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
  const inGrid = parent?.direction === "grid" && !absolute;
  for (const [side, place] of [["width", "left"], ["height", "top"]]) {
    const extent = layer[side] ?? (layer.type === "rect" && !layer.aspect_ratio ? "fill" : "hug");
    if (extent !== "fill") css[side] = extent === "hug" ? "auto" : px(extent);
    else if (absolute) css[side === "width" ? "right" : "bottom"] = "0";
    else if (inGrid) Object.assign(css, side === "width" ? { "justify-self": "stretch", "min-width": "0" } : { "align-self": "stretch" });
    else if (row === (side === "width")) css.flex = "1 1 0px";
    else css["align-self"] = "stretch";
    if (absolute) css[place] = px(layer[place === "left" ? "x" : "y"] ?? 0);
  }
  for (const key of ["min_width", "max_width", "min_height", "max_height"]) {
    if (layer[key] !== undefined) css[key.replace("_", "-")] = px(layer[key]);
  }
  if (!inGrid) {
    css["min-width"] ??= "0";
    css["min-height"] ??= "0";
  }
  if (inGrid) {
    css["grid-column"] = `${layer.column ?? "auto"} / span ${layer.column_span ?? 1}`;
    css["grid-row"] = `${layer.row ?? "auto"} / span ${layer.row_span ?? 1}`;
    if (layer.justify_self) css["justify-self"] ??= layer.justify_self;
  }
  // A word is not squeezed, but in a column it gives up height, and a column with one does too.
  css.flex ??= givesWay(layer) && !row ? "0 1 auto" : "0 0 auto";
  css.position = absolute ? "absolute" : "relative";
  if (layer.aspect_ratio) css["aspect-ratio"] = layer.aspect_ratio;
  if (layer.order !== undefined) css.order = layer.order;
  if (layer.align_self && !(inGrid && css["align-self"])) css["align-self"] = layer.align_self;
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
  if (layer.direction === "grid") {
    const { columns } = layer;
    css.display = "grid";
    css["grid-template-columns"] = Array.isArray(columns) ? columns.map(px).join(" ") : `repeat(${columns}, minmax(0, 1fr))`;
    css["align-items"] = layer.align ?? "stretch";
    css["justify-items"] = layer.justify_items ?? "stretch";
    css["justify-content"] = layer.justify ?? "normal";
    css["align-content"] = layer.align_content ?? "normal";
    delete css["flex-direction"];
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

/** Records the boxes of so many trees. */
async function record(file, number, tree) {
  const cases = [];
  while (cases.length < number) {
    count = 0;
    const place = { x: between(0, 40), y: between(0, 40), width: between(120, 340), height: between(80, 240) };
    const layer = tree(place);
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
    // A word that has no room is broken, and in CSS it is not.
    const isBroken = await page.evaluate(() =>
      [...document.querySelectorAll("#picture div")].some((each) => each.children.length === 0 && each.scrollWidth > each.offsetWidth + 1),
    );
    if (!overflows(layer, boxes) && !(isBroken && file === "grids")) cases.push({ layer, boxes });
  }
  const lines = cases.map((each) => JSON.stringify(each)).join(",\n");
  writeFileSync(`${root}tests/oracle/${file}.json`, `[\n${lines}\n]\n`);
}

await record("layouts", CASES, (place) => container(place, 2, true));
await record("grids", GRIDS, (place) => {
  // A grid as high as its content now and then.
  if (chance(0.4)) delete place.height;
  return grid(place, 1);
});
await browser.close();
