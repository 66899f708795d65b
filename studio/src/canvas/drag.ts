// Drags on the canvas: each begins at a point, previews a document while the pointer moves, and ends
// as one step of the history.

import { signal } from "@preact/signals";
import { placed as allPlaced } from "../engine/live.ts";
import { boundsOnCanvas, dragHandle, type Handle, moveBy, rotateTo, setRect, stretch, type Target, unturned } from "../model/arrange.ts";
import { apply, boundsOf, invert, middle, type Point, type Rect, unionOf } from "../model/geometry.ts";
import { type Doc, fresh, isStack, type Layer, type Node, plainNumber, rounded, type Uid, uid, withField } from "../model/layer.ts";
import { byPath, doc, edit, preview, selection } from "../model/store.ts";
import { insert, moveInto, placeless, remove } from "../model/structure.ts";
import { chain, type Scene, sceneNow, stackAt, targetsOf, touching } from "./hit.ts";
import { type Gap, type Guide, type Lines, snap } from "./snap.ts";
import { zoom } from "./viewport.ts";

/** The keys that are held during a drag. */
export interface Keys {
  shift: boolean;
  alt: boolean;
  /** Control, or Command on a Mac: without snapping. */
  control: boolean;
}

export interface Drag {
  move(point: Point, keys: Keys): void;
  /** Ends it; `cancel` forgets what it did. */
  end(cancel: boolean): void;
}

export const guides = signal<Guide[]>([]);
export const gaps = signal<Gap[]>([]);
/** The rectangle that is drawn with the pointer: a selection, or a new layer. */
export const marquee = signal<Rect | null>(null);
/** Where a layer would be put into a stack: a line on the canvas. */
export const dropLine = signal<{ from: Point; to: Point } | null>(null);

/** Px of the screen within which a box snaps. */
const REACH_PX = 6;

function clearMarks(): void {
  guides.value = [];
  gaps.value = [];
  dropLine.value = null;
}

/**
 * A drag that previews what `change` makes of the document. What arrives meanwhile (an image that
 * was dropped, an undo by key) is not lost: the last move is made again on the newer document.
 */
export function documentDrag(label: string, change: (base: Doc, point: Point, keys: Keys) => Doc, chosen: () => readonly Uid[] | undefined = () => undefined): Drag {
  let last: { base: Doc; point: Point; keys: Keys } | null = null;
  return {
    move: (point, keys) => {
      last = { base: doc.peek(), point, keys };
      preview.value = change(last.base, point, keys);
    },
    end: (cancel) => {
      const ended = preview.peek();
      const isStale = last !== null && last.base !== doc.peek();
      const next = cancel || !last ? null : isStale ? change(doc.peek(), last.point, last.keys) : ended;
      clearMarks();
      preview.value = null;
      const select = chosen();
      if (next) edit(label, () => next, select ? { select } : {});
    },
  };
}

/** The boxes that moved layers snap to: all that are in none of them, and the canvas. */
function snapTargets(moved: readonly Node[], base: Doc): Rect[] {
  const uids = new Set(moved.map((node) => node.uid));
  const others = allPlaced.peek().filter((placed) => {
    const node = byPath.peek().get(placed.path);
    return node && !chain(node).some((above) => uids.has(above.uid)) && !node.layer.children?.some((child) => uids.has(uid(child)));
  });
  return [{ x: 0, y: 0, width: base.width, height: base.height }, ...others.map((placed) => boundsOf(placed.corners))];
}

