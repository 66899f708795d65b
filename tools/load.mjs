// Load on a Worker that `make dev` serves: `make load`, or `make load PORT=9000 REQUESTS=2000 AT_ONCE=20`.
//
// Every other request is for a name that was asked for a while before, as with a mail that is opened twice. It fails when an
// answer is not a whole picture. Memory is that of workerd, from /proc (Linux only).

import { readFileSync, readdirSync } from "node:fs";

const { PORT = "8787", REQUESTS = "10000", AT_ONCE = "20" } = process.env;
const origin = `http://127.0.0.1:${PORT}`;
const [requests, atOnce] = [Number(REQUESTS), Number(AT_ONCE)];

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
let asked = 0;

async function client() {
  for (let number = asked++; number < requests; number = asked++) {
    const again = number % 2 === 1 && number > 4 * atOnce;
    const name = `Guest ${again ? number - 4 * atOnce - 1 : number}`;
    const response = await fetch(`${origin}/i/welcome.png?_w=600&name=${encodeURIComponent(name)}`);
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200 || body.subarray(-8, -4).compare(END) !== 0) wrong.push(response.status);
    seen[response.headers.get("x-cache")] += 1;
    if (number % Math.ceil(requests / 10) === 0) console.log(`${String(number).padStart(7)} requests, ${memory()} MiB`);
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: atOnce }, client));
const seconds = (performance.now() - start) / 1000;
console.log(`${String(requests).padStart(7)} requests, ${memory()} MiB`);
console.log(`${Math.round(requests / seconds)} a second, ${atOnce} at once; hits ${seen.hit}, misses ${seen.miss}; wrong answers: ${wrong.length}`);
process.exitCode = wrong.length ? 1 : 0;
