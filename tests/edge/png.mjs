// A PNG decoder that believes nothing: it checks every checksum and every length, so that what passes here is a whole file.

import assert from "node:assert/strict";
import { crc32, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Samples per pixel, by colour type (PNG 3rd edition, table 8). */
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Reads a PNG.
 *
 * @param {Uint8Array} file
 * @returns {{ width: number, height: number, colorType: number, rows: Buffer }} `rows` is unfiltered
 */
export function decode(file) {
  const bytes = Buffer.from(file);
  assert.deepEqual(bytes.subarray(0, 8), SIGNATURE, "the signature");
  const data = [];
  let header, palette, ended;
  let at = 8;
  while (at < bytes.length) {
    assert.ok(!ended, "nothing after IEND");
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    assert.equal(body.length, length, `all of ${type}`);
    assert.equal(bytes.readUInt32BE(at + 8 + length), crc32(bytes.subarray(at + 4, at + 8 + length)), `the CRC of ${type}`);
    at += 12 + length;
    if (type === "IHDR") header = body;
    else if (type === "PLTE") palette = body;
    else if (type === "IDAT") data.push(body);
    else if (type === "IEND") ended = true;
  }
  assert.ok(header && ended, "IHDR and IEND");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colorType, , , interlace] = header.subarray(8);
  assert.equal(interlace, 0);
  assert.ok(colorType !== 3 || palette?.length % 3 === 0, "a palette");
  const pixel = Math.max(1, (CHANNELS[colorType] * depth) >> 3);
  const stride = Math.ceil((width * CHANNELS[colorType] * depth) / 8);
  // Throws where the stream or its Adler-32 is wrong.
  const filtered = inflateSync(Buffer.concat(data));
  assert.equal(filtered.length, (stride + 1) * height, "every row, and no more");
  return { width, height, colorType, rows: unfilter(filtered, stride, height, pixel) };
}

/** Undoes the five row filters (PNG 3rd edition, 9.2). */
function unfilter(filtered, stride, height, pixel) {
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (stride + 1)];
    assert.ok(filter <= 4, "a known filter");
    for (let x = 0; x < stride; x++) {
      const left = x >= pixel ? rows[y * stride + x - pixel] : 0;
      const up = y > 0 ? rows[(y - 1) * stride + x] : 0;
      const corner = x >= pixel && y > 0 ? rows[(y - 1) * stride + x - pixel] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rows[y * stride + x] = filtered[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return rows;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
