//! Boxes and ellipses as paths; filling and stroking them.

use tiny_skia::{FillRule, LineCap, LineJoin, Path, PathBuilder, StrokeDash, Transform};

use crate::geometry::{Rect, px};
use crate::layout::{Content, Item};
use crate::plan::{Linecap, Linejoin, Paint, Stroke, StrokeAlign};

use super::shader;
use super::surface::Surface;

/// How far a Bézier curve's control points lie from its ends to make a quarter of a circle, as a
/// part of the radius: 4/3·(√2 − 1).
const QUARTER: f32 = 0.552_284_8;

/// A rectangle with rounded corners; radii from the top left, clockwise, in px. With `smoothing`, 0 to
/// 1, they begin to bend earlier. `None` for a box without area.
pub fn rounded(frame: Rect, radius: [f32; 4], smoothing: f32) -> Option<Path> {
    let Rect { x: left, y: top, width, height } = frame;
    let (right, bottom) = (frame.right(), frame.bottom());
    if width <= 0.0 || height <= 0.0 {
        return None;
    }
    let [tl, tr, br, bl] = radius;
    if tl <= 0.0 && tr <= 0.0 && br <= 0.0 && bl <= 0.0 {
        return tiny_skia::Rect::from_ltrb(left, top, right, bottom).map(PathBuilder::from_rect);
    }
    if smoothing > 0.0 {
        return smooth(frame, fitted(frame, radius), smoothing);
    }
    let [tl, tr, br, bl] = fitted(frame, radius);
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

/// A rectangle whose corners bend gently into their sides ("squircle"), as in Figma: an arc that is
/// shorter the smoother the corner is, and a curve on each side of it (Figma, "Desperately seeking
/// squircles", 2018, figures 11 and 12). A corner begins at most in the middle of its sides.
fn smooth(frame: Rect, radius: [f32; 4], smoothing: f32) -> Option<Path> {
    let Rect { x: left, y: top, width, height } = frame;
    let [tl, tr, br, bl] = radius;
    // The share of a side that a corner may take, of the two that end it.
    let share = |side: f32, one: f32, other: f32| side * one / (one + other).max(f32::MIN_POSITIVE);
    // Each corner, the direction of the way before it and behind it, its radius and its room.
    let corners = [
        ((frame.right(), top), (1.0, 0.0), (0.0, 1.0), tr, share(width, tr, tl).min(share(height, tr, br))),
        ((frame.right(), frame.bottom()), (0.0, 1.0), (-1.0, 0.0), br, share(height, br, tr).min(share(width, br, bl))),
        ((left, frame.bottom()), (-1.0, 0.0), (0.0, -1.0), bl, share(width, bl, br).min(share(height, bl, tl))),
        ((left, top), (0.0, -1.0), (1.0, 0.0), tl, share(height, tl, bl).min(share(width, tl, tr))),
    ];
    let mut path = PathBuilder::new();
    for ((x, y), (ux, uy), (vx, vy), radius, room) in corners {
        let smoothing = if radius > 0.0 { smoothing.min(room / radius - 1.0).max(0.0) } else { 0.0 };
        // From where the corner begins to where its sides meet.
        let reach = radius * (1.0 + smoothing);
        let at = |along: f32, across: f32| {
            let along = along - reach;
            (px(x + ux * along + vx * across), px(y + uy * along + vy * across))
        };
        let begin = at(0.0, 0.0);
        if path.is_empty() {
            path.move_to(begin.0, begin.1);
        } else {
            path.line_to(begin.0, begin.1);
        }
        if radius <= 0.0 {
            continue;
        }
        let lean = smoothing * std::f32::consts::FRAC_PI_4;
        let arc = std::f32::consts::FRAC_PI_2 * (1.0 - smoothing);
        let (sin, cos) = libm::sincosf(lean);
        let chord = libm::sinf(arc / 2.0) * radius * std::f32::consts::SQRT_2;
        let slant = radius * libm::tanf(lean / 2.0);
        let (c, d) = (slant * cos, slant * sin);
        let b = (reach - chord - c - d) / 3.0;
        let a = 2.0 * b;
        let (from, to) = ((a + b + c, d), (a + b + c + chord, d + chord));
        // A Bézier curve along the arc.
        let handle = 4.0 / 3.0 * libm::tanf(arc / 4.0) * radius;
        let mut curve = |one: (f32, f32), two: (f32, f32), end: (f32, f32)| {
            let [one, two, end] = [one, two, end].map(|(along, across)| at(along, across));
            path.cubic_to(one.0, one.1, two.0, two.1, end.0, end.1);
        };
        curve((a, 0.0), (a + b, 0.0), from);
        curve((from.0 + handle * cos, from.1 + handle * sin), (to.0 - handle * sin, to.1 - handle * cos), to);
        curve((reach, to.1 + c), (reach, to.1 + b + c), (reach, reach));
    }
    path.close();
    path.finish()
}

/// Corner radii in px that fit their box: where two of them do not fit one side, all shrink by one
/// factor, as in CSS.
pub fn fitted(Rect { width, height, .. }: Rect, radius: [f32; 4]) -> [f32; 4] {
    let [tl, tr, br, bl] = radius;
    let over = [(tl + tr) / width, (bl + br) / width, (tl + bl) / height, (tr + br) / height];
    let shrink = over.into_iter().fold(1.0_f32, f32::max);
    radius.map(|radius| radius.max(0.0) / shrink)
}

/// The ellipse that touches the sides of a box. `None` for a box without area.
pub fn ellipse(frame: Rect) -> Option<Path> {
    PathBuilder::from_oval(tiny_skia::Rect::from_xywh(frame.x, frame.y, frame.width, frame.height)?)
}

/// The outline of a box, an ellipse or a shape; boxes and ellipses grow by `outset` px on every
/// side.
pub fn outline(item: &Item, outset: f32) -> Option<Path> {
    let frame = item.frame.outset(outset);
    match &item.content {
        Content::Ellipse => ellipse(frame),
        Content::Shape(path) => path.clone(),
        Content::Box | Content::Text(_) | Content::Image { .. } => {
            // A square corner stays square, and a round corner keeps its centre.
            let radius = item.radius.map(|radius| if radius > 0.0 { (radius + outset).max(0.0) } else { 0.0 });
            rounded(frame, radius, item.look.smoothing)
        }
    }
}

/// The outline of a box's shadow, or of an ellipse's: it is `spread` px larger on every side, or
/// smaller where that is negative.
pub fn shadow_outline(item: &Item, spread: f32) -> Option<Path> {
    if !matches!(item.content, Content::Box) || spread == 0.0 {
        return outline(item, spread);
    }
    let Rect { width, height, .. } = item.frame;
    let radius = fitted(item.frame, item.radius);
    let radius = radius.map(|radius| spread_radius(radius, spread, width.max(height)));
    rounded(item.frame.outset(spread), radius, item.look.smoothing)
}

/// The radius of a shadow's corner, in px, as in Chromium (CSS Borders and Box Decorations 4,
/// "Shadow Shape, Spread, and Knockout"). A radius smaller than the spread grows by less, so that a
/// nearly square corner stays so, unless two radii nearly fill even the longer `side`.
fn spread_radius(radius: f32, spread: f32, side: f32) -> f32 {
    let coverage = if side > 0.0 { 2.0 * radius / side } else { 0.0 };
    if radius > spread || coverage > 1.0 {
        return (radius + spread).max(0.0);
    }
    let (rest, cubed) = (1.0 - radius / spread, coverage * coverage * coverage);
    radius + spread * (1.0 - rest * rest * rest * (1.0 - cubed))
}

/// Fills a path with a paint that spans `frame`, if both exist.
pub fn fill(
    surface: &mut Surface,
    path: Option<&Path>,
    paint: Option<&Paint>,
    frame: Rect,
    transform: Transform,
    opacity: f32,
) {
    if let (Some(path), Some(paint)) = (path, paint) {
        surface.fill(path, FillRule::Winding, &shader::paint(paint, frame, opacity), transform);
    }
}

/// The path along which an item is stroked. `None` if it has no stroke.
pub fn stroke_outline(item: &Item) -> Option<Path> {
    let stroke = item.look.stroke.as_ref().filter(|stroke| stroke.width > 0.0)?;
    let shift = match (stroke.align, &item.content) {
        // A free shape has no inside that could be offset simply, so its outline is centred, as in
        // SVG.
        (StrokeAlign::Center, _) | (_, Content::Shape(_) | Content::Text(_)) => 0.0,
        (StrokeAlign::Inside, _) => -stroke.width / 2.0,
        (StrokeAlign::Outside, _) => stroke.width / 2.0,
    };
    outline(item, shift)
}

/// Strokes a path with a paint that spans `frame`.
pub fn stroke_path(
    surface: &mut Surface,
    path: &Path,
    stroke: &Stroke,
    frame: Rect,
    transform: Transform,
    opacity: f32,
) {
    let dash = dashes(stroke);
    let line = tiny_skia::Stroke {
        width: stroke.width,
        line_cap: match stroke.linecap {
            Linecap::Butt => LineCap::Butt,
            Linecap::Round => LineCap::Round,
            Linecap::Square => LineCap::Square,
        },
        line_join: match stroke.linejoin {
            Linejoin::Miter => LineJoin::Miter,
            Linejoin::Round => LineJoin::Round,
            Linejoin::Bevel => LineJoin::Bevel,
        },
        // A pattern finer than a px costs a segment for every dash and cannot be seen.
        dash: if dash.iter().sum::<f32>() < 1.0 { None } else { StrokeDash::new(dash, 0.0) },
        ..tiny_skia::Stroke::default()
    };
    surface.stroke(path, &line, &shader::paint(&stroke.paint, frame, opacity), transform);
}

/// Dashes and gaps in px, alternating.
fn dashes(stroke: &Stroke) -> Vec<f32> {
    /// A length that cannot be seen, but has a direction.
    const TINY: f32 = 1.0 / 128.0;
    let mut dash = stroke.dash.clone();
    // An odd list is repeated so that dashes and gaps alternate, as in SVG.
    if !dash.len().is_multiple_of(2) {
        dash.extend_from_within(..);
    }
    // A dash without length is only its caps, which lie along the path (SVG 2, section 13.5.7).
    // tiny-skia turns them upright.
    if stroke.linecap == Linecap::Square {
        for [dash, gap] in dash.as_chunks_mut().0 {
            if *dash <= 0.0 && *gap > TINY {
                (*dash, *gap) = (TINY, *gap - TINY);
            }
        }
    }
    dash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured in Chromium 148 from the area that a corner leaves out, within 0.2 px.
    #[test]
    fn the_corner_of_a_shadow_grows_as_in_chromium() {
        for (radius, spread, side, expected) in [
            (3.0, 30.0, 120.0, 11.07),
            (10.0, 30.0, 120.0, 31.27),
            (20.0, 30.0, 120.0, 48.99),
            (29.0, 30.0, 120.0, 59.06),
            (10.0, 20.0, 40.0, 28.0),
            (30.0, 40.0, 120.0, 69.36),
            // A nearly round box stays so.
            (9.0, 60.0, 20.0, 59.08),
            (10.0, 60.0, 20.0, 70.03),
            (0.0, 30.0, 120.0, 0.0),
            (20.0, 10.0, 120.0, 30.0),
            (20.0, -8.0, 120.0, 12.06),
            (5.0, -8.0, 120.0, 0.0),
            // A box without area.
            (0.0, 5.0, 0.0, 0.0),
        ] {
            let found = spread_radius(radius, spread, side);
            assert!((found - expected).abs() < 0.2, "{radius} by {spread}: {found}, expected {expected}");
        }
    }
}