/** Moves the selected layers. With Alt held at first, copies of them. */
export function moveDrag(nodes: readonly Node[], start: Point, copies: boolean): Drag {
  const [targets, scene] = [targetsOf(nodes), sceneNow()];
  const bounds = unionOf(targets.map(boundsOnCanvas)) ?? { x: start.x, y: start.y, width: 0, height: 0 };
  const others = snapTargets(copies ? [] : nodes, doc.peek());
  const stacked = nodes.every((node) => isStack(node.parent?.layer));
  let made: Uid[] | null = null;

  const place = (base: Doc, point: Point, keys: Keys): Doc => {
    let distance = { x: point.x - start.x, y: point.y - start.y };
    if (keys.shift) distance = Math.abs(distance.x) > Math.abs(distance.y) ? { x: distance.x, y: 0 } : { x: 0, y: distance.y };
    const stack = keys.control || copies ? null : stackAt(scene, point, nodes);
    if (stack) {
      guides.value = [];
      gaps.value = [];
      return intoStack(scene, base, nodes, stack, point);
    }
    dropLine.value = null;
    const free = stacked && !copies ? outOfStack(base, targets) : base;
    const moved = { ...bounds, x: bounds.x + distance.x, y: bounds.y + distance.y };
    if (keys.control) {
      guides.value = [];
      gaps.value = [];
    } else {
      const snapped = snap(moved, others, REACH_PX / zoom.peek());
      distance = { x: distance.x + snapped.dx, y: distance.y + snapped.dy };
      guides.value = snapped.guides;
      gaps.value = snapped.gaps;
    }
    // Whole px, where the boxes have whole px.
    const whole = { x: rounded(Math.round(bounds.x + distance.x) - bounds.x), y: rounded(Math.round(bounds.y + distance.y) - bounds.y) };
    const by = guides.value.length > 0 || gaps.value.length > 0 ? { x: rounded(distance.x), y: rounded(distance.y) } : whole;
    if (copies) return withCopies(base, targets, by);
    return stacked ? freed(free, targets, by) : moveBy(free, targets, by);
  };

  const withCopies = (from: Doc, of: Target[], by: Point): Doc => {
    const pairs = of.map((target) => ({ target, layer: fresh(target.node.layer) }));
    made = pairs.map(({ layer }) => uid(layer));
    return pairs.reduce((next, { target, layer }) => {
      const shifted = moveBy({ ...from, layers: [target.node.layer] }, [target], by).layers[0] ?? layer;
      const copy: Layer = { ...layer };
      for (const field of ["x", "y"]) if (shifted[field] !== undefined) copy[field] = shifted[field];
      const parent = target.node.parent?.uid ?? null;
      return insert(next, [copy], parent, target.node.index + 1);
    }, from);
  };

  return documentDrag(copies ? "Duplicate" : "Move", place, () => made ?? undefined);
}

/** Puts layers into a stack, where the pointer is among its children. */
function intoStack(scene: Scene, base: Doc, moved: readonly Node[], stack: Target, point: Point): Doc {
  const isRow = stack.node.layer["direction"] === "row";
  const uids = new Set(moved.map((node) => node.uid));
  const children = [...scene.byPath.values()].filter((node) => node.parent?.uid === stack.node.uid && !uids.has(node.uid));
  const at = apply(invert(stack.placed.matrix), point);
  let index = 0;
  let line: number | null = null;
  const own = stack.placed.box;
  for (const child of children) {
    const box = scene.placedByPath.get(child.path)?.box;
    if (!box) continue;
    const center = middle(box);
    if ((isRow ? at.x : at.y) > (isRow ? center.x : center.y)) {
      index = child.index + 1;
      line = isRow ? box.x + box.width : box.y + box.height;
    } else {
      line ??= isRow ? box.x : box.y;
      break;
    }
  }
  line ??= isRow ? own.x : own.y;
  const [from, to] = isRow
    ? [{ x: line, y: own.y }, { x: line, y: own.y + own.height }]
    : [{ x: own.x, y: line }, { x: own.x + own.width, y: line }];
  dropLine.value = { from: apply(stack.placed.matrix, from), to: apply(stack.placed.matrix, to) };
  const same = moved.every((node) => node.parent?.uid === stack.node.uid);
  return moveInto(base, same ? [...moved] : moved.map((node) => ({ ...node, layer: placeless(node.layer) })), stack.node, index);
}

/** Takes layers out of their stack onto the canvas, where they are. */
function outOfStack(base: Doc, targets: Target[]): Doc {
  const layers = targets.map(({ node, placed }) => {
    const center = apply(placed.outer, middle(placed.box));
    const { width, height } = placed.box;
    let layer = withField(withField(node.layer, "x", rounded(center.x - width / 2)), "y", rounded(center.y - height / 2));
    for (const [field, px] of [["width", width], ["height", height]] as const) {
      if (layer[field] === "fill" || (typeof layer[field] === "string" && layer[field].endsWith("%"))) layer = withField(layer, field, rounded(px));
    }
    return layer;
  });
  return insert(remove(base, new Set(targets.map(({ node }) => node.uid))), layers, null, base.layers.length);
}

