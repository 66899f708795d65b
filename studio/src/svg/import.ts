// An SVG → the layers of a template, the images in it, and what could not be kept.
//
// Shapes, gradients, texts, images, groups, clips to boxes and shadows become layers. What no layer can
// do (an odd clip, a mask, a pattern, a blur) becomes a picture, as the browser draws it. Nothing goes
// without a word: `notes` has it.

import { mapNames, pieces } from "../model/expression.ts";
import { apply, boundsOf, type Matrix, type Rect, unionOf } from "../model/geometry.ts";
import type { Doc, Layer, Param } from "../model/layer.ts";
import { type Clip, clipOf, pictureOfPattern, type Shadow, shadowsOf } from "./effect.ts";
import { backgroundOf, clipped, corners, dataOf, grouped, hundredths, isChosen, isFrame, isInside, isSimilar, type Made, moved, named, nameOf, needsGroup, whole } from "./layers.ts";
import { paintOf } from "./paint.ts";
import { type Form, formOf } from "./shape.ts";
import { openSource, type Source } from "./source.ts";
import { LINE_HEIGHT, contentOf, fontNote, type Paragraph, paragraphsOf } from "./text.ts";

export interface Note {
  /** `picture`: kept as a picture; `changed`: kept, but it looks or behaves otherwise; `left`: not kept. */
  kind: "picture" | "changed" | "left";
  what: string;
  /** How often. */
  count: number;
}

export interface Imported {
  doc: Doc;
  images: { name: string; bytes: Uint8Array<ArrayBuffer> }[];
  notes: Note[];
}

/** Layers and characters of path data that a template may have, with some room for what is added. */
const MOST_LAYERS = 360;
const MOST_PATH_CHARS = 190_000;

/** Levels of groups. */
const MOST_DEPTH = 9;

