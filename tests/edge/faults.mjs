// A module that stands in front of the Worker under test, and breaks one service of the platform as
// the headers of a request ask for it.

/**
 * For the option `front` of `startWorker`. A header names a service, and its value the fault:
 *
 * - `X-Kv`: of KV's values, `X-Match` of the Cache API, `X-Images` and `X-Fonts` of static assets.
 * - `hangs`: the call never answers. `rejects`: it fails. A number: it answers with this status.
 * - `stalls`: the body's first half comes, and then nothing. `drips`: a byte comes every 100 ms,
 *   without end. `endless`: zeros come as fast as they are read, without end.
 * - `half`, `empty`, `html`, `flipped` (a bit in the middle): the body is this instead.
 * - `X-Later-Ms`: the clock is this many ms ahead.
 */
export const FAULTS = `
  import worker from "./index.js";
  const now = Date.now;
  const never = () => new Promise(() => {});

  /** A body with a fault, made of the bytes of a good one. */
  function broken(how, bytes) {
    let sent = 0;
    const half = bytes.subarray(0, bytes.length >> 1);
    const streams = {
      stalls: (body) => (sent++ === 0 ? body.enqueue(half) : never()),
      drips: async (body) => {
        await new Promise((done) => setTimeout(done, 100));
        body.enqueue(new Uint8Array([32]));
      },
      empty: (body) => body.close(),
      endless: async (body) => {
        await scheduler.wait(0);
        body.enqueue(new Uint8Array(65_536));
      },
    };
    if (streams[how]) return new ReadableStream({ pull: streams[how] }, { highWaterMark: 0 });
    const flipped = bytes.slice();
    if (flipped.length > 0) flipped[flipped.length >> 1] ^= 16;
    const others = { half, html: new TextEncoder().encode("<!doctype html><title>Not found</title>"), flipped };
    return new Response(others[how] ?? bytes).body;
  }

  async function response(how, good) {
    if (how === null) return good();
    if (how === "hangs") return never();
    if (how === "rejects") throw new Error("the service is down");
    if (/^\\d+$/.test(how)) return new Response("no", { status: Number(how) });
    const answer = await good();
    if (!answer) return answer;
    return new Response(broken(how, new Uint8Array(await answer.arrayBuffer())), answer);
  }

  const match = Cache.prototype.match;
  export default {
    async fetch(request, env, ctx) {
      const header = (name) => request.headers.get(name);
      Date.now = () => now() + Number(header("X-Later-Ms") ?? 0);
      Cache.prototype.match = function (...what) {
        return response(header("X-Match"), () => match.apply(this, what));
      };
      const TEMPLATES = {
        async get(key, options) {
          const value = await response(header("X-Kv"), async () => {
            const stream = await env.TEMPLATES.get(key, options);
            return stream && new Response(stream);
          });
          return value && value.body;
        },
        put() {}, list() {}, delete() {},
      };
      // The Worker checks the name of a binding's class.
      const ASSETS = new (class Fetcher {
        fetch(...what) {
          const how = header(new Request(...what).url.includes("/fonts/") ? "X-Fonts" : "X-Images");
          return response(how, () => env.ASSETS.fetch(...what));
        }
      })();
      return worker.fetch(request, { ...env, TEMPLATES, ASSETS }, ctx);
    },
  };`;
