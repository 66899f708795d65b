// People draw a checked audience: the file goes to the deployment, and the pictures come back.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { ADMIN_KEY, API, makeKey, want } from "./api.mjs";
import { violations } from "./axe.mjs";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile(API);

const CARD = {
  width: 120,
  height: 40,
  access: "public",
  background: "#ffffff",
  params: { first_name: { type: "text", default: "friend" }, plan: { type: "text", default: "free" } },
  layers: [{ type: "text", id: "title", text: "{{ first_name }} {{ plan }}", x: 5, y: 5, width: 110, size: 16, max_lines: 1, fill: "#14142b" }],
};

/** A file of so many rows, in which the fifth has a cell too many. */
const file = (rows) => `\uFEFFRufname;Plan\r\n${Array.from({ length: rows }, (_, at) => `Zoë ${at + 1};pro${at === 4 ? ";more" : ""}`).join("\r\n")}\r\n`;

/** Opens a published template with a key. */
async function open(id, { key = ADMIN_KEY, ...options } = {}) {
  await want(studio.worker, 200, `PUT /v1/templates/${id}`, { body: JSON.stringify(CARD) });
  const page = await studio.open(options);
  await page.getByRole("button", { name: "Use an API key…" }).click();
  await useKey(page, key);
  await page.getByRole("button", { name: new RegExp(id) }).click();
  await studio.drawn();
  return page;
}

async function useKey(page, key) {
  await page.getByRole("textbox", { name: "API key" }).fill(key);
  await page.getByRole("button", { name: "Use this key" }).click();
}

async function openAudience(page) {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Check an audience…" }).click();
}

/** Checks a file; `column` is the one with the first names. */
async function check(page, text, column = "Rufname") {
  await openAudience(page);
  await page.locator(".drop-file input").setInputFiles({ name: "contacts.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByLabel("first_name", { exact: true }).selectOption(column);
  await page.getByRole("button", { name: "Check all rows" }).click();
  await page.getByText(/recipients? gets? a bad picture/).waitFor();
}

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return { name: download.suggestedFilename(), url: download.url(), path: await download.path() };
}

for (const colorScheme of ["light", "dark"]) {
  test(`a file is drawn, one of its rows fails, and all pictures are saved, ${colorScheme}`, async () => {
    const page = await open(`acme/card-${colorScheme}`, { colorScheme });
    const text = file(60);
    const requests = [];
    page.on("request", (request) => requests.push(request));
    await check(page, text);
    assert.deepEqual(requests.filter((request) => request.method() !== "GET"), [], "a check sends nothing");
    await page.getByLabel("Names of files").fill("{row}-{Rufname}");
    const found = await violations(page, "order");
    await page.getByRole("button", { name: "Draw 60 rows" }).focus();
    await page.keyboard.press("Enter");
    const bar = page.getByRole("progressbar", { name: "Rows drawn" });
    await bar.waitFor();
    found.push(...(await violations(page, "progress")));
    await page.getByText("59 of 60 rows are drawn, 1 failed").waitFor();
    found.push(...(await violations(page, "done")));
    assert.deepEqual(found, []);
    assert.equal(await bar.count(), 0);
    // Who pressed the key goes on from what is said, and not from the beginning of the page.
    assert.match(await page.locator(":focus").textContent(), /^59 of 60 rows/);
    assert.deepEqual(await page.locator(".draw-all tbody td").allTextContents(), ["5", "6", "the row has more cells than the header"]);

    const [begun] = requests.filter((request) => request.method() === "POST");
    const { pathname, searchParams } = new URL(begun.url());
    assert.equal(pathname, "/v1/batches");
    assert.deepEqual(Object.fromEntries(searchParams), {
      template: `acme/card-${colorScheme}`, revision: "1", format: "png", name: "{row}-{Rufname}", "map.first_name": "Rufname", "map.plan": "Plan",
    });
    assert.equal(begun.postDataBuffer().toString(), text, "the file itself");

    const manifest = await saved(page, "Download the manifest");
    assert.match(manifest.url, /^blob:/);
    assert.equal(manifest.name, `acme-card-${colorScheme}-manifest.csv`);
    const rows = readFileSync(manifest.path, "utf8").trimEnd().split("\r\n").slice(1).map((line) => line.split(","));
    assert.equal(rows.length, 60);
    assert.deepEqual(rows.slice(3, 6).map((cells) => cells.slice(0, 4).join(" ")), ["4 5 ok 4-Zoë-4.png", "5 6 failed ", "6 7 ok 6-Zoë-6.png"]);

    const zip = await saved(page, "Download the ZIP");
    assert.match(zip.url, /^blob:/);
    assert.equal(zip.name, `acme-card-${colorScheme}.zip`);
    const folder = mkdtempSync(`${tmpdir()}/monogram-zip-`);
    try {
      const script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nz.extract('4-Zoë-4.png', sys.argv[2])\nprint(z.testzip(), len(z.infolist()))";
      const read = spawnSync("python3", ["-c", script, zip.path, folder], { encoding: "utf8" });
      assert.equal(read.stdout.trim(), "None 59", read.stderr);
      const single = await want(studio.worker, 200, `GET /i/acme/card-${colorScheme}@1.png?first_name=Zo%C3%AB+4&plan=pro`);
      assert.deepEqual(readFileSync(`${folder}/4-Zoë-4.png`), single.body);
    } finally {
      rmSync(folder, { recursive: true });
    }

    // The bad row is as bad as it was; no other is drawn again.
    await page.getByRole("button", { name: "Draw the failed rows again" }).click();
    await bar.waitFor();
    await page.getByText("59 of 60 rows are drawn, 1 failed").waitFor();
    assert.deepEqual(requests.filter((request) => request.url().includes(encodeURIComponent(ADMIN_KEY)) || request.url().includes(ADMIN_KEY)), [], "the key is in no URL");
  });
}

test("why nothing can be drawn is said, and what to do", async () => {
  const { key: reader } = await makeKey(studio.worker, ["templates:read"], ["acme/"]);
  const { key: other } = await makeKey(studio.worker, ["templates:read", "batch"], ["beta/"]);
  const page = await open("acme/whys", { key: reader, expected: /status of 4\d\d/ });
  const section = page.getByRole("region", { name: "Draw them all" });
  await check(page, file(3).replace("Rufname", "First Name"), "First Name");
  await section.getByText(/scope.*batch/).first().waitFor();
  // A key of another client may make batches, but none of this template.
  await useKey(page, other);
  await section.getByRole("button", { name: "Draw 3 rows" }).click();
  assert.match(await section.getByRole("alert").textContent(), /prefix|acme/);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: /API key/ }).click();
  await useKey(page, ADMIN_KEY);
  await openAudience(page);
  // The call is refused: its field and its remedy are named, and the field is marked.
  await section.getByLabel("Names of files").fill("{nobody}");
  await section.getByRole("button", { name: "Draw 3 rows" }).click();
  await section.getByText("name: The pattern names a column that the file has not (there are: row, First Name, Plan)").waitFor();
  assert.equal(await section.getByLabel("Names of files").getAttribute("aria-invalid"), "true");
  // What a batch would do otherwise than the check.
  await page.getByLabel("plan", { exact: true }).selectOption("");
  await section.getByText("You chose no column for plan, but a batch fills it from “Plan”").waitFor();
  await page.getByLabel("plan", { exact: true }).selectOption("Plan");
  // What is not published.
  await page.keyboard.press("Escape");
  await page.getByLabel("Title of the template").fill("Another");
  await openAudience(page);
  await section.getByText("This template has changes since revision 1").waitFor();
});

