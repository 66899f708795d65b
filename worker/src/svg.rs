//! SVGs: a PNG takes the place of each, from the module that JavaScript instantiates for it.

use std::cell::Cell;

use monogram::encode::png;
use monogram::error::{Fault, Problem};
use monogram::image::svg;
use monogram::limits::Limits;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, Uint8Array, global};

use super::deadline::Deadline;

#[wasm_bindgen]
extern "C" {
    /// The global object, where `guard.js` puts the function.
    type Global;
    #[wasm_bindgen(method, catch, js_name = monogramDrawSvg)]
    fn draw(this: &Global, svg: &Uint8Array, side: u32, work: u32) -> Result<Promise, JsValue>;
}

/// A PNG of an SVG, and its width and height in px. `work` is what is left of
/// [`Limits::svg_work`].
///
/// # Errors
/// The SVG is damaged, too large, or has something that is not drawn.
pub async fn png(
    bytes: &[u8],
    work: &Cell<u32>,
    deadline: Deadline,
    limits: &Limits,
) -> Result<(Vec<u8>, (u32, u32)), Problem> {
    svg::check(bytes, limits)?;
    let global: Global = global().unchecked_into();
    let missing = || Problem::new(Fault::Unavailable, "svg-module", "the module that draws SVGs did not answer");
    let call = global.draw(&Uint8Array::from(bytes), limits.svg_side_px, work.get()).map_err(|_| missing())?;
    let answer = deadline.within(limits.file_wait_ms, JsFuture::from(call)).await;
    let answer: JsValue = answer.map_err(|_| missing())?.map_err(|_| missing())?;
    let answer = answer.dyn_into::<Uint8Array>().ok().map(|answer| answer.to_vec());
    let drawn = svg::picture(answer.as_deref())?;
    drop(answer);
    work.set(work.get().saturating_sub(drawn.work));
    Ok((png::encode(&drawn.picture), (drawn.picture.width(), drawn.picture.height())))
}
