//! A row → its picture, in R2 under its SHA-256.

use monogram::api::upload::digest;
use monogram::image;
use monogram::jobs::{Line, Status};
use monogram::limits::Limits;
use monogram_platform::deadline::Deadline;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Array, Function, Promise, Uint8Array};

/// Draws the picture of a URL: `guard.js` asks the module that draws.
pub struct Artist(Function);

/// A picture, or why there is none.
pub struct Drawn {
    /// The status of the answer.
    pub status: u16,
    /// Its headers by their names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, in the memory of JavaScript.
    pub body: Uint8Array,
}

impl Drawn {
    /// A header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl Artist {
    /// An artist who asks this function of a path, a query and the number of a key.
    pub const fn new(draw: Function) -> Self {
        Self(draw)
    }

    /// Draws for a key. `None` if the module did not answer.
    pub async fn draw(&self, path_and_query: &str, kid: Option<u32>, limits: &Limits) -> Option<Drawn> {
        let kid = kid.map_or(JsValue::UNDEFINED, |kid| JsValue::from_f64(f64::from(kid)));
        let call = self.0.call2(&JsValue::UNDEFINED, &JsValue::from_str(path_and_query), &kid).ok()?;
        let call = JsFuture::from(call.dyn_into::<Promise>().ok()?);
        let answer: JsValue =
            Deadline::after(limits.picture_wait_ms).within(limits.picture_wait_ms, call).await.ok()?.ok()?;
        let answer = answer.dyn_into::<Array>().ok()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status of HTTP")]
        let status = answer.get(0).as_f64()? as u16;
        let headers = serde_json::from_str(&answer.get(1).as_string()?).ok()?;
        Some(Drawn { status, headers, body: answer.get(2).dyn_into().ok()? })
    }
}

/// What the manifest says of a picture, and the picture. `line` has what is known of the row.
pub fn judge(drawn: Option<Drawn>, line: Line, extension: &str, limits: &Limits) -> (Line, Option<Vec<u8>>) {
    let failed = |why: String| (Line { status: Status::Failed, warnings: why, ..line.clone() }, None);
    let Some(drawn) = drawn else { return failed("the picture was not drawn in time".to_owned()) };
    if drawn.status != 200 {
        let code = drawn.header("x-problem");
        return failed(if code.is_empty() { format!("status {}", drawn.status) } else { code.to_owned() });
    }
    let bytes = drawn.body.to_vec();
    let Ok(header) = image::header(&bytes, limits) else { return failed("the picture is damaged".to_owned()) };
    let others = drawn.header("x-params").split(", ").filter(|entry| !entry.is_empty() && !entry.ends_with("=given"));
    let glyphs = match drawn.header("x-glyphs").strip_prefix("missing=") {
        Some(missing) => format!("{missing} letters are in no font"),
        None => String::new(),
    };
    let line = Line {
        status: Status::Ok,
        file: format!("{}.{extension}", line.file),
        sha256: digest(&bytes),
        etag: drawn.header("etag").trim_matches('"').to_owned(),
        width: header.width,
        height: header.height,
        bytes: bytes.len(),
        missing: others.collect::<Vec<_>>().join(", "),
        warnings: glyphs,
        ..line
    };
    (line, Some(bytes))
}
