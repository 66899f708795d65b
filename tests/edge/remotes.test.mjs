// Images on other hosts: fetched where the template and the deployment allow it, and whatever their
// host does, a complete picture comes in time.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Response } from "miniflare";
import { API, want } from "./api.mjs";
import { ask, faults, LIVE, withWorker } from "./answers.mjs";
import { FAULTS } from "./faults.mjs";
import { encode } from "./png.mjs";
import { card } from "./template.mjs";

/** ms within which a picture comes whose image does not: the deadline of images, and time to draw. */
const IN_TIME_MS = 4_000;
const MINUTE = "public, max-age=60";

/** The spellings of URLs that are fetched nowhere, with the reason of each. */
const REFUSED = JSON.parse(readFileSync(fileURLToPath(new URL("../remote/urls.json", import.meta.url)), "utf8")).refused
  // A header cannot hold every text, and an empty one or a path leads to the host that was asked.
  .filter(([text, why]) => why !== "scheme" || text.includes("://"))
  .filter(([text]) => /^[\x21-\x7e]+$/.test(text) && text.length < 2_000);

/** Noise beside one colour, so that a file that is cut short lacks pixels. */
const logo = ({ red = 200 } = {}) => {
  const rgba = Buffer.alloc(40 * 40 * 4);
  for (let at = 0; at < rgba.length; at += 4) rgba.set([red, (at * 7919) >> 5, (at * 104_729) >> 7, 255], at);
  return encode({ width: 40, height: 40, rgba });
};
const LOGO = logo();

/** The picture of a file of the corpus, by its name. */
const frame = (format, name) => {
  const lines = readFileSync(new URL(`../corpus/images/${format}.txt`, import.meta.url), "utf8").split("\n");
  return Buffer.from(lines.find((line) => line.startsWith(`${name} `)).split(" ")[3], "base64");
};
/** Files that are drawn, whose middle is not the fallback's. */
const FORMATS = {
  "lossy.webp": frame("webp", "lossy-alpha-61x43"),
  "lossless.webp": frame("webp", "lossless-alpha-61x43"),
  "animation.webp": frame("webp", "lossless-animation"),
  "picture.gif": frame("gif", "saved256-i-61x43"),
  "logo.svg": readFileSync(new URL("../corpus/svg/figma.svg", import.meta.url)),
};

/** A template that shows an image of another host, and initials if that cannot be had. */
const TEMPLATE = card({
  params: {
    name: { type: "text", default: "friend" },
    logo_url: { type: "image", hosts: ["img.example", "*.cdn.example", "refused.example"] },
  },
  background: "#fff",
  layers: [{ type: "image", src: "{{ logo_url }}", fallback: ["initials:{{ name }}"], x: 20, y: 20, width: 80, height: 80 }],
});

const PINNED = card({
  hosts: ["img.example"],
  params: {},
  alt: "",
  background: "#fff",
  layers: [{ type: "image", src: "https://img.example/ok", fallback: ["initials:A"], x: 20, y: 20, width: 80, height: 80 }],
});

const DEFAULTS = JSON.stringify({
  ...JSON.parse(TEMPLATE),
  params: { logo_url: { type: "image", default: "asset:espresso-cup.jpg", hosts: ["img.example"] } },
  alt: "",
  layers: [{ type: "image", src: "{{ logo_url }}", x: 20, y: 20, width: 80, height: 80 }],
});

/** A template that shows two images. */
const TWICE = card({
  params: { a: { type: "image", hosts: ["img.example"] }, b: { type: "image", hosts: ["img.example"] } },
  alt: "",
  background: "#fff",
  layers: ["{{ a }}", "{{ b }}"].map((src, index) => ({ type: "image", src, x: 20 + 100 * index, y: 20, width: 80, height: 80 })),
});

/** A template that shows the logo of a company. */
const LOGOS = card({
  background: "#fff",
  layers: [{ type: "image", src: "logo:{{ company }}", fallback: ["initials:{{ name }}"], x: 20, y: 20, width: 80, height: 80 }],
});

