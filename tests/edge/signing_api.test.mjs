// URLs that the API signs and seals, previews of drafts, and the limit of drawings.

import assert from "node:assert/strict";
import { test } from "node:test";
import { API, api, makeKey, plain, want } from "./api.mjs";
import { ask, withWorker, workerForFile } from "./answers.mjs";
import { loggedLines, requestLines } from "./harness.mjs";
import { FRONT } from "./front.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ ...API, kv: { "acme/hello": card({ access: "signed" }), "acme/hello@4": card({ access: "signed" }), "globex/hello": card() } });

test("a signed URL is drawn, with what it fixes and what its query fills", async () => {
  const { key, kid } = await makeKey(worker, ["sign"], ["acme/"]);
  const body = { template: "acme/hello", revision: 4, open: ["name"], fixed: { company: "Acme", points: 7 }, expires: "2100-01-01T00:00:00Z" };
  const signed = (await want(worker, 200, "POST /v1/sign", { key, body })).json();
  assert.deepEqual([signed.kid, signed.expires, signed.url], [kid, "2100-01-01T00:00:00Z", worker.url + signed.path]);
  assert.match(signed.path, /^\/s\/[\w-]+\/acme\/hello@4\.png$/);
  const picture = await ask(worker, `${signed.path}?name=Maria`);
  assert.equal(picture.status, 200);
  assert.ok((await ask(worker, `${signed.path}?name=Maria&company=Evil&points=9`)).body.equals(picture.body));
  assert.ok(!(await ask(worker, `${signed.path}?name=Ana`)).body.equals(picture.body));
  assert.equal((await ask(worker, `${signed.path.replace("@4", "")}?name=Maria`)).status, 403);
  await want(worker, 403, "POST /v1/sign", { key, body: { template: "globex/hello" } });
  await want(worker, 404, "POST /v1/sign", { key, body: { template: "acme/none" } });
  for (const [status, body, field] of [
    [422, { expires: "2020-01-01" }, "expires"],
    [400, { open: ["nmae"] }, "open.nmae"],
    [400, { open: ["name"], sender: "mailchip" }, "sender"],
    [400, { open: "name" }, "open"],
    [400, { exprires: "30d" }, "exprires"],
  ]) {
    const said = (await want(worker, status, "POST /v1/sign", { key, body: { template: "acme/hello", ...body } })).json();
    assert.equal(said.field, field);
    assert.ok(said.remedy);
  }
});

test("the URLs of a key that has leaked can be refused, and those of other keys are not", () =>
  withWorker({ ...API, kv: { "acme/hello": card({ access: "signed" }) }, front: FRONT }, async (worker) => {
    const [leaked, other] = [await makeKey(worker, ["sign"], ["acme/"]), await makeKey(worker, ["sign"], ["acme/"])];
    const path = async ({ key }) => (await want(worker, 200, "POST /v1/sign", { key, body: { template: "acme/hello", open: ["name"] } })).json().path;
    const [bad, good] = [await path(leaked), await path(other)];
    const sealed = (await want(worker, 200, "POST /v1/seal", { key: leaked.key, body: { template: "acme/hello", rows: [{ name: "Maria" }] } })).json().urls[0];
    const status = async (path, headers) => (await ask(worker, path, { headers })).status;
    await want(worker, 204, `DELETE /v1/keys/${leaked.kid}`);
    assert.equal(await status(bad), 200, "its URLs are a matter of their own");
    await want(worker, 204, `DELETE /v1/keys/${leaked.kid}?urls=true`);
    assert.deepEqual([await status(bad), await status(sealed.slice(worker.url.length)), await status(good)], [403, 403, 200]);
    // Another isolate finds out when its memory ends. While KV is down, it knows what it knew.
    await worker.kv.put("revoked:keys", "[]");
    assert.equal(await status(bad), 403);
    assert.equal(await status(bad, { "X-Kv": "rejects", "X-Later-Ms": "31000" }), 403);
    assert.equal(await status(bad, { "X-Later-Ms": "62000" }), 200);
  }));

test("a sender gets the URL with its tags and a snippet", async () => {
  for (const [sender, tag] of [["mailchimp", "*|"], ["klaviyo", "{{ first_name"], ["hubspot", "{{"]]) {
    const body = { template: "acme/hello", open: ["name"], fixed: { company: "Acme" }, sender, width: 600 };
    const { pattern, html, path, preview } = (await want(worker, 200, "POST /v1/sign", { body })).json();
    assert.ok(pattern.startsWith(`${worker.url}${path}?`) && pattern.includes(tag) && !pattern.includes("company"), pattern);
    assert.match(html, /^<img src=.*alt=.*>$/);
    assert.equal((await ask(worker, preview.slice(worker.url.length))).status, 200);
  }
});

test("sealed URLs are drawn, and show nothing of their values", async () => {
  const rows = [{ name: "Maria", email: "maria@example.com" }, { name: "Zoë" }];
  const sealed = (await want(worker, 200, "POST /v1/seal", { body: { template: "acme/hello", rows, format: "jpg" } })).json();
  assert.deepEqual([sealed.urls.length, sealed.ignored], [2, ["email"]]);
  for (const url of sealed.urls) {
    assert.equal((await ask(worker, url.slice(worker.url.length))).header("content-type"), "image/jpeg");
    assert.doesNotMatch(Buffer.from(url.split("/")[4], "base64url").toString("latin1"), /Maria|Zo/);
  }
  const again = (await want(worker, 200, "POST /v1/seal", { body: { template: "acme/hello", rows, format: "jpg", expires: sealed.expires } })).json();
  assert.deepEqual(again.urls, sealed.urls, "equal values give equal URLs");
});

