//! One fetch from another host: redirects that are judged again, and a body under its budget.

use std::rc::Rc;

use worker::ByteStream;
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{self};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::web_sys::{AbortController, Headers, RequestInit, RequestRedirect, Response, WorkerGlobalScope};

use monogram::error::Fault as Blame;
use monogram::image::svg::is_svg;
use monogram::remote::{Failure, Url};
use monogram::response::Key;

use super::super::deadline::{self, Cut};
use super::super::svg;
use super::kept::Sent;
use super::{Upstream, Wanted};
use monogram_platform::limit;

/// The header of our own fetches. Who answers one of them fetches nothing.
pub const GUARD: &str = "Monogram-Fetch";

/// The answer of a host.
pub enum Answer {
    /// New bytes, and their `Cache-Control`.
    New(Sent, String),
    /// The bytes are still those that it sent before; the `Cache-Control`.
    Unchanged(String),
}

/// Why there is no answer.
pub struct Fault {
    pub failure: Failure,
    /// Whether the host may have the file all the same: what it sent before is then shown.
    pub is_passing: bool,
    /// Whether the host says that there is no such file.
    pub is_gone: bool,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let is_passing = matches!(failure, Failure::Timeout | Failure::Network | Failure::TooMany);
        Self { failure, is_passing, is_gone: false }
    }
}

impl Upstream<'_> {
    /// Asks the host, with what it sent `before`.
    pub(super) async fn ask(&self, wanted: &Wanted<'_>, before: Option<&Sent>) -> Result<Answer, Fault> {
        if !limit::may_draw(self.call, self.template).await {
            return Err(Failure::TooMany.into());
        }
        let controller = AbortController::new().map_err(|_| Failure::Network)?;
        let answered = self.followed(wanted, before, &controller).await;
        // A host that hangs, or goes on sending, is not listened to until the request ends.
        controller.abort();
        answered
    }

    /// Fetches a URL, and those that it redirects to.
    async fn followed(
        &self,
        wanted: &Wanted<'_>,
        before: Option<&Sent>,
        controller: &AbortController,
    ) -> Result<Answer, Fault> {
        let mut url = wanted.url.clone();
        for _ in 0..=self.call.limits.redirects {
            let from = Key::of(url.as_str().as_bytes());
            let known = before.filter(|sent| sent.from == from && !(sent.etag.is_empty() && sent.modified.is_empty()));
            let response = self.asked(&url, wanted, known, controller).await?;
            let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
            match response.status() {
                200 => {
                    let bytes = self.drawn(self.read(&response, wanted).await?, wanted).await?;
                    (wanted.check)(&bytes)?;
                    let (digest, etag, modified) =
                        (Key::of(&bytes), self.validator(header("ETag")), self.validator(header("Last-Modified")));
                    return Ok(Answer::New(Sent { bytes, digest, etag, modified, from }, header("Cache-Control")));
                }
                304 if known.is_some() => return Ok(Answer::Unchanged(header("Cache-Control"))),
                301 | 302 | 303 | 307 | 308 => {
                    url = url.follow(&header("Location")).map_err(|_| Failure::Redirect)?;
                    self.permits(&url, wanted).map_err(|_| Failure::Redirect)?;
                }
                status => {
                    let (is_passing, is_gone) = (status == 429 || status >= 500, matches!(status, 404 | 410));
                    return Err(Fault { failure: Failure::Status, is_passing, is_gone });
                }
            }
        }
        Err(Failure::Redirect.into())
    }

    /// A file as it is kept: an SVG becomes a PNG.
    async fn drawn(&self, bytes: Rc<[u8]>, wanted: &Wanted<'_>) -> Result<Rc<[u8]>, Failure> {
        if !is_svg(&bytes) {
            return Ok(bytes);
        }
        self.budget.set(self.budget.get().saturating_add(bytes.len()));
        let drawn = svg::png(&bytes, &self.svg_work, wanted.deadline, self.call.limits).await;
        let (png, _) = drawn.map_err(|problem| match problem.fault {
            Blame::TooLarge => Failure::TooLarge,
            Blame::Unavailable => Failure::Timeout,
            _ => Failure::Svg,
        })?;
        let left = self.budget.get().checked_sub(png.len()).ok_or(Failure::TooLarge)?;
        self.budget.set(left);
        Ok(Rc::from(png))
    }

    /// A header with which the host can be asked again; empty if it is none that can be kept.
    fn validator(&self, text: String) -> String {
        let is_plain =
            text.len() <= self.call.limits.validator_bytes && text.bytes().all(|byte| (32..127).contains(&byte));
        if is_plain { text } else { String::new() }
    }

    /// The answer about one URL, before its body.
    async fn asked(
        &self,
        url: &Url,
        wanted: &Wanted<'_>,
        known: Option<&Sent>,
        controller: &AbortController,
    ) -> Result<Response, Failure> {
        let init = RequestInit::new();
        init.set_redirect(RequestRedirect::Manual);
        init.set_signal(Some(&controller.signal()));
        let headers = Headers::new().map_err(|_| Failure::Network)?;
        let validators = known.map(|sent| [("If-None-Match", &*sent.etag), ("If-Modified-Since", &*sent.modified)]);
        let fields = [("Accept", wanted.accept), (GUARD, "1"), ("User-Agent", "Monogram")];
        for (name, text) in fields.into_iter().chain(validators.into_iter().flatten()) {
            if !text.is_empty() {
                headers.set(name, text).map_err(|_| Failure::Network)?;
            }
        }
        init.set_headers(&headers);
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        let call = JsFuture::from(scope.fetch_with_str_and_init(url.as_str(), &init));
        let answer = wanted.deadline.within(self.call.limits.remotes_wait_ceiling_ms, call).await;
        let answer: JsValue = answer.map_err(|_| Failure::Timeout)?.map_err(|_| Failure::Network)?;
        answer.dyn_into().map_err(|_| Failure::Network)
    }

    /// A whole body, of at most the bytes that it may have and the budget has left. They are counted
    /// as they come, after the runtime has unpacked them: a small file that grows is cut off too.
    pub(super) async fn read(&self, response: &Response, wanted: &Wanted<'_>) -> Result<Rc<[u8]>, Failure> {
        let Some(body) = response.body() else {
            (wanted.check)(&Rc::default())?;
            return Ok(Rc::default());
        };
        let mut body = ByteStream::from(body);
        let (mut chunks, mut length) = (Vec::new(), 0_usize);
        let take = |chunk: Vec<u8>| {
            let left = self.budget.get().checked_sub(chunk.len());
            let total = length.saturating_add(chunk.len());
            let Some(left) = left.filter(|_| total <= wanted.most_bytes) else { return false };
            self.budget.set(left);
            length = total;
            chunks.push(chunk);
            true
        };
        let read = wanted.deadline.read(&mut body, self.call.limits.silence_ms, take).await;
        if let Err(cut) = read {
            self.budget.set(self.budget.get().saturating_add(length));
            return Err(match cut {
                Cut::Late => Failure::Timeout,
                Cut::Broken => Failure::Network,
                Cut::TooLarge => Failure::TooLarge,
            });
        }
        let mut bytes: Rc<[u8]> = std::iter::repeat_n(0, length).collect();
        if let Some(room) = Rc::get_mut(&mut bytes) {
            deadline::join_into(room, chunks);
        }
        Ok(bytes)
    }
}