/** A body that ends by itself after 100 chunks, so that no test is kept waiting by its own host. */
function stream(pull) {
  let left = 100;
  return new ReadableStream({ pull: (body) => (left-- > 0 ? pull(body) : body.close()) }, { highWaterMark: 0 });
}
const never = () => new Promise(() => {});
const to = (location, status = 302) => new Response(null, { status, headers: { Location: location } });
const sent = (bytes, type = "image/png") => new Response(bytes, { headers: { "Content-Type": type } });

/** A body of one chunk with a tag, and an empty answer to who has it. */
const TAGS = { tagged: ["ETag", "If-None-Match", '"v1"'], dated: ["Last-Modified", "If-Modified-Since", "Sat, 28 Nov 2026 10:00:00 GMT"] };
const tagged = (request, [field, question, tag]) =>
  request.headers.get(question) === tag ? new Response(null, { status: 304 }) : new Response(LOGO, { headers: { [field]: tag } });

/** A PNG whose header says that it is this large. */
function claims(width, height) {
  const bytes = Buffer.from(LOGO);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

/** What a path answers, and the reason that the answer is given for. */
const BROKEN = {
  hangs: [() => never(), "timeout"],
  stalls: [() => sent(stream(once(LOGO.subarray(0, 40), never))), "timeout"],
  drips: [() => sent(stream(async (body) => {
    await new Promise((done) => setTimeout(done, 100));
    body.enqueue(new Uint8Array([0x89]));
  })), "timeout"],
  endless: [() => sent(stream(async (body) => {
    await new Promise((done) => setTimeout(done, 1));
    body.enqueue(new Uint8Array(65_536));
  })), "too-large"],
  breaks: [() => sent(stream(once(LOGO.subarray(0, 40), (body) => body.error(new Error("gone"))))), ["network", "damaged"]],
  empty: [() => sent(new Uint8Array()), "not-an-image"],
  html: [() => sent("<!doctype html>", "image/png"), "not-an-image"],
  webp: [() => sent(FORMATS["lossy.webp"].subarray(0, -60)), ["damaged", "not-an-image"]],
  gif: [() => sent(FORMATS["picture.gif"].subarray(0, -600)), ["damaged", "not-an-image"]],
  avif: [() => sent("\0\0\0\x20ftypavif"), "not-an-image"],
  svg: [() => sent("<svg/>", "image/svg+xml"), "svg-not-drawn"],
  words: [() => sent(readFileSync(new URL("../corpus/svg/text.svg", import.meta.url)), "image/svg+xml"), "svg-not-drawn"],
  layers: [() => sent(readFileSync(new URL("../corpus/svg/layers.svg", import.meta.url)), "image/svg+xml"), "too-large"],
  huge: [() => sent(claims(65_535, 65_535)), ["too-large", "not-an-image"]],
  loop: [() => to("https://img.example/loop"), "redirect"],
  three: [() => to("/redirects/2"), "redirect"],
  nowhere: [() => to(""), "redirect"],
  ...Object.fromEntries(
    ["http://img.example/ok", "https://127.0.0.1/ok", "https://0x7f.1/ok", "https://[::1]/ok", "https://localhost/ok", "https://169.254.169.254/", "//evil.example/ok", "https://u@img.example/ok", "https://img.example:8443/ok", "https://refused.example/ok", "/\\evil.example/ok", "data:image/png;base64,AAAA"].map((location, index) => [`leads-${index}`, [() => to(location), "redirect"]]),
  ),
  ...Object.fromEntries(REFUSED.map(([location], index) => [`refused-${index}`, [() => to(location), "redirect"]])),
  // Every status that a response can have, but the one that is drawn and those that lead elsewhere.
  ...Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => 200 + index)
      .filter((status) => ![200, 301, 302, 303, 307, 308].includes(status))
      .map((status) => [`status-${status}`, [() => new Response([204, 205, 304].includes(status) ? null : LOGO, { status }), "status"]]),
  ),
  // Miniflare packs a body whose header says so, and the runtime unpacks it: this one is small on its
  // way, and 64 MB when it has come. Miniflare breaks it off now and then.
  bomb: [() => new Response(Buffer.alloc(64 * 1024 * 1024), { headers: { "Content-Encoding": "gzip", "Content-Type": "image/png" } }), ["too-large", "network"]],
  shorter: [() => new Response(stream(once(LOGO, (body) => body.close())), { headers: { "Content-Length": "40" } }), ["timeout", "network", "damaged"]],
  longer: [() => new Response(stream(once(LOGO, (body) => body.close())), { headers: { "Content-Length": String(LOGO.length + 10) } }), ["timeout", "network", "damaged"]],
  ...Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`cut-${index}`, [() => sent(LOGO.subarray(0, (LOGO.length * (index + 1)) >> 4)), ["damaged", "not-an-image"]]])),
};

