// Batches: a picture for each row, whatever happens to the queue, the stores and the rows.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { API, api, makeKey, want } from "./api.mjs";
import { withWorker, workerForFile } from "./answers.mjs";
import { drawn, ended, imported, manifest } from "./jobs.mjs";

const hooks = [];
let hookStatus = 200;
const worker = workerForFile({
  ...API,
  outbound: async (request) => {
    hooks.push({ url: request.url, headers: Object.fromEntries(request.headers), body: await request.text() });
    return new Response("", { status: hookStatus });
  },
});

const card = {
  width: 90,
  height: 30,
  access: "signed",
  params: { name: { type: "text", default: "friend" }, color: { type: "color", default: "#246" } },
  background: "{{ color }}",
  layers: [{ type: "text", text: "{{ name }}", size: 14, fill: "#fff" }],
};

const publish = () => want(worker, 200, "PUT /v1/templates/acme/card", { body: card });

test("each row of a file becomes the picture of its URL", async () => {
  await publish();
  const names = ["Maria", "Zoë", "Łukasz", "", "Maria", "محمد"];
  const file = `Name;color\r\n${names.map((name, n) => `${name};${n === 1 ? "none" : "#246"}`).join("\r\n")}\r\n`;
  const job = await drawn(worker, "template=acme/card&_w=180&name=%7Brow%7D-%7BName%7D", file);
  assert.deepEqual([job.state, job.rows, job.done, job.failed, job.target], ["done", 6, 6, 0, "acme/card"]);
  const rows = await manifest(worker, job.id);
  assert.deepEqual(rows.map(({ file }) => file), ["1-Maria.png", "2-Zoë.png", "3-Łukasz.png", "4.png", "5-Maria.png", "6-محمد.png"]);
  assert.deepEqual(rows.map(({ row, line }) => `${row}@${line}`), ["1@2", "2@3", "3@4", "4@5", "5@6", "6@7"]);
  assert.deepEqual(rows.map(({ missing }) => missing.split(";")[0]), ["", "color=missing", "", "name=missing", "", ""]);
  assert.ok(rows.every(({ status, width, height }) => `${status} ${width} ${height}` === "ok 180 60"));
  // Equal pictures are one file.
  assert.equal(rows[0].url, rows[4].url);
  for (const [index, name] of names.entries()) {
    const file = await want(worker, 200, `GET ${new URL(rows[index].url).pathname}`);
    const color = index === 1 ? "none" : "%23246";
    const single = await want(worker, 200, `GET /i/acme/card@1.png?name=${encodeURIComponent(name)}&color=${color}&_w=180`);
    assert.deepEqual(file.body, single.body, name);
    assert.ok(rows[index].url.includes(createHash("sha256").update(file.body).digest("hex")));
    assert.equal(`"${rows[index].etag}"`, single.header("etag"));
    assert.equal(Number(rows[index].bytes), file.body.length);
  }
});

