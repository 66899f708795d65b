// What a picture costs in the Worker as it is deployed: `make bench-worker`, or PICTURES=50 SCENES=card make bench-worker.
//
// CPU milliseconds come from the process's own accounting (/proc/{pid}/stat, utime + stime: Linux only), which other programs on the
// machine disturb far less than a clock. Every picture is of another name, one request at a time, nothing is in a cache. From
// each figure is subtracted what workerd and the Worker need for a request that draws nothing (/healthz).
//
// The stages are told by what is asked for: `.txt` ends after the plan, `.json` after painting, `.png` is all of it.

import { readFileSync, readdirSync } from "node:fs";
import { startWorker } from "../tests/edge/harness.mjs";

const { PICTURES = "200", WARM_UP = "60", COLD_STARTS = "3", SCENES = "card,photo,certificate" } = process.env;
const [pictures, warmUp, coldStarts] = [Number(PICTURES), Number(WARM_UP), Number(COLD_STARTS)];
const scene = (name) => readFileSync(new URL(`../benches/scenes/${name}.json`, import.meta.url), "utf8");

/** /proc/{pid}/stat from the field after the program's name, which may hold spaces. */
const stat = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");

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

/** CPU ms that a process has used so far; a tick is 10 ms. */
const cpu = (pid) => (Number(stat(pid)[11]) + Number(stat(pid)[12])) * 10;

let names = 1_000;

/** Asks for `count` pictures, one after the other; returns what one of them took. */
async function ask(worker, pid, path, count) {
  const [before, start] = [cpu(pid), performance.now()];
  let bytes = 0;
  for (let number = 0; number < count; number++) {
    names += 1;
    const response = await worker.fetch(`${path}?name=Maria+${names}`);
    const body = await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
    bytes += body.byteLength;
  }
  return { cpu: (cpu(pid) - before) / count, wall: (performance.now() - start) / count, bytes: Math.round(bytes / count) };
}

const fixed = (number) => Math.max(0, number).toFixed(1);
const rows = [];
for (const name of SCENES.split(",")) {
  const kv = { [name]: scene(name) };
  const cold = [];
  for (let start = 0; start < coldStarts; start++) {
    const worker = await startWorker({ kv, cacheAPI: false });
    const pid = workerd();
    await ask(worker, pid, "/healthz", 20);
    cold.push((await ask(worker, pid, `/i/${name}.png`, 1)).cpu);
    await worker.dispose();
  }
  const worker = await startWorker({ kv, cacheAPI: false });
  const pid = workerd();
  try {
    await ask(worker, pid, `/i/${name}.png`, warmUp);
    await ask(worker, pid, `/i/${name}.json`, warmUp / 4);
    await ask(worker, pid, "/healthz", 500);
    const nothing = await ask(worker, pid, "/healthz", 1_000);
    const planned = await ask(worker, pid, `/i/${name}.txt`, pictures);
    const drawn = await ask(worker, pid, `/i/${name}.json`, pictures);
    const all = await ask(worker, pid, `/i/${name}.png`, pictures);
    const { memory_bytes } = await (await worker.fetch("/healthz")).json();
    rows.push([
      name,
      ...[planned.cpu - nothing.cpu, drawn.cpu - planned.cpu, all.cpu - drawn.cpu, all.cpu - nothing.cpu].map(fixed),
      cold.sort((a, b) => a - b)[Math.floor(coldStarts / 2)],
      Math.round(1_000 / all.wall),
      all.bytes,
      fixed(memory_bytes / 1024 / 1024),
      fixed(nothing.cpu),
    ]);
  } finally {
    await worker.dispose();
  }
}
const heads = ["scene", "plan", "layout + paint", "encode", "all, CPU ms", "first, CPU ms", "a second", "bytes", "wasm MiB", "/healthz, CPU ms"];
for (const row of [heads, heads.map((_, column) => (column ? "---:" : "---")), ...rows]) console.log(`| ${row.join(" | ")} |`);