/** Moves layers that have just been taken out of their stack. */
function freed(free: Doc, targets: Target[], by: Point): Doc {
  const uids = new Set(targets.map(({ node }) => node.uid));
  return {
    ...free,
    layers: free.layers.map((layer) => {
      if (!uids.has(uid(layer))) return layer;
      const [x, y] = [plainNumber(layer["x"]) ?? 0, plainNumber(layer["y"]) ?? 0];
      return withField(withField(layer, "x", rounded(x + by.x)), "y", rounded(y + by.y));
    }),
  };
}

/** Resizes one layer by a handle, or several together. */
export function resizeDrag(nodes: readonly Node[], handle: Handle): Drag {
  const targets = targetsOf(nodes);
  const [only] = targets;
  const others = snapTargets(nodes, doc.peek());
  const union = unionOf(targets.map((target) => target.placed.box));
  const lines = linesOf(handle);

  return documentDrag("Resize", (base, point, keys) => {
    if (!only || !union) return base;
    const options = { keepRatio: keys.shift, fromMiddle: keys.alt };
    const single = targets.length === 1;
    const isTurned = single && only.placed.matrix.b !== 0;
    const own = single ? only.placed.box : union;
    const at = single ? apply(invert(only.placed.matrix), point) : point;
    let rect = dragHandle(own, handle, at, options);
    guides.value = [];
    if (!keys.control && !isTurned && !keys.shift) {
      const snapped = snap(rect, others, REACH_PX / zoom.peek(), lines);
      rect = dragHandle(own, handle, { x: at.x + snapped.dx, y: at.y + snapped.dy }, options);
      guides.value = snapped.guides;
    }
    if (guides.value.length === 0 && !keys.shift) rect = dragHandle(own, handle, { x: Math.round(at.x), y: Math.round(at.y) }, options);
    return single ? setRect(base, only, unturned(only.placed, rect)) : stretch(base, targets, union, rect);
  });
}

function linesOf(handle: Handle): { x: Lines; y: Lines } {
  return {
    x: handle.includes("w") ? ["start"] : handle.includes("e") ? ["end"] : [],
    y: handle.includes("n") ? ["start"] : handle.includes("s") ? ["end"] : [],
  };
}

/** Degrees between the steps of a rotation with Shift. */
const STEP_DEGREES = 15;

export function rotateDrag(node: Node, start: Point): Drag {
  const [target] = targetsOf([node]);
  if (!target) return { move: () => {}, end: () => {} };
  const center = apply(target.placed.outer, middle(target.placed.box));
  const angle = (point: Point): number => (Math.atan2(point.y - center.y, point.x - center.x) * 180) / Math.PI;
  const [first, own] = [angle(start), target.placed.box.rotate ?? 0];
  return documentDrag("Rotate", (base, point, keys) => {
    let degrees = own + angle(point) - first;
    if (keys.shift) degrees = Math.round(degrees / STEP_DEGREES) * STEP_DEGREES;
    return rotateTo(base, target, degrees);
  });
}

function rectOf(one: Point, other: Point): Rect {
  return boundsOf([one, other]);
}

/** Selects what a rectangle touches; with Shift in addition to what is selected. */
export function marqueeDrag(start: Point, add: boolean): Drag {
  const before = selection.peek();
  return {
    move: (point) => {
      const area = rectOf(start, point);
      marquee.value = area;
      const found = touching(area).map((node) => node.uid);
      selection.value = add ? [...new Set([...before, ...found])] : found;
    },
    end: (cancel) => {
      marquee.value = null;
      if (cancel) selection.value = before;
    },
  };
}

/** Draws a new layer. `make` gets its box; a click without a drag gets none. */
export function drawDrag(start: Point, make: (area: Rect | null) => void): Drag {
  const first = { x: Math.round(start.x), y: Math.round(start.y) };
  return {
    move: (point, keys) => {
      const area = rectOf(first, { x: Math.round(point.x), y: Math.round(point.y) });
      if (keys.shift) area.width = area.height = Math.max(area.width, area.height);
      marquee.value = area;
    },
    end: (cancel) => {
      const area = marquee.peek();
      marquee.value = null;
      if (!cancel) make(area && area.width >= 2 && area.height >= 2 ? area : null);
    },
  };
}
