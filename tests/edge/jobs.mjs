// What tests of records and batches have in common.

import assert from "node:assert/strict";
import { api, want } from "./api.mjs";

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Waits until a job is no longer running, and returns what the API says of it. `patient`: the API may
 * answer 503 meanwhile. `meanwhile` is called each time.
 */
export async function ended(worker, path, { seconds = 60, patient = false, meanwhile, ...options } = {}) {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await api(worker, `GET ${path}`, options);
    if (answer.status !== 503 || !patient) assert.equal(answer.status, 200, answer.text());
    const job = answer.json();
    if (answer.status === 200 && job.state !== "running") return job;
    assert.ok(Date.now() < end, `${path} is running still: ${JSON.stringify(job)}`);
    await meanwhile?.();
    await sleep(50);
  }
}

/** Imports a file, waits for its end, and returns what the API says of it. */
export async function imported(worker, collection, file, { query = "", type = "text/csv", ...options } = {}) {
  const begun = await want(worker, 202, `POST /v1/records/${collection}${query}`, { body: file, headers: { "Content-Type": type }, ...options });
  return ended(worker, `/v1/imports/${begun.json().import}`, options);
}

/** Draws a batch of a file, waits for its end, and returns what the API says of it. */
export async function drawn(worker, query, file, { type = "text/csv", headers = {}, ...options } = {}) {
  const begun = await want(worker, 202, `POST /v1/batches?${query}`, { body: file, headers: { "Content-Type": type, ...headers }, ...options });
  return ended(worker, `/v1/batches/${begun.json().id}`, options);
}

/** The cells of a line of a CSV. */
const cells = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);

/** The rows of a manifest, as objects. */
export async function manifest(worker, id, options) {
  const text = (await want(worker, 200, `GET /v1/batches/${id}/manifest.csv`, options)).text();
  const [header, ...rows] = text.trimEnd().split("\r\n").map(cells);
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index]])));
}
