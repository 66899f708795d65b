//! The data with which to answer a URL again without wasm: both possible answers, word by word.
//! `repeats.js` keeps them.
//!
//! Invariant: a repeat describes only an answer that this isolate would give from its memory,
//! without asking anyone, until a stated time. It is sent only along with such an answer, to a URL
//! that was asked for before: most URLs belong to one recipient, and come once.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::Uint8Array;
use worker::web_sys::Response;

use monogram::limits::Limits;
use monogram::request::ImageRequest;
use monogram::response::Reply;
use monogram::response::image::ImageReply;
use monogram::template::document::Access;

use super::cache::Finished;
use super::log::Log;
use super::{send, templates::Found};

thread_local! {
    /// Digests of URLs, each in the slot that its digest selects; a newer digest replaces an older
    /// one.
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Whether this URL was asked for before, as far as is known; it is recorded as asked for from now
/// on. If two URLs share a digest, one of them is treated as a repeat sooner than necessary.
pub fn is_again(path: &str, query: &str, limits: &Limits) -> bool {
    let mut hasher = DefaultHasher::new();
    (path, query).hash(&mut hasher);
    let digest = hasher.finish();
    SEEN.with_borrow_mut(|seen| {
        seen.resize(limits.memory_seen_urls, 0);
        let place = usize::try_from(digest % limits.memory_seen_urls.max(1) as u64).unwrap_or_default();
        seen.get_mut(place).is_some_and(|known| std::mem::replace(known, digest) == digest)
    })
}

/// The data with which JavaScript answers a URL again.
pub struct Repeat {
    /// A [`Saying`] as JSON: one string is cheaper to hand over than its parts, and is parsed only
    /// when it is needed.
    text: String,
    file: Option<Uint8Array>,
    budget_bytes: usize,
}

#[wasm_bindgen]
extern "C" {
    /// A response, as `repeats.js` sees it.
    type Repeatable;
    #[wasm_bindgen(method, setter)]
    fn set_repeat(this: &Repeatable, text: &str);
    #[wasm_bindgen(method, setter)]
    fn set_file(this: &Repeatable, file: &Uint8Array);
    #[wasm_bindgen(method, setter)]
    fn set_budget_bytes(this: &Repeatable, bytes: usize);
}

#[derive(Serialize)]
struct Saying<'a> {
    /// The end of validity, in ms since 1970.
    until_ms: f64,
    /// The `ETag` by which a client shows that it has the picture.
    etag: &'a str,
    /// The answer with the file. `None` if this isolate does not have the file.
    hit: Option<Said<'a>>,
    unchanged: Said<'a>,
}

/// An answer without its body.
#[derive(Serialize)]
struct Said<'a> {
    init: Init<'a>,
    /// The line of the log, without the number of the request and the proxy: JavaScript adds those of
    /// each request, and the header of the number.
    line: String,
}

/// A `ResponseInit`.
#[derive(Serialize)]
struct Init<'a> {
    status: u16,
    headers: send::Fields<'a>,
}

impl Repeat {
    /// The repeat of a whole picture, with its file if `finished` is given. `None` if wasm must be
    /// asked each time.
    ///
    /// `about` describes the answer that is given this time.
    pub fn new(
        found: &Found,
        image: &ImageRequest,
        finished: Option<&Finished>,
        about: &ImageReply<'_>,
        log: &Log,
        limits: &Limits,
    ) -> Option<Self> {
        if found.stale || found.template.document.access == Access::Signed {
            return None;
        }
        // The clock moves only while a request waits, and a repeat waits for nothing.
        let timing: Vec<_> = log.stages().iter().map(|(stage, _)| (*stage, 0.0)).collect();
        let hit = finished.map(|finished| {
            let about = ImageReply { timing: &timing, missing_glyphs: finished.missing_glyphs, ..about.clone() };
            (finished.reply(&about, image.format), finished.file.length())
        });
        let unchanged = ImageReply { timing: &timing, missing_glyphs: 0, ..about.clone() }.not_modified();
        let saying = Saying {
            // JSON cannot express infinity.
            until_ms: finished.map_or(f64::MAX, |finished| finished.until_ms).min(found.until_ms),
            etag: &about.etag,
            hit: hit.as_ref().map(|(reply, bytes)| Said::new(reply, log, "memory", *bytes)),
            unchanged: Said::new(&unchanged, log, "", 0),
        };
        Some(Self {
            text: serde_json::to_string(&saying).ok()?,
            file: finished.map(|finished| finished.file.clone()),
            budget_bytes: limits.memory_repeats_bytes,
        })
    }

    /// Adds the repeat to a response, where `repeats.js` looks for it.
    pub fn add_to(&self, response: &Response) {
        let response: &Repeatable = response.unchecked_ref();
        response.set_repeat(&self.text);
        response.set_budget_bytes(self.budget_bytes);
        if let Some(file) = &self.file {
            response.set_file(file);
        }
    }
}

impl<'a> Said<'a> {
    fn new(reply: &'a Reply, log: &Log, tier: &str, bytes: u32) -> Self {
        let init = Init { status: reply.status, headers: send::Fields(&reply.headers) };
        Self { init, line: log.line(reply, tier, bytes, 0.0, ("", "")) }
    }
}
