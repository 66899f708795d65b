// A Worker with a management API, and a client of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ask } from "./answers.mjs";

/** The first key of the deployment. */
export const ADMIN_KEY = "the first key of a deployment under test";

/** Options of `startWorker` for a Worker whose API works. */
export const API = {
  database: true,
  bindings: { ADMIN_KEY, SIGNING_SECRET: "a secret for the tests of the Worker, no more" },
};

/** All rows of the route table. */
export const ROUTES = JSON.parse(readFileSync(new URL("routes.json", import.meta.url), "utf8"));

/** All scopes. */
export const SCOPES = ["render", "templates:read", "templates:write", "assets:write", "records:write", "sign", "batch", "stats", "admin"];

/**
 * Calls the API. An object as body is sent as JSON.
 *
 * @param {import("./harness.mjs").Worker} worker
 * @param {string} call method and path: `PUT /v1/templates/acme/hello`
 * @param {{ key?: string | null, body?: unknown, headers?: Record<string, string> }} [options] by
 *   default with ADMIN_KEY; `key: null` sends none
 */
export async function api(worker, call, { key = ADMIN_KEY, body, headers = {} } = {}) {
  const [method, path] = call.split(/ (.*)/);
  const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  return ask(worker, path, {
    method,
    body: isRaw ? body : JSON.stringify(body),
    headers: { ...(key !== null && { Authorization: `Bearer ${key}` }), ...headers },
  });
}

/** Calls the API, and wants an answer of this status. */
export async function want(worker, status, call, options) {
  const answer = await api(worker, call, options);
  assert.equal(answer.status, status, `${call}: ${answer.text().slice(0, 400)}`);
  return answer;
}

/** Makes a key with these scopes and prefixes, and returns its text and its number. */
export async function makeKey(worker, scopes, prefixes, more = {}) {
  return (await want(worker, 201, "POST /v1/keys", { body: { scopes, prefixes, ...more } })).json();
}

/** A document without params, which is quick to check. */
export const plain = (fields = {}) =>
  JSON.stringify({ width: 30, height: 20, access: "public", layers: [{ type: "rect", fill: "#246" }], ...fields });
