//! The cache in this isolate's memory that pictures fill for later ones: baselines, bitmaps and
//! glyph masks.
//!
//! Entries can be made again at any time, so a dead instance loses nothing but time. They hold no
//! recipient's data.

use std::cell::OnceCell;
use std::rc::Rc;

use monogram::incremental::Cache;
use monogram::limits::Limits;

thread_local! {
    static CACHE: OnceCell<Rc<Cache>> = const { OnceCell::new() };
}

/// The cache of this isolate.
pub fn shared(limits: &Limits) -> Rc<Cache> {
    CACHE.with(|cache| Rc::clone(cache.get_or_init(|| Rc::new(Cache::new(limits)))))
}
