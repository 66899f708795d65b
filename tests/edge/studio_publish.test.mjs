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

test("two tabs publish at once: one wins, the other sees it, and nothing is lost", async () => {
  await want(studio.worker, 200, "PUT /v1/templates/acme/twice", { body: DOCUMENT });
  const one = await studio.open({ expected: /status of (?:404|412)/ });
  const two = await studio.open({ context: one.context(), expected: /status of (?:404|412)/ });
  const tabs = [[one, "First tab"], [two, "Second tab"]];
  for (const [tab, title] of tabs) {
    studio.page = tab;
    await tab.bringToFront();
    await useKey(ADMIN_KEY);
    await tab.getByRole("button", { name: /acme\/twice/ }).click();
    await studio.drawn();
    await tab.getByLabel("Title of the template").fill(title);
    await tab.getByRole("button", { name: "Publish", exact: true }).click();
    await tab.getByRole("heading", { name: "1 changes since revision 1" }).waitFor();
  }
  await Promise.all(tabs.map(([tab]) => tab.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click()));
  const won = ([tab]) => tab.getByRole("heading", { name: "Published as revision 2" });
  const lost = ([tab]) => tab.getByRole("heading", { name: "Revision 2 was published meanwhile" });
  await Promise.all(tabs.map((each) => won(each).or(lost(each)).waitFor()));
  const winners = [];
  for (const each of tabs) if (await won(each).count()) winners.push(each);
  assert.equal(winners.length, 1);
  const loser = tabs.find((each) => each !== winners[0]);
  const versions = loser[0].locator(".versions pre");
  assert.match(await versions.first().textContent(), new RegExp(winners[0][1]));
  assert.match(await versions.last().textContent(), new RegExp(loser[1]));
  await loser[0].getByRole("button", { name: "Publish mine over it" }).click();
  await loser[0].getByRole("heading", { name: "Published as revision 3" }).waitFor();
  const titles = await Promise.all([2, 3].map(async (revision) => (await (await want(studio.worker, 200, `GET /v1/templates/acme/twice?revision=${revision}`)).json()).title));
  assert.deepEqual(titles, [winners[0][1], loser[1]]);
});

test("revisions are listed with pictures, and two of them are compared px by px", async () => {
  const body = (x) => JSON.stringify({ width: 300, height: 100, access: "public", background: "#ffffff", layers: [{ type: "rect", x, y: 20, width: 40, height: 60, fill: "#0000ff" }] });
  await want(studio.worker, 200, "PUT /v1/templates/acme/moved", { body: body(10) });
  await want(studio.worker, 200, "PUT /v1/templates/acme/moved", { body: body(250) });
  // The test reads the px of canvases.
  const page = await studio.open({ expected: /Canvas2D: Multiple readback/ });
  await useKey(ADMIN_KEY);
  await page.getByRole("button", { name: /acme\/moved/ }).click();
  await studio.drawn();
  const menu = async (item) => {
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await menu("Revisions…");
  /** Where a canvas has a colour, as shares of its width. */
  const places = (canvas, [red, green, blue]) =>
    canvas.evaluate(
      (element, color) => {
        const { data, width } = element.getContext("2d").getImageData(0, 0, element.width, element.height);
        const found = new Set();
        for (let at = 0; at < data.length; at += 4) if (color.every((level, channel) => Math.abs(data[at + channel] - level) < 40)) found.add(Math.floor((((at / 4) % width) / width) * 5));
        return [...found].sort();
      },
      [red, green, blue],
    );
  const isBlueAt = async (revision, place) => {
    const canvas = page.getByRole("img", { name: `Revision ${revision}` });
    for (let tries = 0; tries < 100; tries += 1) {
      if (JSON.stringify(await places(canvas, [0, 0, 255])) === JSON.stringify([place])) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`revision ${revision} is not drawn`);
  };
  await isBlueAt(1, 0);
  await isBlueAt(2, 4);
  await page.getByRole("button", { name: "Compare with 1" }).click();
  await page.getByText("what differs").waitFor();
  assert.deepEqual(await places(page.locator(".compare canvas").last(), [220, 30, 30]), [0, 4]);
  await page.keyboard.press("Escape");
  // The snippet of a public template needs no key, also later.
  await menu("Snippet for an email…");
  await page.waitForFunction(() => /\/i\/acme\/moved\.png/.test(document.querySelector("textarea.snippet")?.value ?? ""));
});
