// A gradient on the canvas: the line along which its colours lie, and the drags that change it.

import { apply, invert, type Placed, type Point, type Rect } from "../model/geometry.ts";
import { changeLayers, type Layer, type Node, percent, plainNumber, rounded, withField } from "../model/layer.ts";
import { type Drag, documentDrag } from "./drag.ts";

interface Gradient {
  type: "linear" | "radial" | "conic";
  stops: { offset?: unknown; color: unknown }[];
  [field: string]: unknown;
}

export interface GradientLine {
  field: "fill" | "stroke";
  gradient: Gradient;
  /** In the coordinates of the layer's box. */
  from: Point;
  to: Point;
  stops: { at: Point; offset: number; color: string }[];
}

const DEGREES = 180 / Math.PI;
/** Degrees between the angles that Shift allows. */
const STEP_DEGREES = 15;

/** The layer's first gradient whose places are written out; null if it has none. */
function gradientIn(layer: Layer): { field: "fill" | "stroke"; gradient: Gradient } | null {
  for (const field of ["fill", "stroke"] as const) {
    const value = layer[field];
    if (typeof value !== "object" || value === null || !Array.isArray((value as Gradient).stops)) continue;
    const gradient = value as Gradient;
    const isPlain = ["angle", "cx", "cy", "r"].every((name) => gradient[name] === undefined || plainNumber(gradient[name]) !== null || percent(gradient[name]) !== null);
    if (isPlain && gradient.stops.every((stop) => stop.offset === undefined || plainNumber(stop.offset) !== null)) return { field, gradient };
  }
  return null;
}

/** The offsets of all stops: one without stands between its neighbours, as in CSS. */
export function offsetsOf(stops: { offset?: unknown }[]): number[] {
  const given = stops.map((stop, index) => plainNumber(stop.offset) ?? (index === 0 ? 0 : index === stops.length - 1 ? 1 : null));
  return given.map((offset, index) => {
    if (offset !== null) return offset;
    const before = given.slice(0, index).findLastIndex((each) => each !== null);
    const after = index + given.slice(index).findIndex((each) => each !== null);
    const [one, two] = [given[before] ?? 0, given[after] ?? 1];
    return one + ((two - one) * (index - before)) / (after - before);
  });
}

const length = (value: unknown, whole: number, fallback: number): number => {
  const share = percent(value);
  return share !== null ? (share / 100) * whole : (plainNumber(value) ?? fallback);
};

const centerOf = (gradient: Gradient, box: Rect): Point => ({ x: box.x + length(gradient["cx"], box.width, box.width / 2), y: box.y + length(gradient["cy"], box.height, box.height / 2) });

/** The distance to the farthest corner: 100 % of a radius. */
const farthest = (center: Point, box: Rect): number => Math.hypot(Math.max(center.x - box.x, box.x + box.width - center.x), Math.max(center.y - box.y, box.y + box.height - center.y));

/** The line of a layer's gradient; null if it has none that can be dragged. */
export function gradientLine(node: Node, { box }: Placed): GradientLine | null {
  const found = gradientIn(node.layer);
  if (!found || box.width === 0 || box.height === 0) return null;
  const { gradient } = found;
  let [from, to] = [centerOf(gradient, box), { x: 0, y: 0 }];
  if (gradient.type === "linear") {
    const radians = (plainNumber(gradient["angle"]) ?? 180) / DEGREES;
    const unit = { x: Math.sin(radians), y: -Math.cos(radians) };
    const half = (Math.abs(box.width * unit.x) + Math.abs(box.height * unit.y)) / 2;
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    from = { x: middle.x - unit.x * half, y: middle.y - unit.y * half };
    to = { x: middle.x + unit.x * half, y: middle.y + unit.y * half };
  } else if (gradient.type === "radial") {
    const whole = farthest(from, box);
    to = { x: from.x + length(gradient["r"], whole, whole), y: from.y };
  } else {
    const radians = (plainNumber(gradient["angle"]) ?? 0) / DEGREES;
    const reach = Math.min(box.width, box.height) * 0.4;
    to = { x: from.x + Math.sin(radians) * reach, y: from.y - Math.cos(radians) * reach };
  }
  const offsets = offsetsOf(gradient.stops);
  const stops = gradient.stops.map(({ color }, index) => {
    const offset = offsets[index] ?? 0;
    return { offset, color: String(color), at: onLine(gradient, from, to, offset) };
  });
  return { ...found, from, to, stops };
}

