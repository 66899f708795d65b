// Params of another type.

import { PARAM_FIELDS } from "../schema/field.ts";
import type { Json, Param } from "./layer.ts";

const ISO_DATE = /^\d{4}-\d\d-\d\d/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Whether a default or an example may stay when a param gets a type. */
function fits(type: string, value: Json): boolean {
  switch (type) {
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "color":
      return typeof value === "string" && CSS.supports("color", value);
    case "date":
    case "datetime":
      return typeof value === "string" && ISO_DATE.test(value);
    case "email":
      return typeof value === "string" && EMAIL.test(value);
    case "image":
      return typeof value === "string" && /^(?:asset:|https:)/.test(value);
    default:
      return typeof value === "string";
  }
}

/** A param of another type keeps what that type has too. */
export function withType(param: Param, type: string): Param {
  const next: Param = { type };
  for (const field of PARAM_FIELDS.get(type) ?? []) {
    const value = param[field.name];
    const isValue = field.name === "default" || field.name === "example";
    if (value !== undefined && (!isValue || fits(type, value as Json))) next[field.name] = value;
    else if (field.name === "choices") next.choices = ["one", "two"];
    else if (field.name === "fields") next["fields"] = { name: { type: "text" } };
    else if (field.required) next[field.name] = "";
  }
  if (type === "list" && next.example === undefined) next.example = [{ name: "Cup" }, { name: "Mug" }];
  if (type === "choice") for (const name of ["default", "example"]) if (next[name] !== undefined && !next.choices?.includes(String(next[name]))) delete next[name];
  return next;
}
