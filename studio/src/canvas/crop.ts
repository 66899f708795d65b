// The crop of a photo: it is dragged inside of its box, and what is then seen is its `focus`.

import { signal } from "@preact/signals";
import { files } from "../engine/files.ts";
import { placedByPath, report } from "../engine/live.ts";
import { applyVector, invert, type Placed, type Point, type Rect } from "../model/geometry.ts";
import { changeLayers, type Layer, type Node, type Uid, withField } from "../model/layer.ts";
import { byUid, edit } from "../model/store.ts";
import { say } from "../ui/toast.tsx";
import { type Drag, documentDrag } from "./drag.ts";

/** The image that is being cropped, with all of it to see. */
export const cropping = signal<{ uid: Uid; url: string; width: number; height: number } | null>(null);

/** The name of the asset that a layer shows now; null for an image of another host. */
function assetOf(layer: Layer): string | null {
  const src = String(layer["src"] ?? "");
  const param = /^\{\{\s*(\w+)\s*\}\}$/.exec(src)?.[1];
  const value = param ? String(report.peek()?.params[param]?.value ?? "") : src;
  return value.startsWith("asset:") ? value.slice("asset:".length) : null;
}

/** Begins to crop an image. */
export async function beginCrop(node: Node): Promise<void> {
  const fit = node.layer["fit"] ?? "cover";
  if (fit !== "cover" && fit !== "none") return;
  const name = assetOf(node.layer);
  const bytes = name === null ? null : await files.asset(name).catch(() => null);
  const blob = bytes && new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const bitmap = blob && (await createImageBitmap(blob).catch(() => null));
  if (!blob || !bitmap) {
    say("Only an image that is here can be cropped on the canvas; others have their focus under Properties");
    return;
  }
  endCrop();
  cropping.value = { uid: node.uid, url: URL.createObjectURL(blob), width: bitmap.width, height: bitmap.height };
}

export function endCrop(): void {
  if (cropping.peek()) URL.revokeObjectURL(cropping.peek()?.url ?? "");
  cropping.value = null;
}

const focusOf = (layer: Layer): Point => {
  const focus = layer["focus"];
  return Array.isArray(focus) ? { x: Number(focus[0]), y: Number(focus[1]) } : { x: 0.5, y: 0.5 };
};

/** Where all of the image is, in the coordinates of the layer's box. */
export function wholeImage(layer: Layer, box: Rect, image: { width: number; height: number }): Rect {
  const scale = layer["fit"] === "none" ? 1 : Math.max(box.width / image.width, box.height / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  const focus = focusOf(layer);
  return { x: box.x + (box.width - width) * focus.x, y: box.y + (box.height - height) * focus.y, width, height };
}

/** The focus after the image was moved by some px of its box; there is as much room on both sides as it says. */
function movedFocus(layer: Layer, box: Rect, image: { width: number; height: number }, by: Point): [number, number] {
  const { width, height } = wholeImage(layer, box, image);
  const focus = focusOf(layer);
  const along = (at: number, room: number, px: number): number => (Math.abs(room) < 0.5 ? at : Math.round(Math.min(1, Math.max(0, at - px / room)) * 1000) / 1000);
  return [along(focus.x, width - box.width, by.x), along(focus.y, height - box.height, by.y)];
}

/** Drags the image inside of its box. */
export function cropDrag(node: Node, placed: Placed, start: Point): Drag {
  const image = cropping.peek();
  if (!image) return { move: () => {}, end: () => {} };
  const [back, first] = [invert(placed.matrix), node.layer];
  return documentDrag("Crop", (base, point) => {
    const by = applyVector(back, { x: point.x - start.x, y: point.y - start.y });
    const focus = movedFocus(first, placed.box, image, by);
    return changeLayers(base, new Set([node.uid]), (layer) => withField(layer, "focus", focus));
  });
}

/** Moves the image by arrow keys. Returns whether one is being cropped. */
export function nudgeCrop(dx: number, dy: number): boolean {
  const image = cropping.peek();
  const node = image && byUid.peek().get(image.uid);
  const placed = node && placedByPath.peek().get(node.path);
  if (!image || !node || !placed) return false;
  const focus = movedFocus(node.layer, placed.box, image, { x: dx, y: dy });
  edit("Crop", (before) => changeLayers(before, new Set([node.uid]), (layer) => withField(layer, "focus", focus)), { merge: "crop" });
  return true;
}

