// The CPU time of a workerd, by the process's own accounting (/proc/{pid}/task/{tid}/schedstat: Linux only), which other programs on
// the machine disturb far less than a clock. For the benchmarks beside this file.

import { readFileSync, readdirSync } from "node:fs";
import { startWorker } from "../tests/edge/harness.mjs";

/** /proc/{pid}/stat from the field after the program's name, which may hold spaces. */
const stat = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");

/** CPU ms that a process has used so far, in all of the threads that it has: in nanoseconds, where /proc/{pid}/stat has ticks of 10 ms. */
export function cpu(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      return 0; // it ended meanwhile
    }
  });
  return threads.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1_000_000;
}

/** The middle one of some numbers. */
export const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The workerd that this process started last. */
function workerd() {
  const ours = readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && Number(stat(pid)[1]) === process.pid && readFileSync(`/proc/${pid}/comm`, "utf8") === "workerd\n";
    } catch {
      return false; // it ended meanwhile
    }
  });
  return Math.max(...ours.map(Number));
}

/** A Worker in a workerd of its own: as {@link startWorker}, with its process id. */
export async function start(options) {
  const worker = await startWorker({ cacheAPI: false, ...options });
  return Object.assign(worker, { pid: workerd() });
}

/**
 * The machine's yardstick: a Worker that does nothing but return that many bytes, which do not compress, served in the same way
 * as ours.
 */
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

/** A front that answers for the Cache API at once, without a word to Miniflare's stand-in for it: another Worker in the same process. */
export const NO_CACHE = `
  import worker from "./index.js";
  Object.assign(caches.default, { match: async () => undefined, put: async () => undefined });
  export default { fetch: (request, env, ctx) => worker.fetch(request, env, ctx) };`;

/** What requests of one kind took, in ms and bytes: all of them together, and the CPU ms of one in each round. */
export class Sum {
  count = 0;
  cpu = 0;
  wall = 0;
  bytes = 0;
  rounds = [];

  /** Of one of them. */
  each(what) {
    return this[what] / this.count;
  }

  /**
   * Asks for `path()`, one request after the other, and adds what that took.
   *
   * @param {Awaited<ReturnType<typeof start>>} worker
   * @param {{ count: number, path: () => string, init?: RequestInit, status?: number }} what `status` is the expected one
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

  /** How many times as much CPU one took as one of another kind, with which it took turns: the middle one of the rounds. */
  times(other) {
    return middle(this.rounds.map((ms, round) => ms / other.rounds[round]));
  }
}

/** Prints rows as a table, the first of them as its head. */
export function print([head, ...rows]) {
  for (const row of [head, head.map((_, column) => (column ? "---:" : "---")), ...rows]) console.log(`| ${row.join(" | ")} |`);
}