const BLENDS = new Set(["normal", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn", "hard-light", "soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity"]);
const CONTAINERS = new Set(["g", "a", "svg", "switch"]);
const SHAPES = new Set(["rect", "circle", "ellipse", "line", "polyline", "polygon", "path"]);

/** Imports the text of a file; its title and its images get `name` where they have none. */
export async function importSvg(text: string, name: string): Promise<Imported> {
  const source = openSource(text);
  try {
    return await new Importer(source, name).run();
  } finally {
    source.dispose();
  }
}

class Importer {
  private readonly source: Source;
  private readonly name: string;
  private title: string | undefined;
  private readonly notes = new Map<string, Note>();
  private readonly images: Imported["images"] = [];
  /** Names of images by what they show. */
  private readonly known = new Map<string, string>();
  private readonly params: Record<string, Param> = {};
  /** Groups that are too much for a template. */
  private readonly heavy = new Set<Element>();

  constructor(source: Source, name: string) {
    this.source = source;
    this.name = name;
  }

  async run(): Promise<Imported> {
    const { root, width, height, left } = this.source;
    for (const [element, count] of left) this.note("left", element === "foreignObject" ? "HTML inside the SVG" : `<${element}>, which acts or moves`, count);
    this.lighten();
    const made = this.heavy.has(root) ? await this.asPicture(root, "a drawing of more shapes than a template may have") : await this.children(root, 0);
    let layers = made.map(({ layer }) => layer);
    // The frame that a program exports is the template itself.
    for (let [only] = layers; layers.length === 1 && only && isFrame(only); [only] = layers) {
      const { x, y } = only;
      this.title ??= only.id;
      layers = (only.children ?? []).map((child) => moved(child, -Number(x), -Number(y)));
    }
    const texts = JSON.stringify(layers);
    for (const piece of pieces(texts)) if (piece.kind === "expression") mapNames(JSON.parse(`"${piece.inner}"`), (param) => this.declare(param));
    const background = backgroundOf(layers, width, height);
    const doc: Doc = {
      title: root.querySelector(":scope > title")?.textContent?.trim() || this.title || this.name,
      width,
      height,
      ...(background !== null && { background }),
      params: this.params,
      layers: background === null ? layers : layers.slice(1),
    };
    return { doc, images: this.images, notes: [...this.notes.values()] };
  }

  private declare(param: string): string {
    this.params[param] ??= { type: "text", example: param.charAt(0).toUpperCase() + param.slice(1).replaceAll("_", " ") };
    return param;
  }

  private note(kind: Note["kind"], what: string, count = 1): void {
    const known = this.notes.get(kind + what);
    if (known) known.count += count;
    else this.notes.set(kind + what, { kind, what, count });
  }

  /** Finds groups to keep as pictures, the largest first, until the rest fits into a template. */
  private lighten(): void {
    const drawn = (element: Element): Element[] => [...element.querySelectorAll([...SHAPES, "text", "image"].join())].filter((each) => !each.closest("defs, clipPath, mask, pattern, symbol, marker"));
    const weigh = (element: Element) => drawn(element).reduce((sum, each) => ({ layers: sum.layers + 1, chars: sum.chars + (each.getAttribute("d") ?? each.getAttribute("points") ?? "").length }), { layers: 0, chars: 0 });
    const { root } = this.source;
    const total = weigh(root);
    const groups = [...root.querySelectorAll("g")].filter((group) => !group.querySelector("text") && !group.closest("defs, clipPath, mask, pattern")).map((group) => ({ group, weight: weigh(group) }));
    const share = ({ layers, chars }: { layers: number; chars: number }): number => layers / MOST_LAYERS + chars / MOST_PATH_CHARS;
    groups.sort((one, two) => share(two.weight) - share(one.weight));
    for (const { group, weight } of groups) {
      if (total.layers <= MOST_LAYERS && total.chars <= MOST_PATH_CHARS) return;
      if ([...this.heavy].some((other) => other.contains(group))) continue;
      this.heavy.add(group);
      total.layers -= weight.layers;
      total.chars -= weight.chars;
    }
    if (total.layers > MOST_LAYERS || total.chars > MOST_PATH_CHARS) this.heavy.add(root);
  }

  private async children(parent: Element, depth: number): Promise<Made[]> {
    const made: Made[] = [];
    for (const child of parent.children) made.push(...(await this.convert(child as SVGGraphicsElement, depth)));
    return made;
  }

  private async convert(element: SVGGraphicsElement, depth: number): Promise<Made[]> {
    const kind = element.localName;
    if (!CONTAINERS.has(kind) && !SHAPES.has(kind) && kind !== "text" && kind !== "image") return [];
    if (element.parentElement?.localName === "switch" && !isChosen(element)) return [];
    const style = getComputedStyle(element);
    if (style.display === "none" || (style.visibility !== "visible" && !CONTAINERS.has(kind))) {
      this.note("left", "hidden in the file");
      return [];
    }
    if (this.heavy.has(element)) return this.asPicture(element, "a drawing of more shapes than a template may have");
    if (Number(style.opacity) === 0) {
      this.note("left", "wholly transparent in the file");
      return [];
    }
    const matrix = this.source.matrixOf(element);
    const shadows = shadowsOf(this.source.root, style.filter, matrix);
    const { has, clip } = clipOf(this.source, element, style);
    const keepsText = element.querySelector?.("text") !== null || kind === "text";
    if (shadows === null || (has && clip === null)) {
      const what = shadows === null ? "a blur or another filter" : "a clip or a mask of its own shape";
      if (!keepsText) return this.effects(await this.asPicture(element, what), style, [], null);
      // Words that can be changed are worth more than what is done to them.
      this.note("changed", `${what} around a text: the text stays, without it`);
    }
    const isSpread = shadows?.some(({ spread }) => spread) ?? false;
    if (isSpread && kind !== "rect" && kind !== "ellipse" && kind !== "circle") this.note("changed", "the spread of a shadow, which only boxes have");
    let made: Made[] | null;
    if (CONTAINERS.has(kind)) made = await this.group(element, depth, { isPlain: (shadows ?? []).length === 0 && clip === null && Number(style.opacity) === 1 && style.mixBlendMode === "normal" });
    else if (kind === "text") made = this.text(element as SVGTextElement, matrix);
    else if (kind === "image") made = await this.image(element as SVGImageElement, matrix);
    else made = await this.shape(element as SVGGeometryElement, matrix, style);
    if (made === null) return this.effects(await this.asPicture(element, "a pattern, a gradient that is an ellipse or off its middle, or an outline that crosses itself"), style, [], null);
    return this.effects(made, style, shadows ?? [], clip);
  }

  private async group(element: SVGGraphicsElement, depth: number, { isPlain }: { isPlain: boolean }): Promise<Made[]> {
    const made = await this.children(element, depth + 1);
    const name = nameOf(element);
    const [only] = made;
    if (!only) return [];
    if (isPlain && made.length === 1) {
      if (name && !only.layer.id) only.layer = { id: name, ...only.layer };
      return made;
    }
    // A group of its own where it has a name; the others only lead to what they hold.
    if (isPlain && (depth === 0 ? !name && made.length < 2 : !name || depth > MOST_DEPTH)) return made;
    return [grouped(made, name)];
  }

  /** What is done to an element as a whole. */
  private effects(made: Made[], style: CSSStyleDeclaration, shadows: Shadow[], clip: Clip | null): Made[] {
    let blend = style.mixBlendMode;
    if (!BLENDS.has(blend)) {
      this.note("changed", `the blend mode ${blend}: it lies plainly on what is below`);
      blend = "normal";
    }
    const opacity = Math.round(Number(style.opacity) * 1000) / 1000;
    const covers = unionOf(made.map(({ box }) => box));
    const cuts = clip !== null && covers !== null && !(this.isWithin(covers, clip.rect) && (clip.radius === 0 || isInside(covers, clip)));
    if (made.length === 0 || (opacity === 1 && blend === "normal" && shadows.length === 0 && !cuts)) return made;
    const [only] = made;
    let one = made.length === 1 && only ? only : grouped(made, null);
    if (clip && cuts) one = clipped(one, clip);
    if (shadows.length > 0 && (needsGroup(one.layer) || one.layer["shadow"] !== undefined)) one = grouped([one], null);
    const layer: Layer = { ...one.layer };
    if (opacity < 1) layer["opacity"] = Math.round(opacity * Number(layer["opacity"] ?? 1) * 1000) / 1000;
    if (blend !== "normal") layer["blend"] = blend;
    if (shadows.length > 0) layer["shadow"] = shadows.length === 1 ? shadows[0] : shadows;
    return [{ ...one, layer }];
  }

  /** Whether a clip changes nothing: it holds the box, or the whole picture. */
  private isWithin(box: Rect, rect: Rect): boolean {
    const { width, height } = this.source;
    const holds = (other: Rect): boolean => rect.x <= other.x + 0.01 && rect.y <= other.y + 0.01 && rect.x + rect.width >= other.x + other.width - 0.01 && rect.y + rect.height >= other.y + other.height - 0.01;
    return holds(box) || holds({ x: 0, y: 0, width, height });
  }

  private async shape(element: SVGGeometryElement, matrix: Matrix, style: CSSStyleDeclaration): Promise<Made[] | null> {
    if (["marker-start", "marker-mid", "marker-end"].some((marker) => !/^(?:none)?$/.test(style.getPropertyValue(marker))) && element.localName !== "rect") return this.asPicture(element, "arrowheads and other markers");
    const bounds = element.getBBox();
    const scale = Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c));
    const strokeWidth = style.stroke === "none" ? 0 : Number.parseFloat(style.strokeWidth) * (style.vectorEffect === "non-scaling-stroke" ? 1 : scale);
    const photo = style.fill.startsWith("url(") ? pictureOfPattern(this.source, style.fill, bounds) : null;
    const name = nameOf(element);
    const form = formOf(element, matrix, style);
    if (!form) return [];
    if (form === "crossing") return null;
    const place = { bounds: { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height }, matrix: form.matrix, frame: form.frame };
    const fill = photo ? "none" : paintOf(this.source.root, style.fill, Number(style.fillOpacity), place);
    const stroke = strokeWidth > 0 ? paintOf(this.source.root, style.stroke, Number(style.strokeOpacity), place) : "none";
    if (fill === null || stroke === null) return null;
    if (strokeWidth > 0 && stroke !== "none" && !isSimilar(matrix)) this.note("changed", "an outline that is wider in one direction");
    const isDrawn = fill !== "none" || stroke !== "none" || photo !== null;
    if (!isDrawn) return [];
    const dashes = style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[\s,]+/).map((dash) => Math.round(Number.parseFloat(dash) * scale * 100) / 100);
    if (dashes.length > 0 && Number.parseFloat(style.strokeDashoffset) !== 0) this.note("changed", "where the dashes of an outline begin");
    const outline: Record<string, unknown> = {
      stroke,
      ...(strokeWidth !== 1 && { stroke_width: Math.round(strokeWidth * 100) / 100 }),
      ...(dashes.length > 0 && { stroke_dash: dashes.length % 2 === 0 ? dashes : [...dashes, ...dashes] }),
      ...(style.strokeLinecap !== "butt" && { stroke_linecap: style.strokeLinecap }),
      ...((style.strokeLinejoin === "round" || style.strokeLinejoin === "bevel") && { stroke_linejoin: style.strokeLinejoin }),
    };
    const grown = strokeWidth > 0 && stroke !== "none" ? strokeWidth / 2 : 0;
    const box = { x: form.covered.x - grown, y: form.covered.y - grown, width: form.covered.width + 2 * grown, height: form.covered.height + 2 * grown };
    const layer: Layer = { ...form.layer, ...(fill !== "none" && { fill }), ...(stroke !== "none" && outline) };
    if (!photo) return [{ layer: named(layer, name), box }];
    const shown = await this.photoIn(photo, form, matrix, name);
    if (!shown) return null;
    return stroke === "none" ? [shown] : [shown, { layer, box }];
  }

  /** A shape that is filled with an image. */
  private async photoIn(photo: { image: SVGImageElement; rect: Rect }, form: Form, matrix: Matrix, name: string | null): Promise<Made | null> {
    if (form.layer.type === "path" || form.layer["rotate"] !== undefined) return null;
    const src = await this.assetOf(photo.image, name);
    if (src === null) return null;
    const rect = boundsOf([apply(matrix, photo.rect), apply(matrix, { x: photo.rect.x + photo.rect.width, y: photo.rect.y + photo.rect.height })]);
    const { frame } = form;
    const radius = form.layer.type === "ellipse" ? "50%" : form.layer["radius"];
    const same = Math.abs(rect.x - frame.x) + Math.abs(rect.y - frame.y) + Math.abs(rect.width - frame.width) + Math.abs(rect.height - frame.height) < 0.05;
    if (same) return { layer: named({ type: "image", src, ...whole(frame), fit: "fill", ...(radius !== undefined && { radius }) }, name), box: frame };
    // A photo that is cut at two sides only is one that covers its box.
    const isEven = await this.isInProportion(photo.image, rect);
    const covers = rect.x <= frame.x + 0.05 && rect.y <= frame.y + 0.05 && rect.x + rect.width >= frame.x + frame.width - 0.05 && rect.y + rect.height >= frame.y + frame.height - 0.05;
    const isTight = Math.abs(rect.width - frame.width) < 0.5 || Math.abs(rect.height - frame.height) < 0.5;
    if (isEven && covers && isTight) {
      const share = (room: number, before: number): number => (Math.abs(room) < 0.5 ? 0.5 : Math.round((before / room) * 1000) / 1000);
      const position = [share(rect.width - frame.width, frame.x - rect.x), share(rect.height - frame.height, frame.y - rect.y)];
      const isMiddle = position.every((each) => Math.abs(each - 0.5) < 0.02);
      return { layer: named({ type: "image", src, ...whole(frame), fit: "cover", ...(!isMiddle && { focus: position }), ...(radius !== undefined && { radius }) }, name), box: frame };
    }
    const inner: Layer = { type: "image", src, x: hundredths(rect.x - frame.x), y: hundredths(rect.y - frame.y), width: hundredths(rect.width), height: hundredths(rect.height), fit: "fill" };
    return { layer: named({ type: "group", ...whole(frame), clip: true, ...(radius !== undefined && { radius }), children: [inner] }, name), box: frame };
  }

  private async isInProportion(image: SVGImageElement, rect: Rect): Promise<boolean> {
    const natural = await createImageBitmap(new Blob([dataOf(image)?.bytes ?? new Uint8Array()])).catch(() => null);
    return natural !== null && Math.abs(natural.width / natural.height - rect.width / rect.height) < 0.01 * (rect.width / rect.height);
  }

  private text(element: SVGTextElement, matrix: Matrix): Made[] {
    if (element.querySelector("textPath")) {
      this.note("left", "a text along a path");
      return [];
    }
    if (element.textContent?.trim() === "") return [];
    const scale = Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c));
    if (!isSimilar(matrix)) this.note("changed", "a text that is slanted or stretched: it stands upright");
    const style = getComputedStyle(element);
    const paragraphs = paragraphsOf(element);
    return paragraphs.map((paragraph) => {
      const font = fontNote(paragraph.look);
      if (font) this.note("changed", font);
      return this.paragraph(paragraph, matrix, scale, style, paragraphs.length === 1 ? nameOf(element) : null);
    });
  }

  private paragraph(paragraph: Paragraph, matrix: Matrix, scale: number, style: CSSStyleDeclaration, name: string | null): Made {
    const degrees = Math.round(((Math.atan2(matrix.b, matrix.a) * 180) / Math.PI) * 100) / 100;
    const own = { x: paragraph.x, y: paragraph.y, width: paragraph.width, height: paragraph.height };
    const center = apply(matrix, { x: own.x + own.width / 2, y: own.y + own.height / 2 });
    const box = { x: center.x - (own.width * scale) / 2, y: center.y - (own.height * scale) / 2, width: own.width * scale, height: own.height * scale };
    const local: Matrix = { a: scale, b: 0, c: 0, d: scale, e: box.x - own.x * scale, f: box.y - own.y * scale };
    const place = { bounds: own, matrix: local, frame: box };
    const { text, fields, isFilled } = contentOf(paragraph, scale, (look) => paintOf(this.source.root, look.fill, look.fillOpacity, place));
    if (!isFilled) this.note("changed", "the pattern of a text: it is black");
    const content = JSON.stringify(text);
    const changes = /\{[{%]/.test(content);
    const isOneLine = paragraph.lines.length === 1;
    const { anchor } = paragraph;
    const size = Number(fields["size"]);
    const strokeWidth = style.stroke === "none" ? 0 : Number.parseFloat(style.strokeWidth) * scale;
    const stroke = strokeWidth > 0 ? paintOf(this.source.root, style.stroke, Number(style.strokeOpacity), place) : "none";
    const layer: Layer = {
      type: "text",
      text,
      ...(degrees === 0 ? { x: hundredths(box.x), y: hundredths(box.y), width: hundredths(box.width) } : whole(box)),
      ...(degrees !== 0 && { rotate: degrees }),
      ...fields,
      // Of one line, the height that its place was reckoned with: the letters of a name in another script make more.
      line_height: isOneLine ? LINE_HEIGHT : paragraph.lineHeight,
      ...(anchor !== "start" && { align: anchor === "middle" ? "center" : "end" }),
      ...(changes ? { ...(isOneLine && { max_lines: 1 }), min_size: hundredths(size / 2) } : { overflow: "visible" }),
      ...(stroke !== null && stroke !== "none" && { stroke, stroke_width: hundredths(strokeWidth) }),
    };
    return { layer: named(layer, name && name !== text ? name : null), box: degrees === 0 ? box : boundsOf(corners(own).map((point) => apply(matrix, point))) };
  }

  private async image(element: SVGImageElement, matrix: Matrix): Promise<Made[] | null> {
    const name = nameOf(element);
    const data = dataOf(element);
    if (!data) {
      this.note("left", "an image that the file does not contain");
      return [];
    }
    if (!isSimilar(matrix) && (Math.abs(matrix.b) > 1e-4 || Math.abs(matrix.c) > 1e-4)) return this.asPicture(element, "an image that is slanted or mirrored");
    if (matrix.a * matrix.d - matrix.b * matrix.c <= 0) return this.asPicture(element, "an image that is slanted or mirrored");
    const src = await this.assetOf(element, name);
    if (src === null) return this.asPicture(element, "an image of another kind");
    const box = element.getBBox();
    const [width, height] = [box.width * Math.hypot(matrix.a, matrix.b), box.height * Math.hypot(matrix.c, matrix.d)];
    if (width === 0 || height === 0) return [];
    const center = apply(matrix, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const frame = { x: center.x - width / 2, y: center.y - height / 2, width, height };
    const degrees = Math.round(((Math.atan2(matrix.b, matrix.a) * 180) / Math.PI) * 100) / 100;
    const ratio = element.getAttribute("preserveAspectRatio") ?? "xMidYMid meet";
    const fit = ratio.startsWith("none") || Math.abs(matrix.a - matrix.d) > 0.01 * Math.abs(matrix.a) ? "fill" : ratio.includes("slice") ? "cover" : "contain";
    if (fit !== "fill" && !/^xMidYMid/.test(ratio.replace("defer ", ""))) this.note("changed", "where an image stands in its box");
    const covered = boundsOf(corners(box).map((point) => apply(matrix, point)));
    return [{ layer: named({ type: "image", src, ...whole(frame), fit, ...(degrees !== 0 && { rotate: degrees }) }, name), box: covered }];
  }

  /** The `src` of a layer that shows an image of the file; null for a kind that a template cannot show. */
  private async assetOf(image: SVGImageElement, name: string | null): Promise<string | null> {
    const data = dataOf(image);
    if (!data || !/^(?:png|jpeg|webp|gif)$/.test(data.kind)) return null;
    const asset = this.add(data.bytes, data.kind === "jpeg" ? "jpg" : data.kind);
    // A designer names a layer after the param that fills it.
    const param = /^\{\{\s*([a-z][a-z0-9_]*)\s*\}\}$/.exec(name ?? "")?.[1];
    if (!param) return asset;
    this.params[param] ??= { type: "image", default: asset };
    return `{{ ${param} }}`;
  }

  private add(bytes: Uint8Array<ArrayBuffer>, kind: string): string {
    let key = `${kind} ${bytes.length}`;
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 4_096)) key += ` ${bytes[at]}`;
    const known = this.known.get(key);
    if (known) return `asset:${known}`;
    const stem = this.name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "image";
    const name = `${stem}-${this.images.length + 1}.${kind}`;
    this.known.set(key, name);
    this.images.push({ name, bytes });
    return `asset:${name}`;
  }

  /** An element as the browser draws it. */
  private async asPicture(element: Element, why: string): Promise<Made[]> {
    const picture = await this.source.pictureOf(element).catch(() => {
      this.note("left", `${why}, which this browser cannot draw`);
      return null;
    });
    // What paints nothing is nothing.
    if (!picture) return [];
    this.note("picture", why);
    const src = this.add(new Uint8Array(await picture.blob.arrayBuffer()), "png");
    return [{ layer: named({ type: "image", src, ...whole(picture.bounds), fit: "fill" }, nameOf(element)), box: picture.bounds }];
  }
}
