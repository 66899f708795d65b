// People check an audience before they send: a file of recipients, in the page and nowhere else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile();

const DOCUMENT = {
  width: 600,
  height: 200,
  background: "#ffffff",
  params: { first_name: { type: "text" }, plan: { type: "choice", choices: ["free", "pro"], default: "free" } },
  layers: [
    { type: "text", id: "title", text: "Hi {{ first_name }}!", x: 20, y: 20, width: 400, size: 32, max_lines: 1, fill: "#14142b" },
    { type: "text", id: "plan", text: "{{ plan }}", x: 20, y: 120, size: 20, fill: "#14142b" },
  ],
};

/** Opens the dialog, and gives it a file. */
async function check(text, name = "contacts.csv") {
  const page = await studio.open();
  await studio.openText(JSON.stringify(DOCUMENT));
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Check an audience…" }).click();
  await page.locator(".drop-file input").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByLabel("first_name", { exact: true }).waitFor();
  return page;
}

const lines = async (page) => (await page.locator(".results .rows .line").allTextContents()).map(Number);

test("the rows in trouble are found, the worst first, and one is edited", async () => {
  const long = "Maximiliana Konstantina von und zu Hohenlohe-Schillingsfürst";
  const rows = ["Zoë;pro", `${long};pro`, ";pro", "Maria;gold", "Maria 𓀀;free", '"Jo\n""Jay""";pro', "Ann;pro;more"];
  const page = await check(`\uFEFFE-Mail address;First Name;Plan\r\n${rows.map((row) => `a@example.com;${row}`).join("\r\n")}\r\n`);
  const requests = [];
  page.on("request", (request) => requests.push(`${request.url()} ${request.postData() ?? ""}`));
  assert.equal(await page.getByLabel("first_name", { exact: true }).inputValue(), "1");
  assert.equal(await page.getByLabel("plan", { exact: true }).inputValue(), "2");
  await page.getByRole("button", { name: "Check all rows" }).click();
  await page.getByText("4 of 7 recipients get a bad picture").waitFor();
  // Cut off; a letter that no font has; a value without a default; cells out of place. A default is no trouble.
  assert.deepEqual(await lines(page), [3, 6, 4, 9]);
  await page.getByText("the text is cut off").waitFor();
  await page.getByRole("button", { name: "default shown 1" }).click();
  assert.deepEqual(await lines(page), [5]);
  await page.getByText("missing: wrong type; its default is shown").waitFor();
  await page.getByRole("button", { name: "value missing 1" }).click();
  assert.deepEqual(await lines(page), [4]);
  await page.getByRole("button", { name: "value missing 1" }).click();
  await page.getByRole("button", { name: "Edit with line 3" }).click();
  assert.equal(await page.getByLabel("Own values").inputValue(), new URLSearchParams({ first_name: long, plan: "pro" }).toString());
  assert.deepEqual(requests.filter((request) => /example\.com|Maximiliana|Maria/.test(request)), []);
});

test("a long file is paged by keyboard, and a check can be cancelled", async () => {
  const row = (index) => `${index % 3 === 0 ? `Maximiliana Konstantina von Hohenlohe ${index}` : `Maria ${index}`},pro`;
  const page = await check(`first_name,plan\n${Array.from({ length: 300 }, (_, index) => row(index)).join("\n")}`);
  await page.getByRole("button", { name: "Check all rows" }).click();
  await page.getByText("100 of 300 recipients get a bad picture").waitFor();
  assert.equal((await lines(page)).length, 20);
  await page.locator(".results .rows button").first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator(".results .rows button.chosen .line").textContent(), "5");
  await page.keyboard.press("PageDown");
  await page.getByText("Page 2 of 5").waitFor();
  assert.equal((await lines(page))[0], 62);
  await page.getByRole("button", { name: "Another file…" }).click();
  const many = `first_name,plan\n${Array.from({ length: 100_000 }, (_, index) => row(index)).join("\n")}`;
  await page.locator(".drop-file input").setInputFiles({ name: "many.csv", mimeType: "text/csv", buffer: Buffer.from(many) });
  await page.getByRole("button", { name: "Check all rows" }).click();
  await page.getByRole("progressbar", { name: "Rows checked" }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".results .rows button").length > 0);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText(/Cancelled after [\d,]+ rows/).waitFor();
});

test("several workers share a file, and no row is lost", async () => {
  const page = await studio.open({ script: "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 3 })" });
  await studio.openText(JSON.stringify(DOCUMENT));
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Check an audience…" }).click();
  // Every hundredth has no name; rows are long, so that the file is one to be shared.
  const rows = Array.from({ length: 5_000 }, (_, index) => `${index % 100 === 7 ? "" : `Maria ${index}`},pro,${"a note ".repeat(6)}`);
  await page.locator(".drop-file input").setInputFiles({ name: "contacts.csv", mimeType: "text/csv", buffer: Buffer.from(`first_name,plan,note\n${rows.join("\n")}\n`) });
  const workers = [];
  page.on("worker", (worker) => workers.push(worker));
  await page.getByRole("button", { name: "Check all rows" }).click();
  await page.getByText("50 of 5,000 recipients get a bad picture").waitFor({ timeout: 60_000 });
  // One more has opened the file.
  assert.ok(workers.length >= 3, String(workers.length));
  assert.deepEqual((await lines(page)).slice(0, 3), [9, 109, 209]);
});

test("a column is chosen where the names differ, and a file that is none says why", async () => {
  const page = await check("Anrede;Rufname\nFrau;Maria\nHerr;\n");
  assert.equal(await page.getByLabel("first_name", { exact: true }).inputValue(), "");
  await page.getByLabel("first_name", { exact: true }).selectOption("Rufname");
  await page.getByRole("button", { name: "Check all rows" }).click();
  await page.getByText("1 of 2 recipients get a bad picture").waitFor();
  assert.deepEqual(await lines(page), [3]);
  await page.getByRole("button", { name: "Another file…" }).click();
  await page.locator(".drop-file input").setInputFiles({ name: "empty.csv", mimeType: "text/csv", buffer: Buffer.from("") });
  await page.getByRole("alert").getByText("the file is empty").waitFor();
});
