// A PNG reader that believes nothing: it checks every checksum, every length and every row's filter, so that what passes
// here is a whole file that any decoder shows. And a writer of the simplest kind, for assets.

import assert from "node:assert/strict";
import { crc32, deflateSync, inflateSync } from "node:zlib";

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

/**
 * Writes a PNG: RGBA, 8 bits a channel, no row filters.
 *
 * @param {{ width: number, height: number, rgba: Uint8Array }} picture
 * @returns {Buffer}
 */
export function encode({ width, height, rgba }) {
  const chunk = (type, body) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
    const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    crc.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, crc]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const rows = Buffer.alloc((width * 4 + 1) * height);
  for (let row = 0; row < height; row++) rows.set(rgba.subarray(row * width * 4, (row + 1) * width * 4), row * (width * 4 + 1) + 1);
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
