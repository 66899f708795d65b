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
    /// What was kept of a baseline that this isolate does not have, with its name.
    offered: RefCell<Option<(String, Vec<u8>)>>,
    /// A baseline that is worth keeping, with its name.
    proven: RefCell<Option<(String, Rc<Baseline>)>>,
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
            offered: RefCell::default(),
            proven: RefCell::default(),
            paint: paint::Cache::new(limits),
        }
    }

    /// Number of baselines in it, and their memory in bytes.
    #[must_use]
    pub fn baselines(&self) -> (usize, usize) {
        let baselines = self.baselines.try_borrow();
        baselines.map_or((0, 0), |baselines| (baselines.len(), baselines.iter().map(weigh).sum()))
    }

    /// Whether it has a baseline of the template with this digest.
    pub(super) fn knows(&self, digest: &str) -> bool {
        let baselines = self.baselines.try_borrow();
        baselines.is_ok_and(|baselines| baselines.iter().any(|(key, _)| template(key) == digest))
    }

    /// Takes what was [kept](Self::take_proven) of the baseline of this [name](super::kept_name): the next picture is
    /// drawn on it.
    pub fn offer(&self, name: String, kept: Vec<u8>) {
        if let Ok(mut offered) = self.offered.try_borrow_mut() {
            *offered = Some((name, kept));
        }
    }

    /// Forgets what was offered and has not been used.
    pub fn forget_offered(&self) {
        if let Ok(mut offered) = self.offered.try_borrow_mut() {
            *offered = None;
        }
    }

    /// What was offered, if there is anything. The name is asked for only then.
    pub(super) fn take_offered(&self, name: impl FnOnce() -> String) -> Option<Vec<u8>> {
        let (offered, kept) = self.offered.try_borrow_mut().ok()?.take()?;
        (offered == name()).then_some(kept)
    }

    /// A baseline on which a second picture was drawn.
    fn prove(&self, name: String, baseline: &Rc<Baseline>) {
        if let Ok(mut proven) = self.proven.try_borrow_mut() {
            *proven = Some((name, Rc::clone(baseline)));
        }
    }

    /// The name of a baseline that is worth keeping outside of this isolate, because two pictures were drawn on it, and
    /// what is to be kept, of at most so many bytes. `None` if there is none since the last call.
    #[must_use]
    pub fn take_proven(&self, most_bytes: usize) -> Option<(String, Vec<u8>)> {
        let (name, baseline) = self.proven.try_borrow_mut().ok()?.take()?;
        Some((name, baseline.keep().filter(|kept| kept.len() <= most_bytes)?))
    }

    /// Whether [`take_proven`](Self::take_proven) has something to make.
    #[must_use]
    pub fn has_proven(&self) -> bool {
        self.proven.try_borrow().is_ok_and(|proven| proven.is_some())
    }

    /// The baseline of this key, if it `is_right`. There is room for its canvases. `name` is asked for where the
    /// baseline has to be kept.
    pub(super) fn baseline(
        &self,
        key: &str,
        is_right: impl Fn(&Baseline) -> bool,
        name: impl FnOnce() -> String,
    ) -> Option<Rc<Baseline>> {
        let mut baselines = self.baselines.try_borrow_mut().ok()?;
        let at = baselines.iter().rposition(|(known, baseline)| known == key && is_right(baseline))?;
        let found = baselines.remove(at);
        if !found.1.was_used.replace(true) && !found.1.is_kept {
            self.prove(name(), &found.1);
        }
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

    /// Makes room for what the baseline that was used last has unpacked or made; it stays as it is, because a file may
    /// still be made of its canvas.
    pub(crate) fn trim(&self) {
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
    let Some((key, baseline)) = baselines.get(at) else { return false };
    let is_unused =
        |(other, baseline): &&(String, Rc<Baseline>)| !baseline.was_used.get() && template(other) == template(key);
    !baseline.was_used.get() && baselines.iter().filter(is_unused).count() > MANY_UNUSED
}

/// The digest of the template that a key begins with.
fn template(key: &str) -> &str {
    key.split(' ').next().unwrap_or_default()
}

fn weigh((_, baseline): &(String, Rc<Baseline>)) -> usize {
    baseline.bytes(baseline.is_at_hand())
}
