// Profiles pictures in the Worker with V8's profiler: `make profile SCENE=card`, or
// `PICTURES=500 FORMAT=json make profile`. The Worker is the deployed one, but with function names.
// Prints the functions with the most time of their own, and those with the most time including
// their callees; TREE=1 prints the call tree. FORMAT=hit requests one picture again and again,
// FORMAT=304 does so with its ETag, and FORMAT=healthz requests no picture:
// `PICTURES=5000 FORMAT=hit make profile`.

import { readFileSync } from "node:fs";
import { startWorker } from "../tests/edge/harness.mjs";

const { SCENE = "card", PICTURES = "300", WARM_UP = "100", FORMAT = "png", ROWS = "40", TREE } = process.env;
const document = readFileSync(new URL(`../target/worst/${SCENE}.json`, import.meta.url), "utf8");
const inspectorPort = 9_300 + (process.pid % 500);
const wasm = "target/wasm32-unknown-unknown/worker/named.wasm";
const worker = await startWorker({ kv: { [SCENE]: document }, cacheAPI: false, wasm, inspectorPort });

const repeated = `/i/${SCENE}.png?name=Maria`;
const etag = FORMAT === "304" ? (await worker.fetch(repeated)).headers.get("ETag") : "";
const init = etag ? { headers: { "If-None-Match": etag } } : {};
let names = 0;
const Q=readFileSync(new URL(`../target/worst/${SCENE}.query`, import.meta.url),"utf8").split("\n")[1]; const distinct = () => `/i/${SCENE}.${FORMAT}?${Q}&zz=${names++}`;
const path = { healthz: () => "/healthz", hit: () => repeated, 304: () => repeated }[FORMAT] ?? distinct;
async function ask(count) {
  for (let picture = 0; picture < count; picture++) {const r = await worker.fetch(path(), init); if (r.status!==200) console.log(r.status, await r.text()); else await r.arrayBuffer();}
}

/** A connection to V8's inspector. Calls are answered one after the other. */
async function inspector() {
  const targets = await (await fetch(`http://127.0.0.1:${inspectorPort}/json`)).json();
  const target = targets.find(({ id, title }) => /monogram/.test(`${id} ${title}`)) ?? targets[0];
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((done, failed) => Object.assign(socket, { onopen: done, onerror: failed }));
  let calls = 0;
  const call = (method, params = {}) =>
    new Promise((done) => {
      const id = ++calls;
      const listen = ({ data }) => {
        const message = JSON.parse(data);
        if (message.id !== id) return;
        socket.removeEventListener("message", listen);
        done(message.result);
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
  return { call, close: () => socket.close() };
}

await ask(Number(WARM_UP));
const { call, close } = await inspector();
await call("Profiler.enable");
await call("Profiler.setSamplingInterval", { interval: 200 });
await call("Profiler.start");
await ask(Number(PICTURES));
const { profile } = await call("Profiler.stop");
close();

const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
const [own, sums] = [new Map(), new Map()];
const add = (map, key, ms) => map.set(key, (map.get(key) ?? 0) + ms);
const name = ({ callFrame: { functionName } }) => functionName.replace(/::h[0-9a-f]{16}$/, "") || "(anonymous)";
profile.samples.forEach((id, at) => {
  const ms = profile.timeDeltas[at] / 1_000;
  add(own, name(nodes.get(id)), ms);
  const stack = new Set();
  for (let node = id; node !== undefined; node = parents.get(node)) stack.add(name(nodes.get(node)));
  for (const each of stack) add(sums, each, ms);
});

const print = (title, map) => {
  console.log(`\n| ${title} | ms a picture |\n| --- | ---: |`);
  const largest = [...map].filter(([key]) => key !== "(idle)").sort((a, b) => b[1] - a[1]);
  for (const [key, ms] of largest.slice(0, Number(ROWS))) console.log(`| ${key} | ${(ms / Number(PICTURES)).toFixed(3)} |`);
};
if (TREE) {
  // The tree has a node for each caller of a function. Two compilations of a function by V8 are one
  // node.
  const root = { ms: 0, calls: new Map() };
  profile.samples.forEach((id, at) => {
    const stack = [];
    for (let node = id; node !== undefined; node = parents.get(node)) stack.unshift(name(nodes.get(node)));
    let place = root;
    for (const each of stack) {
      if (!place.calls.has(each)) place.calls.set(each, { ms: 0, calls: new Map() });
      place = place.calls.get(each);
      place.ms += profile.timeDeltas[at] / 1_000 / Number(PICTURES);
    }
  });
  const show = ({ calls }, depth) => {
    for (const [key, place] of [...calls].sort((a, b) => b[1].ms - a[1].ms)) {
      if (place.ms < 0.03) continue;
      console.log(`${"  ".repeat(depth)}${place.ms.toFixed(3)} ${key}`);
      show(place, depth + 1);
    }
  };
  show(root, 0);
  await worker.dispose();
  process.exit();
}
print(`${SCENE}, own`, own);
print(`${SCENE}, with what it calls`, sums);
await worker.dispose();
