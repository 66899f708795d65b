//! GIF (version 89a), one frame: 256 colours, and pixels that are either there or not.
//!
//! A pixel that is less than half there is left out; the others are flattened on white, as most mails are. Up to 256
//! colours are stored exactly, more are reduced to a palette by Wu's method in Oklab. There is no dithering: it makes
//! flat art noisy and its file several times as large.

use super::palette::colors::{Colors, MAX_COLORS};
use super::{failed, pixel, row_len};
use crate::error::Problem;
use quantette::PaletteSize;
use quantette::color_map::{IndexedColorMap, NearestNeighborColorMap};
use quantette::color_space::{oklab_to_srgb8, srgb8_to_oklab};
use quantette::deps::palette::{Oklab, Srgb};
use quantette::wu::{BinnerF32x3, WuF32x3};
use std::borrow::Cow;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Pixels that the palette is made of; a larger picture is sampled. 3 MB in Oklab.
const MAX_SAMPLES: usize = 256 * 1024;

/// Encodes a picture as GIF.
///
/// # Errors
/// `Fault::Ours` for a side over 65,535 px.
pub fn encode(picture: &Pixmap) -> Result<Vec<u8>, Problem> {
    let width = u16::try_from(picture.width()).map_err(failed)?;
    let height = u16::try_from(picture.height()).map_err(failed)?;
    let Indexed { palette, transparent, indices } = match exact(picture) {
        Some(indexed) => indexed,
        None => reduced(picture)?,
    };
    let mut file = Vec::new();
    let frame = gif::Frame { width, height, transparent, buffer: Cow::Owned(indices), ..gif::Frame::default() };
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).map_err(failed)?;
    encoder.write_frame(&frame).map_err(failed)?;
    drop(encoder);
    Ok(file)
}

/// A picture with a palette.
struct Indexed {
    /// RGB, by index
    palette: Vec<u8>,
    /// The index that is not painted.
    transparent: Option<u8>,
    /// One a pixel, rows top-down.
    indices: Vec<u8>,
}

/// The pixel as GIF has it: opaque, or absent.
fn seen(pixel: PremultipliedColorU8) -> Option<[u8; 3]> {
    (pixel.alpha() >= 128).then(|| pixel::over_white(pixel))
}

/// A colour as a key of [`Colors`]; the absent one is unlike all others.
fn key(seen: Option<[u8; 3]>) -> u32 {
    seen.map_or(u32::MAX, |[r, g, b]| u32::from_be_bytes([0, r, g, b]))
}

/// The picture with the colours that it has, in the order of their first pixels, if they are at most 256.
fn exact(picture: &Pixmap) -> Option<Indexed> {
    let mut colors = Colors::new();
    let mut indices = Vec::new();
    for &pixel in picture.pixels() {
        indices.push(colors.index(key(seen(pixel)))?);
    }
    let palette = colors.keys().iter().flat_map(|key| key.to_be_bytes().into_iter().skip(1)).collect();
    let absent = colors.keys().iter().position(|&key| key == self::key(None));
    Some(Indexed { palette, transparent: absent.and_then(|index| u8::try_from(index).ok()), indices })
}

/// The picture with the 256 colours (255 and none) that suit it best.
fn reduced(picture: &Pixmap) -> Result<Indexed, Problem> {
    let pixels = picture.pixels();
    let absent = pixels.iter().any(|&pixel| seen(pixel).is_none());
    let size = if absent { MAX_COLORS.saturating_sub(1) } else { MAX_COLORS };
    let step = pixels.len().div_ceil(MAX_SAMPLES).max(1);
    let sample: Vec<Srgb<u8>> = pixels.iter().step_by(step).filter_map(|&pixel| seen(pixel)).map(Srgb::from).collect();
    let sample = srgb8_to_oklab(&sample);
    let size = PaletteSize::try_from(u16::try_from(size).map_err(failed)?).map_err(failed)?;
    let best = WuF32x3::run_slice(&sample, BinnerF32x3::oklab_from_srgb8()).map_err(failed)?.palette(size);
    let map: NearestNeighborColorMap<Oklab, f32, 3> = NearestNeighborColorMap::new(best);

    let mut palette: Vec<u8> = oklab_to_srgb8(map.palette()).into_iter().flat_map(<[u8; 3]>::from).collect();
    let transparent = absent.then(|| u8::try_from(map.palette().len()).ok()).flatten();
    if absent {
        palette.extend([255, 255, 255]);
    }
    let mut indices = Vec::with_capacity(pixels.len());
    for row in pixels.chunks_exact(row_len(picture)) {
        let colors: Vec<Srgb<u8>> = row.iter().map(|&pixel| Srgb::from(pixel::over_white(pixel))).collect();
        let nearest = map.map_to_indices(&srgb8_to_oklab(&colors));
        indices.extend(row.iter().zip(nearest).map(|(&pixel, index)| match transparent {
            Some(absent) if seen(pixel).is_none() => absent,
            _ => index,
        }));
    }
    Ok(Indexed { palette, transparent, indices })
}
