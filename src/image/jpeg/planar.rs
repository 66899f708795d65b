//! Decodes JPEGs that `zune-jpeg` would decode wrongly through `jpeg-decoder`, which is slower and
//! needs more memory, but is right.
//!
//! The library only decodes and upsamples here. Colours are converted with libjpeg's arithmetic,
//! bit for bit, so that they are the file's colours and not the library's own guesses.

use super::super::header::{blank, broken};
use super::markers::{Color, Markers};
use crate::error::Problem;
use jpeg_decoder::{ColorTransform, Decoder};
use tiny_skia::Pixmap;

/// Peak memory of decoding in bytes, including the picture.
pub(super) fn peak_bytes(markers: &Markers<'_>) -> u64 {
    let frame = &markers.frame;
    let components = u64::try_from(frame.components.len()).unwrap_or(u64::MAX);
    let interleaved = frame.pixels().saturating_mul(components);
    // Planes need one byte per sample; coefficients that wait for later scans need two more.
    let planes = frame.samples().saturating_mul(if frame.progressive { 3 } else { 1 });
    interleaved.saturating_add(planes.max(frame.pixels().saturating_mul(4)))
}

/// Decodes a file to opaque pixels, as stored.
pub(super) fn decode(bytes: &[u8], markers: &Markers<'_>) -> Result<Pixmap, Problem> {
    let frame = &markers.frame;
    let interleaved = {
        let mut decoder = Decoder::new(bytes);
        let limit = frame.pixels().saturating_mul(4);
        decoder.set_max_decoding_buffer_size(usize::try_from(limit).unwrap_or(usize::MAX));
        // These formats tell the library how to treat the samples: it leaves three components
        // unchanged and inverts four.
        match frame.components.len() {
            3 => decoder.set_color_transform(ColorTransform::RGB),
            4 => decoder.set_color_transform(ColorTransform::CMYK),
            _ => {}
        }
        decoder.decode().map_err(|error| broken(format!("the JPEG cannot be decoded: {error}")))?
    };
    let mut picture = blank(u32::from(frame.width), u32::from(frame.height))?;
    let wrong = || broken("the JPEG has pixels of an unknown kind");
    let pixels = picture.data_mut().as_chunks_mut::<4>().0;
    if Some(interleaved.len()) != pixels.len().checked_mul(frame.components.len()) {
        return Err(wrong());
    }
    match markers.color {
        Color::Gray => pixels.iter_mut().zip(&interleaved).for_each(|(out, &y)| *out = opaque([y; 3])),
        Color::Rgb => {
            pixels.iter_mut().zip(interleaved.as_chunks::<3>().0).for_each(|(out, &rgb)| *out = opaque(rgb));
        }
        Color::YCbCr => {
            let samples = interleaved.as_chunks::<3>().0;
            pixels.iter_mut().zip(samples).for_each(|(out, &ycc)| *out = opaque(rgb(ycc)));
        }
        Color::Cmyk | Color::Ycck => {
            for (out, inverted) in pixels.iter_mut().zip(interleaved.as_chunks::<4>().0) {
                let [c, m, y, k] = inverted.map(|sample| !sample);
                // In YCCK, the first three components are the YCbCr of the inks' complements.
                let inks = if markers.color == Color::Ycck { rgb([c, m, y]).map(|level| !level) } else { [c, m, y] };
                *out = opaque(inks.map(|ink| product(ink, k)));
            }
        }
    }
    Ok(picture)
}

const fn opaque([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

/// BT.601 with full range, in 16 bits of fraction (libjpeg's `jdcolor.c`).
fn rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (cb, cr) = (i32::from(cb).wrapping_sub(128), i32::from(cr).wrapping_sub(128));
    let part = |sum: i32| sum.wrapping_add(HALF) >> 16;
    let red = part(91_881_i32.wrapping_mul(cr));
    let green = part((-22_554_i32).wrapping_mul(cb).wrapping_sub(46_802_i32.wrapping_mul(cr)));
    let blue = part(116_130_i32.wrapping_mul(cb));
    [red, green, blue].map(|part| u8::try_from(i32::from(y).wrapping_add(part).clamp(0, 255)).unwrap_or(255))
}

/// `a` · `b` / 255, rounded.
fn product(a: u8, b: u8) -> u8 {
    let product = u32::from(a).wrapping_mul(u32::from(b)).wrapping_add(128);
    u8::try_from(product.wrapping_add(product >> 8) >> 8).unwrap_or(255)
}
