// What gets in the way of a batch or an import: a queue that loses, repeats and reorders, stores that are
// down, people who change the collection meanwhile. The result is that of a quiet day.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { withWorker } from "./answers.mjs";
import { API, api, want } from "./api.mjs";
import { ended, manifest } from "./jobs.mjs";

/** Seconds for which a store is down. A minute is `OUTAGE_S=60`. */
const OUTAGE_S = Number(process.env.OUTAGE_S ?? 6);

const card = {
  width: 90,
  height: 30,
  params: { name: { type: "text", default: "friend" } },
  background: "#246",
  layers: [{ type: "text", text: "{{ name }}", size: 14, fill: "#fff" }],
};

const FILE = `Name\n${Array.from({ length: 120 }, (_, n) => (n % 50 === 7 ? "a,b,c" : `Person ${n}`)).join("\n")}\n`;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Draws FILE, and returns what the manifest says of each row, with the digest of its file. */
async function result(worker, options) {
  await want(worker, 200, "PUT /v1/templates/acme/card", { body: card });
  const begun = await want(worker, 202, "POST /v1/batches?template=acme/card", { body: FILE, headers: { "Content-Type": "text/csv" } });
  const job = await ended(worker, `/v1/batches/${begun.json().id}`, options);
  assert.deepEqual([job.state, job.rows, job.done, job.failed], ["done", 120, 120, 3]);
  const rows = await manifest(worker, job.id);
  for (const { url } of rows) if (url) await want(worker, 200, `GET ${new URL(url).pathname}`);
  return rows.map(({ url, ...row }) => ({ ...row, sha256: url.split("/").at(-1) }));
}

let quiet;
before(() => withWorker(API, async (worker) => (quiet = await result(worker))));

/** Draws FILE with this module in front of the Worker, and wants the result of a quiet day. */
const survives = (front, options) =>
  withWorker({ ...API, front: `import worker from "./index.js";\n${front}` }, async (odd) => assert.deepEqual(await result(odd, options), quiet));

test("a message that comes twice, also at once, does its work once", () =>
  survives(`
    export default {
      fetch: (request, env, ctx) => worker.fetch(request, env, ctx),
      async queue(batch, env, ctx) {
        const again = { messages: batch.messages.map(({ body }) => ({ body, ack() {}, retry() {} })) };
        await Promise.all([worker.queue(batch, env, ctx), worker.queue(again, env, ctx)]);
        await worker.queue(again, env, ctx);
      },
    };`));

test("messages that come twice and in the wrong order, and one that is lost, change nothing", () =>
  survives(`
    let isLost = false;
    const odd = (env) => ({
      ...env,
      JOBS: new (class WorkerQueue {
        send = (...what) => env.JOBS.send(...what);
        sendBatch(messages, ...options) {
          const all = [...messages].reverse();
          // It is sent again half a minute after the others are done.
          if (!isLost && all.length > 2) all.splice(1, 1);
          isLost = true;
          return env.JOBS.sendBatch([...all, ...all], ...options);
        }
      })(),
    });
    export default {
      fetch: (request, env, ctx) => worker.fetch(request, odd(env), ctx),
      queue: (batch, env, ctx) => worker.queue(batch, odd(env), ctx),
    };`, { seconds: 120 }));

test("a row that ends the instance each time fails alone, and so does nothing beside the batch", () =>
  withWorker({ ...API, front: `
    import worker from "./index.js";
    const now = Date.now;
    // The clock that throws looks like a trap.
    Date.now = () => {
      if (globalThis.monogramRunning?.url.includes("Poison") && new Error().stack.includes("wasm:")) throw new WebAssembly.RuntimeError("unreachable");
      return now();
    };
    export default worker;` }, async (odd) => {
    await want(odd, 200, "PUT /v1/templates/acme/card", { body: { ...card, access: "public" } });
    const names = Array.from({ length: 80 }, (_, n) => ([30, 33, 60].includes(n) ? `Poison ${n}` : `Person ${n}`));
    const begun = (await want(odd, 202, "POST /v1/batches?template=acme/card", { body: `Name\n${names.join("\n")}\n`, headers: { "Content-Type": "text/csv" } })).json();
    const seen = new Set();
    const job = await ended(odd, `/v1/batches/${begun.id}`, { seconds: 120, meanwhile: async () => seen.add((await api(odd, "GET /i/acme/card@1.png?name=Reader", { key: null })).status) });
    assert.deepEqual([job.done, job.failed], [80, 3]);
    assert.deepEqual(job.failures, [30, 33, 60].map((n) => ({ row: n + 1, line: n + 2, why: "panic" })));
    assert.deepEqual([...seen], [200]);
  }));

