// Images that are dropped, pasted or picked: each becomes an asset and a layer.
//
// The bytes are shown at once, and kept in this browser beside the drafts. Publishing uploads them. An
// SVG becomes layers.

import type { Point } from "./model/geometry.ts";
import { newUid, UID, type Layer } from "./model/layer.ts";
import { add } from "./canvas/tool.ts";
import { theRenderer } from "./engine/live.ts";
import { doc, edit } from "./model/store.ts";
import { keep, kept } from "./engine/kept_files.ts";
import { printDocument } from "./model/document.ts";
import { insertSvg, isSvgFile } from "./svg/open.ts";
import { say } from "./ui/toast.tsx";

/** Bytes of a file that the API takes. */
const MOST_BYTES = 8 * 1024 * 1024;

const KINDS = /^image\/(?:png|jpeg|webp|gif)$/;

/** A name for an image that no other image has here: what is pasted is always called `image.png`. */
export async function assetName(fileName: string, bytes: Uint8Array): Promise<string> {
  const [, stem = "image", ext = "png"] = /^(.*?)\.?([A-Za-z0-9]*)$/.exec(fileName) ?? [];
  const clean = stem.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "image";
  for (let count = 1; ; count += 1) {
    const name = `${clean}${count > 1 ? `-${count}` : ""}.${ext.toLowerCase() || "png"}`;
    const own = await kept(name);
    if (own ? isEqual(own, bytes) : !printDocument(doc.peek()).includes(`asset:${name}`)) return name;
  }
}

const isEqual = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Adds each image as a layer, at a point of the canvas or in its middle. */
export async function addFiles(files: File[], at: Point | null): Promise<void> {
  for (const file of files) {
    if (isSvgFile(file)) {
      await insertSvg(await file.text(), file.name, at);
      continue;
    }
    if (/\.(?:ttf|otf)$/i.test(file.name)) {
      await addFont(file);
      continue;
    }
    if (!KINDS.test(file.type)) {
      say(`${file.name} is no PNG, JPEG, WebP, GIF, SVG or font (.ttf, .otf)`, "error");
      continue;
    }
    if (file.size > MOST_BYTES) {
      say(`${file.name} has more than 8 MiB`, "error");
      continue;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const size = await createImageBitmap(file).then(
      ({ width, height }) => ({ width, height }),
      () => null,
    );
    if (!size) {
      say(`${file.name} is damaged`, "error");
      continue;
    }
    const name = await assetName(file.name, bytes);
    theRenderer()?.putAsset(name, bytes);
    await keep(name, bytes);
    add(layerOf(name, size, at));
  }
}

/** Adds a font to the template; texts name it by its file's name. */
async function addFont(file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const name = await assetName(file.name, bytes);
  const family = file.name
    .replace(/\.[^.]*$/, "")
    .replace(/[-_](?:regular|bold|italic|medium|light|semibold|variable\w*|\d{3})*$/i, "")
    .replace(/[-_]+/g, " ")
    .trim();
  theRenderer()?.putAsset(name, bytes);
  await keep(name, bytes);
  edit("Add a font", (before) => ({ ...before, fonts: [...((before["fonts"] ?? []) as unknown[]), { family, src: `asset:${name}` }] }));
  say(`${family} is a font of this template now`);
}

function layerOf(name: string, size: { width: number; height: number }, at: Point | null): Layer {
  const { width, height } = doc.peek();
  const scale = Math.min(1, (width * 0.6) / size.width, (height * 0.6) / size.height);
  const [w, h] = [Math.round(size.width * scale), Math.round(size.height * scale)];
  const middle = at ?? { x: width / 2, y: height / 2 };
  return { type: "image", src: `asset:${name}`, x: Math.round(middle.x - w / 2), y: Math.round(middle.y - h / 2), width: w, height: h, fit: "cover", [UID]: newUid() };
}

/** Asks for images, and adds them. */
export function pickFiles(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = "image/png,image/jpeg,image/webp,image/gif,image/svg+xml,.svg";
  input.onchange = () => void addFiles([...(input.files ?? [])], null);
  input.click();
}