function once(bytes, then) {
  let is_first = true;
  return (body) => {
    if (!is_first) return then(body);
    is_first = false;
    body.enqueue(bytes);
  };
}

/** Answers as the path says, and counts what was asked. */
function upstream() {
  const asked = [];
  let red = 200;
  return {
    asked,
    change: () => (red = 90),
    answer: (request) => {
      const { hostname, pathname } = new URL(request.url);
      const name = pathname.slice(1);
      if (name === "slow") {
        asked.push(name);
        return new Promise((done) => setTimeout(() => done(sent(LOGO)), 300));
      }
      if (TAGS[name]) {
        const answer = tagged(request, TAGS[name]);
        asked.push(`${name} ${answer.status}`);
        return answer;
      }
      asked.push(`${hostname}${pathname}`);
      assert.ok(["img.example", "a.cdn.example", "logos.example"].includes(hostname), hostname);
      const left = /^redirects\/(\d)$/.exec(name)?.[1];
      if (left) return to(left === "0" ? "https://a.cdn.example/ok" : `/redirects/${left - 1}`, 307);
      if (name === "text") return sent(logo({ red }), "text/html");
      if (name === "gzip" || name === "br") return new Response(logo({ red }), { headers: { "Content-Encoding": name } });
      if (name === "sometimes") return asked.filter((path) => path.endsWith("/sometimes")).length === 1 ? sent(LOGO) : new Response("", { status: 503 });
      if (name === "gone") return asked.filter((path) => path.endsWith("/gone")).length === 1 ? sent(LOGO) : new Response("", { status: 410 });
      if (name === "later") return asked.filter((path) => path.endsWith("/later")).length > 1 ? sent(LOGO) : new Response("", { status: 500 });
      if (FORMATS[name]) {
        assert.match(request.headers.get("accept"), /image\/webp, image\/gif/);
        return sent(FORMATS[name], "application/octet-stream");
      }
      return BROKEN[name] ? BROKEN[name][0]() : sent(logo({ red }));
    },
  };
}

const HOSTS = "img.example, *.cdn.example";

/** Starts a Worker with the templates of this file. */
const withRemotes = (options, body) => {
  const { asked, answer, change } = upstream();
  const worker = { kv: { mine: TEMPLATE, pinned: PINNED, "pinned@3": PINNED, defaults: DEFAULTS }, bindings: { IMAGE_HOSTS: HOSTS }, outbound: answer, ...options };
  return withWorker(worker, (worker) => body(worker, asked, change));
};

const picture = (worker, url, headers = {}) => ask(worker, `/i/mine.png?name=Maria&logo_url=${encodeURIComponent(url)}`, { headers });
const isRed = (answer, red = 200) => answer.picture().rgba().readUInt8((60 * 300 + 60) * 4) === red;

test("an image of another host is drawn, fetched once, and part of the ETag", () =>
  withRemotes({}, async (worker, asked) => {
    const first = await picture(worker, "https://img.example/ok");
    assert.ok(isRed(first));
    assert.equal(first.header("cache-control"), LIVE);
    assert.match(first.header("x-params"), /logo_url=given/);
    const again = await picture(worker, "https://IMG.example:443/ok#x");
    assert.deepEqual([again.header("etag"), again.header("x-cache"), asked.length], [first.header("etag"), "hit", 1]);
    const unchanged = await picture(worker, "https://img.example/ok", { "If-None-Match": first.header("etag") });
    assert.equal(unchanged.status, 304);

    // The type is that of the bytes, and two redirects are followed.
    for (const path of ["text", "gzip", "br", "redirects/1"]) assert.ok(isRed(await picture(worker, `https://img.example/${path}`)), path);
    assert.deepEqual(asked.slice(-2), ["img.example/redirects/0", "a.cdn.example/ok"]);

    // A pinned revision never changes; the image may.
    const pinned = await ask(worker, "/i/pinned@3.png");
    assert.ok(isRed(pinned));
    assert.equal(pinned.header("cache-control"), LIVE);
  }));

