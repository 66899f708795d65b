// Stands in front of the Worker: for what it need not answer again (repeats.js), and for the one case that it cannot answer
// itself, its own death.
//
// A trap in wasm (a panic, an exhausted stack or memory) ends the instance, and with it every request that it is
// serving: their promises never settle, and the runtime would answer each with an error page, which in an <img> is a
// broken image. worker-build's shim makes a new instance for the next request; this makes each lost request such a next
// one, once, and answers who is lost twice with a placeholder.

import Worker from "monogram:worker"; // what worker-build made; see tools/build
import * as repeats from "./repeats.js";

/** How to give up on each request that is being served. */
const pending = new Set();

addEventListener("error", ({ error }) => {
  // The shim knows a trap by its type, and an exhausted stack (a RangeError) has another. Nothing else is uncaught here.
  globalThis.__worker_init_state.criticalError = true;
  repeats.forgetAll();
  const lost = [...pending];
  pending.clear();
  for (const giveUp of lost) giveUp(error);
});

const serve = (request, env, ctx) =>
  new Promise((resolve, reject) => {
    pending.add(reject);
    new Worker(ctx, env)
      .fetch(request)
      .then(resolve, reject)
      .finally(() => pending.delete(reject));
  });

/** The size and the ground of `render::placeholder`, without its drawing: this must not depend on what just broke. */
const PLACEHOLDER =
  "iVBORw0KGgoAAAANSUhEUgAAAUAAAACgAQMAAABHbSffAAAAA1BMVEXx8vZhKPArAAAAHUlEQVR42u3BMQEAAADCoPVPbQsvoAAAAAAAAHgaGaAAAa/ZI+0AAAAASUVORK5CYII=";

function apology(request) {
  // As request::route::is_image.
  const image = /^\/[isx]\/(?!.*\.(json|html|txt)$)/i.test(new URL(request.url).pathname);
  const body = image
    ? Uint8Array.from(atob(PLACEHOLDER), (c) => c.charCodeAt(0))
    : JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500, detail: "It broke", code: "panic" });
  return new Response(request.method === "HEAD" ? null : body, {
    status: 500,
    headers: {
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

async function answer(request, env, ctx) {
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      const response = await serve(request, env, ctx);
      repeats.remember(request.url, response);
      return response;
    } catch {
      // Which panic, and where, is in the line that the panic hook wrote; the request itself goes into no log.
    }
  }
  console.log(JSON.stringify({ event: "request", kind: "-", status: 500, cache: "bypass", problem: "panic" }));
  return apology(request);
}

export default {
  // No promise where none is needed: a repeat waits for nothing.
  fetch: (request, env, ctx) => repeats.answer(request) ?? answer(request, env, ctx),
};
