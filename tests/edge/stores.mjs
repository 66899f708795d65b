// A module that stands in front of the Worker under test, and breaks one call of its stores: the
// database or KV.

/**
 * For the option `front` of `startWorker`. The header `X-Fail: how n` breaks the n-th call that the
 * request makes:
 *
 * - `before`: it fails, and nothing has happened.
 * - `after`: it happens, and then its answer is lost.
 * - `dies`: it happens, and the request ends there: nothing after it happens.
 *
 * `X-Fail: kv` lets every write to KV fail, `X-Fail: database` every call of the database.
 * After each request the log has a line `calls: n`.
 */
export const STORES = `
  import worker from "./index.js";
  const never = () => new Promise(() => {});

  function broken(env, header) {
    const [how, at] = (header ?? "").split(" ");
    let calls = 0;
    let isDead = false;
    const call = async (store, real) => {
      calls += 1;
      if (isDead) return never();
      if (how === store || (how === "kv" && store === "kv-write")) throw new Error("the store is down");
      if (calls !== Number(at)) return real();
      if (how === "before") throw new Error("the store is down");
      const answer = await real();
      if (how === "dies") {
        isDead = true;
        return never();
      }
      throw new Error("the answer was lost");
    };
    class Statement {
      constructor(real) { this.real = real; }
      bind(...values) { return new Statement(this.real.bind(...values)); }
      raw(...options) { return call("database", () => this.real.raw(...options)); }
    }
    // The Worker checks the name of a binding's class.
    const DB = env.DB && new (class D1Database {
      prepare(sql) { return new Statement(env.DB.prepare(sql)); }
      batch(statements) { return call("database", () => env.DB.batch(statements.map(({ real }) => real))); }
    })();
    const kv = (name, store) => (...what) => call(store, () => env.TEMPLATES[name](...what));
    const TEMPLATES = {
      get: kv("get", "kv-read"),
      getWithMetadata: kv("getWithMetadata", "kv-read"),
      list: kv("list", "kv-read"),
      put: kv("put", "kv-write"),
      delete: kv("delete", "kv-write"),
    };
    return { env: { ...env, TEMPLATES, ...(DB && { DB }) }, calls: () => calls };
  }

  export default {
    async fetch(request, env, ctx) {
      const stores = broken(env, request.headers.get("X-Fail"));
      const answer = await worker.fetch(request, stores.env, ctx);
      console.log("calls: " + stores.calls());
      return answer;
    },
    scheduled: (event, env, ctx) => worker.scheduled(event, env, ctx),
  };`;

/**
 * For the option `front` of `startWorker`. A request with the header `X-Hold: key` waits before it
 * writes this key of KV, until there is a request for `/release`; `/held` tells whether one waits.
 */
export const HOLD = `
  import worker from "./index.js";
  let release;
  export default {
    async fetch(request, env, ctx) {
      const { pathname } = new URL(request.url);
      if (pathname === "/held") return new Response(String(release !== undefined));
      if (pathname === "/release") {
        release();
        release = undefined;
        return new Response("");
      }
      const held = request.headers.get("X-Hold");
      const TEMPLATES = {
        get: (...what) => env.TEMPLATES.get(...what),
        getWithMetadata: (...what) => env.TEMPLATES.getWithMetadata(...what),
        list: (...what) => env.TEMPLATES.list(...what),
        delete: (...what) => env.TEMPLATES.delete(...what),
        async put(key, ...what) {
          // Another request opens the gate, and the runtime does not let one request go on with the
          // promise of another: so this one looks again and again.
          if (key === held && !release) {
            let isOpen = false;
            release = () => (isOpen = true);
            while (!isOpen) await scheduler.wait(5);
          }
          return env.TEMPLATES.put(key, ...what);
        },
      };
      return worker.fetch(request, { ...env, TEMPLATES }, ctx);
    },
    scheduled: (event, env, ctx) => worker.scheduled(event, env, ctx),
  };`;
