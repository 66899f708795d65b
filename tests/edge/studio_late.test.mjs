// What comes late, or while something else is under way, is not lost: frames of a busy machine, files,
// answers of the API, another tab.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN_KEY, API, want } from "./api.mjs";
import { encode } from "./png.mjs";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile(API);

const DOCUMENT = {
  width: 800,
  height: 600,
  background: "#ffffff",
  params: { value: { type: "text" } },
  layers: [
    { type: "text", id: "text", text: "{{ value }}", x: 40, y: 400, size: 40, fill: "#000000" },
    { type: "rect", id: "box", x: 100, y: 100, width: 100, height: 100, fill: "#cc0000" },
  ],
};

async function start(options) {
  const page = await studio.open(options);
  await studio.openText(JSON.stringify(DOCUMENT));
  return page;
}

/** The bytes of a file come only after `window.letGo()`, once there is a `window.held`. */
const HOLD = "{ const read = Blob.prototype.arrayBuffer; Blob.prototype.arrayBuffer = async function () { const bytes = await read.call(this); await window.held; return bytes; }; }";

test("the worst cases are those of the last edit, however late a frame comes", async () => {
  // A frame takes longer than the page waits until it lays out the worst cases.
  const page = await start({ script: "{ const frame = requestAnimationFrame; window.requestAnimationFrame = (run) => setTimeout(() => frame(run), 700); }" });
  const cases = page.getByRole("toolbar", { name: "Worst cases" });
  await cases.getByRole("button", { name: "longest" }).waitFor();
  await page.getByRole("tab", { name: "Params" }).click();
  await page.getByRole("button", { name: /^value text/ }).click();
  await page.getByLabel("Type", { exact: true }).selectOption("list");
  await page.getByLabel("Type of Fields name").selectOption("number");
  await studio.eventually(({ params }) => assert.deepEqual(params.value, { type: "list", fields: { name: { type: "number" } }, example: [{ name: 1 }, { name: 2 }] }));
  await cases.getByRole("button", { name: /^many in value/ }).waitFor();
  // Nor does an edit get lost before a drag that is taken back.
  const first = await studio.at(150, 150);
  await page.getByLabel("Type", { exact: true }).selectOption("boolean");
  await page.mouse.move(first.x, first.y);
  await page.mouse.down();
  await page.mouse.move(first.x + 50, first.y + 50, { steps: 4 });
  await page.waitForTimeout(1_500);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await cases.getByRole("button", { name: /^many in value/ }).waitFor({ state: "detached" });
});

test("an edit of the last moment is in the draft when the template is left", async () => {
  const page = await start();
  await page.getByLabel("Title of the template").fill("Left at once");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "All templates" }).click();
  await page.getByRole("button", { name: /^Left at once/ }).waitFor();
});

test("what is typed as JSON stays if the next edit is one of the canvas", async () => {
  const page = await start();
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  const code = page.getByRole("textbox", { name: "The template as JSON" });
  await code.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(JSON.stringify(DOCUMENT).replace("#cc0000", "#00cc00"));
  await page.getByLabel("Title of the template").fill("And a title");
  await studio.eventually(({ title, layers }) => assert.deepEqual([title, layers[1].fill], ["And a title", "#00cc00"]));
  // And if the JSON is closed at once.
  await code.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(JSON.stringify(DOCUMENT).replace("#cc0000", "#0000cc"));
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await studio.eventually(({ layers }) => assert.equal(layers[1].fill, "#0000cc"));
});

test("an image that arrives during a drag stays, and so does the drag", async () => {
  const page = await start({ script: HOLD });
  const [red, blue] = ["ff0000ff", "0000ffff"].map((color) => encode({ width: 40, height: 40, rgba: Buffer.from(color.repeat(1_600), "hex") }).toString("base64"));
  await page.evaluate(() => {
    window.held = new Promise((done) => (window.letGo = done));
  });
  const drop = (base64) =>
    page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(text), (each) => each.charCodeAt(0))], "image.png", { type: "image/png" }));
      const stage = document.querySelector(".stage");
      const { left, top } = stage.getBoundingClientRect();
      stage.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data, clientX: left + 300, clientY: top + 200 }));
    }, base64);
  await drop(red);
  const from = await studio.at(150, 150);
  await page.mouse.move(from.x, from.y);
  await page.keyboard.down("Control");
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y + 40, { steps: 4 });
  await page.evaluate(() => window.letGo());
  await page.getByRole("treeitem", { name: /^image\.png/ }).waitFor();
  await page.mouse.up();
  await page.keyboard.up("Control");
  await studio.eventually(({ layers }) => {
    assert.deepEqual(layers.map((each) => each.type), ["text", "rect", "image"]);
    assert.notEqual(layers[1].x, 100);
  });
  // Another image of the same name is another image.
  await drop(blue);
  await studio.eventually(({ layers }) => assert.deepEqual(layers.slice(2).map((each) => each.src), ["asset:image.png", "asset:image-2.png"]));
});

test("an edit while the template is being published stays a draft", async () => {
  const page = await studio.open();
  await page.getByRole("button", { name: "Use an API key…" }).click();
  await page.getByRole("textbox", { name: "API key" }).fill(ADMIN_KEY);
  await page.getByRole("button", { name: "Use this key" }).click();
  await studio.openText(JSON.stringify(DOCUMENT));
  let letGo;
  const held = new Promise((done) => (letGo = done));
  await page.route("**/v1/templates/acme/late", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByLabel("Id of the template").fill("acme/late");
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("button", { name: "Publishing…" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Title of the template").fill("Later");
  letGo();
  await page.locator('.origin[title="acme/late"]').waitFor();
  await page.reload();
  await studio.drawn();
  assert.equal((await studio.document()).title, "Later");
  assert.equal((await (await want(studio.worker, 200, "GET /v1/templates/acme/late")).json()).title, undefined);
});

test("two tabs never write to one draft", async () => {
  const page = await start();
  await page.getByLabel("Title of the template").fill("Mine");
  await page.getByText("Draft saved").waitFor();
  const other = await studio.open({ context: page.context() });
  await other.getByRole("button", { name: /^Mine/ }).click();
  await other.getByText("This draft is open in another tab too").waitFor();
  await other.getByLabel("Title of the template").fill("Other");
  await page.getByLabel("Title of the template").fill("Mine, later");
  await page.waitForFunction(() => Object.keys(localStorage).filter((name) => /draft/.test(name) && /"title":"(?:Other|Mine, later)"/.test(localStorage.getItem(name))).length === 2);
});
