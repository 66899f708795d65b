// Corner pins: each of the four points of a layer in perspective is dragged on the photo, or moved by
// keys.

import { signal } from "@preact/signals";
import { placedByPath } from "../engine/live.ts";
import { room } from "../model/arrange.ts";
import { type Corners, cornersIn, isQuad, movedCorners } from "../model/corners.ts";
import { applyVector, invert, type Placed, type Point } from "../model/geometry.ts";
import { changeLayers, type Doc, type Node, type Uid, withField } from "../model/layer.ts";
import { doc, edit, topSelected } from "../model/store.ts";
import { isLocked } from "../model/structure.ts";
import { type Drag, documentDrag } from "./drag.ts";

export const PIN_NAMES = ["top left", "top right", "bottom right", "bottom left"];

/** The pin that keys move: of which layer, and its number. */
export const pin = signal<{ uid: Uid; index: number } | null>(null);

/**
 * The corners of a layer that can be dragged; null if it has none, if an expression places them, or if
 * what it is in is in perspective itself.
 */
export function pinsOf(node: Node, placed: Placed): Corners | null {
  return placed.parent?.box.corners ? null : cornersIn(node.layer);
}

function withCorners(base: Doc, node: Node, corners: Corners): Doc {
  return changeLayers(base, new Set([node.uid]), (layer) => withField(layer, "corners", corners));
}

/** The corners after one of them moved by a distance on the canvas; null if no box could be seen so. */
function moved(node: Node, placed: Placed, index: number, distance: Point): Corners | null {
  const corners = pinsOf(node, placed);
  if (!corners) return null;
  const at = placed.corners.map((point, each) => (each === index ? { x: point.x + distance.x, y: point.y + distance.y } : point));
  if (!isQuad(at)) return null;
  return movedCorners(corners, applyVector(invert(placed.outer), distance), room({ node, placed }, doc.peek()), index);
}

/** Drags a pin. Where no box could be seen, it stays behind. */
export function pinDrag(node: Node, placed: Placed, index: number): Drag {
  const at = placed.corners[index] ?? { x: 0, y: 0 };
  let last: Corners | null = null;
  return documentDrag("Move a corner", (base, point, keys) => {
    // Whole px; with Control exactly where the pointer is.
    const to = keys.control ? point : { x: Math.round(point.x), y: Math.round(point.y) };
    last = moved(node, placed, index, { x: to.x - at.x, y: to.y - at.y }) ?? last;
    return last ? withCorners(base, node, last) : base;
  });
}

/** The selected layer, if it has pins. */
function pinned(): { node: Node; placed: Placed } | null {
  const [node, more] = topSelected.peek();
  const placed = node && placedByPath.peek().get(node.path);
  return node && placed && !more && !isLocked(node) && pinsOf(node, placed) ? { node, placed } : null;
}

export const hasPins = (): boolean => pinned() !== null;

/** Chooses the next pin for the keys; after the last one, none. Returns its name. */
export function nextPin(): string | null {
  const found = pinned();
  const current = pin.peek();
  const index = !found ? 4 : current?.uid === found.node.uid ? current.index + 1 : 0;
  pin.value = found && index < 4 ? { uid: found.node.uid, index } : null;
  return pin.peek() ? (PIN_NAMES[index] ?? null) : null;
}

/** Moves the chosen pin by arrow keys. Returns whether there is one. */
export function nudgePin(dx: number, dy: number): boolean {
  const found = pinned();
  const current = pin.peek();
  if (!found || current?.uid !== found.node.uid) return false;
  const corners = moved(found.node, found.placed, current.index, { x: dx, y: dy });
  if (corners) edit("Move a corner", (before) => withCorners(before, found.node, corners), { merge: "pin" });
  return true;
}

/** Lets go of the chosen pin. Returns whether there was one. */
export function leavePin(): boolean {
  const was = pin.peek() !== null;
  pin.value = null;
  return was;
}
