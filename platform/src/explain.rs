//! What the author of a document with a mistake meant. The module that does not draw knows it
//! ([`monogram::template::mistake`]), because the words of other tools are no part of the one that draws.

use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, global};

use crate::deadline::Deadline;

#[wasm_bindgen]
extern "C" {
    /// The global object, where `guard.js` puts the function.
    type Global;
    #[wasm_bindgen(method, catch, js_name = monogramExplain)]
    fn begin(this: &Global, document: &str) -> Result<Promise, JsValue>;
}

/// A problem of this document in better words; as it is if there are none, or the other module does not
/// answer in time.
pub async fn explain(document: &str, problem: Problem, limits: &Limits) -> Problem {
    if problem.fault != Fault::Document {
        return problem;
    }
    let Ok(answer) = global().unchecked_into::<Global>().begin(document) else { return problem };
    let answer = Deadline::after(limits.file_wait_ms).within(limits.file_wait_ms, JsFuture::from(answer)).await;
    let answer: Option<String> = answer.ok().and_then(Result::ok).and_then(|answer: JsValue| answer.as_string());
    let told = answer.and_then(|json| serde_json::from_str::<[Option<String>; 3]>(&json).ok());
    let Some([field, Some(message), remedy]) = told else { return problem };
    Problem { field, message, remedy, ..problem }
}
