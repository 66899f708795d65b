//! Finished pictures: in this isolate's memory, then in the Cache API of the location.
//!
//! Both are looked up by the picture's [`Key`], so that every URL that makes the same picture finds
//! it. The Cache API does nothing on `workers.dev`, hence the memory tier. Every fault is a miss;
//! so is an entry that comes late, or whose bytes differ from the bytes that were stored.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;
use worker::ByteStream;
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{self, Promise, Uint8Array};
use worker::wasm_bindgen::closure::Closure;
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::web_sys::{Response, WorkerGlobalScope};
use worker::worker_sys::ext::CacheStorageExt;

use monogram::limits::Limits;
use monogram::lru;
use monogram::request::{Format, ImageRequest};
use monogram::response::image::{ImageReply, cache_tag};
use monogram::response::{Freshness, Key, Reply};

use super::deadline::{Deadline, Late};
use super::log::{self, Log};
use super::{Call, send};

/// Seconds that the Cache API may keep a picture. Its key covers everything that the picture
/// depends on except the bytes of the assets, which are read again after this time.
const WHOLE_S: u32 = 86_400;

/// The header in which the Cache API keeps [`Finished::missing_glyphs`].
const MISSING_GLYPHS: &str = "X-Missing-Glyphs";

/// The header in which the Cache API keeps the [`seal`] of a picture.
const SEAL: &str = "X-Seal";

/// The length and the CRC-32 of a file: a cache entry with another seal is damaged.
fn seal(length: usize, crc: u32) -> String {
    format!("{length}-{crc:08x}")
}

/// A picture, encoded.
#[derive(Clone)]
pub struct Finished {
    /// The file, whose bytes are in JavaScript's memory: a cached file is sent without a copy.
    pub file: Uint8Array,
    /// Whether nothing that the picture needs was missing.
    pub whole: bool,
    /// Number of characters that no font has.
    pub missing_glyphs: u32,
    /// The time until which memory answers with this picture, in ms since 1970.
    pub until_ms: f64,
}

impl Finished {
    /// A picture that is finished now.
    pub fn new(file: Uint8Array, whole: bool, missing_glyphs: u32) -> Self {
        let until_ms = js_sys::Date::now() + f64::from(lifetime_s(whole)) * 1_000.0;
        Self { file, whole, missing_glyphs, until_ms }
    }

    /// The reply whose body is this file.
    pub fn reply(&self, about: &ImageReply<'_>, format: Format) -> Reply {
        about.reply(format.content_type(), length(&self.file))
    }
}

/// The bytes of the file.
fn length(file: &Uint8Array) -> usize {
    usize::try_from(file.length()).unwrap_or(usize::MAX)
}

thread_local! {
    static MEMORY: RefCell<Option<lru::Cache<Key, Finished>>> = const { RefCell::new(None) };
}

fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut lru::Cache<Key, Finished>) -> T) -> T {
    MEMORY.with_borrow_mut(|cache| use_it(cache.get_or_insert_with(|| lru::Cache::new(limits.memory_tier_bytes))))
}

/// The picture, from either tier. `None` if neither has it.
pub async fn get(origin: &str, key: Key, limits: &Limits, log: &mut Log) -> Option<Finished> {
    if let Some(finished) = recall(key, limits) {
        log.tier = "memory";
        return Some(finished);
    }
    let finished = stored(origin, key, limits).await;
    log.stage("cache");
    let finished = finished?;
    log.tier = "edge";
    remember(key, &finished, limits);
    Some(finished)
}

/// The picture, from memory. `None` if it is not there.
pub fn recall(key: Key, limits: &Limits) -> Option<Finished> {
    let now = js_sys::Date::now();
    memory(limits, |cache| cache.get(&key).filter(|finished| now < finished.until_ms).cloned())
}

/// Stores a picture in both tiers; in the Cache API once the answer is on its way. `bytes` are the
/// bytes of its file, while wasm still has them.
pub fn put(call: &Call<'_>, key: Key, finished: &Finished, bytes: &[u8], image: &ImageRequest) {
    remember(key, finished, call.limits);
    let etag = if finished.whole { key.etag() } else { key.etag_of_unfinished() };
    let headers = [
        ("Content-Type", image.format.content_type().to_owned()),
        ("Cache-Control", format!("public, max-age={}", lifetime_s(finished.whole))),
        ("Cache-Tag", cache_tag(&image.template, image.revision)),
        ("ETag", etag),
        (MISSING_GLYPHS, finished.missing_glyphs.to_string()),
        (SEAL, seal(bytes.len(), crc32fast::hash(bytes))),
    ];
    if let Ok(response) = send::response(200, &headers, Some(&finished.file)) {
        keep(call, &url(call.origin, key), &response);
    }
}