/** A module in front of the Worker. Of its stores one is down from the first message of the queue on. */
const outage = (store) => `
  let until = 0;
  let isBegun = false;
  const isDown = () => Date.now() < until;
  /** The same object, whose calls fail while the store is down. */
  const failing = (real, calls, made) => {
    for (const call of calls) made[call] = async (...what) => { if (isDown()) throw new Error("the store is down"); return real[call](...what); };
    return made;
  };
  const broken = {
    FILES: ({ FILES }) => failing(FILES, ["get", "put", "list", "delete", "head", "createMultipartUpload"], new (class R2Bucket {})()),
    TEMPLATES: ({ TEMPLATES }) => failing(TEMPLATES, ["get", "getWithMetadata", "list", "put", "delete"], {}),
    DB: ({ DB }) => {
      const statement = (real) => failing(real, ["raw"], { real, bind: (...values) => statement(real.bind(...values)) });
      const database = failing(DB, [], new (class D1Database {})());
      database.prepare = (sql) => statement(DB.prepare(sql));
      database.batch = async (statements) => { if (isDown()) throw new Error("the store is down"); return DB.batch(statements.map(({ real }) => real)); };
      return database;
    },
  };
  const odd = (env) => ({ ...env, ${store}: broken.${store}(env) });
  export default {
    fetch: (request, env, ctx) => worker.fetch(request, odd(env), ctx),
    queue(batch, env, ctx) {
      if (!isBegun) until = Date.now() + ${OUTAGE_S * 1_000};
      isBegun = true;
      return worker.queue(batch, odd(env), ctx);
    },
  };`;

for (const store of ["FILES", "TEMPLATES", "DB"]) {
  test(`${store} is down for a while: the batch ends later, and complete`, () => survives(outage(store), { seconds: 60 + 3 * OUTAGE_S, patient: true }));
}

/**
 * A module in front of the Worker. Messages of the queue wait at a call of a store (`FILES.get /rows`: for a
 * key that holds this) or before they are read, until there is a request for /open; /waiting tells how many
 * wait. /keys lists the files of R2.
 */
const gate = (call = "", of = "") => `
  import worker from "./index.js";
  let isOpen = false;
  let waiting = 0;
  const wait = async () => {
    waiting += 1;
    while (!isOpen) await scheduler.wait(5);
  };
  const gated = (env) => {
    const FILES = new (class R2Bucket {})();
    for (const name of ["get", "put", "list", "delete", "head", "createMultipartUpload"]) {
      FILES[name] = async (key, ...what) => {
        if (name === "${call}" && String(key).includes("${of}")) await wait();
        return env.FILES[name](key, ...what);
      };
    }
    return { ...env, FILES };
  };
  export default {
    async fetch(request, env, ctx) {
      const { pathname } = new URL(request.url);
      if (pathname === "/open") isOpen = true;
      if (pathname === "/keys") return Response.json((await env.FILES.list()).objects.map(({ key }) => key));
      if (pathname === "/open" || pathname === "/waiting") return new Response(String(waiting));
      return worker.fetch(request, env, ctx);
    },
    async queue(batch, env, ctx) {
      if (!"${call}") await wait();
      return worker.queue(batch, gated(env), ctx);
    },
    scheduled: (event, env, ctx) => worker.scheduled(event, env, ctx),
  };`;

/** Asks the module in front of the Worker. */
const ask = async (worker, path) => (await fetch(worker.url + path)).json();

/** Waits until a message stands at the gate. */
async function arrived(worker) {
  while ((await ask(worker, "/waiting")) === 0) await sleep(10);
}

/** Opens the gate, and waits until all parts of the job are done. */
async function opened(worker, job) {
  await ask(worker, "/open");
  const left = () => worker.db.prepare("SELECT count(*) AS n FROM job_part WHERE job = ? AND done = 0").bind(job).first("n");
  while ((await left()) > 0) await sleep(20);
}

const csv = (body) => ({ body, headers: { "Content-Type": "text/csv" } });
const json = (body) => ({ body, headers: { "Content-Type": "application/json" } });

for (const mode of ["replace", "merge"]) {
  for (const isRemade of [false, true]) {
    test(`an import (${mode}) that ends after its collection was deleted${isRemade ? " and made again" : ""} has no effect`, () =>
      withWorker({ ...API, front: gate("get", "/rows") }, async (worker) => {
        const path = "/v1/records/acme/people/";
        await want(worker, 200, `PUT ${path}old`, { body: { name: "Old" } });
        const { import: id } = (await want(worker, 202, `POST ${path}?mode=${mode}`, csv("id,name\nnew,New\nold,Newer\n"))).json();
        await arrived(worker);
        await want(worker, 204, `DELETE ${path}`);
        if (isRemade) await want(worker, 200, `PUT ${path}kept`, { body: { name: "Kept" } });
        await opened(worker, id);
        assert.equal((await want(worker, 200, `GET /v1/imports/${id}`)).json().state, "cancelled");
        assert.deepEqual(await ask(worker, "/keys"), []);
        const left = await api(worker, `GET ${path}`);
        assert.deepEqual([left.status, isRemade && left.text()], isRemade ? [200, '{"id":"kept","name":"Kept"}\n'] : [404, false]);
        // What it wrote is swept.
        await worker.scheduled({ cron: "*/5 * * * *" });
        const rows = await worker.db.prepare("SELECT id FROM record").all();
        assert.deepEqual(rows.results, isRemade ? [{ id: "kept" }] : []);
      }));
  }
}

