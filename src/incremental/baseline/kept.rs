//! A baseline as it is kept outside of an isolate, so that another one need not draw and compress it.
//!
//! It is asked for by a [name](name), which stands for all that it was made from but for its images. Of these it has
//! the digests. The display list is not kept: it is laid out again, which is fast. So is what was put away, and so
//! are checksums.
//!
//! Invariant: whatever the bytes are, no panic, and no more memory than that of a baseline. A checksum tells damage; who
//! can write to the store can change pictures as well.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tiny_skia::IntRect;

use crate::asset::{AssetId, Assets};
use crate::encode::incremental::{Blocks, Kept as KeptFile, Strips};
use crate::limits::Limits;
use crate::paint::Shown;
use crate::paint::bitmap::{self, Files, Progress};
use crate::paint::budget::Spent;
use crate::paint::mask::Glyphs;
use crate::plan::Plan;
use crate::warnings::Warnings;

use super::super::display_list::display_list;
use super::super::parts::{KeptParts, Parts};
use super::{Baseline, Canvases, File, Made, Split, bytes, names};

/// Bytes of a digest.
const DIGEST_BYTES: usize = 16;

/// The beginning of the SHA-256 of a file.
fn digest(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    let mut digest = [0; DIGEST_BYTES];
    digest.iter_mut().zip(Sha256::digest(bytes)).for_each(|(byte, hashed)| *byte = hashed);
    digest
}

/// What a baseline is kept under by one build of the renderer. `key` is its key among those of an isolate.
pub fn name(key: &str, plan: &Plan, assets: &Assets) -> String {
    let mut hash = Sha256::new().chain_update(key);
    plan.packs.iter().for_each(|pack| hash.update(format!("\0{}", pack.name)));
    for font in &plan.fonts {
        hash.update("\0");
        hash.update(assets.get(font.asset.as_str()).map(|bytes| digest(bytes)).unwrap_or_default());
    }
    let hash: Vec<String> = hash.finalize().iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect();
    hash.concat()
}

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// In px.
    size: (u32, u32),
    /// The digests of its images, in the order of its items. `None` for one that was missing.
    images: Vec<Option<[u8; DIGEST_BYTES]>>,
    /// The visible sources of the backdrop's images.
    shown: Vec<(usize, Shown)>,
    progress: Progress,
    spent: Spent,
    /// The part of the budgets of each display item.
    items: Vec<Spent>,
    parts: KeptParts,
    blocks: Blocks,
    files: Vec<KeptFile>,
}

impl Baseline {
    /// What is kept of it. `None` if no picture can be drawn on it.
    pub fn keep(&self) -> Option<Vec<u8>> {
        let made = self.made.as_ref()?;
        let kept = Kept {
            size: made.size,
            images: self.assets.iter().map(|(_, bytes)| bytes.as_ref().map(|bytes| digest(bytes))).collect(),
            shown: made.shown.clone(),
            progress: made.progress,
            spent: made.spent,
            items: made.items.iter().map(|item| item.spent).collect(),
            parts: made.canvases.try_borrow().ok()?.parts.keep()?,
            blocks: made.blocks.clone(),
            files: made.strips.iter().map(Strips::keep).collect(),
        };
        let mut bytes = postcard::to_allocvec(&kept).ok()?;
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        Some(bytes)
    }

    /// The baseline of this picture for nobody, from what was kept. `None` if that is of another picture, or damaged.
    pub fn of_kept(
        kept: &[u8],
        split: Split<'_>,
        file: File,
        files: Files<'_>,
        glyphs: Glyphs<'_>,
        limits: &Limits,
    ) -> Option<Self> {
        let (kept, checksum) = kept.split_last_chunk()?;
        if crc32fast::hash(kept).to_le_bytes() != *checksum {
            return None;
        }
        let kept: Kept = postcard::from_bytes(kept).ok()?;
        let scene = split.scene;
        let (width, height) = kept.size;
        let assets: Vec<(AssetId, Option<Rc<[u8]>>)> =
            names(&scene.items).into_iter().map(|name| (name.clone(), files.assets.get(&name).cloned())).collect();
        let digests = assets.iter().map(|(_, bytes)| bytes.as_ref().map(|bytes| digest(bytes)));
        let has_files = match file {
            File::None => true,
            File::Narrow | File::Wide => !kept.files.is_empty(),
        };
        if kept.size != (scene.width, scene.height) || !has_files || !digests.eq(kept.images) {
            return None;
        }
        let px = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
        let strips = kept.files.into_iter().map(|file| Strips::of_kept(file, px)).collect::<Option<_>>()?;

        let (mut progress, mut warnings) = (kept.progress, Warnings::new(limits));
        let above = bitmap::prepare(split.above(), &mut progress, files, limits, &mut warnings);
        let canvas = IntRect::from_xywh(0, 0, width, height)?;
        let list = display_list(split.above(), scene.scale, kept.progress.images);
        if list.len() != kept.items.len() || !kept.blocks.are_of(px.0, px.1) {
            return None;
        }
        let items = list.into_iter().zip(kept.items);
        let items = items.map(|(item, spent)| item.drawn(&above, item.reach(scene.scale, glyphs, canvas), spent));
        let made = Made {
            size: kept.size,
            items: items.collect(),
            blocks: kept.blocks,
            canvases: RefCell::new(Canvases { parts: Parts::of_kept(kept.parts, px)?, frame: None }),
            is_large: bytes(scene, files.assets) > limits.memory_baselines_bytes,
            shown: kept.shown,
            progress: kept.progress,
            spent: kept.spent,
            strips,
            bands: RefCell::default(),
            reduced: RefCell::default(),
        };
        let mut baseline = Self {
            background: scene.background.clone(),
            backdrop: split.below().to_vec(),
            assets,
            fonts: glyphs.fonts.clone(),
            made: Some(made),
            least_bytes: 0,
            was_used: Cell::new(false),
            is_kept: true,
        };
        baseline.least_bytes = baseline.measure();
        (baseline.bytes(true) <= limits.memory_baselines_bytes).then_some(baseline)
    }
}
