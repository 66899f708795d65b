//! SVGs: a PNG takes the place of each, from the module that JavaScript instantiates for it.
//!
//! Invariant: an isolate draws one SVG at a time, so that the memory of two instances is never needed
//! at once.

use std::cell::Cell;

use monogram::encode::png;
use monogram::error::{Fault, Problem};
use monogram::image::svg;
use monogram::limits::Limits;
use monogram::response::Key;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, Uint8Array, global};

use super::deadline::Deadline;
use super::turn::Turn;

#[wasm_bindgen]
extern "C" {
    /// The global object, where `guard.js` puts the function.
    type Global;
    #[wasm_bindgen(method, catch, js_name = monogramDrawSvg)]
    fn draw(this: &Global, svg: &Uint8Array, side: u32, work: u32) -> Result<Promise, JsValue>;
}

/// The right to draw an SVG, once no other one is drawn.
async fn turn(deadline: Deadline, limits: &Limits) -> Result<Turn, Problem> {
    let key = Key::of(b"svg");
    loop {
        match Turn::take(key, deadline) {
            Some(turn) => return Ok(turn),
            None if deadline.is_over() => return Err(missing()),
            None => deadline.sleep(limits.remote_poll_ms).await,
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
    let _turn = turn(deadline, limits).await?;
    let global: Global = global().unchecked_into();
    let call = global.draw(&Uint8Array::from(bytes), limits.svg_side_px, work.get()).map_err(|_| missing())?;
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
