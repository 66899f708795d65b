//! The font packs that a plan names: static assets (binding `ASSETS`, under `/fonts/`), cached in
//! the isolate.
//!
//! An unavailable pack is treated as absent: its characters are drawn as boxes and counted, and the
//! picture is cached for a minute only. The plan has already held the packs to their limits, and a
//! file whose length differs from its listing is of another version and is refused: so the packs
//! never hold more than [`Limits::packs_bytes`].

use std::cell::RefCell;
use std::sync::Arc;

use futures_util::future::join_all;
use worker::{Env, Response};

use monogram::font::{Fonts, OpenPack, Pack};
use monogram::limits::Limits;
use monogram::lru;

use super::deadline::Deadline;
use super::log;

/// The cached packs, by name.
type OpenPacks = lru::Cache<&'static str, OpenPack>;

thread_local! {
    static MEMORY: RefCell<Option<OpenPacks>> = const { RefCell::new(None) };
}

thread_local! {
    /// The parsed face, read once, with the outlines that it caches.
    static EMBEDDED: Fonts = Fonts::embedded();
}

fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut OpenPacks) -> T) -> T {
    MEMORY.with_borrow_mut(|cache| use_it(cache.get_or_insert_with(|| lru::Cache::new(limits.memory_packs_bytes))))
}

/// Bytes that a parsed pack holds beside its file: its tables, and the outlines that it caches.
const READ_BYTES: usize = 48 * 1024;

/// A pack that was asked for.
pub enum Coming {
    /// The pack is cached from an earlier request.
    InMemory(OpenPack),
    /// The pack's answer arrived, and none of its body has been read.
    Opened(Response),
    /// The pack is not available.
    Absent,
}

/// Asks for all packs at once, and reads none of them: assets, which need the larger pieces of
/// memory, are read first.
pub async fn open(env: &Env, packs: &[&'static Pack], deadline: Deadline, limits: &Limits) -> Vec<Coming> {
    join_all(packs.iter().map(async |pack| {
        if let Some(pack) = memory(limits, |cache| cache.get(&pack.name).cloned()) {
            return Coming::InMemory(pack);
        }
        let Ok(assets) = env.assets("ASSETS") else { return Coming::Absent };
        let call = assets.fetch(format!("https://assets.local/fonts/{}", pack.file()), None);
        match deadline.within(limits.file_wait_ms, call).await {
            Ok(Ok(response)) if response.status_code() == 200 => Coming::Opened(response),
            _ => Coming::Absent,
        }
    }))
    .await
}

/// The embedded face and the available packs, and whether all packs are available.
pub async fn read(packs: &[&'static Pack], coming: Vec<Coming>, deadline: Deadline, limits: &Limits) -> (Fonts, bool) {
    let mut fonts = EMBEDDED.with(Clone::clone);
    let mut whole = true;
    for (pack, coming) in packs.iter().zip(coming) {
        let opened = match coming {
            Coming::InMemory(opened) => Some(opened),
            Coming::Opened(response) => {
                let bytes = bytes(response, pack, deadline, limits).await.map(Arc::new);
                let opened = bytes.and_then(|bytes| OpenPack::read(pack, bytes).ok());
                if let Some(opened) = &opened {
                    memory(limits, |cache| cache.put(pack.name, opened.clone(), pack.bytes.saturating_add(READ_BYTES)));
                }
                opened
            }
            Coming::Absent => None,
        };
        let added = opened.is_some_and(|opened| fonts.add_pack(&opened).is_ok());
        if !added {
            log::fault("font-absent", None);
        }
        whole &= added;
    }
    (fonts, whole)
}

/// The file of a pack. `None` if its length differs from the listing.
async fn bytes(mut response: Response, pack: &Pack, deadline: Deadline, limits: &Limits) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(pack.bytes);
    let take = |chunk: Vec<u8>| {
        bytes.extend_from_slice(&chunk);
        bytes.len() <= pack.bytes
    };
    deadline.read(&mut response.stream().ok()?, limits.silence_ms, take).await.ok()?;
    (bytes.len() == pack.bytes).then_some(bytes)
}
