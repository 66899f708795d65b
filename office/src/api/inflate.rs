//! The runtime's own decoders of zlib and Brotli, for web fonts.

use monogram::font::Packing;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::{Uint8Array, global};

#[wasm_bindgen]
extern "C" {
    /// The global object, where `guard.js` puts the function.
    type Global;
    #[wasm_bindgen(method, catch, js_name = monogramInflate)]
    fn inflate(this: &Global, bytes: &Uint8Array, is_brotli: bool, most: u32) -> Result<Uint8Array, JsValue>;
}

/// Inflates bytes to at most `most`; the runtime stops there. `None` if that fails.
pub fn inflate(packing: Packing, bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let most = u32::try_from(most).ok()?;
    let global: Global = global().unchecked_into();
    let inflated = global.inflate(&Uint8Array::from(bytes), packing == Packing::Brotli, most).ok()?;
    Some(inflated.to_vec())
}
