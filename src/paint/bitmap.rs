//! Assets → bitmaps of exactly the size that their box shows.
//!
//! Images are prepared one after the other before the canvas is allocated. Each decoded photo is
//! freed before the next one is decoded.
//!
//! The bitmaps are allocated before the first photo is decoded, as far as there is room for both.
//! Otherwise the holes that freed photos leave between them would be too small for the canvas, and
//! in wasm memory that was taken is never given back.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tiny_skia::Pixmap;

use crate::asset::{AssetId, Assets};
use crate::error::{Fault, Problem};
use crate::geometry::{Rect, Size, px};
use crate::image::{self, Filter, Header, resample, tone};
use crate::layout::{self, Content, Item, View};
use crate::limits::Limits;
use crate::plan::Fit;
use crate::warnings::Warnings;

use super::cache::{Cache, bitmap_key, same_bytes};

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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Number of images so far. The next image has this number in drawing order.
    pub images: usize,
    used: Used,
}

/// The budget that the pictures prepared so far have used. A cached picture counts as if it were
/// made again, so that the choice of omitted pictures does not depend on the cache.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Used {
    output_pixels: u32,
    decoded_pixels: u32,
}

impl Used {
    /// Takes the budget of one more picture before any part of it is decoded.
    fn take(&mut self, placed: &Placed, limits: &Limits) -> Result<(), Problem> {
        let output_pixels = self.output_pixels.saturating_add(placed.pixels());
        if output_pixels > limits.picture_pixels {
            return Err(over("the pictures are too large together; this one was left out"));
        }
        let decoded = placed.header.width.saturating_mul(placed.header.height);
        let decoded_pixels = self.decoded_pixels.saturating_add(decoded);
        if decoded_pixels > limits.image_pixels_total {
            let problem = over("the pictures have too many pixels to decode; this one was left out");
            return Err(Problem { code: "pictures-too-many-pixels", ..problem });
        }
        let before = u64::from(self.output_pixels).saturating_mul(4);
        if before.saturating_add(placed.peak_bytes()) > limits.picture_bytes {
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
    progress: &mut Progress,
    files: Files<'_>,
    limits: &Limits,
    warnings: &mut Warnings,
) -> Bitmaps {
    let mut room = Room::for_all(items, progress.used, files, limits);
    let mut bitmaps = Bitmaps::new();
    layout::walk(items, &mut |item| {
        let Some(image) = Image::of(item) else { return };
        let index = progress.images;
        progress.images = index.saturating_add(1);
        for (source_index, (source, view)) in image.sources().enumerate() {
            let bitmap = match source {
                layout::Source::Initials { .. } => Ok(Some(Bitmap::StandIn(source_index))),
                layout::Source::Asset(name) => match files.assets.get(name) {
                    None => Err((format!("the asset {name} could not be had"), false)),
                    Some(bytes) => {
                        bitmap(name, bytes, (&image, view), &mut progress.used, &mut room, files.cache, limits)
                            .map(|shown| shown.map(|shown| shown.bitmap(source_index, bytes)))
                            .map_err(|problem| {
                                (format!("the asset {name}: {}", problem.message), problem.code == TOO_LARGE)
                            })
                    }
                },
            };
            match bitmap {
                Ok(Some(bitmap)) => {
                    bitmaps.insert(index, bitmap);
                    break;
                }
                Ok(None) => {}
                Err((why, true)) => warnings.omit(&item.name, why),
                Err((why, false)) => warnings.push(&item.name, why),
            }
        }
    });
    bitmaps
}

/// The image of an item: its sources, and how each is shown.
struct Image<'a> {
    sources: &'a [layout::Source],
    views: &'a [View],
    fit: Fit,
    filter: Option<Filter>,
    /// Px of the surface on which it is drawn, per px of the scene.
    scale: f32,
}

impl<'a> Image<'a> {
    fn of(item: &'a Item) -> Option<Self> {
        let Content::Image { sources, views, fit, filter, .. } = &item.content else { return None };
        Some(Self { sources, views, fit: *fit, filter: *filter, scale: item.scale })
    }

    /// The sources, each with its view.
    fn sources(&self) -> impl Iterator<Item = (&'a layout::Source, &'a View)> {
        self.sources.iter().zip(self.views)
    }
}

/// An asset in the box of an image, before it is decoded.
struct Placed {
    header: Header,
    natural: Size,
    /// The part of the asset that is shown, in its px.
    part: Rect,
    /// Where that part is in the picture, in output px.
    corner: (f32, f32),
    /// Its size in output px; at least 1.
    size: (u32, u32),
    scale: f32,
}

impl Placed {
    /// Places an asset. `None` if less than a px of it would be seen.
    fn new(bytes: &[u8], image: &Image<'_>, view: &View, limits: &Limits) -> Result<Option<Self>, Problem> {
        let header = image::header(bytes, limits)?;
        let natural = natural(&header);
        let Image { fit, scale, .. } = *image;
        let View { part, area, focus, .. } = *view;
        let content = part.unwrap_or(Rect::new(0.0, 0.0, natural.width, natural.height));
        let placement = image::place(content.size(), area.size(), fit, focus);
        let (dest, part) = (placement.dest, placement.source);
        let part = Rect::new(content.x + part.x, content.y + part.y, part.width, part.height);
        // The size is in whole output px, so that the bitmap is copied and not resampled a second
        // time.
        let snap = |at: f32| (at * scale).round();
        let (left, top) = (snap(area.x + dest.x), snap(area.y + dest.y));
        let (right, bottom) = (snap(area.x + dest.right()), snap(area.y + dest.bottom()));
        let (width, height) = (side(right - left, limits), side(bottom - top, limits));
        let size = width.zip(height);
        Ok(size.map(|size| Self { header, natural, part, corner: (left, top), size, scale }))
    }