test("a template that was never published says so", async () => {
  const page = await studio.open();
  await studio.openText(JSON.stringify(CARD));
  await check(page, file(3));
  await page.getByText("This template is not published").waitFor();
});

test("a batch is cancelled, and one that was begun is found again after a reload", async () => {
  const page = await open("acme/long");
  await check(page, file(3_000));
  await page.getByRole("button", { name: "Draw 3,000 rows" }).click();
  await page.getByText(/of 3,000 rows done/).waitFor();
  await page.reload();
  await studio.drawn();
  await openAudience(page);
  await page.getByText(/of 3,000 rows done.* rows per second, .* left/).waitFor();
  await page.getByRole("button", { name: "Cancel the batch" }).click();
  await page.getByText(/Cancelled: [\d,]+ of 3,000 rows are drawn/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Download the ZIP" }).count(), 0);
  const manifest = await saved(page, "Download the manifest");
  const lines = readFileSync(manifest.path, "utf8").trimEnd().split("\r\n").length;
  assert.ok(lines < 3_000, String(lines));
  const [{ state }] = (await want(studio.worker, 200, "GET /v1/batches?limit=1")).json().items;
  assert.equal(state, "cancelled");
  await page.getByRole("button", { name: "Go on with the batch" }).click();
  await page.getByText(/of 3,000 rows done.* rows per second/).waitFor();
  await page.getByRole("button", { name: "Cancel the batch" }).click();
  await page.getByText(/Cancelled: [\d,]+ of 3,000 rows are drawn/).waitFor();
});

test("an answer that is lost begins no second batch, and is followed by one that is not", async () => {
  const page = await open("acme/lost", { expected: /ERR_FAILED/ });
  await check(page, file(2));
  let posts = 0;
  await page.route(/\/v1\/batches\?/, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    posts += 1;
    if (posts > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.getByRole("button", { name: "Draw 2 rows" }).click();
  await page.getByText("The deployment does not answer (check the network, and try again)").waitFor();
  await page.getByRole("button", { name: "Draw 2 rows" }).click();
  await page.getByText("2 of 2 rows are drawn").waitFor();
  const batches = async () => (await want(studio.worker, 200, "GET /v1/batches")).json().items.filter(({ target }) => target === "acme/lost").length;
  assert.deepEqual([posts, await batches()], [2, 1]);
  // Whoever presses again wants another one.
  await page.getByRole("button", { name: "Draw 2 rows" }).click();
  await page.getByRole("progressbar", { name: "Rows drawn" }).waitFor();
  assert.equal(await batches(), 2);
});
