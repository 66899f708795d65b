// The values in a recipient's URL are in the picture only: no header and no line of the log repeats
// them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, workerForFile } from "./answers.mjs";
import { requestLines } from "./harness.mjs";
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
