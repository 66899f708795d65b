// Errors: a picture where a picture is expected, a problem document elsewhere, each with its true
// status.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, assertHeaders, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ kv: { card: card(), closed: card({ access: "signed" }) } });

test("an error where a picture is expected is a picture", async () => {
  for (const [path, status, code, init] of [
    ["/i/none.png", 404, "unknown-template"],
    ["/i/none.jpg", 404, "unknown-template"],
    ["/i/card@8.png", 404, "unknown-revision"],
    ["/i/card@x.png", 404, "bad-revision"],
    ["/i/card", 404, "unknown-format"],
    ["/i/Card.png", 404, "bad-template-id"],
    ["/i/", 404, "unknown-format"],
    ["/i/closed.png", 403, "signature-required"],
    ["/s/key/card.png", 403, "signature-malformed"],
    ["/x/sealed/card.png", 403, "signature-malformed"],
    [`/i/card.png?name=${"x".repeat(16 * 1024)}`, 414, "url-too-long"],
    ["/i/card.png", 405, "method-not-allowed", { method: "POST", body: "x" }],
    ["/i/card.png", 405, "method-not-allowed", { method: "DELETE" }],
  ]) {
    const answer = await ask(worker, path, init);
    const name = `${init?.method ?? "GET"} ${path.slice(0, 40)}`;
    assert.equal(answer.status, status, name);
    const { width, height } = answer.picture();
    assert.ok(width >= 16 && height >= 16, name);
    assertHeaders(
      answer,
      {
        "content-type": "image/png",
        "content-length": String(answer.body.length),
        "cache-control": "no-store",
        "x-cache": "bypass",
        "x-problem": code,
        allow: status === 405 ? "GET, HEAD, OPTIONS" : null,
        etag: null,
      },
      name,
    );
  }
});

test("an error elsewhere is a problem document", async () => {
  for (const [path, status, code] of [
    ["/i/none.json", 404, "unknown-template"],
    ["/i/none.html", 404, "unknown-template"],
    ["/i/none.txt", 404, "unknown-template"],
    ["/i/closed.json", 403, "signature-required"],
    ["/v1/nothing", 404, "unknown-page"],
    ["/favicon.ico", 404, "unknown-page"],
  ]) {
    const answer = await ask(worker, path);
    assert.equal(answer.status, status, path);
    const expected = { "content-type": "application/problem+json", "cache-control": "no-store", "x-problem": code };
    assertHeaders(answer, expected, path);
    const problem = answer.json();
    assert.deepEqual([problem.type, problem.status, problem.code], ["about:blank", status, code]);
    assert.ok(problem.title && problem.detail && problem.remedy, path);
  }
});

test("an unknown name gets the known one that was meant", async () => {
  for (const [path, remedy] of [
    ["/v2/templates", /^did you mean \/v1\/templates\?/],
    ["/i/welcom.json", /^did you mean welcome\?/],
    // The names of templates that are not samples are not told.
    ["/i/closd.json", /^\/ lists the samples/],
    ["/v1/snippet/welcome?esp=nobody", /the senders are activecampaign, .*mailchimp/],
  ]) {
    assert.match((await ask(worker, path)).json().remedy, remedy, path);
  }
});
