// People design with Studio: whole stories in a real browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile();

const DOCUMENT = {
  width: 800,
  height: 400,
  background: "#ffffff",
  params: { name: { type: "text", default: "friend", example: "Maria" } },
  layers: [
    { type: "rect", id: "one", x: 100, y: 100, width: 100, height: 100, fill: "#cc0000" },
    { type: "rect", id: "two", x: 300, y: 100, width: 100, height: 80, fill: "#00aa00" },
    { type: "text", id: "hello", text: "Hi {{ name }}!", x: 100, y: 280, width: 300, size: 32, fill: "#14142b" },
    {
      type: "stack", id: "list", x: 560, y: 40, width: 200, height: 320, direction: "column", gap: 20, padding: 20, fill: "#eeeeee",
      children: [
        { type: "rect", id: "a", width: "fill", height: 60, fill: "#111111" },
        { type: "rect", id: "b", width: "fill", height: 60, fill: "#222222" },
        { type: "rect", id: "c", width: "fill", height: 60, fill: "#333333" },
      ],
    },
  ],
};

const layer = (document, id) => {
  const find = (layers) => layers.flatMap((each) => (each.id === id ? [each] : find(each.children ?? [])));
  return find(document.layers)[0];
};
const box = ({ x, y, width, height }) => [x, y, width, height];
const row = (name) => studio.page.getByRole("treeitem", { name: new RegExp(`^${name}`) });

async function start(document = DOCUMENT) {
  const page = await studio.open();
  await studio.openText(JSON.stringify(document));
  return page;
}

