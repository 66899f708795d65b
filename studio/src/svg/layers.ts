// Layers that an import makes: their places, names, groups and clips.

import { type Matrix, type Point, type Rect, unionOf } from "../model/geometry.ts";
import type { Layer } from "../model/layer.ts";

/** A layer, and the box that its paint covers; places are those of the whole picture. */
export interface Made {
  layer: Layer;
  box: Rect;
}

/** Px with so many decimals as a document has: two for places, three where they stand for many px. */
export const hundredths = (px: number): number => Math.round(px * 100) / 100 || 0;
export const thousandths = (px: number): number => Math.round(px * 1000) / 1000 || 0;
/** The fields of a layer that is a box. */
export const whole = ({ x, y, width, height }: Rect) => ({ x: thousandths(x), y: thousandths(y), width: thousandths(width), height: thousandths(height) });

/** Whether a group does nothing but hold its layers. */
export const isFrame = (layer: Layer): boolean => layer.type === "group" && Object.keys(layer).every((field) => ["type", "id", "x", "y", "width", "height", "children"].includes(field));

/** A layer with a name, if there is one. */
export function named({ type, ...fields }: Layer, name: string | null): Layer {
  // A name that names a param says what fills the layer.
  const id = name?.replace(/^\{\{\s*(\w+)\s*\}\}$/, "$1");
  return id ? { type, id, ...fields } : { type, ...fields };
}

/** From the top left, clockwise. */
export const corners = ({ x, y, width, height }: Rect): Point[] => [{ x, y }, { x: x + width, y }, { x: x + width, y: y + height }, { x, y: y + height }];

/** Whether a map keeps shapes: it moves, turns, and scales alike in both directions. */
export function isSimilar({ a, b, c, d }: Matrix): boolean {
  const [across, down] = [Math.hypot(a, b), Math.hypot(c, d)];
  return Math.abs(across - down) <= 0.01 * Math.max(across, down) && Math.abs(a * c + b * d) <= 0.01 * across * down;
}

/** Names that a program gives by itself. */
const OWN_NAMES = /^(?:path|g|group|rect|rectangle|circle|ellipse|polygon|polyline|line|text|tspan|image|svg|use|vector|layer|ebene|calque|union|subtract|frame|clip|mask|paint|page|artboard|_x?\d*_?)[\s_-]?[\d_\s-]*(?:\(.*\))?$/i;

/** What a person called an element. */
export function nameOf(element: Element): string | null {
  const label = element.getAttributeNS("http://www.inkscape.org/namespaces/inkscape", "label") ?? element.getAttribute("inkscape:label") ?? element.getAttribute("data-name") ?? element.getAttribute("serif:id") ?? element.getAttribute("id") ?? "";
  // Illustrator writes signs as their numbers: `Name_x20_here`.
  const name = label.replace(/_x([0-9A-F]{2,4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))).trim().slice(0, 60);
  return name === "" || OWN_NAMES.test(name) || /^[a-z]+\d{3,}(?:-\d+)*$/i.test(name) ? null : name;
}

/** Of a `switch`, the first child that a program without extensions can draw. */
export function isChosen(element: Element): boolean {
  const siblings = [...(element.parentElement?.children ?? [])];
  return siblings.find((each) => !each.hasAttribute("requiredExtensions") && !(each.getAttribute("systemLanguage") && !each.getAttribute("systemLanguage")?.startsWith("en"))) === element;
}

/** A group around layers; their places become those in it. */
export function grouped(made: Made[], name: string | null): Made {
  const box = unionOf(made.map((each) => each.box)) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [hundredths(box.x), hundredths(box.y)];
  const children = made.map(({ layer }) => moved(layer, x, y));
  return { layer: named({ type: "group", x, y, width: hundredths(box.width), height: hundredths(box.height), children }, name), box };
}

export const moved = (layer: Layer, x: number, y: number): Layer => ({ ...layer, x: thousandths(Number(layer["x"] ?? 0) - x), y: thousandths(Number(layer["y"] ?? 0) - y) });

/** A layer cut off at a box. */
export function clipped({ layer, box }: Made, { rect, radius }: { rect: Rect; radius: number }): Made {
  const isPlain = layer.type === "group" && layer["clip"] === undefined && layer["opacity"] === undefined && layer["shadow"] === undefined && layer["rotate"] === undefined && layer["blend"] === undefined;
  const place = { x: hundredths(rect.x), y: hundredths(rect.y), width: hundredths(rect.width), height: hundredths(rect.height) };
  const [dx, dy] = [place.x, place.y];
  const children = isPlain ? (layer.children ?? []).map((child) => moved(child, dx - Number(layer["x"] ?? 0), dy - Number(layer["y"] ?? 0))) : [moved(layer, dx, dy)];
  const made: Layer = { type: "group", ...(isPlain && layer.id && { id: layer.id }), ...place, clip: true, ...(radius > 0 && { radius: hundredths(radius) }), children };
  const [left, top] = [Math.max(box.x, rect.x), Math.max(box.y, rect.y)];
  return { layer: made, box: { x: left, y: top, width: Math.max(0, Math.min(box.x + box.width, rect.x + rect.width) - left), height: Math.max(0, Math.min(box.y + box.height, rect.y + rect.height) - top) } };
}

/** Whether a box is inside of a rounded one, corners counted. */
export const isInside = (box: Rect, { rect, radius }: { rect: Rect; radius: number }): boolean => box.x >= rect.x + radius && box.y >= rect.y + radius && box.x + box.width <= rect.x + rect.width - radius && box.y + box.height <= rect.y + rect.height - radius;

/** Boxes have another kind of shadow where one sees through them. */
export function needsGroup(layer: Layer): boolean {
  const fill = layer["fill"];
  const isClear = typeof fill === "string" ? /^#[0-9a-f]{8}$/i.test(fill) : fill === undefined || JSON.stringify(fill).match(/#[0-9a-f]{8}"/i) !== null;
  return (layer.type === "rect" || layer.type === "ellipse") && isClear;
}

/** The colour of a first layer that covers the whole picture, as the template's background. */
export function backgroundOf(layers: Layer[], width: number, height: number): unknown {
  const [first] = layers;
  if (first?.type !== "rect" || typeof first["fill"] !== "string") return null;
  const covers = Number(first["x"]) <= 0 && Number(first["y"]) <= 0 && Number(first["x"]) + Number(first["width"]) >= width && Number(first["y"]) + Number(first["height"]) >= height;
  const isPlain = Object.keys(first).every((field) => ["type", "id", "x", "y", "width", "height", "fill"].includes(field));
  return covers && isPlain ? first["fill"] : null;
}

/** The bytes of an image that stands in the file itself. */
export function dataOf(image: SVGImageElement): { kind: string; bytes: Uint8Array<ArrayBuffer> } | null {
  const match = /^data:image\/([\w+.-]+)((?:;[^,]*)?),([\s\S]*)$/.exec(image.href.baseVal);
  const [, kind = "", options = "", content = ""] = match ?? [];
  if (!match) return null;
  try {
    const bytes = options.includes("base64") ? Uint8Array.from(atob(content.replace(/\s+/g, "")), (each) => each.charCodeAt(0)) : new TextEncoder().encode(decodeURIComponent(content));
    return { kind: kind === "jpg" ? "jpeg" : kind, bytes };
  } catch {
    return null;
  }
}