    /// The pixels of the output.
    const fn pixels(&self) -> u32 {
        self.size.0.saturating_mul(self.size.1)
    }

    /// Bytes that decoding and scaling hold at once, its bitmap included.
    fn peak_bytes(&self) -> u64 {
        let decoding = self.header.peak_bytes.saturating_add(u64::from(self.pixels()).saturating_mul(4));
        decoding.max(resample::peak_bytes(self.part.width, (self.header.width, self.header.height), self.size))
    }

    fn shown(self, pixels: Rc<Pixmap>) -> PlacedPixels {
        PlacedPixels { placed: self, pixels }
    }
}

/// An asset in the box of an image, decoded and scaled.
struct PlacedPixels {
    placed: Placed,
    pixels: Rc<Pixmap>,
}

impl PlacedPixels {
    #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
    fn bitmap(self, source: usize, asset: &Rc<[u8]>) -> Bitmap {
        let Placed { natural, corner: (left, top), size, scale, .. } = self.placed;
        let [width, height] = [size.0 as f32, size.1 as f32];
        let place = Rect::new(left / scale, top / scale, px(width) / scale, px(height) / scale);
        Bitmap::Pixels { pixels: self.pixels, asset: Rc::clone(asset), place, source, natural }
    }
}

/// Memory for bitmaps that was allocated before anything was decoded, and the bitmaps that were
/// made in it: a picture that is shown twice at one size is decoded once.
#[derive(Default)]
struct Room {
    free: BTreeMap<String, Pixmap>,
    made: BTreeMap<String, (Rc<[u8]>, Rc<Pixmap>)>,
}

impl Room {
    /// Room for the first source of each image that seems right, up to the first for which there
    /// is none beside the decoding of any of them.
    fn for_all(items: &[Item], used: Used, files: Files<'_>, limits: &Limits) -> Self {
        let (mut room, mut used, mut decoding, mut is_full) = (Self::default(), used, 0_u64, false);
        layout::walk(items, &mut |item| {
            let Some(image) = Image::of(item).filter(|_| !is_full) else { return };
            let first = image.sources().find_map(|(source, view)| {
                let layout::Source::Asset(name) = source else { return None };
                let bytes = files.assets.get(name)?;
                Some((name, bytes, Placed::new(bytes, &image, view, limits).ok()??))
            });
            let Some((name, bytes, placed)) = first else { return };
            if used.take(&placed, limits).is_err() {
                return;
            }
            let bitmap_bytes = u64::from(placed.pixels()).saturating_mul(4);
            decoding = decoding.max(placed.peak_bytes().saturating_sub(bitmap_bytes));
            let all = u64::from(used.output_pixels).saturating_mul(4).saturating_add(decoding);
            is_full = all > limits.picture_bytes;
            let key = bitmap_key(name, placed.part, placed.size, image.filter);
            if is_full || room.free.contains_key(&key) || files.cache.bitmap(&key, bytes).is_some() {
                return;
            }
            if let Some(pixels) = Pixmap::new(placed.size.0, placed.size.1) {
                room.free.insert(key, pixels);
            }
        });
        room
    }
}

/// Decodes and scales an asset for its box.
fn bitmap(
    name: &AssetId,
    bytes: &Rc<[u8]>,
    (image, view): (&Image<'_>, &View),
    used: &mut Used,
    room: &mut Room,
    cache: &Cache,
    limits: &Limits,
) -> Result<Option<PlacedPixels>, Problem> {
    let Some(placed) = Placed::new(bytes, image, view, limits)? else { return Ok(None) };
    used.take(&placed, limits)?;
    let key = bitmap_key(name, placed.part, placed.size, image.filter);
    let made = room.made.get(&key).filter(|(asset, _)| same_bytes(asset, bytes)).map(|(_, pixels)| Rc::clone(pixels));
    if let Some(pixels) = made.or_else(|| cache.bitmap(&key, bytes)) {
        return Ok(Some(placed.shown(pixels)));
    }
    let (width, height) = placed.size;
    let free = room.free.remove(&key).or_else(|| Pixmap::new(width, height));
    let mut pixels = free.ok_or_else(|| over("its box is too large"))?;
    let decoded = cache.take_decoded(bytes).map_or_else(|| image::decode(bytes, limits), Ok)?;
    image::resample_into(&mut pixels, &decoded, placed.part)?;
    if let Some(filter) = image.filter {
        // The colours are changed after scaling, because a box usually has fewer pixels.
        tone::apply(&mut pixels, filter, filter.ink(&decoded));
    }
    drop(decoded);
    let pixels = Rc::new(pixels);
    room.made.insert(key.clone(), (Rc::clone(bytes), Rc::clone(&pixels)));
    cache.put_bitmap(key, bytes, &pixels);
    Ok(Some(placed.shown(pixels)))
}

/// The code of a problem that a smaller box would solve.
const TOO_LARGE: &str = "pictures-too-large";

fn over(message: &str) -> Problem {
    Problem::new(Fault::TooLarge, TOO_LARGE, message).remedy("scale the images down to the size they are shown at")
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