/** Where an offset is: along the line, or around the middle of a conic gradient. */
function onLine(gradient: Gradient, from: Point, to: Point, offset: number): Point {
  if (gradient.type !== "conic") return { x: from.x + (to.x - from.x) * offset, y: from.y + (to.y - from.y) * offset };
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [sin, cos] = [Math.sin(offset * 2 * Math.PI), Math.cos(offset * 2 * Math.PI)];
  return { x: from.x + dx * cos - dy * sin, y: from.y + dx * sin + dy * cos };
}

function offsetAt({ gradient, from, to }: GradientLine, point: Point): number {
  const [dx, dy, px, py] = [to.x - from.x, to.y - from.y, point.x - from.x, point.y - from.y];
  if (gradient.type === "conic") return (((Math.atan2(py, px) - Math.atan2(dy, dx)) / (2 * Math.PI)) % 1 + 1) % 1;
  return (px * dx + py * dy) / (dx * dx + dy * dy || 1);
}

/** What a drag of one part of a gradient makes of it, at a point of the box's coordinates. */
function dragged(line: GradientLine, part: string, point: Point, box: Rect, steps: boolean): Gradient {
  const { gradient, from } = line;
  const angle = (center: Point): number => {
    const degrees = (Math.atan2(point.x - center.x, -(point.y - center.y)) * DEGREES + 360) % 360;
    return steps ? (Math.round(degrees / STEP_DEGREES) * STEP_DEGREES) % 360 : Math.round(degrees);
  };
  const stop = /^stop(\d+)$/.exec(part);
  if (stop) {
    const index = Number(stop[1]);
    const offsets = offsetsOf(gradient.stops);
    const clamped = Math.min(offsets[index + 1] ?? 1, Math.max(offsets[index - 1] ?? 0, offsetAt(line, point)));
    return { ...gradient, stops: gradient.stops.map((each, at) => (at === index ? { ...each, offset: rounded(clamped) } : each)) };
  }
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  if (gradient.type === "linear") return { ...gradient, angle: part === "to" ? angle(middle) : (angle(middle) + 180) % 360 };
  if (part === "from") {
    // A length keeps its unit.
    const place = (name: string, value: number, whole: number): unknown => (plainNumber(gradient[name]) !== null ? rounded(value) : `${rounded((value / whole) * 100)}%`);
    return { ...gradient, cx: place("cx", point.x - box.x, box.width), cy: place("cy", point.y - box.y, box.height) };
  }
  if (gradient.type === "conic") return { ...gradient, angle: angle(from) };
  const radius = Math.max(1, Math.hypot(point.x - from.x, point.y - from.y));
  return { ...gradient, r: plainNumber(gradient["r"]) !== null ? rounded(radius) : `${rounded((radius / (farthest(from, box) || 1)) * 100)}%` };
}

/** Drags the beginning (`from`), the end (`to`) or a stop (`stop2`) of a layer's gradient. */
export function gradientDrag(node: Node, placed: Placed, part: string): Drag {
  const line = gradientLine(node, placed);
  if (!line) return { move: () => {}, end: () => {} };
  const back = invert(placed.matrix);
  return documentDrag("Change the gradient", (base, point, keys) => {
    const next = dragged(line, part, apply(back, point), placed.box, keys.shift);
    return changeLayers(base, new Set([node.uid]), (layer) => withField(layer, line.field, next));
  });
}

/** Whether a point of the box's coordinates is on the line, or at most `slack` px beside it. */
export function isOnLine(line: GradientLine, point: Point, slack: number): boolean {
  if (line.gradient.type === "conic") return false;
  const offset = offsetAt(line, point);
  const on = onLine(line.gradient, line.from, line.to, offset);
  return offset >= 0 && offset <= 1 && Math.hypot(on.x - point.x, on.y - point.y) <= slack;
}

/** The gradient with one more stop, where a point is on its line. */
export function withStop(line: GradientLine, point: Point): Gradient {
  const offset = rounded(Math.min(1, Math.max(0, offsetAt(line, point))));
  const after = line.stops.findIndex((stop) => stop.offset > offset);
  const index = after < 0 ? line.stops.length : after;
  const nearest = line.stops.reduce((best, stop) => (Math.abs(stop.offset - offset) < Math.abs(best.offset - offset) ? stop : best), line.stops[0] ?? { color: "#888888", offset: 0 });
  const offsets = line.stops.map((stop) => stop.offset);
  // The others stay where they are.
  const stops = line.gradient.stops.map((stop, at) => ({ ...stop, offset: rounded(offsets[at] ?? 0) }));
  return { ...line.gradient, stops: [...stops.slice(0, index), { offset, color: nearest.color }, ...stops.slice(index)] };
}
