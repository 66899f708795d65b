// The CPU time of a workerd, for the benchmarks in this folder. It is read from
// /proc/{pid}/task/{tid}/schedstat (Linux only), which other programs on the machine disturb far
// less than a clock.

import { readFileSync, readdirSync } from "node:fs";
import { startWorker } from "../tests/edge/harness.mjs";

/** The fields of /proc/{pid}/stat after the program's name, which may contain spaces. */
const stat = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");

/** The CPU time of all threads of a process so far, in ms. Its precision is 1 ns; that of /proc/{pid}/stat would be 10 ms. */
export function cpu(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      return 0; // it has ended in the meantime
    }
  });
  return threads.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1_000_000;
}

/** The median. */
export const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The id of the workerd process that this process started last. */
function workerd() {
  const ours = readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && Number(stat(pid)[1]) === process.pid && readFileSync(`/proc/${pid}/comm`, "utf8") === "workerd\n";
    } catch {
      return false; // it has ended in the meantime
    }
  });
  return Math.max(...ours.map(Number));
}

/** Starts a Worker in a workerd of its own, as {@link startWorker} does, and adds the process id. */
export async function start(options) {
  const worker = await startWorker({ cacheAPI: false, ...options });
  return Object.assign(worker, { pid: workerd() });
}

/** A Worker to compare with: it only returns a number of random bytes, and is served in the same way as ours. */
export const startBare = (bytes) =>
  start({
    modules: {
      "index.js": {
        type: "esm",
        contents: `
          const body = new Uint8Array(${bytes}).map((_, at) => Math.imul(at + 1, 2654435761) >>> 24);
          const headers = { "Content-Type": "image/png", "Content-Length": "${bytes}" };
          export default { fetch: () => new Response(body, { headers }) };`,
      },
    },
  });

/** A Worker in front of another one, in which the Cache API answers at once. Miniflare's Cache API is another Worker in the same process. */
export const NO_CACHE = `
  import worker from "./index.js";
  Object.assign(caches.default, { match: async () => undefined, put: async () => undefined });
  export default { fetch: (request, env, ctx) => worker.fetch(request, env, ctx) };`;

/** The measurements of one kind of requests: the sums of all requests in ms and bytes, and for each round the CPU ms per request. */
export class Sum {
  count = 0;
  cpu = 0;
  wall = 0;
  bytes = 0;
  rounds = [];

  /** The means per request. */
  each(what) {
    return this[what] / this.count;
  }

  /**
   * Requests `path()` a number of times, one after the other, and adds the measurements.
   *
   * @param {Awaited<ReturnType<typeof start>>} worker
   * @param {{ count: number, path: () => string, init?: RequestInit, status?: number }} what `status` is the expected status
   */
  async ask(worker, { count, path, init, status = 200 }) {
    const [before, clock] = [cpu(worker.pid), performance.now()];
    for (let number = 0; number < count; number++) {
      const response = await worker.fetch(path(), init);
      this.bytes += (await response.arrayBuffer()).byteLength;
      if (response.status !== status) throw new Error(`${response.url}: ${response.status}`);
    }
    this.wall += performance.now() - clock;
    const used = cpu(worker.pid) - before;
    this.cpu += used;
    this.count += count;
    this.rounds.push(used / count);
    return this;
  }

  /** The ratio of the CPU times of this kind and another one with which it took turns: the median of the rounds. */
  times(other) {
    return middle(this.rounds.map((ms, round) => ms / other.rounds[round]));
  }
}

/** Prints a table, whose first row is its head. */
export function print([head, ...rows]) {
  for (const row of [head, head.map((_, column) => (column ? "---:" : "---")), ...rows]) console.log(`| ${row.join(" | ")} |`);
}
