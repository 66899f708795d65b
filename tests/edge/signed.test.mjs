// Signed and sealed URLs: exactly what was signed is drawn, for as long as it is valid. The tokens were
// made by `monogram sign` and `monogram seal` with SECRET; they expire in 2100.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, withWorker, workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const SECRET = "a secret for the tests of the Worker, no more";
const closed = card({ access: "signed" });
const kv = { closed, "acme/hello@4": closed };
const worker = workerForFile({ kv, bindings: { SIGNING_SECRET: SECRET, REVOKED_KEYS: "12, 13" } });

// acme/hello@4: company=Acme fixed, name open.
const PINNED = "/s/Egf0hlcACmFjbWUvaGVsbG8EAQdjb21wYW55BEFjbWUEbmFtZScX1oOy8e0c6HDOCAFmuVQ/acme/hello@4";
// closed: name open.
const LIVE = "/s/EAf0hlcABmNsb3NlZAAEbmFtZcaQFZ5zCiZclN7FXDb2QI8/closed";
const EXPIRED = "/s/EAFlU_EABmNsb3NlZAAEbmFtZQQrgtxPiO0z3kKBw88Q0ak/closed";
const REVOKED = "/s/EA30hlcABmNsb3NlZAAEbmFtZecPmAcZ6DmT8IikGL7f_eo/closed";
// closed, with {"name": "Maria"}.
const SEALED = "/x/EAf0hlcAedz0KUXmnwib6gF54BAxgBd6Mb7zc_jOq1UPp7mLA2dpRje-uHBh/closed";

const etag = async (path) => {
  const answer = await ask(worker, path);
  assert.equal(answer.status, 200, path);
  return answer.header("ETag");
};

test("a template that wants a signature is drawn by a signed and by a sealed URL only", async () => {
  assert.equal((await ask(worker, "/i/closed.png?name=Maria")).status, 403);
  const signed = await ask(worker, `${LIVE}.png?name=Maria`);
  assert.equal(signed.status, 200);
  assert.ok(signed.picture().width > 0);
  assert.equal(signed.header("ETag"), await etag(`${SEALED}.png`), "one picture, whoever may see it");
});

test("a query changes the open params of a signed URL and nothing else", async () => {
  const maria = await etag(`${PINNED}.png?name=Maria`);
  assert.notEqual(await etag(`${PINNED}.png?name=Ana`), maria);
  for (const more of ["company=Evil", "company.default=Evil", "company.b64=RXZpbA", "amp;company=Evil", "%63ompany=Evil", "points=7", "utm_source=x", "_debug=boxes"]) {
    assert.equal(await etag(`${PINNED}.png?${more}&name=Maria`), maria, more);
    assert.equal(await etag(`${PINNED}.png?name=Maria&${more}`), maria, more);
  }
});

test("a token that does not fit the URL, the time or the deployment is refused with a picture", async () => {
  const cases = [
    [`${EXPIRED}.png?name=Maria`, "expired"],
    [`${REVOKED}.png?name=Maria`, "revoked"],
    [`${PINNED.replace("@4", "@5")}.png`, "another revision"],
    [`${PINNED.replace("@4", "")}.png`, "the live one"],
    [`${LIVE.replace("/closed", "/welcome")}.png`, "another template"],
    [`${LIVE.replace("/s/E", "/s/F")}.png`, "another letter"],
    [`${LIVE.replace("/closed", "A/closed")}.png`, "one letter more"],
    [`${SEALED.replace("/x/E", "/x/F")}.png`, "another letter, sealed"],
    [`${SEALED.replace("/x/", "/s/")}.png`, "sealed as signed"],
    [`${LIVE.replace("/s/", "/x/")}.png`, "signed as sealed"],
    [`${SEALED}.gif`.replace("/closed", "/acme/hello@4"), "sealed for another template"],
  ];
  for (const [path, why] of cases) {
    const answer = await ask(worker, path);
    assert.equal(answer.status, 403, why);
    assert.ok(answer.picture().width > 0, why);
    assert.equal(answer.header("Cache-Control"), "no-store", why);
  }
});

test("no cache keeps a picture for longer than its URL is valid", async () => {
  assert.equal((await ask(worker, `${PINNED}.png?name=Zoe`)).header("Cache-Control"), "public, max-age=300, s-maxage=86400");
});

test("a sealed URL has no views, which would show its values", async () => {
  for (const view of ["json", "html", "txt"]) {
    const answer = await ask(worker, `${SEALED}.${view}`);
    assert.equal(answer.status, 403, view);
    assert.ok(!answer.text().includes("Maria"), view);
  }
});

test("a former secret is accepted, and a deployment without any refuses", async () => {
  await withWorker({ kv, bindings: { SIGNING_SECRET: "another secret, of thirty-two or more", SIGNING_SECRET_PREVIOUS: SECRET } }, async (other) => {
    assert.equal((await ask(other, `${LIVE}.png?name=Maria`)).status, 200);
  });
  await withWorker({ kv }, async (other) => {
    assert.equal((await ask(other, `${LIVE}.png?name=Maria`)).status, 403);
  });
});
