//! What came from other hosts, kept: in this isolate's memory, then in the Cache API of the
//! location.
//!
//! Invariant: bytes that differ from those that came are never given out: an entry of the Cache API
//! has their digest.

use std::cell::RefCell;
use std::rc::Rc;

use worker::js_sys::{self, Uint8Array};
use worker::web_sys::Response;

use monogram::limits::Limits;
use monogram::lru;
use monogram::remote::Failure;
use monogram::response::Key;

use super::super::{Call, cache, send};

/// The header in which the Cache API keeps the digest of the bytes.
const DIGEST: &str = "X-Digest";

/// The header in which it keeps a [`Failure`].
const FAILURE: &str = "X-Failure";

/// The header in which it keeps [`Kept::fresh_ms`].
const FRESH: &str = "X-Fresh";

/// The headers in which it keeps [`Sent::etag`], [`Sent::modified`] and [`Sent::from`]: under other
/// names than their own, because the Cache API would act on those.
const ETAG: &str = "X-Etag";
const MODIFIED: &str = "X-Modified";
const FROM: &str = "X-From";

/// What a host sent.
#[derive(Clone)]
pub struct Sent {
    /// The body.
    pub bytes: Rc<[u8]>,
    /// The digest of the body.
    pub digest: Key,
    /// The `ETag`; empty if there is none.
    pub etag: String,
    /// The `Last-Modified`; empty if there is none.
    pub modified: String,
    /// The digest of the URL that sent it, after redirects: its tags mean nothing to another one.
    pub from: Key,
}

/// What is known of a URL.
#[derive(Clone)]
pub struct Kept {
    /// The newest good answer. `None` if there was none.
    pub sent: Option<Sent>,
    /// Why the last question had no good answer. `None` if it had one.
    pub failure: Option<Failure>,
    /// The time until which nobody asks again, in ms since 1970.
    pub fresh_ms: f64,
}

#[derive(Clone)]
struct Entry {
    kept: Kept,
    /// The time until which the Cache API is not asked, in ms since 1970.
    until_ms: f64,
}

thread_local! {
    static MEMORY: RefCell<Option<lru::Cache<Key, Entry>>> = const { RefCell::new(None) };
}

fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut lru::Cache<Key, Entry>) -> T) -> T {
    MEMORY.with_borrow_mut(|cache| use_it(cache.get_or_insert_with(|| lru::Cache::new(limits.memory_remotes_bytes))))
}

impl Kept {
    /// A failure that nobody keeps.
    pub const fn failed(failure: Failure) -> Self {
        Self { sent: None, failure: Some(failure), fresh_ms: 0.0 }
    }

    /// Whether nobody asks again yet.
    pub fn is_fresh(&self) -> bool {
        js_sys::Date::now() < self.fresh_ms
    }

    /// What memory has at a place, and whether that needs no look elsewhere.
    pub fn recall(place: Key, limits: &Limits) -> Option<(Self, bool)> {
        let entry = memory(limits, |cache| cache.get(&place).cloned())?;
        let is_current = js_sys::Date::now() < entry.until_ms;
        Some((entry.kept, is_current))
    }

    /// Keeps it in memory.
    pub fn remember(&self, place: Key, limits: &Limits) {
        let until_ms = self.fresh_ms.min(js_sys::Date::now() + f64::from(limits.memory_remote_ms));
        let bytes = self.sent.as_ref().map_or(0, |sent| sent.bytes.len());
        let weight = bytes.saturating_add(limits.memory_remote_entry_bytes);
        memory(limits, |cache| cache.put(place, Entry { kept: self.clone(), until_ms }, weight));
    }

    /// Keeps it in the Cache API, once the answer is on its way. A good answer stays there for longer
    /// than it is fresh.
    pub fn store(&self, call: &Call<'_>, address: &str) {
        let stale_ms = if self.sent.is_some() { f64::from(call.limits.remote_stale_s) * 1_000.0 } else { 0.0 };
        let seconds = ((self.fresh_ms + stale_ms - js_sys::Date::now()) / 1_000.0).max(1.0).round();
        let mut headers =
            vec![("Cache-Control", format!("public, max-age={seconds}")), (FRESH, self.fresh_ms.to_string())];
        headers.extend(self.failure.map(|failure| (FAILURE, failure.code().to_owned())));
        let file = match &self.sent {
            Some(Sent { bytes, digest, etag, modified, from }) => {
                headers.extend([(DIGEST, digest.to_string()), (FROM, from.to_string())]);
                headers.extend([(ETAG, etag.clone()), (MODIFIED, modified.clone())]);
                Uint8Array::from(&**bytes)
            }
            None => Uint8Array::new_with_length(0),
        };
        if let Ok(response) = send::response(200, &headers, Some(&file)) {
            cache::keep(call, address, &response);
        }
    }

    /// What an entry of the Cache API says before its body is read. The digest is that which the body
    /// must have; `None` if there is no body.
    pub fn head(response: &Response) -> Option<(Self, Option<Sealed>)> {
        let header = |name| response.headers().get(name).ok().flatten();
        let failure = match header(FAILURE) {
            Some(code) => Some(Failure::from_code(&code)?),
            None => None,
        };
        let fresh_ms = header(FRESH)?.parse().ok()?;
        let sealed = header(DIGEST).map(|digest| Sealed {
            digest,
            etag: header(ETAG).unwrap_or_default(),
            modified: header(MODIFIED).unwrap_or_default(),
            from: header(FROM).unwrap_or_default(),
        });
        (failure.is_some() || sealed.is_some()).then_some((Self { sent: None, failure, fresh_ms }, sealed))
    }
}

/// A good answer in the Cache API, without its bytes.
pub struct Sealed {
    digest: String,
    etag: String,
    modified: String,
    from: String,
}

impl Sealed {
    /// The answer with its bytes. `None` if they are other bytes than those that were stored.
    pub fn open(self, bytes: Rc<[u8]>) -> Option<Sent> {
        let digest = Key::of(&bytes);
        let from = Key::parse(&self.from)?;
        (digest.to_string() == self.digest).then_some(Sent {
            bytes,
            digest,
            etag: self.etag,
            modified: self.modified,
            from,
        })
    }
}
