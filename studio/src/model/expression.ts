// Expressions in the strings of a document: which params they name, and the same with another name.
//
// The renderer reads them; this only finds names, so that a param can be renamed and text be shown
// with chips.

import type { Doc, Json } from "./layer.ts";

/** A piece of a text: words, or an expression with its brackets. */
export interface Piece {
  kind: "text" | "expression";
  /** As it stands in the document. */
  source: string;
  /** What is between the brackets: `name | title`. */
  inner: string;
}

/** Splits a text at its `{{ … }}` and `{% … %}`. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  const pattern = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) found.push({ kind: "text", source: text.slice(at, match.index), inner: "" });
    found.push({ kind: "expression", source: match[0], inner: match[0].slice(2, -2).trim() });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ kind: "text", source: text.slice(at), inner: "" });
  return found;
}

/** Words of the language that stand where a name could. */
const WORDS = new Set(["and", "or", "not", "in", "is", "if", "else", "elif", "endif", "for", "endfor", "set", "endset", "true", "false", "none", "True", "False", "None", "loop", "recursive", "filter", "endfilter"]);

/**
 * Replaces each name in an expression that is a variable: not a field (`a.name`), a filter
 * (`| name`), a test (`is name`), an argument (`name=`), a word of the language or a part of a string.
 */
export function mapNames(expression: string, change: (name: string) => string): string {
  const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_]*|\d[\w.]*|\s+|[\s\S]/g;
  let before = "";
  let result = "";
  const tokens = expression.match(token) ?? [];
  tokens.forEach((text, index) => {
    let next = text;
    if (/^[A-Za-z_]/.test(text)) {
      const after = tokens.slice(index + 1).find((each) => each.trim() !== "") ?? "";
      const second = tokens.slice(index + 1).filter((each) => each.trim() !== "")[1] ?? "";
      const isArgument = after === "=" && second !== "=";
      if (!WORDS.has(text) && before !== "." && before !== "|" && before !== "is" && !(before === "not" && isTest(result)) && !isArgument) next = change(text);
    }
    result += next;
    if (text.trim() !== "") before = text;
  });
  return result;
}

/** Whether `not` at the end of an expression is that of `is not`. */
const isTest = (soFar: string): boolean => /\bis\s+not\s*$/.test(soFar);

/** The same for a text with expressions in it. */
export function mapNamesInText(text: string, change: (name: string) => string): string {
  return pieces(text)
    .map(({ kind, source }) => (kind === "text" || source.startsWith("{#") ? source : source.slice(0, 2) + mapNames(source.slice(2, -2), change) + source.slice(-2)))
    .join("");
}

/** The names of variables in an expression. */
export function namesIn(expression: string): Set<string> {
  const names = new Set<string>();
  mapNames(expression, (name) => {
    names.add(name);
    return name;
  });
  return names;
}

/** The document with each expression changed: in every string, and in `when`, which is one itself. */
function mapExpressions(value: Json, key: string, change: (text: string, isExpression: boolean) => string): Json {
  if (typeof value === "string") return change(value, key === "when");
  if (Array.isArray(value)) {
    const list = value.map((item) => mapExpressions(item, key, change));
    return list.some((item, index) => item !== value[index]) ? list : value;
  }
  if (typeof value !== "object" || value === null) return value;
  let differs = false;
  const copy: { [key: string]: Json } = {};
  // Symbols carry the marks of the editor.
  for (const name of Reflect.ownKeys(value) as (keyof typeof value)[]) {
    const item = value[name] as Json;
    const next = typeof name === "symbol" ? item : mapExpressions(item, String(name), change);
    copy[name] = next;
    differs ||= next !== item;
  }
  return differs ? copy : value;
}

/** Renames a param: its declaration, and every expression that names it. */
export function renameParam(doc: Doc, from: string, to: string): Doc {
  const rename = (name: string): string => (name === from ? to : name);
  const next = mapExpressions(doc as unknown as Json, "", (text, isExpression) =>
    isExpression ? mapNames(text, rename) : mapNamesInText(text, rename),
  ) as unknown as Doc;
  const params = Object.fromEntries(Object.entries(next.params ?? {}).map(([name, param]) => [rename(name), param]));
  return { ...next, params };
}

/** How many strings of the document name a param. */
export function countUses(doc: Doc, name: string): number {
  let count = 0;
  mapExpressions(doc as unknown as Json, "", (text, isExpression) => {
    const names = isExpression ? namesIn(text) : new Set(pieces(text).flatMap((piece) => (piece.kind === "expression" ? [...namesIn(piece.inner)] : [])));
    if (names.has(name)) count += 1;
    return text;
  });
  return count;
}
