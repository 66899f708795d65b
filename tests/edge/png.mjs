// A strict PNG reader: it verifies every checksum, every length and the filter of every row, so
// that any decoder can show a file that passes. And a simple PNG writer, for assets.

import assert from "node:assert/strict";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Samples per pixel, by colour type (PNG 3rd edition, table 8). */
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Reads a PNG.
 *
 * @param {Uint8Array} file
 * @returns {{ width: number, height: number, colorType: number, rgba: () => Buffer }} `rgba`
 *   computes pixels with 8 bits a channel
 */
export function decode(file) {
  const bytes = Buffer.from(file);
  assert.deepEqual(bytes.subarray(0, 8), SIGNATURE, "the signature");
  const data = [];
  let header, palette, alphas, ended;
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
    else if (type === "tRNS") alphas = body;
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
  const rgba = () => pixels(unfiltered(filtered, stride, Math.ceil((CHANNELS[colorType] * depth) / 8)), { width, height, depth, colorType, stride, palette, alphas });
  return { width, height, colorType, rgba };
}

/**
 * Rows without their filters (PNG 3rd edition, 9.2); `step` is the bytes of a pixel, at least 1.
 */
function unfiltered(filtered, stride, step) {
  const rows = Buffer.alloc((filtered.length / (stride + 1)) * stride);
  for (let row = 0; row * stride < rows.length; row++) {
    const kind = filtered[row * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = row * stride + x;
      const left = x < step ? 0 : rows[at - step];
      const up = row ? rows[at - stride] : 0;
      const corner = row && x >= step ? rows[at - stride - step] : 0;
      const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      rows[at] = filtered[row * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth][kind];
    }
  }
  return rows;
}

/** Samples of up to 8 bits as RGBA. */
function pixels(rows, { width, height, depth, colorType, stride, palette, alphas }) {
  assert.ok(depth <= 8 && (depth === 8 || colorType === 3), "a kind that the Worker writes");
  assert.ok(!alphas || colorType === 3, "transparency in a palette only");
  const rgba = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      if (colorType === 3) {
        const index = (rows[y * stride + ((x * depth) >> 3)] >> (8 - depth - ((x * depth) & 7))) & ((1 << depth) - 1);
        assert.ok(index * 3 < palette.length, "an index of the palette");
        palette.copy(rgba, to, index * 3, index * 3 + 3);
        rgba[to + 3] = alphas?.[index] ?? 255;
        continue;
      }
      const channels = CHANNELS[colorType];
      const at = y * stride + x * channels;
      for (let channel = 0; channel < 3; channel++) rgba[to + channel] = rows[at + (channels < 3 ? 0 : channel)];
      rgba[to + 3] = channels % 2 ? 255 : rows[at + channels - 1];
    }
  }
  return rgba;
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
