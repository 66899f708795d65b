// SVG path data: read, moved through a map, and written again (SVG 2, chapter 9).

import { apply, boundsOf, type Matrix, type Point, type Rect } from "../model/geometry.ts";

/** A segment with absolute coordinates: the points of `M` and `L` (1), `Q` (2), `C` (3), `Z` (0). */
export interface Segment {
  kind: "M" | "L" | "Q" | "C" | "Z";
  points: Point[];
}

/** Numbers that each command takes. */
const COUNTS: Record<string, number> = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 };

/** Reads path data, as far as they are right: a browser draws what comes before a mistake, too. */
export function readPath(d: string): Segment[] {
  const found: Segment[] = [];
  let [at, start]: [Point, Point] = [{ x: 0, y: 0 }, { x: 0, y: 0 }];
  /** The last control point, and of which kind of curve it is. */
  let control: { kind: string; point: Point } | null = null;
  for (const [, letter = "", rest = ""] of d.matchAll(/([MLHVCSQTAZmlhvcsqtaz])([^MLHVCSQTAZmlhvcsqtaz]*)/g)) {
    const command = letter.toUpperCase();
    const relative = letter !== command;
    const numbers = command === "A" ? arcNumbers(rest) : (rest.match(NUMBER) ?? []).map(Number);
    const count = COUNTS[command] ?? 0;
    if (found.length === 0 && command !== "M") return found;
    if (command === "Z") {
      found.push({ kind: "Z", points: [] });
      at = start;
      control = null;
      continue;
    }
    for (let index = 0; index + count <= numbers.length; index += count) {
      const n = (offset: number): number => numbers[index + offset] ?? 0;
      const point = (offset: number): Point => ({ x: n(offset) + (relative ? at.x : 0), y: n(offset + 1) + (relative ? at.y : 0) });
      const reflected = (kind: string): Point => (control?.kind === kind ? { x: 2 * at.x - control.point.x, y: 2 * at.y - control.point.y } : at);
      let next: { kind: string; point: Point } | null = null;
      let end: Point;
      switch (command) {
        case "M":
          end = point(0);
          // More pairs behind a move are lines.
          found.push({ kind: index === 0 ? "M" : "L", points: [end] });
          if (index === 0) start = end;
          break;
        case "H":
          end = { x: n(0) + (relative ? at.x : 0), y: at.y };
          found.push({ kind: "L", points: [end] });
          break;
        case "V":
          end = { x: at.x, y: n(0) + (relative ? at.y : 0) };
          found.push({ kind: "L", points: [end] });
          break;
        case "C":
        case "S": {
          const first = command === "C" ? point(0) : reflected("C");
          const second = point(command === "C" ? 2 : 0);
          end = point(command === "C" ? 4 : 2);
          found.push({ kind: "C", points: [first, second, end] });
          next = { kind: "C", point: second };
          break;
        }
        case "Q":
        case "T": {
          const middle = command === "Q" ? point(0) : reflected("Q");
          end = point(command === "Q" ? 2 : 0);
          found.push({ kind: "Q", points: [middle, end] });
          next = { kind: "Q", point: middle };
          break;
        }
        case "A":
          end = { x: n(5) + (relative ? at.x : 0), y: n(6) + (relative ? at.y : 0) };
          found.push(...arc(at, end, n(0), n(1), n(2), n(3) !== 0, n(4) !== 0));
          break;
        default:
          end = point(0);
          found.push({ kind: "L", points: [end] });
      }
      at = end;
      control = next;
    }
  }
  return found;
}

const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g;

/** The flags of an arc may stand without a space: `a1 1 0 0110 10`. */
function arcNumbers(text: string): number[] {
  const found: number[] = [];
  const pattern = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
  let at = 0;
  while (at < text.length) {
    while (/[\s,]/.test(text[at] ?? "")) at += 1;
    const place = found.length % 7;
    if (place === 3 || place === 4) {
      const flag = text[at];
      if (flag !== "0" && flag !== "1") break;
      found.push(Number(flag));
      at += 1;
      continue;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) break;
    found.push(Number(match[0]));
    at = pattern.lastIndex;
  }
  return found;
}

