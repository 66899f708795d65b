// Imports 100,000 rows of which 500 are wrong, and draws 100,000 pictures, in the runtime of `make dev`:
// `make bench-batches`, or `make bench-batches ROWS=5000`. It takes half an hour and more.
//
// It fails if a planted error is not told at its line and column, if a row is lost or there twice, if a file
// of a ZIP is not the one of the manifest, or if memory grows after the first tenth: the Worker's wasm at
// all, or workerd by more than a tenth. Memory is read from /proc (Linux only).

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

// As tools/dev.mjs has it: V8 would else leave garbage until the machine has no memory left.
process.env.MINIFLARE_WORKERD_V8_FLAGS ??= "--gc-global --max-semi-space-size=1";
const { ADMIN_KEY, API, want } = await import("../tests/edge/api.mjs");
const { manifest } = await import("../tests/edge/jobs.mjs");
const { cpu, start } = await import("./cpu.mjs");

const ROWS = Number(process.env.ROWS ?? 100_000);
const ERRORS = Math.min(500, Math.floor(ROWS / 20));
const MIB = 1024 * 1024;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const folder = mkdtempSync(`${process.env.FOLDER ?? tmpdir()}/monogram-batches-`);
const worker = await start({ ...API, cacheAPI: true, state: `${folder}/state` });
const began = performance.now();
const say = (text) => console.log(`${String(Math.round((performance.now() - began) / 1000)).padStart(5)} s  ${text}`);
const shown = (mib) => mib.toFixed(1);

