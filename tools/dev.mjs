// Serves the built Worker with `wrangler dev`, prints the URL when it answers, and ends all of it
// on Ctrl-C. Wrangler starts other processes (workerd, builds), so that all of them are one process
// group, which is ended as a whole.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const port = Number(process.env.PORT || 8787);
const state = process.env.STATE || ".wrangler/state"; // where the data of KV and of the database stays
const url = `http://127.0.0.1:${port}`;

// V8 delays garbage collection while there is free memory. So any Worker grows to 1 GB and more
// here, but on Cloudflare an isolate has 128 MB. With these flags V8 collects all garbage each
// time, and answers as many requests per second (docs/load.md).
const V8_FLAGS = "--gc-global --max-semi-space-size=1";

const START_TIMEOUT_MS = 120_000; // wrangler builds first, and may have to compile
const STOP_TIMEOUT_MS = 5_000;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

if (await listening(port)) {
  console.error(`error: something listens on port ${port} already; take another one: make dev PORT=${port + 1}`);
  process.exit(1);
}

// With make's variables the build that wrangler runs would print as a part of this one.
const { MAKEFLAGS, MAKELEVEL, MFLAGS, ...env } = process.env;
const WRANGLER = `${root}node_modules/wrangler/bin/wrangler.js`;
const QUIET = { WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CLOUDFLARE_CF_FETCH_ENABLED: "false", CI: "true" };

// The tables of the database.
const migrated = spawnSync(process.execPath, [WRANGLER, "d1", "migrations", "apply", "monogram", "--local", "--persist-to", state], {
  cwd: root,
  env: { ...env, ...QUIET },
  encoding: "utf8",
});
if (migrated.status !== 0) {
  console.error(migrated.stdout + migrated.stderr);
  console.error("error: the migrations of the database failed; what wrangler said is above");
  process.exit(1);
}

// Secrets of this machine alone, kept in files that git ignores. Those of .dev.vars come first.
const devVars = existsSync(`${root}.dev.vars`) ? readFileSync(`${root}.dev.vars`, "utf8") : "";
const own = (name) => new RegExp(`^\\s*${name}\\s*=\\s*"?([^"\\n]+)`, "m").exec(devVars)?.[1].trim();
const key = own("ADMIN_KEY") ?? kept("dev.key", newKey);
writeFileSync(`${root}.wrangler/dev.key`, `${key}\n`, { mode: 0o600 });
const secret = own("SIGNING_SECRET") ?? kept("dev.secret", () => randomBytes(36).toString("base64url"));

const wrangler = spawn(
  process.execPath,
  // prettier-ignore
  [
    WRANGLER, "dev",
    "--ip", "127.0.0.1", "--port", String(port),
    "--persist-to", state, // the data stays after a restart
    "--var", "UNSIGNED:allow", // no signatures are needed on your own machine
    "--var", "TEMPLATE_MEMORY_MS:1000", // a template that you write is drawn after a second, and not after 30
    "--var", `ADMIN_KEY:${key}`,
    "--var", `SIGNING_SECRET:${secret}`,
    "--show-interactive-dev-session=false",
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    detached: true, // in a process group of its own
    stdio: ["ignore", "inherit", "inherit"], // no terminal, so that wrangler asks no questions
    env: {
      MINIFLARE_WORKERD_V8_FLAGS: V8_FLAGS, // the caller's flags come first
      ...env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  },
);

let stopping = false;
const ended = new Promise((done) => wrangler.on("exit", (code) => done(code ?? 1)));
ended.then((code) => {
  if (stopping) return;
  signal("SIGKILL");
  console.error("error: wrangler stopped; what it said is above");
  process.exit(code || 1);
});
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => stop(0));

const deadline = Date.now() + START_TIMEOUT_MS;
while (!(await healthy())) {
  if (Date.now() > deadline) {
    console.error(`error: ${url}/healthz did not answer within ${START_TIMEOUT_MS / 1000} s`);
    await stop(1);
  }
  await sleep(200);
}
console.log(`
  Monogram is running. Open:

    ${url}/
    ${url}/i/welcome.png?name=Maria

API key  ${key}
         for ${url}/v1/… (docs/api.md); it is in .wrangler/dev.key

  Ctrl-C stops it.
`);

/** What a file in .wrangler holds; the first time it is made. */
function kept(file, make) {
  const path = `${root}.wrangler/${file}`;
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  mkdirSync(`${root}.wrangler`, { recursive: true });
  const text = make();
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return text;
}

/** A key of the form of src/access/key.rs: 32 random bytes and their CRC-32, in base 62. */
function newKey() {
  const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const base62 = (number, length) => {
    let text = "";
    for (; length > 0; length--, number /= 62n) text = DIGITS[Number(number % 62n)] + text;
    return text;
  };
  const text = `mg_test_${base62(BigInt(`0x${randomBytes(32).toString("hex")}`), 43)}`;
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return text + base62(BigInt((crc ^ 0xffffffff) >>> 0), 6);
}

/** Ends all of it. A person who stops it has what they want, however long it ran: 0. */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  signal("SIGTERM");
  await Promise.race([ended, sleep(STOP_TIMEOUT_MS)]);
  signal("SIGKILL"); // processes that still run after wrangler
  process.exit(code);
}

function signal(name) {
  try {
    process.kill(-wrangler.pid, name);
  } catch {
    // no process of the group is left
  }
}

async function healthy() {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

function listening(port) {
  return new Promise((answer) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => (socket.destroy(), answer(true)));
    socket.on("error", () => answer(false));
  });
}