/// Stores a response in the Cache API once the answer is on its way.
pub fn keep(call: &Call<'_>, address: &str, response: &Response) {
    // A future of ours would cost two more promises; the runtime waits for its own promise.
    let stored = cache().and_then(|cache| cache.put(address, response));
    let waited = stored.and_then(|stored| {
        let heard = ON_FAULT.with(|on_fault| stored.catch(on_fault));
        call.ctx.as_ref().wait_until(&heard)
    });
    if waited.is_err() {
        log::fault("cache-put-failed", None);
    }
}

/// Stores a response in the Cache API. `None` if that does not take it.
pub async fn put_response(address: &str, response: &Response) -> Option<()> {
    let stored = cache().and_then(|cache| cache.put(address, response)).ok()?;
    JsFuture::from(stored).await.ok().map(|_: JsValue| ())
}

thread_local! {
    /// Handles a picture that the Cache API did not accept.
    static ON_FAULT: Closure<dyn FnMut(JsValue)> = Closure::new(|_| log::fault("cache-put-failed", None));
}

fn remember(key: Key, finished: &Finished, limits: &Limits) {
    memory(limits, |cache| cache.put(key, finished.clone(), length(&finished.file)));
}

/// The picture, from the Cache API.
async fn stored(origin: &str, key: Key, limits: &Limits) -> Option<Finished> {
    let deadline = Deadline::after(limits.cache_wait_ms);
    let address = url(origin, key);
    let found = async { JsFuture::from(cache()?.find(&address)?).await };
    let found = match deadline.within(limits.cache_wait_ms, found).await {
        Ok(Ok(found)) => found,
        Ok(Err(_)) => {
            log::fault("cache-get-failed", None);
            return None;
        }
        Err(Late) => {
            log::fault("cache-late", None);
            return None;
        }
    };
    let response: Response = found.dyn_into().ok()?;
    let finished = opened(key, &response, deadline, limits).await;
    if finished.is_none() {
        log::fault("cache-entry-damaged", None);
    }
    finished
}

/// A response that [`keep`] stored. `None` if there is none, or if the Cache API fails.
pub async fn find(address: &str) -> Option<Response> {
    let found = async { JsFuture::from(cache()?.find(address)?).await };
    found.await.ok()?.dyn_into().ok()
}

/// The picture of a cache entry. `None` if its bytes are not those that were stored, or come late.
async fn opened(key: Key, entry: &Response, deadline: Deadline, limits: &Limits) -> Option<Finished> {
    let header = |name| entry.headers().get(name).ok().flatten();
    let etag = header("ETag")?;
    let whole = etag == key.etag();
    if !whole && etag != key.etag_of_unfinished() {
        return None;
    }
    let missing_glyphs = header(MISSING_GLYPHS).and_then(|count| count.parse().ok()).unwrap_or(0);
    let sealed = header(SEAL)?;
    let length: u32 = sealed.split_once('-')?.0.parse().ok()?;
    if length == 0 || usize::try_from(length).ok()? > limits.memory_tier_bytes {
        return None;
    }

    // The body is read chunk by chunk, so that no more is read than the entry's stated length.
    let file = Uint8Array::new_with_length(length);
    let (mut end, mut crc) = (0_u32, crc32fast::Hasher::new());
    let take = |chunk: Vec<u8>| {
        let start = end;
        end = end.saturating_add(u32::try_from(chunk.len()).unwrap_or(u32::MAX));
        let fits = end <= length;
        if fits {
            crc.update(&chunk);
            file.subarray(start, end).copy_from(&chunk);
        }
        fits
    };
    let mut body = ByteStream::from(entry.body()?);
    deadline.read(&mut body, limits.silence_ms, take).await.ok()?;
    let is_same = seal(usize::try_from(end).ok()?, crc.finalize()) == sealed;
    is_same.then(|| Finished::new(file, whole, missing_glyphs))
}

#[wasm_bindgen]
extern "C" {
    /// A cache of the Cache API. The type in `web_sys` assumes that no call throws before there is
    /// a promise.
    type EdgeCache;
    #[wasm_bindgen(method, catch, js_name = match)]
    fn find(this: &EdgeCache, url: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn put(this: &EdgeCache, url: &str, response: &Response) -> Result<Promise, JsValue>;
}

/// The default cache.
fn cache() -> Result<EdgeCache, JsValue> {
    Ok(js_sys::global().unchecked_into::<WorkerGlobalScope>().caches()?.default().unchecked_into())
}

const fn lifetime_s(whole: bool) -> u32 {
    if whole { WHOLE_S } else { Freshness::BRIEF_S }
}

/// The URL of a picture in the Cache API. It is no URL of the product, because slugs contain no
/// dots.
fn url(origin: &str, key: Key) -> String {
    format!("{origin}/.pictures/{key}")
}
