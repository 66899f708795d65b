// Records how Chromium lays out the strings of tests/oracle/strings.json with the files of fonts/:
// `make oracle`. tests/line_breaking_matches_chromium.rs compares with the record, which is committed. Another version of
// Chromium may break lines differently.
//
// `tools/oracle STRING...` prints the layout of these strings instead.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = `${root}tests/oracle/`;
const SIZE = 24;
const WIDTHS = [440, 250, 150, 70];

const asked = process.argv.slice(2).map((text) => ({ script: "asked", lang: "en", text }));
const strings = asked.length > 0 ? asked : JSON.parse(readFileSync(`${folder}strings.json`, "utf8"));

// The Worker's own code chooses the font packs of each string; with these packs the browser chooses
// its fonts by itself.
const packs = execFileSync("cargo", ["run", "--quiet", "--example", "packs"], {
  cwd: root,
  input: strings.map(({ lang, text }) => `${lang}\t${text.replaceAll("\n", " ")}\n`).join(""),
  encoding: "utf8",
})
  .split("\n")
  .slice(0, strings.length)
  .map((line) => line.split(" ").filter(Boolean));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--font-render-hinting=none"],
});
const page = await browser.newPage();
await page.route("**/*", (route) => {
  const { pathname } = new URL(route.request().url());
  return pathname.endsWith(".ttf")
    ? route.fulfill({ body: readFileSync(`${root}fonts${pathname}`), contentType: "font/ttf" })
    : route.fulfill({ body: "<!doctype html><meta charset=utf-8><body>", contentType: "text/html" });
});
await page.goto("http://oracle.example/");
const faces = new Set(packs.flat());
await page.addStyleTag({
  content:
    [["Inter", "/Inter.ttf"], ...[...faces].map((name) => [name, `/packs/${name}.ttf`])]
      .map(([name, file]) => `@font-face { font-family: "m-${name}"; src: url("${file}"); font-weight: 400 700; }`)
      .join("\n") +
    // CSS properties whose defaults differ from our layout:
    // - There are no synthetic faces, no extra space between Han and other letters, and full-width
    //   punctuation keeps its width.
    // - Advances are not rounded to whole px.
    // - A word that is wider than its line breaks anywhere. Spaces are kept, and hang at the end of
    //   a line.
    `#box { font-synthesis: none; font-optical-sizing: none; text-spacing-trim: space-all; text-autospace: no-autospace;
       text-rendering: geometricPrecision; overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: plaintext;
       font-size: ${SIZE}px; line-height: ${SIZE * 3}px; }`,
});

const recorded = [];
for (const [index, string] of strings.entries()) {
  const fonts = packs[index];
  const set = await page.evaluate(
    async ({ string, fonts, widths, size }) => {
      const box = document.createElement("div");
      const span = document.createElement("span");
      box.id = "box";
      box.lang = string.lang;
      box.append(span);
      span.textContent = string.text;
      const weight = string.weight ?? 400;
      box.style.fontFamily = ["Inter", ...fonts].map((name) => `"m-${name}"`).join(",");
      box.style.fontWeight = weight;
      box.style.wordBreak = string.word_break ?? "normal";
      box.style.textWrap = string.wrap ?? "wrap";
      box.style.letterSpacing = `${string.letter_spacing ?? 0}px`;
      document.body.replaceChildren(box);
      await Promise.all(["Inter", ...fonts].map((name) => document.fonts.load(`${weight} ${size}px "m-${name}"`, string.text)));
      await document.fonts.ready;
      const node = span.firstChild;
      const range = document.createRange();
      const row = (rect) => Math.floor((rect.top + rect.bottom) / 2 / (size * 3));
      const rects = (start, end) => {
        range.setStart(node, start);
        range.setEnd(node, end);
        return [...range.getClientRects()];
      };
      const graphemes = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(string.text)];
      return widths.map((width) => {
        box.style.width = `${width}px`;
        document.body.style.margin = 0;
        const lines = new Map();
        let last = 0;
        for (const { segment, index } of graphemes) {
          // After a visible soft hyphen the first rectangle is that of the hyphen.
          const rect = rects(index, index + segment.length).at(-1);
          if (rect) last = Math.max(last, row(rect));
          const line = lines.get(last) ?? { start: index, end: index };
          line.end = index + segment.length;
          lines.set(last, line);
        }
        const all = [...span.getClientRects()];
        return {
          width,
          lines: [...lines].map(([at, { start, end }]) => {
            const text = string.text.slice(start, end);
            const kept = start + text.replace(/[ \n\u3000\u200b]+$/u, "").length;
            // A visible soft hyphen is in the range of the next line and not in its own. A line
            // with one ends without a space.
            const found = (text.endsWith("\u00ad") ? all : rects(start, kept)).filter((rect) => row(rect) === at);
            const left = Math.min(...found.map((rect) => rect.left));
            const right = Math.max(...found.map((rect) => rect.right));
            return [string.text.slice(start, kept), found.length ? Math.round((right - left) * 100) / 100 : 0];
          }),
        };
      });
    },
    { string, fonts, widths: string.widths ?? WIDTHS, size: SIZE },
  );
  recorded.push({ ...string, size: SIZE, fonts, set });
}
const version = browser.version();
await browser.close();

if (asked.length > 0) {
  for (const { set } of recorded) for (const { width, lines } of set) console.log(width, lines);
} else {
  const string = ({ set, ...head }) =>
    `  { ${JSON.stringify(head).slice(1, -1)}, "set": [\n` +
    set.map((one) => `    ${JSON.stringify(one)}`).join(",\n") +
    " ] }";
  writeFileSync(`${folder}chromium.json`, `{ "chromium": "${version}", "strings": [\n${recorded.map(string).join(",\n")}\n] }\n`);
}
