// The page at / in a real browser: a person picks a template, fills in values, sees the picture and
// copies the HTML.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { chromium } from "playwright-core";
import { workerForFile } from "./answers.mjs";
import { card } from "./template.mjs";

const worker = workerForFile({ kv: { "acme/offer": card() } });
let browser, page, trouble;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(() => browser?.close());
afterEach(async () => {
  await page?.context().close();
  assert.deepEqual(trouble, [], "errors, violations of the policy, requests to elsewhere");
});

/** Opens a page, and collects its errors and its requests to other hosts. */
async function open({ path = "/", ...options } = {}) {
  trouble = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: worker.url });
  page = await context.newPage();
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  // A browser reports an answer with status 400 as an error; one test expects such an answer.
  page.on("console", (message) => message.type() === "error" && !/status of 400/.test(message.text()) && trouble.push(message.text()));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== worker.url) trouble.push(`asked ${request.url()}`);
  });
  await page.goto(worker.url + path);
  if (options.javaScriptEnabled !== false) await shown("#preview", /\/i\//);
  return page;
}

/** The `src` of an image, once the image is loaded and its `src` matches. */
async function shown(selector, pattern = /./) {
  await page.waitForFunction(
    ([selector, source]) => {
      const image = document.querySelector(selector);
      return image.complete && image.naturalWidth > 0 && new RegExp(source).test(image.src);
    },
    [selector, pattern.source],
  );
  return page.locator(selector).getAttribute("src");
}

const param = (name) => page.locator("fieldset.param", { has: page.locator("legend", { hasText: new RegExp(`^${name}$`) }) });
const html = () => page.locator("#html").inputValue();

test("a person picks a template and a sender, fills in, sees the picture change, and copies the HTML", async () => {
  await open();
  const before = await page.locator("#preview").getAttribute("src");
  await page.getByLabel("Sender").selectOption({ label: "Klaviyo" });
  await param("name").getByLabel("Try it with").fill("Zoë");
  await param("name").getByLabel("If it is missing").fill("Valued Customer");

  const preview = await shown("#preview", /name=Zo%C3%AB/);
  assert.notEqual(preview, before);
  const fallback = await shown("#fallback", /name\.default=Valued%20Customer/);
  assert.doesNotMatch(fallback, /[?&]name=/);

  const copied = await html();
  assert.match(copied, /^<img src="http:\/\/127\.0\.0\.1:\d+\/i\/welcome\.png\?_w=600&amp;_dpr=2&amp;/);
  assert.ok(copied.includes("&amp;name={{ first_name|urlencode }}"), copied);
  assert.ok(copied.includes(`alt="Welcome, {{ first_name|default:'Valued Customer' }}!"`), copied);
  await page.getByRole("button", { name: "Copy HTML" }).click();
  await page.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), copied);

  // Another template: its own form, the same sender.
  await page.getByRole("radio", { name: "Event badge" }).check({ force: true });
  await shown("#preview", /event-badge/);
  await param("role").getByLabel("Comes from").selectOption({ label: "The same for everyone" });
  await param("role").getByLabel("Value").selectOption("crew");
  await shown("#preview", /role=crew/);
  assert.match(await html(), /role=crew.*name=\{\{ first_name\|urlencode \}\}/);
  assert.match(await page.locator("#alt").textContent(), /, Crew$/);
});

test("the page names the drawbacks of a sender", async () => {
  await open();
  await page.getByLabel("Sender").selectOption({ label: "HubSpot" });
  await page.locator("#notes", { hasText: "cannot URL-encode" }).waitFor();
  await page.getByLabel("Sender").selectOption({ label: "Mailchimp" });
  await page.locator("#sender-name", { hasText: "Mailchimp" }).waitFor();
  assert.doesNotMatch(await page.locator("#notes").textContent(), /cannot URL-encode/);
});

test("a wrong value is reported at its input, and nothing can be copied", async () => {
  await open();
  const color = param("bg_color");
  await color.getByLabel("Comes from").selectOption({ label: "The same for everyone" });
  const value = color.locator("input[type=text][data-key=bg_color]");
  await value.fill("blau");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.textContent(), /bg_color: The value must be a CSS colour/);
  assert.equal(await value.getAttribute("aria-invalid"), "true");
  assert.ok(await page.getByRole("button", { name: "Copy HTML" }).isDisabled());
  await value.fill("#1e7a5f");
  await shown("#preview", /bg_color=%231e7a5f/);
  assert.ok(await alert.isHidden());
  assert.equal(await value.getAttribute("aria-invalid"), null);
});

