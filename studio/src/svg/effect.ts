// What is done to an element or a group as a whole: shadows, clips and masks.

import { rgbaOf } from "../controls/color.ts";
import { apply, applyVector, boundsOf, type Matrix, multiply, type Rect } from "../model/geometry.ts";
import { colorText, idOf, type Rgba } from "./paint.ts";
import { readPath, rectOfPath } from "./path.ts";
import { byHref, type Source } from "./source.ts";

export interface Shadow {
  dx: number;
  dy: number;
  blur: number;
  spread?: number;
  color: string;
}

/** What a step of a filter has made of the element; null for what no layer can do. */
type Result = { kind: "nothing" } | { kind: "source" } | { kind: "flood"; color: Rgba } | Cast | { kind: "list"; of: Result[] } | null;

/** The silhouette, moved and blurred. */
interface Cast {
  kind: "cast";
  dx: number;
  dy: number;
  deviation: number;
  spread: number;
  color: Rgba;
}

const BLACK: Rgba = [0, 0, 0, 1];
const round = (px: number): number => Math.round(px * 100) / 100 || 0;

/** The shadows of a computed `filter`, the first one on top; null if it does anything else. */
export function shadowsOf(root: Element, filter: string, matrix: Matrix): Shadow[] | null {
  if (filter === "none" || filter === "") return [];
  const scale = Math.hypot(matrix.a, matrix.b);
  const id = idOf(filter);
  const casts = id === null ? castsOfFunctions(filter) : castsOfFilter(root.querySelector(`[id="${CSS.escape(id)}"]`));
  return (
    casts?.map(({ dx, dy, deviation, spread, color }) => {
      const moved = applyVector(matrix, { x: dx, y: dy });
      return { dx: round(moved.x), dy: round(moved.y), blur: round(2 * deviation * scale), ...(spread !== 0 && { spread: round(spread * scale) }), color: colorText(color) };
    }) ?? null
  );
}

function castsOfFunctions(filter: string): Cast[] | null {
  const pattern = /drop-shadow\((rgba?\([^)]*\)) (-?[\d.]+)px (-?[\d.]+)px (?:([\d.]+)px)?\)/g;
  if (filter.replace(pattern, "").trim() !== "") return null;
  return [...filter.matchAll(pattern)].map(([, color = "", dx, dy, blur]) => ({ kind: "cast", dx: Number(dx), dy: Number(dy), deviation: Number(blur ?? 0) / 2, spread: 0, color: rgbaOf(color) ?? BLACK }));
}

function castsOfFilter(filter: Element | null): Cast[] | null {
  // A filter that is not there is none.
  if (filter?.localName !== "filter") return [];
  if (filter.getAttribute("primitiveUnits") === "objectBoundingBox") return null;
  const results = new Map<string, Result>([
    ["SourceGraphic", { kind: "source" }],
    ["SourceAlpha", { kind: "cast", dx: 0, dy: 0, deviation: 0, spread: 0, color: BLACK }],
    ["BackgroundImage", { kind: "nothing" }],
    ["BackgroundImageFix", { kind: "nothing" }],
  ]);
  let last: Result = { kind: "source" };
  for (const primitive of filter.children) {
    // Without a name, or with one that nothing has, it is the result of the step before.
    const before: Result = last;
    const named = (result: string | null): Result => (result !== null && results.has(result) ? (results.get(result) ?? null) : before);
    last = resultOf(primitive, named);
    const name = primitive.getAttribute("result");
    if (name) results.set(name, last);
  }
  const all = flat(last);
  const top = all.at(-1);
  const casts = all.slice(0, -1);
  if (top?.kind !== "source" || casts.some((each) => each?.kind !== "cast")) return null;
  return (casts as Cast[]).reverse();
}

function flat(result: Result): Result[] {
  if (result?.kind === "list") return result.of.flatMap(flat);
  return result?.kind === "nothing" ? [] : [result];
}

