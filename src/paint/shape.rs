//! Boxes and ellipses as paths; filling and stroking them.

use tiny_skia::{FillRule, LineCap, LineJoin, Path, PathBuilder, StrokeDash, Transform};

use crate::geometry::Rect;
use crate::layout::{Content, Item};
use crate::plan::{Linecap, Linejoin, Paint, Stroke, StrokeAlign};

use super::shader;
use super::surface::Surface;

/// How far a Bézier curve's control points lie from its ends to make a quarter of a circle, as a
/// part of the radius: 4/3·(√2 − 1).
const QUARTER: f32 = 0.552_284_8;

/// A rectangle with rounded corners; radii from the top left, clockwise, in px. `None` for a box
/// without area.
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

/// Corner radii in px that fit their box: where two of them do not fit one side, all shrink by one
/// factor, as in CSS.
fn fitted(Rect { width, height, .. }: Rect, radius: [f32; 4]) -> [f32; 4] {
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
            rounded(frame, item.radius.map(|radius| if radius > 0.0 { (radius + outset).max(0.0) } else { 0.0 }))
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
    rounded(item.frame.outset(spread), radius.map(|radius| spread_radius(radius, spread, width.max(height))))
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
