//! Rotations.

use tiny_skia::Transform;

/// A clockwise rotation by `degrees` around a point. `libm` is used, because std's sine differs
/// between native and wasm.
pub fn around(degrees: f32, x: f32, y: f32) -> Transform {
    let (sin, cos) = libm::sincosf(degrees.to_radians());
    Transform::from_row(cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos)
}
