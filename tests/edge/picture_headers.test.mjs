// The headers of a picture: their values, why each param has its value, HEAD, and the 304 of a
// picture that the client has.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIVE, ask, assertHeaders, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ kv: { card: card(), "card@7": card({ background: "#000" }), "acme/slow": card({ max_age: 3600 }) } });

const HOUR = "public, max-age=3600, s-maxage=3600, stale-while-revalidate=3600, stale-if-error=604800";

test("a picture has every header of the contract", async () => {
  for (const [path, cacheControl, cacheTag] of [
    ["/i/card.png?name=Maria", LIVE, "t:card,r:live"],
    ["/i/card@7.png?name=Maria", "public, max-age=31536000, immutable", "t:card,r:7"],
    ["/i/acme/slow.png?name=Maria", HOUR, "t:acme/slow,r:live"],
  ]) {
    const answer = await ask(worker, path);
    assert.equal(answer.status, 200, path);
    const { width, height } = answer.picture();
    assert.deepEqual([width, height], [300, 120]);
    assertHeaders(
      answer,
      {
        "content-type": "image/png",
        "content-length": String(answer.body.length),
        "cache-control": cacheControl,
        "cache-tag": cacheTag,
        "x-cache": "miss",
        "x-params":
          "color=missing;why=absent;use=template-default, company=missing;why=absent, name=given, " +
          "plan=missing;why=absent, points=missing;why=absent;use=template-default",
      },
      path,
    );
    assert.match(answer.header("etag"), /^"[0-9a-f]{32}"$/);
    assert.match(answer.header("server-timing"), /^template;dur=[\d.]+, cache;dur=[\d.]+, assets;dur=[\d.]+, render;dur=[\d.]+$/);
  }
});

test("X-Params gives the reason for each value, and bad values count as missing", async () => {
  for (const [query, why] of [
    ["name=", "name=missing;why=empty;use=template-default"],
    ["name=%20%E2%80%8B", "name=missing;why=blank;use=template-default"],
    ["name=null", "name=missing;why=null-like;use=template-default"],
    ["name.default=You", "name=missing;why=absent;use=url-default"],
    ["name.b64=!!", "name=missing;why=bad-base64;use=template-default"],
    ["color=nocolor", "color=missing;why=wrong-type;use=template-default"],
    ["points=101", "points=missing;why=out-of-range;use=template-default"],
    ["points=1e3", "points=missing;why=wrong-type;use=template-default"],
    ["plan=gold", "plan=missing;why=wrong-type"],
    ["plan=PRO", "plan=given"],
  ]) {
    const answer = await ask(worker, `/i/card.png?${query}`);
    assert.equal(answer.status, 200, query);
    answer.picture();
    const params = answer.header("x-params");
    assert.ok(params.split(", ").includes(why), `${query}: ${params}`);
  }
});

test("HEAD is GET without the body", async () => {
  for (const path of ["/i/card.png?name=Head", "/i/none.png", "/healthz"]) {
    const [full, head] = [await ask(worker, path), await ask(worker, path, { method: "HEAD" })];
    assert.deepEqual([head.status, head.body.length], [full.status, 0], path);
    const compared = ({ header }) =>
      ["content-type", "etag", "cache-control", "cache-tag", "x-params", "x-problem"].map((name) => header(name));
    assert.deepEqual(compared(head), compared(full), path);
    if (path.endsWith(".png") || path.includes(".png?")) {
      assert.equal(head.header("content-length"), String(full.body.length), path);
    }
  }
});

test("a client that has the picture gets a 304", async () => {
  const path = "/i/card.png?name=Cached";
  const etag = (await ask(worker, path)).header("etag");
  for (const [sent, status] of [
    [etag, 304],
    [`W/${etag}`, 304],
    [`"other", ${etag}`, 304],
    ["*", 304],
    ['"other"', 200],
    [etag.replace(/"$/, '-u"'), 200],
  ]) {
    const answer = await ask(worker, path, { headers: { "If-None-Match": sent } });
    assert.equal(answer.status, status, sent);
    assertHeaders(answer, { etag, "cache-control": LIVE, "x-cache": "hit" }, sent);
    if (status === 304) assert.deepEqual([answer.body.length, answer.header("content-type")], [0, null]);
  }
  // A picture that nobody asked for yet gets its 304 before anything is drawn.
  const fresh = await ask(worker, "/i/card.png?name=Never+drawn", { headers: { "If-None-Match": "*" } });
  assert.equal(fresh.status, 304);
  assert.doesNotMatch(fresh.header("server-timing"), /render/);
});

test("characters without a glyph are counted in a header, and named in .json only", async () => {
  // The last private-use character, which no font has, twice.
  const query = "name=A%F4%8F%BF%BD%F4%8F%BF%BD";
  for (const cache of ["miss", "hit"]) {
    const { header } = await ask(worker, `/i/card.png?${query}`);
    assert.deepEqual([header("x-cache"), header("x-glyphs")], [cache, "missing=2"]);
  }
  assert.equal((await ask(worker, "/i/card.png?name=All+there")).header("x-glyphs"), null);
  const explained = (await ask(worker, `/i/card.json?${query}`)).json();
  assert.equal(explained.missing_glyphs, 2);
  assert.deepEqual(explained.layers[0].text.missing_glyphs, [{ code_point: "U+10FFFD", count: 2 }]);
  assert.equal(explained.warnings.length, 1);
});
