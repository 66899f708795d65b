// The text of an SVG → text layers.
//
// A file has letters at places, and no paragraphs. What stands in one line becomes runs of one text;
// lines below each other at even distances become one paragraph, which a person then edits as a whole.

import type { Point } from "../model/geometry.ts";
import type { Paint } from "./paint.ts";

/** Inter's ascent and descent in multiples of its size (its table `hhea`). */
const ASCENT = 0.96875;
const DESCENT = 0.2412109375;
/** The height of a line where a paragraph has one line only, in multiples of its size. */
export const LINE_HEIGHT = 1.2;

/** The family that is always here, and words that mean: whatever is. */
const GENERIC = /^(?:|inter(?: variable|[- ].*)?|sans-serif|serif|monospace|system-ui|ui-.*|-apple-system|blinkmacsystemfont)$/i;

/** Families of operating systems, which nobody may upload: Inter stands in for them. */
const SYSTEM = /^(?:arial.*|helvetica.*|segoe ui|roboto|san francisco|sf pro.*|times.*|verdana|georgia)$/i;

export interface Look {
  size: number;
  family: string;
  weight: number;
  italic: boolean;
  spacing: number;
  decoration: string | null;
  fill: string;
  fillOpacity: number;
}

/** Letters that stand together and look alike. */
interface Piece {
  text: string;
  start: Point;
  end: Point;
  look: Look;
  element: SVGTextContentElement;
}

interface Line {
  pieces: Piece[];
  start: Point;
  end: Point;
}

