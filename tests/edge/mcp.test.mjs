// POST /mcp: the tools of a program that a language model drives, in both generations of the protocol.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { API, SCOPES, makeKey, plain, want } from "./api.mjs";
import { ask, withWorker, workerForFile } from "./answers.mjs";
import { FRONT } from "./front.mjs";
import { loggedLines } from "./harness.mjs";
import { decode } from "./png.mjs";
import { card } from "./template.mjs";

const worker = workerForFile(API);
const CASES = JSON.parse(readFileSync(new URL("mcp.json", import.meta.url), "utf8"));
const CURRENT = "2026-07-28";
const TOOLS = ["list_templates", "get_template", "validate_template", "preview", "publish_template", "sign_url", "snippet", "lint_email", "explain"];

/** Publishes what the cases are about. */
async function publish(worker) {
  await want(worker, 200, "PUT /v1/templates/acme/hello", { body: card() });
  await want(worker, 200, "PUT /v1/templates/acme/signed", { body: card({ access: "signed" }) });
  await want(worker, 200, "PUT /v1/templates/globex/there", { body: plain() });
  await want(worker, 200, "PUT /v1/templates/globex/secret", { body: card({ access: "signed" }) });
}

/** Sends a body to /mcp. */
const post = (worker, key, body, headers = {}) =>
  ask(worker, "/mcp", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream", ...(key && { Authorization: `Bearer ${key}` }), ...headers },
  });

/** Sends a request as a client of revision 2026-07-28 does. */
const send = (worker, key, method, params = {}, headers = {}) =>
  post(
    worker,
    key,
    { jsonrpc: "2.0", id: 7, method, params: { ...params, _meta: { "io.modelcontextprotocol/protocolVersion": CURRENT } } },
    { "MCP-Protocol-Version": CURRENT, "Mcp-Method": method, ...(params.name && { "Mcp-Name": params.name }), ...headers },
  );

/** Calls a tool, and returns its result. */
async function call(worker, key, name, args) {
  const answer = await send(worker, key, "tools/call", { name, arguments: args });
  assert.equal(answer.status, 200, answer.text());
  const { jsonrpc, id, result } = answer.json();
  assert.deepEqual([jsonrpc, id, result?.resultType], ["2.0", 7, "complete"], answer.text());
  return result;
}

/** Checks that a value has all that is expected of it: a text begins so, a list has such entries first. */
function assertHas(got, expected, about) {
  if (typeof expected === "string") assert.ok(String(got).startsWith(expected), `${about}: ${got}`);
  else if (expected === null || typeof expected !== "object") assert.equal(got, expected, about);
  else {
    if (Array.isArray(expected) && expected.length === 0) assert.deepEqual(got, [], about);
    assert.ok(got !== null && typeof got === "object", `${about}: ${JSON.stringify(got)}`);
    for (const [name, value] of Object.entries(expected)) assertHas(got[name], value, `${about}: ${name}`);
  }
}

test("every tool does what its cases say, and fails with words", async () => {
  await publish(worker);
  const { key } = await makeKey(worker, SCOPES.filter((scope) => scope !== "admin"), ["acme/"]);
  assert.deepEqual([...new Set(CASES.map(({ tool }) => tool))], TOOLS, "every tool has cases");
  for (const { about, tool, arguments: args, has, error, picture } of CASES) {
    const name = `${tool}: ${about}`;
    const { content, structuredContent, isError } = await call(worker, key, tool, args);
    assert.equal(isError, error !== undefined, `${name}: ${content.at(-1).text}`);
    if (error) {
      assert.equal(structuredContent.code, error, name);
      assert.ok(content[0].text.includes(structuredContent.detail) && content[0].text.endsWith(`[${error}]`), name);
      continue;
    }
    assertHas(structuredContent, has, name);
    assert.deepEqual(JSON.parse(content.at(-1).text), structuredContent, name);
    assert.equal(content.length, picture ? 2 : 1, name);
    if (!picture) continue;
    const [{ type, mimeType, data }] = content;
    assert.deepEqual([type, mimeType], ["image", "image/png"], name);
    const { width, height } = decode(Buffer.from(data, "base64"));
    assert.deepEqual([width, height], picture, name);
  }
  // What was published is live, and is spelled as it was sent.
  assert.equal((await ask(worker, "/i/acme/new.png")).picture().width, 32);
  const stored = await want(worker, 200, "GET /v1/templates/acme/new");
  assert.equal(stored.text(), '{"width":32,"height":20,"access":"public","layers":[]}');
});

