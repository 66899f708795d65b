// The page of the samples, the health check, and the answer to a preflight.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ask, assertHeaders, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ kv: { card: card() } });

test("/ shows every sample, and all its pictures are there", async () => {
  const { status, header, text } = await ask(worker, "/");
  assert.equal(status, 200);
  const page = text();
  const digest = (tag) => createHash("sha256").update(tag.exec(page)[1]).digest("base64");
  const [style, script] = [digest(/<style>(.*)<\/style>/s), digest(/<script type="module">(.*)<\/script>/s)];
  const policy = header("content-security-policy");
  const expected = `default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'sha256-${style}'; script-src 'sha256-${script}'; `;
  assert.ok(policy.startsWith(expected), policy);
  const sources = [...page.matchAll(/<img src="([^"]+)" width="(\d+)" height="(\d+)"/g)];
  assert.ok(sources.length >= 2 && sources.length % 2 === 0, `${sources.length} pictures`);
  for (const [, src, width, height] of sources) {
    const answer = await ask(worker, src.replaceAll("&amp;", "&"));
    assert.equal(answer.status, 200, src);
    const picture = answer.picture();
    assert.deepEqual([picture.width, picture.height], [Number(width), Number(height)], src);
    assert.doesNotMatch(answer.header("etag"), /-u"$/, `${src} misses an asset`);
  }
});

test("/healthz reports the state and the version", async () => {
  const answer = await ask(worker, "/healthz");
  assert.equal(answer.status, 200);
  assertHeaders(answer, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }, "/healthz");
  const health = answer.json();
  assert.equal(health.status, "ok");
  assert.match(health.version, /^\d+\.\d+\.\d+$/);
});

test("a preflight lists the methods", async () => {
  const answer = await ask(worker, "/i/card.png", { method: "OPTIONS" });
  assert.deepEqual([answer.status, answer.body.length], [204, 0]);
  assertHeaders(answer, { allow: "GET, HEAD, OPTIONS", "access-control-allow-methods": "GET, HEAD" }, "OPTIONS");
});
