// The JSON Schema of templates → the fields of a form.
//
// The form is made of the schema, so that a property which the language gains has its control here
// without a change. What no rule below knows becomes a field of JSON.

import schema from "../../../templates/template.schema.json" with { type: "json" };

interface Schema {
  description?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  $ref?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  default?: unknown;
  additionalProperties?: Schema | boolean;
  format?: string;
}

/** A choice of a word. */
export interface Choice {
  value: string;
  doc: string;
}

export type Kind =
  /** A param of any type that a list's item may have. */
  | { kind: "param" }
  | { kind: "number" | "length" | "extent" | "integer" | "text" | "color" | "boolean" | "json" }
  | { kind: "choice"; choices: Choice[] }
  | { kind: "list"; item: Field; least: number; most: number }
  | { kind: "object"; fields: Field[]; name: string }
  | { kind: "map"; item: Field }
  /** One of several forms, such as a colour or a gradient. */
  | { kind: "either"; options: Option[] };

export interface Option {
  label: string;
  field: Field;
}

export type Field = Kind & {
  name: string;
  doc: string;
  /** Whether it takes an expression too. */
  templated: boolean;
  required: boolean;
  /** What holds without it, in words of the documentation. */
  fallback: string | null;
  unit: string | null;
};

const root = schema as unknown as Schema & { $defs: Record<string, Schema> };

const EXPRESSION = "\\{[{%#]";
const PERCENT = "^\\s*-?[0-9.]+%?\\s*$";

function resolve(node: Schema): Schema {
  if (!node.$ref) return node;
  const target = root.$defs[node.$ref.slice("#/$defs/".length)];
  return target ? { ...target, ...(node.description && { description: node.description }) } : node;
}

const refName = (node: Schema): string => node.$ref?.slice("#/$defs/".length) ?? "";

/** All forms that a value may have, without null. */
function forms(node: Schema): Schema[] {
  if (node.anyOf && !node.$ref) return node.anyOf.flatMap(forms);
  if (node.type === "null") return [];
  if (Array.isArray(node.type)) return node.type.filter((type) => type !== "null").flatMap((type) => forms({ ...node, type }));
  const target = resolve(node);
  if (target !== node && target.anyOf) return target.anyOf.flatMap(forms);
  return [node];
}

const isExpressionForm = (node: Schema): boolean => node.pattern === EXPRESSION;

/** A property of a schema → its field. */
export function fieldOf(name: string, node: Schema, required = false): Field {
  const doc = (node.description ?? resolve(node).description ?? "").replace(/\s+/g, " ");
  const all = forms(node);
  const templated = all.some(isExpressionForm);
  const plain = all.filter((form) => !isExpressionForm(form));
  const kind = kindOf(name, plain);
  // What stands beside the expression in the schema takes it in the form.
  if (templated && kind.kind === "either") for (const option of kind.options) option.field.templated ||= !["object", "list"].includes(option.field.kind);
  return { ...kind, name, doc, templated, required, fallback: fallbackOf(doc, node), unit: unitOf(doc, kind.kind) } as Field;
}

function kindOf(name: string, plain: Schema[]): Kind {
  const hasPercent = plain.some((form) => form.pattern === PERCENT);
  const words = plain.flatMap(wordsOf);
  const isNumber = plain.some((form) => form.type === "number");
  if (hasPercent && isNumber) {
    const rest = plain.filter((form) => form.type !== "number" && form.pattern !== PERCENT && wordsOf(form).length === 0);
    if (rest.length === 0) return { kind: words.length > 0 ? "extent" : "length" };
    return either([{ label: "All the same", field: fieldOf(name, { anyOf: plain.filter((form) => !rest.includes(form)) }) }, ...rest.map((form) => ({ label: labelOf(form), field: fieldOf(name, form) }))]);
  }
  if (plain.length > 1) {
    // A word and something else; a value or a list of such values.
    const choices = plain.filter((form) => wordsOf(form).length > 0);
    const others = plain.filter((form) => wordsOf(form).length === 0);
    if (others.length === 0) return { kind: "choice", choices: words };
    const options = others.map((form) => ({ label: labelOf(form), field: fieldOf(name, form) }));
    if (words.length > 0) {
      const word = { label: "Word", field: fieldOf(name, choices.length === 1 && choices[0] ? choices[0] : { anyOf: choices }) };
      // A paint is a colour at first.
      if (options[0]?.label === "Colour") options.push(word);
      else options.unshift(word);
    }
    return either(options);
  }
  const [form] = plain;
  if (!form) return { kind: "json" };
  if (refName(form) === "Param") return { kind: "param" };
  // A layer in a field of a layer would have no end.
  if (refName(form) === "Layer") return { kind: "json" };
  const target = resolve(form);
  if (words.length > 0 && target.oneOf?.every((each) => each.const !== undefined)) return { kind: "choice", choices: words };
  if (words.length > 0 && target.enum) return { kind: "choice", choices: words };
  if (words.length > 0 && target.oneOf) {
    const objects = target.oneOf.filter((each) => each.const === undefined);
    return either([{ label: "Word", field: { ...base(name), kind: "choice", choices: words } }, ...objects.map((each) => ({ label: labelOf(each), field: fieldOf(name, each) }))]);
  }
  if (target.type === "boolean") return { kind: "boolean" };
  if (target.type === "integer") return { kind: "integer" };
  if (target.type === "number") return { kind: "number" };
  if (target.type === "string") return { kind: /CSS colour/.test(target.description ?? "") ? "color" : "text" };
  if (target.type === "array" && target.items) {
    return { kind: "list", item: fieldOf("", target.items), least: target.minItems ?? 0, most: target.maxItems ?? 100 };
  }
  if (target.type === "object" && target.properties) return { kind: "object", fields: fieldsOf(target), name: refName(form) };
  if (target.type === "object" && typeof target.additionalProperties === "object") return { kind: "map", item: fieldOf("", target.additionalProperties) };
  return { kind: "json" };
}

