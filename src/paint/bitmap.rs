//! Assets → bitmaps of exactly the size that their box shows.
//!
//! Images are prepared one after the other before the canvas is allocated. Each decoded photo is
//! freed before the next one is decoded.

use std::collections::BTreeMap;
use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::asset::{AssetId, Assets};
use crate::error::{Fault, Problem};
use crate::geometry::{Rect, Size, px};
use crate::image::{self, Header, resample};
use crate::layout::{self, Content, Item};
use crate::limits::Limits;
use crate::plan::Fit;
use crate::warnings::Warnings;

use super::cache::{Cache, bitmap_key};

/// A prepared picture.
pub enum Bitmap {
    /// Pixels for a part of the box.
    Pixels {
        /// One pixel for each output px of the box.
        pixels: Rc<Pixmap>,
        /// The file that the pixels were made of.
        asset: Rc<[u8]>,
        /// The part that the pixels show, in template px of the picture.
        place: Rect,
        /// Index of the source that is shown.
        source: usize,
        /// Size of that source in px.
        natural: Size,
    },
    /// The initials of the source with this index are drawn instead.
    StandIn(usize),
}

/// The source of an image layer that is visible in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Its index among the layer's sources.
    pub source: usize,
    /// Its own size in px. `None` if it is initials.
    pub natural: Option<Size>,
}

impl Bitmap {
    /// The source that it shows.
    pub const fn shown(&self) -> Shown {
        match self {
            Self::Pixels { source, natural, .. } => Shown { source: *source, natural: Some(*natural) },
            Self::StandIn(source) => Shown { source: *source, natural: None },
        }
    }
}

/// Prepared pictures by the image's number in drawing order. Names would not do as keys, because
/// layer names may repeat.
pub type Bitmaps = BTreeMap<usize, Bitmap>;

/// The state of preparation between two calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Number of images so far. The next image has this number in drawing order.
    pub images: usize,
    used: Used,
}

/// The budget that the pictures prepared so far have used. A cached picture counts as if it were
/// made again, so that the choice of omitted pictures does not depend on the cache.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    output_pixels: u32,
    decoded_pixels: u32,
}

impl Used {
    /// Takes the budget of one more picture before any part of it is decoded.
    fn take(&mut self, source: &Header, columns: f32, output: (u32, u32), limits: &Limits) -> Result<(), Problem> {
        let output_pixels = self.output_pixels.saturating_add(output.0.saturating_mul(output.1));
        if output_pixels > limits.picture_pixels {
            return Err(over("the pictures are too large together; this one was left out"));
        }
        let decoded_pixels = self.decoded_pixels.saturating_add(source.width.saturating_mul(source.height));
        if decoded_pixels > limits.image_pixels_total {
            return Err(over("the pictures have too many pixels to decode; this one was left out"));
        }
        let answer = u64::from(output.0.saturating_mul(output.1)).saturating_mul(4);
        let work = source.peak_bytes.saturating_add(answer).max(resample::peak_bytes(
            columns,
            (source.width, source.height),
            output,
        ));
        if u64::from(self.output_pixels).saturating_mul(4).saturating_add(work) > limits.picture_bytes {
            return Err(over("there is not enough memory left to prepare this picture; it was left out"));
        }
        *self = Self { output_pixels, decoded_pixels };
        Ok(())
    }
}

/// The sources of bitmaps and their cache.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// The assets that are available.
    pub assets: &'a Assets,
    /// Bitmaps of earlier pictures and of this one.
    pub cache: &'a Cache,
}

/// Prepares the pictures of items that follow those of `progress`, and advances `progress`. The key
/// is the image's number in drawing order.
pub fn prepare(
    items: &[Item],
    scale: f32,
    progress: &mut Progress,
    files: Files<'_>,
    limits: &Limits,
    warnings: &mut Warnings,
) -> Bitmaps {
    let mut bitmaps = Bitmaps::new();
    layout::walk(items, &mut |item| {
        let Content::Image { sources, fit, focus } = &item.content else { return };
        let index = progress.images;
        progress.images = index.saturating_add(1);
        for (source_index, source) in sources.iter().enumerate() {
            let bitmap = match source {
                layout::Source::Initials { .. } => Ok(Some(Bitmap::StandIn(source_index))),
                layout::Source::Asset(name) => match files.assets.get(name) {
                    None => Err(format!("the asset {name} could not be had")),
                    Some(bytes) => {
                        let source = Source { index: source_index, name, bytes };
                        let shown = Placing { frame: item.frame, fit: *fit, focus: *focus, scale };
                        bitmap(&source, shown, &mut progress.used, files.cache, limits)
                            .map_err(|problem| format!("the asset {name}: {}", problem.message))
                    }
                },
            };
            match bitmap {
                Ok(Some(bitmap)) => {
                    bitmaps.insert(index, bitmap);
                    break;
                }
                Ok(None) => {}
                Err(why) => warnings.push(&item.name, why),
            }
        }
    });
    bitmaps
}

