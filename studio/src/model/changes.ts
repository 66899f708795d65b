// What differs between two documents, in words.

import { type Json, type Layer, nameOf } from "./layer.ts";

export interface Change {
  kind: "added" | "removed" | "changed";
  path: string;
  from?: string;
  to?: string;
}

/** Characters of a value that are shown. */
const SHOWN_CHARS = 60;

function shortened(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** A place in words: the name of the layer, and what of it; `greeting` and `x` of `layers[1].x`. */
export function placeInWords(path: string, documents: Json[]): { layer: string | null; field: string } {
  const [, steps = "", field = ""] = /^((?:(?:\.?(?:children|more|empty|layers))\[\d+\])+)\.?(.*)$/.exec(path) ?? [];
  if (steps === "") return { layer: null, field: path };
  for (const document of documents) {
    let at: Json | undefined = document;
    for (const [, list = "", index] of steps.matchAll(/\.?(children|more|empty|layers)\[(\d+)\]/g)) {
      const found: Json | undefined = at && isObject(at) ? at[list] : undefined;
      at = Array.isArray(found) ? found[Number(index)] : undefined;
    }
    if (at && isObject(at)) return { layer: nameOf(at as unknown as Layer), field };
  }
  return { layer: null, field: path };
}

/** The differences, in the order of the document. */
export function changes(from: Json, to: Json, path = ""): Change[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  if (Array.isArray(from) && Array.isArray(to)) {
    // What is equal at both ends stays; what is between is compared in turn.
    const found: Change[] = [];
    let start = 0;
    while (start < Math.min(from.length, to.length) && same(from[start], to[start])) start += 1;
    let end = 0;
    while (end < Math.min(from.length, to.length) - start && same(from[from.length - 1 - end], to[to.length - 1 - end])) end += 1;
    const [left, right] = [from.slice(start, from.length - end), to.slice(start, to.length - end)];
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      const [one, two] = [left[index], right[index]];
      const at = `${path}[${start + index}]`;
      if (one === undefined && two !== undefined) found.push({ kind: "added", path: at, to: shortened(two) });
      else if (two === undefined && one !== undefined) found.push({ kind: "removed", path: at, from: shortened(one) });
      else if (one !== undefined && two !== undefined) found.push(...changes(one, two, at));
    }
    return found;
  }
  if (isObject(from) && isObject(to)) {
    const found: Change[] = [];
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      const at = path ? `${path}.${key}` : key;
      const [one, two] = [from[key], to[key]];
      if (one === undefined && two !== undefined) found.push({ kind: "added", path: at, to: shortened(two) });
      else if (two === undefined && one !== undefined) found.push({ kind: "removed", path: at, from: shortened(one) });
      else if (one !== undefined && two !== undefined) found.push(...changes(one, two, at));
    }
    return found;
  }
  return [{ kind: "changed", path, from: shortened(from), to: shortened(to) }];
}

const isObject = (value: Json): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

const same = (one: Json | undefined, two: Json | undefined): boolean => JSON.stringify(one) === JSON.stringify(two);
