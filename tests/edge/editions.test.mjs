// Sizes, dark versions, texts by language and variants, as a URL asks for them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask } from "./answers.mjs";
import { startWorker } from "./harness.mjs";

const TEMPLATE = {
  width: 120,
  height: 60,
  access: "public",
  alt: "{{ name }}",
  background: "$paper",
  palette: { paper: "#ffffff" },
  params: { name: { type: "text" }, accent: { type: "color", default: "#ff0000" } },
  layers: [
    { id: "box", type: "rect", width: 10, height: 10, fill: "{{ accent }}" },
    { id: "hi", type: "text", text: { de: "Hallo", "*": "Hi" }, size: 12, y: 20 },
  ],
  sizes: { tall: { width: 60, height: 120, layers: { hi: { size: 9 } } } },
  dark: { palette: { paper: "#000000" } },
};
const VARIANTS = { ...TEMPLATE, variants: [{ name: "blue", lang: "de", set: { accent: "#0000ff" } }, { name: "b", weight: 1, set: { accent: "#00ff00" } }] };

let worker;
before(async () => {
  worker = await startWorker({ kv: { set: JSON.stringify(TEMPLATE), varied: JSON.stringify(VARIANTS), "set@3": JSON.stringify({ ...TEMPLATE, width: 90 }) } });
});
after(() => worker.dispose());

const explained = async (path) => (await ask(worker, path)).json();
const named = ({ layers }, name) => layers.find(({ id }) => id === name);

test("a size has its own width, height and fields", async () => {
  const tall = await explained("/i/set~tall.json");
  assert.deepEqual([tall.width, tall.height, tall.size], [60, 120, "tall"]);
  assert.equal(named(tall, "hi").text.size, 9);
  assert.equal((await explained("/i/set.json")).width, 120);
  assert.equal((await explained("/i/set@3.json")).width, 90);
  assert.equal((await explained("/i/set~tall@3.json")).width, 60);
});

test("editions have keys of their own, and a template without a dark version has one key", async () => {
  const etag = async (path) => (await ask(worker, path)).headers.get("etag");
  const etags = await Promise.all(["/i/set.png", "/i/set~tall.png", "/i/set.png?_scheme=dark", "/i/set~tall.png?_scheme=dark"].map(etag));
  assert.equal(new Set(etags).size, 4);
  assert.equal(await etag("/i/set.png?_scheme=light"), etags[0]);
  assert.equal(await etag("/i/set~tall.png"), etags[1], "from memory too");
  assert.equal(await etag("/i/welcome.png?_scheme=dark"), await etag("/i/welcome.png"));
});

test("a size that is not declared is a placeholder that says which there are", async () => {
  const { status, headers } = await ask(worker, "/i/set~square.png");
  assert.equal(status, 404);
  assert.match(headers.get("content-type"), /^image\/png/);
  const json = await ask(worker, "/i/set~square.json");
  assert.equal(json.status, 404);
});

test("a snippet is of a size", async () => {
  const made = await (await ask(worker, "/v1/snippet/set~tall?esp=klaviyo")).json();
  assert.deepEqual([made.width, made.height], [60, 120]);
  assert.ok(new URL(made.src, worker.url).pathname.endsWith("/i/set~tall.png"), made.src);
  assert.equal((await ask(worker, "/v1/snippet/set~square?esp=klaviyo")).status, 404);
});

test("a text is in the language of the picture", async () => {
  for (const [query, text] of [["", "Hi"], ["_lang=de", "Hallo"], ["_lang=de-AT", "Hallo"], ["_lang=fr", "Hi"]]) {
    assert.deepEqual(named(await explained(`/i/set.json?${query}`), "hi").text.lines, [text], query);
  }
});

test("variants are chosen by rule, by share or by name, and named in a header", async () => {
  const variant = async (query) => (await ask(worker, `/i/varied.png?${query}`)).headers.get("x-variant");
  assert.equal(await variant("_lang=de"), "blue");
  assert.equal(await variant("_lang=de&_v=b"), "b");
  assert.equal(await variant("_v=default"), "default");
  const chosen = await Promise.all([...Array(40).keys()].map((number) => variant(`name=person+${number}`)));
  assert.deepEqual([...new Set(chosen)].sort(), ["b", "default"]);
  assert.deepEqual(await Promise.all([...Array(40).keys()].map((number) => variant(`name=person+${number}`))), chosen, "each keeps its own");
  assert.equal((await explained("/i/varied.json?_v=b")).variant, "b");
  assert.equal((await ask(worker, "/i/set.png")).headers.get("x-variant"), null);
});
