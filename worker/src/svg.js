// Draws SVGs with the module of svg/, which is compiled and instantiated only when one is met: an
// isolate that draws none pays nothing for it. An instance that a file ended, or that needed much
// memory, is not used again: so a file ends nothing but itself, and its memory is returned.

/** What the module asks of JavaScript: nothing, but wasm-bindgen declares a table to fill. */
const imports = { "./svg_bg.js": { __wbindgen_init_externref_table() {} } };

/** Bytes of memory up to which an instance is kept for the next SVG. Most logos need less. */
const KEPT_BYTES = 12 * 1024 * 1024;

let module, kept;

/** The drawing that is going on: its end at the latest, in ms since 1970. The runtime may abandon a request without a word. */
let going;

/**
 * Draws one SVG at a time. workerd lets no request await what another one began, so who comes second asks again.
 *
 * @param {Uint8Array} svg the file
 * @param {number} side px of the longer side
 * @param {number} work units of work that it may take
 * @param {number} until the time until which its turn lasts at most, in ms since 1970
 * @returns {Promise<Uint8Array | undefined> | undefined} the answer of `draw` in svg/src/lib.rs; a promise of nothing if
 *   the instance ended, and nothing while another SVG is drawn
 */
export function draw(svg, side, work, until) {
  if (going && Date.now() < going.until) return undefined;
  const own = { until };
  going = own;
  return drawn(svg, side, work).finally(() => {
    if (going === own) going = undefined;
  });
}

async function drawn(svg, side, work) {
  module ??= (await import("./svg.wasm")).default;
  const instance = kept ?? (await WebAssembly.instantiate(module, imports));
  const { exports } = instance;
  if (!kept) exports.__wbindgen_start();
  kept = undefined;
  try {
    const at = exports.__wbindgen_malloc(svg.length, 1) >>> 0;
    new Uint8Array(exports.memory.buffer).set(svg, at);
    // It frees the file itself.
    const [start, length] = exports.draw(at, svg.length, side, work).map((number) => number >>> 0);
    const answer = new Uint8Array(exports.memory.buffer).slice(start, start + length);
    exports.__wbindgen_free(start, length, 1);
    if (exports.memory.buffer.byteLength <= KEPT_BYTES) kept = instance;
    return answer;
  } catch {
    return undefined; // the instance ended
  }
}
