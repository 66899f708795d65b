//! Lines of glyphs → one path, so that a text is filled at once.

use tiny_skia::{Path, PathBuilder, Transform};

use crate::geometry::px;
use crate::text::{Block, Fonts};

/// The outline of a block whose top left corner is at `origin`, in px. `None` where there is nothing to draw.
///
/// `snap` is output px per px where the text stands upright: its baselines then lie on whole output px, so
/// that the feet of letters are crisp. Letters keep their exact place along the line.
pub fn outline(block: &Block, origin: (f32, f32), fonts: &Fonts, snap: Option<f32>) -> Option<Path> {
    let mut path = PathBuilder::new();
    for line in &block.lines {
        let baseline = origin.1 + line.baseline;
        let shift = snap.map_or(0.0, |scale| (baseline * scale).round() / scale - baseline);
        for glyph in &line.glyphs {
            let Some(face) = fonts.get(glyph.face) else { continue };
            let units = face.metrics(block.weight).units_per_em.max(1.0);
            let scale = block.size / units;
            let (x, y) = (px(origin.0 + glyph.x), px(origin.1 + glyph.y + shift));
            let place = Transform::from_row(scale, 0.0, 0.0, scale, x, y);
            if let Some(outline) = face.outline(block.weight, glyph.id).and_then(|outline| outline.transform(place)) {
                path.push_path(&outline);
            }
        }
    }
    path.finish()
}
