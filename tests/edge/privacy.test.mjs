// The values in a recipient's URL are in the picture only: no header and no line of the log repeats
// them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, withWorker, workerForFile } from "./answers.mjs";
import { API, ROUTES, api } from "./api.mjs";
import { requestLines } from "./harness.mjs";
import { STORES } from "./stores.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ kv: { card: card(), broken: "{" } });

const SECRET = /s[e3]cret/i;

test("no value is in a header or in the log", async () => {
  const requests = [
    ["/i/card.png?name=Secret&company=Secret+Ltd&_lang=secret&utm_source=secret"],
    ["/i/card.png?name=&name.default=Secret&secret=1&Secret"],
    ["/i/card.png?name.b64=U2VjcmV0&color=secret&points=secret&plan=secret&_dpr=secret"],
    ["/i/card.png?name=Secret", { headers: { "If-None-Match": '"secret", *', Referer: "https://secret.example/", Cookie: "a=secret" } }],
    ["/i/card.jpg?name=Secret"],
    ["/i/card.json?name=Secret"],
    ["/i/card.html?name=Secret"],
    ["/i/card.txt?name=Secret"],
    ["/i/secret.png?name=Secret"],
    ["/i/secret.json?name=Secret"],
    ["/i/card@9.png?name=Secret"],
    ["/i/broken.png?name=Secret"],
    ["/i/SECRET"],
    ["/secret?secret"],
    ["/s/secret/card.png?name=Secret"],
    ["/x/secret/secret.png"],
    ["/i/card.png?name=Secret", { method: "POST", body: "secret" }],
    [`/i/card.png?name=${"Secret".repeat(3_000)}`],
  ];
  // The third answer may come without wasm.
  const thrice = requests.flatMap((request) => [request, request, request]);
  for (const [path, init] of thrice) {
    const { headers } = await ask(worker, path, init);
    for (const [name, value] of headers) assert.doesNotMatch(`${name}: ${value}`, SECRET, path.slice(0, 60));
  }
  assert.equal((await requestLines(worker, thrice.length)).length, thrice.length);
  for (const { message } of worker.logs) assert.doesNotMatch(message, SECRET);
});

test("each request is one line of JSON", async () => {
  const before = (await requestLines(worker, 0)).length;
  const answer = await ask(worker, "/i/card.png?name=Once");
  const lines = (await requestLines(worker, before + 1)).slice(before);
  assert.equal(lines.length, 1);
  const [{ bytes, ms, ...line }] = lines;
  assert.ok(bytes > 0 && ms >= 0);
  assert.deepEqual(line, {
    event: "request", kind: "image", template: "card", format: "png", status: 200, cache: "miss", warnings: 0,
    params: "color=missing;why=absent;use=template-default, company=missing;why=absent, plan=missing;why=absent, points=missing;why=absent;use=template-default",
    request: answer.header("x-request-id"),
  });
});

test("the log names the mail service whose proxy asks, and nothing else of it", async () => {
  const agents = [
    ["Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "gmail"],
    ["YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", "yahoo"],
    ["Mozilla/5.0", "apple"],
    ["Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15", undefined],
  ];
  // The third and later answers come without wasm.
  for (let times = 0; times < 3; times++) {
    for (const [agent, proxy] of agents) {
      const before = (await requestLines(worker, 0)).length;
      await ask(worker, "/i/card.png?name=Proxied", { headers: { "User-Agent": agent } });
      const line = (await requestLines(worker, before + 1)).at(-1);
      assert.equal(line.proxy, proxy, agent);
    }
  }
});

test("no route repeats what a stranger wrote, whatever fails", () =>
  withWorker({ ...API, front: STORES, kv: { card: card() } }, async (worker) => {
    // Values: the names of fields are in errors, for the author of a body.
    const canary = "canary7f3a";
    const key = "mg_live_canary7f3acanary7f3a";
    let asked = 0;
    for (const { method, pattern } of ROUTES) {
      const path = pattern.replace("{kid}", "7").replace(/\{(font)\+\}/, `${canary}/Brand/400`).replace(/\{(image)\+\}/, `${canary}.png`).replace(/\{\w+\+?\}/g, canary);
      const query = `?name=${canary}&prefix=${canary}&cursor=${canary}&esp=${canary}&sender=${canary}&${canary}=1`;
      for (const fail of ["", "database", "kv", "kv-read", "before 1", "after 1"]) {
        for (const sent of [undefined, null, key]) {
          for (const body of method === "GET" || method === "DELETE" ? [undefined] : [canary, { template: canary, document: canary, params: { name: canary }, rows: [{ name: canary }], method: canary }]) {
            asked++;
            const headers = { "User-Agent": `${canary} GoogleImageProxy`, Referer: `https://${canary}.example/`, "If-None-Match": `"${canary}"`, ...(fail && { "X-Fail": fail }) };
            const answer = await api(worker, `${method} ${path}${query}`, { ...(sent !== undefined && { key: sent }), body, headers });
            for (const [name, value] of answer.headers) assert.ok(!value.includes(canary), `${name} of ${method} ${pattern}, ${fail}: ${value}`);
            const isProblem = (answer.header("content-type") ?? "").includes("problem");
            if (isProblem) assert.ok(!answer.text().includes(canary), `${method} ${pattern}, ${fail}: ${answer.text()}`);
          }
        }
      }
    }
    assert.ok(asked > 600, `${asked} requests`);
    assert.ok((await requestLines(worker, asked)).length >= asked);
    for (const { message } of worker.logs) assert.ok(!message.includes(canary), message.slice(0, 300));
  }));
