//! Where a point of a layer is in the picture, through all that turns it or shows it in perspective.

use tiny_skia::Transform;

use crate::geometry::{Rect, px};

use super::scene::Item;
use super::warp::Warp;

/// The map from the px of an item to those of the picture.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// To the px of the flat box that is in perspective, or to those of the picture.
    pub transform: Transform,
    /// That box, if there is one.
    seen: Option<(&'a Warp, Rect, &'a Self)>,
}

impl<'a> Place<'a> {
    /// The picture itself.
    pub const PICTURE: Self =
        Self { transform: Transform { sx: 1.0, kx: 0.0, ky: 0.0, sy: 1.0, tx: 0.0, ty: 0.0 }, seen: None };

    /// The place of an item that is in this one.
    #[must_use]
    pub fn of(&'a self, item: &'a Item) -> Self {
        match &item.warp {
            Some(warp) => Self { transform: item.turn(), seen: Some((warp, item.frame, self)) },
            None => Self { transform: self.transform.pre_concat(item.turn()), seen: self.seen },
        }
    }

    /// The place of what is transformed in this one.
    #[must_use]
    pub fn within(&self, transform: Transform) -> Self {
        Self { transform: self.transform.pre_concat(transform), ..*self }
    }

    /// Where a point is in the picture.
    #[must_use]
    pub fn at(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let Transform { sx, kx, ky, sy, tx, ty } = self.transform;
        let (x, y) = (sx * x + kx * y + tx, ky * x + sy * y + ty);
        let Some((warp, frame, outer)) = self.seen else { return (x, y) };
        let (x, y) = warp.seen(frame, (f64::from(x), f64::from(y))).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
        outer.at((px(x as f32), px(y as f32)))
    }

    /// The corners of a box in the picture, clockwise from its top left.
    #[must_use]
    pub fn corners(&self, frame: Rect) -> [(f32, f32); 4] {
        [(frame.x, frame.y), (frame.right(), frame.y), (frame.right(), frame.bottom()), (frame.x, frame.bottom())]
            .map(|point| self.at(point))
    }

    /// Whether a layer here is seen in perspective.
    #[must_use]
    pub const fn is_warped(&self) -> bool {
        self.seen.is_some()
    }
}