/** The memory of workerd in MiB, now or the most so far. */
const workerd = (field = "VmRSS") => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${worker.pid}/status`, "utf8"))[1]) / 1024;

/** The linear memory of the module that draws, in MiB. */
const wasm = async () => (await (await worker.fetch("/healthz")).json()).memory_bytes / MIB;

/** Waits until a job has ended, and says how it goes. */
async function ended(path, often) {
  const seen = [];
  for (let told = 0; ; await sleep(500)) {
    const job = (await want(worker, 200, `GET ${path}`)).json();
    if (job.state === "running" && job.done < told) continue;
    const now = { done: job.done, workerd: workerd(), wasm: await wasm() };
    seen.push(now);
    say(`${now.done} of ${job.rows} rows, ${job.rate} a second; workerd ${shown(now.workerd)} MiB, wasm ${shown(now.wasm)} MiB`);
    if (job.state !== "running") return { job, seen };
    told = job.done + often;
  }
}

// 1. The import.
const template = {
  width: 600,
  height: 200,
  params: { name: { type: "text", default: "friend" }, points: { type: "number", min: 0 }, plan: { type: "choice", choices: ["free", "pro"] } },
  background: "#14324a",
  layers: [
    { type: "rect", x: 20, y: 20, width: 560, height: 160, radius: 16, fill: "#fff" },
    { type: "text", text: "Hello {{ name }}!", x: 50, y: 60, width: 500, height: 50, size: 36, weight: 700, fill: "#14324a", fit: "shrink", min_size: 14, max_lines: 1 },
    { type: "text", text: "{{ points }} points, {{ plan }}", x: 50, y: 120, width: 500, height: 30, size: 20, fill: "#456" },
  ],
};
await want(worker, 200, "PUT /v1/templates/bench/card", { body: template });
const names = ["Maria", "Zoë", "Łukasz", "Nguyễn", "Søren", "Ōkami", "Björk", "Ann-Sophie"];
const row = (n) => `p${n},${names[n % names.length]} ${n},${n % 1_000},${n % 3 ? "free" : "pro"},`;
const planted = [];
const lines = ["id,Name,Points,plan,note"];
for (let n = 0, line = 2; n < ROWS; n++, line++) {
  const isWrong = n % Math.floor(ROWS / ERRORS) === 7 && planted.length < ERRORS;
  if (isWrong) {
    const [text, column, expected] = [
      [`p${n},Ann,many,free,`, "Points", "a number from 0"],
      [`p${n},Ann,1,gold,`, "plan", "one of: free, pro"],
      [`,Ann,1,free,`, "id", "an id of 1 to 254 bytes, without a slash"],
      [`p${n},Ann,1,free,,more`, undefined, "the row has more cells than the header"],
    ][planted.length % 4];
    planted.push({ line, ...(column && { column }), expected });
    lines.push(text);
  } else if (n % 50 === 3) {
    lines.push(`${row(n)}"a note\nof two lines"`);
    line += 1;
  } else {
    lines.push(row(n));
  }
}
const people = lines.join("\n");
const before = { workerd: workerd(), wasm: await wasm() };
say(`${ROWS} rows, ${shown(people.length / MIB)} MiB; workerd ${shown(before.workerd)} MiB, wasm ${shown(before.wasm)} MiB`);
const csv = { headers: { "Content-Type": "text/csv" } };
const begun = (await want(worker, 202, "POST /v1/records/bench/people?template=bench/card&mode=replace", { body: people, ...csv })).json();
say(`the file was read; workerd ${shown(workerd())} MiB, at most ${shown(workerd("VmHWM"))} MiB`);
const imported = await ended(`/v1/imports/${begun.import}`, ROWS / 5);
assert.deepEqual([imported.job.done, imported.job.failed], [ROWS, ERRORS]);
assert.deepEqual(imported.job.errors, planted, "every error is told at its line");
const stored = (await want(worker, 200, "GET /v1/records/bench/people/")).text().trimEnd().split("\n");
assert.equal(new Set(stored.map((line) => JSON.parse(line).id)).size, ROWS - ERRORS);
say(`import: ${planted.length} planted errors are told, each at its line and column; ${stored.length} records; ${imported.job.rate} rows a second; workerd at most ${shown(workerd("VmHWM"))} MiB`);

// 2. The pictures.
const rows = Array.from({ length: ROWS }, (_, n) => row(n));
const batch = (await want(worker, 202, "POST /v1/batches?template=bench/card&name=%7Brow%7D-%7Bid%7D", { body: `id,Name,Points,plan,note\n${rows.join("\n")}\n`, ...csv })).json();
const used = cpu(worker.pid);
const { job, seen } = await ended(`/v1/batches/${batch.id}`, Math.max(ROWS / 100, 250));
assert.deepEqual([job.state, job.rows, job.done, job.failed], ["done", ROWS, ROWS, 0]);
const all = await manifest(worker, batch.id);
assert.equal(all.length, ROWS);
for (const [n, { row, line, status, file }] of all.entries()) {
  assert.deepEqual([row, line, status, file], [`${n + 1}`, `${n + 2}`, "ok", `${n + 1}-p${n}.png`]);
}
say(`batch: ${ROWS} rows, each once and in its place; ${job.rate} a second, ${shown((cpu(worker.pid) - used) / ROWS)} ms of CPU for each`);

// 3. The ZIPs, which Python reads: each file is the one that the manifest names.
const expected = new Map(all.map(({ file, url }) => [file, /([0-9a-f]{64})\./.exec(url)[1]]));
const script = `
import hashlib, sys, zipfile
for info in (archive := zipfile.ZipFile(sys.argv[1])).infolist():
    print(info.filename, hashlib.sha256(archive.read(info)).hexdigest())`;
let bytes = 0;
for (const path of job.zips) {
  const sent = await fetch(worker.url + path, { headers: { Authorization: `Bearer ${ADMIN_KEY}` } });
  assert.equal(sent.status, 200);
  await pipeline(Readable.fromWeb(sent.body), createWriteStream(`${folder}/all.zip`));
  const read = spawnSync("python3", ["-c", script, `${folder}/all.zip`], { encoding: "utf8", maxBuffer: 64 * MIB });
  assert.equal(read.status, 0, read.stderr);
  for (const line of read.stdout.trim().split("\n")) {
    const [file, sha256] = line.split(" ");
    assert.equal(expected.get(file), sha256, file);
    expected.delete(file);
  }
  bytes += readFileSync(`${folder}/all.zip`).length;
  say(`${path}: ${expected.size} files are left; workerd ${shown(workerd())} MiB`);
}
assert.equal(expected.size, 0, "every file is in a ZIP, once");
say(`${job.zips.length} ZIPs of ${shown(bytes / MIB)} MiB; workerd at most ${shown(workerd("VmHWM"))} MiB`);
await worker.dispose();
rmSync(folder, { recursive: true });

const tenth = seen.find(({ done }) => done >= ROWS / 10);
const last = seen.at(-1);
const most = Math.max(...seen.filter(({ done }) => done >= ROWS / 10).map(({ workerd }) => workerd));
console.log(`memory after a tenth and at the end: wasm ${shown(tenth.wasm)}, ${shown(last.wasm)} MiB; workerd ${shown(tenth.workerd)}, ${shown(last.workerd)}, at most ${shown(most)} MiB`);
assert.ok(last.wasm <= tenth.wasm && last.workerd <= tenth.workerd * 1.1, "memory grew");
