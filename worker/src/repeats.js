// Answers a URL again as wasm answered it before, without waking wasm: that is most of what a repeat costs.
//
// What is kept is exactly "in this isolate this URL was answered so", word by word: headers and the line of the log are wasm's
// (`src/edge/repeats.rs`), and nothing here knows what they mean. Wasm says them along with an answer for which it asked nobody, and
// until when it would ask nobody again. A template cannot change within that time, because nobody looks: no isolate sees a
// publication sooner than its half minute allows. A URL is asked of wasm twice before it gets here, so that one that nobody asks
// for again costs nothing.

/** What an entry takes beside its texts: the objects that hold them. A test holds it to V8's own figure. */
const ENTRY_BYTES = 1_024;

/** By URL, as the runtime writes it; those that were not used longest come first. */
const entries = new Map();

/** What all of them weigh. */
let bytes = 0;

function forget(url) {
  bytes -= entries.get(url)?.weight ?? 0;
  entries.delete(url);
}

/** Forgets everything: the instance that said it is no more. */
export function forgetAll() {
  entries.clear();
  bytes = 0;
}

/**
 * Keeps what wasm says of a repeat, if it says anything: it puts that upon its answer.
 *
 * @param {string} url
 * @param {{ repeat?: string, file?: Uint8Array, budget_bytes?: number }} answer a Response, and what `repeats.rs` adds to one
 */
export function remember(url, { repeat, file, budget_bytes: budget }) {
  if (repeat === undefined) return;
  forget(url);
  const weight = url.length + repeat.length + ENTRY_BYTES;
  if (weight > budget) return;
  // The text is read when it is needed. The file is wasm's to keep and to drop, in its memory tier: here it must neither live
  // longer nor count twice, under however many URLs.
  entries.set(url, { said: repeat, file: file && new WeakRef(file), weight });
  bytes += weight;
  for (const oldest of entries.keys()) {
    if (bytes <= budget) break;
    forget(oldest);
  }
}

/**
 * The answer, or undefined where wasm must be asked.
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
  // The only header of a request that can change an answer. Lists, weak tags and `*` are for wasm to read.
  const tag = request.headers.get("If-None-Match");
  if (tag && tag !== etag) return undefined;
  const said = tag ? unchanged : hit;
  const file = tag ? null : entry.file?.deref();
  if (file === undefined) return undefined;

  // The clock stands still between two waits, so that no time passes here: what the line and the headers say of it is true.
  entries.delete(url);
  entries.set(url, entry);
  console.log(said.line);
  return new Response(method === "HEAD" ? null : file, said.init);
}