test("a draft is drawn as it would be published, and nothing of it is stored", async () => {
  const document = JSON.parse(card());
  const preview = await want(worker, 200, "POST /v1/preview", { body: { document, params: { name: "Maria" }, options: { _w: 600 } } });
  await worker.kv.put("draft", card());
  assert.ok(preview.body.equals((await ask(worker, "/i/draft.png?name=Maria&_w=600")).body));
  assert.deepEqual([preview.header("content-type"), preview.header("cache-control")], ["image/png", "no-store"]);
  const explained = (await want(worker, 200, "POST /v1/preview", { body: { document, format: "json", params: { name: "" } } })).json();
  assert.equal(explained.width, 300);
  assert.equal((await want(worker, 200, "POST /v1/preview", { body: { document, format: "txt", params: { name: "Zoë" } } })).text(), "Hello, Zoë!");
  await want(worker, 422, "POST /v1/preview", { body: { document: { ...document, layers: [{ type: "rct" }] } } });
  await want(worker, 400, "POST /v1/preview", { body: { document, format: "bmp" } });
  assert.equal((await worker.kv.list()).keys.filter(({ name }) => !/hello|^draft$|^\.baselines/.test(name)).length, 0);
  assert.equal((await worker.db.prepare("SELECT count(*) AS n FROM revision").first()).n, 0);
});

test("a network that asks for too many new pictures gets the one without values, and 200", () =>
  withWorker({ kv: { card: card() }, rateLimits: { RENDER_LIMIT: 3 } }, async (worker) => {
    const get = (name, network = "203.0.113") => ask(worker, `/i/card.png?name=${name}`, { headers: { "CF-Connecting-IP": `${network}.9` } });
    const first = [];
    for (const name of ["Ana", "Ben", "Cy"]) first.push(await get(name));
    const over = await get("Dee");
    assert.deepEqual([over.status, over.header("cache-control")], [200, "public, max-age=60"]);
    assert.ok(over.body.equals((await get("", "198.51.100")).body), "the picture without values");
    assert.ok((await get("Ana")).body.equals(first[0].body), "what is cached is sent as before");
    assert.ok(!(await get("Dee", "198.51.100")).body.equals(over.body), "another network is not concerned");
    assert.ok((await requestLines(worker, 6)).some(({ problem }) => problem === "too-many-pictures"));
  }));

test("no value of a recipient is in a header, an error, a line of the log or the log of writes", async () => {
  const canary = "Canary7f3a";
  const { key } = await makeKey(worker, ["sign", "templates:read", "templates:write", "assets:write", "admin"], ["acme/"]);
  const document = JSON.parse(card());
  const calls = [
    ["POST /v1/sign", { template: "acme/hello", fixed: { company: canary, color: canary } }],
    ["POST /v1/sign", { template: "acme/hello", fixed: { name: [canary] } }],
    ["POST /v1/sign", { template: "acme/hello", open: [`${canary} x`] }],
    ["POST /v1/sign", `{"template":"acme/hello","expires":"${canary}"}`],
    ["POST /v1/sign", `{"template":"${canary}"}`],
    ["POST /v1/seal", { template: "acme/hello", rows: [{ name: canary }] }],
    ["POST /v1/seal", { template: "acme/hello", rows: [{ name: { [canary]: 1 } }] }],
    ["POST /v1/seal", `{"template":"acme/hello","rows":"${canary}"}`],
    ["POST /v1/seal", `{"${canary}`],
    ["POST /v1/preview", { document, params: { name: canary, points: canary, [canary]: canary } }],
    ["POST /v1/preview", { document, params: { name: [canary] } }],
    ["POST /v1/preview", { document, format: canary }],
    ["POST /v1/keys", { scopes: [canary] }],
    ["POST /v1/keys", { scopes: ["sign"], prefixes: [canary] }],
    [`GET /v1/templates?prefix=${canary}&cursor=${canary}`],
    [`GET /v1/templates?limit=${canary}`],
    [`GET /v1/templates/acme/hello?revision=${canary}&name=${canary}`],
    [`GET /v1/assets/acme/a.png?name=${canary}`],
    [`PUT /v1/assets/acme/a.png`, canary],
    [`DELETE /v1/keys/${canary}`],
    [`GET /v1/${canary}`],
  ];
  for (const [call, body] of calls) {
    for (const sent of [key, canary, `mg_live_${canary}`]) {
      const answer = await api(worker, call, { body, key: sent, headers: { "If-Match": `"${canary}"`, Referer: `https://${canary}.example/` } });
      for (const [name, value] of answer.headers) assert.ok(!value.includes(canary), `${name} of ${call}`);
      if (answer.status >= 400) assert.ok(!answer.text().includes(canary), `${call}: ${answer.text()}`);
    }
  }
  const { results } = await worker.db.prepare("SELECT * FROM audit").all();
  assert.ok(!JSON.stringify(results).includes(canary));
  await loggedLines(worker, "{", calls.length * 3);
  for (const { message } of worker.logs) assert.ok(!message.includes(canary) && !message.includes(key), message);
});

test("a call is one line of the log: its key's number, its request id, and no text", async () => {
  const { kid, key } = await makeKey(worker, ["templates:write"], ["acme/"]);
  const answer = await want(worker, 200, "PUT /v1/templates/acme/logged", { key, body: plain() });
  const lines = await loggedLines(worker, '{"event":"request","kind":"put-template"', 1);
  const { ms, bytes, ...line } = JSON.parse(lines.at(-1));
  assert.ok(ms >= 0 && bytes > 0);
  assert.deepEqual(line, {
    event: "request", kind: "put-template", template: "acme/logged", revision: 1, status: 200, cache: "", warnings: 0, kid, request: answer.header("x-request-id"),
  });
});
