//! Assets → bitmaps of exactly the size that their box shows, made one after the other before the canvas
//! takes its memory: a decoded photo is gone before the next one comes.

use std::collections::BTreeMap;

use tiny_skia::Pixmap;

use crate::error::{Fault, Problem};
use crate::geometry::{Rect, Size, px};
use crate::image::{self, Header, resample};
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

/// What the pictures that are prepared so far have used.
#[derive(Default)]
struct Used {
    output_pixels: u32,
    decoded_pixels: u32,
}

impl Used {
    /// Takes what one more picture needs, before anything of it is decoded.
    fn take(&mut self, source: &Header, columns: f32, output: (u32, u32), limits: &Limits) -> Result<(), Problem> {
        let output_pixels = self.output_pixels.saturating_add(output.0.saturating_mul(output.1));
        if output_pixels > limits.picture_pixels {
            return Err(over("the pictures are too large together; this one was left out"));
        }
        let decoded_pixels = self.decoded_pixels.saturating_add(source.width.saturating_mul(source.height));
        if decoded_pixels > limits.image_pixels_total {
            return Err(over("the pictures have too many pixels to decode; this one was left out"));
        }
        let work = source.peak_bytes.max(resample::peak_bytes(columns, (source.width, source.height), output));
        if u64::from(self.output_pixels).saturating_mul(4).saturating_add(work) > limits.picture_bytes {
            return Err(over("there is not enough memory left to prepare this picture; it was left out"));
        }
        *self = Self { output_pixels, decoded_pixels };
        Ok(())
    }
}

/// Prepares the picture of every image in a scene. The key is the image's number in drawing order.
pub fn prepare(scene: &Scene, assets: &Assets, limits: &Limits, warnings: &mut Vec<String>) -> Bitmaps {
    let mut bitmaps = Bitmaps::new();
    let mut count = 0_usize;
    let mut used = Used::default();
    walk(&scene.items, &mut |item| {
        let Content::Image { sources, fit, focus } = &item.content else { return };
        let index = count;
        count = count.saturating_add(1);
        for (source_index, source) in sources.iter().enumerate() {
            let bitmap = match source {
                Picture::Initials { .. } => Ok(Some(Bitmap::StandIn(source_index))),
                Picture::Asset(name) => match assets.get(name) {
                    None => Err(format!("the asset {name} could not be had")),
                    Some(bytes) => bitmap(bytes, item.frame, (*fit, *focus), scene.scale, &mut used, limits)
                        .map_err(|problem| format!("the asset {name}: {}", problem.message)),
                },
            };
            match bitmap {
                Ok(Some(bitmap)) => {
                    bitmaps.insert(index, bitmap);
                    break;
                }
                Ok(None) => {}
                Err(why) => warnings.push(format!("{}: {why}", item.name)),
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
    used: &mut Used,
    limits: &Limits,
) -> Result<Option<Bitmap>, Problem> {
    let header = image::header(bytes, limits)?;
    let placement = image::place(natural(&header), frame.size(), fit, focus);
    let dest = placement.dest;
    // Whole output px: the bitmap is then copied, not resampled a second time.
    let snap = |at: f32| (at * scale).round();
    let (left, top) = (snap(frame.x + dest.x), snap(frame.y + dest.y));
    let (right, bottom) = (snap(frame.x + dest.right()), snap(frame.y + dest.bottom()));
    let (width, height) = (side(right - left, limits), side(bottom - top, limits));
    let (Some(width), Some(height)) = (width, height) else { return Ok(None) };
    used.take(&header, placement.source.width, (width, height), limits)?;
    let picture = image::decode(bytes, limits)?;
    let pixels = image::resample(&picture, placement.source, width, height)?;
    let place = Rect::new(left / scale, top / scale, px(right - left) / scale, px(bottom - top) / scale);
    Ok(Some(Bitmap::Pixels { pixels, place }))
}

fn over(message: &str) -> Problem {
    Problem::new(Fault::TooLarge, "pictures-too-large", message)
        .remedy("scale the images down to the size they are shown at")
}

#[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
fn natural(picture: &Header) -> Size {
    Size::new(picture.width as f32, picture.height as f32)
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

    /// Three pictures of 10, 10 and 7 px a side, of an asset of 4.
    fn warnings_of_three(limits: &Limits) -> Vec<String> {
        let document = r#"{ "width": 30, "height": 30, "layers": [
            { "id": "first", "type": "image", "src": "asset:a", "width": 10, "height": 10 },
            { "id": "second", "type": "image", "src": "asset:a", "width": 10, "height": 10 },
            { "id": "third", "type": "image", "src": "asset:a", "width": 7, "height": 7 } ] }"#;
        let template = Template::parse(document, limits).unwrap();
        let plan = crate::plan::plan(&template, &Values::new(), &Options::default(), limits);
        let asset = crate::encode::png::encode(&Pixmap::new(4, 4).unwrap()).unwrap();
        let images = Assets::from([("a".to_owned(), asset.into())]);
        render::draw(&plan, &Resources { images, ..Resources::default() }, limits).unwrap().warnings
    }

    #[test]
    fn pictures_share_one_budget() {
        assert_eq!(warnings_of_three(&Limits::default()), [""; 0]);
        assert_eq!(
            warnings_of_three(&Limits { picture_pixels: 150, ..Limits::default() }),
            ["second: the asset a: the pictures are too large together; this one was left out"]
        );
    }

    #[test]
    fn decoding_is_bounded() {
        assert_eq!(
            warnings_of_three(&Limits { image_pixels_total: 32, ..Limits::default() }),
            ["third: the asset a: the pictures have too many pixels to decode; this one was left out"]
        );
    }
}
