// The calls in the documentation of the management API, as they are written there.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "node:test";
import { ADMIN_KEY, API, makeKey, want } from "./api.mjs";
import { withWorker } from "./answers.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The commands of a page that begin with `curl`, each on one line. */
function commands(page) {
  const blocks = readFileSync(`${root}docs/${page}`, "utf8").matchAll(/^```sh\n(.*?)^```/gms);
  return [...blocks].flatMap(([, block]) => block.replaceAll("\\\n", " ").split("\n")).filter((line) => line.startsWith("curl"));
}

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

for (const [page, least] of [["api.md", 2], ["production.md", 5], ["mcp.md", 1]]) {
  test(`the calls of docs/${page} work`, () =>
    withWorker(API, async (worker) => {
      const { key } = await makeKey(worker, ["templates:read", "templates:write", "assets:write", "sign"], ["acme/"]);
      const folder = mkdtempSync(join(tmpdir(), "monogram-docs-"));
      try {
        symlinkSync(`${root}templates`, join(folder, "templates"));
        copyFileSync(`${root}templates/welcome.json`, join(folder, "hello.json"));
        copyFileSync(`${root}templates/assets/avatar.png`, join(folder, "logo.png"));
        const lines = commands(page);
        assert.ok(lines.length >= least, `${page} has calls`);
        for (const line of lines) {
          const env = { ...process.env, MONOGRAM: worker.url, KEY: key, ADMIN: ADMIN_KEY };
          const { stdout } = await promisify(execFile)("bash", ["-c", line.replace(/^curl/, "curl -sS --fail-with-body")], { cwd: folder, env }).catch((error) => {
            assert.fail(`${line}\n${error.stdout}${error.stderr}`);
          });
          const answer = JSON.parse(stdout);
          // The table of production.md has the tags of the senders.
          if (answer.pattern) await checkTags(worker, page, line, key);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    }));
}
