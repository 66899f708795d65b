// API keys: who may call what, for which ids; and nothing that tells one client of another's ids.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN_KEY, API, ROUTES, SCOPES, api, makeKey, plain, want } from "./api.mjs";
import { withWorker, workerForFile } from "./answers.mjs";
import { FRONT } from "./front.mjs";

const worker = workerForFile(API);

/** A row of the table with names of the client `client` in its path, and a body that names them. */
function callOf({ method, pattern, handler }, client, name = "hello") {
  const path = pattern
    .replace("{template+}", `${client}/${name}`)
    .replace("{name+}", `${client}/${name}.png`)
    .replace("{font+}", `${client}/${name}/700`)
    .replace("{kid}", "4000000000")
    .replace("{record+}", `${client}/${name}/someone`)
    .replace("{job}", "0".repeat(24))
    .replace("{file}", `${"0".repeat(64)}.png`);
  const bodies = {
    "put-template": plain(),
    rollback: { revision: 1 },
    sign: { template: `${client}/${name}` },
    seal: { template: `${client}/${name}`, rows: [{}] },
    preview: { document: JSON.parse(plain()), id: `${client}/${name}` },
    validate: plain(),
    "put-record": {},
    "make-batch": { template: `${client}/${name}`, rows: [{}] },
    warm: { urls: ["/i/welcome.png?_w=60"] },
  };
  const query = handler === "diff" ? "?from=1" : handler === "validate" ? `?id=${client}/${name}` : "";
  return [`${method} ${path}${query}`, { body: bodies[handler] ?? (method === "GET" ? undefined : "") }];
}

/** Routes whose path or body names an id. */
const withId = ROUTES.filter(({ scope, pattern, handler }) => scope && (/\{(template|name|font)\+\}/.test(pattern) || ["sign", "seal", "preview", "validate"].includes(handler)));
const guarded = ROUTES.filter(({ scope }) => scope);

test("without a key every call answers 401, and says what to send", async () => {
  for (const row of guarded) {
    const [call, options] = callOf(row, "acme");
    for (const [key, code] of [[null, "no-key"], ["mg_live_x", "bad-key"], ["", "no-key"], [`mg_live_${"0".repeat(49)}`, "bad-key"], [`${ADMIN_KEY} `.slice(1), "bad-key"]]) {
      const answer = await api(worker, call, { ...options, key });
      assert.deepEqual([answer.status, answer.json().code], [401, code], call);
      assert.equal(answer.header("www-authenticate"), "Bearer", call);
      assert.equal(answer.header("cache-control"), "no-store", call);
      assert.match(answer.json().remedy, /Authorization: Bearer/);
    }
  }
});

test("every scope allows its own calls, and names what is missing for the others", async () => {
  const keys = {};
  for (const scope of SCOPES) keys[scope] = (await makeKey(worker, [scope], ["acme/"])).key;
  for (const row of guarded) {
    for (const held of SCOPES) {
      const [call, options] = callOf(row, "acme");
      const answer = await api(worker, call, { ...options, key: keys[held] });
      if (held === row.scope || held === "admin") {
        assert.ok(![401, 403].includes(answer.status), `${held}: ${call}: ${answer.status} ${answer.text().slice(0, 200)}`);
      } else {
        assert.deepEqual([answer.status, answer.json().code], [403, "missing-scope"], `${held}: ${call}`);
        assert.ok(answer.json().detail.includes(row.scope), call);
      }
    }
  }
});

test("another client's ids answer the same whether they exist or not", async () => {
  await want(worker, 200, "PUT /v1/templates/acme/there", { body: plain() });
  const { key } = await makeKey(worker, SCOPES, ["globex/"]);
  assert.ok(withId.length >= 16, "the table has calls with an id");
  for (const row of withId) {
    const answers = [];
    for (const name of ["there", "not-there"]) {
      const [call, options] = callOf(row, "acme", name);
      const answer = await api(worker, call, { ...options, key });
      assert.deepEqual([answer.status, answer.json().code], [403, "other-prefix"], call);
      answers.push(answer.text());
    }
    assert.equal(answers[0], answers[1]);
  }
  for (const { pattern } of guarded.filter(({ method, pattern }) => method === "GET" && !pattern.includes("{"))) {
    const list = await want(worker, 200, `GET ${pattern}`, { key });
    assert.doesNotMatch(list.text(), /acme/, pattern);
  }
  // Another client's key is one that does not exist.
  const own = await makeKey(worker, ["sign"], ["acme/"]);
  const [foreign, absent] = [await want(worker, 404, `DELETE /v1/keys/${own.kid}`, { key }), await want(worker, 404, "DELETE /v1/keys/4000000000", { key })];
  assert.equal(foreign.text(), absent.text());
  await want(worker, 403, "POST /v1/keys", { key, body: { scopes: ["sign"], prefixes: ["acme/"] } });
  await want(worker, 403, "POST /v1/keys", { key, body: { scopes: ["sign"] } });
});

