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
    let mut left = limits.picture_pixels;
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
                    Some(_) if output_pixels(item.frame, scene.scale) > left => {
                        warnings
                            .push(format!("{}: the pictures are too large together; this one was left out", item.name));
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
                if let Bitmap::Pixels { pixels, .. } = &bitmap {
                    left = left.saturating_sub(pixels.width().saturating_mul(pixels.height()));
                }
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

/// How many output px a box has: as many as a picture in it at the most.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative; a float too large becomes the largest"
)]
fn output_pixels(frame: Rect, scale: f32) -> u32 {
    (frame.width * scale * frame.height * scale).round() as u32
}

/// A side in output px; none where it is nothing, or larger than any canvas.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 1 to a few thousand")]
fn side(px: f32, limits: &Limits) -> Option<u32> {
    let side = px as u32;
    (px >= 1.0 && side <= limits.side_px).then_some(side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Values;
    use crate::render::{self, Resources};
    use crate::request::Options;
    use crate::template::Template;

    #[test]
    fn pictures_share_one_budget() {
        let limits = Limits { picture_pixels: 150, ..Limits::default() };
        let document = r#"{ "width": 30, "height": 30, "layers": [
            { "id": "first", "type": "image", "src": "asset:a", "width": 10, "height": 10 },
            { "id": "second", "type": "image", "src": "asset:a", "width": 10, "height": 10 },
            { "id": "third", "type": "image", "src": "asset:a", "width": 7, "height": 7 } ] }"#;
        let template = Template::parse(document, &limits).unwrap();
        let plan = crate::plan::plan(&template, &Values::new(), &Options::default(), &limits);
        let asset = crate::encode::png::encode(&Pixmap::new(4, 4).unwrap()).unwrap();
        let images = Assets::from([("a".to_owned(), asset.into())]);
        let painted = render::draw(&plan, &Resources { images, ..Resources::default() }, &limits).unwrap();
        assert_eq!(painted.warnings, ["second: the pictures are too large together; this one was left out"]);
    }
}
