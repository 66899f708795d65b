// Every property of the JSON Schema has a control, in exactly one place.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COMMON_FIELDS, DOCUMENT_FIELDS, type Field, LAYER_FIELDS, PARAM_FIELDS } from "../src/schema/field.ts";
import { ELSEWHERE, groupsOf, TREE_FIELDS } from "../src/schema/group.ts";
import { formOf, initial, read } from "../src/controls/value.ts";

const schema = JSON.parse(readFileSync(new URL("../../templates/template.schema.json", import.meta.url), "utf8"));

/**
 * Fields whose JSON has no form: whatever a feed sends, the items of a list, the values that a variant sets or a component
 * gets, the layers of a mask and of a component; and, without a name, the fields of a layer in a size or in the dark.
 */
const FREE_JSON = new Set(["example", "default", "set", "with", "params", "", "mask", "layer"]);

/** The fields that end in a control, in fields of fields. */
function leaves(field: Field, depth = 0): Field[] {
  if (depth > 6) return [];
  switch (field.kind) {
    case "list":
    case "map":
      return leaves(field.item, depth + 1);
    case "object":
      return field.fields.flatMap((each) => leaves(each, depth + 1));
    case "either":
      return field.options.flatMap((option) => leaves(option.field, depth + 1));
    default:
      return [field];
  }
}

const names = (fields: Field[]): string[] => fields.map((field) => field.name).sort();

test("the fields are those of the schema", () => {
  const keys = (properties: object): string[] => Object.keys(properties).filter((name) => name !== "type").sort();
  assert.deepEqual(names(DOCUMENT_FIELDS), keys(schema.properties));
  assert.deepEqual(names(COMMON_FIELDS), keys(schema.$defs.Layer.properties));
  const types = schema.$defs.Layer.oneOf.map((form: { properties: { type: { const: string } } }) => form.properties.type.const);
  assert.deepEqual([...LAYER_FIELDS.keys()], types);
  for (const { $ref, properties } of schema.$defs.Layer.oneOf) {
    const named = $ref ? schema.$defs[$ref.split("/").at(-1)].properties : {};
    assert.deepEqual(names(LAYER_FIELDS.get(properties.type.const) ?? []), keys({ ...named, ...properties }));
  }
  for (const form of schema.$defs.Param.oneOf) assert.deepEqual(names(PARAM_FIELDS.get(form.properties.type.const) ?? []), keys(form.properties));
});

test("every property of a layer is in one group of its panel", () => {
  for (const [type, own] of LAYER_FIELDS) {
    const grouped = groupsOf(type).flatMap((group) => [...group.main, ...group.more]);
    const wanted = new Set([...COMMON_FIELDS, ...own].filter((field) => !TREE_FIELDS.has(field.name)).map((field) => field.name));
    assert.deepEqual(names(grouped), [...wanted].sort(), type);
  }
});

test("no property is left to bare JSON", () => {
  const all = [...COMMON_FIELDS, ...[...LAYER_FIELDS.values()].flat(), ...[...PARAM_FIELDS.values()].flat(), ...DOCUMENT_FIELDS.filter((field) => !ELSEWHERE.has(field.name))];
  const bare = all.filter((field) => !TREE_FIELDS.has(field.name)).flatMap((field) => leaves(field).filter((leaf) => leaf.kind === "json" && !FREE_JSON.has(leaf.name)));
  assert.deepEqual(names(bare), []);
});

test("a text is read as its field has it", () => {
  const field = (name: string): Field => COMMON_FIELDS.find((each) => each.name === name) as Field;
  for (const [name, text, value] of [
    ["x", "12", 12],
    ["x", "12px", 12],
    ["x", "50%", "50%"],
    ["x", "1200/2", 600],
    ["x", "{{ n }}", "{{ n }}"],
    ["x", "", undefined],
    ["width", "fill", "fill"],
    ["opacity", "0.5", 0.5],
    ["when", "points > 1", "points > 1"],
  ] as const) {
    assert.deepEqual(read(field(name), text), { value }, `${name}: ${text}`);
  }
  for (const [name, text] of [["x", "wide"], ["x", "fill"], ["opacity", "50%"], ["clip", "{{ n }}"]] as const) assert.ok("error" in read(field(name), text), `${name}: ${text}`);
});

test("a value finds its form, and a new one has it", () => {
  const field = (name: string): Field & { kind: "either" } => {
    const found = COMMON_FIELDS.find((each) => each.name === name);
    assert.equal(found?.kind, "either");
    return found as Field & { kind: "either" };
  };
  const label = (name: string, value: unknown): string | undefined => field(name).options[formOf(field(name), value)]?.label;
  assert.equal(label("fill", "#fff"), "Colour");
  assert.equal(label("fill", { type: "linear", stops: [] }), "Gradient");
  assert.equal(label("radius", 4), "All the same");
  assert.equal(label("radius", [4, 8]), "Each side");
  assert.equal(label("shadow", [{}]), "List");
  assert.deepEqual(initial(field("fill")), "#14142b");
});