/** An arc as curves of at most a quarter turn (SVG 2, B.2.4). */
function arc(from: Point, to: Point, radiusX: number, radiusY: number, degrees: number, isLarge: boolean, isSweep: boolean): Segment[] {
  let [rx, ry] = [Math.abs(radiusX), Math.abs(radiusY)];
  if (rx === 0 || ry === 0 || (from.x === to.x && from.y === to.y)) return [{ kind: "L", points: [to] }];
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const half = { x: (from.x - to.x) / 2, y: (from.y - to.y) / 2 };
  const [x, y] = [cos * half.x + sin * half.y, cos * half.y - sin * half.x];
  const reach = (x / rx) ** 2 + (y / ry) ** 2;
  // Radii that do not reach are scaled up.
  if (reach > 1) [rx, ry] = [rx * Math.sqrt(reach), ry * Math.sqrt(reach)];
  const [one, two] = [(rx * y) ** 2, (ry * x) ** 2];
  const along = Math.sqrt(Math.max(0, ((rx * ry) ** 2 - one - two) / (one + two))) * (isLarge === isSweep ? -1 : 1);
  const [cx, cy] = [(along * rx * y) / ry, (-along * ry * x) / rx];
  const first = Math.atan2((y - cy) / ry, (x - cx) / rx);
  let turn = Math.atan2((-y - cy) / ry, (-x - cx) / rx) - first;
  if (isSweep && turn < 0) turn += 2 * Math.PI;
  if (!isSweep && turn > 0) turn -= 2 * Math.PI;
  const pieces = Math.max(1, Math.ceil(Math.abs(turn) / (Math.PI / 2) - 1e-9));
  const step = turn / pieces;
  const arm = (4 / 3) * Math.tan(step / 4);
  const place = (u: number, v: number): Point => {
    const [px, py] = [cx + rx * u, cy + ry * v];
    return { x: (from.x + to.x) / 2 + cos * px - sin * py, y: (from.y + to.y) / 2 + sin * px + cos * py };
  };
  return Array.from({ length: pieces }, (_, index) => {
    const [begin, end] = [first + step * index, first + step * (index + 1)];
    const [c1, s1, c2, s2] = [Math.cos(begin), Math.sin(begin), Math.cos(end), Math.sin(end)];
    return { kind: "C", points: [place(c1 - arm * s1, s1 + arm * c1), place(c2 + arm * s2, s2 - arm * c2), index === pieces - 1 ? to : place(c2, s2)] };
  });
}

export const mapPath = (path: readonly Segment[], matrix: Matrix): Segment[] => path.map(({ kind, points }) => ({ kind, points: points.map((point) => apply(matrix, point)) }));

const short = (number: number): string => {
  const text = String(Math.round(number * 1000) / 1000 || 0);
  return text.replace(/^(-?)0\./, "$1.");
};

/** Path data with at most three decimals. */
export function printPath(path: readonly Segment[]): string {
  return path.map(({ kind, points }) => kind + points.map(({ x, y }) => `${short(x)} ${short(y)}`).join(" ")).join("");
}

/** The exact box around a path; null if it has no point. */
export function boundsOfPath(path: readonly Segment[]): Rect | null {
  const extremes: Point[] = [];
  let at: Point = { x: 0, y: 0 };
  for (const { kind, points } of path) {
    const end = points.at(-1);
    if (!end) continue;
    extremes.push(end);
    if (kind === "Q" || kind === "C") extremes.push(...turningPoints([at, ...points]));
    at = end;
  }
  // A move at the end draws nothing, and counts for nothing.
  return extremes.length > 0 ? boundsOf(extremes) : null;
}

/** Where a curve turns round in x or in y. */
function turningPoints(curve: Point[]): Point[] {
  const times = (["x", "y"] as const).flatMap((axis) => {
    const [p0 = 0, p1 = 0, p2 = 0, p3 = 0] = curve.map((point) => point[axis]);
    if (curve.length === 3) return [(p0 - p1) / (p0 - 2 * p1 + p2)];
    const [a, b, c] = [p3 - 3 * p2 + 3 * p1 - p0, 2 * (p2 - 2 * p1 + p0), p1 - p0];
    if (Math.abs(a) < 1e-9) return [-c / b];
    const root = Math.sqrt(b * b - 4 * a * c);
    return [(-b + root) / (2 * a), (-b - root) / (2 * a)];
  });
  return times.filter((time) => time > 0 && time < 1).map((time) => at(curve, time));
}

function at(curve: readonly Point[], time: number): Point {
  let points = [...curve];
  while (points.length > 1) points = points.slice(1).map((point, index) => ({ x: (points[index]?.x ?? 0) * (1 - time) + point.x * time, y: (points[index]?.y ?? 0) * (1 - time) + point.y * time }));
  return points[0] ?? { x: 0, y: 0 };
}

/** The subpaths, each with its move. */
export function subpaths(path: readonly Segment[]): Segment[][] {
  const found: Segment[][] = [];
  let start: Point = { x: 0, y: 0 };
  for (const segment of path) {
    const last = found.at(-1);
    if (segment.kind === "M") found.push([segment]);
    // What follows a `Z` without a move begins where the closed one did.
    else if (last?.at(-1)?.kind === "Z") found.push([{ kind: "M", points: [start] }, segment]);
    else last?.push(segment);
    if (segment.kind === "M") start = segment.points[0] ?? start;
  }
  return found;
}

/** A subpath from its end to its start. */
export function reversed(path: readonly Segment[]): Segment[] {
  const drawn = path.filter(({ kind }) => kind !== "Z");
  const ends = drawn.map(({ points }) => points.at(-1) ?? { x: 0, y: 0 });
  const result: Segment[] = [{ kind: "M", points: [ends.at(-1) ?? { x: 0, y: 0 }] }];
  for (let index = drawn.length - 1; index > 0; index -= 1) {
    const segment = drawn[index];
    const before = ends[index - 1];
    if (segment && before) result.push({ kind: segment.kind, points: [...segment.points.slice(0, -1).reverse(), before] });
  }
  if (path.some(({ kind }) => kind === "Z")) result.push({ kind: "Z", points: [] });
  return result;
}