test("a preview that is refused says what was meant", async () => {
  const { key } = await makeKey(worker, ["templates:read"], ["acme/"]);
  const document = { width: 30, height: 20, layers: [{ type: "text", text: "Hi", font_size: 12 }] };
  const { isError, structuredContent } = await call(worker, key, "preview", { document });
  assert.deepEqual([isError, structuredContent.field, structuredContent.remedy], [true, "layers[0].font_size", "did you mean `size`?"]);
});

test("a preview is the picture of the URL, byte for byte", async () => {
  const { key } = await makeKey(worker, ["templates:read"], ["acme/"]);
  await want(worker, 200, "PUT /v1/templates/acme/same", { body: card() });
  for (const format of ["png", "jpg"]) {
    const { content } = await call(worker, key, "preview", { id: "acme/same", params: { name: "Zoë & Co" }, format });
    const picture = await ask(worker, `/i/acme/same.${format}?name=Zo%C3%AB+%26+Co`);
    assert.equal(picture.status, 200);
    assert.ok(Buffer.from(content[0].data, "base64").equals(picture.body), format);
  }
});

test("a URL that a tool signs is drawn and explained", async () => {
  const { key } = await makeKey(worker, ["sign"], ["acme/"]);
  await want(worker, 200, "PUT /v1/templates/acme/private", { body: card({ access: "signed" }) });
  const { structuredContent } = await call(worker, key, "sign_url", { template: "acme/private", open: ["name"], fixed: { company: "Acme" } });
  assert.equal((await ask(worker, `${structuredContent.path}?name=Maria`)).status, 200);
  const { structuredContent: report } = await call(worker, key, "explain", { url: `${structuredContent.url}?name=Maria&company=Evil` });
  assert.deepEqual([report.params.name.value, report.params.company.value], ["Maria", "Acme"]);
});

test("the list has the tools that the key's scopes allow, and a call without the scope names it", async () => {
  const needs = { list_templates: "templates:read", get_template: "templates:read", validate_template: "templates:read", preview: "templates:read", publish_template: "templates:write", sign_url: "sign", lint_email: "sign" };
  for (const scope of SCOPES) {
    const { key } = await makeKey(worker, [scope], ["acme/"]);
    const list = (await send(worker, key, "tools/list")).json().result;
    const expected = TOOLS.filter((tool) => scope === "admin" || !needs[tool] || needs[tool] === scope);
    assert.deepEqual(list.tools.map(({ name }) => name), expected, scope);
    assert.deepEqual([list.resultType, list.cacheScope], ["complete", "private"]);
    for (const { name, description, inputSchema } of list.tools) assert.ok(description && inputSchema.additionalProperties === false, name);
    for (const { tool, arguments: args, error } of CASES.filter(({ tool, error }) => !expected.includes(tool) && error === undefined)) {
      const { isError, structuredContent, content } = await call(worker, key, tool, args);
      assert.deepEqual([isError, structuredContent.code], [true, "missing-scope"], `${scope}: ${tool}: ${error}`);
      assert.ok(content[0].text.includes(`lacks the scope ${needs[tool]}`), content[0].text);
    }
  }
});

test("an email's template that must be signed needs the scope sign", async () => {
  const html = '<img src="https://img.example/i/acme/private.png?nmae=x" alt="Hi" width="300" height="120">';
  await want(worker, 200, "PUT /v1/templates/acme/private", { body: card({ access: "signed" }) });
  const [signer, reader] = [await makeKey(worker, ["sign"], ["acme/"]), await makeKey(worker, ["stats"], ["acme/"])];
  const { structuredContent } = await call(worker, signer.key, "lint_email", { html });
  assert.ok(structuredContent.findings.some(({ code }) => code === "unknown-param"), JSON.stringify(structuredContent));
  assert.equal((await call(worker, reader.key, "lint_email", { html })).structuredContent.code, "missing-scope");
});

