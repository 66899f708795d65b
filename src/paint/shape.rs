//! Boxes as paths.

use tiny_skia::{Path, PathBuilder};

use crate::geometry::Rect;

/// How far a Bézier curve's control points lie from its ends to make a quarter of a circle, as a part of
/// the radius: 4/3·(√2 − 1).
const QUARTER: f32 = 0.552_284_8;

/// A rectangle with rounded corners; radii from the top left, clockwise, in px. Where two of them do not
/// fit one side, all shrink by one factor, as in CSS. `None` for a box without area.
pub fn rounded(frame: Rect, radius: [f32; 4]) -> Option<Path> {
    let Rect { x: left, y: top, width, height } = frame;
    let (right, bottom) = (frame.right(), frame.bottom());
    if width <= 0.0 || height <= 0.0 {
        return None;
    }
    let [tl, tr, br, bl] = radius;
    if tl <= 0.0 && tr <= 0.0 && br <= 0.0 && bl <= 0.0 {
        return tiny_skia::Rect::from_ltrb(left, top, right, bottom).map(PathBuilder::from_rect);
    }
    let over = [(tl + tr) / width, (bl + br) / width, (tl + bl) / height, (tr + br) / height];
    let shrink = over.into_iter().fold(1.0_f32, f32::max);
    let [tl, tr, br, bl] = radius.map(|radius| radius.max(0.0) / shrink);
    let arm = |radius: f32| radius * (1.0 - QUARTER);
    let mut path = PathBuilder::new();
    path.move_to(left + tl, top);
    path.line_to(right - tr, top);
    path.cubic_to(right - arm(tr), top, right, top + arm(tr), right, top + tr);
    path.line_to(right, bottom - br);
    path.cubic_to(right, bottom - arm(br), right - arm(br), bottom, right - br, bottom);
    path.line_to(left + bl, bottom);
    path.cubic_to(left + arm(bl), bottom, left, bottom - arm(bl), left, bottom - bl);
    path.line_to(left, top + tl);
    path.cubic_to(left, top + arm(tl), left + arm(tl), top, left + tl, top);
    path.close();
    path.finish()
}

/// The ellipse that touches the sides of a box. `None` for a box without area.
pub fn ellipse(frame: Rect) -> Option<Path> {
    PathBuilder::from_oval(tiny_skia::Rect::from_xywh(frame.x, frame.y, frame.width, frame.height)?)
}
