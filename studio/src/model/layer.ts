// The layers of a document: what they are made of, and how one is found.
//
// A document is plain JSON and never changed in place. A layer carries two marks that are no part of
// the JSON, because symbols are not printed: a number by which the editor knows it through every
// edit, and whether it is locked.

/** Any JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** An object of JSON; a field that is not there is undefined. */
export type JsonObject = { [key: string]: Json | undefined };

/** The number of a layer in this editor. */
export type Uid = number;

export const UID: unique symbol = Symbol("uid");
export const LOCKED: unique symbol = Symbol("locked");

export interface Layer {
  type: string;
  id?: string;
  children?: Layer[];
  more?: Layer[];
  empty?: Layer[];
  [field: string]: unknown;
  [UID]?: Uid;
  [LOCKED]?: boolean;
}

export interface Doc {
  title?: string;
  width: number;
  height: number;
  params?: Record<string, Param>;
  layers: Layer[];
  [field: string]: unknown;
}

export interface Param {
  type: string;
  default?: Json;
  example?: Json;
  description?: string;
  choices?: string[];
  [field: string]: unknown;
}

let last: Uid = 0;

/** A number that no layer has yet. */
export function newUid(): Uid {
  last += 1;
  return last;
}

export function uid(layer: Layer): Uid {
  return layer[UID] ?? 0;
}

/** The lists of a layer that hold layers: of a repeat, also those after the last item, and those without any item. */
export const SLOTS = ["children", "more", "empty"] as const;
export type Slot = (typeof SLOTS)[number];

/** A layer with its lists of layers changed; the same object if none of them is another one. */
export function withSlots(layer: Layer, change: (layers: Layer[], slot: Slot) => Layer[]): Layer {
  let next = layer;
  for (const slot of SLOTS) {
    const list = layer[slot];
    const changed = list && change(list, slot);
    if (changed && changed !== list) next = { ...next, [slot]: changed };
  }
  return next;
}

/** A layer with its children, in the tree of a document. */
export interface Node {
  layer: Layer;
  uid: Uid;
  /** `layers[2].children[0]` */
  path: string;
  parent: Node | null;
  /** The list of its parent that it is in. */
  slot: Slot;
  /** Its place in that list. */
  index: number;
}

/** All layers, those in front of others later; a parent before its children. */
export function nodes(doc: Doc): Node[] {
  const found: Node[] = [];
  const visit = (layers: Layer[], prefix: string, parent: Node | null, slot: Slot): void => {
    layers.forEach((layer, index) => {
      const node = { layer, uid: uid(layer), path: `${prefix}[${index}]`, parent, slot, index };
      found.push(node);
      for (const each of SLOTS) visit(layer[each] ?? [], `${node.path}.${each}`, node, each);
    });
  };
  visit(doc.layers, "layers", null, "children");
  return found;
}

/** Whether a layer gives its children their places. */
export const isStack = (layer: Layer | undefined): boolean => layer?.type === "stack" || layer?.type === "repeat";

export const isContainer = (layer: Layer): boolean => layer.type === "group" || layer.type === "frame" || isStack(layer);

/**
 * Gives every layer a number. A layer at a place where `like` has one of the same type keeps that
 * one's number and lock, so that the selection survives an edit of the JSON.
 */
export function numbered(doc: Doc, like?: Doc): Doc {
  const number = (layers: Layer[], others: Layer[] | undefined): Layer[] =>
    layers.map((layer, index) => {
      const other = others?.[index];
      const same = other?.type === layer.type ? other : undefined;
      const copy: Layer = { ...layer, [UID]: same?.[UID] ?? newUid() };
      if (same?.[LOCKED]) copy[LOCKED] = true;
      return withSlots(copy, (list, slot) => number(list, same?.[slot]));
    });
  return { ...doc, layers: number(doc.layers, like?.layers) };
}

/** A copy of a layer and its children with numbers of their own. */
export function fresh(layer: Layer): Layer {
  const copy: Layer = { ...layer, [UID]: newUid() };
  return withSlots(copy, (list) => list.map(fresh));
}

/**
 * The document with each of its layers replaced by what `change` makes of it: another layer, several,
 * or none. Parts without a change stay the same objects.
 */
export function mapLayers(doc: Doc, change: (layer: Layer) => Layer | Layer[] | null): Doc {
  const layers = mapList(doc.layers, change);
  return layers === doc.layers ? doc : { ...doc, layers };
}

function mapList(layers: Layer[], change: (layer: Layer) => Layer | Layer[] | null): Layer[] {
  let differs = false;
  const result: Layer[] = [];
  for (const layer of layers) {
    const changed = change(withSlots(layer, (list) => mapList(list, change)));
    differs ||= changed !== layer;
    if (Array.isArray(changed)) result.push(...changed);
    else if (changed) result.push(changed);
  }
  return differs ? result : layers;
}

/** The document with the layers of these numbers changed. */
export function changeLayers(doc: Doc, uids: ReadonlySet<Uid>, change: (layer: Layer) => Layer): Doc {
  return mapLayers(doc, (layer) => (uids.has(uid(layer)) ? change(layer) : layer));
}

/** The layer with a field set; `undefined` takes the field away. */
export function withField(layer: Layer, field: string, value: unknown): Layer {
  if (value === undefined) {
    if (!(field in layer)) return layer;
    const copy = { ...layer };
    delete copy[field];
    return copy;
  }
  return layer[field] === value ? layer : { ...layer, [field]: value };
}

/** A number that is written out; null for a percentage, a word or an expression. */
export function plainNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^\s*-?\d*\.?\d+\s*$/.test(value)) return Number(value);
  return null;
}

/** The percent of a length such as `"12.5%"`; null for anything else. */
export function percent(value: unknown): number | null {
  const match = typeof value === "string" ? /^\s*(-?\d*\.?\d+)%\s*$/.exec(value) : null;
  return match ? Number(match[1]) : null;
}

export const isExpression = (value: unknown): value is string => typeof value === "string" && /\{[{%#]/.test(value);

/** A length as a document has it: at most two decimals. */
export const rounded = (px: number): number => Math.round(px * 100) / 100 || 0;

/** What the tree calls a layer. */
export function nameOf(layer: Layer): string {
  if (layer.id) return layer.id;
  if (layer.type === "text") {
    const text = layer["text"];
    // Texts by language are called by the one for all others.
    const plain = typeof text === "object" && !Array.isArray(text) ? (text as Record<string, unknown> | null)?.["*"] : text;
    const words = Array.isArray(text) ? text.map((run: { text?: unknown }) => String(run.text ?? "")).join("") : String(plain ?? "");
    const short = words.trim().replace(/\s+/g, " ");
    return short ? (short.length > 40 ? `${short.slice(0, 40)}…` : short) : "Text";
  }
  if (layer.type === "image") {
    const source = String(layer["src"] ?? "");
    return source.replace(/^asset:/, "") || "Image";
  }
  if (layer.type === "qr") return "QR code";
  return layer.type.charAt(0).toUpperCase() + layer.type.slice(1);
}
