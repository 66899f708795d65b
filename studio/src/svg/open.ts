// SVG files that are opened as a template, or dropped and pasted into one. The importer itself is
// loaded when the first one comes.

import { signal } from "@preact/signals";
import { keep } from "../engine/kept_files.ts";
import { ready, theRenderer } from "../engine/live.ts";
import { printDocument } from "../model/document.ts";
import { begin } from "../model/draft.ts";
import type { Point } from "../model/geometry.ts";
import { type Doc, fresh, type Json, type Layer, uid } from "../model/layer.ts";
import { doc, edit } from "../model/store.ts";
import { insert } from "../model/structure.ts";
import { dialog } from "../publish/session.ts";
import { say } from "../ui/toast.tsx";
import { assetName } from "../upload.ts";
import { fitTexts } from "./fit.ts";
import type { Imported, Note } from "./import.ts";

/** What was not kept as it was of the file that was imported last. */
export const importNotes = signal<{ name: string; notes: Note[] }>({ name: "", notes: [] });

export const isSvgFile = (file: File): boolean => file.type === "image/svg+xml" || /\.svg$/i.test(file.name);

/** Whether a pasted text is an SVG, as Figma copies one. */
export const isSvgText = (text: string): boolean => /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!DOCTYPE[^>]*>\s*)?<svg[\s>]/i.test(text) && /<\/svg>\s*$/i.test(text);

async function read(text: string, name: string): Promise<Doc> {
  const { importSvg } = await import("./import.ts");
  const [imported] = await Promise.all([importSvg(text, name), ready]);
  const kept = await withKeptImages(imported);
  importNotes.value = { name, notes: imported.notes };
  return fitTexts(kept);
}

/** Keeps the images of a file, each under a name that is free. */
async function withKeptImages({ doc: made, images }: Imported): Promise<Doc> {
  const names = new Map<string, string>();
  for (const { name, bytes } of images) {
    const free = await assetName(name, bytes);
    names.set(`asset:${name}`, `asset:${free}`);
    theRenderer()?.putAsset(free, bytes);
    await keep(free, bytes);
  }
  const renamed = (value: Json): Json => {
    if (typeof value === "string") return names.get(value) ?? value;
    if (Array.isArray(value)) return value.map(renamed);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([field, each]) => [field, renamed(each)])) : value;
  };
  return renamed(made as unknown as Json) as unknown as Doc;
}

function tell(): void {
  const { notes } = importNotes.peek();
  if (notes.length > 0) dialog.value = "imported";
  else say("All of the SVG was kept");
}

function failed(error: unknown): void {
  say(`The SVG could not be read: ${error instanceof Error ? error.message : error}`, "error");
}

const stemOf = (name: string): string => name.replace(/\.svg$/i, "");

/** Opens an SVG as a new template. */
export async function openSvg(text: string, fileName: string): Promise<void> {
  try {
    begin(printDocument(await read(text, stemOf(fileName))), { id: "", revision: null, base: null });
    tell();
  } catch (error) {
    failed(error);
  }
}

/** Adds an SVG to the open template, as one group. */
export async function insertSvg(text: string, fileName: string, at: Point | null): Promise<void> {
  try {
    const name = stemOf(fileName);
    const { width, height, background, layers, params } = await read(text, name);
    const ground: Layer[] = background === undefined ? [] : [{ type: "rect", x: 0, y: 0, width, height, fill: background }];
    const middle = at ?? { x: doc.peek().width / 2, y: doc.peek().height / 2 };
    const group = fresh({ type: "group", id: name, x: Math.round(middle.x - width / 2), y: Math.round(middle.y - height / 2), width, height, children: [...ground, ...layers] });
    edit("Add an SVG", (before) => insert({ ...before, params: { ...params, ...before.params } }, [group], null, before.layers.length), { select: [uid(group)] });
    tell();
  } catch (error) {
    failed(error);
  }
}