test("a reload keeps the choices, and they are not in the URL of the page", async () => {
  await open();
  await page.getByLabel("Sender").selectOption({ label: "Braze" });
  await param("name").getByLabel("Comes from").selectOption({ label: "Another field…" });
  await param("name").getByLabel("Its name there").fill("nick_name");
  await param("name").getByLabel("If it is missing").fill("you");
  await shown("#fallback", /name\.default=you/);
  const before = await html();
  assert.ok(before.includes("{{custom_attribute.${nick_name} | url_param_escape}}"), before);
  assert.equal(new URL(page.url()).search, "");
  await page.reload();
  await shown("#fallback", /name\.default=you/);
  assert.equal(await html(), before);
});

test("it works with the keyboard alone, and every input has a name", async () => {
  await open();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.name), "template");
  await page.keyboard.press("ArrowRight");
  await shown("#preview", /newsletter-hero/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "esp");
  await page.keyboard.type("Kit");
  await page.locator("#sender-name", { hasText: "Kit" }).waitFor();
  for (let steps = 0; (await page.evaluate(() => document.activeElement.id)) !== "copy"; steps += 1) {
    assert.ok(steps < 60, "the button can be reached");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByText("Copied").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /newsletter-hero\.png.*subscriber\.first_name/);
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("input, select, textarea, button")]
      .filter((control) => !control.labels?.length && !control.ariaLabel && !control.getAttribute("aria-labelledby") && !control.textContent.trim())
      .map((control) => control.outerHTML),
  );
  assert.deepEqual(nameless, []);
});

test("the page takes any public template by its id", async () => {
  await open({ path: "/#acme/offer" });
  await shown("#preview", /\/i\/acme\/offer\.png/);
  assert.match(await html(), /acme\/offer\.png/);
  assert.ok(await page.getByRole("radio", { name: "Card", exact: true }).isChecked());
  await open();
  await page.getByLabel("A template of your own, by its id").fill("acme/offer");
  await page.keyboard.press("Tab");
  await shown("#preview", /\/i\/acme\/offer\.png/);
  await shown(".pick:has(:checked) img", /\/i\/acme\/offer\.png/);
});

test("what was typed stays when another template is picked", async () => {
  await open();
  await param("name").getByLabel("If it is missing").fill("Valued Customer");
  await shown("#fallback", /name\.default=Valued%20Customer/);
  await page.getByRole("radio", { name: "Event badge" }).check({ force: true });
  await shown("#fallback", /event-badge.*name\.default=Valued%20Customer/);
});

test("the page chooses format, quality and language, suggests JPG for photographs, and warns of its address", async () => {
  await open({ path: "/#abandoned-cart" });
  await page.locator("#notes", { hasText: "As JPG" }).waitFor();
  await page.locator("#notes", { hasText: "works on this machine only" }).waitFor();
  await page.getByLabel("Format").selectOption("jpg");
  await page.getByLabel("Quality, 1 to 100").fill("70");
  await page.getByLabel("Language").fill("de");
  await shown("#preview", /abandoned-cart\.jpg.*_q=70&_lang=de/);
  assert.match(await html(), /abandoned-cart\.jpg/);
  assert.match(await page.locator("#explain").getAttribute("href"), /abandoned-cart\.json/);
});

test("the picked template is in view, its ring is whole, and its thumbnail is its preview", async () => {
  await open({ path: "/#website-banner", viewport: { width: 700, height: 900 } });
  const inside = await page.evaluate(() => {
    const [ring, box] = [document.querySelector(".pick:has(:checked)"), document.querySelector(".picks")].map((element) => element.getBoundingClientRect());
    return ring.left - 6 >= box.left && ring.right + 6 <= box.right && ring.top - 6 >= box.top;
  });
  assert.ok(inside);
  const query = (src) => Object.fromEntries([...new URL(src, worker.url).searchParams].filter(([name]) => !name.startsWith("_")));
  await open();
  const [thumb, preview] = await Promise.all([".pick:has(:checked) img", "#preview"].map((selector) => page.locator(selector).getAttribute("src")));
  assert.deepEqual(query(thumb), query(preview));
});

test("it fits a phone", async () => {
  await open({ viewport: { width: 360, height: 740 } });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
});

test("without its script it lists the samples", async () => {
  await open({ javaScriptEnabled: false });
  assert.ok(await page.locator("#samples").isVisible());
  assert.ok(await page.locator("#builder").isHidden());
  assert.ok((await page.locator("#samples a").count()) >= 16);
});
