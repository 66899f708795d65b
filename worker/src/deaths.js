// Records the templates that ended the instance, so that a template that did so twice is not tried
// again for a minute. The record is bounded, because strangers write URLs. Of a batch it is the row that
// is not tried again: its others must not fail with it, nor the pictures that people wait for.

/** Deaths after which a template is barred. The first may be bad luck, such as full memory. */
const DEATHS = 2;

/** Milliseconds for which a death counts. */
const BARRED_MS = 60_000;

/** Number of templates and rows that are remembered. Each takes some 200 bytes, a row up to 2 kB. */
const TEMPLATES = 512;

/** Longest path that is remembered, in characters; a longer one names no template. */
const PATH_CHARS = 256;

/** The host of the pictures of a batch, which no request has. */
export const BATCH = "queue.invalid";

/** Most characters of the path and the query of a row that are remembered. */
const ROW_CHARS = 2_048;

/** `{ count, until }` by template or row; the oldest entry comes first. */
const deaths = new Map();

/** The path of a URL without its extension: one code draws all formats of a template. Of a batch: the row. */
function templateOf(url) {
  const { hostname, pathname, search } = new URL(url);
  if (hostname === BATCH) return `${pathname}${search}`.slice(0, ROW_CHARS);
  return pathname.replace(/\.[a-z]+$/i, "").slice(0, PATH_CHARS);
}

/** Records that a request for this URL ended the instance. */
export function add(url) {
  const template = templateOf(url);
  const { count, until } = deaths.get(template) ?? { count: 0, until: 0 };
  const now = Date.now();
  deaths.delete(template);
  deaths.set(template, { count: now < until ? count + 1 : 1, until: now + BARRED_MS });
  for (const oldest of deaths.keys()) {
    if (deaths.size <= TEMPLATES) break;
    deaths.delete(oldest);
  }
}

/** Whether the template of a URL is barred now. */
export function isBarred(url) {
  if (deaths.size === 0) return false;
  const template = templateOf(url);
  const { count, until } = deaths.get(template) ?? { count: 0, until: 0 };
  return count >= DEATHS && Date.now() < until;
}
