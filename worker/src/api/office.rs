//! Calls that the other module answers (`office/`), for tools that are made of them.

use monogram_platform::Visit;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, Uint8Array, global};
use worker::web_sys::{Headers, Request, RequestInit, Response};
use worker::{Env, worker_sys};

use super::super::deadline::Deadline;

#[wasm_bindgen]
extern "C" {
    /// The global object, where `guard.js` puts the function.
    type Global;
    #[wasm_bindgen(method, catch, js_name = monogramOffice)]
    fn answer(this: &Global, request: &Request, env: &Env, ctx: &worker_sys::Context) -> Result<Promise, JsValue>;
}

/// The body of the answer to a call with the key of this one. `None` if it is refused or late.
pub async fn post(visit: &Visit<'_>, path: &str, content_type: &str, body: &str) -> Option<Vec<u8>> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    let headers = Headers::new().ok()?;
    headers.set("Content-Type", content_type).ok()?;
    headers.set("Authorization", &visit.header_of_request("Authorization")).ok()?;
    init.set_headers(&headers);
    let request = Request::new_with_str_and_init(&format!("{}{path}", visit.call.origin), &init).ok()?;
    let global: Global = global().unchecked_into();
    let call = global.answer(&request, visit.env(), visit.call.ctx.as_ref()).ok()?;
    let (deadline, limits) = (Deadline::after(visit.limits().picture_wait_ms), visit.limits());
    let response: JsValue = deadline.within(limits.picture_wait_ms, JsFuture::from(call)).await.ok()?.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let body =
        deadline.within(limits.picture_wait_ms, JsFuture::from(response.array_buffer().ok()?)).await.ok()?.ok()?;
    response.ok().then(|| Uint8Array::new(&body).to_vec())
}
