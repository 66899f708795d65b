//! The bytes of the assets that a plan names.
//!
//! Those that come with the code are static assets (binding `ASSETS`, under `/images/`); those that users
//! upload are in KV under `asset:{name}`. An asset that cannot be had is absent: the picture is drawn
//! without it, and kept for a minute only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::join_all;
use worker::{Env, js_sys};

use crate::limits::Limits;
use crate::response::memory::Shelf;

use super::log;

/// Bytes of assets kept in an isolate: a few templates' worth, beside the finished pictures.
const MEMORY_BYTES: usize = 8 * 1024 * 1024;

/// Milliseconds that an asset is kept before it is asked for again.
const MEMORY_MS: f64 = 300_000.0;

/// The same for one that is not there: it may be uploaded any moment.
const ABSENT_MS: f64 = 30_000.0;

/// Seconds that a Cloudflare location keeps an asset of KV.
const KV_CACHE_S: u64 = 3_600;

/// What a name weighs beside its bytes, so that names without bytes are bounded too.
const ENTRY_BYTES: usize = 256;

#[derive(Clone)]
struct Kept {
    bytes: Option<Rc<[u8]>>,
    until_ms: f64,
}

thread_local! {
    static MEMORY: RefCell<Shelf<String, Kept>> = const { RefCell::new(Shelf::new(MEMORY_BYTES)) };
}

/// Those of the assets that can be had, by name; all are asked for at once.
pub async fn fetch(env: &Env, names: &[String], limits: &Limits) -> BTreeMap<String, Rc<[u8]>> {
    let fetched = join_all(names.iter().take(limits.images).map(|name| one(env, name, limits))).await;
    names.iter().zip(fetched).filter_map(|(name, bytes)| Some((name.clone(), bytes?))).collect()
}

async fn one(env: &Env, name: &String, limits: &Limits) -> Option<Rc<[u8]>> {
    let kept = MEMORY.with_borrow_mut(|shelf| shelf.get(name).cloned());
    if let Some(kept) = kept
        && js_sys::Date::now() < kept.until_ms
    {
        return kept.bytes;
    }
    let bytes = if is_path(name) { read(env, name).await } else { None };
    let bytes: Option<Rc<[u8]>> = bytes.filter(|bytes| bytes.len() <= limits.image_bytes).map(Rc::from);
    if bytes.is_none() {
        log::fault("asset-absent", None);
    }
    let until_ms = js_sys::Date::now() + if bytes.is_some() { MEMORY_MS } else { ABSENT_MS };
    let weight = bytes.as_ref().map_or(0, |bytes| bytes.len()).saturating_add(name.len()).saturating_add(ENTRY_BYTES);
    MEMORY.with_borrow_mut(|shelf| shelf.put(name.clone(), Kept { bytes: bytes.clone(), until_ms }, weight));
    bytes
}

async fn read(env: &Env, name: &str) -> Option<Vec<u8>> {
    if let Ok(assets) = env.assets("ASSETS")
        && let Ok(mut response) = assets.fetch(format!("https://assets.local/images/{name}"), None).await
        && response.status_code() == 200
    {
        return response.bytes().await.ok();
    }
    let kv = env.kv("TEMPLATES").ok()?;
    kv.get(&format!("asset:{name}")).cache_ttl(KV_CACHE_S).bytes().await.ok().flatten()
}

/// Whether a name stays itself as a path: no way up, nothing that would have to be encoded.
fn is_path(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain))
}
