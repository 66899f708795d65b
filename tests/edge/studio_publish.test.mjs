// Studio and the API: publishing, a conflict, what a key may not do, revisions.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ADMIN_KEY, API, makeKey, want } from "./api.mjs";
import { studioForFile } from "./studio.mjs";

const studio = studioForFile(API);

const DOCUMENT = readFileSync(new URL("../../templates/certificate.json", import.meta.url), "utf8");

async function useKey(key) {
  const { page } = studio;
  await page.getByRole("button", { name: "Use an API key…" }).click();
  await page.getByRole("textbox", { name: "API key" }).fill(key);
  await page.getByRole("button", { name: "Use this key" }).click();
}

async function publish(id) {
  const { page } = studio;
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog");
  if (id) await dialog.getByLabel("Id of the template").fill(id);
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
}

test("from nothing to a published certificate with a snippet", async () => {
  const page = await studio.open();
  await useKey(ADMIN_KEY);
  await page.getByRole("button", { name: /^Certificate Certificate|^Certificate 1600/ }).click();
  await studio.drawn();
  await page.getByLabel("Title of the template").fill("Course certificate");
  await publish("acme/certificate");
  await page.getByRole("heading", { name: "Published as revision 1" }).waitFor();
  await page.getByLabel("Sender").selectOption({ label: "Klaviyo" });
  await page.waitForFunction(() => /klaviyo|first_name/.test(document.querySelector("textarea.snippet")?.value ?? ""));
  const html = await page.getByLabel("HTML").inputValue();
  assert.match(html, /^<img src="http:\/\/127\.0\.0\.1:\d+\/[is]\/.*acme\/certificate.*\.png\?/);
  await page.getByRole("button", { name: "Copy HTML" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), html);
  const stored = await (await want(studio.worker, 200, "GET /v1/templates/acme/certificate")).json();
  assert.equal(stored.title, "Course certificate");
  // The next one is revision 2, and says what changed.
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByLabel("Title of the template").fill("Certificate of a course");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("heading", { name: "1 changes since revision 1" }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("heading", { name: "Published as revision 2" }).waitFor();
  // And back: revisions have a comparison and a way back.
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Revisions…" }).click();
  await page.getByRole("button", { name: "Compare with 1" }).click();
  await page.getByText("what differs").waitFor();
  await page.getByRole("button", { name: "Roll back" }).click();
  await page.getByText("Revision 1 is live again, as 3").waitFor();
  assert.equal(await page.getByLabel("Title of the template").inputValue(), "Course certificate");
});

test("somebody published meanwhile: both versions are shown, nothing is lost", async () => {
  await want(studio.worker, 200, "PUT /v1/templates/acme/shared", { body: DOCUMENT });
  const page = await studio.open({ expected: /status of (?:404|412)/ });
  await useKey(ADMIN_KEY);
  await page.getByRole("button", { name: /acme\/shared/ }).click();
  await studio.drawn();
  await page.getByLabel("Title of the template").fill("Mine");
  await want(studio.worker, 200, "PUT /v1/templates/acme/shared", { body: DOCUMENT.replace('"title": "Certificate"', '"title": "Theirs"') });
  await publish();
  await page.getByRole("heading", { name: "Revision 2 was published meanwhile" }).waitFor();
  const versions = page.locator(".versions pre");
  assert.match(await versions.first().textContent(), /"title": "Theirs"/);
  assert.match(await versions.last().textContent(), /"title": "Mine"/);
  assert.equal((await want(studio.worker, 200, "GET /v1/templates/acme/shared")).json().title, "Theirs");
  await page.getByRole("button", { name: "Publish mine over it" }).click();
  await page.getByRole("heading", { name: "Published as revision 3" }).waitFor();
  assert.equal((await want(studio.worker, 200, "GET /v1/templates/acme/shared")).json().title, "Mine");
});

test("a key without templates:write does everything but publish, and says why; a prefix limits the list", async () => {
  await want(studio.worker, 200, "PUT /v1/templates/other/secret", { body: DOCUMENT });
  await want(studio.worker, 200, "PUT /v1/templates/client/one", { body: DOCUMENT });
  const { key } = await makeKey(studio.worker, ["templates:read"], ["client/"]);
  const page = await studio.open({ expected: /status of 40[134]/ });
  await useKey(key);
  await page.getByRole("button", { name: /client\/one/ }).click();
  assert.equal(await page.getByText("other/secret").count(), 0);
  await studio.drawn();
  await publish();
  const alert = page.getByRole("dialog").getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.textContent(), /templates:write/);
  // The key is in the session of the tab alone.
  assert.deepEqual(await page.evaluate((secret) => Object.values(localStorage).some((value) => value.includes(secret)), key), false);
});
