// Puts load on a Worker that `make dev` serves: `make load`, or
// `make load PORT=9000 REQUESTS=2000 AT_ONCE=20`.
//
// Every second request repeats a name from a while ago, like an email that is opened twice. The run
// fails if an answer is not a whole picture, or if memory grows in the second half (in the first
// half the caches fill up). Two memories are measured: the Worker's wasm memory, from /healthz, and
// that of the workerd processes, from /proc (Linux only), which may grow by a tenth.

import { readFileSync, readdirSync } from "node:fs";

const { PORT = "8787", REQUESTS = "10000", AT_ONCE = "20" } = process.env;
const origin = `http://127.0.0.1:${PORT}`;
const [requests, atOnce] = [Number(REQUESTS), Number(AT_ONCE)];

/** The size of the Worker's linear memory in MiB. */
async function wasm() {
  const { memory_bytes } = await (await fetch(`${origin}/healthz`)).json();
  return Math.round((memory_bytes / 1024 / 1024) * 10) / 10;
}

/** The memory of all workerd processes in MiB. */
function memory() {
  let kib = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "workerd") continue;
      kib += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    } catch {} // it has ended in the meantime
  }
  return Math.round(kib / 1024);
}

/** The largest allowed ratio of the processes' memory at the end to that after half of the requests. */
const SLACK = 1.1;

const END = Buffer.from("IEND");
const seen = { hit: 0, miss: 0, bypass: 0 };
const wrong = [];
const [ours, processes] = [[], []]; // MiB, after each tenth
let asked = 0;

async function report(number) {
  ours.push(await wasm());
  processes.push(memory());
  console.log(`${String(number).padStart(7)} requests: wasm ${ours.at(-1)} MiB, workerd ${processes.at(-1)} MiB`);
}

async function client() {
  for (let number = asked++; number < requests; number = asked++) {
    const again = number % 2 === 1 && number > 4 * atOnce;
    const name = `Guest ${again ? number - 4 * atOnce - 1 : number}`;
    const response = await fetch(`${origin}/i/welcome.png?_w=600&name=${encodeURIComponent(name)}`);
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200 || body.subarray(-8, -4).compare(END) !== 0) wrong.push(response.status);
    seen[response.headers.get("x-cache")] += 1;
    if (number % Math.ceil(requests / 10) === 0) await report(number);
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: atOnce }, client));
const seconds = (performance.now() - start) / 1000;
await report(requests);
console.log(`${Math.round(requests / seconds)} a second, ${atOnce} at once; hits ${seen.hit}, misses ${seen.miss}; wrong answers: ${wrong.length}`);
const flat = ours.at(-1) <= ours[5] && processes.at(-1) <= processes[5] * SLACK;
console.log(flat ? "Memory is flat." : `Memory grew: wasm ${ours.join(", ")}; workerd ${processes.join(", ")} MiB`);
process.exitCode = wrong.length || !flat ? 1 : 0;
