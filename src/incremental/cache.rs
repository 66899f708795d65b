//! The cache of the incremental path: baselines, and the bitmaps and glyph masks that painting
//! caches.
//!
//! All entries can be lost at any time and are then made again. A baseline contains nothing of a
//! recipient.

use std::cell::RefCell;
use std::rc::Rc;

use crate::limits::Limits;
use crate::lru;
use crate::paint;

use super::baseline::Baseline;

/// Baselines, bitmaps and glyph masks, each kind within its budget, with the least recently used
/// evicted first. The default caches nothing.
#[derive(Default)]
pub struct Cache {
    /// By [`Key`](super::baseline::Key). All caches of an isolate have strings as keys: trees of
    /// other keys would be 9 kB of wasm, gzipped.
    baselines: RefCell<lru::Cache<String, Rc<Baseline>>>,
    baselines_bytes: usize,
    /// Bitmaps and glyph masks.
    pub paint: paint::Cache,
}

impl Cache {
    /// An empty cache with the budgets of an isolate.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            baselines: RefCell::new(lru::Cache::new(limits.memory_baselines_bytes)),
            baselines_bytes: limits.memory_baselines_bytes,
            paint: paint::Cache::new(limits),
        }
    }

    /// The baseline of this key, if it `is_right`.
    pub(super) fn baseline(&self, key: &String, is_right: impl Fn(&Baseline) -> bool) -> Option<Rc<Baseline>> {
        let mut baselines = self.baselines.try_borrow_mut().ok()?;
        baselines.get(key).filter(|baseline| is_right(baseline)).map(Rc::clone)
    }

    /// Whether a baseline of this many bytes fits into the budget. Evicts others to make room for
    /// it.
    pub(super) fn takes_baseline(&self, bytes: usize) -> bool {
        let Ok(mut baselines) = self.baselines.try_borrow_mut() else { return false };
        let takes = bytes <= self.baselines_bytes;
        if takes {
            baselines.make_room(bytes);
        }
        takes
    }

    /// Caches a baseline.
    pub(super) fn put_baseline(&self, key: String, baseline: &Rc<Baseline>) {
        if let Ok(mut baselines) = self.baselines.try_borrow_mut() {
            baselines.put(key, Rc::clone(baseline), baseline.bytes());
        }
    }
}
