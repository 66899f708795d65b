// The shapes of an SVG → rects, ellipses, lines and paths, without their paint.

import { apply, boundsOf, type Matrix, type Rect } from "../model/geometry.ts";
import type { Layer } from "../model/layer.ts";
import { cornersOfRect } from "./effect.ts";
import { hundredths, isSimilar, thousandths, whole } from "./layers.ts";
import { boundsOfPath, ellipsePath, mapPath, printPath, readPath, rectPath, type Segment, withoutEvenOdd } from "./path.ts";

/** A shape as a layer. */
export interface Form {
  layer: Layer;
  frame: Rect;
  /** The box that it covers once it is turned. */
  covered: Rect;
  /** From the element's coordinates to those of the frame, without its turn. */
  matrix: Matrix;
}

/** The layer that a shape is, without its paint; null for a shape without any extent. */
export function formOf(element: SVGGeometryElement, matrix: Matrix, style: CSSStyleDeclaration): Form | null | "crossing" {
  const box = element.getBBox();
  const isUpright = Math.abs(matrix.b) < 1e-4 && Math.abs(matrix.c) < 1e-4 && matrix.a > 0 && matrix.d > 0;
  const turns = isSimilar(matrix) && matrix.a * matrix.d - matrix.b * matrix.c > 0;
  const kind = element.localName;
  if (kind === "line" && element instanceof SVGLineElement) {
    const [x1, y1, x2, y2] = [element.x1, element.y1, element.x2, element.y2].map((length) => length.baseVal.value) as [number, number, number, number];
    const [from, to] = [apply(matrix, { x: x1, y: y1 }), apply(matrix, { x: x2, y: y2 })];
    const frame = boundsOf([from, to]);
    const layer: Layer = { type: "line", ...whole(frame), x1: hundredths(from.x - frame.x), y1: hundredths(from.y - frame.y), x2: hundredths(to.x - frame.x), y2: hundredths(to.y - frame.y) };
    return { layer, frame, covered: frame, matrix };
  }
  const corners = element instanceof SVGRectElement ? cornersOfRect(element) : null;
  const isBox = corners ? corners.rx === corners.ry || (corners.rx === 0) !== (corners.ry === 0) : kind === "circle" || kind === "ellipse";
  if (isBox && (isUpright || turns)) {
    if (box.width === 0 || box.height === 0) return null;
    // The box before it is turned around its middle.
    const [width, height] = [box.width * Math.hypot(matrix.a, matrix.b), box.height * Math.hypot(matrix.c, matrix.d)];
    const center = apply(matrix, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const frame = { x: center.x - width / 2, y: center.y - height / 2, width, height };
    const degrees = isUpright ? 0 : Math.round(((Math.atan2(matrix.b, matrix.a) * 180) / Math.PI) * 100) / 100;
    const radius = corners && corners.rx > 0 && corners.ry > 0 ? corners.rx * Math.hypot(matrix.a, matrix.b) : 0;
    const isSound = radius === 0 || isSimilar(matrix);
    const local: Matrix = { a: width / box.width, b: 0, c: 0, d: height / box.height, e: frame.x - (box.x * width) / box.width, f: frame.y - (box.y * height) / box.height };
    const covered = boundsOf([0, 1, 2, 3].map((corner) => apply(matrix, { x: box.x + (corner % 2) * box.width, y: box.y + (corner > 1 ? box.height : 0) })));
    const layer: Layer = { type: kind === "rect" ? "rect" : "ellipse", ...whole(frame), ...(degrees !== 0 && { rotate: degrees }), ...(radius > 0 && { radius: hundredths(radius) }) };
    if (isSound) return { layer, frame, covered, matrix: local };
  }
  let path = mapPath(outlineOf(element), matrix);
  if (style.fillRule === "evenodd" && style.fill !== "none") {
    const same = withoutEvenOdd(path);
    if (!same) return "crossing";
    path = same;
  }
  const covered = boundsOfPath(path);
  if (!covered) return null;
  // A line has no height; its layer has, so that it can be picked.
  const frame = { x: covered.x, y: covered.y, width: Math.max(covered.width, 0.01), height: Math.max(covered.height, 0.01) };
  const moved = mapPath(path, { a: 1, b: 0, c: 0, d: 1, e: -frame.x, f: -frame.y });
  const view = [0, 0, thousandths(frame.width), thousandths(frame.height)];
  return { layer: { type: "path", ...whole(frame), d: printPath(moved), view_box: view }, frame, covered, matrix };
}

function outlineOf(element: SVGGeometryElement): Segment[] {
  if (element instanceof SVGRectElement) {
    const { rx, ry } = cornersOfRect(element);
    const { x, y, width, height } = element.getBBox();
    return rectPath({ x, y, width, height }, rx, ry);
  }
  if (element instanceof SVGCircleElement || element instanceof SVGEllipseElement) {
    const { x, y, width, height } = element.getBBox();
    return ellipsePath(x + width / 2, y + height / 2, width / 2, height / 2);
  }
  if (element instanceof SVGPathElement) return readPath(element.getAttribute("d") ?? "");
  const points = (element.getAttribute("points") ?? "").match(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g) ?? [];
  return points.length < 2 ? [] : readPath(`M${points.join(" ")}${element.localName === "polygon" ? "Z" : ""}`);
}
