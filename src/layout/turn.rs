//! Rotation, skew and scale.

use tiny_skia::Transform;

use crate::geometry::{Rect, px};
use crate::plan::Look;

use super::scene::Item;

/// A clockwise rotation by `degrees` around a point. `libm` is used, because std's sine differs
/// between native and wasm.
#[must_use]
pub fn around(degrees: f32, x: f32, y: f32) -> Transform {
    let (sin, cos) = libm::sincosf(degrees.to_radians());
    Transform::from_row(cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos)
}

/// The rotation, skew and scale of a box with this look around its middle, in this order from the outside.
#[must_use]
pub fn of(look: &Look, frame: Rect) -> Transform {
    let Look { rotate, skew, scale: [width, height], .. } = *look;
    let (x, y) = (px(frame.x + frame.width / 2.0), px(frame.y + frame.height / 2.0));
    let turn = if rotate == 0.0 { Transform::identity() } else { around(rotate, x, y) };
    if skew == 0.0 && [width, height] == [1.0; 2] {
        return turn;
    }
    let (sin, cos) = libm::sincosf(skew.to_radians());
    let lean = width * sin / cos;
    turn.pre_concat(Transform::from_row(width, 0.0, lean, height, x - width * x - lean * y, y - height * y))
}

impl Item {
    /// Its rotation, skew and scale.
    #[must_use]
    pub fn turn(&self) -> Transform {
        of(&self.look, self.frame)
    }
}
