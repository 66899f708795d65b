// Kills workerd at random moments while it draws a batch, and compares what came of it with what
// `monogram batch` draws of the same file: `make kill-batches ROWS=2000 KILLS=10`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { API, want } from "../tests/edge/api.mjs";
import { manifest } from "../tests/edge/jobs.mjs";
import { startWorker } from "../tests/edge/harness.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const ROWS = Number(process.env.ROWS ?? 2_000);
const KILLS = Number(process.env.KILLS ?? 10);
const folder = mkdtempSync(`${tmpdir()}/monogram-kill-`);
const template = `${root}templates/event-badge.json`;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const rows = Array.from({ length: ROWS }, (_, n) => (n % 97 === 3 ? `"Person ${n}",Acme,too many,cells,here` : `Person ${n},"Acme, ${n % 7}"`));
const file = `name;company\n`.replace(";", ",") + rows.join("\n");

/** The process of workerd that this one has started. */
function workerd() {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const isOurs = new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(readFileSync(`/proc/${pid}/status`, "utf8"));
      if (isOurs && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("workerd")) return Number(pid);
    } catch {
      // It has ended.
    }
  }
  throw new Error("there is no workerd");
}

const start = () => startWorker({ ...API, state: `${folder}/state` });
let worker = await start();
await want(worker, 200, "PUT /v1/templates/acme/badge", { body: readFileSync(template) });
const { id } = (await want(worker, 202, "POST /v1/batches?template=acme/badge&_w=300", { body: file, headers: { "Content-Type": "text/csv" } })).json();
let job;
for (let kills = 0; ; ) {
  await sleep(500 + Math.random() * 2_500);
  job = (await want(worker, 200, `GET /v1/batches/${id}`)).json();
  if (job.state !== "running") break;
  if (kills < KILLS) {
    kills += 1;
    process.kill(workerd(), "SIGKILL");
    await worker.dispose().catch(() => {});
    worker = await start();
    const { done } = (await want(worker, 200, `GET /v1/batches/${id}`)).json();
    console.log(`killed ${kills} times, ${done} of ${ROWS} rows are done`);
    // What was in the queue is gone. Some of it is drawn before the next kill.
    for (let now = done; now === done; await sleep(1_000)) {
      job = (await want(worker, 200, `GET /v1/batches/${id}`)).json();
      now = job.done;
    }
  }
}

writeFileSync(`${folder}/rows.csv`, file);
const program = `${process.env.CARGO_TARGET_DIR ?? `${root}target`}/debug/monogram`;
try {
  // Node goes on meanwhile, or it would not see that workerd closes connections.
  await promisify(execFile)(program, ["batch", template, `${folder}/rows.csv`, "--out", `${folder}/native`, "--options", "_w=300"], { env: { ...process.env, MONOGRAM_ROOT: root } });
} catch (error) {
  assert.equal(error.code, 1, error.message); // some rows fail
}
const lines = await manifest(worker, id);
assert.deepEqual([job.rows, job.done, lines.length], [ROWS, ROWS, ROWS]);
let same = 0;
for (const [index, { row, status, file: name, url }] of lines.entries()) {
  assert.equal(Number(row), index + 1, "no row is lost, and none is there twice");
  assert.equal(status, index % 97 === 3 ? "failed" : "ok", `row ${row}`);
  if (status === "failed") continue;
  const sent = await want(worker, 200, `GET ${new URL(url).pathname}`);
  assert.deepEqual(sent.body, readFileSync(`${folder}/native/${name}`), `row ${row}`);
  same += 1;
}
console.log(`${ROWS} rows, ${job.failed} failed as they must; ${same} files are those of the command line, byte for byte`);
await worker.dispose();
rmSync(folder, { recursive: true });
