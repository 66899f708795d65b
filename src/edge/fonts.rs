//! The font packs that a plan names: static assets (binding `ASSETS`, under `/fonts/`), kept in the isolate.
//!
//! One that cannot be had is absent: its letters are drawn as boxes and counted, and the picture is kept for a minute only.
//! The plan has held the packs to their limits already, and a file of another length than the listing has is of another
//! version: so they never hold more than [`Limits::packs_bytes`].

use std::cell::RefCell;
use std::sync::Arc;

use futures_util::future::join_all;
use worker::Env;

use crate::limits::Limits;
use crate::memory::Shelf;
use crate::text::{Fonts, Pack};

use super::log;

thread_local! {
    static MEMORY: RefCell<Option<Shelf<&'static str, Arc<[u8]>>>> = const { RefCell::new(None) };
}

fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut Shelf<&'static str, Arc<[u8]>>) -> T) -> T {
    MEMORY.with_borrow_mut(|shelf| use_it(shelf.get_or_insert_with(|| Shelf::new(limits.memory_packs_bytes))))
}

/// The embedded face and the packs that could be had, all asked for at once, and whether that is all of them.
pub async fn fetch(env: &Env, packs: &[&'static Pack], limits: &Limits) -> (Fonts, bool) {
    let mut fonts = Fonts::embedded();
    let mut whole = true;
    for (pack, bytes) in packs.iter().zip(join_all(packs.iter().map(|pack| one(env, pack, limits))).await) {
        let added = bytes.is_some_and(|bytes| fonts.add_pack(pack, bytes).is_ok());
        if !added {
            log::fault("font-absent", None);
        }
        whole &= added;
    }
    (fonts, whole)
}

async fn one(env: &Env, pack: &'static Pack, limits: &Limits) -> Option<Arc<[u8]>> {
    if let Some(kept) = memory(limits, |shelf| shelf.get(&pack.name).cloned()) {
        return Some(kept);
    }
    let url = format!("https://assets.local/fonts/{}", pack.file());
    let mut response = env.assets("ASSETS").ok()?.fetch(url, None).await.ok()?;
    if response.status_code() != 200 {
        return None;
    }
    let bytes = response.bytes().await.ok().filter(|bytes| bytes.len() == pack.bytes)?;
    let bytes: Arc<[u8]> = bytes.into();
    memory(limits, |shelf| shelf.put(pack.name, Arc::clone(&bytes), pack.bytes));
    Some(bytes)
}
