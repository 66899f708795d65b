// The commands of the documentation that need a Worker or its KV, as they are written there. All others are
// run by cli/tests/docs.rs.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "node:test";
import { ADMIN_KEY, API, makeKey, want } from "./api.mjs";
import { withWorker } from "./answers.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The commands of a page that match, each on one line. */
function commands(page, which) {
  const blocks = readFileSync(`${root}${page}`, "utf8").matchAll(/^```sh\n(.*?)^```/gms);
  const lines = [...blocks].flatMap(([, block]) => block.replaceAll("\\\n", " ").split("\n"));
  return lines.map((line) => line.replace(/ {2,}#.*/, "")).filter((line) => which.test(line));
}

const PAGES = ["README.md", ...readdirSync(`${root}docs`).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];

/** Checks the table `| sender | the URL ends in |` of a page, with the body of its call of /v1/sign. */
async function checkTags(worker, page, line, key) {
  const rows = [...readFileSync(`${root}docs/${page}`, "utf8").matchAll(/^\| `(\w+)` \| `(\?.*)` \|$/gm)];
  assert.ok(rows.length >= 3, "Mailchimp, Klaviyo, HubSpot");
  const body = JSON.parse(/-d '(.*)'/.exec(line)[1]);
  for (const [, sender, end] of rows) {
    const { pattern } = (await want(worker, 200, "POST /v1/sign", { key, body: { ...body, sender } })).json();
    assert.ok(pattern.endsWith(end.replaceAll("\\|", "|")), `${pattern} ends in ${end}`);
  }
}

/** Pages that must have calls, so that a change of their form cannot silence this test. */
const LEAST = { "docs/api.md": 2, "docs/production.md": 5, "docs/mcp.md": 1, "docs/snippets.md": 1 };

for (const page of PAGES.filter((page) => commands(page, /^curl/).length > 0 || LEAST[page])) {
  test(`the calls of ${page} work`, () =>
    withWorker(API, async (worker) => {
      const { key } = await makeKey(worker, ["templates:read", "templates:write", "assets:write", "sign"], ["acme/"]);
      const folder = mkdtempSync(join(tmpdir(), "monogram-docs-"));
      try {
        symlinkSync(`${root}templates`, join(folder, "templates"));
        copyFileSync(`${root}templates/welcome.json`, join(folder, "hello.json"));
        copyFileSync(`${root}templates/assets/avatar.png`, join(folder, "logo.png"));
        const lines = commands(page, /^curl/);
        assert.ok(lines.length >= (LEAST[page] ?? 1), `${page} has calls`);
        for (const written of lines) {
          const line = written.replaceAll("http://127.0.0.1:8787", worker.url);
          const env = { ...process.env, MONOGRAM: worker.url, KEY: key, ADMIN: ADMIN_KEY };
          const { stdout } = await promisify(execFile)("bash", ["-c", line.replace(/^curl/, "curl -sS --fail-with-body")], { cwd: folder, env }).catch((error) => {
            assert.fail(`${line}\n${error.stdout}${error.stderr}`);
          });
          if (line.includes("format=html")) {
            checkHtml(page, stdout, worker.url);
            continue;
          }
          const answer = JSON.parse(stdout);
          // The table of production.md has the tags of the senders.
          if (answer.pattern) await checkTags(worker, page.replace("docs/", ""), line, key);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    }));
}

/** Checks that a page shows the HTML that its call answers. */
function checkHtml(page, answer, url) {
  const flat = (html) => html.replaceAll(/\s+/g, " ").trim();
  const shown = /^```html\n(.*?)^```/ms.exec(readFileSync(`${root}${page}`, "utf8"))[1];
  assert.equal(flat(shown), flat(answer.replaceAll(url, "http://127.0.0.1:8787")));
}

test("the commands for the KV of this machine write what a Worker reads there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monogram-kv-"));
  try {
    symlinkSync(`${root}templates`, join(folder, "templates"));
    symlinkSync(`${root}node_modules`, join(folder, "node_modules"));
    copyFileSync(`${root}wrangler.toml`, join(folder, "wrangler.toml"));
    for (const name of ["logo.png", "Brand.ttf"]) writeFileSync(join(folder, name), name);
    const lines = PAGES.flatMap((page) => commands(page, /wrangler kv .*--local/));
    assert.ok(lines.length >= 4, "README, deploy and text");
    const env = { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
    const bash = (line) => promisify(execFile)("bash", ["-c", line], { cwd: folder, env });
    for (const line of new Set(lines)) {
      // The template of the README is any template.
      await bash(line.replace("templates/hello.json", "templates/welcome.json"));
      const [, key, file] = /TEMPLATES (\S+) --path (\S+)/.exec(line);
      const { stdout } = await bash(`npx wrangler kv key get --binding TEMPLATES ${key} --text --local --persist-to .wrangler/state`);
      assert.equal(stdout.trim(), readFileSync(join(folder, file.replace("hello", "welcome")), "utf8").trim(), line);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