test("another client's ids answer the same whether they exist or not", async () => {
  await publish(worker);
  const { key } = await makeKey(worker, SCOPES, ["globex/"]);
  const document = JSON.parse(plain());
  for (const [tool, args] of [
    ["get_template", (id) => ({ id })],
    ["validate_template", (id) => ({ id, document })],
    ["preview", (id) => ({ id })],
    ["preview", (id) => ({ id, document })],
    ["publish_template", (id) => ({ id, document })],
    ["sign_url", (template) => ({ template })],
  ]) {
    const [there, absent] = [await call(worker, key, tool, args("acme/hello")), await call(worker, key, tool, args("acme/absent"))];
    assert.equal(there.structuredContent.code, "other-prefix", tool);
    assert.deepEqual(there, absent, tool);
  }
  assert.ok(!JSON.stringify(await call(worker, key, "list_templates", {})).includes("acme"));
});

test("what is no call of a tool is refused as the protocol wants it", async () => {
  const { key } = await makeKey(worker, ["templates:read"], ["acme/"]);
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const meta = (version) => ({ ...list, params: { _meta: { "io.modelcontextprotocol/protocolVersion": version } } });
  for (const [about, body, headers, status, code] of [
    ["no JSON", "{", {}, 400, -32700],
    ["two requests", [list, list], {}, 400, -32600],
    ["an unknown method", { ...list, method: "resources/list" }, {}, 404, -32601],
    ["an unknown tool", { ...list, method: "tools/call", params: { name: "none" } }, {}, 200, -32602],
    ["a header that is missing", meta(CURRENT), {}, 400, -32020],
    ["a header with another method", meta(CURRENT), { "MCP-Protocol-Version": CURRENT, "Mcp-Method": "tools/call" }, 400, -32020],
    ["an unknown revision", meta("2030-01-01"), { "MCP-Protocol-Version": "2030-01-01" }, 400, -32022],
  ]) {
    const answer = await post(worker, key, body, headers);
    assert.deepEqual([answer.status, answer.json().error?.code], [status, code], about);
    assert.equal(answer.header("content-type"), "application/json", about);
    assert.equal(answer.header("cache-control"), "no-store", about);
  }
  const { data } = (await post(worker, key, meta("2030-01-01"), { "MCP-Protocol-Version": "2030-01-01" })).json().error;
  assert.deepEqual([data.supported[0], data.requested], [CURRENT, "2030-01-01"]);

  const notification = await post(worker, key, { jsonrpc: "2.0", method: "notifications/initialized" });
  assert.deepEqual([notification.status, notification.text()], [202, ""]);
  for (const method of ["GET", "DELETE", "PUT"]) {
    const answer = await ask(worker, "/mcp", { method, headers: { Authorization: `Bearer ${key}` } });
    assert.deepEqual([answer.status, answer.header("allow")], [405, "POST, OPTIONS"], method);
  }
});

test("without a valid key, or from a page of another origin, nothing is answered", async () => {
  const { key } = await makeKey(worker, ["templates:read"], ["acme/"]);
  for (const [sent, code] of [[null, "no-key"], ["mg_live_x", "bad-key"]]) {
    for (const method of ["server/discover", "tools/list", "initialize"]) {
      const answer = await post(worker, sent, { jsonrpc: "2.0", id: 1, method });
      assert.deepEqual([answer.status, answer.json().code, answer.header("www-authenticate")], [401, code, "Bearer"], method);
    }
  }
  for (const [origin, status] of [["https://evil.example", 403], ["null", 403], [worker.url, 200], [undefined, 200]]) {
    const answer = await send(worker, key, "tools/list", {}, origin && { Origin: origin });
    assert.equal(answer.status, status, origin);
    assert.equal(answer.header("access-control-allow-origin"), null, origin);
  }
  const preflight = await ask(worker, "/mcp", { method: "OPTIONS" });
  assert.deepEqual([preflight.status, preflight.header("access-control-allow-methods")], [204, null]);
});

test("a key that expires, the rate limit and the cap on bodies hold", () =>
  withWorker({ ...API, front: FRONT, rateLimits: { API_LIMIT: 6 } }, async (worker) => {
    const { key } = await makeKey(worker, ["sign"], ["acme/"], { expires: "1h" });
    assert.equal((await send(worker, key, "tools/list", {}, { "X-Later-Ms": "3600000" })).json().code, "key-expired");
    const large = await call(worker, key, "lint_email", { html: "x".repeat(500_000) });
    assert.equal(large.isError, false);
    const answer = await send(worker, key, "tools/call", { name: "lint_email", arguments: { html: "x".repeat(1_100_000) } });
    assert.deepEqual([answer.status, answer.json().code], [413, "body-too-large"]);
    const statuses = [];
    for (let times = 0; times < 5; times++) statuses.push((await send(worker, key, "tools/list")).status);
    assert.deepEqual(statuses.slice(-2), [429, 429], "a call of a tool is one call");
    assert.equal(statuses[0], 200);
  }));

