// Places and sizes of layers: move, resize, align, distribute.
//
// A length keeps its unit: a percentage stays one. A length that is an expression stays as it is,
// because only its author knows what it means.

import { applyVector, boundsOf, invert, middle, type Placed, type Point, type Rect, unionOf, apply } from "./geometry.ts";
import { cornersIn, movedCorners } from "./corners.ts";
import { changeLayers, type Doc, isExpression, isStack, type Layer, type Node, percent, plainNumber, rounded, type Uid, uid, withField } from "./layer.ts";

/** A layer with its box. */
export interface Target {
  node: Node;
  placed: Placed;
}

/** The box that a layer's lengths are relative to. */
export function room(target: Target, doc: Doc): Rect {
  return target.placed.parent?.box ?? { x: 0, y: 0, width: doc.width, height: doc.height };
}

const isInStack = (node: Node): boolean => isStack(node.parent?.layer);

/** The value of a length after it changed by some px; the same value if it cannot change. */
function shifted(value: unknown, by: number, whole: number): unknown {
  if (by === 0) return value;
  const number = plainNumber(value ?? 0);
  if (number !== null) return rounded(number + by);
  const share = percent(value);
  if (share !== null) return `${rounded(share + (by / (whole || 1)) * 100)}%`;
  return value;
}

/** The value of a size that becomes `px`; the same value if it cannot change. */
function resized(value: unknown, px: number, whole: number): unknown {
  if (isExpression(value)) return value;
  if (percent(value) !== null) return `${rounded((px / (whole || 1)) * 100)}%`;
  return rounded(px);
}

/** Moves layers by a distance on the canvas. Children of stacks stay: their stack places them. */
export function moveBy(doc: Doc, targets: Target[], distance: Point): Doc {
  const moves = new Map<Uid, (layer: Layer) => Layer>();
  for (const target of targets) {
    if (isInStack(target.node)) continue;
    const by = applyVector(invert(target.placed.outer), distance);
    const { width, height } = room(target, doc);
    const corners = cornersIn(target.node.layer);
    moves.set(target.node.uid, (layer) => {
      if (corners) return withField(layer, "corners", movedCorners(corners, by, { width, height }));
      const x = shifted(layer["x"], rounded(by.x), width);
      const y = shifted(layer["y"], rounded(by.y), height);
      return withField(withField(layer, "x", x), "y", y);
    });
  }
  return changeLayers(doc, new Set(moves.keys()), (layer) => moves.get(uid(layer))?.(layer) ?? layer);
}

export type Handle = "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw";

export interface ResizeOptions {
  keepRatio: boolean;
  fromMiddle: boolean;
}

/** The least side of a box that is dragged, in px. */
const LEAST_PX = 1;

/**
 * The box that a handle makes when it is dragged to a point of the box's own coordinates. The
 * opposite side stays.
 */
export function dragHandle(box: Rect, handle: Handle, to: Point, { keepRatio, fromMiddle }: ResizeOptions): Rect {
  const center = middle(box);
  let [left, top, right, bottom] = [box.x, box.y, box.x + box.width, box.y + box.height];
  const [west, east, north, south] = [handle.includes("w"), handle.includes("e"), handle.includes("n"), handle.includes("s")];
  if (west) left = Math.min(to.x, (fromMiddle ? center.x : right) - LEAST_PX);
  if (east) right = Math.max(to.x, (fromMiddle ? center.x : left) + LEAST_PX);
  if (north) top = Math.min(to.y, (fromMiddle ? center.y : bottom) - LEAST_PX);
  if (south) bottom = Math.max(to.y, (fromMiddle ? center.y : top) + LEAST_PX);
  if (fromMiddle) {
    if (west) right = 2 * center.x - left;
    if (east) left = 2 * center.x - right;
    if (north) bottom = 2 * center.y - top;
    if (south) top = 2 * center.y - bottom;
  }
  let [width, height] = [right - left, bottom - top];
  if (keepRatio && box.width > 0 && box.height > 0) {
    const scale = west || east ? (north || south ? Math.max(width / box.width, height / box.height) : width / box.width) : height / box.height;
    [width, height] = [box.width * scale, box.height * scale];
    const anchorX = fromMiddle || !(west || east) ? 0.5 : west ? 1 : 0;
    const anchorY = fromMiddle || !(north || south) ? 0.5 : north ? 1 : 0;
    left = box.x + (box.width - width) * anchorX;
    top = box.y + (box.height - height) * anchorY;
  }
  return { x: left, y: top, width, height };
}

/** The same box, in the coordinates outside of the layer's rotation. */
export function unturned(placed: Placed, own: Rect): Rect {
  const center = apply(invert(placed.outer), apply(placed.matrix, middle(own)));
  return { x: center.x - own.width / 2, y: center.y - own.height / 2, width: own.width, height: own.height };
}

