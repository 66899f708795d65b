// Which layer is under the pointer.

import { placed as allPlaced, placedByPath } from "../engine/live.ts";
import type { Target } from "../model/arrange.ts";
import { boundsOf, hits, overlaps, type Placed, type Point, type Rect } from "../model/geometry.ts";
import { isContainer, isStack, type Node } from "../model/layer.ts";
import { byPath, selection } from "../model/store.ts";
import { isLocked } from "../model/structure.ts";
import { zoom } from "./viewport.ts";

/** Px beside a thin layer at which it can still be clicked. */
const SLACK_PX = 3;

function slackOf(box: { width: number; height: number }): number {
  return Math.min(box.width, box.height) * zoom.value < 6 ? SLACK_PX / zoom.value : 0;
}

/** The frontmost layer under a point, the innermost one where layers are in each other. */
export function leafAt(point: Point): Node | null {
  for (const placed of [...allPlaced.value].reverse()) {
    if (!hits(placed, point, slackOf(placed.box))) continue;
    const node = byPath.value.get(placed.path);
    if (!node || isLocked(node)) continue;
    // What has nothing of its own to see is clicked at its children.
    if (isContainer(node.layer) && node.layer["fill"] === undefined && node.layer["stroke"] === undefined) continue;
    return node;
  }
  return null;
}

/** The layer and everything that it is in, the outermost first. */
export function chain(node: Node): Node[] {
  const found: Node[] = [];
  for (let at: Node | null = node; at; at = at.parent) found.unshift(at);
  return found;
}

/**
 * The layer that a click at a point means: the outermost one, or the one beside those that are
 * selected. With `deep` the innermost.
 */
export function clickedAt(point: Point, deep: boolean): Node | null {
  const leaf = leafAt(point);
  if (!leaf || deep) return leaf;
  const path = chain(leaf);
  const scopes = new Set(selectedParents());
  for (const node of [...path].reverse()) if (node.parent && scopes.has(node.parent.uid)) return node;
  return path[0] ?? null;
}

function selectedParents(): number[] {
  const chosen = new Set(selection.value);
  return [...byPath.value.values()].flatMap((node) => (chosen.has(node.uid) && node.parent ? [node.parent.uid] : []));
}

/** What a double click means: one step further in than what is selected. */
export function deeperAt(point: Point): Node | null {
  const leaf = leafAt(point);
  if (!leaf) return null;
  const path = chain(leaf);
  const at = path.findIndex((node) => selection.value.includes(node.uid));
  return path[Math.min(at + 1, path.length - 1)] ?? null;
}

/** Whether a point is in one of the selected boxes. */
export function isInSelection(point: Point): boolean {
  return [...byPath.value.values()].some((node) => {
    const placed = selection.value.includes(node.uid) ? placedByPath.value.get(node.path) : undefined;
    return placed !== undefined && hits(placed, point, slackOf(placed.box));
  });
}

/** The outermost layers that a rectangle touches; groups and stacks with a fill only if it holds them. */
export function touching(area: Rect): Node[] {
  return [...byPath.value.values()].filter((node) => {
    if (node.parent || isLocked(node)) return false;
    const placed = placedByPath.value.get(node.path);
    if (!placed) return false;
    const bounds = boundsOf(placed.corners);
    const isBackdrop = bounds.x <= area.x && bounds.y <= area.y && bounds.x + bounds.width >= area.x + area.width && bounds.y + bounds.height >= area.y + area.height;
    return !isBackdrop && overlaps(bounds, area);
  });
}

/** The nodes that are drawn, with their boxes. */
export function targetsOf(nodes: readonly Node[]): Target[] {
  return nodes.flatMap((node) => {
    const placed = placedByPath.value.get(node.path);
    return placed ? [{ node, placed }] : [];
  });
}

/** The layers and their boxes at one moment: during a drag, those from before it. */
export interface Scene {
  byPath: ReadonlyMap<string, Node>;
  placed: readonly Placed[];
  placedByPath: ReadonlyMap<string, Placed>;
}

export const sceneNow = (): Scene => ({ byPath: byPath.peek(), placed: allPlaced.peek(), placedByPath: placedByPath.peek() });

/** The innermost stack under a point that is in none of these layers. */
export function stackAt(scene: Scene, point: Point, moved: readonly Node[]): { node: Node; placed: Placed } | null {
  const uids = new Set(moved.map((node) => node.uid));
  for (const placed of [...scene.placed].reverse()) {
    const node = scene.byPath.get(placed.path);
    if (!node || !isStack(node.layer) || isLocked(node)) continue;
    if (chain(node).some((above) => uids.has(above.uid))) continue;
    if (hits(placed, point, 0)) return { node, placed };
  }
  return null;
}
