// Asks a Worker under test, reads its answers whole, and knows what all of them have in common.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { requestLines, startWorker } from "./harness.mjs";
import { decode } from "./png.mjs";

/**
 * One Worker for all tests of a file: started before the first test, stopped after the last.
 *
 * @param {Parameters<typeof startWorker>[0]} [options]
 * @returns {import("./harness.mjs").Worker} empty until the first test runs
 */
export function workerForFile(options) {
  const worker = {};
  before(async () => Object.assign(worker, await startWorker(options)));
  after(() => worker.dispose?.());
  return worker;
}

/** Starts a Worker, hands it to `body`, and stops it even if `body` fails. */
export async function withWorker(options, body) {
  const worker = await startWorker(options);
  try {
    await body(worker);
  } finally {
    await worker.dispose();
  }
}

/**
 * Requests a path, and reads the whole answer.
 *
 * @returns {Promise<Answer>}
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {Headers} headers
 * @property {(name: string) => string | null} header
 * @property {Buffer} body
 * @property {() => string} text the body as UTF-8
 * @property {() => any} json the body as JSON
 * @property {() => ReturnType<typeof decode>} picture the body as a PNG, of which every checksum is
 *   verified
 */
export async function ask(worker, path, init) {
  const response = await worker.fetch(path, init);
  const body = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    headers: response.headers,
    header: (name) => response.headers.get(name),
    body,
    text: () => body.toString("utf8"),
    json: () => JSON.parse(body.toString("utf8")),
    picture: () => decode(body),
  };
}

/** The codes of the faults in the log, once `count` requests are logged. */
export async function faults(worker, count) {
  await requestLines(worker, count);
  return worker.logs.filter(({ message }) => message.includes('"fault"')).map(({ message }) => JSON.parse(message).what);
}

/** `Cache-Control` of a finished picture from a live template without a `max_age`. */
export const LIVE = "public, max-age=300, s-maxage=86400, stale-while-revalidate=604800, stale-if-error=604800";

/** Headers that every answer has. */
const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "cross-origin",
  "access-control-allow-origin": "*",
  "x-robots-tag": "noindex",
  "referrer-policy": "no-referrer",
};

/** Headers that no answer has. */
const NOWHERE = ["set-cookie", "location", "vary"];

/**
 * Checks that an answer has these headers (`null`: not), those of every answer, and no cookie,
 * redirect or `Vary`.
 */
export function assertHeaders(answer, expected, name) {
  for (const [header, value] of Object.entries({ ...EVERYWHERE, ...expected })) {
    assert.equal(answer.headers.get(header), value, `${header} of ${name}`);
  }
  for (const header of NOWHERE) assert.equal(answer.headers.get(header), null, `${header} of ${name}`);
}
