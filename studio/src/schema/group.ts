// Which fields of a layer stand together in the panel, and which are shown before they are asked for.

import { COMMON_FIELDS, type Field, LAYER_FIELDS } from "./field.ts";

export interface Group {
  title: string;
  /** Always shown. */
  main: Field[];
  /** Shown once they have a value, or when the group is unfolded. */
  more: Field[];
}

/** The groups in their order; a field of no group is in the last one. */
const GROUPS: [title: string, main: string[], more: string[]][] = [
  ["Layout", ["x", "y", "width", "height", "rotate"], ["x1", "y1", "x2", "y2"]],
  ["Repeat", ["items", "as", "limit"], []],
  ["Table", ["columns", "padding", "text_style", "header_style", "header_fill", "zebra", "rule"], ["total_style", "total_fill"]],
  ["Chart", ["chart", "label", "value", "series", "colors", "orientation", "values", "legend", "format"], ["stacked", "axis", "min", "max", "text_style", "rule", "gap", "thickness"]],
  ["Frame", ["frame", "screen", "url"], []],
  ["Stack", ["direction", "columns", "gap", "padding", "align", "justify"], ["wrap", "row_gap", "column_gap", "justify_items", "align_content"]],
  ["Code", ["symbology", "data", "error_correction", "background", "modules", "logo"], ["quiet_zone", "label", "size"]],
  ["Amount", ["value", "max", "shape", "step", "steps"], ["track", "thickness", "gap"]],
  ["Text", ["text", "font", "weight", "size", "line_height", "letter_spacing", "align", "vertical_align"], ["italic", "case", "decoration", "features", "axes", "lang", "direction", "arc"]],
  ["Fit", ["fit", "min_size", "max_size", "max_lines", "overflow"], ["wrap", "word_break"]],
  ["Image", ["src", "fit", "focus", "fallback"], ["size", "trim", "filter", "contrast", "dark_src", "plate", "ground"]],
  ["Path", ["d", "shape"], ["points", "depth", "tail", "view_box"]],
  ["Fill", ["fill"], []],
  ["Stroke", ["stroke", "stroke_width"], ["stroke_align", "stroke_dash", "stroke_linecap", "stroke_linejoin"]],
  ["Effects", ["opacity", "radius", "shadow"], ["blend", "clip", "corner_smoothing", "filter", "backdrop_filter", "mask", "mask_type"]],
  ["Perspective", ["corners", "curve"], ["displace", "skew", "scale", "flip"]],
  ["Condition", ["when"], []],
  ["Name", ["id"], []],
];

/** Fields that the tree edits, and not a form. */
export const TREE_FIELDS = new Set(["children", "more", "empty", "type"]);

/** Fields of the document that other panels edit, or that publishing writes. */
export const ELSEWHERE = new Set(["$schema", "params", "layers", "files"]);

/** Groups of a type that have a name of their own for the same field. */
const ONLY: Record<string, string[]> = { Repeat: ["repeat", "table", "chart"], Table: ["table"], Chart: ["chart"], Frame: ["frame"], Stack: ["stack", "repeat"], Code: ["qr", "barcode"], Amount: ["rating", "progress"], Text: ["text"], Fit: ["text"], Image: ["image"], Path: ["path"] };

/** The fields of a type of layer in groups: each of them in exactly one. */
export function groupsOf(type: string): Group[] {
  const own = LAYER_FIELDS.get(type) ?? [];
  const left = new Map([...COMMON_FIELDS, ...own].filter((field) => !TREE_FIELDS.has(field.name)).map((field) => [field.name, field]));
  const take = (names: string[]): Field[] =>
    names.flatMap((name) => {
      const field = left.get(name);
      left.delete(name);
      return field ? [field] : [];
    });
  const groups: Group[] = [];
  for (const [title, main, more] of GROUPS) {
    if (ONLY[title] && !ONLY[title].includes(type)) continue;
    groups.push({ title, main: take(main), more: take(more) });
  }
  const rest = [...left.values()];
  if (rest.length > 0) groups.splice(-1, 0, { title: "More", main: rest, more: [] });
  return groups.filter((group) => group.main.length + group.more.length > 0);
}

/** Fields that select several layers share. */
export function sharedGroups(types: string[]): Group[] {
  const [first, ...others] = [...new Set(types)];
  if (!first) return [];
  const names = others.map((type) => new Set(groupsOf(type).flatMap((group) => [...group.main, ...group.more].map((field) => field.name))));
  const isShared = (field: Field): boolean => names.every((set) => set.has(field.name)) && (field.name !== "id" || types.length === 1);
  return groupsOf(first)
    .map(({ title, main, more }) => ({ title, main: main.filter(isShared), more: more.filter(isShared) }))
    .filter((group) => group.main.length + group.more.length > 0);
}
