//! The cache of painting: assets that were decoded and scaled, glyph masks, and surveys of images.
//!
//! A photograph is decoded and scaled once for all recipients, and so are most of the glyphs of
//! their names. The key of an entry is everything that it was made of, so nothing has to be
//! declared and no entry can be out of date.
//!
//! Invariant: a picture has the same pixels and the same warnings whatever is cached.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use tiny_skia::Pixmap;

use crate::asset::AssetId;
use crate::error::Problem;
use crate::geometry::Rect;
use crate::image::{self, Filter, Surveys};
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
    /// The image that waits for a picture.
    decoded: RefCell<Weak<Decoded>>,
}

/// An image that was decoded when it came, to see whether it can be, for the picture that shows it.
pub struct Decoded {
    asset: Rc<[u8]>,
    /// `None` once it was taken.
    pixels: RefCell<Option<Pixmap>>,
}

struct Bitmap {
    /// The file that the bitmap was made of. The key is not enough, because an asset may be
    /// replaced by another one of the same name.
    asset: Rc<[u8]>,
    pixels: Rc<Pixmap>,
}

impl Decoded {
    fn take(&self) -> Option<Pixmap> {
        self.pixels.try_borrow_mut().ok()?.take()
    }
}

impl Cache {
    /// An empty cache with the budgets of an isolate.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            bitmaps: RefCell::new(lru::Cache::new(limits.memory_bitmaps_bytes)),
            masks: RefCell::new(Masks::new(limits.memory_masks_bytes)),
            surveys: Surveys::new(limits),
            decoded: RefCell::default(),
        }
    }

    /// A cache without a budget, in which the same image waits.
    pub fn without_bitmaps(&self) -> Self {
        let decoded = self.decoded.try_borrow().map_or_else(|_| Weak::new(), |decoded| Weak::clone(&decoded));
        Self { decoded: RefCell::new(decoded), ..Self::default() }
    }

    /// Decodes an image that has come, to see whether it can be. If it `may_wait` and is not too large, the next picture
    /// that shows it takes what was decoded, as long as the result lives and none comes after it: one waits at a time, however
    /// many pictures are made at once.
    ///
    /// # Errors
    /// Those of [`image::decode`].
    pub fn decode_first(
        &self,
        asset: &Rc<[u8]>,
        may_wait: bool,
        limits: &Limits,
    ) -> Result<Option<Rc<Decoded>>, Problem> {
        let pixels = image::decode(asset, limits)?;
        if !may_wait || pixels.data().len() > limits.waiting_image_bytes {
            return Ok(None);
        }
        let waiting = Rc::new(Decoded { asset: Rc::clone(asset), pixels: RefCell::new(Some(pixels)) });
        if let Ok(mut decoded) = self.decoded.try_borrow_mut() {
            let before = std::mem::replace(&mut *decoded, Rc::downgrade(&waiting)).upgrade();
            before.into_iter().for_each(|before| drop(before.take()));
        }
        Ok(Some(waiting))
    }

    /// What was decoded of this image and waits.
    pub(super) fn take_decoded(&self, asset: &Rc<[u8]>) -> Option<Pixmap> {
        let waiting = self.decoded.try_borrow().ok()?.upgrade().filter(|waiting| same_bytes(&waiting.asset, asset))?;
        waiting.take()
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
    fn what_waits_is_taken_once_and_goes_with_its_owner() {
        let file = |gray| {
            let mut pixels = Pixmap::new(2, 3).unwrap();
            pixels.fill(tiny_skia::Color::from_rgba8(gray, gray, gray, 255));
            (Rc::<[u8]>::from(monogram_encode::png::encode(&pixels)), pixels)
        };
        let ((asset, pixels), (other, _)) = (file(7), file(8));
        let (cache, limits) = (Cache::default(), Limits::default());
        let waiting = cache.decode_first(&asset, true, &limits).unwrap();
        assert_eq!(cache.take_decoded(&other), None);
        assert_eq!(cache.take_decoded(&asset), Some(pixels));
        assert_eq!(cache.take_decoded(&asset), None);
        drop(waiting);
        let first = cache.decode_first(&asset, true, &limits);
        let second = cache.decode_first(&other, true, &limits);
        assert_eq!(cache.take_decoded(&asset), None, "one waits at a time");
        assert!(first.unwrap().unwrap().take().is_none() && cache.take_decoded(&other).is_some());
        drop(second);
        drop(cache.decode_first(&asset, true, &limits));
        assert_eq!(cache.take_decoded(&asset), None);
        assert!(cache.decode_first(&asset, false, &limits).unwrap().is_none());
        assert!(cache.decode_first(&asset, true, &Limits { waiting_image_bytes: 23, ..limits }).unwrap().is_none());
        assert!(cache.decode_first(&Rc::from(*b"no image"), true, &Limits::default()).is_err());
    }

    #[test]
    fn images_of_other_hosts_have_keys_of_their_own() {
        let key = |id: &str| bitmap_key(&AssetId::from(id), Rect::new(0.0, 0.0, 9.0, 9.0), (9, 9), None);
        assert_ne!(key("https://img.example/a.png"), key("https://img.example/b.png"));
    }
}
