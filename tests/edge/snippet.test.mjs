// The snippets of /v1/snippet for every sender: the HTML that a person copies, and the pictures for
// the URLs that the sender sends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ kv: { card: card(), "acme/card@3": card(), closed: card({ access: "signed" }) } });
const json = async (path) => (await ask(worker, path)).json();
const snippet = (esp, query = "") => json(`/v1/snippet/card?esp=${esp}&company.field=&${query}`);

let known;
/** The senders that the Worker knows. */
const senders = async () => (known ??= await json("/v1/senders"));

/** The attributes of an `<img>`, as an HTML parser reads them. */
function attributes(html) {
  const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
  const found = [...html.matchAll(/ ([a-z]+)=("[^"]*"|'[^']*')/g)];
  assert.equal(html, `<img${found.map(([whole]) => whole).join("")}>`, "nothing but attributes");
  return Object.fromEntries(found.map(([, name, value]) => [name, value.slice(1, -1).replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity])]));
}

/**
 * Checks that a URL has a picture. Returns its ETag, which is the same for the same picture, and
 * the source of each value.
 */
async function picture(url) {
  const { status, header } = await ask(worker, url.replace(worker.url, ""));
  assert.deepEqual([status, header("content-type")], [200, "image/png"], url);
  return { etag: header("etag"), params: header("x-params") };
}

test("there are at least 25 senders, each with a well-formed snippet", async () => {
  assert.ok((await senders()).length >= 25, `${(await senders()).length}`);
  for (const { id, name } of await senders()) {
    const made = await snippet(id, "name.default=Valued+Customer&_w=150&_dpr=2");
    const { src, alt, width, height, style } = attributes(made.html);
    assert.deepEqual({ src, alt, width, height }, { src: made.src, alt: made.alt, width: "150", height: "60" }, id);
    assert.match(style, /display:block/);
    assert.equal(made.sender.name, name);
    const { tag } = made.params.find((param) => param.name === "name");
    assert.ok(src.startsWith(`${worker.url}/i/card.png?_w=150&_dpr=2&name.default=Valued`) && src.endsWith(`&name=${tag}`), src);
    assert.match(alt, /^Hello, .+!$/, id);
  }
});

test("with the sender's value in place of the tag, the picture has that name", async () => {
  for (const { id, encoded } of await senders()) {
    const { src, params } = await snippet(id, "name.default=Valued+Customer");
    const { tag } = params.find((param) => param.name === "name");
    for (const name of ["Maria", "Zoë O'Brien", ...(encoded ? ["Smith & Søns #1"] : [])]) {
      const arrives = await picture(src.replace(tag, encoded ? encodeURIComponent(name) : name));
      const meant = await picture(`${worker.url}/i/card.png?name=${encodeURIComponent(name)}`);
      assert.equal(arrives.etag, meant.etag, `${id}: ${name}`);
      assert.match(arrives.params, /name=given/, id);
    }
  }
});

test("with nothing in place of the tag, the picture falls back", async () => {
  const meant = await picture(`${worker.url}/i/card.png?name=Valued%20Customer`);
  for (const { id } of await senders()) {
    const { src, params, fallback } = await snippet(id, "name.default=Valued+Customer");
    const { tag } = params.find((param) => param.name === "name");
    assert.equal((await picture(src.replace(tag, ""))).etag, meant.etag, id);
    assert.equal((await picture(fallback)).etag, meant.etag, id);
  }
});

test("a raw tag gives a picture", async () => {
  for (const { id } of await senders()) await picture((await snippet(id)).src);
});

test("a raw tag falls back", async () => {
  const meant = await picture(`${worker.url}/i/card.png`);
  const unknown = [];
  for (const { id } of await senders()) {
    const { src } = await snippet(id);
    const { etag, params } = await picture(src);
    if ((etag !== meant.etag || !/name=missing/.test(params))) unknown.push(`${id}: ${src}`);
  }
  assert.deepEqual(unknown, []);
});

test("the previews show the picture with a value and without", async () => {
  const { preview, fallback } = await snippet("klaviyo", "name.default=you&color=1e7a5f&_w=150");
  const meant = async (query) => (await picture(`${worker.url}/i/card.png?color=1e7a5f&_w=150&${query}`)).etag;
  assert.equal((await picture(preview)).etag, await meant("name=Maria"));
  assert.equal((await picture(fallback)).etag, await meant("name=you"));
});

test("a snippet can pin a revision, and comes as HTML alone", async () => {
  const made = await json("/v1/snippet/acme/card@3?esp=kit");
  assert.ok(made.src.startsWith(`${worker.url}/i/acme/card@3.png?`), made.src);
  const response = await worker.fetch("/v1/snippet/acme/card@3?esp=kit&format=html");
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(await response.text(), `${made.html}\n`);
});

test("a problem names the field and a remedy, and is not cached", async () => {
  for (const [path, status, code, field, remedy] of [
    ["/v1/snippet/card", 400, "unknown-sender", "esp", "/v1/senders"],
    ["/v1/snippet/card?esp=klavio", 400, "unknown-sender", "esp", "klaviyo"],
    ["/v1/snippet/card?esp=klaviyo&nmae=Maria", 400, "unknown-param", "nmae", "name"],
    ["/v1/snippet/card?esp=klaviyo&color=blau", 400, "value-wrong-type", "color", "leave it empty"],
    ["/v1/snippet/none?esp=klaviyo", 404, "unknown-template", undefined, "samples"],
    ["/v1/snippet/card@9?esp=klaviyo", 404, "unknown-revision", undefined, "live"],
    ["/v1/snippet/closed?esp=klaviyo", 403, "signature-required", undefined, "public"],
  ]) {
    const response = await worker.fetch(path, { headers: { Accept: "text/html" } });
    const problem = await response.json();
    assert.deepEqual([response.status, problem.code, problem.field], [status, code, field], path);
    assert.ok(problem.remedy.includes(remedy), `${path}: ${problem.remedy}`);
    assert.deepEqual([response.headers.get("content-type"), response.headers.get("cache-control")], ["application/problem+json", "no-store"]);
  }
  const { headers } = await worker.fetch("/v1/snippet/card?esp=klaviyo&name=Maria");
  assert.deepEqual([headers.get("cache-control"), headers.get("access-control-allow-origin")], ["no-store", "*"]);
  assert.ok(!worker.logs.some(({ message }) => message.includes("Maria")), "no value in the log");
});
