// Records what Intl of this Node (full ICU) writes, for tests/locale.rs to compare with; run by tools/locales.
//
// A line: tag, what, its arguments, and what Intl wrote, with tabs between them.
// With `all` as its third argument it takes every locale of data.txt: 346, too many to keep.

import { readFileSync, writeFileSync } from "node:fs";

const [data, out, which] = process.argv.slice(2);

const KEPT = `
  af am ar ar-AE ar-EG ar-MA ar-SA az be bg bn bs ca cs cy da de de-AT de-CH el en en-AU en-CA en-GB en-IE en-IN en-ZA es es-419
  es-AR es-MX es-US et eu fa fa-AF fi fil fr fr-BE fr-CA fr-CH ga gl gu he hi hr hu hy id is it it-CH ja ka kk km kn ko lo lt
  lv mk ml mn mr ms mt my nb ne nl nl-BE nn pa pl pt pt-PT ro ru si sk sl sq sr sr-Latn sv sw ta te th tr uk ur uz vi zh zh-Hant
  zh-Hant-HK zu`.trim().split(/\s+/);

const all = [...readFileSync(data, "utf8").matchAll(/^\[([\w-]+)[ \]]/gm)].map(([, tag]) => tag)
  .filter((tag) => !["und", "aliases", "currencies"].includes(tag));
const tags = which === "all" ? all : KEPT;

const NUMBERS = [[0], [1], [7.5, 2], [-0.4, 0], [1.005, 2], [2.5, 0], [-1234], [1234.5, 2], [9999.9996], [12345.678], [1234567.891], [1e21]];
const SHARES = [[0.25], [0.07], [-0.5], [0.12345, 1], [12.5]];
const AMOUNTS = [[1234.5, "EUR"], [-9.99, "USD"], [1234.5, "JPY"], [1.5, "KWD"], [12345678.9, "INR"], [5, "CHF"], [0, "GBP"], [29, "PLN"], [-1, "XYZ"],
  [3.5, "AED"], [99.9, "CAD"], [1e6, "NGN"], [15, "XOF"], [2, "MXN"], [7, "BGN"], [8, "ILS"], [9, "NPR"], [10, "DKK"], [11, "ZAR"], [12, "HKD"]];
const MOMENTS = ["2026-01-02T00:05", "2026-02-28T09:07", "2026-03-14T15:30", "2026-04-30T12:00", "2026-05-31T23:59", "2024-06-01T11:59",
  "2025-07-06T01:00", "2026-08-10T13:45", "2026-09-22T06:06", "2024-10-09T18:18", "2026-11-26T20:00", "1999-12-31T21:15"];
const COUNTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 19, 20, 21, 22, 25, 42, 70, 80, 90, 91, 99, 100, 101, 102, 103, 111, 121, 200, 1000, 1e6, 0.5, 1.5, 2.1, 3.25];
const FORMS = {
  full: { dateStyle: "full" }, long: { dateStyle: "long" }, medium: { dateStyle: "medium" }, short: { dateStyle: "short" },
  year: { year: "numeric" }, month: { month: "long" }, weekday: { weekday: "long" }, day: { day: "numeric" },
  "day-month": { day: "numeric", month: "long" }, "month-year": { month: "long", year: "numeric" },
};

const lines = [];
for (const tag of tags) {
  const add = (...fields) => lines.push([tag, ...fields].join("\t"));
  const number = (options) => new Intl.NumberFormat(tag, { signDisplay: "negative", ...options });
  const fixed = (places) => (places === undefined ? {} : { minimumFractionDigits: places, maximumFractionDigits: places });
  for (const [value, places] of NUMBERS) add("number", value, places ?? "-", number(fixed(places)).format(value));
  for (const [value, places] of SHARES) add("percent", value, places ?? "-", number({ style: "percent", ...fixed(places) }).format(value));
  for (const [value, currency] of AMOUNTS) add("money", value, currency, number({ style: "currency", currency }).format(value));
  MOMENTS.forEach((moment, index) => {
    const date = new Date(`${moment}Z`);
    const write = (options) => new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...options }).format(date);
    // Every month in some forms, every form in some months.
    Object.entries(FORMS).forEach(([form, options], at) => {
      if ((index + at) % 3 === 0 || form === "medium") add("date", moment, form, write(options));
    });
    if (index % 2 === 0) add("time", moment, "-", write({ timeStyle: "short" }));
    for (const form of index % 6 === 2 ? ["full", "long", "medium", "short"] : []) {
      add("date-time", moment, form, write({ dateStyle: form, timeStyle: "short" }));
    }
  });
  for (const type of ["cardinal", "ordinal"]) {
    const rules = new Intl.PluralRules(tag, { type });
    const byForm = new Map();
    for (const count of COUNTS) {
      const form = rules.select(count);
      byForm.set(form, [...(byForm.get(form) ?? []), count]);
    }
    for (const [form, counts] of byForm) add(type, counts.join(" "), "-", form);
  }
}
const header = `# Node ${process.versions.node}, ICU ${process.versions.icu}, CLDR ${process.versions.cldr}; tests/locale/record.mjs wrote this.\n`;
writeFileSync(out, `${header}${lines.join("\n")}\n`);
