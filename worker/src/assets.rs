//! The bytes of the assets that a plan names.
//!
//! A published template says which file each name stands for; that file is in KV under
//! `file:{sha256}`. Other names are those of assets that come with the code (static assets, binding
//! `ASSETS`, under `/images/`), or that were written to KV by hand, under `asset:{name}`. An unavailable asset is treated as absent: the
//! picture is drawn with the template's fallback in its place. If there is no fallback, or if
//! asking failed, the picture is cached for a minute only.
//!
//! Invariant: all assets of one request together never hold more than [`Limits::images_bytes`].
//! Bodies are read piece by piece against that budget, because KV does not report the length
//! beforehand.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::join_all;
use worker::{ByteStream, Env, js_sys};

use monogram::asset::{AssetId, Assets};
use monogram::error::Fault;
use monogram::image::{self, svg::is_svg};
use monogram::limits::Limits;
use monogram::lru;
use monogram::plan::Plan;
use monogram::template::Files;

use super::deadline::{self, Deadline};
use super::templates::KV;
use super::{log, svg};

/// The beginning of the place of a file, before its digest: that of its key in KV, which no template
/// can have, because `:` is in no id.
const FILE: &str = "file:";

/// Bytes of assets cached in an isolate: enough for a few templates, beside the finished pictures.
const MEMORY_BYTES: usize = 8 * 1024 * 1024;

/// Milliseconds that an asset is cached before it is asked for again.
const MEMORY_MS: f64 = 300_000.0;

/// Milliseconds that a missing asset is cached as missing: it may be uploaded any moment.
const ABSENT_MS: f64 = 30_000.0;

/// Seconds for which a Cloudflare location caches an asset of KV.
const KV_CACHE_S: u64 = 3_600;

/// Bytes that a name weighs beside its asset, so that names without bytes are bounded too.
const ENTRY_BYTES: usize = 256;

/// The available assets.
pub struct Fetched {
    /// The bytes of the assets.
    pub found: Assets,
    /// Whether asking for a missing asset failed: it may exist.
    pub fault: bool,
}

/// Why an asset is not available.
enum Lacking {
    /// The asset does not exist.
    Absent,
    /// The asset may exist: a service failed or was late, or the file was larger than the budget
    /// that the other assets had left.
    Fault,
}

/// A file whose body is still to be read.
struct Opened {
    body: ByteStream,
    /// Whether static assets failed and KV answered instead. The two may hold different files of
    /// one name.
    doubtful: bool,
}

/// A file, or the reason why there is none.
struct Had {
    bytes: Result<Rc<[u8]>, Lacking>,
    /// See [`Opened::doubtful`].
    doubtful: bool,
}

/// What is left for the assets of a request.
struct Room {
    bytes: Cell<usize>,
    /// See [`Limits::svg_work`].
    svg_work: Cell<u32>,
}

#[derive(Clone)]
struct Entry {
    bytes: Option<Rc<[u8]>>,
    until_ms: f64,
}

thread_local! {
    static MEMORY: RefCell<lru::Cache<AssetId, Entry>> = RefCell::new(lru::Cache::new(MEMORY_BYTES));
}

/// The available assets, by name; all are asked for at once.
///
/// If they are over the budget together, the order of arrival decides which of them are absent: the
/// picture is unfinished either way. `files` are those of the template, if it was published.
/// `room_bytes` is the budget, which images of other hosts may have used in part.
pub async fn fetch(
    env: &Env,
    names: &[AssetId],
    files: Option<&Files>,
    room_bytes: usize,
    deadline: Deadline,
    limits: &Limits,
) -> Fetched {
    let room = Room { bytes: Cell::new(room_bytes), svg_work: Cell::new(limits.svg_work) };
    let fetched =
        join_all(names.iter().take(limits.images).map(|name| one(env, place(name, files), &room, deadline, limits)))
            .await;
    let fault = fetched.iter().any(|had| had.doubtful || matches!(had.bytes, Err(Lacking::Fault)));
    let mut found = Assets::new();
    found.extend(names.iter().zip(fetched).filter_map(|(name, had)| Some((name.clone(), had.bytes.ok()?))));
    Fetched { found, fault }
}

