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
    case "record":
      return typeof value === "object" && value !== null && !Array.isArray(value);
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
    else if (field.name === "collection") next["collection"] = "contacts";
    else if (field.required) next[field.name] = "";
  }
  if (type === "list" && next.example === undefined) next.example = [{ name: "Cup" }, { name: "Mug" }];
  if (type === "record" && next.example === undefined) next.example = { first_name: "Maria" };
  if (type === "choice") for (const name of ["default", "example"]) if (next[name] !== undefined && !next.choices?.includes(String(next[name]))) delete next[name];
  return next;
}

type Fields = Record<string, Param>;

/** A value for the example of a list, of a type that the one before does not fit. */
function sample(field: Param, index: number): Json | undefined {
  switch (field.type) {
    case "number":
      return index + 1;
    case "boolean":
      return index % 2 === 0;
    case "choice":
      return field.choices?.[index % field.choices.length];
    case "color":
      return index % 2 === 0 ? "#d0d4dc" : "#14142b";
    case "date":
      return `2027-01-0${(index % 9) + 1}`;
    case "datetime":
      return `2027-01-0${(index % 9) + 1}T12:00:00Z`;
    case "email":
      return `name${index + 1}@example.com`;
    case "image":
      return "asset:avatar.png";
    default:
      return `Item ${index + 1}`;
  }
}

/**
 * A list with other fields. The items of its default and its example get them too, because a value
 * that no field has, or of another type, is a mistake of the template: what was renamed keeps its value,
 * and what does not fit is replaced.
 */
export function withFields(param: Param, fields: Fields): Param {
  const before = Object.keys((param["fields"] ?? {}) as Fields);
  const after = Object.keys(fields);
  const isRename = before.length === after.length;
  const renamed = (item: Record<string, Json>, name: string, at: number): Json | undefined => item[name] ?? (isRename && !after.includes(before[at] ?? "") ? item[before[at] ?? ""] : undefined);
  const adapt = (items: Json): Json => {
    if (!Array.isArray(items)) return items;
    return items.map((item, index) => {
      const own = typeof item === "object" && item !== null && !Array.isArray(item) ? item : {};
      const entries = Object.entries(fields).map(([name, field], at) => {
        const value = renamed(own, name, at);
        const isKept = value === undefined || (fits(field.type, value) && (field.type !== "choice" || (field.choices ?? []).includes(String(value))));
        return [name, isKept ? value : sample(field, index)] as const;
      });
      return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
    });
  };
  const next: Param = { ...param, fields };
  for (const name of ["default", "example"]) if (next[name] !== undefined) next[name] = adapt(next[name] as Json);
  return next;
}