test("images of every format are drawn, and broken ones are not", () =>
  withRemotes({}, async (worker) => {
    const fallback = (await ask(worker, "/i/mine.png?name=Maria")).picture().rgba();
    for (const name of Object.keys(FORMATS)) {
      const answer = await picture(worker, `https://img.example/${name}`);
      assert.match(answer.header("x-params"), /logo_url=given/, name);
      assert.ok(!answer.picture().rgba().equals(fallback), name);
    }
  }));

test("other bytes at a URL are another picture", () =>
  withRemotes({ front: FAULTS, cacheAPI: false }, async (worker, asked, change) => {
    const first = await picture(worker, "https://img.example/ok");
    change();
    const kept = await picture(worker, "https://img.example/ok");
    assert.equal(kept.header("etag"), first.header("etag"));
    const later = await picture(worker, "https://img.example/ok", { "X-Later-Ms": "400000", "If-None-Match": first.header("etag") });
    assert.equal(later.status, 200);
    assert.notEqual(later.header("etag"), first.header("etag"));
    assert.ok(isRed(later, 90));
  }));

test("whatever a host does, a complete picture comes in time, for a minute", () =>
  withRemotes({}, async (worker, asked) => {
    const fallback = (await ask(worker, "/i/mine.png?name=Maria")).picture().rgba();
    const others = [];
    for (const [name, [, why]] of Object.entries(BROKEN)) {
      const start = performance.now();
      const answer = await picture(worker, `https://img.example/${name}`);
      const ms = performance.now() - start;
      assert.ok(ms < IN_TIME_MS, `${name} took ${ms} ms`);
      assert.deepEqual([answer.status, answer.header("cache-control")], [200, MINUTE], name);
      assert.match(answer.header("etag"), /-u"$/, name);
      const codes = [why].flat().map((code) => `logo_url=fallback;why=${code}, name=given`);
      if (!codes.includes(answer.header("x-params"))) others.push(`${name}: ${answer.header("x-params")}`);
      assert.ok(answer.picture().rgba().equals(fallback), `${name} shows its fallback`);
    }
    assert.deepEqual(others, [], "the reasons");
    assert.ok(Object.keys(BROKEN).length > 500, `${Object.keys(BROKEN).length} faults`);
    // Within the minute no host is asked again.
    const count = asked.length;
    const again = await picture(worker, "https://img.example/status-500");
    assert.deepEqual([again.header("cache-control"), asked.length], [MINUTE, count]);
    const explained = (await ask(worker, "/i/mine.json?logo_url=https://img.example/status-500")).json().params.logo_url;
    assert.deepEqual([explained.source, explained.why], ["fallback", "status"]);
    assert.ok((await faults(worker, 1)).includes("remote-file-failed"));
    assert.ok(!worker.logs.some(({ message }) => message.includes("img.example")), "no URL is in the log");
  }));

test("a default is shown before the picture gives way", () =>
  withRemotes({}, async (worker) => {
    const cup = (await ask(worker, "/i/defaults.png")).picture().rgba();
    const broken = await ask(worker, "/i/defaults.png?logo_url=https://img.example/status-404");
    assert.ok(broken.picture().rgba().equals(cup));
    assert.equal(broken.header("cache-control"), MINUTE);
  }));

test("a hundred requests for one URL ask its host once", () =>
  withRemotes({ kv: { mine: TEMPLATE, twice: TWICE } }, async (worker, asked) => {
    const names = Array.from({ length: 100 }, (_, index) => `name=N${index}`);
    const answers = await Promise.all(names.map((name) => ask(worker, `/i/mine.png?${name}&logo_url=https://img.example/slow`)));
    for (const answer of answers) assert.ok(isRed(answer) && answer.header("cache-control") === LIVE);
    assert.deepEqual(asked, ["slow"]);
    // So do two layers of one picture, and a host that hangs keeps nobody longer than the first.
    assert.ok(isRed(await ask(worker, "/i/twice.png?a=https://img.example/ok&b=https://img.example/ok%23b")));
    assert.deepEqual(asked.slice(1), ["img.example/ok"]);
    const start = performance.now();
    const late = await Promise.all(names.slice(0, 20).map((name) => ask(worker, `/i/mine.png?${name}&logo_url=https://img.example/hangs`)));
    for (const answer of late) assert.match(answer.header("x-params"), /logo_url=fallback;why=timeout/);
    assert.ok(performance.now() - start < IN_TIME_MS);
    assert.deepEqual(asked.slice(2), ["img.example/hangs"]);
  }));

test("what is no longer fresh is asked for by its tag", () =>
  withRemotes({ front: FAULTS, cacheAPI: false }, async (worker, asked) => {
    for (const name of Object.keys(TAGS)) {
      const at = (ms) => picture(worker, `https://img.example/${name}`, { "X-Later-Ms": String(ms) });
      const [first, kept, again] = [await at(0), await at(200_000), await at(400_000)];
      assert.ok(isRed(again), name);
      assert.deepEqual([kept.header("etag"), again.header("etag")], [first.header("etag"), first.header("etag")]);
    }
    assert.deepEqual(asked, ["tagged 200", "tagged 304", "dated 200", "dated 304"]);
  }));

test("while a host is down, what it sent before is shown for a minute at a time", () =>
  withRemotes({ front: FAULTS, cacheAPI: false }, async (worker) => {
    const at = (name, ms) => picture(worker, `https://img.example/${name}`, { "X-Later-Ms": String(ms) });
    const first = await at("sometimes", 0);
    const later = await at("sometimes", 400_000);
    assert.ok(isRed(later));
    assert.deepEqual([later.header("etag"), later.header("cache-control")], [first.header("etag"), MINUTE]);
    assert.equal(later.header("x-params"), "logo_url=last-good;why=status, name=given");
    // A host that says that the file is gone is believed.
    await at("gone", 0);
    assert.equal((await at("gone", 400_000)).header("x-params"), "logo_url=fallback;why=status, name=given");
  }));

test("a deployment chooses how long pictures wait", async () => {
  for (const [value, least, most] of [["300", 250, 1_200], ["1", 150, 1_100], ["soon", 1_900, 3_000], ["60000", 2_400, IN_TIME_MS]]) {
    await withRemotes({ bindings: { IMAGE_HOSTS: HOSTS, IMAGE_WAIT_MS: value } }, async (worker) => {
      await ask(worker, "/i/mine.png");
      const start = performance.now();
      const answer = await picture(worker, "https://img.example/hangs");
      const ms = performance.now() - start;
      assert.match(answer.header("x-params"), /why=timeout/);
      assert.ok(ms >= least && ms < most, `${value}: ${ms} ms`);
    });
  }
});

test("views tell of images, and the text and the snippet fetch none", () =>
  withRemotes({}, async (worker, asked) => {
    const view = (ext, path) => ask(worker, `/i/mine.${ext}?logo_url=https://img.example/${path}`);
    assert.equal((await view("txt", "ok")).text(), "Hello, friend!");
    assert.match((await view("html", "ok")).text(), /<img /);
    assert.deepEqual(asked, []);
    const { params } = (await view("json", "ok")).json();
    assert.deepEqual([params.logo_url.source, asked.length], ["given", 1]);
    const broken = (await view("json", "hangs")).json().params.logo_url;
    assert.deepEqual([broken.source, broken.why, broken.reason], ["fallback", "timeout", "its host did not send it in time"]);
  }));

test("the logo of a company comes from the provider that the deployment chose", async () => {
  const LOGO_URL = "https://logos.example/{domain}?size=256";
  const kv = { mine: TEMPLATE, logos: LOGOS };
  const logoOf = (worker, company) => ask(worker, `/i/logos.png?company=${encodeURIComponent(company)}`);
  await withRemotes({ kv, bindings: { LOGO_URL } }, async (worker, asked) => {
    for (const company of ["acme.com", "Maria@ACME.com", "https://www.acme.com/about"]) assert.ok(isRed(await logoOf(worker, company)), company);
    assert.deepEqual(asked, ["logos.example/acme.com"]);
    // Who has no company has initials, and that is no failure.
    for (const company of ["maria@gmail.com", "127.0.0.1", ""]) {
      const answer = await logoOf(worker, company);
      assert.deepEqual([isRed(answer), answer.header("cache-control")], [false, LIVE], company);
    }
    assert.equal(asked.length, 1);
    // A value may be a logo too, and says why it is none.
    assert.ok(isRed(await picture(worker, "logo:acme.com")));
    assert.match((await picture(worker, "logo:gmail.com")).header("x-params"), /logo_url=missing;why=free-mail/);
    assert.match((await picture(worker, "logo:status-404")).header("x-params"), /logo_url=missing;why=wrong-type/);
  });
  for (const [url, fault] of [[undefined, []], ["https://{domain}/favicon.png", ["logo-url-invalid"]]]) {
    await withRemotes({ kv, bindings: url ? { LOGO_URL: url } : {} }, async (worker, asked) => {
      const answer = await picture(worker, "logo:acme.com");
      assert.match(answer.header("x-params"), /logo_url=fallback;why=no-provider/);
      assert.deepEqual([answer.header("cache-control"), asked, await faults(worker, 1)], [MINUTE, [], fault]);
    });
  }
});

test("a preview shows images of other hosts, and publishing warns of those that are not allowed", () =>
  withRemotes({ ...API, kv: {}, bindings: { ...API.bindings, IMAGE_HOSTS: "img.example" } }, async (worker, asked) => {
    const document = JSON.parse(TEMPLATE);
    const preview = async (path) => want(worker, 200, "POST /v1/preview", { body: { document, params: { logo_url: `https://img.example/${path}` } } });
    assert.ok(isRed(await preview("ok")));
    assert.ok(!isRed(await preview("status-500")));
    assert.deepEqual(asked, ["img.example/ok", "img.example/status-500"]);
    const feeds = { ...document, hosts: ["img.example"], feeds: { stock: { url: "https://img.example/status-500", example: { price: 7 } } }, alt: "{{ stock.price }}" };
    const alt = await want(worker, 200, "POST /v1/preview", { body: { document: feeds, format: "txt" } });
    assert.equal(alt.text(), "7");
    const { warnings } = (await want(worker, 200, "POST /v1/validate", { body: { ...document, layers: [{ ...document.layers[0], src: "logo:{{ name }}" }] } })).json();
    assert.deepEqual(warnings.map(({ warning }) => warning).filter((text) => text.startsWith("this deployment")), [
      "this deployment fetches nothing from *.cdn.example (IMAGE_HOSTS)",
      "this deployment fetches nothing from refused.example (IMAGE_HOSTS)",
      "this deployment has chosen no provider of logos (LOGO_URL)",
    ]);
  }));

test("a host that failed is asked again after a minute", () =>
  withRemotes({ front: FAULTS, cacheAPI: false }, async (worker) => {
    const later = (ms) => picture(worker, "https://img.example/later", { "X-Later-Ms": String(ms) });
    assert.equal((await later(0)).header("cache-control"), MINUTE);
    const fine = await later(70_000);
    assert.deepEqual([fine.header("cache-control"), isRed(fine)], [LIVE, true]);
  }));

test("nothing is fetched that is not allowed, or asks in a circle", async () => {
  for (const [hosts, url, headers, params] of [
    [undefined, "https://img.example/ok", {}, "logo_url=fallback;why=host-not-allowed"],
    ["other.example", "https://img.example/ok", {}, "logo_url=fallback;why=host-not-allowed"],
    [HOSTS, "https://refused.example/ok", {}, "logo_url=fallback;why=host-not-allowed"],
    ["*", "https://evil.example/ok", {}, "logo_url=missing;why=host-not-allowed"],
    ["*", "https://127.0.0.1/ok", {}, "logo_url=missing;why=wrong-type"],
    ["*", "https://img.example/ok", { "Monogram-Fetch": "1" }, "logo_url=fallback;why=loop"],
  ]) {
    await withRemotes({ bindings: hosts ? { IMAGE_HOSTS: hosts } : {} }, async (worker, asked) => {
      const answer = await picture(worker, url, headers);
      answer.picture();
      assert.deepEqual([answer.header("x-params"), asked], [`${params}, name=given`, []]);
    });
  }
  await withRemotes({ bindings: { IMAGE_HOSTS: "*" } }, async (worker) => assert.ok(isRed(await picture(worker, "https://img.example/ok"))));
});
