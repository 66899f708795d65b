// Gradients, crops, fonts and fingers on the canvas.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ADMIN_KEY, API, want } from "./api.mjs";
import { encode } from "./png.mjs";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile(API);

const stops = [{ color: "#ff0000" }, { color: "#0000ff" }];
const EMPTY = { width: 800, height: 600, background: "#ffffff", layers: [] };
const open = async (document) => {
  const page = await studio.open();
  await studio.openText(JSON.stringify({ ...EMPTY, ...document }));
  return page;
};

/** A picture whose left half is red and whose right half is blue. */
const HALVES = encode({ width: 120, height: 40, rgba: Buffer.concat(Array.from({ length: 40 }, () => Buffer.from("ff0000ff".repeat(60) + "0000ffff".repeat(60), "hex"))) });

/** Drags a handle on the canvas to a point of the template. */
async function dragHandle(name, to) {
  const { page } = studio;
  const box = await page.locator(`[data-handle="${name}"] .grip`).boundingBox();
  const end = await studio.at(...to);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
}

/** Drops files onto the stage. */
const drop = (page, files) =>
  page.evaluate((all) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of all) data.items.add(new File([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], name, { type }));
    const stage = document.querySelector(".stage");
    const { left, top, width, height } = stage.getBoundingClientRect();
    stage.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data, clientX: left + width / 2, clientY: top + height / 2 }));
  }, files);

test("a linear gradient is turned, its colours are moved, and one is added", async () => {
  const page = await open({ layers: [{ type: "rect", x: 200, y: 200, width: 400, height: 200, fill: { type: "linear", angle: 90, stops } }] });
  await studio.click(300, 250);
  // From the right end to straight down.
  await dragHandle("gradient:to", [400, 520]);
  await studio.eventually(({ layers }) => assert.equal(layers[0].fill.angle, 180));
  await page.keyboard.press("Control+z");
  // A double click on the line adds a colour, and dragging moves it.
  await studio.click(400, 300, { clickCount: 2 });
  await studio.eventually(({ layers }) => assert.deepEqual(layers[0].fill.stops.map((stop) => stop.offset), [0, 0.5, 1]));
  await dragHandle("gradient:stop1", [300, 310]);
  const { layers } = await studio.document();
  assert.deepEqual(layers[0].fill.stops[1].offset, 0.25);
  assert.deepEqual([layers[0].x, layers[0].y], [200, 200], "the layer has not moved");
});

test("a radial gradient has a middle and a radius, in the units that it had", async () => {
  await open({ layers: [{ type: "rect", x: 200, y: 200, width: 400, height: 200, fill: { type: "radial", cx: "50%", cy: "50%", r: 100, stops } }] });
  await studio.click(250, 220);
  await dragHandle("gradient:from", [300, 250]);
  await dragHandle("gradient:to", [350, 250]);
  await studio.eventually(({ layers: [rect] }) => assert.deepEqual([rect.fill.cx, rect.fill.cy, rect.fill.r], ["25%", "25%", 50]));
});

test("a dropped image is cropped by dragging it inside of its box", async () => {
  const page = await open({});
  await drop(page, [{ name: "Halves.PNG", type: "image/png", base64: HALVES.toString("base64") }]);
  await page.getByRole("treeitem", { name: /^halves\.png/ }).waitFor();
  await studio.eventually(({ layers: [image] }) => assert.deepEqual([image.type, image.src, image.fit], ["image", "asset:halves.png", "cover"]));
  // A square box shows a third of it.
  await page.getByLabel("Width", { exact: true }).fill("40");
  await page.keyboard.press("Enter");
  const { x, y } = (await studio.document()).layers[0];
  await studio.click(x + 20, y + 20, { clickCount: 2 });
  await page.locator(".crop image").waitFor();
  await studio.drag([x + 20, y + 20], [x + 60, y + 20]);
  await studio.eventually(({ layers: [image] }) => assert.deepEqual(image.focus, [0, 0.5]));
  await page.keyboard.press("ArrowLeft");
  await studio.eventually(({ layers: [image] }) => assert.deepEqual(image.focus, [0.013, 0.5]));
  await page.locator(".stage").focus();
  await page.keyboard.press("Escape");
  await page.locator(".crop").waitFor({ state: "detached" });
  // It is still there after a reload, without having been uploaded.
  await page.waitForTimeout(500);
  await page.reload();
  await studio.drawn();
  await page.waitForFunction(
    ([left, top]) => {
      const canvas = document.querySelector("canvas.picture");
      const scale = canvas.width / 800;
      const [red, green, blue] = canvas.getContext("2d").getImageData(Math.round((left + 20) * scale), Math.round((top + 20) * scale), 1, 1).data;
      return red > 200 && green < 50 && blue < 50;
    },
    [x, y],
  );
});

