//! Shadows that fall into an item, as if it were cut out of what lies above: CSS `box-shadow: inset`.
//!
//! Those of a filled box follow its outline, and lie above its fill. Those of anything else follow all
//! that it draws, and lie above that.

use tiny_skia::Transform;

use crate::layout::Item;
use crate::plan::Shadow;

use super::blend::of_255;
use super::bounds::{self, Letters};
use super::budget::{self, area};
use super::filter;
use super::painter::{Painter, cast, is_filled_box};
use super::shadow::Silhouette;
use super::surface::{Surface, intersect};

/// The hole and the alpha of the item, and a second buffer of the same size for the blur.
const BYTES: u64 = 3;

impl Painter<'_> {
    /// Draws the inner shadows of an item, the first one on top.
    pub(super) fn inner_shadows(&mut self, surface: &mut Surface, item: &Item, transform: Transform) {
        for shadow in item.look.shadows.iter().rev().filter(|shadow| shadow.color.a > 0 && shadow.inset) {
            self.inner_shadow(surface, item, shadow, transform);
        }
    }

    fn inner_shadow(&mut self, surface: &mut Surface, item: &Item, shadow: &Shadow, transform: Transform) {
        let ((dx, dy), deviation, reach) = cast(shadow, item.scale);
        let body = bounds::body(item, transform, Letters::Lines);
        let place = body.zip(surface.bounds()).and_then(|(a, b)| intersect(a, b));
        // The shadow is blurred where it is cast from, and then moved.
        let source =
            place.and_then(|place| filter::around(place.translate(dx.saturating_neg(), dy.saturating_neg())?, reach));
        let Some((place, source)) = place.zip(source) else { return };
        let bytes = area(source).saturating_mul(BYTES);
        if !self.reserve(source, (BYTES, budget::SHADOW_PIXEL), &item.name) {
            return;
        }
        let hole = self.silhouette(source, item, -shadow.spread, transform);
        // A box that has shrunk to nothing has no hole.
        let none = || is_filled_box(item).then(|| vec![0; usize::try_from(area(source)).unwrap_or(0)]);
        let shape = self.silhouette(place, item, 0.0, transform);
        if let Some((hole, shape)) = hole.or_else(none).zip(shape) {
            let alpha = hole.into_iter().map(|alpha| u8::MAX.saturating_sub(alpha)).collect();
            let mut dark = Silhouette { bounds: source, alpha };
            dark.blur(deviation);
            let width = source.width() as usize;
            // The place lies `reach` px inside of the source.
            let skip = usize::try_from(reach).unwrap_or(0);
            let rows = dark.alpha.chunks_exact(width.max(1)).skip(skip);
            let columns = (place.width() as usize).max(1);
            let mut alpha = shape;
            for (row, dark) in alpha.chunks_exact_mut(columns).zip(rows) {
                for (alpha, dark) in row.iter_mut().zip(dark.iter().skip(skip)) {
                    *alpha = of_255(u32::from(*alpha).saturating_mul(u32::from(*dark)));
                }
            }
            Silhouette { bounds: place, alpha }.draw(surface, shadow.color, (0, 0), &[place]);
        }
        self.release(bytes);
    }
}
