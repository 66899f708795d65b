// Measures a picture in the deployed form of the Worker: `make bench-worker`, or
// `PICTURES=50 SCENES=card make bench-worker`. docs/benchmarks.md explains the tables.
//
// Requests come one at a time. Every picture has a new name, so that no cache has it; only in the
// second table the same picture is asked for again and again. The kinds of requests take turns in
// rounds, because the speed of the machine changes by the minute. One kind is a bare Worker, with
// which the others are to be compared.
//
// `make bench-v8` and `make profile` measure the stages of a picture.

import { readFileSync } from "node:fs";
import { NO_CACHE, Sum, cpu, middle, print, start, startBare } from "./cpu.mjs";

const { PICTURES = "500", WARM_UP = "1000", REPEATS = "2000", ROUNDS = "40", COLD_STARTS = "5" } = process.env;
const { SCENES = "card,photo,certificate" } = process.env;
const [warmUp, rounds, coldStarts] = [WARM_UP, ROUNDS, COLD_STARTS].map(Number);
/** Number of uncounted requests before each round. After a pause the Worker is no longer in the processor's caches. */
const AFTER_A_PAUSE = 20;

let names = 1_000;
const distinct = (scene, extension) => () => `/i/${scene}.${extension}?name=Maria+${++names}`;

/** The CPU time of a workerd from its start to its first answer, in ms. */
async function firstAnswer(starting, path) {
  const worker = await starting;
  await new Sum().ask(worker, { count: 1, path });
  const used = cpu(worker.pid);
  await worker.dispose();
  return used;
}

/**
 * The CPU time of an instance and its first picture, in ms: the difference between a fresh workerd with our Worker and one with the
 * bare Worker. The two start in turns; the result is the median.
 */
async function first(scene, kv, bytes) {
  const times = [];
  for (let count = 0; count < coldStarts; count++) {
    const bare = await firstAnswer(startBare(bytes), () => "/");
    times.push((await firstAnswer(start({ kv }), distinct(scene, "png"))) - bare);
  }
  return middle(times);
}

/** Runs kinds of requests in turns for a number of rounds. Returns the measurements of each kind by its name. */
async function turns(kinds, rounds) {
  const share = (count) => Math.ceil(Number(count) / rounds);
  const sums = {};
  for (const [kind, { worker, warmUp, ...what }] of Object.entries(kinds)) {
    await new Sum().ask(worker, { ...what, count: warmUp });
    sums[kind] = new Sum();
  }
  for (let round = 0; round < rounds; round++) {
    for (const [kind, { worker, ...what }] of Object.entries(kinds)) {
      await new Sum().ask(worker, { ...what, count: AFTER_A_PAUSE });
      await sums[kind].ask(worker, { ...what, count: share(what.count) });
    }
  }
  return sums;
}

/** Requests for pictures with new names. */
async function distinctPictures(scene, kv, bytes) {
  const [worker, alone, bare] = [await start({ kv }), await start({ kv, front: NO_CACHE }), await startBare(bytes)];
  const pictures = { path: distinct(scene, "png"), count: PICTURES, warmUp };
  try {
    const sums = await turns({
      bare: { worker: bare, path: () => "/", count: REPEATS, warmUp: 1_000 },
      all: { worker, ...pictures },
      alone: { worker: alone, ...pictures },
    }, Math.ceil(rounds / 2));
    const { memory_bytes } = await (await worker.fetch("/healthz")).json();
    return { sums, memory_bytes };
  } finally {
    await Promise.all([worker.dispose(), alone.dispose(), bare.dispose()]);
  }
}

/** Requests for one picture again and again, in an isolate of its own, so that V8's delayed work does not count elsewhere. */
async function samePicture(scene, kv) {
  const worker = await start({ kv });
  const path = () => `/i/${scene}.png?name=Maria`;
  const first = await worker.fetch(path());
  const bare = await startBare((await first.arrayBuffer()).byteLength);
  const init = { headers: { "If-None-Match": first.headers.get("ETag") } };
  const request = { worker, path, count: REPEATS, warmUp: 1_000 };
  try {
    const sums = await turns({
      bare: { ...request, worker: bare },
      hit: request,
      unchanged: { ...request, init, status: 304 },
      nothing: { ...request, path: () => "/healthz" },
    }, rounds);
    const cache = (await worker.fetch(path())).headers.get("X-Cache");
    if (cache !== "hit") throw new Error(`X-Cache: ${cache}`);
    return sums;
  } finally {
    await Promise.all([worker.dispose(), bare.dispose()]);
  }
}

const each = (sums) => Object.fromEntries(Object.entries(sums).map(([kind, sum]) => [kind, sum.each("cpu")]));
const [renders, repeated] = [[], []];
for (const scene of SCENES.split(",")) {
  const kv = { [scene]: readFileSync(new URL(`../benches/scenes/${scene}.json`, import.meta.url), "utf8") };
  const again = await samePicture(scene, kv);
  const { bare, hit, unchanged, nothing } = each(again);
  const [hits, unchangeds] = [again.hit, again.unchanged].map((kind) => kind.times(again.bare).toFixed(2));
  repeated.push([scene, ...[bare, hit, unchanged, nothing].map((ms) => ms.toFixed(2)), hits, unchangeds]);

  const bytes = again.hit.each("bytes");
  const cold = await first(scene, kv, bytes);
  const { sums, memory_bytes } = await distinctPictures(scene, kv, bytes);
  const ms = each(sums);
  renders.push([
    scene,
    ms.all.toFixed(1),
    ms.alone.toFixed(1),
    ms.bare.toFixed(2),
    sums.all.times(sums.bare).toFixed(1),
    sums.alone.times(sums.bare).toFixed(1),
    cold.toFixed(0),
    (cold / ms.bare).toFixed(0),
    Math.round(1_000 / sums.all.each("wall")),
    Math.round(sums.all.each("bytes")),
    (memory_bytes / 1024 / 1024).toFixed(1),
  ]);
}
console.log("\nA picture of a new name, CPU ms; \"all\" includes workerd's own\n");
print([
  ["scene", "all", "without cache", "bare Worker", "all / bare", "without / bare", "first", "first / bare", "a second", "bytes", "wasm MiB"],
  ...renders,
]);
console.log("\nThe same picture again, CPU ms; workerd's own included\n");
print([["scene", "bare Worker", "hit", "304", "/healthz", "hit / bare", "304 / bare"], ...repeated]);