/** A paragraph in the coordinates of its element. */
export interface Paragraph {
  lines: Line[];
  anchor: "start" | "middle" | "end";
  look: Look;
  lineHeight: number;
  /** The box around it, from the top of its first line. */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Puts the text that stands beside elements into elements of its own, so that each can be asked for its place. */
function wrapBareText(element: Element): void {
  if (element.children.length === 0) return;
  for (const child of [...element.childNodes]) {
    if (child instanceof Text) {
      if (child.data.trim() === "" && !/[^\s]/.test(child.data) && child.data !== " ") continue;
      const span = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
      child.replaceWith(span);
      span.append(child);
    } else if (child instanceof Element) wrapBareText(child);
  }
}

function lookOf(element: Element): Look {
  const style = getComputedStyle(element);
  const [first = ""] = style.fontFamily.split(",");
  const size = Number.parseFloat(style.fontSize) || 16;
  const lines = style.textDecorationLine.split(" ").filter((line) => line === "underline" || line === "line-through");
  return {
    size,
    family: first.trim().replace(/^["']|["']$/g, ""),
    weight: Number.parseFloat(style.fontWeight) || 400,
    italic: style.fontStyle !== "normal",
    spacing: style.letterSpacing === "normal" ? 0 : Number.parseFloat(style.letterSpacing) || 0,
    decoration: lines.length > 0 ? lines.join(" ") : null,
    fill: style.fill,
    fillOpacity: Number(style.fillOpacity),
  };
}

function piecesOf(text: SVGTextElement): Piece[] {
  wrapBareText(text);
  const leaves = text.children.length === 0 ? [text] : [...text.querySelectorAll("tspan, a")].filter((each) => each.children.length === 0);
  return (leaves as SVGTextContentElement[]).flatMap((element) => {
    const count = element.getNumberOfChars();
    if (count === 0 || element.closest("textPath")) return [];
    const isKept = /pre/.test(getComputedStyle(element).whiteSpace) || element.closest("[*|space='preserve'], [xml\\:space='preserve']") !== null;
    const content = element.textContent ?? "";
    const words = isKept ? content.replace(/[\r\n]+/g, " ") : content.replace(/\s+/g, " ");
    return words === "" ? [] : [{ text: words, start: plain(element.getStartPositionOfChar(0)), end: plain(element.getEndPositionOfChar(count - 1)), look: lookOf(element), element }];
  });
}

const plain = ({ x, y }: DOMPoint): Point => ({ x, y });

function linesOf(pieces: Piece[]): Line[] {
  const lines: Line[] = [];
  for (const piece of pieces) {
    const line = lines.at(-1);
    const gap = line ? piece.start.x - line.end.x : 0;
    const { size } = piece.look;
    if (line && Math.abs(piece.start.y - line.end.y) < size * 0.1 && gap > -size && gap < size * 1.5) {
      const before = line.pieces.at(-1);
      // A gap that is no letter is a space.
      if (before && gap > size * 0.16 && !/\s$/.test(before.text) && !/^\s/.test(piece.text)) before.text += " ";
      line.pieces.push(piece);
      line.end = piece.end;
    } else lines.push({ pieces: [piece], start: piece.start, end: piece.end });
  }
  for (const line of lines) {
    const [first, last] = [line.pieces[0], line.pieces.at(-1)];
    if (first) first.text = first.text.trimStart();
    if (last) last.text = last.text.trimEnd();
  }
  return lines.filter((line) => line.pieces.some((piece) => piece.text !== ""));
}

const anchorX = (line: Line, anchor: string): number => (anchor === "middle" ? (line.start.x + line.end.x) / 2 : anchor === "end" ? line.end.x : line.start.x);

/** The anchor that lines have by their places: programs write centred lines with starts of their own, too. */
function anchorOf(lines: Line[], named: string): "start" | "middle" | "end" {
  if (named === "middle" || named === "end") return named;
  const size = lines[0]?.pieces[0]?.look.size ?? 16;
  const spread = (anchor: string): number => {
    const places = lines.map((line) => anchorX(line, anchor));
    return Math.max(...places) - Math.min(...places);
  };
  if (lines.length < 2 || spread("start") < size * 0.1) return "start";
  return spread("middle") < size * 0.12 ? "middle" : spread("end") < size * 0.12 ? "end" : "start";
}

/** The paragraphs of a text element. */
export function paragraphsOf(text: SVGTextElement): Paragraph[] {
  const lines = linesOf(piecesOf(text));
  const named = getComputedStyle(text).textAnchor;
  const groups: Line[][] = [];
  for (const line of lines) {
    const group = groups.at(-1);
    const [above, first] = [group?.at(-1), group?.[0]];
    const size = line.pieces[0]?.look.size ?? 16;
    const step = above ? line.start.y - above.start.y : 0;
    const isEven = group && group.length > 1 && above ? Math.abs(step - (above.start.y - (group[group.length - 2]?.start.y ?? 0))) < size * 0.05 : true;
    const isAligned = group && first ? anchorOf([...group, line], named) !== "start" || Math.abs(line.start.x - first.start.x) < size * 0.1 : false;
    const isSameSize = first?.pieces[0]?.look.size === size;
    if (group && isAligned && isEven && isSameSize && step > size * 0.7 && step < size * 2.5) group.push(line);
    else groups.push([line]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    const look = first?.pieces[0]?.look;
    if (!first || !look) return [];
    const step = (group[1]?.start.y ?? 0) - first.start.y;
    const lineHeight = group.length > 1 ? Math.round((step / look.size) * 1000) / 1000 : LINE_HEIGHT;
    const [left, right] = [Math.min(...group.map(({ start }) => start.x)), Math.max(...group.map(({ end }) => end.x))];
    const ascent = (lineHeight - (ASCENT + DESCENT)) / 2 + ASCENT;
    return [{ lines: group, anchor: anchorOf(group, named), look, lineHeight, x: left, y: first.start.y - ascent * look.size, width: right - left, height: lineHeight * look.size * group.length }];
  });
}

const round = (px: number): number => Math.round(px * 100) / 100;

/** The fields of a text layer that say how it looks; `scale` is px for one unit. */
export function looksOf(look: Look, scale: number, fill: Paint): Record<string, unknown> {
  return {
    ...(!GENERIC.test(look.family) && !SYSTEM.test(look.family) && { font: look.family }),
    ...(look.weight !== 400 && { weight: look.weight }),
    ...(look.italic && { italic: true }),
    size: round(look.size * scale),
    ...(Math.abs(look.spacing) > 0.005 && { letter_spacing: round(look.spacing * scale) }),
    ...(look.decoration && { decoration: look.decoration }),
    fill,
  };
}

/** The text of a paragraph: a string where all of it looks alike, or else runs. */
export function contentOf(paragraph: Paragraph, scale: number, fillOf: (look: Look) => Paint): { text: unknown; fields: Record<string, unknown>; isFilled: boolean } {
  let isFilled = true;
  const paint = (look: Look): Paint => {
    const fill = fillOf(look);
    if (fill === null) isFilled = false;
    return fill ?? "#000000";
  };
  const fields = looksOf(paragraph.look, scale, paint(paragraph.look));
  const runs: { text: string; own: Record<string, unknown> }[] = [];
  paragraph.lines.forEach((line, index) => {
    line.pieces.forEach((piece, at) => {
      const text = (index > 0 && at === 0 ? "\n" : "") + piece.text;
      const all = looksOf(piece.look, scale, paint(piece.look));
      const own = Object.fromEntries(Object.entries(all).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(fields[field])));
      // A run without what the layer has says so.
      if ("weight" in fields && !("weight" in all)) own["weight"] = 400;
      if ("italic" in fields && !("italic" in all)) own["italic"] = false;
      if ("letter_spacing" in fields && !("letter_spacing" in all)) own["letter_spacing"] = 0;
      if ("decoration" in fields && !("decoration" in all)) own["decoration"] = "none";
      const before = runs.at(-1);
      // The spacing of single letters is the kerning of another font.
      if (before && JSON.stringify({ ...before.own, letter_spacing: 0 }) === JSON.stringify({ ...own, letter_spacing: 0 })) before.text += text;
      else runs.push({ text, own });
    });
  });
  const [only] = runs;
  const isPlain = runs.length === 1 && only;
  return { text: isPlain ? only.text : runs.map(({ text, own }) => ({ text, ...own })), fields: isPlain ? { ...fields, ...only.own } : fields, isFilled };
}

/** What is to be said about the font of a text; null if it is here. */
export function fontNote({ family }: Look): string | null {
  if (GENERIC.test(family)) return null;
  return SYSTEM.test(family) ? `the font ${family}: Inter stands in for it` : `the font ${family}, which is not here: Inter is shown until it is uploaded`;
}