/** Gives a layer a box, in the coordinates outside of its rotation. */
export function setRect(doc: Doc, target: Target, rect: Rect): Doc {
  const { node, placed } = target;
  const { box } = placed;
  const whole = room(target, doc);
  return changeLayers(doc, new Set([node.uid]), (layer) => {
    let next = layer;
    if (!isInStack(node)) {
      next = withField(next, "x", shifted(next["x"], rounded(rect.x - box.x), whole.width));
      next = withField(next, "y", shifted(next["y"], rounded(rect.y - box.y), whole.height));
    }
    const [wider, higher] = [Math.abs(rect.width - box.width) > 0.005, Math.abs(rect.height - box.height) > 0.005];
    if (wider) next = withField(next, "width", resized(next["width"], rect.width, whole.width));
    if (higher) next = withField(next, "height", resized(next["height"], rect.height, whole.height));
    if (next.type === "group" && next.children && box.width > 0 && box.height > 0 && (wider || higher)) {
      const [sx, sy] = [rect.width / box.width, rect.height / box.height];
      next = { ...next, children: next.children.map((child) => scaled(child, sx, sy)) };
    }
    return next;
  });
}

/** A layer of a group that was stretched. */
function scaled(layer: Layer, sx: number, sy: number): Layer {
  let next = layer;
  for (const [field, by] of [["x", sx], ["y", sy], ["width", sx], ["height", sy]] as const) {
    const number = plainNumber(next[field]);
    if (number !== null) next = withField(next, field, rounded(number * by));
  }
  if (next.type === "group" && next.children) next = { ...next, children: next.children.map((child) => scaled(child, sx, sy)) };
  return next;
}

/** Stretches several layers from one box around all of them to another. */
export function stretch(doc: Doc, targets: Target[], from: Rect, to: Rect): Doc {
  const [sx, sy] = [to.width / (from.width || 1), to.height / (from.height || 1)];
  return targets.reduce((next, target) => {
    const { box } = target.placed;
    const rect = { x: to.x + (box.x - from.x) * sx, y: to.y + (box.y - from.y) * sy, width: box.width * sx, height: box.height * sy };
    return setRect(next, target, rect);
  }, doc);
}

/** Turns a layer by some degrees; steps of 15° with `steps`. */
export function rotateTo(doc: Doc, target: Target, degrees: number): Doc {
  const turned = Math.round((((degrees % 360) + 540) % 360) - 180);
  return changeLayers(doc, new Set([target.node.uid]), (layer) =>
    isExpression(layer["rotate"]) ? layer : withField(layer, "rotate", turned === 0 ? undefined : turned),
  );
}

export type Alignment = "left" | "center" | "right" | "top" | "middle" | "bottom";

/** The box of a target on the canvas. */
export const boundsOnCanvas = (target: Target): Rect => boundsOf(target.placed.corners);

/** Aligns layers with each other; one alone with what it is in. */
export function align(doc: Doc, targets: Target[], how: Alignment): Doc {
  const boxes = targets.map(boundsOnCanvas);
  const [only] = targets;
  const frame = targets.length === 1 && only ? (only.placed.parent ? boundsOf(only.placed.parent.corners) : room(only, doc)) : unionOf(boxes);
  if (!frame) return doc;
  return targets.reduce((next, target, index) => {
    const box = boxes[index];
    if (!box) return next;
    const distance: Point = { x: 0, y: 0 };
    if (how === "left") distance.x = frame.x - box.x;
    if (how === "center") distance.x = frame.x + frame.width / 2 - (box.x + box.width / 2);
    if (how === "right") distance.x = frame.x + frame.width - (box.x + box.width);
    if (how === "top") distance.y = frame.y - box.y;
    if (how === "middle") distance.y = frame.y + frame.height / 2 - (box.y + box.height / 2);
    if (how === "bottom") distance.y = frame.y + frame.height - (box.y + box.height);
    return moveBy(next, [target], distance);
  }, doc);
}

/** Gives layers equal gaps along an axis; the outer ones stay. */
export function distribute(doc: Doc, targets: Target[], axis: "x" | "y"): Doc {
  const size = axis === "x" ? "width" : "height";
  const sorted = targets.map((target) => ({ target, box: boundsOnCanvas(target) })).sort((one, two) => one.box[axis] - two.box[axis]);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (sorted.length < 3 || !first || !last) return doc;
  const taken = sorted.reduce((sum, { box }) => sum + box[size], 0);
  const gap = (last.box[axis] + last.box[size] - first.box[axis] - taken) / (sorted.length - 1);
  let at = first.box[axis];
  let next = doc;
  for (const { target, box } of sorted) {
    const by = at - box[axis];
    next = moveBy(next, [target], axis === "x" ? { x: by, y: 0 } : { x: 0, y: by });
    at += box[size] + gap;
  }
  return next;
}
