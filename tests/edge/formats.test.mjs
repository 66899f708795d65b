// The sizes and the image formats of a picture.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ kv: { card: card() } });

test("options change the size", async () => {
  for (const [query, size] of [
    ["", [300, 120]],
    ["_dpr=2", [600, 240]],
    ["_dpr=1.5", [450, 180]],
    ["_dpr=7", [300, 120]],
    ["_w=150", [150, 60]],
    ["_w=0", [300, 120]],
  ]) {
    const { width, height } = (await ask(worker, `/i/card.png?${query}`)).picture();
    assert.deepEqual([width, height], size, query);
  }
});

test("the extension decides the format", async () => {
  for (const [extension, type, signature] of [
    ["jpg", "image/jpeg", [0xff, 0xd8, 0xff]],
    ["webp", "image/webp", [0x52, 0x49, 0x46, 0x46]],
    ["gif", "image/gif", [0x47, 0x49, 0x46, 0x38]],
  ]) {
    const { status, header, body } = await ask(worker, `/i/card.${extension}?name=Maria`);
    assert.deepEqual([status, header("content-type")], [200, type]);
    assert.deepEqual([...body.subarray(0, signature.length)], signature, extension);
  }
});
