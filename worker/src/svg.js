// Draws SVGs with the module of svg/, which is compiled and instantiated only when one is met: an
// isolate that draws none pays nothing for it. Each SVG has an instance of its own, so that one that
// ends it ends nothing else, and its memory is returned.

/** What the module asks of JavaScript: nothing, but wasm-bindgen declares a table to fill. */
const imports = { "./svg_bg.js": { __wbindgen_init_externref_table() {} } };

let module;

/**
 * @param {Uint8Array} svg the file
 * @param {number} side px of the longer side
 * @param {number} work units of work that it may take
 * @returns {Promise<Uint8Array | undefined>} the answer of `draw` in svg/src/lib.rs; nothing if the
 *   instance ended
 */
export async function draw(svg, side, work) {
  module ??= (await import("./svg.wasm")).default;
  try {
    const { exports } = await WebAssembly.instantiate(module, imports);
    exports.__wbindgen_start();
    const at = exports.__wbindgen_malloc(svg.length, 1) >>> 0;
    new Uint8Array(exports.memory.buffer).set(svg, at);
    const [start, length] = exports.draw(at, svg.length, side, work).map((number) => number >>> 0);
    // A copy: the instance and its memory are not kept.
    return new Uint8Array(exports.memory.buffer).slice(start, start + length);
  } catch {
    return undefined;
  }
}
