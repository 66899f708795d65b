//! The bytes of the assets that a plan names.
//!
//! Those that come with the code are static assets (binding `ASSETS`, under `/images/`); those that users
//! upload are in KV under `asset:{name}`. An asset that cannot be had is absent: the picture is drawn with what the template
//! has in its place. Where it has nothing, or where asking failed, the picture is kept for a minute only.
//!
//! Invariant: all assets of one request together never hold more than [`Limits::images_bytes`]. Bodies are read
//! piece by piece against that budget, because KV tells no length beforehand.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::future::join_all;
use worker::kv::KvError;
use worker::{ByteStream, Env, js_sys};

use monogram::asset::{AssetId, Assets};
use monogram::limits::Limits;
use monogram::lru;

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

/// The assets that could be had.
pub struct Fetched {
    /// Their bytes.
    pub found: Assets,
    /// Whether asking for one of the others failed: it may be there.
    pub fault: bool,
}

/// Why an asset could not be had.
enum Lacking {
    /// It is not there.
    Absent,
    /// It may be there: something failed, or it was too large for what the others had left.
    Fault,
}

#[derive(Clone)]
struct Kept {
    bytes: Option<Rc<[u8]>>,
    until_ms: f64,
}

thread_local! {
    static MEMORY: RefCell<lru::Cache<AssetId, Kept>> = RefCell::new(lru::Cache::new(MEMORY_BYTES));
}

/// Those of the assets that can be had, by name; all are asked for at once.
///
/// Where they are over the budget together, which of them are absent depends on which came first: the picture
/// is an unfinished one either way.
pub async fn fetch(env: &Env, names: &[AssetId], limits: &Limits) -> Fetched {
    let budget = Cell::new(limits.images_bytes);
    let fetched = join_all(names.iter().take(limits.images).map(|name| one(env, name, &budget, limits))).await;
    let fault = fetched.iter().any(|bytes| matches!(bytes, Err(Lacking::Fault)));
    let mut found = Assets::new();
    found.extend(names.iter().zip(fetched).filter_map(|(name, bytes)| Some((name.clone(), bytes.ok()?))));
    Fetched { found, fault }
}

async fn one(env: &Env, name: &AssetId, budget: &Cell<usize>, limits: &Limits) -> Result<Rc<[u8]>, Lacking> {
    let kept = MEMORY.with_borrow_mut(|shelf| shelf.get(name).cloned());
    if let Some(kept) = kept
        && js_sys::Date::now() < kept.until_ms
    {
        let bytes = kept.bytes.ok_or(Lacking::Absent)?;
        return if take(budget, bytes.len()) { Ok(bytes) } else { Err(Lacking::Fault) };
    }
    let bytes = match open(env, name).await {
        Ok(Some(body)) => read(body, budget, limits.image_bytes).await.ok_or(Lacking::Fault),
        Ok(None) => Err(Lacking::Absent),
        Err(_) => Err(Lacking::Fault),
    };
    match &bytes {
        Ok(_) => {}
        Err(Lacking::Absent) => log::fault("asset-absent", None),
        Err(Lacking::Fault) => {
            log::fault("asset-failed", None);
            return bytes;
        }
    }
    let kept = bytes.as_ref().ok().cloned();
    let until_ms = js_sys::Date::now() + if kept.is_some() { MEMORY_MS } else { ABSENT_MS };
    let weight =
        kept.as_ref().map_or(0, |bytes| bytes.len()).saturating_add(name.as_str().len()).saturating_add(ENTRY_BYTES);
    MEMORY.with_borrow_mut(|shelf| shelf.put(name.clone(), Kept { bytes: kept, until_ms }, weight));
    bytes
}

/// Takes some bytes from the budget; nothing where it has not so many.
fn take(budget: &Cell<usize>, bytes: usize) -> bool {
    let left = budget.get().checked_sub(bytes);
    budget.set(left.unwrap_or(budget.get()));
    left.is_some()
}

/// The body of an asset, none of it read; `None` where there is none of this name.
///
/// # Errors
/// KV failed.
async fn open(env: &Env, name: &AssetId) -> Result<Option<ByteStream>, KvError> {
    if !name.is_path() {
        return Ok(None);
    }
    if let Ok(assets) = env.assets("ASSETS")
        && let Ok(mut response) = assets.fetch(format!("https://assets.local/images/{name}"), None).await
        && response.status_code() == 200
        && let Ok(body) = response.stream()
    {
        return Ok(Some(body));
    }
    // A Worker without the binding has nothing in KV.
    let Ok(kv) = env.kv("TEMPLATES") else { return Ok(None) };
    Ok(kv.get(&format!("asset:{name}")).cache_ttl(KV_CACHE_S).stream().await?.map(ByteStream::from))
}

/// A whole body of at most `max` bytes and what the budget has left. One that is cut short or too large gives back what it
/// took.
async fn read(mut body: ByteStream, budget: &Cell<usize>, max: usize) -> Option<Rc<[u8]>> {
    // Pieces, put together in their last place: a vector that grows leaves holes as large as itself, and memory never shrinks.
    let (mut pieces, mut length) = (Vec::new(), 0_usize);
    while let Some(piece) = body.next().await {
        let fits = |piece: &Vec<u8>| length.saturating_add(piece.len()) <= max && take(budget, piece.len());
        match piece.ok().filter(fits) {
            Some(piece) => {
                length = length.saturating_add(piece.len());
                pieces.push(piece);
            }
            None => {
                budget.set(budget.get().saturating_add(length));
                return None;
            }
        }
    }
    let mut bytes: Rc<[u8]> = std::iter::repeat_n(0, length).collect();
    let mut room = Rc::get_mut(&mut bytes)?;
    for piece in pieces {
        let (head, tail) = room.split_at_mut_checked(piece.len())?;
        head.copy_from_slice(&piece);
        room = tail;
    }
    Some(bytes)
}
