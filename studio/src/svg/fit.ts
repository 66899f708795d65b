// Room for the letters of imported texts.
//
// A file has letters at places, which the browser measured, perhaps in another font. Here the renderer
// says how wide its own are. A text without params is as wide as its letters. One with params gets the
// room of the shape that it stands on, so that longer values shrink and do not run out of it; and a
// text in the middle of that shape stays in its middle.

import { layOut } from "../engine/live.ts";
import { printDocument } from "../model/document.ts";
import { boundsOf, type Placed, place, type Rect } from "../model/geometry.ts";
import { type Doc, isExpression, type Layer, mapLayers, nodes, numbered, type Uid, uid, withField } from "../model/layer.ts";

/** Px that are added to a width: lines are broken at whole px. */
const SPARE_PX = 1;

/** The text of a layer with its expressions written out, as the designer saw it. */
function literally(value: unknown): unknown {
  if (typeof value === "string") return isExpression(value) ? `{{ ${JSON.stringify(value)} }}` : value;
  if (Array.isArray(value)) return value.map((run: Record<string, unknown>) => ({ ...run, text: literally(run["text"]) }));
  return value;
}

const changes = (layer: Layer): boolean => isExpression(JSON.stringify(layer["text"] ?? ""));

export function fitTexts(made: Doc): Doc {
  const doc = numbered(made);
  const hugging = mapLayers(doc, (layer) => {
    if (layer.type !== "text") return layer;
    const { min_size: _, max_lines: __, align: ___, ...rest } = { ...layer, text: literally(layer["text"]), overflow: "visible" } as Layer & Record<string, unknown>;
    return withField(rest as Layer, "width", undefined);
  });
  const report = layOut(printDocument(hugging));
  if (!report) return made;
  const placed = place(report.boxes);
  const byPath = new Map(placed.map((each) => [each.path, each]));
  const found = new Map<Uid, Layer>();
  for (const node of nodes(doc)) {
    const own = byPath.get(node.path);
    if (node.layer.type !== "text" || !own) continue;
    const natural = own.box.width + SPARE_PX;
    found.set(node.uid, node.layer["rotate"] === undefined ? fitted(node.layer, natural, own, shapeBelow(placed, own, changes(node.layer) ? 1 : natural, doc)) : turned(node.layer, natural));
  }
  return mapLayers(doc, (layer) => found.get(uid(layer)) ?? layer);
}

/**
 * The smallest box below a text that holds it: a card, a button, or the whole picture. Of a text whose
 * values change, it has to hold the beginning.
 */
function shapeBelow(placed: Placed[], text: Placed, width: number, { width: w, height: h }: Doc): Rect {
  let best: Rect = { x: 0, y: 0, width: w, height: h };
  for (const other of placed) {
    if (other === text) break;
    if (other.box.type === "text" || other.box.type === "line") continue;
    const box = boundsOf(other.corners);
    const holds = box.x <= text.box.x && box.y <= text.box.y && box.x + box.width >= text.box.x + width && box.y + box.height >= text.box.y + text.box.height;
    if (holds && box.width * box.height < best.width * best.height) best = box;
  }
  return best;
}

const hundredths = (px: number): number => Math.round(px * 100) / 100;

/** An upright text with the width that it is to have. */
function fitted(layer: Layer, natural: number, { box, parent }: Placed, below: Rect): Layer {
  const align = layer["align"];
  // Where it is held, on the canvas: its place of now is that of the browser's letters.
  const left = box.x + (align === "center" ? (Number(layer["width"]) - natural) / 2 : align === "end" ? Number(layer["width"]) - natural : 0);
  const middle = left + natural / 2;
  const isCentered = align === "center" || (align === undefined && Math.abs(middle - (below.x + below.width / 2)) <= Math.max(1, below.width * 0.004));
  const [before, after] = [left - below.x, below.x + below.width - (left + natural)];
  let [from, width] = [left, natural];
  if (changes(layer)) {
    // As much is left free on the other side as on that where the text begins, within reason.
    const margin = (side: number): number => Math.max(0, Math.min(side, below.width * 0.1));
    if (isCentered) {
      const half = Math.min(middle - below.x, below.x + below.width - middle) - margin(Math.min(before, after));
      [from, width] = [middle - half, 2 * half];
    } else if (align === "end") {
      width = left + natural - below.x - margin(after);
      from = left + natural - width;
    } else width = below.x + below.width - left - margin(before);
  } else if (!isCentered && align === undefined) {
    return withField(layer, "width", undefined);
  }
  const x = hundredths(from - (parent?.box.x ?? 0));
  const { type, text, x: _, y, width: __, align: ___, ...rest } = layer;
  return { type, ...(layer.id !== undefined && { id: layer.id }), text, x, y, width: hundredths(width), ...rest, ...(isCentered ? { align: "center" } : align === "end" && { align }) };
}

/** A turned text, which grows from where it is held. */
function turned(layer: Layer, natural: number): Layer {
  const grows = Math.ceil(natural) - Number(layer["width"]);
  const radians = (Number(layer["rotate"]) * Math.PI) / 180;
  const hold = layer["align"] === "center" ? 0 : layer["align"] === "end" ? -0.5 : 0.5;
  const x = Number(layer["x"]) - grows / 2 + hold * grows * Math.cos(radians);
  const y = Number(layer["y"]) + hold * grows * Math.sin(radians);
  return { ...layer, x: hundredths(x), y: hundredths(y), width: Math.ceil(natural) };
}
