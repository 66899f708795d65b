// Runs the built Worker in the real workerd, for the tests beside this file. `make build` first.
//
// A Worker under test has the bindings and the compatibility date of wrangler.toml, an empty KV
// namespace, and no network: the test answers its fetches of other hosts, or they fail.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Miniflare, Response } from "miniflare";
import { check } from "./contract.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = (path) => readFileSync(`${root}build/${path}`);

// wrangler.toml stays the only place that sets the date.
const compatibilityDate = /^compatibility_date = "(.+)"$/m.exec(readFileSync(`${root}wrangler.toml`, "utf8"))[1];

// So are the paths that static assets answer.
const runWorkerFirst = JSON.parse(/^run_worker_first = (.+)$/m.exec(readFileSync(`${root}wrangler.toml`, "utf8"))[1]);

/** The statements of migrations/, in their order. */
function migrations() {
  const folder = `${root}migrations/`;
  const files = readdirSync(folder).sort();
  const text = files.map((file) => readFileSync(folder + file, "utf8").replace(/--.*$/gm, "")).join("");
  return text.split(";").filter((statement) => statement.trim());
}

/**
 * The lines of a Worker's log that begin with `prefix`, once there are `count` of them: they arrive
 * a little after the answers.
 */
export async function loggedLines(worker, prefix, count) {
  const lines = () => worker.logs.map(({ message }) => message).filter((message) => message.startsWith(prefix));
  for (let waited = 0; lines().length < count && waited < 5_000; waited += 10) await new Promise((done) => setTimeout(done, 10));
  return lines();
}

/** What a Worker logged about its requests, once there are `count` of them. */
export async function requestLines(worker, count) {
  return (await loggedLines(worker, '{"event":"request"', count)).map((line) => JSON.parse(line));
}

/**
 * Starts a Worker of its own, with nothing in its cache.
 *
 * @param {object} [options]
 * @param {Record<string, string | Uint8Array>} [options.kv] the entries of the namespace TEMPLATES
 *   at the start: text or bytes
 * @param {Record<string, unknown>} [options.bindings] variables and secrets, over those of
 *   wrangler.toml
 * @param {(request: Request) => Response | Promise<Response>} [options.outbound] answers the
 *   Worker's fetches of other hosts;
 *   without it they get a 599, so that no test depends on a network
 * @param {string} [options.front] source of an ES module that stands in front of the Worker and
 *   imports it from "./index.js":
 *   it can replace KV, the cache or the clock by broken ones
 * @param {Record<string, unknown>} [options.cf] `request.cf`: country, timezone…
 * @param {boolean} [options.cacheAPI] whether the Cache API keeps anything
 * @param {string} [options.wasm] another build of the wasm, as a path from the root
 * @param {Record<string, { type: string, contents: string | Uint8Array }>} [options.modules] the
 *   modules of another Worker to
 *   serve in the same way; "index.js" is its main module
 * @param {boolean} [options.database] whether it has the database DB, with the tables of migrations/,
 *   the bucket FILES and the queue JOBS
 * @param {Record<string, number>} [options.rateLimits] calls in a minute, by the limiter's binding;
 *   a limiter that is not named is not there
 * @param {string} [options.state] the folder in which its stores keep their data; without it they
 *   end with it
 * @param {number} [options.port] the port to listen on; a free one by default
 * @param {number} [options.inspectorPort] the port of V8's inspector
 * @returns {Promise<Worker>}
 *
 * @typedef {object} Worker
 * @property {string} url its origin, without a slash at the end
 * @property {(path: string, init?: RequestInit) => Promise<Response>} fetch requests a path over
 *   HTTP; follows no redirect
 * @property {import("miniflare").KVNamespace} kv the namespace, to read and to write while the
 *   Worker runs
 * @property {import("@cloudflare/workers-types").D1Database} [db] the database
 * @property {(options: object) => Promise<void>} scheduled runs what the runtime runs every few
 *   minutes
 * @property {{ level: string, message: string }[]} logs the lines of its log so far
 * @property {() => Promise<unknown>} purgeCache empties the Cache API
 * @property {() => Promise<void>} dispose stops it; a test that forgets leaves Node running
 */
export async function startWorker({ kv = {}, bindings = {}, outbound, front, cf = {}, cacheAPI = true, database = false, rateLimits = {}, wasm, modules, inspectorPort, port = 0, state } = {}) {
  const logs = [];
  const text = Object.entries({ UNSIGNED: "refuse", ...bindings }).map(([name, value]) => [
    name,
    typeof value === "string" ? { type: "text", value } : { type: "json", value },
  ]);
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port,
    cf,
    handleStructuredLogs: ({ level, message }) => logs.push({ level, message }),
    telemetry: { enabled: false },
    ...(state && { resourcePersistencePath: state }),
    inspectorPort,
    workers: [
      {
        config: {
          name: "monogram",
          compatibilityDate,
          manifest: {
            mainModule: front ? "front.js" : "index.js",
            modules: {
              ...(front && { "front.js": { type: "esm", contents: front } }),
              ...(modules ?? {
                "index.js": { type: "esm", contents: built("index.js").toString() },
                "office.wasm": { type: "wasm", contents: new Uint8Array(built("office.wasm")) },
                "svg.wasm": { type: "wasm", contents: new Uint8Array(built("svg.wasm")) },
                "index_bg.wasm": { type: "wasm", contents: new Uint8Array(wasm ? readFileSync(root + wasm) : built("index_bg.wasm")) },
              }),
            },
          },
          env: {
            TEMPLATES: { type: "kv", id: "templates" },
            ASSETS: { type: "assets" },
            ...(database && {
              DB: { type: "d1", id: "monogram" },
              FILES: { type: "r2", name: "files" },
              JOBS: { type: "queue", name: "jobs" },
            }),
            ...Object.fromEntries(
              Object.entries(rateLimits).map(([name, limit]) => [name, { type: "rate-limit", namespace: name, simple: { limit, period: 60 } }]),
            ),
            ...Object.fromEntries(text),
          },
          triggers: database ? [{ type: "queue", name: "jobs", maxBatchSize: 1, maxBatchTimeout: 0.05, maxRetries: 20, retryDelay: 1 }] : [],
          assets: { directory: `${root}build/assets`, hasUserWorker: true, runWorkerFirst },
        },
        dev: {
          cacheAPI,
          outboundService: {
            type: "fetcher",
            handler: outbound ?? ((request) => new Response(`no network in tests: ${request.url}`, { status: 599 })),
          },
        },
      },
    ],
  });

  const url = (await miniflare.ready).origin;
  const namespace = await miniflare.getKVNamespace("TEMPLATES");
  for (const [key, value] of Object.entries(kv)) await namespace.put(key, value);

  const db = database ? await miniflare.getD1Database("DB") : undefined;
  const isNew = db && !(await db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'job'").first());
  if (isNew) await db.batch(migrations().map((statement) => db.prepare(statement)));

  return {
    url,
    db,
    scheduled: async (options) => void (await (await miniflare.getWorker()).scheduled(options)),
    fetch: async (path, init) => {
      const response = await fetch(url + path, { redirect: "manual", ...init });
      // Every answer of ours is one that docs/openapi.json describes.
      if (!modules) {
        const { pathname } = new URL(url + path);
        const body = /^\/v1\//.test(pathname) ? Buffer.from(await response.clone().arrayBuffer()) : undefined;
        check(init?.method ?? "GET", pathname, response, body);
      }
      return response;
    },
    kv: namespace,
    logs,
    purgeCache: () => miniflare.purgeCache(),
    dispose: () => miniflare.dispose(),
  };
}
