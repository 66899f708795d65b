// Uploaded assets and fonts, and the pictures that published templates draw with them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync, constants, deflateSync } from "node:zlib";
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

const font = (name) => readFileSync(new URL(`../fonts/${name}`, import.meta.url));

/** A WOFF2 whose Brotli stream ends early. */
const cut = (woff2) => {
  const short = Buffer.from(woff2.subarray(0, woff2.length - 400));
  short.writeUInt32BE(short.length, 8);
  short.writeUInt32BE(short.readUInt32BE(20) - 400, 20);
  return short;
};

/** A WOFF2 of a few hundred bytes with a table that has this many; and a stream of 100 MB. */
function bomb(claimed = 900) {
  const packed = brotliCompressSync(Buffer.alloc(100_000_000));
  const header = Buffer.alloc(48);
  header.write("wOF2");
  header.writeUInt32BE(0x00010000, 4);
  header.writeUInt16BE(1, 12);
  header.writeUInt32BE(1_000, 16);
  header.writeUInt32BE(packed.length, 20);
  const digits = [];
  for (let rest = claimed; rest > 0; rest = Math.floor(rest / 128)) digits.unshift(rest % 128);
  const directory = Buffer.from([1, ...digits.map((digit, at) => (at < digits.length - 1 ? digit | 0x80 : digit))]);
  const file = Buffer.concat([header, directory, packed]);
  const whole = Buffer.concat([file, Buffer.alloc(-file.length & 3)]);
  whole.writeUInt32BE(whole.length, 8);
  return whole;
}

// They are made before the first request: that takes seconds, in which a connection would be closed.
const BOMBS = { small: bomb(), large: bomb(30_000_000) };

test("a web font is unpacked, and draws as the font in it", async () => {
  for (const [name, weight] of [["italic.woff2", "400-italic"], ["italic.woff", "500-italic"], ["wdth.woff2", "400"]]) {
    const put = (await want(worker, 201, `PUT /v1/fonts/web/Packed/${weight}`, { body: font(name) })).json();
    assert.ok(put.font.glyphs > 0 && put.type.startsWith("font/") && put.notes.includes("unpacked from a web font"), JSON.stringify(put));
    const got = (await want(worker, 200, `GET /v1/fonts/web/Packed/${weight}`)).body;
    assert.match(got.toString("latin1", 0, 4), /^(\0\x01\0\0|OTTO)$/);
    assert.equal(put.sha256, createHash("sha256").update(got).digest("hex"));
    // A template names the font in it.
    const asset = (await want(worker, 201, `PUT /v1/assets/web/${name}.ttf`, { body: font(name) })).json();
    assert.equal(asset.sha256, put.sha256);
  }
  // As the command unpacks it.
  const document = (src) => card({ fonts: [{ family: "Packed", src }], layers: [{ type: "text", text: "{{ name }}", font: "Packed", x: 9, y: 9, width: 280, height: 99, size: 60, fill: "#111" }] });
  await want(worker, 200, "PUT /v1/templates/web/packed", { body: document("asset:italic.woff2.ttf") });
  const unpacked = (await want(worker, 200, "GET /v1/assets/web/italic.woff2.ttf")).body;
  await want(worker, 201, "PUT /v1/assets/web/italic.ttf", { body: unpacked });
  await want(worker, 200, "PUT /v1/templates/web/plain", { body: document("asset:italic.ttf") });
  await want(worker, 200, "PUT /v1/templates/web/inter", { body: document("asset:none.ttf") });
  const [packed, plain, other] = [await ask(worker, "/i/web/packed.png?name=Ana"), await ask(worker, "/i/web/plain.png?name=Ana"), await ask(worker, "/i/web/inter.png?name=Ana")];
  assert.ok(packed.status === 200 && packed.body.equals(plain.body) && !packed.body.equals(other.body));
});

