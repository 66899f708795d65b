//! Assets → bitmaps of exactly the size that their box shows, made one after the other before the canvas
//! takes its memory: a decoded photo is gone before the next one comes.

use std::collections::BTreeMap;

use tiny_skia::Pixmap;

use crate::geometry::{Rect, px};
use crate::image;
use crate::layout::{Content, Item, Picture, Scene};
use crate::limits::Limits;
use crate::plan::Fit;

use super::Assets;

/// A prepared picture.
pub enum Bitmap {
    /// Pixels for a part of the box.
    Pixels {
        /// As many as the box has output px.
        pixels: Pixmap,
        /// Which part, in template px of the picture.
        place: Rect,
    },
    /// The source with this index stands in: initials.
    StandIn(usize),
}

/// Prepared pictures by the image's number in drawing order; names of layers may repeat.
pub type Bitmaps = BTreeMap<usize, Bitmap>;

/// Prepares the picture of every image in a scene. The key is the image's number in drawing order.
pub fn prepare(scene: &Scene, assets: &Assets, limits: &Limits, warnings: &mut Vec<String>) -> Bitmaps {
    let mut bitmaps = Bitmaps::new();
    let mut count = 0_usize;
    walk(&scene.items, &mut |item| {
        let Content::Image { sources, fit, focus } = &item.content else { return };
        let index = count;
        count = count.saturating_add(1);
        for (source_index, source) in sources.iter().enumerate() {
            let bitmap = match source {
                Picture::Initials { .. } => Some(Bitmap::StandIn(source_index)),
                Picture::Asset(name) => match assets.get(name) {
                    None => {
                        warnings.push(format!("{}: the asset {name} could not be had", item.name));
                        None
                    }
                    Some(bytes) => match bitmap(bytes, item.frame, (*fit, *focus), scene.scale, limits) {
                        Ok(bitmap) => bitmap,
                        Err(problem) => {
                            warnings.push(format!("{}: the asset {name}: {}", item.name, problem.message));
                            None
                        }
                    },
                },
            };
            if let Some(bitmap) = bitmap {
                bitmaps.insert(index, bitmap);
                break;
            }
        }
    });
    bitmaps
}

/// Calls `visit` for every item in drawing order.
pub fn walk(items: &[Item], visit: &mut impl FnMut(&Item)) {
    for item in items {
        visit(item);
        walk(&item.children, visit);
    }
}

fn bitmap(
    bytes: &[u8],
    frame: Rect,
    (fit, focus): (Fit, (f32, f32)),
    scale: f32,
    limits: &Limits,
) -> Result<Option<Bitmap>, crate::error::Problem> {
    let picture = image::decode(bytes, limits)?;
    let placement = image::place(natural(&picture), frame.size(), fit, focus);
    let dest = placement.dest;
    // Whole output px: the bitmap is then copied, not resampled a second time.
    let snap = |at: f32| (at * scale).round();
    let (left, top) = (snap(frame.x + dest.x), snap(frame.y + dest.y));
    let (right, bottom) = (snap(frame.x + dest.right()), snap(frame.y + dest.bottom()));
    let (width, height) = (side(right - left, limits), side(bottom - top, limits));
    let (Some(width), Some(height)) = (width, height) else { return Ok(None) };
    if width.saturating_mul(height) > limits.canvas_pixels {
        return Ok(None);
    }
    let pixels = image::resample(&picture, placement.source, width, height)?;
    let place = Rect::new(left / scale, top / scale, px(right - left) / scale, px(bottom - top) / scale);
    Ok(Some(Bitmap::Pixels { pixels, place }))
}

#[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
fn natural(picture: &Pixmap) -> crate::geometry::Size {
    crate::geometry::Size::new(picture.width() as f32, picture.height() as f32)
}

/// A side in output px; none where it is nothing, or larger than any canvas.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 1 to a few thousand")]
fn side(px: f32, limits: &Limits) -> Option<u32> {
    let side = px as u32;
    (px >= 1.0 && side <= limits.side_px).then_some(side)
}
