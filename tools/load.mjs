// Load on a Worker that `make dev` serves: `make load`, or `make load PORT=9000 REQUESTS=2000 AT_ONCE=20`.
//
// Every other request is for a name that was asked for a while before, as with a mail that is opened twice. It fails when an
// answer is not a whole picture, or when the Worker's own memory (wasm, as /healthz tells it) grows in the second half: in the
// first it fills its shelf of finished pictures. Beside it stands the memory of the workerd processes, from /proc (Linux only).

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

const END = Buffer.from("IEND");
const seen = { hit: 0, miss: 0, bypass: 0 };
const wrong = [];
const grown = [];
let asked = 0;

async function report(number) {
  grown.push(await wasm());
  console.log(`${String(number).padStart(7)} requests: wasm ${grown.at(-1)} MiB, workerd ${memory()} MiB`);
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
const flat = grown.at(-1) <= grown[5];
console.log(flat ? "The Worker's memory is flat." : `The Worker's memory grew: ${grown.join(", ")} MiB`);
process.exitCode = wrong.length || !flat ? 1 : 0;