test("who comes, goes or is replaced while a collection is drawn moves no row", () =>
  withWorker({ ...API, front: gate() }, async (worker) => {
    const ids = Array.from({ length: 60 }, (_, n) => `m${100 + n}`);
    await Promise.all(ids.map((id) => want(worker, 200, `PUT /v1/records/acme/members/${id}`, { body: { name: id } })));
    await want(worker, 200, "PUT /v1/templates/acme/card", { body: card });
    const { id } = (await want(worker, 202, "POST /v1/batches", json({ template: "acme/card", collection: "acme/members", name: "{row}-{id}" }))).json();
    await arrived(worker);
    await want(worker, 204, "DELETE /v1/records/acme/members/m124");
    await want(worker, 200, "PUT /v1/records/acme/members/m1005", { body: { name: "new" } });
    await opened(worker, id);
    const check = async () => {
      const job = await ended(worker, `/v1/batches/${id}`);
      assert.deepEqual([job.rows, job.done, job.failed], [60, 60, 1]);
      assert.deepEqual(job.failures, [{ row: 25, line: 0, why: "the record was deleted" }]);
      const files = (await manifest(worker, id)).map(({ file }) => file);
      assert.deepEqual(files, ids.map((id, n) => (id === "m124" ? "" : `${n + 1}-${id}.png`)));
    };
    await check();
    await want(worker, 202, `POST /v1/batches/${id}/retry`);
    await check();
    // Nothing knows that there was such a person.
    const named = await worker.db.prepare(`SELECT count(*) AS n FROM job_part WHERE instr(place || coalesce(result, ''), '"m124"') > 0`).first("n");
    assert.equal(named, 0);
  }));

test("who is deleted while their picture is drawn has none afterwards", () =>
  withWorker({ ...API, front: gate("put", "/files/") }, async (worker) => {
    for (const id of ["a1", "a2"]) await want(worker, 200, `PUT /v1/records/acme/members/${id}`, { body: { name: id } });
    await want(worker, 200, "PUT /v1/templates/acme/card", { body: card });
    const { id } = (await want(worker, 202, "POST /v1/batches", json({ template: "acme/card", collection: "acme/members" }))).json();
    await arrived(worker);
    await want(worker, 204, "DELETE /v1/records/acme/members/a2");
    await opened(worker, id);
    const rows = async () => (await manifest(worker, id)).map(({ row, status, warnings }) => `${row} ${status} ${warnings}`.trim());
    const end = Date.now() + 10_000;
    while ((await rows())[1] === "2 ok" && Date.now() < end) await sleep(50);
    assert.deepEqual(await rows(), ["1 ok", "2 failed the person was deleted"]);
    assert.equal((await ask(worker, "/keys")).length, 1);
  }));

test("a batch that is deleted while a part is drawn leaves no files", () =>
  withWorker({ ...API, front: gate("put", "/files/") }, async (worker) => {
    await want(worker, 200, "PUT /v1/templates/acme/card", { body: card });
    const { id } = (await want(worker, 202, "POST /v1/batches?template=acme/card", csv("Name\nAnn\nBen\n"))).json();
    await arrived(worker);
    await want(worker, 200, `DELETE /v1/batches/${id}`);
    await want(worker, 204, `DELETE /v1/batches/${id}`);
    await ask(worker, "/open");
    const keys = () => ask(worker, "/keys");
    const end = Date.now() + 10_000;
    for (await sleep(500); (await keys()).length > 0 && Date.now() < end; ) await sleep(50);
    assert.deepEqual(await keys(), []);
  }));

test("a file with many columns becomes records whose names of columns are 20 times as long", () =>
  withWorker(API, async (worker) => {
    const header = ["id", ...Array.from({ length: 299 }, (_, n) => `A column with a long name, number ${n}`)];
    const rows = Array.from({ length: 400 }, (_, n) => [n, ...header.slice(1).map(() => n % 10)].join(";"));
    const { import: id } = (await want(worker, 202, "POST /v1/records/acme/wide", csv([header.join(";"), ...rows].join("\n")))).json();
    const job = await ended(worker, `/v1/imports/${id}`);
    assert.deepEqual([job.state, job.done, job.failed], ["done", 400, 0]);
    const lines = (await want(worker, 200, "GET /v1/records/acme/wide/")).text().trimEnd().split("\n");
    assert.deepEqual([lines.length, Object.keys(JSON.parse(lines[399])).length], [400, 300]);
  }));
