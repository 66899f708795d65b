//! The memory of earlier pictures: baselines, and the bitmaps and glyph masks that painting caches.
//!
//! All of it can be lost at any time and is made again; nothing of a recipient is in a baseline.

use std::cell::RefCell;
use std::rc::Rc;

use crate::limits::Limits;
use crate::lru;
use crate::paint;

use super::baseline::Baseline;

/// Baselines, bitmaps and glyph masks, each kind within its budget, least recently used first out. The default keeps nothing.
#[derive(Default)]
pub struct Cache {
    /// By [`Key`](super::baseline::Key). All caches of an isolate have strings as keys: trees of other keys would be 9 kB of wasm, gzipped.
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
            baselines: RefCell::new(lru::Cache::new(limits.memory_plates_bytes)),
            baselines_bytes: limits.memory_plates_bytes,
            paint: paint::Cache::new(limits),
        }
    }

    /// The baseline of this key, if it `is_right`.
    pub(super) fn baseline(&self, key: &String, is_right: impl Fn(&Baseline) -> bool) -> Option<Rc<Baseline>> {
        let mut baselines = self.baselines.try_borrow_mut().ok()?;
        baselines.get(key).filter(|baseline| is_right(baseline)).map(Rc::clone)
    }

    /// Whether a baseline of this many bytes would be kept; makes room for it.
    pub(super) fn takes_baseline(&self, bytes: usize) -> bool {
        let Ok(mut baselines) = self.baselines.try_borrow_mut() else { return false };
        let takes = bytes <= self.baselines_bytes;
        if takes {
            baselines.make_room(bytes);
        }
        takes
    }

    /// Keeps a baseline.
    pub(super) fn put_baseline(&self, key: String, baseline: &Rc<Baseline>) {
        if let Ok(mut baselines) = self.baselines.try_borrow_mut() {
            baselines.put(key, Rc::clone(baseline), baseline.bytes());
        }
    }
}
