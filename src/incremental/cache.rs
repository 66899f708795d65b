//! The cache of the incremental path: baselines, and the bitmaps and glyph masks that painting
//! caches.
//!
//! All entries can be lost at any time and are then made again. A baseline contains nothing of a
//! recipient.

use std::cell::RefCell;
use std::rc::Rc;

use crate::limits::Limits;
use crate::paint;

use super::baseline::Baseline;

/// Baselines of one template that were used once, above which another one is dropped and not put away: more than
/// the brands of most campaigns.
const MANY_UNUSED: usize = 12;

/// Baselines, bitmaps and glyph masks, each kind within its budget, with the least recently used
/// evicted first. The default caches nothing.
#[derive(Default)]
pub struct Cache {
    /// By [`Key`](super::nobody::Nobody::key), the most recently used one last. There are few, because
    /// each has some kB.
    baselines: RefCell<Vec<(String, Rc<Baseline>)>>,
    baselines_bytes: usize,
    /// Bitmaps and glyph masks.
    pub paint: paint::Cache,
}

impl Cache {
    /// An empty cache with the budgets of an isolate.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            baselines: RefCell::default(),
            baselines_bytes: limits.memory_baselines_bytes,
            paint: paint::Cache::new(limits),
        }
    }

    /// Number of baselines in it, and their memory in bytes.
    #[must_use]
    pub fn baselines(&self) -> (usize, usize) {
        let baselines = self.baselines.try_borrow();
        baselines.map_or((0, 0), |baselines| (baselines.len(), baselines.iter().map(weigh).sum()))
    }

    /// The baseline of this key, if it `is_right`. There is room for its canvases.
    pub(super) fn baseline(&self, key: &str, is_right: impl Fn(&Baseline) -> bool) -> Option<Rc<Baseline>> {
        let mut baselines = self.baselines.try_borrow_mut().ok()?;
        let at = baselines.iter().rposition(|(known, baseline)| known == key && is_right(baseline))?;
        let found = baselines.remove(at);
        found.1.was_used.set(true);
        self.make_room(&mut baselines, found.1.bytes(true));
        let baseline = Rc::clone(&found.1);
        baselines.push(found);
        Some(baseline)
    }

    /// Makes room for a baseline of this many bytes.
    pub(super) fn make_room_for(&self, bytes: usize) {
        if let Ok(mut baselines) = self.baselines.try_borrow_mut() {
            self.make_room(&mut baselines, bytes);
        }
    }

    /// Makes room for what the baseline that was used last has unpacked; it stays as it is, because a file may
    /// still be made of its canvas.
    pub(super) fn trim(&self) {
        if let Ok(mut baselines) = self.baselines.try_borrow_mut()
            && let Some(last) = baselines.pop()
        {
            self.make_room(&mut baselines, weigh(&last));
            baselines.push(last);
        }
    }

    /// Caches a baseline.
    pub(super) fn put_baseline(&self, key: String, baseline: &Rc<Baseline>) {
        if let Ok(mut baselines) = self.baselines.try_borrow_mut() {
            baselines.retain(|(known, _)| *known != key);
            let bytes = baseline.bytes(true);
            self.make_room(&mut baselines, bytes);
            if bytes <= self.baselines_bytes {
                baselines.push((key, Rc::clone(baseline)));
            }
        }
    }

    /// Puts canvases away until there is room for this many bytes; and if that is not enough, removes
    /// baselines. The least recently used ones go first.
    fn make_room(&self, baselines: &mut Vec<(String, Rc<Baseline>)>, bytes: usize) {
        while baselines.iter().map(weigh).fold(bytes, usize::saturating_add) > self.baselines_bytes {
            if let Some(at) = baselines.iter().position(|(_, baseline)| baseline.is_at_hand()) {
                if is_seldom(baselines, at) {
                    baselines.remove(at);
                } else if let Some((_, baseline)) = baselines.get(at) {
                    baseline.put_away();
                }
            } else if baselines.is_empty() {
                return;
            } else {
                baselines.remove(0);
            }
        }
    }
}

/// Whether a baseline will hardly be used again: it never was, and neither were many others of its template. So it
/// is where each picture has a colour or a photograph of its own for a ground.
fn is_seldom(baselines: &[(String, Rc<Baseline>)], at: usize) -> bool {
    let template = |key: &str| key.split(' ').next().unwrap_or_default().to_owned();
    let Some((key, baseline)) = baselines.get(at) else { return false };
    let template_of_it = template(key);
    let is_unused = |(key, other): &&(String, Rc<Baseline>)| !other.was_used.get() && template(key) == template_of_it;
    !baseline.was_used.get() && baselines.iter().filter(is_unused).count() > MANY_UNUSED
}

fn weigh((_, baseline): &(String, Rc<Baseline>)) -> usize {
    baseline.bytes(baseline.is_at_hand())
}