test("all files come as one ZIP, which other programs read", async () => {
  const job = await drawn(worker, "template=acme/card&format=jpg&name=%7BName%7D", "Name\nAnn\nBen\nÇelik\n");
  assert.deepEqual(job.zips, [`/v1/batches/${job.id}/files.zip`]);
  const zip = await want(worker, 200, `GET ${job.zips[0]}`);
  assert.equal(zip.header("content-type"), "application/zip");
  const folder = mkdtempSync(`${tmpdir()}/monogram-zip-`);
  try {
    writeFileSync(`${folder}/all.zip`, zip.body);
    const script =
      "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n" +
      "for i in z.infolist(): print(i.filename, i.file_size, z.read(i)[:3].hex())";
    const read = spawnSync("python3", ["-c", script, `${folder}/all.zip`], { encoding: "utf8" });
    assert.equal(read.status, 0, read.stderr);
    const rows = await manifest(worker, job.id);
    assert.deepEqual(read.stdout.trim().split("\n"), rows.map(({ file, bytes }) => `${file} ${bytes} ffd8ff`));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("rows of JSON and records of a collection are drawn too", async () => {
  const begun = await want(worker, 202, "POST /v1/batches", {
    body: { template: "acme/card", rows: [{ name: "Ann", color: "#a00" }, { Name: "Ben" }], format: "gif" },
    headers: { "Content-Type": "application/json" },
  });
  const job = await ended(worker, `/v1/batches/${begun.json().id}`);
  assert.deepEqual((await manifest(worker, job.id)).map(({ file, status }) => `${file} ${status}`), ["1.gif ok", "2.gif ok"]);

  await imported(worker, "acme/members", `id,name\n${Array.from({ length: 60 }, (_, n) => `m${100 + n},Member ${n}`).join("\n")}\n`);
  await want(worker, 200, "PUT /v1/templates/acme/member", {
    body: { ...card, params: { who: { type: "record", collection: "acme/members" } }, background: "#246", layers: [{ ...card.layers[0], text: "{{ who.name }}" }] },
  });
  const members = await want(worker, 202, "POST /v1/batches", {
    body: { template: "acme/member", collection: "acme/members", name: "{id}-{row}" },
    headers: { "Content-Type": "application/json" },
  });
  const all = await ended(worker, `/v1/batches/${members.json().id}`);
  assert.deepEqual([all.rows, all.done, all.failed], [60, 60, 0]);
  const rows = await manifest(worker, all.id);
  assert.deepEqual([rows[0].file, rows[59].file], ["m100-1.png", "m159-60.png"]);
  const single = await want(worker, 200, "GET /i/acme/member@1.png?who=m125");
  assert.deepEqual((await want(worker, 200, `GET ${new URL(rows[25].url).pathname}`)).body, single.body);
  // Who deletes a person deletes the pictures of them.
  await want(worker, 204, "DELETE /v1/records/acme/members/m125");
  await want(worker, 404, `GET ${new URL(rows[25].url).pathname}`);
  await want(worker, 200, `GET ${new URL(rows[26].url).pathname}`);
  assert.equal((await manifest(worker, all.id))[25].status, "failed");
});

test("who deletes a person deletes the pictures of a file whose rows name them", async () => {
  await imported(worker, "acme/guests", "id,name\ng1,Ann\ng2,Ben\n");
  await want(worker, 200, "PUT /v1/templates/acme/guest", {
    body: { ...card, params: { who: { type: "record", collection: "acme/guests" }, seat: { type: "text" } }, background: "#246", layers: [{ ...card.layers[0], text: "{{ who.name }} {{ seat }}" }] },
  });
  const job = await drawn(worker, "template=acme/guest", "who,seat\ng1,A\ng2,B\ng1,C\n");
  const rows = await manifest(worker, job.id);
  assert.deepEqual(rows.map(({ status }) => status), ["ok", "ok", "ok"]);
  await want(worker, 204, "DELETE /v1/records/acme/guests/g1");
  assert.deepEqual((await manifest(worker, job.id)).map(({ status, warnings }) => `${status} ${warnings}`.trim()), ["failed the person was deleted", "ok", "failed the person was deleted"]);
  for (const [row, status] of [[0, 404], [1, 200], [2, 404]]) await want(worker, status, `GET ${new URL(rows[row].url).pathname}`);
});

test("a bad row fails alone, and can be drawn again alone", async () => {
  const file = `Name\nAnn\n"Ben","too",many\nCem\n`;
  const job = await drawn(worker, "template=acme/card", file);
  assert.deepEqual([job.state, job.done, job.failed], ["done", 3, 1]);
  assert.deepEqual(job.failures, [{ row: 2, line: 3, why: "the row has more cells than the header" }]);
  assert.deepEqual((await manifest(worker, job.id)).map(({ status }) => status), ["ok", "failed", "ok"]);
  await want(worker, 202, `POST /v1/batches/${job.id}/retry`);
  const again = await ended(worker, `/v1/batches/${job.id}`);
  assert.deepEqual([again.state, again.done, again.failed], ["done", 3, 1]);
  const good = await drawn(worker, "template=acme/card", "Name\nAnn\n");
  const refused = await api(worker, `POST /v1/batches/${good.id}/retry`);
  assert.deepEqual([refused.status, refused.json().code], [409, "nothing-to-retry"]);
});

test("a batch that was cancelled goes on where it was", async () => {
  const begun = await want(worker, 202, "POST /v1/batches?template=acme/card", {
    body: `Name\n${Array.from({ length: 400 }, (_, n) => `Person ${n}`).join("\n")}\n`,
    headers: { "Content-Type": "text/csv" },
  });
  const { id } = begun.json();
  while ((await want(worker, 200, `GET /v1/batches/${id}`)).json().done === 0) await new Promise((done) => setTimeout(done, 20));
  const cancelled = (await want(worker, 200, `DELETE /v1/batches/${id}`)).json();
  assert.deepEqual([cancelled.state, cancelled.done > 0 && cancelled.done < 400], ["cancelled", true]);
  const resumed = (await want(worker, 202, `POST /v1/batches/${id}/retry`)).json();
  assert.ok(resumed.state === "running" && resumed.done >= cancelled.done);
  const job = await ended(worker, `/v1/batches/${id}`);
  assert.deepEqual([job.state, job.done, job.failed], ["done", 400, 0]);
  assert.deepEqual((await manifest(worker, id)).map(({ row }) => Number(row)), Array.from({ length: 400 }, (_, n) => n + 1));
});

test("the webhook is told of the end, signed, and told again if it fails", async () => {
  hooks.length = 0;
  const secret = "0123456789abcdef0123";
  const job = await drawn(worker, "template=acme/card&webhook=https://hooks.example/done", "Name\nAnn\n", { headers: { "Webhook-Secret": secret } });
  while (hooks.length === 0) await new Promise((done) => setTimeout(done, 20));
  const [{ url, headers, body }] = hooks;
  assert.equal(url, "https://hooks.example/done");
  assert.deepEqual(JSON.parse(body), { type: "batch.done", data: { id: job.id, template: "acme/card", state: "done", rows: 1, failed: 0 } });
  const signed = createHmac("sha256", secret).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${signed}`);
  const told = async () => (await want(worker, 200, `GET /v1/batches/${job.id}`)).json().webhook;
  while ((await told()) === undefined) await new Promise((done) => setTimeout(done, 20));
  assert.equal(await told(), 200);
  // One that fails is told again after ten seconds, under the same id.
  hookStatus = 500;
  hooks.length = 0;
  const failing = await drawn(worker, "template=acme/card&webhook=https://hooks.example/done", "Name\nAnn\n", { headers: { "Webhook-Secret": secret } });
  while (hooks.length === 0) await new Promise((done) => setTimeout(done, 20));
  hookStatus = 204;
  const first = Date.now();
  while (hooks.length === 1) await new Promise((done) => setTimeout(done, 20));
  assert.ok(Date.now() - first > 8_000);
  assert.deepEqual(hooks.map(({ headers }) => headers["webhook-id"]), [failing.id, failing.id]);
  // One whose try was lost, because the Worker ended in the middle of it, is told by the cron.
  hooks.length = 0;
  const past = Math.floor(Date.now() / 1_000) - 500;
  await worker.db.prepare("UPDATE job SET hook_tries = 2, hook_done = 500, ended_at = ? WHERE id = ?").bind(past, failing.id).run();
  await worker.scheduled({ cron: "*/5 * * * *" });
  while (hooks.length === 0) await new Promise((done) => setTimeout(done, 20));
  assert.equal(JSON.parse(hooks[0].body).data.id, failing.id);
  const refused = await api(worker, "POST /v1/batches?template=acme/card&webhook=https://127.0.0.1/", { body: "Name\nAnn\n", headers: { "Content-Type": "text/csv", "Webhook-Secret": secret } });
  assert.deepEqual([refused.status, refused.json().field], [400, "webhook"]);
});

test("a batch is cancelled, deleted, and belongs to its client", async () => {
  const begun = await want(worker, 202, "POST /v1/batches?template=acme/card", {
    body: `Name\n${Array.from({ length: 3_000 }, (_, n) => `Person ${n}`).join("\n")}\n`,
    headers: { "Content-Type": "text/csv" },
  });
  const { id } = begun.json();
  assert.equal(begun.header("location"), `/v1/batches/${id}`);
  const { key } = await makeKey(worker, ["batch"], ["beta/"]);
  await want(worker, 404, `GET /v1/batches/${id}`, { key });
  await want(worker, 404, `DELETE /v1/batches/${id}`, { key });
  await want(worker, 403, "POST /v1/batches?template=acme/card", { key, body: "Name\nAnn\n", headers: { "Content-Type": "text/csv" } });
  assert.deepEqual((await want(worker, 200, "GET /v1/batches", { key })).json().items, []);
  assert.equal((await want(worker, 200, `DELETE /v1/batches/${id}`)).json().state, "cancelled");
  const left = (await want(worker, 200, `GET /v1/batches/${id}`)).json();
  assert.ok(left.done < 3_000, "it was cancelled");
  await want(worker, 204, `DELETE /v1/batches/${id}`);
  await want(worker, 404, `GET /v1/batches/${id}`);
});

test("a small batch of one client does not wait for the large one of another", async () => {
  await publish();
  await want(worker, 200, "PUT /v1/templates/beta/card", { body: card });
  const many = await makeKey(worker, ["batch"], ["acme/"]);
  const few = await makeKey(worker, ["batch"], ["beta/"]);
  const rows = (count) => `Name\n${Array.from({ length: count }, (_, n) => `Person ${n}`).join("\n")}\n`;
  const csv = { "Content-Type": "text/csv" };
  const large = (await want(worker, 202, "POST /v1/batches?template=acme/card", { key: many.key, body: rows(3_000), headers: csv })).json();
  const small = await drawn(worker, "template=beta/card", rows(30), { key: few.key });
  assert.deepEqual([small.state, small.done], ["done", 30]);
  const left = (await want(worker, 200, `DELETE /v1/batches/${large.id}`, { key: many.key })).json();
  assert.ok(left.state === "cancelled" && left.done < 1_500, `${left.done} of the large one are done`);
});

test("calls that ask for what is not there say so", async () => {
  for (const [status, code, query, file] of [
    [400, "bad-template-id", "template=", "Name\nAnn\n"],
    [404, "unknown-template", "template=acme/nothing", "Name\nAnn\n"],
    [404, "unknown-template", "template=acme/card&revision=99", "Name\nAnn\n"],
    [404, "unknown-size", "template=acme/card~square", "Name\nAnn\n"],
    [400, "bad-batch", "template=acme/card&format=pdf", "Name\nAnn\n"],
    [400, "bad-batch", "template=acme/card&colour=red", "Name\nAnn\n"],
    [400, "bad-batch", "template=acme/card&_x=1", "Name\nAnn\n"],
    [422, "bad-file-name", "template=acme/card&name=%7Bnobody%7D", "Name\nAnn\n"],
    [422, "bad-map", "template=acme/card&map.name=Vorname", "Name\nAnn\n"],
    [422, "bad-map", "template=acme/card", "Vor\nAnn\n"],
    [422, "no-rows", "template=acme/card", "Name\n"],
  ]) {
    const answer = await api(worker, `POST /v1/batches?${query}`, { body: file, headers: { "Content-Type": "text/csv" } });
    assert.deepEqual([answer.status, answer.json().code], [status, code], query);
  }
  const json = (body) => JSON.stringify({ template: "acme/card", ...body });
  for (const [status, code, field, remedy, type, body] of [
    [422, "no-rows", "rows", /`rows`.*`collection`/, "application/json", json({ rows: [] })],
    [400, "bad-template-id", "template", /acme\/hello/, "application/json", json({ template: undefined, rows: [{ name: "Ann" }] })],
    [400, "bad-template-id", "template", /application\/json/, "text/csv", json({ rows: [{ name: "Ann" }] })],
    [400, "bad-content-type", "Content-Type", /application\/json/, "application/x-www-form-urlencoded", json({ rows: [{ name: "Ann" }] })],
    [400, "bad-batch", "options", /did you mean _w\?.*_lang/, "application/json", json({ rows: [{ name: "Ann" }], options: "_width=600" })],
    [400, "body-wrong", "formt", /did you mean `format`/, "application/json", json({ rows: [{ name: "Ann" }], formt: "jpg" })],
    [400, "body-wrong", "rows", /brackets/, "application/json", json({ rows: { name: "Ann" } })],
    [400, "body-wrong", "revision", /without quotes/, "application/json", json({ rows: [{ name: "Ann" }], revision: "3" })],
  ]) {
    const answer = await api(worker, "POST /v1/batches", { body, headers: { "Content-Type": type } });
    const said = answer.json();
    assert.deepEqual([answer.status, said.code, said.field], [status, code, field], answer.text());
    assert.match(said.remedy, remedy);
  }
});

test("pictures are drawn before they are asked for", async () => {
  const paths = ["/i/welcome.png?name=Warm&_w=200", "/i/nothing.png"];
  const warmed = await want(worker, 200, "POST /v1/warm", { body: { urls: paths }, headers: { "Content-Type": "application/json" } });
  assert.deepEqual(warmed.json(), { drawn: 1, failed: [1] });
  assert.equal((await api(worker, `GET ${paths[0]}`, { key: null })).header("x-cache"), "hit");
  const refused = await api(worker, "POST /v1/warm", { body: { urls: ["https://other.example/i/welcome.png"] } });
  assert.equal(refused.json().code, "bad-urls");
});

test("a picture of a batch is in no cache, and no request can pretend to be a batch", async () => {
  await drawn(worker, "template=acme/card", "Name\nSecret Person\n");
  const asked = await api(worker, "GET /i/acme/card@1.png?name=Secret+Person", { key: null });
  assert.equal(asked.status, 403);
  const pretended = await api(worker, "GET /i/acme/card@1.png?name=Secret+Person", { key: null, headers: { MONOGRAM_JOB: "0", "X-Monogram-Job": "0" } });
  assert.equal(pretended.status, 403);
});

test("without a queue nothing is begun", () =>
  withWorker({ ...API, front: `
    import worker from "./index.js";
    export default { fetch: (request, { JOBS, ...env }, ctx) => worker.fetch(request, env, ctx) };` }, async (bare) => {
    const answer = await api(bare, "POST /v1/batches?template=welcome", { body: "name\nAnn\n", headers: { "Content-Type": "text/csv" } });
    assert.deepEqual([answer.status, answer.json().code], [503, "no-queue"]);
    assert.deepEqual((await want(bare, 200, "GET /v1/batches")).json().items, []);
  }));