test("boxes are moved, resized, snapped, copied and nudged on the canvas", async () => {
  const page = await start();
  await studio.drag([150, 150], [190, 190], { keys: ["Control"] });
  assert.deepEqual(box(layer(await studio.document(), "one")), [140, 140, 100, 100]);
  // Its top edge jumps to that of the other box.
  await studio.drag([190, 190], [190, 153]);
  assert.deepEqual(box(layer(await studio.document(), "one")), [140, 100, 100, 100]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  assert.deepEqual(box(layer(await studio.document(), "one")), [141, 110, 100, 100]);
  // The bottom right handle.
  await studio.drag([241, 210], [261, 250], { keys: ["Control"] });
  assert.deepEqual(box(layer(await studio.document(), "one")), [141, 110, 120, 140]);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.deepEqual(box(layer(await studio.document(), "one")), [140, 100, 100, 100]);
  await page.keyboard.press("Control+Shift+z");
  assert.deepEqual(box(layer(await studio.document(), "one")), [141, 110, 100, 100]);
  // A copy with Alt, and one with the keyboard.
  await studio.drag([180, 150], [180, 260], { keys: ["Alt", "Control"] });
  await page.keyboard.press("Control+d");
  const copies = (await studio.document()).layers.filter((each) => each.id === "one");
  assert.deepEqual(copies.map(box), [[141, 110, 100, 100], [141, 220, 100, 100], [157, 236, 100, 100]]);
});

test("several boxes are selected, aligned, distributed, grouped and ordered", async () => {
  const page = await start();
  await studio.drag([60, 60], [440, 240]);
  await page.getByRole("heading", { name: "2 layers" }).waitFor();
  await page.getByRole("button", { name: "Align top" }).click();
  await page.getByRole("button", { name: "Align vertical centres" }).click();
  let document = await studio.document();
  assert.deepEqual([layer(document, "one").y, layer(document, "two").y], [100, 110]);
  await page.locator(".stage").focus();
  await page.keyboard.press("Control+g");
  document = await studio.document();
  const group = document.layers.find((each) => each.type === "group");
  assert.deepEqual(group, {
    type: "group", x: 100, y: 100,
    children: [
      { type: "rect", id: "one", x: 0, y: 0, width: 100, height: 100, fill: "#cc0000" },
      { type: "rect", id: "two", x: 200, y: 10, width: 100, height: 80, fill: "#00aa00" },
    ],
  });
  await page.keyboard.press("]");
  assert.equal((await studio.document()).layers.at(-1).type, "group");
  await page.keyboard.press("Control+Shift+g");
  assert.deepEqual(box(layer(await studio.document(), "two")), [300, 110, 100, 80]);
});

test("a stack takes layers, orders them and gives them back", async () => {
  await start();
  const order = async () => layer(await studio.document(), "list").children.map((each) => each.id);
  // A double click goes into the stack; then a child is dragged below the last one.
  await studio.click(660, 90, { clickCount: 2 });
  await studio.drag([660, 90], [660, 290]);
  assert.deepEqual(await order(), ["b", "c", "a"]);
  // From the canvas into the stack, between two of its children.
  await studio.drag([150, 150], [660, 138]);
  assert.deepEqual(await order(), ["b", "one", "c", "a"]);
  assert.equal(layer(await studio.document(), "one").x, undefined);
  // And out of it.
  await studio.click(660, 170, { modifiers: ["Control"] });
  const dropped = layer(await studio.document(), "one");
  assert.ok(dropped);
  await studio.page.keyboard.press("ArrowDown");
  assert.deepEqual(await order(), ["b", "c", "one", "a"]);
});

test("a text is typed in place, with a param from the menu, and undone by words", async () => {
  const page = await start();
  await studio.click(200, 300, { clickCount: 2 });
  const editor = page.getByRole("textbox", { name: "Text of the layer" });
  await editor.waitFor();
  assert.match(await editor.textContent(), /^Hi nameMaria!$/);
  await page.keyboard.press("End");
  await page.keyboard.type(" Good day to you");
  await page.getByRole("button", { name: "Insert param" }).click();
  await page.getByRole("menuitem", { name: "name" }).click();
  assert.equal(layer(await studio.document(), "hello").text, "Hi {{ name }}! Good day to you{{ name }}");
  await editor.click();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.equal(layer(await studio.document(), "hello").text, "Hi {{ name }}! Good day to ");
  await page.keyboard.press("Control+z");
  assert.equal(layer(await studio.document(), "hello").text, "Hi {{ name }}! Good day ");
});

test("a param is renamed in every expression, and gets another type", async () => {
  const page = await start();
  await page.getByRole("tab", { name: "Params" }).click();
  await page.getByRole("button", { name: /^name text/ }).click();
  await page.getByLabel("Name", { exact: true }).fill("first_name");
  await page.keyboard.press("Enter");
  let document = await studio.document();
  assert.deepEqual(Object.keys(document.params), ["first_name"]);
  assert.equal(layer(document, "hello").text, "Hi {{ first_name }}!");
  await page.getByLabel("Example").fill("Zoë");
  await page.getByRole("button", { name: "+ Add a param" }).click();
  await page.getByLabel("Type").last().selectOption("choice");
  document = await studio.document();
  assert.equal(document.params.first_name.example, "Zoë");
  // Its example is no choice, and goes.
  assert.deepEqual(document.params.name, { type: "choice", choices: ["one", "two"] });
});

test("layers are locked, hidden, renamed and dragged in the tree", async () => {
  const page = await start();
  await row("one").hover();
  await row("one").getByRole("button", { name: "Lock one" }).click();
  await studio.click(150, 150);
  assert.equal(await page.getByRole("heading", { name: "Template" }).count(), 1, "a locked layer is not clicked");
  await row("two").hover();
  await row("two").getByRole("button", { name: "Hide two" }).click();
  assert.equal(layer(await studio.document(), "two").when, "false");
  await row("two").getByRole("button", { name: "Show two" }).click();
  assert.equal(layer(await studio.document(), "two").when, undefined);
  await row("two").click();
  await page.keyboard.press("F2");
  await page.getByRole("textbox", { name: "Name of the layer" }).waitFor();
  await page.keyboard.type("second");
  await page.keyboard.press("Enter");
  await row("second").dragTo(row("hello"), { targetPosition: { x: 80, y: 4 } });
  assert.deepEqual((await studio.document()).layers.map((each) => each.id), ["one", "hello", "second", "list"]);
});

test("a reload loses nothing", async () => {
  const page = await start();
  await studio.drag([150, 150], [190, 190], { keys: ["Control"] });
  await row("hello").hover();
  await row("hello").getByRole("button", { name: "Lock hello" }).click();
  const edited = await studio.document();
  await page.waitForTimeout(500);
  await page.reload();
  await studio.drawn();
  assert.deepEqual(await studio.document(), edited);
  assert.ok(await row("hello").getByRole("button", { name: "Unlock hello" }).count(), "the lock is there too");
  // A tab that is gone leaves its draft on the start page.
  await page.close();
  const other = await studio.open({ context: page.context() });
  await other.getByRole("button", { name: /^Untitled/ }).click();
  await studio.drawn();
  assert.deepEqual(await studio.document(), edited);
});

test("two hundred edits of all kinds are undone to the first bytes, and done again", { timeout: 400_000 }, async () => {
  const page = await start();
  const text = async () => JSON.stringify(await studio.document());
  const first = await text();
  let seed = 3;
  const random = (below) => Math.floor(((seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648) * below);
  const keys = ["ArrowLeft", "Shift+ArrowDown", "Control+d", "Delete", "Control+g", "Control+Shift+g", "Shift+A", "]", "[", "Control+]", "Alt+a", "Alt+v", "Alt+Shift+h", "Control+Shift+h"];
  const tools = ["r", "o", "l"];
  const edits = {
    key: async () => page.keyboard.press(keys[random(keys.length)]),
    // What is there is moved, resized or put into a stack: whatever lies under the pointer.
    drag: async () => studio.drag([random(800), random(400)], [random(800), random(400)], { keys: random(2) ? ["Control"] : [] }),
    draw: async () => {
      await page.keyboard.press(tools[random(tools.length)]);
      await studio.drag([random(700), random(300)], [random(800), random(400)]);
    },
    field: async () => {
      const field = page.getByLabel(["X", "Y", "Width", "Height", "Opacity"][random(5)], { exact: true });
      if ((await field.count()) === 0) return;
      await field.first().fill(String(random(200)));
      await page.keyboard.press("Enter");
    },
    title: async () => page.getByLabel("Title of the template").fill(`Title ${random(1000)}`),
    tree: async () => {
      const row = page.getByRole("treeitem").nth(random(await page.getByRole("treeitem").count()));
      if (await row.count()) await row.click({ modifiers: random(3) ? [] : ["Control"] });
    },
  };
  const kinds = Object.keys(edits);
  for (let count = 0; count < 200; count += 1) {
    const kind = kinds[random(kinds.length)];
    if (kind !== "field" && kind !== "title" && kind !== "tree") await page.locator(".stage").focus();
    if (random(3) === 0 && kind === "key") await page.keyboard.press("Tab");
    await edits[kind]();
  }
  await page.keyboard.press("Escape");
  const last = await text();
  assert.notEqual(last, first);
  await page.locator(".stage").focus();
  const undo = page.getByRole("button", { name: "Undo" });
  while (await undo.isEnabled()) await page.keyboard.press("Control+z");
  assert.equal(await text(), first);
  const redo = page.getByRole("button", { name: "Redo" });
  await page.locator(".stage").focus();
  while (await redo.isEnabled()) await page.keyboard.press("Control+Shift+z");
  assert.equal(await text(), last);
});

test("a tab that is killed loses nothing", async () => {
  const page = await start();
  await page.getByLabel("Title of the template").fill("Before the crash");
  await studio.drag([150, 150], [190, 190], { keys: ["Control"] });
  const edited = await studio.document();
  await page.getByText("Draft saved").waitFor();
  const client = await page.context().newCDPSession(page);
  client.send("Page.crash").catch(() => {});
  await page.waitForEvent("crash");
  const other = await studio.open({ context: page.context() });
  await other.getByRole("button", { name: /^Before the crash/ }).click();
  await studio.drawn();
  assert.deepEqual(await studio.document(), edited);
  await other.waitForTimeout(500);
  assert.equal(await other.getByText("open in another tab").count(), 0, "a dead tab holds no draft");
});

test("a logo gives way where there is none", async () => {
  const page = await start({
    ...DOCUMENT,
    params: { ...DOCUMENT.params, logo: { type: "image", hosts: ["logo.example"] } },
    layers: [
      {
        type: "stack", id: "row", x: 40, y: 40, width: 700, height: 100, direction: "row", gap: 20, align: "center",
        children: [
          { type: "image", id: "logo", src: "{{ logo }}", width: 100, height: 100 },
          { type: "text", id: "hello", text: "Hi {{ name }}", size: 40, fill: "#14142b" },
        ],
      },
    ],
  });
  await row("hello").click();
  const left = () => page.evaluate(() => document.querySelector(".overlay .chosen")?.getAttribute("points")?.split(/[ ,]/).map(Number)[0]);
  const withLogo = await left();
  await row("logo").click();
  const when = page.getByLabel("When", { exact: true });
  if ((await when.count()) === 0) for (const more of await page.getByRole("button", { name: /^More of/ }).all()) await more.click();
  await when.fill("logo");
  await page.keyboard.press("Enter");
  await row("hello").click();
  await page.waitForFunction((before) => Number(document.querySelector(".overlay .chosen")?.getAttribute("points")?.split(/[ ,]/)[0]) < before - 20, withLogo);
  // The tree shows that the layer is not in this picture, and the worst cases are without a fault of it.
  await page.locator(".layer.absent", { hasText: "logo" }).waitFor();
  assert.equal(layer(await studio.document(), "logo").when, "logo");
});

test("from nothing to a layer by the keyboard, and properties that keep their unit", async () => {
  const page = await studio.open();
  await page.getByRole("button", { name: /^Certificate, A4/ }).click();
  await studio.drawn();
  await page.locator(".stage").focus();
  await page.keyboard.press("r");
  await studio.drag([100, 100], [500, 400]);
  await page.getByLabel("Width", { exact: true }).fill("50%");
  await page.keyboard.press("Enter");
  await page.getByLabel("X", { exact: true }).fill("1200/4");
  await page.keyboard.press("Enter");
  await page.getByLabel("Opacity", { exact: true }).fill("0.5");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add shadow" }).click();
  await page.getByLabel("Blur", { exact: true }).fill("12");
  await page.keyboard.press("Enter");
  const { layers } = await studio.document();
  assert.deepEqual(layers, [{ type: "rect", x: 300, y: 100, width: "50%", height: 300, fill: "#d0d4dc", opacity: 0.5, shadow: { blur: 12 } }]);
});

test("the JSON is edited both ways, and a mistake is shown at its line", async () => {
  const page = await start();
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  const code = page.getByRole("textbox", { name: "The template as JSON" });
  await code.waitFor();
  assert.match(await code.textContent(), /"id": "hello"/);
  const replace = async (from, to) => {
    const text = JSON.stringify(await studio.document(), null, 2);
    await code.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text.replace(from, to));
  };
  await replace('"#00aa00"', '"#0000aa"');
  await studio.eventually((document) => assert.equal(layer(document, "two").fill, "#0000aa"));
  // What follows soon is undone with it.
  await page.waitForTimeout(1_100);
  await replace('"#0000aa"', '"bluish"');
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.textContent(), /layers\[1\]\.fill expected a CSS colour.*"bluish"/);
  await page.getByRole("button", { name: "Select the layer" }).click();
  assert.equal(await page.getByLabel("Width", { exact: true }).inputValue(), "100");
  assert.equal(await page.locator(".cm-lintRange-error").count(), 1);
  await page.locator(".stage").focus();
  await page.keyboard.press("Control+z");
  await page.locator(".problems.error").waitFor({ state: "detached" });
  assert.equal(layer(await studio.document(), "two").fill, "#0000aa");
});

test("a worst case is clicked, and the canvas is edited with it", async () => {
  const page = await start();
  const cases = page.getByRole("toolbar", { name: "Worst cases" });
  for (const name of ["missing", "longest", "arabic", "emoji", "tag *|FNAME|*"]) await cases.getByRole("button", { name: new RegExp(`^${name.replace(/[*|]/g, "\\$&")}`) }).first().waitFor();
  await cases.getByRole("button", { name: "missing" }).click();
  assert.equal(await page.getByLabel("Own values").inputValue(), "");
  await cases.getByRole("button", { name: /^longest/ }).click();
  assert.match(await page.getByLabel("Own values").inputValue(), /name=Maximiliana/);
});
