// Colours and gradients of an SVG → those of a layer.
//
// A linear gradient of SVG has ends anywhere; one of CSS, which layers have, goes through the middle of
// the box and has its ends at the corners. So the stops are moved, and what lies beyond the box goes.

import { apply, applyVector, invert, type Matrix, multiply, type Point, type Rect } from "../model/geometry.ts";
import { rgbaOf } from "../controls/color.ts";
import { byHref } from "./source.ts";

export type Rgba = [number, number, number, number];

export interface Stop {
  offset: number;
  color: string;
}

/** A colour as text, or a gradient; `"none"`; or null for what no layer has, such as a pattern. */
export type Paint = string | Record<string, unknown> | null;

const hex = (value: number): string => Math.round(Math.min(255, Math.max(0, value))).toString(16).padStart(2, "0");

export function colorText([r, g, b, a]: Rgba): string {
  return `#${hex(r)}${hex(g)}${hex(b)}${a < 1 ? hex(a * 255) : ""}`;
}

/** Where a paint is used. */
export interface Place {
  /** The element's box in its own coordinates, for `objectBoundingBox`. */
  bounds: Rect;
  /** From the element's coordinates to those of the layer's frame. */
  matrix: Matrix;
  frame: Rect;
}

/** The id of a `url(#id)`; null for a colour. */
export const idOf = (value: string): string | null => /^url\(\s*["']?[^"')]*#([^"')]+)["']?\s*\)/.exec(value)?.[1] ?? null;

/** The paint of a computed `fill` or `stroke`. */
export function paintOf(root: Element, value: string, opacity: number, place: Place): Paint {
  if (value === "none" || value === "" || opacity === 0) return "none";
  const id = idOf(value);
  if (id === null) {
    const rgba = rgbaOf(value);
    return rgba ? (rgba[3] === 0 ? "none" : colorText([rgba[0], rgba[1], rgba[2], rgba[3] * opacity])) : null;
  }
  const server = root.querySelector(`[id="${CSS.escape(id)}"]`);
  if (!server) {
    // What refers to nothing is painted with its fallback, or not at all.
    const fallback = value.replace(/^url\([^)]*\)\s*/, "");
    return fallback ? paintOf(root, fallback, opacity, place) : "none";
  }
  return server.localName === "linearGradient" || server.localName === "radialGradient" ? gradientOf(root, server, opacity, place) : null;
}

/** The element and those that it takes its attributes from. */
function inherited(root: Element, gradient: Element): Element[] {
  const found: Element[] = [];
  for (let at: Element | null = gradient; at && !found.includes(at); at = byHref(root, at)) found.push(at);
  return found;
}