test("fonts are chosen by their looks: the template's own, and uploaded ones", async () => {
  const font = readFileSync(new URL("../../templates/assets/playfair-display.ttf", import.meta.url));
  await want(studio.worker, 201, "PUT /v1/fonts/acme/Brand%20Serif/400", { body: font });
  await want(studio.worker, 200, "PUT /v1/templates/acme/words", { body: JSON.stringify({ ...EMPTY, layers: [{ type: "text", id: "words", text: "Words", x: 100, y: 100, size: 60, fill: "#000000" }] }) });
  const page = await studio.open();
  await page.getByRole("button", { name: "Use an API key…" }).click();
  await page.getByRole("textbox", { name: "API key" }).fill(ADMIN_KEY);
  await page.getByRole("button", { name: "Use this key" }).click();
  await page.getByRole("button", { name: /acme\/words/ }).click();
  await studio.drawn();
  await drop(page, [{ name: "Fancy-Regular.ttf", type: "font/ttf", base64: font.toString("base64") }]);
  await page.getByText("Fancy is a font of this template now").waitFor();
  await page.getByRole("treeitem", { name: /^words/ }).click();
  const width = async () => page.evaluate(() => Number(document.querySelector('.cell [aria-label="Width"]').placeholder));
  const inter = await width();
  const choose = async (family) => {
    await page.getByRole("button", { name: "Choose font" }).click();
    await page.getByRole("button", { name: family, exact: true }).click();
  };
  await choose("Fancy");
  await studio.eventually(({ layers, fonts }) => assert.deepEqual([layers[0].font, fonts], ["Fancy", [{ family: "Fancy", src: "asset:fancy-regular.ttf" }]]));
  await page.waitForFunction((before) => Number(document.querySelector('.cell [aria-label="Width"]').placeholder) !== before, inter);
  const fancy = await width();
  // The uploaded one is the same file: its letters are as wide, and nothing warns of it.
  await choose("Inter");
  await page.waitForFunction((before) => Number(document.querySelector('.cell [aria-label="Width"]').placeholder) === before, inter);
  await choose("Brand Serif");
  await page.waitForFunction((before) => Number(document.querySelector('.cell [aria-label="Width"]').placeholder) === before, fancy);
  assert.equal(await page.locator(".problems").count(), 0);
  const made = await studio.document();
  assert.deepEqual([made.layers[0].font, made.fonts.length], ["Brand Serif", 1], "the document names it, and nothing else");
});

test("two fingers zoom and move the view, and change nothing", async () => {
  const page = await studio.open({ hasTouch: true });
  await studio.openText(JSON.stringify({ ...EMPTY, layers: [{ type: "rect", x: 300, y: 200, width: 200, height: 200, fill: "#cc0000" }] }));
  const before = await page.locator("canvas.picture").boundingBox();
  const middle = { x: before.x + before.width / 2, y: before.y + before.height / 2 };
  const touch = async (type, apart, aside) => {
    const points = type === "touchEnd" ? [] : [-1, 1].map((side) => ({ x: middle.x + aside + side * apart, y: middle.y, id: side + 1 }));
    await client.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  };
  const client = await page.context().newCDPSession(page);
  await touch("touchStart", 50, 0);
  for (let step = 1; step <= 5; step += 1) await touch("touchMove", 50 + step * 10, step * 8);
  await touch("touchEnd", 0, 0);
  const after = await page.locator("canvas.picture").boundingBox();
  assert.ok(Math.abs(after.width / before.width - 2) < 0.1, `${before.width} to ${after.width}`);
  assert.ok(Math.abs(after.x + after.width / 2 - middle.x - 40) < 4, "the view went with the fingers");
  assert.deepEqual((await studio.document()).layers[0], { type: "rect", x: 300, y: 200, width: 200, height: 200, fill: "#cc0000" });
});

