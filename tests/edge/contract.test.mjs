// What every client may rely on: status, headers and body of each kind of answer.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { startWorker } from "./harness.mjs";
import { decode } from "./png.mjs";
import { card } from "./template.mjs";

let worker;
before(async () => {
  worker = await startWorker({
    kv: {
      card: card(),
      "card@7": card({ background: "#000" }),
      "acme/slow": card({ max_age: 3600 }),
      closed: card({ access: "signed" }),
      pictured: card({
        layers: [
          { type: "image", src: "asset:none.png", width: 80, height: 80, fallback: ["initials:{{ name }}"] },
          { type: "rect", id: "badge", when: "points > 10", fill: "#fff" },
        ],
      }),
    },
  });
});
after(() => worker?.dispose());

async function get(path, init) {
  const response = await worker.fetch(path, init);
  return { response, status: response.status, headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) };
}

/** Every answer has these. */
const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "cross-origin",
  "access-control-allow-origin": "*",
  "x-robots-tag": "noindex",
  "referrer-policy": "no-referrer",
};

function has(headers, expected, what) {
  for (const [name, value] of Object.entries({ ...EVERYWHERE, ...expected })) {
    assert.equal(headers.get(name), value, `${name} of ${what}`);
  }
  for (const name of ["set-cookie", "location", "vary"]) assert.equal(headers.get(name), null, `${name} of ${what}`);
}

const LIVE = "public, max-age=300, s-maxage=86400, stale-while-revalidate=604800, stale-if-error=604800";
const HOUR = "public, max-age=3600, s-maxage=3600, stale-while-revalidate=3600, stale-if-error=604800";

test("a picture has every header of the contract", async () => {
  for (const [path, cacheControl, cacheTag] of [
    ["/i/card.png?name=Maria", LIVE, "t:card,r:live"],
    ["/i/card@7.png?name=Maria", "public, max-age=31536000, immutable", "t:card,r:7"],
    ["/i/acme/slow.png?name=Maria", HOUR, "t:acme/slow,r:live"],
  ]) {
    const { status, headers, body } = await get(path);
    assert.equal(status, 200, path);
    const { width, height } = decode(body);
    assert.deepEqual([width, height], [300, 120]);
    has(
      headers,
      {
        "content-type": "image/png",
        "content-length": String(body.length),
        "cache-control": cacheControl,
        "cache-tag": cacheTag,
        "x-cache": "miss",
        "x-params":
          "color=missing;why=absent;use=template-default, company=missing;why=absent, name=given, " +
          "plan=missing;why=absent, points=missing;why=absent;use=template-default",
      },
      path,
    );
    assert.match(headers.get("etag"), /^"[0-9a-f]{32}"$/);
    assert.match(headers.get("server-timing"), /^template;dur=[\d.]+, cache;dur=[\d.]+, assets;dur=[\d.]+, render;dur=[\d.]+$/);
  }
});

test("X-Params says why, and bad values are missing ones", async () => {
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
    const { status, headers, body } = await get(`/i/card.png?${query}`);
    assert.equal(status, 200, query);
    decode(body);
    assert.ok(headers.get("x-params").split(", ").includes(why), `${query}: ${headers.get("x-params")}`);
  }
});

test("HEAD is GET without the body", async () => {
  for (const path of ["/i/card.png?name=Head", "/i/none.png", "/healthz"]) {
    const [full, head] = [await get(path), await get(path, { method: "HEAD" })];
    assert.deepEqual([head.status, head.body.length], [full.status, 0], path);
    const told = ({ headers }) =>
      ["content-type", "etag", "cache-control", "cache-tag", "x-params", "x-problem"].map((name) => headers.get(name));
    assert.deepEqual(told(head), told(full), path);
    if (path.endsWith(".png") || path.includes(".png?")) {
      assert.equal(head.headers.get("content-length"), String(full.body.length), path);
    }
  }
});

