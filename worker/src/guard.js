// Stands in front of the Worker: it answers repeats (repeats.js), and handles the death of the
// instance, which the Worker cannot do itself.
//
// A trap in wasm (a panic, an exhausted stack or memory) ends the instance, and with it every
// request that it is serving. Their promises never settle, and the runtime would answer each with
// an error page, which in an <img> is a broken image. worker-build's shim makes a new instance for
// the next request, and this module tries each lost request again until it is answered. It blames
// only the request that was running when the instance ended. If that request's template ends a
// second instance, its URLs are answered with a placeholder for a minute (deaths.js).

import Worker from "monogram:worker"; // the output of worker-build; see tools/build
import * as deaths from "./deaths.js";
import * as office from "./office.js";
import { isOffice } from "./paths.js";
import * as repeats from "./repeats.js";
import * as svg from "./svg.js";

/**
 * Milliseconds after which a lost request is not tried again. A try that begins just
 * before takes some seconds more, and image proxies of mail clients give up after 10 s or so.
 */
const RETRY_MS = 8_000;

/**
 * Tries of one request. The clock of an isolate may stand still, and a death without a known
 * culprit bars no template.
 */
const TRIES = 64;

/** Tries of a request that throws without ending the instance. */
const FAULTS = 2;

/** A function for each request that is being served, which gives up on it. */
const pending = new Set();

/** The reason for giving up: the instance ended. */
const LOST = Symbol("lost");

addEventListener("error", ({ error }) => {
  // The timer belongs to an instance that ended before; the current instance is healthy.
  if (error?.message === "Cannot invoke closure from previous WASM instance") return;
  // The shim recognises a trap by its type, but an exhausted stack (a RangeError) has another type.
  // Nothing else is uncaught here.
  globalThis.__worker_init_state.criticalError = true;
  const culprit = globalThis.monogramRunning; // see running.rs
  globalThis.monogramRunning = undefined;
  if (culprit) deaths.add(culprit.url);
  repeats.forgetAll();
  office.died();
  const lost = [...pending];
  pending.clear();
  for (const giveUp of lost) giveUp(LOST);
});

/** A promise of wasm, which is given up when the instance ends. */
const guarded = (promise) =>
  new Promise((resolve, reject) => {
    pending.add(reject);
    promise.then(resolve, reject).finally(() => pending.delete(reject));
  });

/**
 * A picture with the size and the backdrop of `render::placeholder`, but without its drawing: this
 * must not depend on the code that just failed.
 */
const PLACEHOLDER =
  "iVBORw0KGgoAAAANSUhEUgAAAUAAAACgAQMAAABHbSffAAAAA1BMVEXx8vZhKPArAAAAHUlEQVR42u3BMQEAAADCoPVPbQsvoAAAAAAAAHgaGaAAAa/ZI+0AAAAASUVORK5CYII=";

function apology(request) {
  // The same rule as request::route::is_image.
  const image = /^\/[isx]\/(?!.*\.(json|html|txt)$)/i.test(new URL(request.url).pathname);
  const body = image
    ? Uint8Array.from(atob(PLACEHOLDER), (c) => c.charCodeAt(0))
    : JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500, detail: "It broke", code: "panic" });
  const id = repeats.requestId();
  console.log(JSON.stringify({ event: "request", kind: "-", status: 500, cache: "bypass", problem: "panic", request: id }));
  return new Response(request.method === "HEAD" ? null : body, {
    status: 500,
    headers: {
      "X-Request-Id": id,
      "Content-Type": image ? "image/png" : "application/problem+json",
      "Content-Length": String(body.length),
      "Cache-Control": "no-store",
      "X-Cache": "bypass",
      "X-Problem": "panic",
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Access-Control-Allow-Origin": "*",
      "X-Robots-Tag": "noindex",
      "Referrer-Policy": "no-referrer",
    },
  });
}

/** What a call of the API has changed is forgotten here: pictures by their cache tag (a template's, a record's), or `keys`. */
function forget(what, env, ctx) {
  new Worker(ctx, env).forget(what);
  if (what === "keys") return;
  repeats.forgetAll();
  // The cache in front of the Worker ([cache] in wrangler.toml); there is none in wrangler dev.
  const purged = ctx.cache?.purge({ tags: [what] });
  if (purged) ctx.waitUntil(Promise.resolve(purged).catch(() => console.log('{"event":"fault","what":"purge-failed"}')));
}