function gradientOf(root: Element, gradient: Element, opacity: number, place: Place): Paint {
  const line = inherited(root, gradient);
  const attribute = (name: string, kind?: string): string | null => line.find((each) => each.hasAttribute(name) && (!kind || each.localName === kind))?.getAttribute(name) ?? null;
  const stops = stopsOf(line, opacity);
  const [first] = stops;
  if (!first) return "none";
  if (stops.length === 1) return colorText(first.rgba);
  const isBox = attribute("gradientUnits") !== "userSpaceOnUse";
  const { bounds } = place;
  if (isBox && (bounds.width === 0 || bounds.height === 0)) return colorText(stops.at(-1)?.rgba ?? first.rgba);
  const own = matrixOfTransform(gradient, line);
  const units: Matrix = isBox ? { a: bounds.width, b: 0, c: 0, d: bounds.height, e: bounds.x, f: bounds.y } : { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
  const matrix = multiply(place.matrix, multiply(units, own));
  const viewport = (root as SVGSVGElement).viewBox.baseVal;
  const number = (name: string, fallback: string, whole: number): number => {
    const text = attribute(name, gradient.localName) ?? fallback;
    const value = Number.parseFloat(text);
    return text.trim().endsWith("%") ? (value / 100) * (isBox ? 1 : whole) : value;
  };
  const spread = attribute("spreadMethod") ?? "pad";
  if (gradient.localName === "linearGradient") {
    const [x1, y1, x2, y2] = [number("x1", "0%", viewport.width), number("y1", "0%", viewport.height), number("x2", "100%", viewport.width), number("y2", "0%", viewport.height)];
    return linear({ x: x1, y: y1 }, { x: x2, y: y2 }, matrix, stops, spread, place.frame);
  }
  if (spread !== "pad") return null;
  const diagonal = Math.hypot(viewport.width, viewport.height) / Math.SQRT2;
  const [cx, cy, r] = [number("cx", "50%", viewport.width), number("cy", "50%", viewport.height), number("r", "50%", diagonal)];
  const [fx, fy, fr] = [number("fx", String(cx), viewport.width), number("fy", String(cy), viewport.height), number("fr", "0", diagonal)];
  // A circle that is turned or scaled alike in both directions stays one; an ellipse or a focus is more than a layer has.
  const [across, down] = [applyVector(matrix, { x: 1, y: 0 }), applyVector(matrix, { x: 0, y: 1 })];
  const [one, two] = [Math.hypot(across.x, across.y), Math.hypot(down.x, down.y)];
  const isCircle = Math.abs(one - two) <= 0.02 * Math.max(one, two) && Math.abs(across.x * down.x + across.y * down.y) <= 0.02 * one * two;
  if (!isCircle || Math.hypot(fx - cx, fy - cy) > 0.02 * r || fr > 0) return null;
  const center = apply(matrix, { x: cx, y: cy });
  const round = (px: number): number => Math.round(px * 100) / 100;
  return { type: "radial", cx: round(center.x - place.frame.x), cy: round(center.y - place.frame.y), r: Math.max(0.01, round((r * (one + two)) / 2)), stops: printed(smooth(stops)) };
}

function matrixOfTransform(gradient: Element, line: Element[]): Matrix {
  const owner = line.find((each) => each.hasAttribute("gradientTransform")) as SVGGradientElement | undefined;
  const matrix = (owner ?? (gradient as SVGGradientElement)).gradientTransform.baseVal.consolidate()?.matrix;
  return matrix ? { a: matrix.a, b: matrix.b, c: matrix.c, d: matrix.d, e: matrix.e, f: matrix.f } : { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
}

interface ExactStop {
  offset: number;
  rgba: Rgba;
}

function stopsOf(line: Element[], opacity: number): ExactStop[] {
  const owner = line.find((each) => each.querySelector("stop"));
  let least = 0;
  return [...(owner?.querySelectorAll("stop") ?? [])].map((stop) => {
    const text = stop.getAttribute("offset") ?? "0";
    const offset = Math.min(1, Math.max(least, Number.parseFloat(text) / (text.trim().endsWith("%") ? 100 : 1) || 0));
    least = offset;
    const { stopColor, stopOpacity } = getComputedStyle(stop);
    const [r, g, b, a] = rgbaOf(stopColor) ?? [0, 0, 0, 1];
    return { offset, rgba: [r, g, b, a * Number(stopOpacity || 1) * opacity] as Rgba };
  });
}

/** Pieces of a step whose colour and alpha both change: SVG mixes colours as they are, CSS premultiplied. */
const PIECES = 6;

function smooth(stops: ExactStop[]): ExactStop[] {
  return stops.flatMap((stop, index) => {
    const before = stops[index - 1];
    if (!before || stop.offset === before.offset || Math.abs(before.rgba[3] - stop.rgba[3]) < 0.02) return [stop];
    const isSameColor = [0, 1, 2].every((channel) => before.rgba[channel] === stop.rgba[channel]);
    if (isSameColor) return [stop];
    return Array.from({ length: PIECES }, (_, piece) => mixed(before, stop, (piece + 1) / PIECES));
  });
}

function mixed(from: ExactStop, to: ExactStop, share: number): ExactStop {
  const between = (one: number, other: number): number => one + (other - one) * share;
  return { offset: between(from.offset, to.offset), rgba: from.rgba.map((value, channel) => between(value, to.rgba[channel] ?? 0)) as Rgba };
}

/** Stops of one paint that a template may have. */
const MOST_STOPS = 32;

function printed(stops: ExactStop[]): Stop[] {
  return stops.slice(0, MOST_STOPS).map(({ offset, rgba }) => ({ offset: Math.round(offset * 10_000) / 10_000, color: colorText(rgba) }));
}

function linear(from: Point, to: Point, matrix: Matrix, stops: ExactStop[], spread: string, frame: Rect): Paint {
  const direction = { x: to.x - from.x, y: to.y - from.y };
  const square = direction.x ** 2 + direction.y ** 2;
  const last = colorText(stops.at(-1)?.rgba ?? [0, 0, 0, 1]);
  if (square === 0) return last;
  // t(p) = g · (p - from), where g is `direction` / `square`; in the frame, g is turned by the inverse's transpose.
  const back = invert(matrix);
  const g = { x: (direction.x * back.a + direction.y * back.b) / square, y: (direction.x * back.c + direction.y * back.d) / square };
  const steepness = Math.hypot(g.x, g.y);
  if (!Number.isFinite(steepness) || steepness === 0) return last;
  const origin = apply(matrix, from);
  const unit = { x: g.x / steepness, y: g.y / steepness };
  const degrees = (Math.atan2(unit.x, -unit.y) * 180) / Math.PI;
  const length = Math.abs(frame.width * unit.x) + Math.abs(frame.height * unit.y);
  const center = { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 };
  const middle = (center.x - origin.x) * g.x + (center.y - origin.y) * g.y;
  const [begin, end] = [middle - (length / 2) * steepness, middle + (length / 2) * steepness];
  if (end - begin < 1e-6) return colorText(colorAt(stops, begin));
  const repeated = spread === "pad" ? smooth(stops) : repeat(smooth(stops), spread === "reflect", begin, end);
  if (!repeated) return null;
  const moved = repeated.map(({ offset, rgba }) => ({ offset: (offset - begin) / (end - begin), rgba }));
  const inside = moved.filter(({ offset }) => offset > 0 && offset < 1);
  const edges = [colorAt(moved, 0), colorAt(moved, 1)] as const;
  const all: ExactStop[] = [{ offset: 0, rgba: edges[0] }, ...inside, { offset: 1, rgba: edges[1] }];
  if (new Set(all.map(({ rgba }) => colorText(rgba))).size === 1) return colorText(edges[0]);
  const angle = Math.round(((degrees + 360) % 360) * 100) / 100;
  return { type: "linear", angle, stops: printed(all) };
}

/** The colour at an offset, which may lie beyond the stops. */
function colorAt(stops: ExactStop[], offset: number): Rgba {
  const after = stops.findIndex((stop) => stop.offset > offset);
  const [next, before] = [stops[after], stops[after - 1]];
  if (after < 0) return stops.at(-1)?.rgba ?? [0, 0, 0, 1];
  if (!next || !before) return stops[0]?.rgba ?? [0, 0, 0, 1];
  return mixed(before, next, (offset - before.offset) / (next.offset - before.offset)).rgba;
}

/** The stops again and again over a range; null if these are too many. */
function repeat(stops: ExactStop[], isReflected: boolean, begin: number, end: number): ExactStop[] | null {
  const [from, to] = [Math.floor(begin), Math.ceil(end)];
  if ((to - from) * stops.length > MOST_STOPS - 2) return null;
  return Array.from({ length: to - from }, (_, index) => from + index).flatMap((turn) => {
    const isBackward = isReflected && turn % 2 !== 0;
    const own = isBackward ? [...stops].reverse().map(({ offset, rgba }) => ({ offset: 1 - offset, rgba })) : stops;
    return own.map(({ offset, rgba }) => ({ offset: turn + offset, rgba }));
  });
}
