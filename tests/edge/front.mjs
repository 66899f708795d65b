// A module that stands in front of the Worker under test, and breaks its clock, its KV or its
// instance as the headers of a request ask for it.

/**
 * For the option `front` of `startWorker`. The headers of a request:
 *
 * - `X-Later-Ms`: the clock is this many ms ahead.
 * - `X-Die`: the wasm instance dies this many times. The clock throws, but only where wasm calls
 *   it, which looks like a trap.
 * - `X-Kv`: `rejects` (KV rejects its promises), `throws` (KV throws), `none` (there is no
 *   binding).
 *
 * After each request, the log has a line `asked: wasm` or `asked: nobody`: wasm reads the clock in
 * every request that it answers.
 */
export const FRONT = `
  import worker from "./index.js";
  const now = Date.now;
  const broken = (get) => ({ get, put() {}, list() {}, delete() {} });
  const KV = {
    rejects: broken(() => Promise.reject(new Error("KV is down"))),
    throws: broken(() => { throw new Error("KV is down"); }),
    none: undefined,
  };
  export default {
    async fetch(request, env, ctx) {
      const header = (name) => request.headers.get(name);
      let asked = "nobody";
      let deaths = Number(header("X-Die") ?? 0);
      Date.now = () => {
        if (new Error().stack.includes("wasm:")) {
          asked = "wasm";
          if (deaths-- > 0) throw new WebAssembly.RuntimeError("unreachable");
        }
        return now() + Number(header("X-Later-Ms") ?? 0);
      };
      const kv = header("X-Kv");
      const answer = await worker.fetch(request, kv === null ? env : { ...env, TEMPLATES: KV[kv] }, ctx);
      console.log("asked: " + asked);
      return answer;
    },
  };`;

/**
 * For the option `front`: without the images that come with the code, if the header `X-Images: none`
 * asks for that.
 */
export const WITHOUT_IMAGES = `
  import worker from "./index.js";
  export default {
    fetch(request, env, ctx) {
      const isWithout = request.headers.get("X-Images") === "none";
      // The Worker checks the name of a binding's class.
      const ASSETS = new (class Fetcher {
        async fetch(...what) {
          const isImage = new Request(...what).url.includes("/images/");
          return isWithout && isImage ? new Response("no", { status: 404 }) : env.ASSETS.fetch(...what);
        }
      })();
      return worker.fetch(request, { ...env, ASSETS }, ctx);
    },
  };`;
