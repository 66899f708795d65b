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

/// A rectangle with rounded corners; radii from the top left, clockwise, in px. Where two of them
/// do not fit one side, all shrink by one factor, as in CSS. `None` for a box without area.
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
    let mut dash = stroke.dash.clone();
    // An odd list is repeated so that dashes and gaps alternate, as in SVG.
    if !dash.len().is_multiple_of(2) {
        dash.extend_from_within(..);
    }
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
