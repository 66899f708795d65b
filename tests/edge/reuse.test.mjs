// Templates that include others, and brands: looked up when they are published, fixed from then on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { API, makeKey, want } from "./api.mjs";
import { ask, workerForFile } from "./answers.mjs";

const worker = workerForFile(API);

const document = (fields) => JSON.stringify({ width: 40, height: 20, access: "public", layers: [], ...fields });

/** The colour of the middle of a picture. */
async function middle(path) {
  const { width, height, rgba } = (await ask(worker, path)).picture();
  return [...rgba().subarray((Math.floor(height / 2) * width + Math.floor(width / 2)) * 4).slice(0, 3)];
}

const chip = (fill) => ({ chip: { params: { color: fill }, layer: { type: "rect", fill: "{{ chip.color }}" } } });
const using = { layers: [{ type: "component", component: "chip" }] };

test("a template takes parts of another one, and its own win", async () => {
  await want(worker, 200, "PUT /v1/templates/acme/parts", { body: document({ palette: { ink: "#00f" }, components: chip("#f00") }) });
  await want(worker, 200, "PUT /v1/templates/acme/card", { body: document({ include: ["acme/parts"], ...using }) });
  assert.deepEqual(await middle("/i/acme/card.png"), [255, 0, 0]);
  const own = document({ include: ["acme/parts"], palette: { ink: "#0f0" }, layers: [{ type: "rect", fill: "$ink" }] });
  await want(worker, 200, "PUT /v1/templates/acme/own", { body: own });
  assert.deepEqual(await middle("/i/acme/own.png"), [0, 255, 0]);
  assert.equal((await want(worker, 200, "GET /v1/templates/acme/own")).text(), own, "the document stays as it was written");
});

test("a brand wins, and a later brand changes nothing that is published", async () => {
  await want(worker, 200, "PUT /v1/templates/beta/brand", { body: document({ palette: { ink: "#123456" } }) });
  const body = document({ brand: "beta/brand", palette: { ink: "#fff" }, layers: [{ type: "rect", fill: "$ink" }] });
  await want(worker, 200, "PUT /v1/templates/beta/card", { body });
  assert.deepEqual(await middle("/i/beta/card.png"), [0x12, 0x34, 0x56]);

  await want(worker, 200, "PUT /v1/templates/beta/brand", { body: document({ palette: { ink: "#654321" } }) });
  assert.deepEqual(await middle("/i/beta/card@1.png"), [0x12, 0x34, 0x56]);
  await want(worker, 200, "POST /v1/templates/beta/card/rollback", { body: { revision: 1 } });
  assert.deepEqual(await middle("/i/beta/card@2.png"), [0x12, 0x34, 0x56], "a revision that comes back has its old brand");
  await want(worker, 200, "PUT /v1/templates/beta/card", { body });
  assert.deepEqual(await middle("/i/beta/card@3.png"), [0x65, 0x43, 0x21], "published again, it has the new one");
});

test("a preview and a check see what publishing would", async () => {
  await want(worker, 200, "PUT /v1/templates/gamma/parts", { body: document({ components: chip("#ff0") }) });
  const draft = JSON.parse(document({ include: ["gamma/parts"], ...using }));
  const { rgba } = (await want(worker, 200, "POST /v1/preview", { body: { document: draft } })).picture();
  assert.deepEqual([...rgba().subarray(0, 3)], [255, 255, 0]);
  assert.equal((await want(worker, 200, "POST /v1/validate", { body: JSON.stringify(draft) })).json().valid, true);
  const lost = JSON.parse(document({ include: ["gamma/none"], ...using }));
  const { valid, problem } = (await want(worker, 200, "POST /v1/validate", { body: JSON.stringify(lost) })).json();
  assert.deepEqual([valid, problem.field, problem.code], [false, "include[0]", "template-not-found"]);
  const refused = (await want(worker, 422, "PUT /v1/templates/gamma/card", { body: JSON.stringify(lost) })).json();
  assert.equal(refused.field, "include[0]");
});

test("a key takes nothing of other clients", async () => {
  await want(worker, 200, "PUT /v1/templates/delta/brand", { body: document({ palette: { ink: "#f0f" } }) });
  const { key } = await makeKey(worker, ["templates:read", "templates:write"], ["other/"]);
  const body = document({ brand: "delta/brand", layers: [{ type: "rect", fill: "$ink" }] });
  const refused = (await want(worker, 422, "PUT /v1/templates/other/card", { key, body })).json();
  assert.deepEqual([refused.field, refused.code], ["brand", "template-not-found"]);
});
