// What part of the template the stage shows, and how large.

import { effect, signal } from "@preact/signals";
import { scale } from "../engine/live.ts";
import type { Point, Rect } from "../model/geometry.ts";
import { shown } from "../model/store.ts";

/** Screen px per template px. */
export const zoom = signal(1);
/** Where the template's top left corner is on the stage, in px. */
export const pan = signal<Point>({ x: 0, y: 0 });
/** Size of the stage in px. */
export const stageSize = signal({ width: 0, height: 0 });

const LEAST_ZOOM = 0.05;
const MOST_ZOOM = 16;

/** Px around a template that is shown whole. */
const MARGIN_PX = 56;

effect(() => {
  scale.value = zoom.value * window.devicePixelRatio;
});

export const toCanvas = ({ x, y }: Point): Point => ({ x: (x - pan.value.x) / zoom.value, y: (y - pan.value.y) / zoom.value });

export const toStage = ({ x, y }: Point): Point => ({ x: x * zoom.value + pan.value.x, y: y * zoom.value + pan.value.y });

/** Whether the whole template is shown: it stays so when the stage changes its size. */
let isFitted = true;

/** Takes the size of the stage. What was in its middle stays there; `keep`: all stays where it is. */
export function resizeStage(width: number, height: number, keep: boolean): void {
  const before = stageSize.peek();
  stageSize.value = { width, height };
  if (keep) return;
  if (isFitted || before.width === 0) zoomToFit(undefined, 1);
  else pan.value = { x: pan.peek().x + Math.round((width - before.width) / 2), y: pan.peek().y + Math.round((height - before.height) / 2) };
}

/** Zooms, so that a point of the stage keeps what it shows. */
export function zoomTo(next: number, around?: Point): void {
  const center = around ?? { x: stageSize.value.width / 2, y: stageSize.value.height / 2 };
  const fixed = toCanvas(center);
  isFitted = false;
  const clamped = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, next));
  zoom.value = clamped;
  pan.value = { x: Math.round(center.x - fixed.x * clamped), y: Math.round(center.y - fixed.y * clamped) };
}

const STEPS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16];

export function zoomIn(): void {
  zoomTo(STEPS.find((step) => step > zoom.value * 1.01) ?? MOST_ZOOM);
}

export function zoomOut(): void {
  zoomTo(STEPS.findLast((step) => step < zoom.value * 0.99) ?? LEAST_ZOOM);
}

/** Shows a part of the template as large as it fits, at most at `most` times its size. */
export function zoomToFit(rect?: Rect, most = 2): void {
  const { width, height } = stageSize.value;
  const target = rect ?? { x: 0, y: 0, width: shown.value.width, height: shown.value.height };
  if (width === 0 || target.width === 0 || target.height === 0) return;
  const fit = Math.min((width - 2 * MARGIN_PX) / target.width, (height - 2 * MARGIN_PX) / target.height, most);
  const next = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, fit));
  isFitted = rect === undefined;
  zoom.value = next;
  pan.value = {
    x: Math.round(width / 2 - (target.x + target.width / 2) * next),
    y: Math.round(height / 2 - (target.y + target.height / 2) * next),
  };
}

export function panBy(dx: number, dy: number): void {
  isFitted = false;
  pan.value = { x: pan.value.x + dx, y: pan.value.y + dy };
}
