//! SVG path data → a path (SVG 2, chapter 9.3).

use svgtypes::{SimplePathSegment, SimplifyingPathParser};
use tiny_skia::{Path, PathBuilder};

use crate::geometry::px;
use crate::limits::Limits;

/// Reads path data; arcs become curves. `None` where it draws nothing.
///
/// # Errors
/// What is wrong with it, in words.
#[expect(clippy::cast_possible_truncation, reason = "f32 is the precision of the picture")]
pub fn parse(d: &str, limits: &Limits) -> Result<Option<Path>, String> {
    let mut builder = PathBuilder::new();
    let at = |x: f64, y: f64| (px(x as f32), px(y as f32));
    for (count, segment) in SimplifyingPathParser::from(d).enumerate() {
        if count >= limits.path_segments {
            return Err(format!("a path may have {} segments", limits.path_segments));
        }
        match segment.map_err(|error| format!("this is not SVG path data ({error})"))? {
            SimplePathSegment::MoveTo { x, y } => {
                let (x, y) = at(x, y);
                builder.move_to(x, y);
            }
            SimplePathSegment::LineTo { x, y } => {
                let (x, y) = at(x, y);
                builder.line_to(x, y);
            }
            SimplePathSegment::CurveTo { x1, y1, x2, y2, x, y } => {
                let ((x1, y1), (x2, y2), (x, y)) = (at(x1, y1), at(x2, y2), at(x, y));
                builder.cubic_to(x1, y1, x2, y2, x, y);
            }
            SimplePathSegment::Quadratic { x1, y1, x, y } => {
                let ((x1, y1), (x, y)) = (at(x1, y1), at(x, y));
                builder.quad_to(x1, y1, x, y);
            }
            SimplePathSegment::ClosePath => builder.close(),
        }
    }
    Ok(builder.finish())
}
