//! The module that draws, as this one asks it: `guard.js` brings the two together.

use monogram::api::publish::Tried;
use monogram::error::Problem;
use monogram::limits::Limits;
use monogram_platform::database::unavailable;
use monogram_platform::deadline::Deadline;
use monogram_platform::{Visit, auth};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Array, Promise, Uint8Array};

#[wasm_bindgen]
extern "C" {
    /// The module that draws. Its methods are those of `renderer` in `guard.js`.
    #[derive(Clone)]
    pub type Renderer;
    #[wasm_bindgen(method, catch, js_name = draw)]
    fn begin_draw(this: &Renderer, path: &str, kid: Option<u32>) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = call)]
    fn begin_call(this: &Renderer, path: &str, caller: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = compile)]
    fn begin_compile(this: &Renderer, document: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = stress)]
    fn begin_stress(this: &Renderer, document: &str, cases: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = preview)]
    fn begin_preview(this: &Renderer, document: &str, url: &str, options: &str, kid: u32) -> Result<Promise, JsValue>;
}

/// An answer of that module.
pub struct Drawn {
    /// The status of the answer.
    pub status: u16,
    /// Its headers by their names in lower case.
    headers: Vec<(String, String)>,
    /// Its body, in the memory of JavaScript.
    pub body: Uint8Array,
}

impl Drawn {
    /// A header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// A header, which may be empty. `None` if there is none.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What JavaScript gives: status, headers as JSON, body.
    fn read(answer: JsValue) -> Option<Self> {
        let answer = answer.dyn_into::<Array>().ok()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status of HTTP")]
        let status = answer.get(0).as_f64()? as u16;
        let headers = serde_json::from_str(&answer.get(1).as_string()?).ok()?;
        Some(Self { status, headers, body: answer.get(2).dyn_into().ok()? })
    }
}

impl Renderer {
    /// Draws the picture of a path and query, for a key if its number is given. `None` if the module did
    /// not answer in time.
    pub async fn draw(&self, path_and_query: &str, kid: Option<u32>, limits: &Limits) -> Option<Drawn> {
        let call = JsFuture::from(self.begin_draw(path_and_query, kid).ok()?);
        let answer = Deadline::after(limits.picture_wait_ms).within(limits.picture_wait_ms, call).await;
        Drawn::read(answer.ok()?.ok()?)
    }

    /// Passes a call of this visitor on, whose key was checked. The other module has deadlines of its own.
    ///
    /// # Errors
    /// 503 if the module does not answer.
    pub async fn call(&self, visit: &Visit<'_>, path_and_query: &str) -> Result<Drawn, Problem> {
        Self::answered(self.begin_call(path_and_query, &auth::lend(&visit.grant))).await
    }

    /// The picture of a draft, or a view of it, as if it had this URL, whose query has its values. The options have a
    /// query of their own. The key of this number pays for it.
    ///
    /// # Errors
    /// 503 if the module does not answer.
    pub async fn preview(&self, document: &str, url: &str, options: &str, kid: u32) -> Result<Drawn, Problem> {
        Self::answered(self.begin_preview(document, url, options, kid)).await
    }

    async fn answered(call: Result<Promise, JsValue>) -> Result<Drawn, Problem> {
        let answer = JsFuture::from(call.map_err(|_| unavailable())?).await;
        answer.ok().and_then(Drawn::read).ok_or_else(unavailable)
    }

    /// Makes what the pictures of a new revision are drawn on, with the text of the revision. A fault loses nothing but
    /// time.
    pub async fn compile(&self, document: &str, limits: &Limits) {
        let Ok(call) = self.begin_compile(document) else { return };
        let _: Result<Result<JsValue, JsValue>, _> =
            Deadline::after(limits.picture_wait_ms).within(limits.picture_wait_ms, JsFuture::from(call)).await;
    }

    /// What is wrong with these cases of a draft; they are JSON.
    ///
    /// # Errors
    /// 503 if the module does not answer.
    pub async fn stress(&self, document: &str, cases: &str) -> Result<Tried, Problem> {
        let call = JsFuture::from(self.begin_stress(document, cases).map_err(|_| unavailable())?);
        let answer: Option<String> = call.await.ok().and_then(|answer: JsValue| answer.as_string());
        answer.and_then(|json| serde_json::from_str(&json).ok()).ok_or_else(unavailable)
    }
}
