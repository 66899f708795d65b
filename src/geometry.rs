//! Points, sizes and rectangles in px, y down, as CSS and SVG have them.
//!
//! Invariant: every number here is finite; [`px`] is the door that makes it so. Far coordinates make
//! tiny-skia panic, hence the clamp.

/// The farthest coordinate that we hand to anyone, in px.
pub const MAX_COORDINATE_PX: f32 = 32_768.0;

/// Makes a number finite (NaN becomes 0) and clamps it to ±[`MAX_COORDINATE_PX`].
#[must_use]
pub const fn px(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-MAX_COORDINATE_PX, MAX_COORDINATE_PX) }
}

/// Width and height in px, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Size {
    /// px
    pub width: f32,
    /// px
    pub height: f32,
}

impl Size {
    /// A size, made finite and not negative.
    #[must_use]
    pub const fn new(width: f32, height: f32) -> Self {
        Self { width: px(width).max(0.0), height: px(height).max(0.0) }
    }
}

/// A box in px: its top-left corner and its size.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// px from the left
    pub x: f32,
    /// px from the top
    pub y: f32,
    /// px
    pub width: f32,
    /// px
    pub height: f32,
}

impl Rect {
    /// A box, made finite, its size not negative.
    #[must_use]
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        let size = Size::new(width, height);
        Self { x: px(x), y: px(y), width: size.width, height: size.height }
    }

    /// The x of the right edge.
    #[must_use]
    pub const fn right(&self) -> f32 {
        self.x + self.width
    }

    /// The y of the bottom edge.
    #[must_use]
    pub const fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Its size alone.
    #[must_use]
    pub const fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// The smallest box around both.
    #[must_use]
    pub const fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }

    /// The same box, grown by `by` px on every side (shrunk where negative).
    #[must_use]
    pub const fn outset(&self, by: f32) -> Self {
        Self::new(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }
}
