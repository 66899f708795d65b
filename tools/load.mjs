// Load on a Worker that `make dev` serves: `make load`, or `make load PORT=9000 REQUESTS=2000 AT_ONCE=20`.
//
// Every other request is for a name that was asked for a while before, as with a mail that is opened twice. It fails when an
// answer is not a whole picture, or when memory grows in the second half: in the first, shelves fill up. That is the Worker's own
// memory (wasm, as /healthz tells it), and that of the workerd processes, from /proc (Linux only), which may end a tenth higher.

import { readFileSync, readdirSync } from "node:fs";

const { PORT = "8787", REQUESTS = "10000", AT_ONCE = "20" } = process.env;
const origin = `http://127.0.0.1:${PORT}`;
const [requests, atOnce] = [Number(REQUESTS), Number(AT_ONCE)];

/** MiB of linear memory that the Worker has taken. */
async function wasm() {
  const { memory_bytes } = await (await fetch(`${origin}/healthz`)).json();
  return Math.round((memory_bytes / 1024 / 1024) * 10) / 10;
}

/** MiB that all workerd processes have in memory. */
function memory() {
  let kib = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "workerd") continue;
      kib += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    } catch {} // it ended meanwhile
  }
  return Math.round(kib / 1024);
}

/** How much more memory the processes may have at the end than after half of the requests. */
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
