// Writes src/locale/data.txt, which is compiled into the Worker, from CLDR's JSON. tools/locales
// fetches the JSON and runs this.
//
// The file has a block for each locale, sorted by tag, with those values that differ from the
// parent's: a line `key=value` for each. Lists are joined by `|`. src/locale/data.rs reads the
// file.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [packages, out] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(join(packages, path), "utf8"));
const core = (name) => read(`cldr-core/supplemental/${name}.json`).supplemental;

// The languages whose coverage CLDR calls modern, which is complete for everyday products.
// Languages in which hardly any emails are sent are left out to save bytes. Maltese is included: it
// is a language of the European Union, and complete in the data that is read here. CLDR lists nb
// under its parent `no`.
const levels = read("cldr-core/coverageLevels.json").coverageLevels;
const LEFT_OUT = ["ak", "ba", "chr", "cv", "dsb", "hi-Latn", "hsb", "kk-Arab", "kok", "pcm", "qu", "rm", "sd", "shn"];
const LANGUAGES = new Set(Object.keys(levels).filter((tag) => levels[tag] === "modern" && !LEFT_OUT.includes(tag)));
for (const tag of ["mt", "nb", "zh-Hans"]) LANGUAGES.add(tag);

const available = read("cldr-core/availableLocales.json").availableLocales.full;
const parents = core("parentLocales").parentLocales.parentLocale;
const digits = core("numberingSystems").numberingSystems;

const parentOf = (tag) => parents[tag] ?? (tag.includes("-") ? tag.slice(0, tag.lastIndexOf("-")) : "und");

// Regional variants come with their language. Variants in another script must be listed; spelling
// variants are left out.
const isIncluded = (tag) => {
  const [, language, script, rest = ""] = tag.match(/^([a-z]+)(?:-([A-Z][a-z]{3}))?(-.*)?$/);
  return LANGUAGES.has(script ? `${language}-${script}` : language) && /^(-([A-Z]{2}|[0-9]{3}))?$/.test(rest);
};
const chosen = available.filter(isIncluded).sort();

// Currencies that are in use somewhere, or were until recently, because old prices are still
// written.
const regions = core("currencyData").currencyData.region;
const tender = new Set(
  Object.values(regions).flat().flatMap((entry) => Object.entries(entry))
    .filter(([, at]) => (at._to ?? "9999") > "2015" && at._tender !== "false").map(([code]) => code),
);
const fractions = core("currencyData").currencyData.fractions;

// --- The other calendars. CLDR 48 has no JSON packages for them; tests/locale compares with Intl.
const OWN_CALENDAR = {
  th: { calendar: "buddhist", date: "EEEEที่ d MMMM 'พ.ศ'. y|d MMMM y|d MMM y|d/M/yy", year: "'พ.ศ'. y" },
  fa: { calendar: "persian", months: "فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند" },
  "fa-AF": { months: "حمل|ثور|جوزا|سرطان|اسد|سنبلهٔ|میزان|عقرب|قوس|جدی|دلو|حوت" },
};

const list = (object) => Object.entries(object).filter(([key]) => !key.includes("alt")).map(([, value]) => value).join("|");
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const days = (object) => DAYS.map((day) => object[day]).join("|");

const rules = (type, tag) => {
  const all = core(type)[type === "plurals" ? "plurals-type-cardinal" : "plurals-type-ordinal"];
  // Plurals do not follow the parent: Angola has the numbers of Portugal, but the plurals of all
  // other Portuguese.
  const own = all[tag] ?? all[tag.split("-")[0]] ?? {};
  return Object.entries(own)
    .map(([name, rule]) => [name.replace("pluralRule-count-", ""), rule.split("@")[0].trim()])
    .filter(([name]) => name !== "other")
    .map(([name, rule]) => `${name}:${rule.replaceAll(" and ", "&").replaceAll(" or ", "/").replaceAll(" ", "")}`)
    .join("|");
};

// All values of a locale, as CLDR resolves them.
const resolve = (tag) => {
  const numbers = read(`cldr-numbers-full/main/${tag}/numbers.json`).main[tag].numbers;
  const { currencies } = read(`cldr-numbers-full/main/${tag}/currencies.json`).main[tag].numbers;
  const calendar = read(`cldr-dates-full/main/${tag}/ca-gregorian.json`).main[tag].dates.calendars.gregorian;
  const system = numbers.defaultNumberingSystem;
  const signs = numbers[`symbols-numberSystem-${system}`];
  const money = numbers[`currencyFormats-numberSystem-${system}`];
  const { months, days: week, dateFormats, timeFormats, dateTimeFormats } = calendar;
  const skeletons = dateTimeFormats.availableFormats;
  const atTime = calendar["dateTimeFormats-atTime"].standard;
  const pattern = (format) => (typeof format === "string" ? format : format._value);
  for (const [name, format] of Object.entries({ ...dateFormats, ...timeFormats })) {
    if (format._numbers) throw new Error(`${tag} ${name}: digits of its own`);
  }
  return {
    digits: digits[system]._digits,
    decimal: signs.decimal,
    group: signs.group,
    minus: signs.minusSign,
    percent: signs.percentSign,
    "money-decimal": signs.currencyDecimal ?? signs.decimal,
    "money-group": signs.currencyGroup ?? signs.group,
    "min-grouping": numbers.minimumGroupingDigits,
    "number-pattern": numbers[`decimalFormats-numberSystem-${system}`].standard,
    "percent-pattern": numbers[`percentFormats-numberSystem-${system}`].standard,
    "money-pattern": money.standard,
    symbols: Object.fromEntries(
      Object.entries(currencies).filter(([code]) => tender.has(code)).map(([code, { symbol }]) => [code, symbol ?? code]),
    ),
    calendar: "gregorian",
    months: list(months.format.wide),
    "months-alone": list(months["stand-alone"].wide),
    "months-short": list(months.format.abbreviated),
    "months-short-alone": list(months["stand-alone"].abbreviated),
    days: days(week.format.wide),
    "days-alone": days(week["stand-alone"].wide),
    "days-short": days(week.format.abbreviated),
    "days-short-alone": days(week["stand-alone"].abbreviated),
    "day-periods": [calendar.dayPeriods.format.abbreviated.am, calendar.dayPeriods.format.abbreviated.pm].join("|"),
    date: ["full", "long", "medium", "short"].map((style) => pattern(dateFormats[style])).join("|"),
    // `B` is a part of the day such as "at noon", with other rules in each language. Only zh-Hant
    // has it here, and gets `a` (上午, 下午).
    time: pattern(timeFormats.short).replace("B", "a"),
    "date-time": ["full", "long", "medium", "short"].map((style) => pattern(atTime[style])).join("|"),
    year: skeletons.y,
    day: skeletons.d,
    "year-month": skeletons.yMMMM ?? skeletons.yMMM.replace(/[ML]{3}/, "MMMM"),
    "month-day": skeletons.MMMMd ?? skeletons.MMMd.replace(/[ML]{3}/, "MMMM"),
    cardinal: rules("plurals", tag),
    ordinal: rules("ordinals", tag),
    ...OWN_CALENDAR[tag.split("-")[0]],
    ...OWN_CALENDAR[tag],
  };
};

