// A document and its text.

import type { Doc, Json, Layer } from "./layer.ts";

/** A new document: white, without layers. */
export function emptyDocument(width: number, height: number, title?: string): Doc {
  return { ...(title && { title }), width, height, background: "#ffffff", params: {}, layers: [] };
}

/** Reads a document as far as the editor needs it; the renderer tells what is wrong with the rest. */
export function parseDocument(text: string): Doc {
  const json: unknown = JSON.parse(text);
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new Error("a template is a JSON object");
  const { layers } = json as { layers?: unknown };
  const areLayers = (list: unknown): boolean =>
    Array.isArray(list) &&
    list.every((layer) => typeof layer === "object" && layer !== null && (layer.children === undefined || areLayers(layer.children)));
  if (!areLayers(layers)) throw new Error("`layers` is a list of layers");
  return json as Doc;
}

/** Columns up to which a value is printed in one line. */
const LINE_CHARS = 110;

/** The document as JSON: what fits into a line is in one. */
export function printDocument(doc: Doc): string {
  return `${print(doc as unknown as Json, "")}\n`;
}

function print(value: Json, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const line = inline(value);
  if (indent !== "" && indent.length + line.length <= LINE_CHARS) return line;
  const inner = `${indent}  `;
  const list = Array.isArray(value);
  const parts = list
    ? value.map((item) => inner + print(item, inner))
    : entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${print(item, inner)}`);
  if (parts.length === 0) return list ? "[]" : "{}";
  return list ? `[\n${parts.join(",\n")}\n${indent}]` : `{\n${parts.join(",\n")}\n${indent}}`;
}

function inline(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  const parts = entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function entries(value: { [key: string]: Json }): [string, Json][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

/** The text between two numbers of the text: the place of a field such as `layers[2].fill`. */
export function placeOf(text: string, field: string): { from: number; to: number } | null {
  const steps = field.match(/[^.[\]]+/g) ?? [];
  const reader = new Reader(text);
  return reader.find(steps);
}

/** Walks JSON text by characters, and knows where each value begins and ends. */
class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  find(steps: string[]): { from: number; to: number } | null {
    this.space();
    const [step, ...rest] = steps;
    const from = this.at;
    if (step === undefined) {
      this.skip();
      return { from, to: this.at };
    }
    const open = this.text[this.at];
    if (open !== "{" && open !== "[") return { from, to: Math.min(this.text.length, from + 1) };
    this.at += 1;
    for (let index = 0; this.at < this.text.length; index += 1) {
      this.space();
      if (this.text[this.at] === "}" || this.text[this.at] === "]") break;
      const before = this.at;
      let key = String(index);
      if (open === "{") {
        const end = this.string();
        try {
          key = String(JSON.parse(this.text.slice(before, end)));
        } catch {
          return null;
        }
        this.space();
        this.at += 1; // the colon
        this.space();
      }
      if (key === step) {
        const inner = this.find(rest);
        return inner && open === "{" && rest.length === 0 ? { from: before, to: inner.to } : inner;
      }
      this.skip();
      this.space();
      if (this.text[this.at] === ",") this.at += 1;
    }
    // The field is not there: the place of what should have it.
    return { from, to: from + 1 };
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
  }

  private string(): number {
    this.at += 1;
    while (this.at < this.text.length && this.text[this.at] !== '"') this.at += this.text[this.at] === "\\" ? 2 : 1;
    this.at += 1;
    return this.at;
  }

  private skip(): void {
    const character = this.text[this.at];
    if (character === '"') {
      this.string();
      return;
    }
    if (character === "{" || character === "[") {
      let depth = 0;
      do {
        const here = this.text[this.at];
        if (here === '"') {
          this.string();
          continue;
        }
        if (here === "{" || here === "[") depth += 1;
        if (here === "}" || here === "]") depth -= 1;
        this.at += 1;
      } while (depth > 0 && this.at < this.text.length);
      return;
    }
    while (this.at < this.text.length && !/[,\]}\s]/.test(this.text[this.at] ?? "")) this.at += 1;
  }
}

/** The number of layers, for people. */
export function countLayers(layers: Layer[]): number {
  return layers.reduce((sum, layer) => sum + 1 + countLayers(layer.children ?? []), 0);
}
