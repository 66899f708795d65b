// Place, device and time: what the platform knows of a request reaches the templates that declare it, and
// keeps their pictures apart; a mail service's proxy tells nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, withWorker } from "./answers.mjs";

const CF = { country: "DE", city: "Köln", timezone: "Europe/Berlin" };

const PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
const DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36";
const GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";

const document = (fields) => JSON.stringify({ width: 20, height: 10, access: "public", layers: [{ type: "rect", fill: "#eee" }], ...fields });

const KV = {
  place: document({
    context: ["geo.country", "geo.city", "device"],
    alt: "{{ geo.city | default('nowhere') }}, {{ geo.country | default('no country') }}, {{ device | default('no device') }}",
    variants: [{ name: "phone", when: "device == 'mobile'" }],
  }),
  country: document({ context: ["geo.country"], alt: "{{ geo.country }}" }),
  plain: document({ alt: "plain" }),
  hour: document({ now: { every: "hour" }, alt: "{{ now }}" }),
};

const as = (agent) => ({ headers: { "User-Agent": agent } });

test("a template reads the place and the device that it declares", () =>
  withWorker({ kv: KV, cf: CF }, async (worker) => {
    for (const [agent, said, variant] of [
      [PHONE, "Köln, DE, mobile", "phone"],
      [DESKTOP, "Köln, DE, desktop", "default"],
      [GMAIL, "nowhere, no country, no device", "default"],
    ]) {
      assert.equal((await ask(worker, "/i/place.txt", as(agent))).text(), said);
      assert.equal((await ask(worker, "/i/place.png", as(agent))).header("x-variant"), variant);
    }
  }));

test("pictures are kept apart by what they depend on, and by nothing else", () =>
  withWorker({ kv: KV, cf: CF }, async (worker) => {
    const tag = async (path, agent) => (await ask(worker, path, as(agent))).header("etag");
    assert.notEqual(await tag("/i/place.png", PHONE), await tag("/i/place.png", DESKTOP));
    assert.equal(await tag("/i/country.png", PHONE), await tag("/i/country.png", DESKTOP));
    assert.notEqual(await tag("/i/country.png", DESKTOP), await tag("/i/country.png", GMAIL));
    assert.equal(await tag("/i/plain.png", PHONE), await tag("/i/plain.png", GMAIL));
    // A URL that was asked for many times is answered for the one who asks.
    for (let round = 0; round < 4; round += 1) assert.equal((await ask(worker, "/i/place.png", as(PHONE))).header("x-variant"), "phone");
    assert.equal((await ask(worker, "/i/place.png", as(DESKTOP))).header("x-variant"), "default");
  }));

test("no shared cache keeps a picture that depends on who asks", () =>
  withWorker({ kv: KV, cf: CF }, async (worker) => {
    const control = async (path) => (await ask(worker, path, as(PHONE))).header("cache-control");
    assert.equal(await control("/i/place.png"), "private, max-age=300");
    assert.match(await control("/i/plain.png"), /^public, max-age=300, s-maxage=86400/);
    const [, seconds] = /^public, max-age=(\d+), s-maxage=\1,/.exec(await control("/i/hour.png")) ?? [];
    assert.ok(Number(seconds) >= 60 && Number(seconds) <= 3_600, seconds);
  }));

test("the time is that of the request, in the template's steps", () =>
  withWorker({ kv: KV, cf: CF }, async (worker) => {
    const before = Date.now();
    const said = Date.parse((await ask(worker, "/i/hour.txt")).text());
    assert.ok(said % 3_600_000 === 0 && said > before - 3_600_000 && said <= Date.now());
    assert.equal((await ask(worker, "/i/hour.txt?_now=2020-01-01")).text(), (await ask(worker, "/i/hour.txt")).text(), "no URL sets the clock");
  }));

test("without a country nothing is made up", () =>
  withWorker({ kv: KV }, async (worker) => {
    assert.equal((await ask(worker, "/i/place.txt", as(DESKTOP))).text(), "nowhere, no country, desktop");
  }));
