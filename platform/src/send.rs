//! Responses of the runtime, made with as few calls into JavaScript as possible: each call costs as
//! much as a small stage.

use serde::{Serialize, Serializer};
use worker::js_sys::{JSON, Object, Uint8Array};
use worker::wasm_bindgen::JsValue;
use worker::web_sys::{Headers, Response, ResponseInit};

/// A response with these headers, in order; it has no body if none is given.
///
/// # Errors
/// The runtime throws, because no response may have this status.
pub fn response(
    status: u16,
    headers: &[(&'static str, String)],
    body: Option<&Uint8Array>,
) -> Result<Response, JsValue> {
    let init = ResponseInit::new();
    init.set_status(status);
    // One string carries all headers; JavaScript makes an object of it.
    let fields = serde_json::to_string(&Fields(headers)).ok().and_then(|fields| JSON::parse(&fields).ok());
    init.set_headers(&fields.unwrap_or_default());
    let body = body.map(|body| -> &Object { body });
    let response = || Response::new_with_opt_buffer_source_and_init(body, &init);
    response().or_else(|_| {
        // A header that the runtime refuses is left out, which is better than no picture.
        let fields = Headers::new()?;
        for (name, value) in headers {
            let _ = fields.set(name, value);
        }
        init.set_headers(&fields);
        response()
    })
}

/// The headers as JavaScript takes them: an object.
pub struct Fields<'a>(pub &'a [(&'static str, String)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
