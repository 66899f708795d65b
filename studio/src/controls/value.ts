// The text of a control ↔ the value of a field.

import { isExpression, percent, plainNumber } from "../model/layer.ts";
import type { Field } from "../schema/field.ts";

/** The value of a scalar field as its control shows it. */
export function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

export type Read = { value: unknown } | { error: string };

/** Reads the text of a control; an empty one takes the field away. */
export function read(field: Field, text: string): Read {
  const trimmed = text.trim();
  if (trimmed === "" && !(field.kind === "text" && field.required)) return { value: undefined };
  if (isExpression(text)) return field.templated ? { value: text } : { error: "no expression is possible here" };
  const number = plainNumber(calculated(trimmed));
  switch (field.kind) {
    case "number":
      return number === null ? { error: "a number" } : { value: number };
    case "integer":
      return number === null || !Number.isInteger(number) || number < 0 ? { error: "a whole number" } : { value: number };
    case "length":
    case "extent":
      if (number !== null) return { value: number };
      if (percent(trimmed) !== null) return { value: trimmed };
      if (field.kind === "extent" && (trimmed === "fill" || trimmed === "hug")) return { value: trimmed };
      return { error: field.kind === "extent" ? "px, a percentage, fill or hug" : "px or a percentage" };
    default:
      return { value: text };
  }
}

/** The result of simple arithmetic, as designers type it: `1200/2`, `40+8`. */
function calculated(text: string): string {
  const match = /^(-?\d*\.?\d+)\s*([+\-*/])\s*(\d*\.?\d+)(?:px)?$/.exec(text);
  if (!match) return text.replace(/px$/, "");
  const [one, two] = [Number(match[1]), Number(match[3])];
  const result = match[2] === "+" ? one + two : match[2] === "-" ? one - two : match[2] === "*" ? one * two : one / two;
  return Number.isFinite(result) ? String(Math.round(result * 100) / 100) : text;
}

/** A value that a field begins with when it is added. */
export function initial(field: Field): unknown {
  switch (field.kind) {
    case "number":
    case "integer":
    case "length":
    case "extent":
      return Number(/-?[\d.]+/.exec(field.fallback ?? "")?.[0] ?? 0);
    case "boolean":
      return true;
    case "color":
      return "#14142b";
    case "choice":
      return field.choices[0]?.value ?? "";
    case "list":
      return Array.from({ length: Math.max(field.least, 1) }, () => initial(field.item));
    case "object":
      if (field.name === "Gradient" || field.fields.some((each) => each.name === "stops")) {
        return { type: "linear", angle: 90, stops: [{ color: "#5b5bd6" }, { color: "#c05bd6" }] };
      }
      return Object.fromEntries(field.fields.filter((each) => each.required).map((each) => [each.name, initial(each)]));
    case "map":
      return {};
    case "either":
      return field.options[0] ? initial(field.options[0].field) : "";
    case "param":
      return { type: "text" };
    case "json":
      return field.name === "default" || field.name === "example" ? [] : {};
    default:
      return "";
  }
}

/** Which of the forms of a field a value has. */
export function formOf(field: Field & { kind: "either" }, value: unknown): number {
  const fits = ({ field: form }: { field: Field }): boolean => {
    if (Array.isArray(value)) return form.kind === "list";
    if (typeof value === "object" && value !== null) {
      return form.kind === "object" && Object.keys(value).every((key) => form.fields.some((each) => each.name === key));
    }
    if (typeof value === "boolean") return form.kind === "boolean";
    if (typeof value === "number") return ["number", "integer", "length", "extent"].includes(form.kind);
    if (form.kind === "choice" && !form.choices.some((choice) => choice.value === value)) return false;
    return !["list", "object", "boolean", "integer"].includes(form.kind);
  };
  return Math.max(0, field.options.findIndex(fits));
}