/** A font as a WOFF or a WOFF2 that has a table of this many bytes more. */
function webFont(ttf, bytes, isWoff2) {
  const count = ttf.readUInt16BE(4);
  const tables = Array.from({ length: count }, (_, at) => {
    const entry = ttf.subarray(12 + 16 * at, 28 + 16 * at);
    return { tag: entry.toString("latin1", 0, 4), content: ttf.subarray(entry.readUInt32BE(8), entry.readUInt32BE(8) + entry.readUInt32BE(12)) };
  });
  // They hardly compress: what shrinks to a hundredth is refused.
  tables.push({ tag: "zzzz", content: Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => Math.imul(at * at, 2654435761) >>> 19)) });
  const header = Buffer.alloc(isWoff2 ? 48 : 44);
  header.write(isWoff2 ? "wOF2" : "wOFF");
  ttf.copy(header, 4, 0, 4);
  header.writeUInt16BE(tables.length, 12);
  header.writeUInt32BE(tables.reduce((sum, { content }) => sum + 16 + ((content.length + 3) & ~3), 12), 16);
  const parts = [header];
  if (isWoff2) {
    const packed = brotliCompressSync(Buffer.concat(tables.map(({ content }) => content)), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
    header.writeUInt32BE(packed.length, 20);
    for (const { tag, content } of tables) {
      // An outline that is not rebuilt has the version 3, and any other table the version 0.
      const digits = [14, 7, 0].map((shift) => ((content.length >> shift) & 127) | (shift > 0 ? 128 : 0));
      parts.push(Buffer.from([/glyf|loca/.test(tag) ? 0xff : 0x3f]), Buffer.from(tag), Buffer.from(digits.slice(digits.findIndex((digit) => digit !== 128))));
    }
    parts.push(packed);
  } else {
    const packed = tables.map(({ content }) => deflateSync(content)).map((one, at) => (one.length < tables[at].content.length ? one : tables[at].content));
    let offset = 44 + 20 * tables.length;
    for (const [at, { tag, content }] of tables.entries()) {
      const entry = Buffer.alloc(20);
      entry.write(tag);
      [offset, packed[at].length, content.length].forEach((number, field) => entry.writeUInt32BE(number, 4 + 4 * field));
      parts.push(entry);
      offset += (packed[at].length + 3) & ~3;
    }
    parts.push(...packed.map((one) => Buffer.concat([one, Buffer.alloc(-one.length & 3)])));
  }
  const file = Buffer.concat(parts);
  const whole = Buffer.concat([file, Buffer.alloc(-file.length & 3)]);
  whole.writeUInt32BE(whole.length, 8);
  return whole;
}

test("a web font of any size is unpacked", async () => {
  const ttf = (await want(worker, 200, "GET /v1/assets/web/italic.woff2.ttf")).body;
  for (const bytes of [1_000, 16_000, 33_000, 60_000, 90_000, 100_000, 150_000, 170_000, 300_000, 360_000, 700_000, 1_900_000]) {
    for (const isWoff2 of [true, false]) {
      const answer = await api(worker, "PUT /v1/fonts/web/Sized/400", { body: webFont(ttf, bytes, isWoff2) });
      assert.ok([200, 201].includes(answer.status), `${bytes} ${isWoff2} ${answer.text()}`);
    }
  }
});

/** Makes a call whose body is refused unread: Node may meet the closed connection before it reads the answer. */
async function unread(call, tries = 10) {
  try {
    return await call();
  } catch (error) {
    if (tries === 1 || !["EPIPE", "ECONNRESET"].includes(error.cause?.code)) throw error;
    return unread(call, tries - 1);
  }
}

test("what cannot be drawn is refused with a remedy", async () => {
  const woff2 = font("italic.woff2");
  const png = file("assets/avatar.png");
  for (const [call, body, status, code] of [
    ["PUT /v1/assets/bad/a.png", "<svg/>", 422, "image-damaged"],
    ["PUT /v1/assets/bad/a.png", png.subarray(0, 60), 422, "image-broken"],
    ["PUT /v1/assets/bad/a.woff2", "wOF2....", 422, "bad-font"],
    ["PUT /v1/assets/bad/a.woff", "wOFF....", 422, "bad-font"],
    ["PUT /v1/fonts/bad/Brand/400", png, 422, "bad-font"],
    ["PUT /v1/fonts/bad/Brand/400", "wOF2....", 422, "bad-font"],
    ["PUT /v1/fonts/bad/Brand/400", cut(woff2), 422, "bad-font"],
    ["PUT /v1/fonts/bad/Brand/400", BOMBS.small, 422, "bad-font"],
    ["PUT /v1/fonts/bad/Brand/400", BOMBS.large, 413, "font-too-large"],
    ["PUT /v1/fonts/bad/Brand/bold", png, 404, "bad-font-name"],
  ]) {
    const answer = await api(worker, call, { body });
    assert.deepEqual([answer.status, answer.json().code], [status, code], call);
    assert.ok(answer.json().remedy);
  }
  assert.match((await api(worker, "PUT /v1/fonts/bad/Brand/400", { body: "wOF2...." })).json().remedy, /monogram font/);
  const big = await unread(() => want(worker, 413, "PUT /v1/assets/bad/big.png", { body: Buffer.alloc(9 << 20) }));
  assert.equal(big.json().code, "body-too-large");
  assert.match(big.json().detail, /8 MiB/);
  const form = { body: "--x\r\n\r\n\r\n--x--", headers: { "Content-Type": "multipart/form-data; boundary=x" } };
  const answer = (await want(worker, 400, "PUT /v1/assets/bad/form.png", form)).json();
  assert.deepEqual([answer.code, answer.field], ["bad-content-type", "Content-Type"]);
  assert.match(answer.remedy, /--data-binary/);
  assert.ok(!worker.logs.some(({ message }) => message.includes('"panic"')), "no instance ended");
});
