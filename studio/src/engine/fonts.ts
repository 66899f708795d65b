// Uploaded fonts, which texts name by their family: those that the key may read are drawn here as
// publishing would find them.

import { effect, signal } from "@preact/signals";
import { type Doc, nodes } from "../model/layer.ts";
import { origin } from "../model/store.ts";
import { listFonts } from "../publish/api.ts";
import { key } from "../publish/session.ts";

interface Uploaded {
  family: string;
  /** `acme/q3`: templates below it find the font. */
  folder: string;
  /** `acme/q3/Brand Sans/700` */
  name: string;
}

export const uploadedFonts = signal<Uploaded[]>([]);

/** The beginning of the names that uploaded fonts have as assets here. */
const PREFIX = "studio-uploaded-font-";

effect(() => {
  if (!key.value) {
    uploadedFonts.value = [];
    return;
  }
  const mine = key.value;
  listFonts().then(
    (names) => {
      if (key.peek() !== mine) return;
      uploadedFonts.value = names.flatMap((name) => {
        const [, folder, family] = /^(.+)\/([^/]+)\/[^/]+$/.exec(name) ?? [];
        return folder && family ? [{ folder, family, name }] : [];
      });
    },
    // A key without the scope shows Inter, and the canvas says so.
    () => {},
  );
});

/** Whether the open template finds a font; one without an id may become any. */
const isFound = ({ folder }: Uploaded): boolean => origin.peek().id === "" || origin.peek().id.startsWith(`${folder}/`);

/** Families that texts may name: those of the template, and the uploaded ones that it finds. */
export function familiesOf(doc: Doc): string[] {
  const own = ((doc["fonts"] ?? []) as { family?: string }[]).flatMap(({ family }) => family ?? []);
  return [...new Set(["Inter", ...own, ...uploadedFonts.value.filter(isFound).map(({ family }) => family)])];
}

function familiesIn(doc: Doc): Set<string> {
  const found = new Set<string>();
  for (const { layer } of nodes(doc)) {
    if (typeof layer["font"] === "string") found.add(layer["font"]);
    if (Array.isArray(layer["text"])) for (const run of layer["text"]) if (typeof run?.font === "string") found.add(run.font);
  }
  return found;
}

/** The document with the uploaded fonts that its texts name, for the renderer alone. */
export function withUploadedFonts(doc: Doc): Doc {
  if (uploadedFonts.peek().length === 0) return doc;
  const own = (doc["fonts"] ?? []) as { family?: string }[];
  const families = familiesIn(doc);
  const more = uploadedFonts.peek().flatMap((font, index) => (families.has(font.family) && isFound(font) && !own.some(({ family }) => family === font.family) ? [{ family: font.family, src: `asset:${PREFIX}${index}.ttf` }] : []));
  return more.length === 0 ? doc : { ...doc, fonts: [...own, ...more] };
}

/** The path of the uploaded font that an asset's name stands for; null for any other asset. */
export function uploadedFontPath(asset: string): string | null {
  const index = asset.startsWith(PREFIX) ? Number.parseInt(asset.slice(PREFIX.length), 10) : Number.NaN;
  const font = uploadedFonts.peek()[index];
  return font ? `/v1/fonts/${font.name.split("/").map(encodeURIComponent).join("/")}` : null;
}
