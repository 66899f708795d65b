// The built command `monogram` against the Worker: what it pushes, pulls, signs and seals.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ADMIN_KEY, API, api, makeKey, want } from "./api.mjs";
import { ask, workerForFile } from "./answers.mjs";
import { WITHOUT_IMAGES } from "./front.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ ...API, front: WITHOUT_IMAGES });
const root = fileURLToPath(new URL("../../", import.meta.url));
const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/monogram");
const samples = readdirSync(`${root}templates`).filter((name) => /^[a-z-]+\.json$/.test(name) && name !== "torture.json").map((name) => name.slice(0, -5));
const SECRET = API.bindings.SIGNING_SECRET;

/** A folder for what is written. */
const folder = mkdtempSync(join(tmpdir(), "monogram-cli-"));
after(() => rmSync(folder, { recursive: true }));

/** A key that may do everything with the templates of one client, and nothing else. */
let key;
const clientKey = async () => (key ??= (await makeKey(worker, ["templates:read", "templates:write", "assets:write"], ["client/"])).key);

/** Runs the command, and wants this exit status. */
async function monogram(status, args, { env = {} } = {}) {
  await clientKey();
  const options = { cwd: folder, env: { ...process.env, MONOGRAM_ROOT: root, MONOGRAM_URL: worker.url, MONOGRAM_KEY: key, SIGNING_SECRET: SECRET, ...env } };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, out, said) => {
      if (error && typeof error.code !== "number") reject(new Error(`${program}: ${error.message}; cargo build -p monogram-cli makes it`));
      else {
        try {
          assert.equal(error?.code ?? 0, status, `monogram ${args.join(" ")}: ${out}${said}`);
          resolve({ out, said });
        } catch (failure) {
          reject(failure);
        }
      }
    });
  });
}

test("each sample, its images and its fonts are pushed, and drawn as those that come with the code", async () => {
  assert.ok(samples.length >= 8);
  const headers = { "X-Images": "none" };
  for (const sample of samples) {
    const { out, said } = await monogram(0, ["push", `${root}templates/${sample}.json`, "--id", `client/${sample}`]);
    assert.equal(out, `client/${sample}@1\n`);
    assert.ok(!/no file lies beside|no asset|no such font/.test(said), said);
    for (const query of ["", "?name=Maria&company=Fernway&logo=fernway", "?name=%E2%80%AE&_w=300"]) {
      const [own, compiledIn] = [await ask(worker, `/i/client/${sample}.png${query}`, { headers }), await ask(worker, `/i/${sample}.png${query}`)];
      assert.equal(own.status, 200, sample);
      assert.ok(own.body.equals(compiledIn.body), `${sample}${query}`);
    }
  }
  // The images are in the client's folder, where alone the key may put them.
  const { items } = (await want(worker, 200, "GET /v1/assets", { key })).json();
  const files = readdirSync(`${root}templates/assets`).filter((name) => /\.(png|jpg|ttf)$/.test(name));
  assert.deepEqual(items.map(({ name }) => name), files.map((name) => `client/${name}`).sort(), "those that an expression names too");
});

test("a sample is published under its own id, and the next revision replaces what was read", async () => {
  const env = { MONOGRAM_KEY: ADMIN_KEY };
  assert.equal((await monogram(0, ["push", `${root}templates/welcome.json`], { env })).out, "welcome@1\n");
  assert.equal((await monogram(0, ["push", `${root}templates/welcome.json`], { env })).out, "welcome@2\n");
  const file = join(folder, "versions.json");
  writeFileSync(file, card({ title: "one" }));
  const push = (status, more) => monogram(status, ["push", file, "--id", "client/versions", ...more]);
  assert.equal((await push(0, ["--if-revision", "0"])).out, "client/versions@1\n");
  assert.match((await push(1, ["--if-revision", "0"])).said, /^error: 412: /);
  writeFileSync(file, card({ title: "two", width: 310 }));
  assert.equal((await push(0, ["--if-revision", "1"])).out, "client/versions@2\n");
  assert.match((await push(1, ["--if-revision", "1"])).said, /^error: 412: the template has changed since; pull it/);

  const diff = await monogram(0, ["diff", "client/versions@1", "client/versions", "-o", "diff.png"]);
  assert.match(diff.out, /\/title: "one" → "two"/);
  assert.match(diff.out, /\/width: 300 → 310/);
  assert.ok(readFileSync(join(folder, "diff.png")).subarray(1, 4).equals(Buffer.from("PNG")));
});