// For each key whose value may be `=`: the key of the more general list, as in data.rs.
const SAME_AS = {
  "months-short-alone": "months-short", "months-alone": "months", "months-short": "months",
  "days-short-alone": "days-short", "days-alone": "days", "days-short": "days",
  "money-decimal": "decimal", "money-group": "group",
};

const resolved = new Map([["und", resolve("und")]]);
for (const tag of chosen) resolved.set(tag, resolve(tag));
for (const [tag, all] of resolved) {
  // The Persian months have no short names, and the short Gregorian names would be wrong.
  if (all.calendar === "persian") for (const key of ["months-alone", "months-short", "months-short-alone"]) all[key] = all.months;
}

// The values of each locale that differ from its parent's.
const nearest = (tag) => {
  let parent = parentOf(tag);
  while (parent !== "und" && !resolved.has(parent)) parent = parentOf(parent);
  return parent;
};
const blocks = new Map();
for (const [tag, own] of resolved) {
  const parent = nearest(tag);
  const above = tag === "und" ? {} : resolved.get(parent);
  const written = {};
  for (const [key, value] of Object.entries(own)) {
    if (key === "symbols") {
      const changed = Object.keys(value).sort().filter((code) => value[code] !== (above.symbols?.[code] ?? code));
      if (changed.length) written.symbols = changed.map((code) => `${code} ${value[code]}`).join("|");
    } else if (value !== above[key]) {
      // A list that equals the more general list of the same block is written as `=`.
      written[key] = value === own[SAME_AS[key]] ? "=" : value;
    }
  }
  blocks.set(tag, { parent, written });
}
// A locale without values of its own is left out; its children fall back to its parent.
const isEmpty = (tag) => tag !== "und" && Object.keys(blocks.get(tag).written).length === 0;
const byTag = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
let text = `# Locales of CLDR ${read("cldr-core/package.json").version}, written by tools/locales. Unicode licence v3: see LICENSE-UNICODE beside this file.\n`;
for (const tag of [...blocks.keys()].sort(byTag)) {
  const { written } = blocks.get(tag);
  let { parent } = blocks.get(tag);
  while (parent !== "und" && isEmpty(parent)) parent = nearest(parent);
  // The parent is not written if it is the tag without its last part, or, for a language, the root.
  const truncated = tag.includes("-") ? tag.slice(0, tag.lastIndexOf("-")) : "und";
  if (isEmpty(tag) && tag.includes("-") && parent === truncated) continue;
  text += `[${tag}${parent === truncated || tag === "und" ? "" : ` ${parent}`}]\n`;
  for (const [key, value] of Object.entries(written)) text += `${key}=${value}\n`;
}

// Aliases: old tags, and regions that write a language in another script (zh-TW is zh-Hant-TW).
const aliases = [["in", "id"], ["iw", "he"], ["mo", "ro"], ["sh", "sr-Latn"], ["tl", "fil"]];
for (const [from, to] of Object.entries(core("likelySubtags").likelySubtags)) {
  const [, language, region] = from.match(/^(zh|sr)-([A-Z]{2})$/) ?? [];
  const script = to.split("-")[1];
  if (!region || (language === "sr" && script !== "Latn") || (language === "zh" && script !== "Hant")) continue;
  const whole = `${language}-${script}-${region}`;
  aliases.push([from, blocks.has(whole) && !isEmpty(whole) ? whole : `${language}-${script}`]);
}
text += `[aliases]\n${aliases.sort(([a], [b]) => byTag(a, b)).map(([from, to]) => `${from}=${to}\n`).join("")}`;

// Decimals of currencies; those with two are left out.
const places = [...tender].sort().filter((code) => fractions[code] && fractions[code]._digits !== "2");
text += `[currencies]\n${places.map((code) => `${code}=${fractions[code]._digits}\n`).join("")}`;

writeFileSync(join(out, "data.txt"), text);
writeFileSync(join(out, "LICENSE-UNICODE"), readFileSync(join(packages, "cldr-core/LICENSE")));
