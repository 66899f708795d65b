//! What pictures leave for those after them: plates, assets that were decoded and scaled, and letters.
//!
//! A photograph is decoded and scaled, and a gradient and a shadow are drawn, once for all recipients rather than once for each;
//! so are most letters of their names.
//! What is kept is found again by what it was made of: so nothing has to be declared, and nothing can be out of date.
//!
//! Invariant: a picture has the same pixels, the same file and the same warnings whatever is kept.

use std::cell::RefCell;
use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::font::Fonts;
use crate::geometry::Rect;
use crate::layout::Scene;
use crate::limits::Limits;
use crate::memory::Shelf;

use super::Assets;
use super::letter::Strikes;
use super::plate::Plate;

/// Plates, prepared pictures and letters, each kind within its budget, least recently used first out.
#[derive(Default)]
pub struct Kept {
    /// By [`Reference::key`](crate::plan::Reference::key). Both keys are strings, as those of the shelves of assets and templates
    /// are: trees of other keys would be 9 kB of wasm, gzipped.
    plates: Shelf<String, Rc<Plate>>,
    plates_bytes: usize,
    /// By [`bitmap_key`].
    bitmaps: Shelf<String, Rc<Bitmap>>,
    strikes: Rc<RefCell<Strikes>>,
}

struct Bitmap {
    /// The file that it was made of: an asset may be replaced by another of its name.
    asset: Rc<[u8]>,
    pixels: Rc<Pixmap>,
}

impl Kept {
    /// Nothing yet, within the budgets of an isolate. The default has no budget, and keeps nothing.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            plates: Shelf::new(limits.memory_plates_bytes),
            plates_bytes: limits.memory_plates_bytes,
            bitmaps: Shelf::new(limits.memory_bitmaps_bytes),
            strikes: Rc::new(RefCell::new(Strikes::new(limits.memory_letters_bytes))),
        }
    }

    /// The letters.
    pub(super) fn strikes(&self) -> Rc<RefCell<Strikes>> {
        Rc::clone(&self.strikes)
    }

    /// The plate of a scene.
    pub(super) fn plate(&mut self, key: &String, scene: &Scene, assets: &Assets, fonts: &Fonts) -> Option<Rc<Plate>> {
        self.plates.get(key).filter(|plate| plate.is_of(scene, assets, fonts)).map(Rc::clone)
    }

    /// Whether a plate of this weight would be kept; makes room for it.
    pub(super) fn takes_plate(&mut self, bytes: usize) -> bool {
        let takes = bytes <= self.plates_bytes;
        if takes {
            self.plates.make_room(bytes);
        }
        takes
    }

    pub(super) fn put_plate(&mut self, key: String, plate: &Rc<Plate>) {
        self.plates.put(key, Rc::clone(plate), plate.bytes());
    }

    pub(super) fn bitmap(&mut self, key: &String, asset: &Rc<[u8]>) -> Option<Rc<Pixmap>> {
        self.bitmaps.get(key).filter(|kept| same(&kept.asset, asset)).map(|kept| Rc::clone(&kept.pixels))
    }

    pub(super) fn put_bitmap(&mut self, key: String, asset: &Rc<[u8]>, pixels: &Rc<Pixmap>) {
        let bytes = pixels.data().len().saturating_add(asset.len()).saturating_add(key.len());
        self.bitmaps.put(key, Rc::new(Bitmap { asset: Rc::clone(asset), pixels: Rc::clone(pixels) }), bytes);
    }
}

/// `part` of the asset of this name, at `size` px.
pub(super) fn bitmap_key(asset: &str, part: Rect, (width, height): (u32, u32)) -> String {
    let [x, y, w, h] = [part.x, part.y, part.width, part.height].map(f32::to_bits);
    format!("{width} {height} {x} {y} {w} {h} {asset}")
}

/// Whether two files are the same: they mostly are one, so their bytes are seldom looked at.
pub(super) fn same(one: &Rc<[u8]>, other: &Rc<[u8]>) -> bool {
    Rc::ptr_eq(one, other) || one == other
}
