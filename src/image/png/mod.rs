//! PNG (ISO/IEC 15948) → premultiplied pixels, one row at a time, so that the picture is the only
//! large buffer.

mod chunks;

use super::header::{Format, Header, blank, broken};
use super::orient;
use super::pixels::premultiply;
use crate::error::Problem;
use crate::limits::Limits;
use chunks::Chunks;
use tiny_skia::Pixmap;

/// Bytes that the decoder may hold besides rows: a palette, and room for one long row of 16-bit
/// RGBA.
const MAX_DECODER_BYTES: usize = 1024 * 1024;

/// Reads the chunks up to their data.
pub(super) fn header(bytes: &[u8]) -> Result<Header, Problem> {
    let chunks = Chunks::read(bytes)?;
    let (width, height) = (chunks.width, chunks.height);
    let picture = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(4);
    if chunks.orientation.swaps_sides() {
        let peak_bytes = picture.saturating_mul(2);
        return Ok(Header { format: Format::Png, width: height, height: width, is_lossy: false, peak_bytes });
    }
    Ok(Header { format: Format::Png, width, height, is_lossy: false, peak_bytes: picture })
}

/// The faults of a file that is shown nevertheless.
pub(super) fn notes(bytes: &[u8], limits: &Limits) -> Vec<String> {
    Chunks::read(bytes).map(|chunks| chunks.notes(limits)).unwrap_or_default()
}

/// Decodes a whole file. Missing rows are an error.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixmap, Problem> {
    let chunks = Chunks::read(bytes)?;
    let mut decoder = png::Decoder::new_with_limits(chunks.file(), png::Limits { bytes: MAX_DECODER_BYTES });
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    decoder.ignore_checksums(true);
    let mut reader = decoder.read_info().map_err(|error| damaged(&error))?;
    let (width, height) = reader.info().size();
    // The decoder trusts PLTE, and panics if it is not a list of at most 256 colours.
    if reader.info().palette.as_ref().is_some_and(|palette| palette.len() > 768 || !palette.len().is_multiple_of(3)) {
        return Err(broken("the PNG has a palette of an impossible length"));
    }
    let kind = reader.output_color_type();
    let expand = expansion(kind)?;
    let is_color = matches!(kind.0, png::ColorType::Rgb | png::ColorType::Rgba);
    let transform = if is_color { chunks.profile(limits).transform() } else { None };
    let to_pixels = |row: &[u8], out: &mut Vec<u8>| {
        out.clear();
        expand(row, out);
        let pixels = out.as_chunks_mut::<4>().0;
        if let Some(transform) = &transform {
            transform.apply(pixels);
        }
        if matches!(kind.0, png::ColorType::GrayscaleAlpha | png::ColorType::Rgba) {
            pixels.iter_mut().for_each(|pixel| *pixel = premultiply(*pixel));
        }
    };
    let mut picture = blank(width, height)?;
    let stride = usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(4);
    let mut scratch = Vec::with_capacity(stride);
    let mut rows = picture.data_mut().chunks_exact_mut(stride);
    if reader.info().interlaced {
        while let Some(row) = reader.next_interlaced_row().map_err(|error| damaged(&error))? {
            let png::InterlaceInfo::Adam7(place) = row.interlace() else { continue };
            to_pixels(row.data(), &mut scratch);
            png::expand_interlaced_row(picture.data_mut(), stride, &scratch, place, 32);
        }
    } else {
        while let Some(row) = reader.next_row().map_err(|error| damaged(&error))? {
            let Some(out) = rows.next() else { break };
            to_pixels(row.data(), &mut scratch);
            if scratch.len() == out.len() {
                out.copy_from_slice(&scratch);
            }
        }
        if rows.next().is_some() {
            return Err(broken("the PNG has too few rows"));
        }
    }
    reader.finish().map_err(|error| damaged(&error))?;
    orient::upright(picture, chunks.orientation)
}

/// Appends a row of samples to a row of straight RGBA.
type Expand = fn(&[u8], &mut Vec<u8>);

/// The function that converts rows of this kind to straight RGBA.
fn expansion((color, depth): (png::ColorType, png::BitDepth)) -> Result<Expand, Problem> {
    match (color, depth) {
        (png::ColorType::Grayscale, png::BitDepth::Eight) => {
            Ok(|row, out| out.extend(row.iter().flat_map(|&y| [y, y, y, 255])))
        }
        (png::ColorType::GrayscaleAlpha, png::BitDepth::Eight) => {
            Ok(|row, out| out.extend(row.as_chunks().0.iter().flat_map(|&[y, a]| [y, y, y, a])))
        }
        (png::ColorType::Rgb, png::BitDepth::Eight) => {
            Ok(|row, out| out.extend(row.as_chunks().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255])))
        }
        (png::ColorType::Rgba, png::BitDepth::Eight) => Ok(|row, out| out.extend_from_slice(row)),
        // EXPAND and STRIP_16 leave no other kind. An error reports a violation instead of trusting
        // that.
        _ => Err(broken(format!("the PNG has pixels of an unknown kind: {color:?}, {depth:?}"))),
    }
}

/// Translates the decoder's error into ours.
fn damaged(error: &png::DecodingError) -> Problem {
    broken(format!("the PNG cannot be decoded: {error}"))
}
