// The tree of a document: remove, duplicate, group, order, hide, lock.

import type { Rect } from "./geometry.ts";
import { changeLayers, type Doc, fresh, isContainer, isStack, type Layer, LOCKED, mapLayers, type Node, newUid, plainNumber, rounded, type Slot, UID, type Uid, uid, withField, withSlots } from "./layer.ts";

export function remove(doc: Doc, uids: ReadonlySet<Uid>): Doc {
  return mapLayers(doc, (layer) => (uids.has(uid(layer)) ? null : layer));
}

/** Puts layers into a parent (null: the canvas), in front of the one that is at `index` now. */
export function insert(doc: Doc, layers: Layer[], parent: Uid | null, index: number, slot: Slot = "children"): Doc {
  const into = (list: Layer[]): Layer[] => [...list.slice(0, index), ...layers, ...list.slice(index)];
  if (parent === null) return { ...doc, layers: into(doc.layers) };
  return changeLayers(doc, new Set([parent]), (layer) => ({ ...layer, [slot]: into(layer[slot] ?? []) }));
}

/** Moves layers to another place in the tree. What is dropped into itself stays. */
export function moveInto(doc: Doc, moved: Node[], parent: Node | null, index: number, slot: Slot = "children"): Doc {
  for (let above = parent; above; above = above.parent) if (moved.some((node) => node.uid === above?.uid)) return doc;
  const before = moved.filter((node) => (node.parent?.uid ?? null) === (parent?.uid ?? null) && node.slot === slot && node.index < index).length;
  const rest = remove(doc, new Set(moved.map((node) => node.uid)));
  return insert(rest, moved.map((node) => node.layer), parent?.uid ?? null, index - before, slot);
}

/** Copies of layers, each above its original and a little aside; in a stack, behind it. */
export function duplicate(doc: Doc, nodes: readonly Node[], aside: number): { doc: Doc; copies: Uid[] } {
  const copies: Uid[] = [];
  const inStack = new Map(nodes.map((node) => [node.uid, isStack(node.parent?.layer)]));
  const next = mapLayers(doc, (layer) => {
    const isInStack = inStack.get(uid(layer));
    if (isInStack === undefined) return layer;
    const copy = isInStack ? fresh(layer) : shiftedBy(fresh(layer), aside, aside);
    copies.push(uid(copy));
    return [layer, copy];
  });
  return { doc: next, copies };
}

/** A layer without a place, as the children of a stack are. */
export const placeless = (layer: Layer): Layer => withField(withField(layer, "x", undefined), "y", undefined);

/** A layer moved by some px, where its place is written out. */
export function shiftedBy(layer: Layer, dx: number, dy: number): Layer {
  const [x, y] = [plainNumber(layer["x"] ?? 0), plainNumber(layer["y"] ?? 0)];
  let next = layer;
  if (x !== null && dx !== 0) next = withField(next, "x", rounded(x + dx));
  if (y !== null && dy !== 0) next = withField(next, "y", rounded(y + dy));
  return next;
}

/**
 * Puts siblings into a group or a stack, at the place of the frontmost. `frames` has their boxes and
 * `frame` the box around them, in the coordinates of their parent.
 */
export function wrap(doc: Doc, nodes: Node[], type: "group" | "stack", frame: Rect, frames: ReadonlyMap<Uid, Rect>): { doc: Doc; uid: Uid } {
  const ordered = [...nodes].sort((one, two) => one.index - two.index);
  const front = ordered.at(-1);
  const made = newUid();
  if (!front) return { doc, uid: made };
  const parent = front.parent;
  const isPlaced = !isStack(parent?.layer);
  const children = ordered.map(({ layer }) => {
    if (type === "stack") return placeless(layer);
    if (isPlaced) return shiftedBy(layer, -frame.x, -frame.y);
    const own = frames.get(uid(layer)) ?? frame;
    return withField(withField(layer, "x", rounded(own.x - frame.x)), "y", rounded(own.y - frame.y));
  });
  const container: Layer = {
    type,
    ...(isPlaced && { x: rounded(frame.x), y: rounded(frame.y) }),
    ...(type === "stack" && { direction: "column", gap: 16 }),
    children,
    [UID]: made,
  };
  const index = front.index - ordered.filter((node) => node !== front && node.index < front.index).length;
  const rest = remove(doc, new Set(ordered.map((node) => node.uid)));
  return { doc: insert(rest, [container], parent?.uid ?? null, index, front.slot), uid: made };
}

