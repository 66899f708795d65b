//! What pictures leave for later ones in this isolate's memory: baselines, bitmaps and glyph masks.
//!
//! They are made again at any time, so a dead instance loses nothing but time. Nothing of a recipient is in them.

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
