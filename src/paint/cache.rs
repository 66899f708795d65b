//! The cache of painting: assets that were decoded and scaled, glyph masks, and surveys of images.
//!
//! A photograph is decoded and scaled once for all recipients, and so are most of the glyphs of
//! their names. The key of an entry is everything that it was made of, so nothing has to be
//! declared and no entry can be out of date.
//!
//! Invariant: a picture has the same pixels and the same warnings whatever is cached.

use std::cell::RefCell;
use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::asset::AssetId;
use crate::geometry::Rect;
use crate::image::{Filter, Surveys};
use crate::limits::Limits;
use crate::lru;

use super::mask::Masks;

/// Bitmaps, glyph masks and surveys, each within its budget. The default has no budget and caches nothing.
#[derive(Default)]
pub struct Cache {
    /// By [`bitmap_key`].
    bitmaps: RefCell<lru::Cache<String, Rc<Bitmap>>>,
    /// Masks of glyphs.
    pub masks: RefCell<Masks>,
    /// Where the content of images lies, for layout.
    pub surveys: Surveys,
}

struct Bitmap {
    /// The file that the bitmap was made of. The key is not enough, because an asset may be
    /// replaced by another one of the same name.
    asset: Rc<[u8]>,
    pixels: Rc<Pixmap>,
}

impl Cache {
    /// An empty cache with the budgets of an isolate.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            bitmaps: RefCell::new(lru::Cache::new(limits.memory_bitmaps_bytes)),
            masks: RefCell::new(Masks::new(limits.memory_masks_bytes)),
            surveys: Surveys::new(limits),
        }
    }

    /// The cached bitmap, if it was made of this very file.
    pub fn bitmap(&self, key: &String, asset: &Rc<[u8]>) -> Option<Rc<Pixmap>> {
        let mut bitmaps = self.bitmaps.try_borrow_mut().ok()?;
        bitmaps.get(key).filter(|cached| same_bytes(&cached.asset, asset)).map(|cached| Rc::clone(&cached.pixels))
    }

    /// Caches a bitmap.
    pub fn put_bitmap(&self, key: String, asset: &Rc<[u8]>, pixels: &Rc<Pixmap>) {
        let bytes = pixels.data().len().saturating_add(asset.len()).saturating_add(key.len());
        if let Ok(mut bitmaps) = self.bitmaps.try_borrow_mut() {
            bitmaps.put(key, Rc::new(Bitmap { asset: Rc::clone(asset), pixels: Rc::clone(pixels) }), bytes);
        }
    }
}

/// The key of `part` of an asset at a size in px, with its colours changed.
pub fn bitmap_key(asset: &AssetId, part: Rect, (width, height): (u32, u32), filter: Option<Filter>) -> String {
    let [x, y, w, h] = [part.x, part.y, part.width, part.height].map(f32::to_bits);
    let filter = filter.map_or_else(String::new, |filter| filter.to_string());
    // Not as it is displayed: that hides which image of another host it is.
    format!("{width} {height} {x} {y} {w} {h} {filter} {}", asset.as_str())
}

/// Whether two files have the same bytes. Usually both are one allocation, so their bytes are
/// seldom compared.
pub fn same_bytes(one: &Rc<[u8]>, other: &Rc<[u8]>) -> bool {
    Rc::ptr_eq(one, other) || one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_other_hosts_have_keys_of_their_own() {
        let key = |id: &str| bitmap_key(&AssetId::from(id), Rect::new(0.0, 0.0, 9.0, 9.0), (9, 9), None);
        assert_ne!(key("https://img.example/a.png"), key("https://img.example/b.png"));
    }
}
