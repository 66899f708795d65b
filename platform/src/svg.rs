//! SVGs: a PNG takes the place of each, from the module that JavaScript instantiates for it.
//!
//! Invariant: an isolate draws one SVG at a time, whichever module of the Worker asks, so that the
//! memory of two instances is never needed at once. `svg.js` knows whose turn it is.

use std::cell::Cell;

use monogram::encode::png;
use monogram::error::{Fault, Problem};
use monogram::image::svg;
use monogram::limits::Limits;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, Uint8Array, global};

use crate::deadline::Deadline;

#[wasm_bindgen]
extern "C" {
    /// The global object, where `guard.js` puts the function.
    type Global;
    #[wasm_bindgen(method, catch, js_name = monogramDrawSvg)]
    fn draw(this: &Global, svg: &Uint8Array, side: u32, work: u32, until_ms: f64) -> Result<Option<Promise>, JsValue>;
}

/// The promise of a drawing, once no other SVG is drawn.
async fn begin(svg: &[u8], work: u32, deadline: Deadline, limits: &Limits) -> Result<Promise, Problem> {
    let (global, svg): (Global, _) = (global().unchecked_into(), Uint8Array::from(svg));
    loop {
        match global.draw(&svg, limits.svg_side_px, work, deadline.at_ms()) {
            Ok(Some(drawing)) => return Ok(drawing),
            Ok(None) if !deadline.is_over() => deadline.sleep(limits.remote_poll_ms).await,
            Ok(None) | Err(_) => return Err(missing()),
        }
    }
}

fn missing() -> Problem {
    Problem::new(Fault::Unavailable, "svg-module", "the module that draws SVGs did not answer in time")
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
    let call = begin(bytes, work.get(), deadline, limits).await?;
    let answer = deadline.within(limits.file_wait_ms, JsFuture::from(call)).await;
    let answer: JsValue = answer.map_err(|_| missing())?.map_err(|_| missing())?;
    let answer = answer.dyn_into::<Uint8Array>().ok().map(|answer| answer.to_vec());
    if answer.is_none() {
        // The instance ended. No other file of this request may do that too.
        work.set(0);
    }
    let drawn = svg::picture(answer.as_deref())?;
    drop(answer);
    work.set(work.get().saturating_sub(drawn.work));
    Ok((png::encode(&drawn.picture), (drawn.picture.width(), drawn.picture.height())))
}
