// Serves the templates of this folder in the real workerd, with upstream.mjs in place of the host
// that their feeds name: `make live`. Nothing leaves this machine. The Worker is the one that is
// deployed, and its rules hold as in production: it asks for https://live.example/, which the
// runtime here hands to this program.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Response } from "miniflare";
import { startWorker } from "../../tests/edge/harness.mjs";
import { answer } from "./upstream.mjs";

const template = (name) => readFileSync(fileURLToPath(new URL(`${name}.json`, import.meta.url)), "utf8");

const worker = await startWorker({
  port: Number(process.env.PORT || 8788),
  kv: { "live/stock": template("stock"), "live/weather": template("weather") },
  bindings: { IMAGE_HOSTS: "live.example" },
  outbound: (request) => {
    const { status, body } = answer(request.url);
    console.log(`${new Date().toISOString()} ${status} ${request.url}`);
    return new Response(body, { status, headers: { "Content-Type": "application/json" } });
  },
});

console.log(`
  Open these, and again a minute later:

    ${worker.url}/i/live/stock.png?sku=espresso-cup&name=Maria
    ${worker.url}/i/live/weather.png?city=Lisbon&name=Maria
    ${worker.url}/i/live/stock.json?sku=espresso-gift      explains the picture

  Ctrl-C stops it.
`);
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => worker.dispose().then(() => process.exit(0)));
