// Numbers, money and dates in the language of the URL: the same in workerd as natively, where other
// tests compare them with Intl.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, withWorker } from "./answers.mjs";
import { card } from "./template.mjs";

const document = card({
  lang: "fr",
  background: "#fff",
  alt: "{{ points | number }} {{ points | plural('one', 'other') }}, {{ points | money('EUR') }}, {{ at | datetime('long') }}",
  params: { points: { type: "number", default: 1 }, at: { type: "datetime", timezone: "+01:00" } },
  layers: [],
});

test("a picture is in the language of its URL, or else in that of its template", async () => {
  await withWorker({ kv: { spoken: document } }, async (worker) => {
    const alt = async (query) => {
      const { text } = await ask(worker, `/i/spoken.txt?points=1234.5&at=2026-03-14T14:30:00Z&${query}`);
      return text().replaceAll(/[\u00a0\u202f]/g, " ");
    };
    assert.equal(await alt("_lang=de-AT"), "1 234,5 other, € 1.234,50, 14. März 2026 um 15:30");
    assert.equal(await alt("_lang=en"), "1,234.5 other, €1,234.50, March 14, 2026 at 3:30 PM");
    assert.equal(await alt("_lang=fa"), "۱٬۲۳۴٫۵ other, \u200e€۱٬۲۳۴٫۵۰, ۲۳ اسفند ۱۴۰۴ ساعت ۱۵:۳۰");
    assert.equal(await alt(""), "1 234,5 other, 1 234,50 €, 14 mars 2026 à 15:30");
  });
});