function resultOf(primitive: Element, named: (result: string | null) => Result): Result {
  const numbers = (name: string): number[] => (primitive.getAttribute(name) ?? "").trim().split(/[\s,]+/).map(Number).filter(Number.isFinite);
  const number = (name: string, fallback: number): number => numbers(name)[0] ?? fallback;
  const style = getComputedStyle(primitive);
  const flood = (): Rgba => {
    const [r, g, b, a] = rgbaOf(style.getPropertyValue("flood-color")) ?? BLACK;
    return [r, g, b, a * Number(style.getPropertyValue("flood-opacity") || 1)];
  };
  const from = named(primitive.getAttribute("in"));
  switch (primitive.localName) {
    case "feFlood": {
      const color = flood();
      return color[3] === 0 ? { kind: "nothing" } : { kind: "flood", color };
    }
    case "feOffset":
      return from?.kind === "cast" ? { ...from, dx: from.dx + number("dx", 0), dy: from.dy + number("dy", 0) } : null;
    case "feGaussianBlur": {
      const [x = 0, y = x] = numbers("stdDeviation");
      if (x === 0 && y === 0) return from;
      return from?.kind === "cast" && x === y ? { ...from, deviation: Math.hypot(from.deviation, x) } : null;
    }
    case "feMorphology": {
      const by = number("radius", 0) * (primitive.getAttribute("operator") === "dilate" ? 1 : -1);
      return from?.kind === "cast" ? { ...from, spread: from.spread + by } : null;
    }
    case "feColorMatrix":
      return from?.kind === "cast" ? recolored(from, numbers("values"), style.getPropertyValue("color-interpolation-filters") !== "srgb") : null;
    case "feComposite": {
      const other = named(primitive.getAttribute("in2"));
      const operator = primitive.getAttribute("operator") ?? "over";
      if (operator === "in" && from?.kind === "flood" && other?.kind === "cast") return { ...other, color: [from.color[0], from.color[1], from.color[2], from.color[3] * other.color[3]] };
      // A shadow without what is below the shape itself: that is how boxes have theirs.
      if (operator === "out" && from?.kind === "cast" && other?.kind === "cast") return from;
      return operator === "over" ? { kind: "list", of: [other, from] } : null;
    }
    case "feBlend":
      return (primitive.getAttribute("mode") ?? "normal") === "normal" ? { kind: "list", of: [named(primitive.getAttribute("in2")), from] } : null;
    case "feMerge":
      return { kind: "list", of: [...primitive.children].map((node) => named(node.getAttribute("in"))) };
    case "feDropShadow": {
      const [x = 2, y = x] = numbers("stdDeviation");
      if (x !== y || from?.kind !== "source") return null;
      return { kind: "list", of: [{ kind: "cast", dx: number("dx", 2), dy: number("dy", 2), deviation: x, spread: 0, color: flood() }, from] };
    }
    default:
      return null;
  }
}

/** A silhouette in another colour: all that its matrix may do here. */
function recolored(cast: Cast, values: number[], isLinear: boolean): Result {
  if (values.length !== 20) return null;
  const isConstant = [0, 5, 10].every((row) => values.slice(row, row + 4).every((value) => value === 0));
  const [red = 0, green = 0, blue = 0] = [values[4], values[9], values[14]];
  const [r, g, b, alpha = 0, more = 0] = values.slice(15);
  if (!isConstant || r || g || b || more) return null;
  // Figma makes a silhouette hard by a large factor.
  if (alpha > 1) return cast;
  const level = (value: number): number => 255 * (isLinear ? (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055) : value);
  return { ...cast, color: [level(red), level(green), level(blue), cast.color[3] * alpha] };
}

/** A box that cuts off what is outside. */
export interface Clip {
  rect: Rect;
  /** Corner radius in px. */
  radius: number;
}

/** Whether an element has a clip or a mask, and the box that it is; null for any other shape. */
export function clipOf(source: Source, element: SVGGraphicsElement, style: CSSStyleDeclaration): { has: boolean; clip: Clip | null } {
  const clip = style.clipPath;
  const mask = style.getPropertyValue("mask-image") !== "none" && style.getPropertyValue("mask-image") !== "" ? style.getPropertyValue("mask-image") : style.getPropertyValue("mask");
  const hasClip = clip !== "none" && clip !== "";
  const hasMask = mask.includes("url(");
  if (!hasClip && !hasMask) return { has: false, clip: null };
  if (hasClip && hasMask) return { has: true, clip: null };
  const id = idOf(hasClip ? clip : mask);
  const found = id === null ? null : source.root.querySelector(`[id="${CSS.escape(id)}"]`);
  if (id !== null && !found) return { has: false, clip: null };
  if (!found || !isWholeShape(found)) return { has: true, clip: null };
  return { has: true, clip: boxOf(source, element, found) };
}

/** The shape that is all of a clip or a mask, and the groups around it; null if there are several shapes. */
function onlyShape(found: Element): SVGGraphicsElement[] | null {
  const chain: SVGGraphicsElement[] = [];
  for (let at: Element = found; ; ) {
    const shapes = [...at.children].filter(({ localName }) => !["title", "desc", "metadata"].includes(localName));
    const [shape] = shapes;
    if (shapes.length !== 1 || !(shape instanceof SVGGraphicsElement)) return null;
    chain.push(shape);
    if (shape.localName !== "g") return chain;
    at = shape;
  }
}

/** Whether a clip or a mask is one shape that lets everything through. */
function isWholeShape(found: Element): boolean {
  const shape = onlyShape(found)?.at(-1);
  if (!shape) return false;
  const style = getComputedStyle(shape);
  if (style.clipPath !== "none" && style.clipPath !== "") return false;
  if (found.localName === "clipPath") return getComputedStyle(found).clipPath === "none";
  const color = rgbaOf(style.fill);
  const isAlpha = getComputedStyle(found).getPropertyValue("mask-type") === "alpha" || /mask-type:\s*alpha/.test(found.getAttribute("style") ?? "");
  const isWhite = color !== null && color[0] > 253 && color[1] > 253 && color[2] > 253;
  return color !== null && color[3] === 1 && Number(style.fillOpacity) === 1 && Number(style.opacity) === 1 && style.stroke === "none" && style.filter === "none" && (isAlpha || isWhite);
}

