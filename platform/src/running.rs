//! Tells JavaScript which request this instance is working on.
//!
//! A trap ends the instance with all of its requests, but only one of them caused it: the request
//! whose future was being polled. `guard.js` then reads `monogramRunning`, and blames that request
//! alone.

use std::future::poll_fn;
use std::pin::pin;

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys;
use worker::web_sys::Request;

#[wasm_bindgen]
extern "C" {
    /// The global object, where `guard.js` reads the request.
    type Global;
    #[wasm_bindgen(method, setter, js_name = monogramRunning)]
    fn set_running(this: &Global, request: &JsValue);
}

/// Awaits `work`, which is done for this request, and returns its result.
pub async fn for_request<T>(request: &Request, work: impl Future<Output = T>) -> T {
    let global: Global = js_sys::global().unchecked_into();
    let mut work = pin!(work);
    poll_fn(|context| {
        global.set_running(request);
        let polled = work.as_mut().poll(context);
        global.set_running(&JsValue::UNDEFINED);
        polled
    })
    .await
}
