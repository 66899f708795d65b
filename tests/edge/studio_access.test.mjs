// Studio for everybody: axe finds no violation in any view, in both schemes; and it works on a phone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile();
const DOCUMENT = readFileSync(new URL("../../templates/welcome.json", import.meta.url), "utf8");

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no violation, ${colorScheme}`, { timeout: 120_000 }, async () => {
    const page = await studio.open({ colorScheme });
    const found = [];
    await page.getByRole("button", { name: /^Welcome banner/ }).waitFor();
    found.push(...(await violations(page, "start")));
    await studio.openText(DOCUMENT);
    await page.getByRole("toolbar", { name: "Worst cases" }).getByRole("button").first().waitFor();
    found.push(...(await violations(page, "editor")));
    await page.getByRole("treeitem", { name: /^Welcome/ }).click();
    await page.getByRole("button", { name: "More of text" }).click();
    await page.getByRole("button", { name: "Add shadow" }).click();
    found.push(...(await violations(page, "properties of a text")));
    await page.getByRole("button", { name: "Choose font" }).click();
    await page.locator(".font-picker canvas").first().waitFor();
    found.push(...(await violations(page, "font picker")));
    await page.keyboard.press("Escape");
    await page.locator(".stage").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Text of the layer" }).waitFor();
    found.push(...(await violations(page, "text editor")));
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Params" }).click();
    await page.getByRole("button", { name: /^name text/ }).click();
    found.push(...(await violations(page, "params")));
    await page.getByRole("button", { name: "Pick fill" }).click();
    found.push(...(await violations(page, "colour picker")));
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Menu" }).click();
    found.push(...(await violations(page, "menu")));
    await page.getByRole("menuitem", { name: "Keyboard shortcuts…" }).click();
    found.push(...(await violations(page, "shortcuts")));
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("menuitem", { name: "Check an audience…" }).click();
    found.push(...(await violations(page, "audience")));
    await page.locator(".drop-file input").setInputFiles({ name: "contacts.csv", mimeType: "text/csv", buffer: Buffer.from("name,company\n𓀀,Acme\n") });
    await page.getByRole("button", { name: "Check all rows" }).click();
    await page.getByText("1 of 1 recipients get a bad picture").waitFor();
    found.push(...(await violations(page, "results of an audience")));
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    found.push(...(await violations(page, "publish")));
    await page.keyboard.press("Escape");
    // What was not kept of an SVG.
    await page.locator(".stage").focus();
    await page.evaluate((svg) => navigator.clipboard.writeText(svg), readFileSync(new URL("../corpus/import/figma-plan.svg", import.meta.url), "utf8"));
    await page.keyboard.press("Control+v");
    await page.getByRole("heading", { name: "What became of SVG" }).waitFor();
    found.push(...(await violations(page, "notes of an import")));
    assert.deepEqual(found, []);
  });
}

test("a phone shows a template and tries it", async () => {
  const page = await studio.open({ viewport: { width: 390, height: 780 }, hasTouch: true });
  await studio.openText(DOCUMENT);
  await page.getByText("Editing wants a larger screen").waitFor();
  await page.getByRole("toolbar", { name: "Worst cases" }).getByRole("button", { name: /^missing/ }).click();
  assert.equal(await page.getByLabel("Own values").inputValue(), "");
  const { width, scroll } = await page.evaluate(() => ({ width: innerWidth, scroll: document.documentElement.scrollWidth }));
  assert.ok(scroll <= width, `${scroll} px wide`);
});