/// An asset among the sources of an image.
struct Source<'a> {
    index: usize,
    name: &'a AssetId,
    bytes: &'a Rc<[u8]>,
}

/// The box of an image, and how a picture fills it.
struct Placing {
    frame: Rect,
    fit: Fit,
    focus: (f32, f32),
    /// Output px per px of the frame.
    scale: f32,
}

fn bitmap(
    &Source { index: source, name, bytes }: &Source<'_>,
    Placing { frame, fit, focus, scale }: Placing,
    used: &mut Used,
    cache: &Cache,
    limits: &Limits,
) -> Result<Option<Bitmap>, Problem> {
    let header = image::header(bytes, limits)?;
    let natural = natural(&header);
    let placement = image::place(natural, frame.size(), fit, focus);
    let dest = placement.dest;
    // The size is in whole output px, so that the bitmap is copied and not resampled a second time.
    let snap = |at: f32| (at * scale).round();
    let (left, top) = (snap(frame.x + dest.x), snap(frame.y + dest.y));
    let (right, bottom) = (snap(frame.x + dest.right()), snap(frame.y + dest.bottom()));
    let (width, height) = (side(right - left, limits), side(bottom - top, limits));
    let (Some(width), Some(height)) = (width, height) else { return Ok(None) };
    used.take(&header, placement.source.width, (width, height), limits)?;
    let key = bitmap_key(name, placement.source, (width, height));
    let pixels = match cache.bitmap(&key, bytes) {
        Some(pixels) => pixels,
        None => {
            // The bitmap is allocated before the decode. Otherwise the freed picture would leave a
            // hole in memory that is too small for the canvas.
            let mut pixels = Pixmap::new(width, height).ok_or_else(|| over("its box is too large"))?;
            image::resample_into(&mut pixels, &image::decode(bytes, limits)?, placement.source)?;
            let pixels = Rc::new(pixels);
            cache.put_bitmap(key, bytes, &pixels);
            pixels
        }
    };
    let place = Rect::new(left / scale, top / scale, px(right - left) / scale, px(bottom - top) / scale);
    Ok(Some(Bitmap::Pixels { pixels, asset: Rc::clone(bytes), place, source, natural }))
}

fn over(message: &str) -> Problem {
    Problem::new(Fault::TooLarge, "pictures-too-large", message)
        .remedy("scale the images down to the size they are shown at")
}

#[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
fn natural(picture: &Header) -> Size {
    Size::new(picture.width as f32, picture.height as f32)
}

/// A side in output px. `None` if it is zero or larger than any canvas.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 1 to a few thousand")]
fn side(px: f32, limits: &Limits) -> Option<u32> {
    let side = px as u32;
    (px >= 1.0 && side <= limits.side_px).then_some(side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font::Fonts;
    use crate::inputs::Inputs;
    use crate::params::Values;
    use crate::plan;
    use crate::request::{Format, Options};
    use crate::template::Template;

    /// Three pictures of 10, 10 and 7 px a side, made of an asset of 4 px a side.
    fn warnings_of_three(limits: &Limits) -> Vec<String> {
        let document = r#"{ "width": 30, "height": 30, "layers": [
            { "id": "first", "type": "image", "src": "asset:a", "width": 10, "height": 10 },
            { "id": "second", "type": "image", "src": "asset:a", "width": 10, "height": 10 },
            { "id": "third", "type": "image", "src": "asset:a", "width": 7, "height": 7 } ] }"#;
        let template = Template::parse(document, limits).unwrap();
        let (values, options, fonts) = (Values::new(), Options::default(), Fonts::embedded());
        let plan = plan::plan(&Inputs::new(&template, &values, &options, Format::Png), limits);
        let asset = crate::encode::png::encode(&Pixmap::new(4, 4).unwrap());
        let assets = Assets::from([("a".into(), asset.into())]);
        let scene = layout::layout(&plan, &assets, &fonts, limits);
        crate::paint::paint(&scene, &assets, &fonts, &Cache::default(), limits).unwrap().warnings.into_lines()
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