/** Twice the area that a subpath goes round, by its points: positive if clockwise on a screen. */
function turning(path: readonly Segment[]): number {
  const points = path.flatMap((segment) => segment.points);
  return points.reduce((sum, point, index) => {
    const next = points[(index + 1) % points.length] ?? point;
    return sum + point.x * next.y - next.x * point.y;
  }, 0);
}

/**
 * The path whose inside by the nonzero rule, which layers have, is that of the even-odd rule: outlines
 * that lie in each other turn in turns. Null where outlines cross, so that there is none.
 */
export function withoutEvenOdd(path: readonly Segment[]): Segment[] | null {
  const parts = subpaths(path);
  if (parts.length < 2 && parts.every((part) => part.length < 4)) return [...path];
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) return null;
  const shapes = parts.map((part) => new Path2D(printPath(part)));
  const result = parts.flatMap((part, index) => {
    const point = part[0]?.points[0] ?? { x: 0, y: 0 };
    const depth = shapes.filter((shape, other) => other !== index && context.isPointInPath(shape, point.x, point.y, "evenodd")).length;
    const isClockwise = turning(part) > 0;
    return isClockwise === (depth % 2 === 0) ? part : reversed(part);
  });
  return isSame(path, result) ? result : null;
}

/** Px of the longer side of the pictures in which two paths are compared. */
const COMPARED_PX = 240;

/** Whether a path filled by the even-odd rule looks as another one by the nonzero rule. */
function isSame(evenOdd: readonly Segment[], nonzero: readonly Segment[]): boolean {
  const bounds = boundsOfPath(evenOdd);
  if (!bounds || bounds.width === 0 || bounds.height === 0) return true;
  const scale = COMPARED_PX / Math.max(bounds.width, bounds.height);
  const draw = (path: readonly Segment[], rule: CanvasFillRule): Uint8ClampedArray | undefined => {
    const canvas = new OffscreenCanvas(COMPARED_PX, COMPARED_PX);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context?.setTransform(scale, 0, 0, scale, -bounds.x * scale, -bounds.y * scale);
    context?.fill(new Path2D(printPath(path)), rule);
    return context?.getImageData(0, 0, COMPARED_PX, COMPARED_PX).data;
  };
  const [one, two] = [draw(evenOdd, "evenodd"), draw(nonzero, "nonzero")];
  if (!one || !two) return false;
  let differs = 0;
  for (let index = 3; index < one.length; index += 4) if (Math.abs((one[index] ?? 0) - (two[index] ?? 0)) > 64) differs += 1;
  return differs < 12;
}

/** The outline of a rectangle with elliptical corners. */
export function rectPath({ x, y, width, height }: Rect, rx: number, ry: number): Segment[] {
  const d =
    rx > 0 && ry > 0
      ? `M${x + rx} ${y}H${x + width - rx}A${rx} ${ry} 0 0 1 ${x + width} ${y + ry}V${y + height - ry}A${rx} ${ry} 0 0 1 ${x + width - rx} ${y + height}H${x + rx}A${rx} ${ry} 0 0 1 ${x} ${y + height - ry}V${y + ry}A${rx} ${ry} 0 0 1 ${x + rx} ${y}Z`
      : `M${x} ${y}H${x + width}V${y + height}H${x}Z`;
  return readPath(d);
}

export function ellipsePath(cx: number, cy: number, rx: number, ry: number): Segment[] {
  return readPath(`M${cx + rx} ${cy}A${rx} ${ry} 0 1 1 ${cx - rx} ${cy}A${rx} ${ry} 0 1 1 ${cx + rx} ${cy}Z`);
}

/** The rectangle that a path is, if its sides are upright; null for any other path. */
export function rectOfPath(path: readonly Segment[]): Rect | null {
  const points = path.flatMap((segment) => segment.points);
  const isClosed = path.every(({ kind }) => kind === "M" || kind === "L" || kind === "Z") && path.filter(({ kind }) => kind === "M").length === 1;
  const bounds = boundsOfPath(path);
  if (!isClosed || !bounds || points.length < 4 || points.length > 5) return null;
  const near = (one: number, other: number): boolean => Math.abs(one - other) < 0.01;
  const isCorner = ({ x, y }: Point): boolean => (near(x, bounds.x) || near(x, bounds.x + bounds.width)) && (near(y, bounds.y) || near(y, bounds.y + bounds.height));
  const isUpright = points.every((point, index) => {
    const next = points[index + 1] ?? points[0] ?? point;
    return near(point.x, next.x) || near(point.y, next.y);
  });
  return points.every(isCorner) && isUpright && new Set(points.slice(0, 4).map(({ x, y }) => `${near(x, bounds.x)} ${near(y, bounds.y)}`)).size === 4 ? bounds : null;
}
