// The text of an SVG → elements that can be measured, and pictures of parts of it.
//
// The browser resolves styles, transforms and letters; so the elements stand in the page for a
// moment, unseen. Nothing of a file can act there: what could is left out first, and the page's policy
// has the last word. Inline styles are against that policy, so they are named otherwise in the
// parsed document, and set as properties in the page.

import type { Matrix, Rect } from "../model/geometry.ts";

const SVG = "http://www.w3.org/2000/svg";
const STYLE_ATTRIBUTE = "data-mg-style";
const STYLE_ELEMENT = "mg-style";
/** The attribute by which an element in the page and its original know each other. */
const MARK = "data-mg";

/** Elements of a file once each `use` is replaced: more are no drawing to edit. */
const MOST_ELEMENTS = 20_000;

/** Bytes of a file. */
const MOST_CHARS = 8 * 1024 * 1024;

/** Elements that do something, or bring in another document. */
const ACTIVE = new Set(["script", "foreignObject", "iframe", "animate", "animateTransform", "animateMotion", "animateColor", "set", "discard", "mpath", "audio", "video", "canvas", "handler"]);

export interface Source {
  root: SVGSVGElement;
  /** Of the picture, in px. */
  width: number;
  height: number;
  /** What could act and is left out, by the name of its element. */
  left: Map<string, number>;
  /** From an element's own coordinates to those of the picture. */
  matrixOf(element: SVGGraphicsElement): Matrix;
  /** A picture of an element alone, without what groups around it do to it. */
  pictureOf(element: Element): Promise<{ bounds: Rect; blob: Blob } | null>;
  dispose(): void;
}

interface Policy {
  createHTML(text: string): string;
}
let policy: Policy | null = null;

