//! Icons by name: a line of a file that `make icons` writes becomes the outline of its strokes.

use tiny_skia::{LineCap, LineJoin, Path, Stroke, Transform};

use crate::geometry::{Rect, px};
use crate::limits::Limits;
use crate::template::path;

/// The side of the box in which icons are drawn.
const SIDE: f32 = 24.0;

/// The outline of an icon in a box, its lines `width` px wide where the box has 24. `None` if the file
/// does not have it.
pub fn outline(file: &[u8], name: &str, width: f32, frame: Rect, limits: &Limits) -> Option<Path> {
    let line =
        file.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b" "))?;
    let lines = path::parse(std::str::from_utf8(line).ok()?, limits).ok()??;
    let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
    let scale = px(frame.width.min(frame.height) / SIDE);
    let outline = lines.stroke(&stroke, scale.max(1.0))?;
    let x = frame.x + (frame.width - SIDE * scale) / 2.0;
    let y = frame.y + (frame.height - SIDE * scale) / 2.0;
    outline.transform(Transform::from_row(scale, 0.0, 0.0, scale, px(x), px(y)))
}
