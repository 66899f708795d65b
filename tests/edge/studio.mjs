// Opens Studio in Chromium, for the tests beside this file.

import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";
import { workerForFile } from "./answers.mjs";

/** The wait for anything of the page, in ms. */
const TIMEOUT_MS = 20_000;

/** How much slower than this machine the page runs: MONOGRAM_SLOWER=4 shows what a busy one would. */
const SLOWER = Number(process.env.MONOGRAM_SLOWER ?? 1);

/**
 * A browser and a Worker for all tests of a file. After each test, it fails if the page had an error,
 * broke its policy or asked another host.
 *
 * @param {Parameters<typeof workerForFile>[0]} [options]
 */
export function studioForFile(options) {
  const worker = workerForFile({ bindings: { UNSIGNED: "allow" }, ...options });
  let browser;
  const contexts = [];
  let trouble = [];
  before(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  after(() => browser?.close());
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    assert.deepEqual(trouble.splice(0), [], "errors, violations of the policy, requests to elsewhere");
  });

  const studio = {
    worker,
    /** The page that was opened last. */
    page: undefined,

    /**
     * Opens the start page in a browser context of its own, or in one that is there. `script` runs in each
     * page before those of Studio.
     */
    async open({ context, script, expected = /^$/, ...options } = {}) {
      if (!context) {
        context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
        context.setDefaultTimeout(TIMEOUT_MS);
        await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: worker.url });
        if (script) await context.addInitScript(script);
        contexts.push(context);
      }
      const page = await context.newPage();
      studio.page = page;
      if (SLOWER > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
      page.on("pageerror", (error) => trouble.push(`error: ${error.stack}`));
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && !expected.test(message.text()) && trouble.push(message.text()));
      page.on("request", (request) => {
        if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== worker.url) trouble.push(`asked ${request.url()}`);
      });
      await page.goto(`${worker.url}/studio/`);
      return page;
    },

    /** Opens a document by its file. */
    async openText(text) {
      const { page } = studio;
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Open a file…" }).click()]);
      await chooser.setFiles({ name: "template.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await studio.drawn();
    },

    /** Waits until the canvas shows the document. */
    async drawn() {
      await studio.page.locator("canvas.picture[data-drawn]").waitFor();
    },

    /** The document as it would be downloaded. */
    async document() {
      const { page } = studio;
      await page.getByRole("button", { name: "Menu" }).click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Download JSON" }).click()]);
      const chunks = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      await page.locator(".stage").focus();
      return JSON.parse(Buffer.concat(chunks).toString("utf8"));
    },

    /** A point of the template, in px of the window. */
    async at(x, y) {
      const { page } = studio;
      const box = await page.locator("canvas.picture").boundingBox();
      const { width } = await page.locator("canvas.picture").evaluate((canvas) => ({ width: Number(canvas.dataset.width) }));
      return { x: box.x + (x * box.width) / width, y: box.y + (y * box.width) / width };
    },

    /** Waits until a check of the document holds. */
    async eventually(check) {
      for (let tries = 0; ; tries += 1) {
        try {
          return check(await studio.document());
        } catch (error) {
          if (tries > 30) throw error;
          await studio.page.waitForTimeout(100);
        }
      }
    },

    /** Drags from one point of the template to another, in steps. */
    async drag(from, to, { keys = [] } = {}) {
      const { page } = studio;
      const [start, end] = [await studio.at(...from), await studio.at(...to)];
      await page.mouse.move(start.x, start.y);
      for (const key of keys) await page.keyboard.down(key);
      await page.mouse.down();
      await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
      await page.mouse.move(end.x, end.y, { steps: 4 });
      await page.mouse.up();
      for (const key of keys) await page.keyboard.up(key);
    },

    async click(x, y, options) {
      const point = await studio.at(x, y);
      await studio.page.mouse.click(point.x, point.y, options);
    },
  };
  return studio;
}