/**
 * Inflates what is packed in a web font, in the runtime's own code. The module is asked for by name
 * when a font comes, so that no isolate loads it for a picture.
 */
globalThis.monogramInflate = (bytes, isBrotli, most) => {
  const zlib = globalThis.process.getBuiltinModule("node:zlib");
  // Its buffer doubles, and must not outgrow maxOutputLength even where the bytes themselves would be few enough.
  const inflated = zlib[isBrotli ? "brotliDecompressSync" : "inflateSync"](bytes, { maxOutputLength: 2 * most + 65_536 });
  if (inflated.length > most) throw new RangeError("more bytes than announced");
  return inflated;
};

/** What is wrong with a document, told to its author: who draws does not know the words of other tools. */
globalThis.monogramExplain = office.explain;

/** Draws an SVG. */
globalThis.monogramDrawSvg = svg.draw;

/** Answers a request with `serve`, which is tried again if the instance ends. */
async function attempt(request, serve) {
  const end = Date.now() + RETRY_MS;
  let faults = 0;
  // A write may have happened before the instance ended, and its body can be read only once.
  const most = request.method === "GET" || request.method === "HEAD" ? TRIES : 1;
  for (let tries = 0; tries < most && faults < FAULTS && !deaths.isBarred(request.url); tries++) {
    if (tries > 0 && Date.now() >= end) break;
    try {
      return await guarded(serve());
    } catch (error) {
      // The panic hook has logged where the panic was. The request itself goes into no log.
      if (error !== LOST) faults += 1;
    }
  }
  return apology(request);
}

/** Answers with the module that draws. */
async function draw(request, env, ctx) {
  const response = await attempt(request, () => new Worker(ctx, env).fetch(request));
  repeats.remember(request.url, response);
  return response;
}

/**
 * What the other module asks of the one that draws. Who it asks for is said by bindings that can be set here alone, and not
 * by a request.
 */
function renderer(request, env, ctx) {
  const told = async (response) => [response.status, JSON.stringify([...response.headers]), new Uint8Array(await response.arrayBuffer())];
  const ask = async (path, init, bindings) => {
    const own = Object.create(env, Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, { value }])));
    return told(await draw(new Request(new URL(path, request.url), init), own, ctx));
  };
  return {
    /** The picture at a path: its status, headers and body. With `kid` it is drawn as if the request had that API key. */
    draw: (path, kid) => ask(path, {}, kid === undefined ? {} : { MONOGRAM_JOB: kid }),
    /** The answer to a call of somebody whose key was checked. */
    call: (path, caller) => ask(path, {}, { MONOGRAM_CALLER: caller }),
    /** What is wrong with these cases of a draft. It is part of this request, which is blamed if it ends the instance. */
    stress: (document, cases) => guarded(new Worker(ctx, env).stress(request, document, cases, env)),
    /** The picture of a draft, as if it had this URL: its status, headers and body. It is part of this request too. */
    preview: async (document, url, options, kid) =>
      told(await guarded(new Worker(ctx, env).preview(request, document, url, options, kid, env, ctx))),
    /** Makes what the pictures of a new revision are drawn on. */
    compile: (document) => guarded(new Worker(ctx, env).compile(request, document, env)),
  };
}

/** Answers with the module that does not draw. */
async function manage(request, env, ctx) {
  const response = await attempt(request, () => office.answer(request, env, ctx, renderer(request, env, ctx)));
  if (response === undefined) return draw(request, env, ctx);
  if (response.changed) forget(response.changed, env, ctx);
  return response;
}

export default {
  // A promise is avoided here, so that a repeat waits for nothing.
  fetch: (request, env, ctx) => repeats.answer(request) ?? (isOffice(request.url) ? manage : draw)(request, env, ctx),
  scheduled: (_, env) => office.scheduled(env, guarded),
  // The host of what is drawn here is seen by deaths.js alone.
  queue: (batch, env, ctx) => office.queue(batch, env, renderer({ url: `https://${deaths.BATCH}` }, env, ctx), guarded),
};