test("what is pulled is what was pushed, byte for byte", async () => {
  const document = readFileSync(`${root}templates/certificate.json`, "utf8");
  await monogram(0, ["push", `${root}templates/certificate.json`, "--id", "client/pulled"]);
  for (const name of ["client/pulled", "client/pulled@1"]) {
    assert.equal((await monogram(0, ["pull", name, "-o", "-"])).out, document);
    await monogram(0, ["pull", name, "-o", "pulled.json"]);
    assert.equal(readFileSync(join(folder, "pulled.json"), "utf8"), document);
  }
  assert.match((await monogram(1, ["pull", "client/none"])).said, /^error: 404: /);
  assert.match((await monogram(1, ["pull", "other/hello"])).said, /^error: 403: /);
  assert.match((await monogram(1, ["push", `${root}templates/welcome.json`, "--id", "other/hello"])).said, /^error: .*403: /);
  assert.match((await monogram(1, ["pull", "client/pulled"], { env: { MONOGRAM_KEY: "mg_live_nobody" } })).said, /^error: 401: /);
});

test("signed and sealed URLs of the command are drawn by the Worker, and no others", async () => {
  await worker.kv.put("client/private", card({ access: "signed" }));
  const picture = async (path) => ask(worker, path);
  assert.equal((await picture("/i/client/private.png?name=Maria")).status, 403);
  const signed = (await monogram(0, ["sign", "client/private", "--open", "name", "--fixed", "company=Acme", "--expires", "1h"])).out.trim();
  assert.match(signed, /^\/s\/[\w-]+\/client\/private\.png\?name=$/);
  const [maria, ana, changed] = [await picture(`${signed}Maria`), await picture(`${signed}Ana`), await picture(`${signed}Maria&company=Evil`)];
  assert.deepEqual([maria.status, ana.status, changed.status], [200, 200, 200]);
  assert.ok(changed.body.equals(maria.body) && !ana.body.equals(maria.body));
  assert.equal((await picture(signed.replace("private.png", "private@1.png"))).status, 403);

  writeFileSync(join(folder, "people.jsonl"), '{"name":"Maria","company":"Acme"}\n{"name":"Zoë"}\n');
  const sealed = (await monogram(0, ["seal", "client/private", "people.jsonl", "--expires", "1h"])).out.trim().split("\n");
  assert.equal(sealed.length, 2);
  assert.ok((await picture(sealed[0])).body.equals(maria.body));
  assert.equal((await picture(sealed[1])).status, 200);

  const env = { SIGNING_SECRET: "the secret of another deployment, 32 or more" };
  const foreign = (await monogram(0, ["sign", "client/private", "--open", "name"], { env })).out.trim();
  assert.equal((await picture(foreign)).status, 403);
});

test("the command refuses what the Worker refuses, at the same place", async () => {
  await clientKey();
  for (const [name, fields] of [
    ["misspelt", { layers: [{ type: "rect", widht: 3 }] }],
    ["no-layer", { layers: [{ type: "nothing" }] }],
    ["expression", { layers: [{ type: "text", text: "{{ name | uper }}" }] }],
    ["valid", {}],
  ]) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, card(fields));
    const { valid, problem } = (await want(worker, 200, "POST /v1/validate?id=client/x", { body: card(fields), key })).json();
    const [verdict] = JSON.parse((await monogram(valid ? 0 : 1, ["validate", "--json", file])).out);
    assert.deepEqual([verdict.valid, verdict.error?.code, verdict.error?.field ?? undefined], [valid, problem?.code, problem?.field ?? undefined], name);
    if (!valid) assert.equal((await api(worker, "PUT /v1/templates/client/x", { body: card(fields), key })).json().field, problem.field);
  }
});
