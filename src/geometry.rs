//! Sizes and rectangles in px. The y axis points down, as in CSS and SVG.
//!
//! Invariant: every number here is finite and within ±[`MAX_COORDINATE_PX`], because it came
//! through [`px`]. Larger coordinates make tiny-skia panic.

use serde::{Deserialize, Serialize};

/// The largest coordinate, in px.
pub const MAX_COORDINATE_PX: f32 = 32_768.0;

/// Makes a number finite (NaN becomes 0) and clamps it to ±[`MAX_COORDINATE_PX`].
#[must_use]
pub const fn px(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-MAX_COORDINATE_PX, MAX_COORDINATE_PX) }
}

/// Width and height in px, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Size {
    /// Width in px.
    pub width: f32,
    /// Height in px.
    pub height: f32,
}

impl Size {
    /// A size of finite numbers; negative ones become 0.
    #[must_use]
    pub const fn new(width: f32, height: f32) -> Self {
        Self { width: px(width).max(0.0), height: px(height).max(0.0) }
    }
}

/// A box in px: its top-left corner and its size.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge, in px from the left.
    pub x: f32,
    /// Top edge, in px from the top.
    pub y: f32,
    /// Width in px.
    pub width: f32,
    /// Height in px.
    pub height: f32,
}

impl Rect {
    /// A box of finite numbers; a negative width or height becomes 0.
    #[must_use]
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        let size = Size::new(width, height);
        Self { x: px(x), y: px(y), width: size.width, height: size.height }
    }

    /// The x of the right edge, in px.
    #[must_use]
    pub const fn right(&self) -> f32 {
        self.x + self.width
    }

    /// The y of the bottom edge, in px.
    #[must_use]
    pub const fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Whether both have points in common.
    #[must_use]
    pub const fn overlaps(&self, other: Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether the other one lies within this one, or reaches at most a px beyond it: boxes are
    /// rounded to px.
    #[must_use]
    pub const fn covers(&self, inner: Self) -> bool {
        const SLACK_PX: f32 = 1.0;
        inner.x >= self.x - SLACK_PX
            && inner.y >= self.y - SLACK_PX
            && inner.right() <= self.right() + SLACK_PX
            && inner.bottom() <= self.bottom() + SLACK_PX
    }

    /// Its width and height.
    #[must_use]
    pub const fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// The smallest box that contains both boxes.
    #[must_use]
    pub const fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }

    /// The box grown by `by` px on every side; a negative `by` shrinks it.
    #[must_use]
    pub const fn outset(&self, by: f32) -> Self {
        Self::new(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }
}
