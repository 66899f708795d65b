//! GIF (version 89a), one frame: at most 256 colours, and pixels that are opaque or absent.
//!
//! A pixel with an alpha below 128 is absent; the others are flattened on white, the background of
//! most mails. Up to 256 colours are stored exactly; more are reduced to a palette by Wu's method
//! in Oklab. There is no dithering: it makes flat art noisy and its file several times as large.

use super::palette::colors::{self, Colors, MAX_COLORS};
use super::palette::nearest::Nearest;
use super::pixel;
use crate::error::Error;
use quantette::PaletteSize;
use quantette::color_space::{oklab_to_srgb8, srgb8_to_oklab};
use quantette::deps::palette::{Oklab, Srgb};
use quantette::wu::{BinnerF32x3, WuF32x3};
use std::borrow::Cow;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Most pixels that the palette is made from; a larger picture is sampled. 3 MB in Oklab.
const MAX_SAMPLES: usize = 256 * 1024;

/// Number of pixels whose indices are remembered, as a power of two: 32 kB.
const KNOWN_BITS: u32 = 12;

/// Encodes a picture as GIF.
///
/// # Errors
/// [`Error`] if a side is longer than 65,535 px.
pub fn encode(picture: &Pixmap) -> Result<Vec<u8>, Error> {
    let width = u16::try_from(picture.width()).map_err(Error::of)?;
    let height = u16::try_from(picture.height()).map_err(Error::of)?;
    let Indexed { palette, transparent, indices } = match exact(picture) {
        Some(indexed) => indexed,
        None => reduced(picture)?,
    };
    let mut file = Vec::new();
    let frame = gif::Frame { width, height, transparent, buffer: Cow::Owned(indices), ..gif::Frame::default() };
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).map_err(Error::of)?;
    encoder.write_frame(&frame).map_err(Error::of)?;
    drop(encoder);
    Ok(file)
}

/// A picture as indices into a palette.
struct Indexed {
    /// RGB, by index.
    palette: Vec<u8>,
    /// The index of absent pixels; `None` if there are none.
    transparent: Option<u8>,
    /// One byte for each pixel, rows from top to bottom.
    indices: Vec<u8>,
}

/// A file of the codes of its indices ([`crate::lzw::join`]). A colour is a key of [`colors::key`]: opaque, or 0
/// for absent pixels.
///
/// # Errors
/// As [`encode`].
pub fn of_data((width, height): (u32, u32), colors: &[u32], data: Vec<u8>) -> Result<Vec<u8>, Error> {
    let [width, height] = [width, height].map(|side| u16::try_from(side).map_err(Error::of));
    let (width, height) = (width?, height?);
    let transparent = colors.iter().position(|&key| key == 0).and_then(|index| u8::try_from(index).ok());
    let mut palette: Vec<u8> = colors.iter().flat_map(|key| key.to_be_bytes().into_iter().take(3)).collect();
    // The codes have as many bits as the indices of a full palette need.
    palette.resize(3 * MAX_COLORS, 0);
    let mut file = Vec::with_capacity(data.len().saturating_add(data.len() / 128).saturating_add(1_024));
    let frame = gif::Frame { width, height, transparent, buffer: Cow::Owned(data), ..gif::Frame::default() };
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).map_err(Error::of)?;
    encoder.write_lzw_pre_encoded_frame(&frame).map_err(Error::of)?;
    drop(encoder);
    Ok(file)
}

/// The pixel as opaque RGB; `None` if it is absent.
pub fn visible(pixel: PremultipliedColorU8) -> Option<[u8; 3]> {
    (pixel.alpha() >= 128).then(|| pixel::over_white(pixel))
}

/// A colour as a key of [`Colors`]; no colour has the key of absent pixels.
fn key(color: Option<[u8; 3]>) -> u32 {
    color.map_or(u32::MAX, |[r, g, b]| u32::from_be_bytes([0, r, g, b]))
}

/// The picture with its own colours, in the order of their first pixels; `None` if there are more
/// than 256.
fn exact(picture: &Pixmap) -> Option<Indexed> {
    let mut colors = Colors::new();
    let mut indices = Vec::new();
    for &pixel in picture.pixels() {
        indices.push(colors.index(key(visible(pixel)))?);
    }
    let palette = colors.keys().iter().flat_map(|key| key.to_be_bytes().into_iter().skip(1)).collect();
    let absent = colors.keys().iter().position(|&key| key == self::key(None));
    Some(Indexed { palette, transparent: absent.and_then(|index| u8::try_from(index).ok()), indices })
}

/// Where the index of a pixel is remembered: Fibonacci hashing (Knuth 6.4).
fn slot(pixel: PremultipliedColorU8) -> usize {
    let hash = colors::key(pixel).wrapping_mul(0x9E37_79B1);
    usize::try_from(hash >> 32_u32.wrapping_sub(KNOWN_BITS)).unwrap_or(0)
}

/// The picture reduced to 256 colours, or to 255 and an index for absent pixels.
fn reduced(picture: &Pixmap) -> Result<Indexed, Error> {
    let pixels = picture.pixels();
    let absent = pixels.iter().any(|&pixel| visible(pixel).is_none());
    let size = if absent { MAX_COLORS.saturating_sub(1) } else { MAX_COLORS };
    let step = pixels.len().div_ceil(MAX_SAMPLES).max(1);
    let sample: Vec<Srgb<u8>> =
        pixels.iter().step_by(step).filter_map(|&pixel| visible(pixel)).map(Srgb::from).collect();
    let sample = srgb8_to_oklab(&sample);
    let size = PaletteSize::try_from(u16::try_from(size).map_err(Error::of)?).map_err(Error::of)?;
    let best = WuF32x3::run_slice(&sample, BinnerF32x3::oklab_from_srgb8()).map_err(Error::of)?.palette(size);
    let point = |color: &Oklab| [color.l, color.a, color.b, 1.0];
    let mut nearest = Nearest::new(&best.iter().map(point).collect::<Vec<_>>());

    let mut palette: Vec<u8> = oklab_to_srgb8(&best).into_iter().flat_map(<[u8; 3]>::from).collect();
    let transparent = absent.then(|| u8::try_from(best.len()).ok()).flatten();
    if absent {
        palette.extend([255, 255, 255]);
    }
    let mut indices = Vec::with_capacity(pixels.len());
    // Most pixels of a row were in one above it, and their indices are known.
    let mut known: Vec<Option<(PremultipliedColorU8, u8)>> = vec![None; 1 << KNOWN_BITS];
    let mut new: Vec<(usize, PremultipliedColorU8)> = Vec::new();
    for row in pixels.chunks_exact(pixel::per_row(picture)) {
        for &pixel in row {
            let index = known.get(slot(pixel)).copied().flatten().filter(|(known, _)| *known == pixel);
            new.extend(index.is_none().then_some((indices.len(), pixel)));
            indices.push(index.map_or(0, |(_, index)| index));
        }
        let colors: Vec<Srgb<u8>> = new.iter().map(|(_, pixel)| Srgb::from(pixel::over_white(*pixel))).collect();
        for ((place, pixel), color) in new.drain(..).zip(srgb8_to_oklab(&colors)) {
            let index = match transparent {
                Some(absent) if visible(pixel).is_none() => absent,
                _ => nearest.of(point(&color)),
            };
            if let (Some(place), Some(slot)) = (indices.get_mut(place), known.get_mut(slot(pixel))) {
                (*place, *slot) = (index, Some((pixel, index)));
            }
        }
    }
    Ok(Indexed { palette, transparent, indices })
}
