// Measures the time for tools/bench-v8: prints the table of `make bench` for the wasm in V8.
// `PICTURES=300 make bench-v8` draws more.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { print } from "./cpu.mjs";

const { PICTURES = "120", WARM_UP = "80" } = process.env;
const { Scene } = createRequire(import.meta.url)(process.argv[2]);
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url));

/** The mean of the fastest half, because other programs may use the machine. */
function fastHalf(times) {
  const half = times.sort((a, b) => a - b).slice(0, Math.ceil(times.length / 2));
  return half.reduce((sum, ms) => sum + ms) / half.length;
}

const rows = [];
for (const name of ["card", "photo", "certificate"]) {
  const scene = new Scene(read(`benches/scenes/${name}.json`).toString());
  const times = [[], [], [], []];
  let bytes = 0;
  for (let number = -Number(WARM_UP); number < Number(PICTURES); number++) {
    let clock = performance.now();
    const lap = () => -clock + (clock = performance.now());
    scene.plan(`name=Maria+${1_000 + Number(WARM_UP) + number}`);
    const planned = lap();
    for (const image of scene.missingImages()) scene.addImage(image, read(`templates/assets/${image}`));
    lap();
    scene.layOut();
    const laidOut = lap();
    scene.draw();
    const drawn = lap();
    bytes = scene.encode();
    const laps = [planned, laidOut, Math.max(0, drawn - laidOut), lap()];
    // Warm-up: V8 optimises functions that are called often.
    if (number >= 0) laps.forEach((ms, stage) => times[stage].push(ms));
  }
  const stages = times.map(fastHalf);
  rows.push([name, ...stages.map((ms) => ms.toFixed(2)), stages.reduce((sum, ms) => sum + ms).toFixed(2), bytes]);
}
print([["scene, ms", "plan", "layout", "paint", "encode", "all", "bytes"], ...rows]);
