// Answers a URL again as wasm answered it before, without waking wasm, which is most of the cost of
// a repeat.
//
// An entry states exactly "in this isolate this URL was answered so", word by word: the headers and
// the line of the log come from wasm (`worker/src/repeats.rs`), and nothing here knows their
// meaning. Wasm adds an entry to an answer only if it gave that answer without asking anyone, and
// states until when it could do so again. A template cannot change within that time, because nobody
// looks: no isolate sees a publication sooner than its half minute allows. A URL reaches wasm twice
// before it is cached here, so that a URL that nobody asks for again costs nothing.

import PROXIES from "../../src/request/proxies.json" with { type: "json" };

/**
 * Bytes that an entry takes beside its texts, for the objects that hold them. A test compares this
 * with V8's own figure.
 */
const ENTRY_BYTES = 1_024;

/** Entries by URL, as the runtime writes it; the least recently used comes first. */
const entries = new Map();

/** The weight of all entries. */
let bytes = 0;

/** 32 hex digits that no other answer has. */
export const requestId = () => crypto.randomUUID().replaceAll("-", "");

/** The field of the log for the mail service whose proxy asks, as `src/request/proxy.rs` knows it. */
function proxyField({ headers }) {
  const agent = headers.get("User-Agent") ?? "";
  const proxy = PROXIES.find(({ contains, is }) => (contains ? agent.includes(contains) : agent === is));
  return proxy ? `,"proxy":"${proxy.name}"` : "";
}

function forget(url) {
  bytes -= entries.get(url)?.weight ?? 0;
  entries.delete(url);
}

/** Forgets everything, because the instance that made the entries has ended. */
export function forgetAll() {
  entries.clear();
  bytes = 0;
}

/**
 * Keeps the entry with which wasm lets a URL be answered again, if its answer carries one.
 *
 * @param {string} url
 * @param {{ repeat?: string, file?: Uint8Array, budget_bytes?: number }} answer
 *   a Response, with the fields that `repeats.rs` adds
 */
export function remember(url, { repeat, file, budget_bytes: budget }) {
  if (repeat === undefined) return;
  forget(url);
  const weight = url.length + repeat.length + ENTRY_BYTES;
  if (weight > budget) return;
  // The text is parsed when it is needed. The file belongs to wasm, whose memory tier keeps and
  // drops it: here it must neither live longer nor count twice, under however many URLs.
  entries.set(url, { said: repeat, file: file && new WeakRef(file), weight });
  bytes += weight;
  for (const oldest of entries.keys()) {
    if (bytes <= budget) break;
    forget(oldest);
  }
}

/**
 * The answer, or undefined if wasm must be asked.
 *
 * @param {Request} request
 */
export function answer(request) {
  const { url, method } = request;
  const entry = entries.get(url);
  if (entry === undefined || (method !== "GET" && method !== "HEAD")) return undefined;
  if (typeof entry.said === "string") entry.said = JSON.parse(entry.said);
  const { until_ms: end, etag, hit, unchanged } = entry.said;
  if (Date.now() >= end) {
    forget(url);
    return undefined;
  }
  // `If-None-Match` is the only request header that can change an answer. Wasm reads lists, weak
  // tags and `*`.
  const tag = request.headers.get("If-None-Match");
  if (tag && tag !== etag) return undefined;
  const said = tag ? unchanged : hit;
  const file = tag ? null : entry.file?.deref();
  if (file === undefined) return undefined;

  // The clock stands still between two waits, so no time passes here: the times in the line and the
  // headers are true.
  entries.delete(url);
  entries.set(url, entry);
  const id = requestId();
  console.log(`${said.line.slice(0, -1)}${proxyField(request)},"request":"${id}"}`);
  const { status, headers } = said.init;
  return new Response(method === "HEAD" ? null : file, { status, headers: { ...headers, "X-Request-Id": id } });
}
