// What the canvas shows, always up to date: the picture of the document with the values of the query.

import { computed, effect, signal } from "@preact/signals";
import { printDocument } from "../model/document.ts";
import type { Doc } from "../model/layer.ts";
import { place } from "../model/geometry.ts";
import { caseName, doc, exampleQuery, preview, query, shown, typedQuery } from "../model/store.ts";
import { uploadedFonts, withUploadedFonts } from "./fonts.ts";
import { type Case, isMistake, type Mistake, type Picture, type Renderer, type Report } from "./renderer.ts";

/** Output px per template px that the canvas asks for. */
export const scale = signal(1);
export const report = signal<Report | null>(null);
/** What is wrong with the document; the canvas then shows the last one that was right. */
export const mistake = signal<Mistake | null>(null);
/** The worst cases of the document, as it was a moment ago. */
export const cases = signal<Case[]>([]);
/** Grows with every file that arrives, for pictures beside the canvas. */
export const filesVersion = signal(0);
/** Grows with every document that the renderer has taken. */
export const takenVersion = signal(0);

export const placed = computed(() => place(report.value?.boxes ?? []));
export const placedByPath = computed(() => {
  const map = new Map<string, ReturnType<typeof place>[number]>();
  // Of several boxes of one layer the first one stands for it.
  for (const box of placed.value) if (!map.has(box.path)) map.set(box.path, box);
  return map;
});

/** Milliseconds of a frame, over which a picture is drawn at half size while the pointer is down. */
const FRAME_MS = 16;

/** The most pixels of the canvas: more are not sharper on any screen in use. */
const MOST_PIXELS = 16_000_000;

let canvas: HTMLCanvasElement | null = null;
let renderer: Renderer | null = null;
let scheduled = false;
let took = 0;
/** The document of the last picture. */
let drawn: Doc | null = null;
/** What `cases` tell of: a text, and the files that were there. */
let judged = { text: "", files: 0 };
let idle = 0;

/** Milliseconds without an edit until the worst cases are laid out. */
const IDLE_MS = 250;

export function theRenderer(): Renderer | null {
  return renderer;
}

let isReady: () => void = () => {};
/** Done once there is a renderer. */
export const ready = new Promise<void>((done) => (isReady = done));

/** The element that shows the picture. */
export function showOn(element: HTMLCanvasElement | null): void {
  canvas = element;
  request();
}

/** A document as the renderer gets it. */
export const textOf = (document: Doc): string => printDocument(withUploadedFonts(document));

/** Starts drawing. */
export function start(with_: Renderer): void {
  renderer = with_;
  isReady();
  renderer.onFile = () => {
    filesVersion.value += 1;
    request();
  };
  effect(() => {
    void shown.value;
    void query.value;
    void scale.value;
    void uploadedFonts.value;
    request();
  });
  effect(() => {
    void doc.value;
    void preview.value;
    requestStress();
  });
}

function request(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}

function draw(): void {
  if (!renderer) return;
  const start = performance.now();
  const document = shown.peek();
  const wrong = renderer.take(textOf(document));
  mistake.value = wrong;
  const isDragging = preview.peek() !== null;
  const isSlow = isDragging && took > FRAME_MS;
  // What no value changes is kept where only the values changed; of a new document it would be made in
  // vain with each step of a drag.
  const isNew = document !== drawn;
  drawn = document;
  if (isNew && !wrong) takenVersion.value += 1;
  const picture = renderer.draw(query.peek(), outputWidth(document.width, document.height, isSlow), { keep: !isNew });
  requestStress();
  if (isMistake(picture)) {
    mistake.value ??= picture;
    return;
  }
  // A picture of half the width takes a quarter of the time.
  took = isSlow ? picture.took * 4 : picture.took;
  put(picture);
  // For tools/bench-studio.mjs.
  performance.measure("redraw", { start });
  report.value = picture.report;
}

function outputWidth(width: number, height: number, half: boolean): number {
  const most = Math.sqrt(MOST_PIXELS / (width * height));
  const ratio = Math.min(scale.peek(), most) * (half ? 0.5 : 1);
  return Math.max(1, Math.round(width * ratio));
}

function put({ pixels }: Picture): void {
  if (!canvas) return;
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

/**
 * Lays out the worst cases soon. What is not drawn yet, or only a part of a drag, comes back here once
 * it is: the end of each of them calls this.
 */
function requestStress(): void {
  clearTimeout(idle);
  idle = window.setTimeout(() => {
    if (preview.peek() === null && drawn === doc.peek()) stressNow();
  }, IDLE_MS);
}

/** Brings the worst cases up to date with the document; with a mistake, with the last one that was right. */
export function stressNow(): void {
  if (!renderer) return;
  renderer.take(textOf(doc.peek()));
  const now = { text: renderer.taken, files: filesVersion.peek() };
  if (now.text === "" || (now.text === judged.text && now.files === judged.files)) return;
  judged = now;
  cases.value = renderer.stress();
  // A case that is chosen stays so, with the values that it has now.
  const chosen = cases.value.find((each) => each.name === caseName.peek());
  if (chosen) typedQuery.value = chosen.query;
}

/** A picture beside the canvas, drawn on an element of its own. */
export function drawOn(element: HTMLCanvasElement, ofQuery: string, width: number): Report | null {
  if (!renderer) return null;
  const picture = renderer.draw(ofQuery, width, { keep: true });
  if (isMistake(picture)) return null;
  element.width = picture.report.width;
  element.height = picture.report.height;
  element.getContext("2d")?.putImageData(picture.pixels, 0, 0);
  return picture.report;
}

/** The picture of another document, with its examples, on an element of its own. */
export function drawDocumentOn(element: HTMLCanvasElement, text: string, width: number): void {
  if (!renderer) return;
  const before = renderer.taken;
  if (renderer.take(text)) return;
  drawOn(element, exampleQuery(JSON.parse(text)), width);
  // The document of the canvas may have a mistake: then it is the last one that was right.
  if (before) renderer.take(before);
}

/** How another document comes out, with its examples; null if it has a mistake. */
export function layOut(text: string): Report | null {
  if (!renderer) return null;
  const before = renderer.taken;
  if (renderer.take(text)) return null;
  const document = JSON.parse(text);
  const picture = renderer.draw(exampleQuery(document), document.width);
  if (before) renderer.take(before);
  return isMistake(picture) ? null : picture.report;
}