/// The place of an asset: that of its file if the template says which one it is, else its name. A
/// file's place is no path, so that no name is one.
fn place(name: &AssetId, files: Option<&Files>) -> AssetId {
    let digest = files.and_then(|files| files.digest(name.as_str()));
    digest.map_or_else(|| name.clone(), |digest| AssetId::from(format!("{FILE}{digest}").as_str()))
}

/// Whether every file can be used whole: an image decodes to its end, and a font has all of its
/// tables. A damaged file is asked for again next time.
///
/// Drawing warns of every image that it leaves out. Such an image may be intact but over a budget
/// of the picture, so it is decoded here once more; the other images have been decoded already.
pub fn are_intact(plan: &Plan, assets: &Assets, files: Option<&Files>, warnings: &[String], limits: &Limits) -> bool {
    let mut all = true;
    for (name, bytes) in assets {
        let is_font = plan.fonts.iter().any(|font| font.asset == name.as_str());
        let is_left_out = || {
            let said = format!("the asset {name}:");
            warnings.iter().any(|warning| warning.contains(&said))
        };
        let is_intact = if is_font { has_all_tables(bytes) } else { !is_left_out() || is_decodable(bytes, limits) };
        if !is_intact {
            log::fault("asset-damaged", None);
            MEMORY.with_borrow_mut(|cache| cache.remove(&place(name, files)));
            all = false;
        }
    }
    all
}

/// Whether an image can be decoded, or is refused only because it is over a budget.
fn is_decodable(bytes: &[u8], limits: &Limits) -> bool {
    match image::decode(bytes, limits) {
        Ok(_) => true,
        Err(problem) => problem.fault == Fault::TooLarge,
    }
}

/// Whether a font's table directory (OpenType 1.9, "Table Directory") lists no table beyond the
/// file's end.
fn has_all_tables(bytes: &[u8]) -> bool {
    let number = |at: &[u8]| at.iter().fold(0_usize, |sum, byte| sum.wrapping_shl(8) | usize::from(*byte));
    let tables = bytes.get(4..6).map_or(0, number);
    let is_inside = |record: &[u8]| {
        let end = record.get(8..12).map(number).zip(record.get(12..16).map(number));
        end.and_then(|(offset, length)| offset.checked_add(length)).is_some_and(|end| end <= bytes.len())
    };
    let directory = bytes.get(12..).unwrap_or_default().chunks_exact(16);
    tables > 0 && directory.len() >= tables && directory.take(tables).all(is_inside)
}

async fn one(env: &Env, place: AssetId, room: &Room, deadline: Deadline, limits: &Limits) -> Had {
    let entry = MEMORY.with_borrow_mut(|cache| cache.get(&place).cloned());
    if let Some(entry) = entry
        && js_sys::Date::now() < entry.until_ms
    {
        let bytes = entry.bytes.ok_or(Lacking::Absent);
        let bytes = bytes.and_then(|bytes| take(&room.bytes, bytes.len()).then_some(bytes).ok_or(Lacking::Fault));
        return Had { bytes, doubtful: false };
    }
    let (bytes, doubtful) = match open(env, &place, deadline, limits).await {
        Ok(Opened { body, doubtful }) => {
            let bytes = read(body, &room.bytes, deadline, limits).await;
            (drawn(bytes, room, deadline, limits).await.ok_or(Lacking::Fault), doubtful)
        }
        Err(lacking) => (Err(lacking), false),
    };
    match &bytes {
        Ok(_) if !doubtful => {}
        Err(Lacking::Absent) => log::fault("asset-absent", None),
        Ok(_) | Err(Lacking::Fault) => {
            log::fault("asset-failed", None);
            return Had { bytes, doubtful };
        }
    }
    let found = bytes.as_ref().ok().cloned();
    let until_ms = js_sys::Date::now() + if found.is_some() { MEMORY_MS } else { ABSENT_MS };
    let weight =
        found.as_ref().map_or(0, |bytes| bytes.len()).saturating_add(place.as_str().len()).saturating_add(ENTRY_BYTES);
    MEMORY.with_borrow_mut(|cache| cache.put(place, Entry { bytes: found, until_ms }, weight));
    Had { bytes, doubtful }
}

