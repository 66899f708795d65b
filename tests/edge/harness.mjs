// Runs the built Worker in the real workerd, for the tests beside this file. `make build` first.
//
// What a Worker under test gets is what wrangler.toml gives it (bindings, compatibility date), with an empty KV namespace, and
// no way out: a host that it fetches is answered by the test, or not at all.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Miniflare, Response } from "miniflare";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = (path) => readFileSync(`${root}build/${path}`);

// The one place that says how the Worker is served stays wrangler.toml.
const compatibilityDate = /^compatibility_date = "(.+)"$/m.exec(readFileSync(`${root}wrangler.toml`, "utf8"))[1];

/** What a Worker wrote about its requests, once there are `count` lines of it: they arrive a little after the answers. */
export async function requestLines(worker, count) {
  const lines = () => worker.logs.filter(({ message }) => message.startsWith('{"event":"request"')).map(({ message }) => JSON.parse(message));
  for (let waited = 0; lines().length < count && waited < 5_000; waited += 10) await new Promise((done) => setTimeout(done, 10));
  return lines();
}

/**
 * Starts a Worker of its own, with nothing in its cache.
 *
 * @param {object} [options]
 * @param {Record<string, string | Uint8Array>} [options.kv] what is in the namespace TEMPLATES at the start: text, or bytes
 * @param {Record<string, unknown>} [options.bindings] variables and secrets, over those of wrangler.toml
 * @param {(request: Request) => Response | Promise<Response>} [options.outbound] answers what the Worker fetches from the
 *   internet; without it such a fetch is answered 599, so that no test depends on a network
 * @param {string} [options.front] source of an ES module that stands in front of the Worker, which it imports from
 *   "./index.js": it can hand it a broken KV, a broken cache or a broken clock
 * @param {Record<string, unknown>} [options.cf] `request.cf`: country, timezone…
 * @param {boolean} [options.cacheAPI] without it, the Cache API keeps nothing
 * @param {string} [options.wasm] another build of it, from the root
 * @param {Record<string, { type: string, contents: string | Uint8Array }>} [options.modules] another Worker altogether, served in
 *   the same way: its modules, of which "index.js" is the main one
 * @param {number} [options.inspectorPort] where V8's inspector is to listen
 * @returns {Promise<Worker>}
 *
 * @typedef {object} Worker
 * @property {string} url where it listens, without a slash at the end
 * @property {(path: string, init?: RequestInit) => Promise<Response>} fetch requests a path over HTTP; follows no redirect
 * @property {import("miniflare").KVNamespace} kv the namespace, to read and to write while the Worker runs
 * @property {{ level: string, message: string }[]} logs what the Worker wrote to its log so far
 * @property {() => Promise<unknown>} purgeCache empties the Cache API
 * @property {() => Promise<void>} dispose stops it; a test that forgets leaves Node running
 */
export async function startWorker({ kv = {}, bindings = {}, outbound, front, cf = {}, cacheAPI = true, wasm, modules, inspectorPort } = {}) {
  const logs = [];
  const text = Object.entries({ UNSIGNED: "refuse", ...bindings }).map(([name, value]) => [
    name,
    typeof value === "string" ? { type: "text", value } : { type: "json", value },
  ]);
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf,
    handleStructuredLogs: ({ level, message }) => logs.push({ level, message }),
    telemetry: { enabled: false },
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
                "index_bg.wasm": { type: "wasm", contents: new Uint8Array(wasm ? readFileSync(root + wasm) : built("index_bg.wasm")) },
              }),
            },
          },
          env: {
            TEMPLATES: { type: "kv", id: "templates" },
            ASSETS: { type: "assets" },
            ...Object.fromEntries(text),
          },
          assets: { directory: `${root}build/assets`, hasUserWorker: true, runWorkerFirst: true },
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

  return {
    url,
    fetch: (path, init) => fetch(url + path, { redirect: "manual", ...init }),
    kv: namespace,
    logs,
    purgeCache: () => miniflare.purgeCache(),
    dispose: () => miniflare.dispose(),
  };
}