test("a key is shown once, expires, and is refused once it is revoked", () =>
  withWorker({ ...API, front: FRONT }, async (worker) => {
    const made = await makeKey(worker, ["templates:read"], ["acme/"], { name: "CI", expires: "1h" });
    assert.match(made.key, /^mg_live_[0-9A-Za-z]{49}$/);
    const list = await want(worker, 200, "GET /v1/keys");
    assert.ok(!list.text().includes("mg_live_"));
    const [{ key: shown, ...listed }] = list.json().items;
    assert.deepEqual([shown, listed.name, listed.scopes, listed.prefixes], [undefined, "CI", ["templates:read"], ["acme/"]]);

    const { key } = made;
    await want(worker, 200, "GET /v1/templates", { key });
    const late = await want(worker, 401, "GET /v1/templates", { key, headers: { "X-Later-Ms": "3600000" } });
    assert.equal(late.json().code, "key-expired");

    const second = await makeKey(worker, ["templates:read"], ["acme/"]);
    await want(worker, 204, `DELETE /v1/keys/${made.kid}`);
    assert.equal((await want(worker, 401, "GET /v1/templates", { key })).json().code, "unknown-key");
    await want(worker, 200, "GET /v1/templates", { key: second.key });
    assert.ok((await want(worker, 200, "GET /v1/keys")).json().items[0].revoked);
    // Another isolate finds out when its memory ends, within five seconds.
    await worker.db.prepare("UPDATE api_key SET revoked_at = 1 WHERE kid = ?").bind(second.kid).run();
    await want(worker, 200, "GET /v1/templates", { key: second.key });
    await want(worker, 401, "GET /v1/templates", { key: second.key, headers: { "X-Later-Ms": "5001" } });
  }));

test("the first key is a secret of the deployment, and can be changed", async () => {
  const next = "the next key of the deployment under test";
  await withWorker({ ...API, bindings: { ...API.bindings, ADMIN_KEY_NEXT: next } }, async (worker) => {
    for (const key of [ADMIN_KEY, next]) await want(worker, 200, "GET /v1/keys", { key });
  });
  await withWorker({ database: true }, async (worker) => {
    assert.match((await want(worker, 401, "GET /v1/keys")).json().remedy, /wrangler secret put ADMIN_KEY/);
  });
  await withWorker({ database: true, bindings: { ADMIN_KEY: "short" } }, async (worker) => {
    await want(worker, 401, "GET /v1/keys", { key: "short" });
  });
});

test("a call over the limit of its key answers 429", () =>
  withWorker({ ...API, rateLimits: { API_LIMIT: 5 } }, async (worker) => {
    const statuses = [];
    for (let call = 0; call < 7; call++) statuses.push((await api(worker, "GET /v1/templates")).status);
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
    const answer = await want(worker, 429, "GET /v1/templates");
    assert.equal(answer.header("retry-after"), "60");
  }));

test("pages of other origins cannot use the API, and no cache keeps an answer", async () => {
  const answer = await want(worker, 200, "GET /v1/templates");
  for (const [name, value] of [["access-control-allow-origin", null], ["cross-origin-resource-policy", "same-origin"], ["cache-control", "no-store"]]) {
    assert.equal(answer.header(name), value, name);
  }
  assert.match(answer.header("x-request-id"), /^[0-9a-f]{32}$/);
  assert.notEqual(answer.header("x-request-id"), (await want(worker, 200, "GET /v1/templates")).header("x-request-id"));
  const preflight = await api(worker, "OPTIONS /v1/templates/acme/hello", { key: null });
  assert.deepEqual([preflight.status, preflight.header("allow")], [204, "DELETE, GET, HEAD, PUT, OPTIONS"]);
  assert.equal(preflight.header("access-control-allow-methods"), null);
});

test("every write has a line in the log of writes, which only its client sees", () =>
  withWorker(API, async (worker) => {
    const acme = await makeKey(worker, SCOPES, ["acme/"]);
    const globex = await makeKey(worker, SCOPES, ["globex/"]);
    const put = await want(worker, 200, "PUT /v1/templates/acme/hello", { body: plain(), key: acme.key });
    await want(worker, 200, "POST /v1/templates/acme/hello/rollback", { body: { revision: 1 }, key: acme.key });
    await want(worker, 204, "DELETE /v1/templates/acme/hello", { key: acme.key });
    const all = (await want(worker, 200, "GET /v1/audit")).json().items;
    assert.deepEqual(all.map(({ action, target }) => `${action} ${target}`), [
      "delete acme/hello", "rollback acme/hello@2", "publish acme/hello@1", `make-key key/${globex.kid}`, `make-key key/${acme.kid}`,
    ]);
    assert.deepEqual([all[2].kid, all[2].request], [acme.kid, put.header("x-request-id")]);
    assert.equal((await want(worker, 200, "GET /v1/audit", { key: acme.key })).json().items.length, 3);
    assert.equal((await want(worker, 200, "GET /v1/audit", { key: globex.key })).json().items.length, 0);
    const page = (await want(worker, 200, "GET /v1/audit?limit=2")).json();
    const next = (await want(worker, 200, `GET /v1/audit?limit=10&cursor=${page.cursor}`)).json();
    assert.deepEqual([...page.items, ...next.items], all);
  }));
