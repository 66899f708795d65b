//! An answer: a reply whose bytes are there, or one whose body comes piece by piece.

use futures_util::StreamExt;
use futures_util::stream::LocalBoxStream;
use monogram::error::Problem;
use monogram::response::Reply;
use monogram_platform::send;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::Uint8Array;
use worker::web_sys;

/// The pieces of a body. One that fails ends it: the client sees that it is cut short.
pub type Pieces = LocalBoxStream<'static, Result<Vec<u8>, Problem>>;

/// An answer.
pub struct Answer {
    /// Its status and headers, and its body if that is there.
    pub reply: Reply,
    /// Its body, if it comes piece by piece.
    pub pieces: Option<Pieces>,
    /// What the call has changed and others remember: `t:{id}` and the tag of a record are cache tags of
    /// pictures, `keys` are the API keys. `guard.js` has it forgotten.
    pub changed: Option<String>,
}

#[wasm_bindgen]
extern "C" {
    /// A response, as `guard.js` sees it.
    type Changing;
    #[wasm_bindgen(method, setter)]
    fn set_changed(this: &Changing, what: &str);
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self { reply, pieces: None, changed: None }
    }
}

impl Answer {
    /// An answer of this type, whose body comes piece by piece. `name` is that of the file to save it as.
    pub fn stream(content_type: &str, name: &str, pieces: Pieces) -> Self {
        let mut reply = Reply::new(200, content_type, Vec::new());
        reply.headers.retain(|(name, _)| *name != "Content-Length");
        reply.set("Content-Disposition", format!("attachment; filename=\"{name}\""));
        Self { reply, pieces: Some(pieces), changed: None }
    }

    /// The answer to a call that has changed this: see [`Self::changed`].
    pub fn changing(reply: Reply, what: String) -> Self {
        Self { reply, pieces: None, changed: Some(what) }
    }

    /// The response of the runtime.
    ///
    /// # Errors
    /// The runtime refuses it.
    pub fn send(self, method: &str) -> Result<web_sys::Response, JsValue> {
        let Self { reply, pieces, changed } = self;
        let response = match pieces.filter(|_| method != "HEAD") {
            None => {
                let body =
                    (!reply.body.is_empty() && method != "HEAD").then(|| Uint8Array::from(reply.body.as_slice()));
                send::response(reply.status, &reply.headers, body.as_ref())?
            }
            Some(pieces) => {
                let pieces =
                    pieces.map(|piece| piece.map_err(|problem| worker::Error::RustError(problem.code.to_owned())));
                let mut response = worker::Response::from_stream(pieces)?.with_status(reply.status);
                for (name, value) in &reply.headers {
                    response.headers_mut().set(name, value)?;
                }
                response.into()
            }
        };
        if let Some(what) = changed {
            response.unchecked_ref::<Changing>().set_changed(&what);
        }
        Ok(response)
    }
}