function boxOf(source: Source, element: SVGGraphicsElement, clip: Element): Clip | null {
  const chain = onlyShape(clip);
  const shape = chain?.at(-1);
  if (!chain || !shape) return null;
  let matrix = source.matrixOf(element);
  const units = clip.getAttribute(clip.localName === "mask" ? "maskContentUnits" : "clipPathUnits");
  if (units === "objectBoundingBox") {
    const { x, y, width, height } = element.getBBox();
    matrix = multiply(matrix, { a: width, b: 0, c: 0, d: height, e: x, f: y });
  }
  for (const each of [clip as SVGGraphicsElement, ...chain]) {
    const own = each.transform?.baseVal.consolidate()?.matrix;
    if (own) matrix = multiply(matrix, { a: own.a, b: own.b, c: own.c, d: own.d, e: own.e, f: own.f });
  }
  if (Math.abs(matrix.b) > 1e-4 || Math.abs(matrix.c) > 1e-4 || matrix.a <= 0 || matrix.d <= 0) return null;
  const found = boxOfShape(shape);
  if (!found) return null;
  const { rect, radius } = found;
  if (radius > 0 && Math.abs(matrix.a - matrix.d) > 0.01 * matrix.a) return null;
  return { rect: boundsOf([apply(matrix, rect), apply(matrix, { x: rect.x + rect.width, y: rect.y + rect.height })]), radius: radius * matrix.a };
}

function boxOfShape(shape: SVGGraphicsElement): Clip | null {
  if (shape instanceof SVGRectElement) {
    const [x, y, width, height] = [shape.x, shape.y, shape.width, shape.height].map((length) => length.baseVal.value) as [number, number, number, number];
    const { rx, ry } = cornersOfRect(shape);
    return rx === ry ? { rect: { x, y, width, height }, radius: rx } : null;
  }
  if (shape instanceof SVGCircleElement) {
    const [cx, cy, r] = [shape.cx, shape.cy, shape.r].map((length) => length.baseVal.value) as [number, number, number];
    return { rect: { x: cx - r, y: cy - r, width: 2 * r, height: 2 * r }, radius: r };
  }
  const rect = shape instanceof SVGPathElement ? rectOfPath(readPath(shape.getAttribute("d") ?? "")) : shape instanceof SVGPolygonElement ? rectOfPath(readPath(`M${shape.getAttribute("points") ?? ""}Z`)) : null;
  return rect ? { rect, radius: 0 } : null;
}

/** The radii of a rectangle's corners: each is that of the other if it is not given. */
export function cornersOfRect(rect: SVGRectElement): { rx: number; ry: number } {
  const style = getComputedStyle(rect);
  const read = (text: string): number | null => (text.endsWith("px") ? Number.parseFloat(text) : null);
  const [own, other] = [read(style.getPropertyValue("rx")), read(style.getPropertyValue("ry"))];
  const [x, y] = [own ?? other ?? 0, other ?? own ?? 0];
  return { rx: Math.min(x, rect.width.baseVal.value / 2), ry: Math.min(y, rect.height.baseVal.value / 2) };
}

/** The picture of a pattern that is nothing but one, as Figma fills shapes with photos; and where it is in the shape. */
export function pictureOfPattern(source: Source, value: string, bounds: Rect): { image: SVGImageElement; rect: Rect } | null {
  const id = idOf(value);
  const pattern = id === null ? null : source.root.querySelector(`[id="${CSS.escape(id)}"]`);
  if (!(pattern instanceof SVGPatternElement) || pattern.children.length !== 1) return null;
  if (pattern.getAttribute("patternUnits") === "userSpaceOnUse" || pattern.width.baseVal.value < 1 || pattern.height.baseVal.value < 1) return null;
  const child = pattern.firstElementChild;
  const image = child?.localName === "use" ? byHref(source.root, child) : child;
  if (!(image instanceof SVGImageElement) || !child) return null;
  const own = (child as SVGGraphicsElement).transform.baseVal.consolidate()?.matrix;
  const [width, height] = [image.width.baseVal.value, image.height.baseVal.value];
  const units: Matrix = pattern.getAttribute("patternContentUnits") === "objectBoundingBox" ? { a: bounds.width, b: 0, c: 0, d: bounds.height, e: bounds.x, f: bounds.y } : { a: 1, b: 0, c: 0, d: 1, e: bounds.x, f: bounds.y };
  const matrix = own ? multiply(units, { a: own.a, b: own.b, c: own.c, d: own.d, e: own.e, f: own.f }) : units;
  if (Math.abs(matrix.b) > 1e-4 || Math.abs(matrix.c) > 1e-4 || matrix.a <= 0 || matrix.d <= 0) return null;
  return { image, rect: boundsOf([apply(matrix, { x: 0, y: 0 }), apply(matrix, { x: width, y: height })]) };
}