/// A file as it is drawn: an SVG becomes a PNG. One that cannot be drawn stays as it is, so that drawing
/// says why. `None` if there is no room for the PNG.
async fn drawn(bytes: Option<Rc<[u8]>>, room: &Room, deadline: Deadline, limits: &Limits) -> Option<Rc<[u8]>> {
    let bytes = bytes?;
    if !is_svg(&bytes) {
        return Some(bytes);
    }
    let Ok((png, _)) = svg::png(&bytes, &room.svg_work, deadline, limits).await else { return Some(bytes) };
    room.bytes.set(room.bytes.get().saturating_add(bytes.len()));
    take(&room.bytes, png.len()).then(|| Rc::from(png))
}

/// Takes some bytes from the budget, or none if fewer are left.
fn take(budget: &Cell<usize>, bytes: usize) -> bool {
    let left = budget.get().checked_sub(bytes);
    budget.set(left.unwrap_or(budget.get()));
    left.is_some()
}

/// The body of an asset, of which nothing was read.
///
/// # Errors
/// There is no asset of this name, or a service failed that may have one.
async fn open(env: &Env, name: &AssetId, deadline: Deadline, limits: &Limits) -> Result<Opened, Lacking> {
    if name.as_str().starts_with(FILE) {
        // It was there when the template was published, so its absence is a fault.
        let kv = env.kv(KV).map_err(|_| Lacking::Fault)?;
        let read = kv.get(name.as_str()).cache_ttl(KV_CACHE_S).stream();
        return match deadline.within(limits.file_wait_ms, read).await {
            Ok(Ok(Some(body))) => Ok(Opened { body: ByteStream::from(body), doubtful: false }),
            _ => Err(Lacking::Fault),
        };
    }
    if !name.is_path() {
        return Err(Lacking::Absent);
    }
    let mut doubtful = false;
    if let Ok(assets) = env.assets("ASSETS") {
        let call = assets.fetch(format!("https://assets.local/images/{name}"), None);
        match deadline.within(limits.file_wait_ms, call).await {
            Ok(Ok(mut response)) if response.status_code() == 200 => {
                return response.stream().map(|body| Opened { body, doubtful }).map_err(|_| Lacking::Fault);
            }
            Ok(Ok(response)) if response.status_code() == 404 => {}
            _ => doubtful = true,
        }
    }
    let nothing = if doubtful { Lacking::Fault } else { Lacking::Absent };
    // A Worker without the binding has nothing in KV.
    let Ok(kv) = env.kv(KV) else { return Err(nothing) };
    let key = format!("asset:{name}");
    match deadline.within(limits.file_wait_ms, kv.get(&key).cache_ttl(KV_CACHE_S).stream()).await {
        Ok(Ok(Some(body))) => Ok(Opened { body: ByteStream::from(body), doubtful }),
        Ok(Ok(None)) => Err(nothing),
        Ok(Err(_)) | Err(_) => Err(Lacking::Fault),
    }
}

/// A whole body, of at most the bytes that one image may have and the budget has left. `None` if
/// the body is cut short or too large; it then gives back the bytes that it took.
async fn read(mut body: ByteStream, budget: &Cell<usize>, deadline: Deadline, limits: &Limits) -> Option<Rc<[u8]>> {
    let (mut chunks, mut length) = (Vec::new(), 0_usize);
    let take = |chunk: Vec<u8>| {
        let fits = length.saturating_add(chunk.len()) <= limits.image_bytes && take(budget, chunk.len());
        if fits {
            length = length.saturating_add(chunk.len());
            chunks.push(chunk);
        }
        fits
    };
    let read = deadline.read(&mut body, limits.silence_ms, take).await;
    if read.is_err() {
        budget.set(budget.get().saturating_add(length));
        return None;
    }
    let mut bytes: Rc<[u8]> = std::iter::repeat_n(0, length).collect();
    deadline::join_into(Rc::get_mut(&mut bytes)?, chunks);
    Some(bytes)
}