test("no value, no id of a recipient and no key is in a log or in an error", async () => {
  const canary = "Xq7canary";
  const { key, kid } = await makeKey(worker, ["templates:read", "sign"], ["acme/"]);
  const before = worker.logs.length;
  const document = JSON.parse(card());
  const calls = [
    ["preview", { document, params: { name: canary, points: canary } }, false],
    ["preview", { document, params: { name: [canary] } }, true],
    ["preview", { format: canary }, true],
    ["preview", { [canary]: 1 }, true],
    ["get_template", { id: canary }, true],
    ["list_templates", { cursor: canary, limit: 0 }, true],
    ["sign_url", { template: "acme/signed", fixed: { color: canary } }, true],
    ["sign_url", { template: "acme/signed", expires: canary }, true],
    ["snippet", { template: "acme/hello", sender: "klaviyo", values: { points: canary } }, true],
    ["lint_email", { html: `<img src="https://img.example/i/acme/hello.png?name=${canary}">` }, false],
    ["explain", { url: `/i/acme/none.png?name=${canary}` }, true],
    ["explain", { url: `https://${canary}.example` }, true],
  ];
  for (const [tool, args, fails] of calls) {
    const answer = await send(worker, key, "tools/call", { name: tool, arguments: args });
    for (const [name, value] of answer.headers) assert.ok(!value.includes(canary), `${name} of ${tool}`);
    assert.equal(answer.json().result.isError, fails, `${tool}: ${answer.text().slice(0, 300)}`);
    if (fails) assert.ok(!answer.text().includes(canary), `${tool}: ${answer.text()}`);
  }
  for (const body of [`{"${canary}`, { jsonrpc: "2.0", id: 1, method: canary }, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: canary } }]) {
    const answer = await post(worker, key, body);
    assert.ok(answer.json().error && !answer.text().includes(canary), answer.text());
  }
  await loggedLines(worker, "{", before + calls.length + 3);
  for (const { message } of worker.logs) assert.ok(!message.includes(canary) && !message.includes(key), message);
  // The log says which tool was called, by which key.
  const line = worker.logs.map(({ message }) => message).find((message) => message.includes('"kind":"explain"') && message.includes(`"kid":${kid}`));
  assert.ok(line && JSON.parse(line).problem === "unknown-template", line);
});

/** The official clients, of both generations of the protocol. */
const CLIENTS = {
  "2025-11-25": () => [new Client({ name: "monogram-test", version: "1.0.0" }), StreamableHTTPClientTransport],
  [CURRENT]: () => [new NewClient({ name: "monogram-test", version: "1.0.0" }, { versionNegotiation: { mode: { pin: CURRENT } } }), NewTransport],
};

for (const [revision, make] of Object.entries(CLIENTS)) {
  test(`the official client of ${revision} finds the tools and calls them`, async () => {
    await publish(worker);
    const { key } = await makeKey(worker, ["templates:read", "templates:write", "sign"], ["acme/"]);
    const [client, Transport] = make();
    await client.connect(new Transport(new URL(`${worker.url}/mcp`), { requestInit: { headers: { Authorization: `Bearer ${key}` } } }));
    try {
      assert.equal(client.getServerVersion().name, "monogram");
      assert.match(client.getInstructions(), /template/);
      assert.deepEqual((await client.listTools()).tools.map(({ name }) => name), TOOLS);
      const [id, draft] = [`acme/by-${revision}`, JSON.parse(plain({ width: 33 }))];
      const published = await client.callTool({ name: "publish_template", arguments: { id, document: draft, only_if_new: true } });
      assert.equal(published.structuredContent.revision, 1, JSON.stringify(published));
      const drawn = await client.callTool({ name: "preview", arguments: { id } });
      assert.deepEqual(drawn.content.map(({ type }) => type), ["image", "text"]);
      assert.equal(decode(Buffer.from(drawn.content[0].data, "base64")).width, 33);
      const refused = await client.callTool({ name: "get_template", arguments: { id: "globex/there" } });
      assert.equal(refused.isError, true);
      await assert.rejects(client.callTool({ name: "none", arguments: {} }), { code: -32602 });
    } finally {
      await client.close();
    }
  });
}