const either = (options: Option[]): Kind => ({ kind: "either", options });

const base = (name: string): Omit<Field, keyof Kind> & { name: string; doc: string; templated: boolean; required: boolean; fallback: null; unit: null } => ({
  name,
  doc: "",
  templated: false,
  required: false,
  fallback: null,
  unit: null,
});

function wordsOf(form: Schema): Choice[] {
  const target = resolve(form);
  if (target.enum) return target.enum.filter((value) => typeof value === "string").map((value) => ({ value, doc: "" }));
  if (typeof target.const === "string") return [{ value: target.const, doc: target.description ?? "" }];
  const consts = target.oneOf?.filter((each) => typeof each.const === "string") ?? [];
  const inner = target.oneOf?.filter((each) => each.enum) ?? [];
  return [
    ...consts.map((each) => ({ value: String(each.const), doc: (each.description ?? "").replace(/\s+/g, " ") })),
    ...inner.flatMap((each) => (each.enum ?? []).map((value) => ({ value: String(value), doc: "" }))),
  ];
}

function labelOf(form: Schema): string {
  const name = refName(form);
  const target = resolve(form);
  if (name) return name;
  if (target.type === "array") return target.maxItems === 4 ? "Each side" : target.maxItems === 2 ? "Point" : "List";
  // A value for each key: the texts of a layer.
  if (target.type === "object" && !target.properties) return "By language";
  if (target.type === "object") return words(Object.keys(target.properties ?? {})[0] ?? "Object");
  if (target.type === "boolean") return "On or off";
  if (/CSS colour/.test(target.description ?? "")) return "Colour";
  if (target.type === "integer" || target.type === "number") return "Number";
  return "Text";
}

/** The fields of an object's schema, those of a marked union apart. */
export function fieldsOf(node: Schema): Field[] {
  const target = resolve(node);
  const required = new Set(target.required ?? []);
  return Object.entries(target.properties ?? {}).map(([name, property]) => fieldOf(name, property, required.has(name)));
}

/** The types of a marked union (layers, params), each with its own fields. */
function variants(node: Schema): Map<string, Field[]> {
  const map = new Map<string, Field[]>();
  for (const form of node.oneOf ?? []) {
    const type = form.properties?.["type"]?.const;
    if (typeof type === "string") map.set(type, fieldsOf(form).filter((field) => field.name !== "type"));
  }
  return map;
}

const layer = root.$defs["Layer"] ?? {};
const param = root.$defs["Param"] ?? {};

/** The fields that every layer has. */
export const COMMON_FIELDS: Field[] = fieldsOf(layer);
/** The fields of each type of layer. */
export const LAYER_FIELDS = variants(layer);
/** The fields of each type of param. */
export const PARAM_FIELDS = variants(param);
/** The fields of the document but for its layers. */
export const DOCUMENT_FIELDS: Field[] = fieldsOf(root);

/** The words of a type for people, from the schema. */
export const LAYER_DOCS = new Map((layer.oneOf ?? []).map((form) => [String(form.properties?.["type"]?.const), form.description ?? ""]));
export const PARAM_DOCS = new Map((param.oneOf ?? []).map((form) => [String(form.properties?.["type"]?.const), form.description ?? ""]));

/** What holds without a value: "400" of "100 to 900; 400 by default". */
function fallbackOf(doc: string, node: Schema): string | null {
  if (node.default !== undefined && typeof node.default !== "object") return String(node.default);
  const match = /(?:^|[;,.:] |of )([^;,.]+?) by default/.exec(doc);
  const text = match?.[1]?.replace(/[`"]/g, "").replace(/^(?:px|Px|degrees)\s+/, "").trim();
  return text && text.length <= 24 ? text : null;
}

function unitOf(doc: string, kind: string): string | null {
  if (kind === "length" || kind === "extent") return "px";
  if (/^Px\b/.test(doc)) return "px";
  if (/^Degrees\b/i.test(doc)) return "°";
  if (/^Seconds\b/.test(doc)) return "s";
  return null;
}

/** A name of a field for people: `stroke_width` → "Stroke width". */
export function words(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
