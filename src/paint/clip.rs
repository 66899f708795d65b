//! What of a clipped item its clip can change.
//!
//! Children that lie within the rounded corners are drawn as if there were no clip, if no child above them reaches the
//! edge: a card whose texts have a margin then costs no layer, and its texts are drawn apart from it.

use tiny_skia::{IntRect, Transform};

use crate::geometry::Rect;
use crate::layout::Item;

use super::bounds::{self, Letters};
use super::shape;

/// Number of the first children of an item that are drawn on a layer, which its clip then cuts: all up to the last
/// one that may reach its edge. `transform` is that of the item itself.
pub fn count(item: &Item, transform: Transform) -> usize {
    if !item.look.clip {
        return 0;
    }
    if transform.has_skew() {
        return item.children.len();
    }
    let window = Window::of(item);
    let is_cut = |child: &Item| !is_within(child, &window, transform);
    item.children.iter().rposition(is_cut).map_or(0, |last| last.saturating_add(1))
}

/// The part of an item's box within its corners, in px of the template.
struct Window {
    frame: Rect,
    /// Radii of circles that cut off at least as much as the corners do; from the top left, clockwise.
    radius: [f32; 4],
}

impl Window {
    fn of(item: &Item) -> Self {
        let radius = shape::fitted(item.frame, item.radius);
        Self { frame: item.frame, radius: radius.map(|radius| radius * (1.0 + item.look.smoothing)) }
    }

    /// Whether it contains a rectangle of the surface, with a px around it.
    #[expect(clippy::cast_precision_loss, reason = "surface coordinates are a few thousand")]
    fn contains(&self, rect: IntRect, transform: Transform) -> bool {
        let (x, y) =
            (|px: i32| (px as f32 - transform.tx) / transform.sx, |px: i32| (px as f32 - transform.ty) / transform.sy);
        let (left, right) = (x(rect.left().saturating_sub(1)), x(rect.right().saturating_add(1)));
        let (top, bottom) = (y(rect.top().saturating_sub(1)), y(rect.bottom().saturating_add(1)));
        let Rect { x, y, width, height } = self.frame;
        let (end, floor) = (x + width, y + height);
        // The distance of each corner of the rectangle from the two edges that meet there.
        let corners =
            [(left - x, top - y), (end - right, top - y), (end - right, floor - bottom), (left - x, floor - bottom)];
        corners.into_iter().zip(self.radius).all(|((across, down), radius)| {
            let (short, steep) = ((radius - across).max(0.0), (radius - down).max(0.0));
            across >= 0.0 && down >= 0.0 && short * short + steep * steep <= radius * radius
        })
    }
}

/// Whether an item and its children change no px outside of a window; `transform` is that of its parent.
fn is_within(item: &Item, window: &Window, transform: Transform) -> bool {
    let fits = |bounds: Option<IntRect>| bounds.is_none_or(|bounds| window.contains(bounds, transform));
    let look = &item.look;
    if item.warp.is_some() || !look.is_upright() || !look.shadows.is_empty() || look.effects.is_some() {
        return fits(bounds::bounds(item, transform, Letters::Lines));
    }
    fits(bounds::content(item, transform, Letters::Lines))
        && item.children.iter().all(|child| is_within(child, window, transform))
}