function parse(text: string): Document {
  const types = (window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;
  policy ??= types?.createPolicy("monogram-svg", { createHTML: (html) => html }) ?? null;
  // What is parsed so has no page, and none of its scripts runs.
  const renamed = text
    .replace(/<!DOCTYPE[^>[]*(?:\[[\s\S]*?\]\s*)?>/i, (declaration) => entitiesOf(declaration))
    .replace(/<[A-Za-z][^<>]*>/g, (tag) => tag.replace(/(\s)style(\s*=)/g, `$1${STYLE_ATTRIBUTE}$2`))
    .replace(/<(\/?)(?:svg:)?style(?=[\s>/])/g, `<$1${STYLE_ELEMENT}`);
  const parsed = new DOMParser().parseFromString((policy?.createHTML(renamed) ?? renamed) as string, "image/svg+xml");
  const wrong = parsed.querySelector("parsererror");
  if (wrong || parsed.documentElement.localName !== "svg") throw new Error(wrong ? `this is not XML: ${(wrong.textContent ?? "").trim().split("\n")[1] ?? "a tag is missing"}` : "this is no SVG");
  return parsed;
}

/** Illustrator names its namespaces by entities; no other entity is kept. */
function entitiesOf(declaration: string): string {
  const names = [...declaration.matchAll(/<!ENTITY\s+(ns_\w+)\s+"(https?:[^"<&]*)"\s*>/g)];
  return names.length === 0 ? "" : `<!DOCTYPE svg [${names.map(([entity]) => entity).join("")}]>`;
}

/** Takes out what could act, and counts it. */
function disarm(parsed: Document): Map<string, number> {
  const left = new Map<string, number>();
  for (const element of [...parsed.querySelectorAll("*")]) {
    if (!ACTIVE.has(element.localName) || !element.parentElement) continue;
    // What Illustrator writes for itself has a copy for everybody beside it.
    if (!element.hasAttribute("requiredExtensions")) left.set(element.localName, (left.get(element.localName) ?? 0) + 1);
    element.remove();
  }
  return left;
}

/** Replaces each `use` by what it shows. */
function expandUses(parsed: Document): void {
  let count = parsed.querySelectorAll("*").length;
  for (let round = 0; round < 8; round += 1) {
    const uses = [...parsed.querySelectorAll("use")].filter((use) => !use.closest("pattern"));
    if (uses.length === 0) return;
    for (const use of uses) {
      const target = byHref(parsed, use);
      if (use.parentElement?.localName === "clipPath" && target) {
        // A clip takes shapes, and no groups of them.
        use.replaceWith(clipCopy(target, use));
        continue;
      }
      const group = parsed.createElementNS(SVG, "g");
      for (const { name, value } of [...use.attributes]) if (!/^(?:(?:xlink:)?href|x|y|width|height)$/.test(name)) group.setAttribute(name, value);
      const [x, y] = [use.getAttribute("x") ?? "0", use.getAttribute("y") ?? "0"].map(Number.parseFloat);
      if (x || y) group.setAttribute("transform", `${group.getAttribute("transform") ?? ""} translate(${x ?? 0} ${y ?? 0})`);
      if (target && !target.contains(use)) {
        count += target.querySelectorAll("*").length + 1;
        if (count > MOST_ELEMENTS) throw new Error("it repeats its parts too often");
        group.append(shownCopy(parsed, target, use));
      }
      use.replaceWith(group);
    }
  }
}

function clipCopy(target: Element, use: Element): Element {
  const copy = target.cloneNode(true) as Element;
  copy.removeAttribute("id");
  for (const { name, value } of [...use.attributes]) if (!/^(?:(?:xlink:)?href|x|y|width|height|transform)$/.test(name) && !copy.hasAttribute(name)) copy.setAttribute(name, value);
  const [x, y] = [use.getAttribute("x") ?? "0", use.getAttribute("y") ?? "0"].map(Number.parseFloat);
  copy.setAttribute("transform", `${use.getAttribute("transform") ?? ""} translate(${x || 0} ${y || 0}) ${copy.getAttribute("transform") ?? ""}`);
  return copy;
}

function shownCopy(parsed: Document, target: Element, use: Element): Element {
  const copy = target.cloneNode(true) as Element;
  copy.removeAttribute("id");
  if (copy.localName !== "symbol" && copy.localName !== "svg") return copy;
  const svg = parsed.createElementNS(SVG, "svg");
  for (const { name, value } of [...copy.attributes]) svg.setAttribute(name, value);
  for (const side of ["width", "height"]) svg.setAttribute(side, use.getAttribute(side) ?? copy.getAttribute(side) ?? "100%");
  svg.append(...copy.childNodes);
  return svg;
}

/** The element that another one names by its `href`. */
export function byHref(scope: ParentNode, element: Element): Element | null {
  const name = element.getAttribute("href") ?? element.getAttributeNS("http://www.w3.org/1999/xlink", "href") ?? "";
  return name.startsWith("#") && name.length > 1 ? scope.querySelector(`[id="${CSS.escape(name.slice(1))}"]`) : null;
}

const isLocal = (value: string): boolean => !/url\(\s*['"]?(?!['"]?#)/i.test(value);

/** A copy of an element for the page, without what could act. */
function copyOf(from: Element): Element {
  const to = document.createElementNS(from.namespaceURI, from.localName);
  for (const { namespaceURI, name, value } of [...from.attributes]) {
    if (/^on/i.test(name) || name === "style" || !isLocal(value)) continue;
    if (/(?:^|:)href$/.test(name) && !/^(?:#|data:image\/)/.test(value)) continue;
    if (name === STYLE_ATTRIBUTE) (to as SVGElement).style.cssText = isLocal(value) ? value : "";
    else to.setAttributeNS(namespaceURI, name, value);
  }
  for (const child of [...from.childNodes]) {
    if (child instanceof Text || child.nodeType === Node.CDATA_SECTION_NODE) to.append(child.textContent ?? "");
    else if (child.nodeType === Node.ELEMENT_NODE) {
      const element = child as Element;
      if (element.namespaceURI === SVG && element.localName !== STYLE_ELEMENT) to.append(copyOf(element));
    }
  }
  return to;
}

/** The number before the unit of `width="120mm"`, in px; null for a percentage or nothing. */
function pxOf(length: string | null): number | null {
  const match = /^\s*([\d.]+)\s*(px|pt|pc|mm|cm|in)?\s*$/.exec(length ?? "");
  const units: Record<string, number> = { px: 1, pt: 4 / 3, pc: 16, mm: 96 / 25.4, cm: 96 / 2.54, in: 96 };
  return match ? Number(match[1]) * (units[match[2] ?? "px"] ?? 1) : null;
}

function sizeOf(root: Element): { width: number; height: number } {
  const box = (root.getAttribute("viewBox") ?? "").trim().split(/[\s,]+/).map(Number);
  const [viewWidth, viewHeight] = box.length === 4 && box.every(Number.isFinite) ? [box[2] ?? 0, box[3] ?? 0] : [0, 0];
  const [width, height] = [pxOf(root.getAttribute("width")), pxOf(root.getAttribute("height"))];
  const ratio = viewWidth > 0 && viewHeight > 0 ? viewWidth / viewHeight : null;
  const found = { width: width ?? (height !== null && ratio ? height * ratio : viewWidth || 300), height: height ?? (width !== null && ratio ? width / ratio : viewHeight || 150) };
  if (found.width <= 0 || found.height <= 0) throw new Error("it has no size");
  return found;
}

/** The most px of a side and of a picture. */
const MOST_SIDE = 4096;
const MOST_PIXELS = 3_024_000;

/** Reads a file, and puts it into the page unseen. */
export function openSource(text: string): Source {
  if (text.length > MOST_CHARS) throw new Error("it has more than 8 MiB");
  const parsed = parse(text);
  const original = parsed.documentElement;
  if (parsed.querySelectorAll("*").length > MOST_ELEMENTS) throw new Error(`it has more than ${MOST_ELEMENTS} elements`);
  const natural = sizeOf(original);
  // A picture has whole px, and not too many.
  const scale = Math.min(1, MOST_SIDE / Math.max(natural.width, natural.height), Math.sqrt(MOST_PIXELS / (natural.width * natural.height)));
  const [width, height] = [Math.max(1, Math.round(natural.width * scale)), Math.max(1, Math.round(natural.height * scale))];
  if (!original.hasAttribute("viewBox")) original.setAttribute("viewBox", `0 0 ${natural.width} ${natural.height}`);
  original.setAttribute("width", String(width));
  original.setAttribute("height", String(height));
  for (const name of ["x", "y"]) original.removeAttribute(name);
  const left = disarm(parsed);
  expandUses(parsed);
  let count = 0;
  for (const element of parsed.querySelectorAll("*")) element.setAttribute(MARK, String((count += 1)));

  const root = copyOf(original) as SVGSVGElement;
  const host = document.createElement("div");
  host.className = "svg-host";
  host.setAttribute("aria-hidden", "true");
  const shadow = host.attachShadow({ mode: "open" });
  const sheets = [...parsed.getElementsByTagName(STYLE_ELEMENT)].map((element) => element.textContent ?? "");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(sheets.filter(isLocal).join("\n").replace(/@import[^;]*;/g, ""));
  const own = new CSSStyleSheet();
  own.replaceSync(":host { position: fixed; left: 0; top: 0; width: 0; height: 0; overflow: hidden; visibility: hidden; contain: strict; color: #000; font: 16px/normal sans-serif; letter-spacing: normal; text-align: start }");
  shadow.adoptedStyleSheets = [own, sheet];
  shadow.append(root);
  document.body.append(host);
  // What the host hides is visible in its file.
  root.style.visibility = "visible";
  const corner = root.getBoundingClientRect();

  return {
    root,
    width,
    height,
    left,
    matrixOf(element) {
      const { a, b, c, d, e, f } = element.getScreenCTM() ?? new DOMMatrix();
      return { a, b, c, d, e: e - corner.left, f: f - corner.top };
    },
    pictureOf: (element) => pictureOf(original, element.getAttribute(MARK) ?? "", width, height),
    dispose: () => host.remove(),
  };
}

const RESOURCES = new Set(["defs", STYLE_ELEMENT, "linearGradient", "radialGradient", "clipPath", "mask", "filter", "pattern", "symbol", "marker"]);

/** Hides everything but one element, draws the file, and cuts out what is seen. */
async function pictureOf(original: Element, mark: string, width: number, height: number): Promise<{ bounds: Rect; blob: Blob } | null> {
  const copy = original.cloneNode(true) as Element;
  const chosen = copy.getAttribute(MARK) === mark ? copy : copy.querySelector(`[${MARK}="${mark}"]`);
  if (!chosen) return null;
  const restyle = (element: Element, more: string): void => element.setAttribute(STYLE_ATTRIBUTE, `${element.getAttribute(STYLE_ATTRIBUTE) ?? ""};${more}`);
  for (let element: Element = chosen; element.parentElement; element = element.parentElement) {
    const parent = element.parentElement;
    for (const sibling of [...parent.children]) if (sibling !== element && !RESOURCES.has(sibling.localName)) restyle(sibling, "display:none!important");
    // Groups around it do the same to the layer that it becomes.
    if (parent !== copy) restyle(parent, "opacity:1!important;filter:none!important;clip-path:none!important;mask:none!important;mix-blend-mode:normal!important");
  }
  restyle(chosen, "opacity:1!important;mix-blend-mode:normal!important");
  const scale = Math.min(2, MOST_SIDE / Math.max(width, height), Math.sqrt(12_000_000 / (width * height)));
  copy.setAttribute("width", String(width * scale));
  copy.setAttribute("height", String(height * scale));
  const image = await imageOf(textOf(copy));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const area = painted(context.getImageData(0, 0, canvas.width, canvas.height));
  if (!area) return null;
  // Whole px of the template, so that the picture is not resampled between them.
  const x = Math.floor(area.x / scale);
  const y = Math.floor(area.y / scale);
  const bounds = { x, y, width: Math.min(width, Math.ceil((area.x + area.width) / scale)) - x, height: Math.min(height, Math.ceil((area.y + area.height) / scale)) - y };
  const cut = new OffscreenCanvas(Math.max(1, Math.round(bounds.width * scale)), Math.max(1, Math.round(bounds.height * scale)));
  cut.getContext("2d")?.drawImage(canvas, -Math.round(bounds.x * scale), -Math.round(bounds.y * scale));
  return { bounds, blob: await cut.convertToBlob({ type: "image/png" }) };
}

/** The text of an element as a file of its own. */
function textOf(element: Element): string {
  return new XMLSerializer().serializeToString(element).replaceAll(STYLE_ATTRIBUTE, "style").replaceAll(STYLE_ELEMENT, "style");
}

function imageOf(text: string): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const image = new Image();
  return new Promise((done, fail) => {
    image.onload = () => done(image);
    image.onerror = () => fail(new Error("the browser cannot draw it"));
    image.src = url;
  }).finally(() => URL.revokeObjectURL(url)) as Promise<HTMLImageElement>;
}

/** The box around the px that are not clear. */
function painted({ data, width, height }: ImageData): Rect | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, at = 3; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 4) {
      if (data[at] === 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