test("layers are pasted into another template", async () => {
  const page = await open({ layers: [{ type: "rect", id: "card", x: 100, y: 100, width: 200, height: 120, radius: 12, fill: "#5b5bd6" }, { type: "text", id: "hello", text: "Hello", x: 120, y: 140, size: 24, fill: "#ffffff" }] });
  await page.locator(".stage").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  const other = await studio.open({ context: page.context() });
  await other.getByRole("button", { name: /^Square post/ }).click();
  await studio.drawn();
  await other.locator(".stage").focus();
  await other.keyboard.press("Control+v");
  await studio.eventually(({ layers }) => assert.deepEqual(layers.map(({ id, x, y }) => [id, x, y]), [["card", 116, 116], ["hello", 136, 156]]));
});

test("corner pins are dragged on a photo, moved by keys, and taken back", async () => {
  const corners = [[200, 150], [600, 170], [560, 420], [180, 400]];
  const page = await open({ layers: [{ type: "rect", id: "photo", width: 800, height: 600, fill: "#d8d2c8" }, { type: "text", id: "mat", text: "Welcome", width: 400, height: 240, size: 80, fill: "#222222", corners }] });
  const corner = async (index) => (await studio.document()).layers[1].corners[index];
  // A click in the quad, which is not where the box is, selects the layer.
  await studio.click(400, 380);
  await page.locator('[data-handle="pin:2"]').waitFor();
  assert.equal(await page.locator('[data-handle="se"]').count(), 0, "it has pins in place of handles");
  await dragHandle("pin:2", [640, 460]);
  await studio.eventually(({ layers }) => assert.deepEqual(layers[1].corners, [[200, 150], [600, 170], [640, 460], [180, 400]]));
  // The letters went along: the right half of the quad has ink where there was none.
  await page.waitForFunction(() => {
    const canvas = document.querySelector("canvas.picture");
    const scale = canvas.width / 800;
    const { data } = canvas.getContext("2d").getImageData(200 * scale, 150 * scale, 400 * scale, 250 * scale);
    return data.filter((level, at) => at % 4 === 0 && level < 90).length > 500;
  });
  // Where no box could be seen, the pin stays behind.
  await dragHandle("pin:0", [620, 440]);
  const [x, y] = await corner(0);
  assert.ok(x < 600 && y < 420, `${x}, ${y}`);
  await page.keyboard.press("Control+z");
  await studio.eventually(({ layers }) => assert.deepEqual(layers[1].corners[0], [200, 150]));
  // By keys: C chooses the next corner, arrows move it, Escape lets go of it.
  await page.locator(".stage").focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await page.locator(".pin.picked").waitFor();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("ArrowUp");
  await studio.eventually(({ layers }) => assert.deepEqual(layers[1].corners[0], [210, 149]));
  await page.locator(".stage").focus();
  await page.keyboard.press("Escape");
  await page.locator(".pin.picked").waitFor({ state: "detached" });
  // Without a chosen corner, the arrows move all four; so does a drag.
  await page.keyboard.press("ArrowDown");
  await studio.eventually(({ layers }) => assert.deepEqual(layers[1].corners, [[210, 150], [600, 171], [640, 461], [180, 401]]));
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await studio.eventually(({ layers }) => assert.deepEqual(layers[1].corners, corners));
});

test("the inspector gives a layer corners where its box is", async () => {
  const page = await open({ layers: [{ type: "rect", id: "box", x: 100, y: 100, width: 200, height: 120, fill: "#5b5bd6" }] });
  await studio.click(200, 150);
  await page.getByRole("button", { name: "Add corners" }).click();
  await studio.eventually(({ layers }) => assert.deepEqual(layers[0].corners, [[100, 100], [300, 100], [300, 220], [100, 220]]));
  assert.equal(await page.locator(".problems").count(), 0);
  await page.locator('[data-handle="pin:1"]').waitFor();
});
