// Every kind of layer and of param is offered, drawn at once, and has its properties.

import assert from "node:assert/strict";
import { test } from "node:test";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile();
const EMPTY = { width: 800, height: 600, background: "#ffffff", layers: [] };

test("layers that the menu adds are drawn without a fault, and have their properties", async () => {
  const page = await studio.open();
  await studio.openText(JSON.stringify(EMPTY));
  for (const [item, type, field] of [
    ["QR code", "qr", "Error correction"],
    ["Barcode", "barcode", "Symbology"],
    ["Rating in stars", "rating", "Step"],
    ["Progress", "progress", "Steps"],
    ["Path", "path", "D"],
    ["Icon", "icon", "Icon"],
    ["Speech bubble", "path", "Shape"],
    ["Frame of a browser", "frame", "Screen"],
    ["Stack that wraps", "stack", "Wrap"],
    ["Grid", "stack", "Columns"],
    ["Chart", "chart", "Series"],
    ["Table of a list", "table", "Zebra"],
    ["Repeat for each item of a list", "repeat", "Items"],
  ]) {
    await page.locator(".stage").focus();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More layers" }).click();
    await page.getByRole("menuitem", { name: item }).click();
    const added = (await studio.document()).layers.at(-1);
    assert.equal(added.type, type);
    await page.getByRole("region", { name: "Properties" }).getByText(field, { exact: true }).first().waitFor();
  }
  assert.equal(await page.locator(".problems").count(), 0);
  // The repeat draws its list, and has layers for the rest and for nothing.
  const made = await studio.document();
  assert.deepEqual(made.params.items.fields, { name: { type: "text" } });
  assert.equal(made.layers.at(-1).items, "items");
  await page.getByRole("button", { name: "+ A layer if there is no item" }).click();
  assert.equal((await studio.document()).layers.at(-1).empty[0].text, "Nothing yet");
  await page.getByRole("treeitem", { name: /^Repeat/ }).waitFor();
  await page.getByRole("treeitem", { name: /^Nothing yet/ }).click();
  await page.locator(".stage").focus();
  await page.keyboard.press("Delete");
  assert.deepEqual((await studio.document()).layers.at(-1).empty, []);
});

test("what counts as missing is said beside the params", async () => {
  const page = await studio.open();
  await studio.openText(JSON.stringify({ ...EMPTY, params: { name: { type: "text", default: "friend" } }, layers: [{ type: "text", text: "{{ name }}", size: 40, fill: "#000000" }] }));
  await page.getByLabel("Own values").fill("name=Subscriber");
  await page.getByRole("tab", { name: "Params" }).click();
  await page.getByRole("button", { name: /^name text Subscriber/ }).waitFor();
  await page.getByRole("button", { name: "Add also missing" }).click();
  await page.getByRole("textbox", { name: "Also missing 1" }).fill("Subscriber");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^name text friend/ }).waitFor();
  assert.deepEqual((await studio.document()).missing, ["Subscriber"]);
});

test("params of every type are declared, and their cases are tried", async () => {
  const page = await studio.open();
  await studio.openText(JSON.stringify({ ...EMPTY, params: { value: { type: "text" } }, layers: [{ type: "text", text: "{{ value }}", size: 40, fill: "#000000" }] }));
  await page.getByRole("tab", { name: "Params" }).click();
  await page.getByRole("button", { name: /^value text/ }).click();
  for (const type of ["boolean", "date", "email", "rich", "list"]) {
    await page.getByLabel("Type", { exact: true }).selectOption(type);
    await studio.eventually((made) => assert.equal(made.params.value.type, type));
    assert.equal(await page.locator(".problems").count(), 0, type);
  }
  await studio.eventually((made) => assert.deepEqual(made.params.value.fields, { name: { type: "text" } }));
  await page.getByLabel("Type of Fields name").selectOption("number");
  await studio.eventually((made) => assert.deepEqual(made.params.value.fields, { name: { type: "number" } }));
  await page.getByRole("toolbar", { name: "Worst cases" }).getByRole("button", { name: /^many in value/ }).waitFor();
  // The example has values of the new type: others would be a mistake of the template.
  await studio.eventually((made) => assert.deepEqual(made.params.value.example, [{ name: 1 }, { name: 2 }]));
  await page.getByLabel("Name in Fields").fill("price");
  await page.keyboard.press("Enter");
  await studio.eventually((made) => assert.deepEqual(made.params.value.example, [{ price: 1 }, { price: 2 }]));
  await page.waitForTimeout(300);
  assert.equal(await page.locator(".problems").count(), 0);
});
