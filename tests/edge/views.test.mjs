// The views of a picture: .json explains it, .html is a snippet, .txt is its alt text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, assertHeaders, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({
  kv: {
    card: card(),
    pictured: card({
      layers: [
        { type: "image", src: "asset:none.png", width: 80, height: 80, fallback: ["initials:{{ name }}"] },
        { type: "rect", id: "badge", when: "points > 10", fill: "#fff" },
      ],
    }),
  },
});

test("views describe the picture, and are not cached", async () => {
  const view = async (extension) => {
    const answer = await ask(worker, `/i/card.${extension}?name=%3CEve%3E&_dpr=2`);
    assert.equal(answer.status, 200);
    assertHeaders(answer, { "cache-control": "no-store", "x-cache": "bypass", etag: null }, extension);
    return [answer.header("content-type"), answer.text()];
  };
  assert.deepEqual(await view("txt"), ["text/plain; charset=utf-8", "Hello, <Eve>!"]);
  assert.deepEqual(await view("html"), [
    "text/html; charset=utf-8",
    `<img src="${worker.url}/i/card.png?name=%3CEve%3E&amp;_dpr=2" width="300" height="120" alt="Hello, &lt;Eve&gt;!">\n`,
  ]);
  const [type, text] = await view("json");
  assert.equal(type, "application/json; charset=utf-8");
  const explained = JSON.parse(text);
  assert.deepEqual([explained.template, explained.width, explained.height, explained.alt], ["card", 600, 240, "Hello, <Eve>!"]);
  assert.deepEqual(explained.params.name, { value: "<Eve>", source: "given" });
  assert.deepEqual(explained.params.company, { value: null, source: "nothing", why: "absent", reason: "missing: absent" });
  assert.deepEqual(explained.params.color, { value: "#ffd166", source: "template-default", why: "absent", reason: "missing: absent" });
  assert.deepEqual([explained.src, explained.scale], [`${worker.url}/i/card.png?name=%3CEve%3E&_dpr=2`, 2]);
  const [layer] = explained.layers;
  assert.deepEqual([layer.path, layer.type, layer.box], ["layers[0]", "text", { x: 20, y: 20, width: 260, height: 80 }]);
  assert.deepEqual([layer.text.lines, layer.text.size, layer.text.overflow], [["<Eve>  0"], 24, "none"]);
  assert.deepEqual(explained.fonts, [{ family: "Inter", weight: 400 }]);
  assert.deepEqual([explained.left_out, explained.missing_glyphs, explained.warnings], [[], 0, []]);
});

test(".json reports an image that is not there, and a layer that is left out", async () => {
  const explained = (await ask(worker, "/i/pictured.json")).json();
  const shown = { sources: ["asset:none.png", "initials"], shown: 1, natural_size: null, fonts: [{ family: "Inter", weight: 600 }] };
  assert.deepEqual(explained.layers[0].image, shown);
  assert.equal(explained.warnings.length, 1);
  assert.deepEqual(explained.left_out, [{ path: "layers[1]", id: "badge", when: "points > 10" }]);
});
