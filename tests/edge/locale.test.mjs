// Numbers, money and dates in the language of the URL: the same in workerd as natively, where they are compared with Intl.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startWorker } from "./harness.mjs";
import { card } from "./template.mjs";

const document = card({
  lang: "fr",
  background: "#fff",
  alt: "{{ points | number }} {{ points | plural('one', 'other') }}, {{ points | money('EUR') }}, {{ at | datetime('long') }}",
  params: { points: { type: "number", default: 1 }, at: { type: "datetime", timezone: "+01:00" } },
  layers: [],
});

test("a picture speaks the language of its URL, else its own", async () => {
  const worker = await startWorker({ kv: { spoken: document } });
  try {
    const alt = async (query) => {
      const text = await (await worker.fetch(`/i/spoken.txt?points=1234.5&at=2026-03-14T14:30:00Z&${query}`)).text();
      return text.replaceAll(/[\u00a0\u202f]/g, " ");
    };
    assert.equal(await alt("_lang=de-AT"), "1 234,5 other, € 1.234,50, 14. März 2026 um 15:30");
    assert.equal(await alt("_lang=en"), "1,234.5 other, €1,234.50, March 14, 2026 at 3:30 PM");
    assert.equal(await alt("_lang=fa"), "۱٬۲۳۴٫۵ other, \u200e€۱٬۲۳۴٫۵۰, ۲۳ اسفند ۱۴۰۴ ساعت ۱۵:۳۰");
    assert.equal(await alt(""), "1 234,5 other, 1 234,50 €, 14 mars 2026 à 15:30");
  } finally {
    await worker.dispose();
  }
});