/**
 * Takes containers apart. `frames` has the box of each child relative to the container's parent, so
 * that the children of a stack stay where they are.
 */
export function unwrap(doc: Doc, nodes: readonly Node[], frames: ReadonlyMap<Uid, Rect>): { doc: Doc; freed: Uid[] } {
  const freed: Uid[] = [];
  const inStack = new Map(nodes.map((node) => [node.uid, isStack(node.parent?.layer)]));
  const next = mapLayers(doc, (layer) => {
    const isInStack = inStack.get(uid(layer));
    if (isInStack === undefined || !isContainer(layer)) return layer;
    return (layer.children ?? []).map((child) => {
      freed.push(uid(child));
      if (isInStack) return placeless(child);
      const frame = frames.get(uid(child));
      if (!frame) return child;
      const isPlain = (value: unknown) => value === undefined || plainNumber(value) !== null;
      const x = isStack(layer) || isPlain(child["x"]) ? rounded(frame.x) : child["x"];
      const y = isStack(layer) || isPlain(child["y"]) ? rounded(frame.y) : child["y"];
      let copy = withField(withField(child, "x", x), "y", y);
      // There is no stack to fill any more.
      if (copy["width"] === "fill") copy = withField(copy, "width", rounded(frame.width));
      if (copy["height"] === "fill") copy = withField(copy, "height", rounded(frame.height));
      return copy;
    });
  });
  return { doc: next, freed };
}

export type Order = "front" | "forward" | "backward" | "back";

/** Changes what lies in front of what, among the children of one parent. */
export function reorder(doc: Doc, uids: ReadonlySet<Uid>, order: Order): Doc {
  const sorted = (list: Layer[]): Layer[] => {
    if (!list.some((layer) => uids.has(uid(layer)))) return list;
    const [chosen, others] = [list.filter((layer) => uids.has(uid(layer))), list.filter((layer) => !uids.has(uid(layer)))];
    if (order === "front") return [...others, ...chosen];
    if (order === "back") return [...chosen, ...others];
    const result = order === "forward" ? [...list].reverse() : [...list];
    // Each one steps over the neighbour in its way, unless that one is chosen too.
    for (let at = 1; at < result.length; at += 1) {
      const [before, here] = [result[at - 1], result[at]];
      if (before && here && uids.has(uid(here)) && !uids.has(uid(before))) [result[at - 1], result[at]] = [here, before];
    }
    return order === "forward" ? result.reverse() : result;
  };
  const next = mapLayers(doc, (layer) => withSlots(layer, sorted));
  const layers = sorted(next.layers);
  return layers === next.layers ? next : { ...next, layers };
}

/** A condition that never holds, in front of the layer's own. */
const HIDDEN = /^false(?: and \(([\s\S]*)\))?$/;

/** Whether the editor has hidden a layer: a hidden layer is in no picture. */
export const isHidden = (layer: Layer): boolean => typeof layer["when"] === "string" && HIDDEN.test(layer["when"]);

/** Hides layers, or shows them if all are hidden. */
export function toggleHidden(doc: Doc, nodes: Node[]): Doc {
  const all = nodes.every(({ layer }) => isHidden(layer));
  return changeLayers(doc, new Set(nodes.map((node) => node.uid)), (layer) => {
    const when = typeof layer["when"] === "string" ? layer["when"] : undefined;
    if (all) return withField(layer, "when", HIDDEN.exec(when ?? "")?.[1]);
    return isHidden(layer) ? layer : withField(layer, "when", when ? `false and (${when})` : "false");
  });
}

/** Locks layers against the pointer, or unlocks them if all are locked. */
export function toggleLocked(doc: Doc, nodes: Node[]): Doc {
  const all = nodes.every(({ layer }) => layer[LOCKED]);
  return changeLayers(doc, new Set(nodes.map((node) => node.uid)), (layer) => {
    const copy = { ...layer };
    if (all) delete copy[LOCKED];
    else copy[LOCKED] = true;
    return copy;
  });
}

/** Whether a layer, or one that it is in, is locked. */
export function isLocked(node: Node): boolean {
  for (let above: Node | null = node; above; above = above.parent) if (above.layer[LOCKED]) return true;
  return false;
}
