// The four points onto which a layer is mapped in perspective. Each keeps its unit.

import type { Point, Rect } from "./geometry.ts";
import { isExpression, type Layer, percent, plainNumber, rounded } from "./layer.ts";

/** A coordinate as the document has it: px or percent. */
type Length = number | string;
export type Corners = [Length, Length][];

/** The corners of a layer whose places are written out; null if it has none. */
export function cornersIn(layer: Layer): Corners | null {
  const value = layer["corners"];
  if (!Array.isArray(value) || value.length !== 4) return null;
  const isPlain = (each: unknown): boolean => !isExpression(each) && (plainNumber(each) !== null || percent(each) !== null);
  return value.every((point) => Array.isArray(point) && point.length === 2 && point.every(isPlain)) ? (value as Corners) : null;
}

/** Corners that leave a box as it is, in what contains it. */
export function flatCorners(box: Rect, room: Rect): Corners {
  const [left, top] = [rounded(box.x - room.x), rounded(box.y - room.y)];
  const [right, bottom] = [rounded(left + box.width), rounded(top + box.height)];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** A coordinate after it moved by some px. */
function shifted(value: Length, by: number, whole: number): Length {
  const share = percent(value);
  return share !== null ? `${rounded(share + (by / (whole || 1)) * 100)}%` : rounded((plainNumber(value) ?? 0) + by);
}

/** Moves one corner, or all of them. */
export function movedCorners(corners: Corners, by: Point, room: { width: number; height: number }, only: number | null = null): Corners {
  return corners.map(([x, y], index) => (only === null || only === index ? [shifted(x, by.x, room.width), shifted(y, by.y, room.height)] : [x, y]));
}

/** A corner triangle has at least this share of the mean one: the renderer's rule. */
const LEAST_CORNER = 0.02;

/** Whether a box can be seen so: clockwise, not dented, no three in a line. */
export function isQuad(points: readonly Point[]): boolean {
  const turns = points.map((at, index) => {
    const [before, after] = [points[(index + 3) % 4] ?? at, points[(index + 1) % 4] ?? at];
    return (at.x - before.x) * (after.y - at.y) - (at.y - before.y) * (after.x - at.x);
  });
  const mean = turns.reduce((sum, turn) => sum + Math.abs(turn), 0) / 4;
  return mean > 1e-6 && turns.every((turn) => turn >= mean * LEAST_CORNER);
}

/** Whether a point is within four corners. */
export function isWithin(corners: readonly Point[], { x, y }: Point): boolean {
  return corners.every((at, index) => {
    const next = corners[(index + 1) % 4] ?? at;
    return (next.x - at.x) * (y - at.y) - (next.y - at.y) * (x - at.x) >= 0;
  });
}
