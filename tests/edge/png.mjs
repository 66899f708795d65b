// A PNG reader that believes nothing: it checks every checksum, every length and every row's filter, so that what passes
// here is a whole file that any decoder shows.

import assert from "node:assert/strict";
import { crc32, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Samples per pixel, by colour type (PNG 3rd edition, table 8). */
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Reads a PNG.
 *
 * @param {Uint8Array} file
 * @returns {{ width: number, height: number, colorType: number }}
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
  const stride = Math.ceil((width * CHANNELS[colorType] * depth) / 8);
  // Throws where the stream or its Adler-32 is wrong.
  const filtered = inflateSync(Buffer.concat(data));
  assert.equal(filtered.length, (stride + 1) * height, "every row, and no more");
  for (let row = 0; row < height; row++) assert.ok(filtered[row * (stride + 1)] <= 4, "a known filter");
  return { width, height, colorType };
}
