// Uploaded assets and fonts, and the pictures that published templates draw with them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { API, api, want } from "./api.mjs";
import { ask, workerForFile } from "./answers.mjs";
import { WITHOUT_IMAGES } from "./front.mjs";
import { card, withLogo } from "./template.mjs";

const worker = workerForFile({ ...API, bindings: { ...API.bindings, UNSIGNED: "allow" }, front: WITHOUT_IMAGES });
const folder = new URL("../../templates/", import.meta.url);
const file = (path) => readFileSync(new URL(path, folder));
const samples = readdirSync(folder).filter((name) => /^[a-z-]+\.json$/.test(name) && name !== "torture.json").map((name) => name.slice(0, -5));

test("a template, its assets and its fonts that come by the API alone give each sample byte for byte", async () => {
  for (const name of readdirSync(new URL("assets/", folder)).filter((name) => /\.(png|jpg|ttf)$/.test(name))) {
    const bytes = file(`assets/${name}`);
    const put = await want(worker, 201, `PUT /v1/assets/client/${name}`, { body: bytes });
    const got = await want(worker, 200, `GET /v1/assets/client/${name}`);
    assert.equal(put.json().sha256, createHash("sha256").update(got.body).digest("hex"));
  }
  assert.ok(samples.length >= 8);
  for (const sample of samples) {
    const headers = { "X-Images": "none" };
    const { warnings } = (await want(worker, 200, `PUT /v1/templates/client/${sample}`, { body: file(`${sample}.json`), headers })).json();
    assert.ok(!warnings.some(({ warning }) => /no asset|no such font/.test(warning)), JSON.stringify(warnings));
    for (const query of ["", "?name=Maria&company=Fernway&logo=fernway"]) {
      const [own, compiledIn] = [await ask(worker, `/i/client/${sample}@1.png${query}`, { headers }), await ask(worker, `/i/${sample}.png${query}`)];
      assert.equal(own.status, 200);
      assert.ok(own.body.equals(compiledIn.body), `${sample}${query}`);
    }
  }
});

test("a font that a text names by its family is found, and draws as one that the template declares", async () => {
  await want(worker, 201, "PUT /v1/fonts/brand/Playfair%20Display/400", { body: file("assets/playfair-display.ttf") });
  const { font } = (await want(worker, 201, "PUT /v1/fonts/brand/Playfair%20Display/400-italic", { body: file("assets/playfair-display-italic.ttf") })).json();
  assert.ok(font.italic && font.glyphs > 100);
  const { fonts, ...document } = JSON.parse(file("certificate.json"));
  assert.equal(fonts.length, 2);
  await want(worker, 200, "PUT /v1/templates/brand/certificate", { body: document });
  const [named, declared] = [await ask(worker, "/i/brand/certificate.png"), await ask(worker, "/i/certificate.png")];
  assert.ok(named.body.equals(declared.body));
  const list = (await want(worker, 200, "GET /v1/fonts?prefix=brand/")).json().items;
  assert.deepEqual(list.map(({ name }) => name), ["brand/Playfair Display/400", "brand/Playfair Display/400-italic"]);
  // Another client's family is none.
  const { warnings } = (await want(worker, 200, "PUT /v1/templates/other/certificate", { body: document })).json();
  assert.ok(warnings.some(({ warning }) => warning === "there is no such font"));
});

test("a name keeps its file in what was published, whatever is uploaded later", async () => {
  const [avatar, logo] = [file("assets/avatar.png"), file("assets/logo-halcyon.png")];
  const first = (await want(worker, 201, "PUT /v1/assets/keep/logo.png", { body: avatar })).header("etag");
  await want(worker, 200, "PUT /v1/templates/keep/hello", { body: withLogo });
  const before = await ask(worker, "/i/keep/hello@1.png");
  await want(worker, 412, "PUT /v1/assets/keep/logo.png", { body: logo, headers: { "If-None-Match": "*" } });
  await want(worker, 200, "PUT /v1/assets/keep/logo.png", { body: logo, headers: { "If-Match": first } });
  await want(worker, 412, "PUT /v1/assets/keep/logo.png", { body: logo, headers: { "If-Match": first } });
  assert.ok((await ask(worker, "/i/keep/hello.png")).body.equals(before.body), "until it is published again");
  await want(worker, 200, "PUT /v1/templates/keep/hello", { body: withLogo });
  assert.ok(!(await ask(worker, "/i/keep/hello@2.png")).body.equals(before.body));
  // A rollback has the files of the old revision.
  await want(worker, 200, "POST /v1/templates/keep/hello/rollback", { body: { revision: 1 } });
  assert.ok((await ask(worker, "/i/keep/hello@3.png")).body.equals(before.body));
  await want(worker, 204, "DELETE /v1/assets/keep/logo.png");
  await want(worker, 404, "GET /v1/assets/keep/logo.png");
  assert.ok((await ask(worker, "/i/keep/hello@3.png?x=1")).body.equals(before.body), "its file stays");
  // The document is as it was sent, without the names of its files.
  assert.equal((await want(worker, 200, "GET /v1/templates/keep/hello")).text(), withLogo);
});

test("a template never finds another client's file", async () => {
  await want(worker, 201, "PUT /v1/assets/one/secret.png", { body: file("assets/avatar.png") });
  for (const src of ["asset:secret.png", "asset:one/secret.png"]) {
    const document = card({ layers: [{ type: "image", id: "logo", src, width: 20, height: 20 }] });
    const { warnings } = (await want(worker, 200, "PUT /v1/templates/two/hello", { body: document })).json();
    assert.ok(warnings.some(({ layer, warning }) => layer === "logo" && warning.includes("there is no asset")), src);
  }
});

test("what cannot be drawn is refused with a remedy", async () => {
  const png = file("assets/avatar.png");
  for (const [call, body, status, code] of [
    ["PUT /v1/assets/bad/a.png", "<svg/>", 422, "image-format"],
    ["PUT /v1/assets/bad/a.png", png.subarray(0, 60), 422, "image-broken"],
    ["PUT /v1/assets/bad/a.woff2", "wOF2....", 422, "font-packed"],
    ["PUT /v1/fonts/bad/Brand/400", png, 422, "bad-font"],
    ["PUT /v1/fonts/bad/Brand/400", "wOF2....", 422, "font-packed"],
    ["PUT /v1/fonts/bad/Brand/bold", png, 404, "bad-font-name"],
  ]) {
    const answer = await api(worker, call, { body });
    assert.deepEqual([answer.status, answer.json().code], [status, code], call);
    assert.ok(answer.json().remedy);
  }
  assert.match((await api(worker, "PUT /v1/fonts/bad/Brand/400", { body: "wOF2...." })).json().remedy, /monogram font/);
});
