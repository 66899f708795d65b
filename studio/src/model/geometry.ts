// Boxes of layers on the canvas, in template px, with the rotations of what they are in.

import type { LayerBox } from "../engine/renderer.ts";
import { isWithin } from "./corners.ts";

export interface Point {
  x: number;
  y: number;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An affine map: x' = a x + c y + e, y' = b x + d y + f. */
export interface Matrix {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

export const IDENTITY: Matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

export function multiply(m: Matrix, n: Matrix): Matrix {
  return {
    a: m.a * n.a + m.c * n.b,
    b: m.b * n.a + m.d * n.b,
    c: m.a * n.c + m.c * n.d,
    d: m.b * n.c + m.d * n.d,
    e: m.a * n.e + m.c * n.f + m.e,
    f: m.b * n.e + m.d * n.f + m.f,
  };
}

export function invert(m: Matrix): Matrix {
  const determinant = m.a * m.d - m.b * m.c || 1;
  return {
    a: m.d / determinant,
    b: -m.b / determinant,
    c: -m.c / determinant,
    d: m.a / determinant,
    e: (m.c * m.f - m.d * m.e) / determinant,
    f: (m.b * m.e - m.a * m.f) / determinant,
  };
}

export const apply = (m: Matrix, { x, y }: Point): Point => ({ x: m.a * x + m.c * y + m.e, y: m.b * x + m.d * y + m.f });

/** The same without the map's translation: for distances. */
export const applyVector = (m: Matrix, { x, y }: Point): Point => ({ x: m.a * x + m.c * y, y: m.b * x + m.d * y });

/** A turn clockwise around a point. */
export function turn(degrees: number, { x, y }: Point): Matrix {
  if (degrees % 360 === 0) return IDENTITY;
  const radians = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  return { a: cos, b: sin, c: -sin, d: cos, e: x - cos * x + sin * y, f: y - sin * x - cos * y };
}

export const middle = (rect: Rect): Point => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });

/** A layer's box with the map from its own coordinates to the canvas. */
export interface Placed {
  path: string;
  box: LayerBox;
  /** From the coordinates of `box` to the canvas, its own rotation included. */
  matrix: Matrix;
  /** The same without its own rotation: that of the layer that it is in. */
  outer: Matrix;
  parent: Placed | null;
  /** The corners on the canvas, from the top left, clockwise. */
  corners: [Point, Point, Point, Point];
}

/** All boxes of a report, in drawing order; a parent before its children. */
export function place(boxes: LayerBox[]): Placed[] {
  const found: Placed[] = [];
  const visit = (list: LayerBox[], outer: Matrix, parent: Placed | null): void => {
    for (const box of list) {
      const matrix = box.rotate ? multiply(outer, turn(box.rotate, middle(box))) : outer;
      const placed: Placed = { path: box.path, box, matrix, outer, parent, corners: seenCorners(box) ?? cornersOf(box, matrix) };
      found.push(placed);
      if (box.children) visit(box.children, matrix, placed);
    }
  };
  visit(boxes, IDENTITY, null);
  return found;
}

/** The corners of a layer that the renderer has found. */
function seenCorners({ corners }: LayerBox): [Point, Point, Point, Point] | null {
  const [a, b, c, d] = (corners ?? []).map(([x, y]) => ({ x, y }));
  return a && b && c && d ? [a, b, c, d] : null;
}

export function cornersOf({ x, y, width, height }: Rect, matrix: Matrix): [Point, Point, Point, Point] {
  return [
    apply(matrix, { x, y }),
    apply(matrix, { x: x + width, y }),
    apply(matrix, { x: x + width, y: y + height }),
    apply(matrix, { x, y: y + height }),
  ];
}

/** The upright rectangle around points. */
export function boundsOf(points: Point[]): Rect {
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export function unionOf(rects: Rect[]): Rect | null {
  if (rects.length === 0) return null;
  return boundsOf(rects.flatMap(({ x, y, width, height }) => [{ x, y }, { x: x + width, y: y + height }]));
}

/** Whether a point of the canvas is in a box, or at most `slack` px beside it. */
export function hits(placed: Placed, point: Point, slack: number): boolean {
  const { box } = placed;
  if (box.corners) return isWithin(placed.corners, point);
  const { x, y } = apply(invert(placed.matrix), point);
  return x >= box.x - slack && y >= box.y - slack && x <= box.x + box.width + slack && y <= box.y + box.height + slack;
}

export const overlaps = (one: Rect, other: Rect): boolean =>
  one.x <= other.x + other.width && other.x <= one.x + one.width && one.y <= other.y + other.height && other.y <= one.y + one.height;