test("a client that has the picture gets a 304", async () => {
  const path = "/i/card.png?name=Cached";
  const etag = (await get(path)).headers.get("etag");
  for (const [sent, status] of [
    [etag, 304],
    [`W/${etag}`, 304],
    [`"other", ${etag}`, 304],
    ["*", 304],
    ['"other"', 200],
    [etag.replace(/"$/, '-u"'), 200],
  ]) {
    const answer = await get(path, { headers: { "If-None-Match": sent } });
    assert.equal(answer.status, status, sent);
    has(answer.headers, { etag, "cache-control": LIVE, "x-cache": "hit" }, sent);
    if (status === 304) assert.deepEqual([answer.body.length, answer.headers.get("content-type")], [0, null]);
  }
  // Before anything is drawn: of a picture that nobody asked for yet.
  const fresh = await get("/i/card.png?name=Never+drawn", { headers: { "If-None-Match": "*" } });
  assert.equal(fresh.status, 304);
  assert.doesNotMatch(fresh.headers.get("server-timing"), /render/);
});

test("an error where a picture is due is a picture, with an honest status", async () => {
  for (const [path, status, code, init] of [
    ["/i/none.png", 404, "unknown-template"],
    ["/i/none.jpg", 404, "unknown-template"],
    ["/i/card@8.png", 404, "unknown-revision"],
    ["/i/card@x.png", 404, "bad-revision"],
    ["/i/card", 404, "unknown-format"],
    ["/i/Card.png", 404, "bad-template-id"],
    ["/i/", 404, "unknown-format"],
    ["/i/closed.png", 403, "signature-required"],
    ["/s/key/card.png", 403, "signature-required"],
    ["/x/sealed/card.png", 403, "signature-required"],
    [`/i/card.png?name=${"x".repeat(16 * 1024)}`, 414, "url-too-long"],
    ["/i/card.png", 405, "method-not-allowed", { method: "POST", body: "x" }],
    ["/i/card.png", 405, "method-not-allowed", { method: "DELETE" }],
  ]) {
    const answer = await get(path, init);
    const what = `${init?.method ?? "GET"} ${path.slice(0, 40)}`;
    assert.equal(answer.status, status, what);
    const { width, height } = decode(answer.body);
    assert.ok(width >= 16 && height >= 16, what);
    has(
      answer.headers,
      {
        "content-type": "image/png",
        "content-length": String(answer.body.length),
        "cache-control": "no-store",
        "x-cache": "bypass",
        "x-problem": code,
        allow: status === 405 ? "GET, HEAD, OPTIONS" : null,
        etag: null,
      },
      what,
    );
  }
});

test("an error elsewhere is a problem document", async () => {
  for (const [path, status, code] of [
    ["/i/none.json", 404, "unknown-template"],
    ["/i/none.html", 404, "unknown-template"],
    ["/i/none.txt", 404, "unknown-template"],
    ["/i/closed.json", 403, "signature-required"],
    ["/v1/templates", 404, "unknown-page"],
    ["/favicon.ico", 404, "unknown-page"],
  ]) {
    const { status: got, headers, body } = await get(path);
    assert.equal(got, status, path);
    has(headers, { "content-type": "application/problem+json", "cache-control": "no-store", "x-problem": code }, path);
    const problem = JSON.parse(new TextDecoder().decode(body));
    assert.deepEqual([problem.type, problem.status, problem.code], ["about:blank", status, code]);
    assert.ok(problem.title && problem.detail && problem.remedy, path);
  }
});

test("a preflight says what may be asked", async () => {
  const { status, headers, body } = await get("/i/card.png", { method: "OPTIONS" });
  assert.deepEqual([status, body.length], [204, 0]);
  has(headers, { allow: "GET, HEAD, OPTIONS", "access-control-allow-methods": "GET, HEAD" }, "OPTIONS");
});

test("options change the size", async () => {
  for (const [query, size] of [
    ["", [300, 120]],
    ["_dpr=2", [600, 240]],
    ["_dpr=1.5", [450, 180]],
    ["_dpr=7", [300, 120]],
    ["_w=150", [150, 60]],
    ["_w=0", [300, 120]],
  ]) {
    const { width, height } = decode((await get(`/i/card.png?${query}`)).body);
    assert.deepEqual([width, height], size, query);
  }
});

test("the other formats are what their extension says", async () => {
  for (const [extension, type, magic] of [
    ["jpg", "image/jpeg", [0xff, 0xd8, 0xff]],
    ["webp", "image/webp", [0x52, 0x49, 0x46, 0x46]],
    ["gif", "image/gif", [0x47, 0x49, 0x46, 0x38]],
  ]) {
    const { status, headers, body } = await get(`/i/card.${extension}?name=Maria`);
    assert.deepEqual([status, headers.get("content-type")], [200, type]);
    assert.deepEqual([...body.subarray(0, magic.length)], magic, extension);
  }
});

test("views tell about the picture, and are kept by nobody", async () => {
  const view = async (extension) => {
    const { status, headers, body } = await get(`/i/card.${extension}?name=%3CEve%3E&_dpr=2`);
    assert.equal(status, 200);
    has(headers, { "cache-control": "no-store", "x-cache": "bypass", etag: null }, extension);
    return [headers.get("content-type"), new TextDecoder().decode(body)];
  };
  assert.deepEqual(await view("txt"), ["text/plain; charset=utf-8", "Hello, <Eve>!"]);
  assert.deepEqual(await view("html"), [
    "text/html; charset=utf-8",
    `<img src="${worker.url}/i/card.png?name=%3CEve%3E&amp;_dpr=2" width="300" height="120" alt="Hello, &lt;Eve&gt;!">\n`,
  ]);
  const [type, text] = await view("json");
  assert.equal(type, "application/json; charset=utf-8");
  const told = JSON.parse(text);
  assert.deepEqual([told.template, told.width, told.height, told.alt], ["card", 600, 240, "Hello, <Eve>!"]);
  assert.deepEqual(told.params.name, { value: "<Eve>", source: "given" });
  assert.deepEqual(told.params.company, { value: null, source: "nothing", why: "absent", reason: "missing: absent" });
  assert.deepEqual(told.params.color, { value: "#ffd166", source: "template-default", why: "absent", reason: "missing: absent" });
  assert.deepEqual([told.src, told.scale], [`${worker.url}/i/card.png?name=%3CEve%3E&_dpr=2`, 2]);
  const [layer] = told.layers;
  assert.deepEqual([layer.path, layer.type, layer.box], ["layers[0]", "text", { x: 20, y: 20, width: 260, height: 80 }]);
  assert.deepEqual([layer.text.lines, layer.text.size, layer.text.overflow], [["<Eve>  0"], 24, "none"]);
  assert.deepEqual(told.fonts, [{ family: "Inter", weight: 400 }]);
  assert.deepEqual([told.left_out, told.missing_glyphs, told.warnings], [[], 0, []]);
});

test("characters without a glyph are counted in a header, and named in .json only", async () => {
  // The last character for private use, which no font has; twice.
  const query = "name=A%F4%8F%BF%BD%F4%8F%BF%BD";
  for (const cache of ["miss", "hit"]) {
    const { headers } = await get(`/i/card.png?${query}`);
    assert.deepEqual([headers.get("x-cache"), headers.get("x-glyphs")], [cache, "missing=2"]);
  }
  assert.equal((await get("/i/card.png?name=All+there")).headers.get("x-glyphs"), null);
  const told = JSON.parse(new TextDecoder().decode((await get(`/i/card.json?${query}`)).body));
  assert.equal(told.missing_glyphs, 2);
  assert.deepEqual(told.layers[0].text.missing_glyphs, [{ code_point: "U+10FFFD", count: 2 }]);
  assert.equal(told.warnings.length, 1);
});

test("a picture that cannot be had is told in .json", async () => {
  const told = JSON.parse(new TextDecoder().decode((await get("/i/pictured.json")).body));
  assert.deepEqual(told.layers[0].image, { sources: ["asset:none.png", "initials"], shown: 1, natural_size: null, fonts: [{ family: "Inter", weight: 600 }] });
  assert.equal(told.warnings.length, 1);
  assert.deepEqual(told.left_out, [{ path: "layers[1]", id: "badge", when: "points > 10" }]);
});

test("/ shows every sample, and all its pictures are there", async () => {
  const { status, headers, body } = await get("/");
  assert.equal(status, 200);
  const page = new TextDecoder().decode(body);
  const digest = (tag) => createHash("sha256").update(tag.exec(page)[1]).digest("base64");
  const [style, script] = [digest(/<style>(.*)<\/style>/s), digest(/<script type="module">(.*)<\/script>/s)];
  const policy = headers.get("content-security-policy");
  const expected = `default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'sha256-${style}'; script-src 'sha256-${script}'; `;
  assert.ok(policy.startsWith(expected), policy);
  const sources = [...page.matchAll(/<img src="([^"]+)" width="(\d+)" height="(\d+)"/g)];
  assert.ok(sources.length >= 2 && sources.length % 2 === 0, `${sources.length} pictures`);
  for (const [, src, width, height] of sources) {
    const picture = await get(src.replaceAll("&amp;", "&"));
    assert.equal(picture.status, 200, src);
    const decoded = decode(picture.body);
    assert.deepEqual([decoded.width, decoded.height], [Number(width), Number(height)], src);
    assert.doesNotMatch(picture.headers.get("etag"), /-u"$/, `${src} misses an asset`);
  }
});

test("/healthz", async () => {
  const { status, headers, body } = await get("/healthz");
  assert.equal(status, 200);
  has(headers, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }, "/healthz");
  const health = JSON.parse(new TextDecoder().decode(body));
  assert.equal(health.status, "ok");
  assert.match(health.version, /^\d+\.\d+\.\d+$/);
});
