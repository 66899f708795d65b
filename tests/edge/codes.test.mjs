// QR codes and barcodes say what they were asked to say, to a decoder that no line of ours is in
// (ZXing's, in wasm). `CODES=2000` reads more of them than a test has time for.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { ask, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const COUNT = Number(process.env.CODES ?? 160);
const LOGO = "initials:Mono Gram";
const LEVELS = ["low", "medium", "quartile", "high"];
const SHAPES = ["square", "rounded", "dots"];

const wasm = new URL(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } });

const code = (layer) =>
  card({
    background: "#fff",
    alt: "A code",
    params: { data: { type: "text", allow: { urls: true } }, ink: { type: "color", default: "#000" } },
    layers: [{ x: 10, y: 10, data: "{{ data }}", fill: "{{ ink }}", ...layer }],
  });
const barcode = (symbology) => code({ type: "barcode", symbology, width: 280, height: 100 });
const kv = Object.fromEntries(["ean13", "ean8", "upc-a", "code128", "code39", "itf"].map((kind) => [kind, barcode(kind)]));
for (const error_correction of LEVELS) {
  for (const modules of SHAPES) {
    const layer = { type: "qr", error_correction, modules, width: 260, height: 260 };
    const sized = (more) => JSON.stringify({ ...JSON.parse(code({ ...layer, ...more })), width: 280, height: 280 });
    kv[`qr-${error_correction}-${modules}`] = sized({});
    kv[`logo-${error_correction}-${modules}`] = sized({ logo: LOGO });
  }
}
const worker = workerForFile({ kv });

/** A number from 0 to 1 (mulberry32). */
let state = 7;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (count) => Math.floor(random() * count);
const text = (letters, least, most) =>
  Array.from({ length: least + below(most - least + 1) }, () => letters[below(letters.length)]).join("");

const DIGITS = "0123456789";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const checked = (digits) => {
  const sum = [...digits].reverse().reduce((sum, digit, index) => sum + Number(digit) * (index % 2 ? 1 : 3), 0);
  return digits + ((10 - (sum % 10)) % 10);
};
// Words around what is random: a value has no spaces at its ends, and is no merge tag.
const ascii = (least, most) => `x${text(`${DIGITS}${DIGITS}${LETTERS}abcdefgh -./:+*=?!`, least, most)}x`;
const MAKE = {
  ean13: () => checked(text(DIGITS, 12, 12)),
  ean8: () => checked(text(DIGITS, 7, 7)),
  "upc-a": () => checked(text(DIGITS, 11, 11)),
  code128: () => (random() < 0.4 ? text(DIGITS, 2, 14) : ascii(1, 10)),
  // With `$ / + %` before a letter, a decoder may read full ASCII.
  code39: () => `A${text(`${DIGITS}${LETTERS}-. `, 1, 6)}Z`,
  itf: () => checked(text(DIGITS, 7, 7)),
};
const FORMATS = { ean13: "EAN13: ", ean8: "EAN8: ", "upc-a": "EAN13: 0", code128: "Code128: ", code39: "Code39: ", itf: "ITF: " };
const QR = () =>
  [() => text(DIGITS, 1, 60), () => `X${text(`${DIGITS}${LETTERS}$*+-./:`, 1, 40)}`, () => `https://acme.com/r?${text("abcxyz019=&/é李", 1, 40)}`][
    below(3)
  ]();

async function read(template, data, query = "_dpr=2") {
  const { status, body } = await ask(worker, `/i/${template}.png?data=${encodeURIComponent(data)}&${query}`);
  assert.equal(status, 200);
  const found = await readBarcodes(new Uint8Array(body), { tryHarder: true });
  return found.map(({ text, format }) => `${format.replaceAll(/[-_ ]/g, "")}: ${text}`);
}

test("every barcode is read back", async () => {
  for (const [kind, make] of Object.entries(MAKE)) {
    for (let index = 0; index < COUNT / 12; index += 1) {
      const data = make();
      assert.deepEqual(await read(kind, data), [`${FORMATS[kind]}${data}`], `${kind} ${data}`);
    }
  }
});

test("every QR code is read back, whatever its shape, and with a logo in it", async () => {
  for (let index = 0; index < COUNT / 2; index += 1) {
    const kind = `${random() < 0.4 ? "logo" : "qr"}-${LEVELS[below(4)]}-${SHAPES[below(3)]}`;
    const data = QR();
    assert.deepEqual(await read(kind, data), [`QRCode: ${data}`], `${kind} ${data}`);
  }
});

test("a code in colours that cannot be read is black on white", async () => {
  assert.deepEqual(await read("qr-medium-square", "hello", "ink=ffe&_dpr=2"), ["QRCode: hello"]);
  assert.deepEqual(await read("ean8", "96385074", "ink=ddd&_dpr=2"), ["EAN8: 96385074"]);
});
