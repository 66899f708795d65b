// Which module of the Worker a URL is for: what is written in front of it agrees with the table of routes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isOffice } from "../../worker/src/paths.js";
import { API, ROUTES, api, makeKey } from "./api.mjs";
import { ask, workerForFile } from "./answers.mjs";
import { requestLines } from "./harness.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ ...API, kv: { card: card() } });
const ORIGIN = "https://img.example";

test("every route of the table goes to its module", () => {
  assert.ok(ROUTES.some(({ drawn }) => drawn) && ROUTES.some(({ drawn }) => !drawn));
  for (const { pattern, drawn } of ROUTES) {
    const path = pattern.replace(/\{\w+\+?\}/g, "acme");
    for (const end of ["", "?", "?limit=1", "#top", "?a=/v1/keys"]) {
      assert.equal(isOffice(ORIGIN + path + end), !drawn, path + end);
    }
  }
});

test("what is no route is for the module that draws, and what may be one is for the one that reads the table", () => {
  for (const [path, expected] of [
    ["/favicon.ico", false],
    ["/robots.txt", false],
    ["/v1", false],
    ["/mcpx", false],
    ["/i/v1/keys.png", false],
    ["/i/a%2Fb.png", false],
    ["/v1/preview", true],
    ["/v1/x", true],
    ["/%76%31/keys", true],
    ["/v1%2Fkeys", true],
    ["/%69/card.png", true],
  ]) {
    assert.equal(isOffice(ORIGIN + path), expected, path);
  }
});

test("a path whose beginning is encoded is the route that it stands for", async () => {
  for (const path of ["/%69/card.png?name=Maria", "/i%2Fcard.png?name=Maria"]) {
    const answer = await ask(worker, path);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.picture().width, 300, path);
  }
  assert.equal((await ask(worker, "/%68ealthz")).json().status, "ok");
  assert.equal((await ask(worker, "/%76%31/senders")).status, 200);
  assert.equal((await ask(worker, "/v1%2Fkeys")).status, 401);
  const preview = await api(worker, "POST /v1/previe%77", { body: { document: JSON.parse(card()) } });
  assert.deepEqual([preview.status, preview.header("content-type")], [200, "image/png"]);
  for (const path of ["/nothing", "/v1/nothing", "/%6Eothing"]) {
    assert.deepEqual([(await ask(worker, path)).status, (await ask(worker, path)).json().code], [404, "unknown-page"], path);
  }
});

test("a call that is passed on has the key's rights and no more, and is counted once", async () => {
  const { key } = await makeKey(worker, ["templates:read"], ["acme/"]);
  const tool = (name, args) =>
    ask(worker, "/mcp", {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
      headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: `Bearer ${key}` },
    });
  const before = (await requestLines(worker, 0)).length;
  const other = (await tool("preview", { document: JSON.parse(card()), id: "globex/x" })).json().result;
  assert.deepEqual([other.isError, other.structuredContent.code], [true, "other-prefix"]);
  const own = (await tool("preview", { document: JSON.parse(card()), id: "acme/x" })).json().result;
  assert.equal(own.isError, false);
  const lines = (await requestLines(worker, before + 2)).slice(before);
  assert.deepEqual(lines.filter(({ kind }) => kind === "preview").map(({ problem }) => problem).sort(), ["other-prefix", undefined]);
});

test("nobody can say who calls but the module beside", async () => {
  for (const headers of [{ MONOGRAM_CALLER: '[0,"admin",null,null]' }, { MONOGRAM_JOB: "0" }]) {
    const answer = await ask(worker, "/v1/preview", { method: "POST", body: "{}", headers });
    assert.equal(answer.status, 401);
  }
});
