// What a recipient's URL says stays in the picture: no header and no log line repeats it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { requestLines, startWorker } from "./harness.mjs";
import { card } from "./template.mjs";

let worker;
before(async () => {
  worker = await startWorker({ kv: { card: card(), broken: "{" } });
});
after(() => worker?.dispose());

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
  // The third time it may be answered without wasm.
  const thrice = requests.flatMap((request) => [request, request, request]);
  for (const [path, init] of thrice) {
    const response = await worker.fetch(path, init);
    await response.arrayBuffer();
    for (const [name, value] of response.headers) assert.doesNotMatch(`${name}: ${value}`, SECRET, path.slice(0, 60));
  }
  assert.equal((await requestLines(worker, thrice.length)).length, thrice.length);
  for (const { message } of worker.logs) assert.doesNotMatch(message, SECRET);
});

test("each request is one line of JSON", async () => {
  const before = (await requestLines(worker, 0)).length;
  await (await worker.fetch("/i/card.png?name=Once")).arrayBuffer();
  const lines = (await requestLines(worker, before + 1)).slice(before);
  assert.equal(lines.length, 1);
  const [{ bytes, ms, ...line }] = lines;
  assert.ok(bytes > 0 && ms >= 0);
  assert.deepEqual(line, {
    event: "request", kind: "image", template: "card", format: "png", status: 200, cache: "miss", warnings: 0,
  });
});
