//! Strokes of at most one output px at the left and the top edge of a surface.
//!
//! tiny-skia 0.12 draws such lines with unsigned positions: a line whose middle is less than half a
//! px inside of these edges, or beyond them, is moved down or to the right and torn
//! (<https://github.com/linebender/tiny-skia/issues/189>). So such a line is drawn where there is
//! more room, on a copy of the pixels.

use tiny_skia::{IntRect, Path, Transform};

use crate::geometry::px;
use crate::plan::{Linecap, Stroke};

/// Maximum side of a surface in px on which tiny-skia draws in one piece.
const MAX_SIDE: u32 = 8_000;

/// How thick the line is in output px, if it is at most one.
fn thickness(stroke: &Stroke, transform: Transform) -> Option<f32> {
    let Transform { sx, kx, ky, sy, .. } = transform;
    let thickness = stroke.width * (sx * sy - kx * ky).abs().sqrt();
    (thickness <= 1.0).then_some(thickness)
}

/// The part of the canvas on which tiny-skia draws a stroke rightly. `None` if the surface will do.
pub fn room(path: &Path, stroke: &Stroke, transform: Transform, surface: IntRect) -> Option<IntRect> {
    thickness(stroke, transform)?;
    let bounds = path.bounds().transform(transform)?;
    let cap = if stroke.linecap == Linecap::Butt { 0.0 } else { 0.5 };
    let is_inside = |at: f32, edge: i32| f64::from(at) - cap >= f64::from(edge) + 0.5;
    if is_inside(bounds.left(), surface.left()) && is_inside(bounds.top(), surface.top()) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
    let whole = |at: f32| px(at) as i32;
    IntRect::from_ltrb(
        whole(bounds.left().floor()).saturating_sub(2),
        whole(bounds.top().floor()).saturating_sub(2),
        whole(bounds.right().ceil()).saturating_add(2).min(surface.right()),
        whole(bounds.bottom().ceil()).saturating_add(2).min(surface.bottom()),
    )
}

/// Whether a room is small enough for tiny-skia.
pub fn is_whole(room: IntRect) -> bool {
    room.width() <= MAX_SIDE && room.height() <= MAX_SIDE
}

/// The stroke as one of a little more than an output px, which tiny-skia fills as an outline, and
/// the opacity that makes up for it: nearly the same line, for want of room.
pub fn widened(stroke: &Stroke, transform: Transform) -> (Stroke, f32) {
    const WIDE: f32 = 1.01;
    match thickness(stroke, transform) {
        Some(thickness) if thickness > 0.0 => {
            (Stroke { width: stroke.width * (WIDE / thickness), ..stroke.clone() }, thickness / WIDE)
        }
        _ => (stroke.clone(), 1.0),
    }
}
