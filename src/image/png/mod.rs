//! PNG (ISO/IEC 15948) → premultiplied pixels, a row at a time: the picture is the only large buffer.

use super::{Format, Header, blank, broken};
use crate::error::Problem;
use std::io::Cursor;
use tiny_skia::{ColorU8, Pixmap, PremultipliedColorU8};

/// Bytes that the decoder may hold besides rows: metadata chunks. Text and profiles are skipped, so
/// what remains is a palette; the rest is room for one long row of 16-bit RGBA.
const MAX_DECODER_BYTES: usize = 1024 * 1024;

/// Reads IHDR, which the format puts first (§11.2.2).
pub(super) fn header(bytes: &[u8]) -> Result<Header, Problem> {
    let cut = || broken("the PNG is cut short in its header");
    let (_signature, rest) = bytes.split_first_chunk::<8>().ok_or_else(cut)?;
    let (start, rest) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
    if start != b"\0\0\0\x0DIHDR" {
        return Err(broken("the PNG does not begin with its IHDR chunk"));
    }
    let (width, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let (height, _) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let (width, height) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
    if width == 0 || height == 0 {
        return Err(broken(format!("the PNG says it is {width} x {height} px")));
    }
    let peak_bytes = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(4);
    Ok(Header { format: Format::Png, width, height, peak_bytes })
}

/// Decodes a whole file, to its end, so that one that is cut short is an error.
pub(super) fn decode(bytes: &[u8]) -> Result<Pixmap, Problem> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: MAX_DECODER_BYTES });
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| damaged(&error))?;
    let (width, height) = reader.info().size();
    // The decoder believes PLTE; one that is no list of at most 256 colours makes it panic.
    if reader.info().palette.as_ref().is_some_and(|palette| palette.len() > 768 || !palette.len().is_multiple_of(3)) {
        return Err(broken("the PNG has a palette of an impossible length"));
    }
    let expand = expansion(reader.output_color_type())?;
    let mut picture = blank(width, height)?;
    let stride = usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(4);
    let mut scratch = Vec::with_capacity(stride);
    let mut rows = picture.data_mut().chunks_exact_mut(stride);
    if reader.info().interlaced {
        while let Some(row) = reader.next_interlaced_row().map_err(|error| damaged(&error))? {
            let png::InterlaceInfo::Adam7(place) = row.interlace() else { continue };
            scratch.clear();
            expand(row.data(), &mut scratch);
            png::expand_interlaced_row(picture.data_mut(), stride, &scratch, place, 32);
        }
    } else {
        while let Some(row) = reader.next_row().map_err(|error| damaged(&error))? {
            let Some(out) = rows.next() else { break };
            scratch.clear();
            expand(row.data(), &mut scratch);
            if scratch.len() == out.len() {
                out.copy_from_slice(&scratch);
            }
        }
        if rows.next().is_some() {
            return Err(broken("the PNG has too few rows"));
        }
    }
    reader.finish().map_err(|error| damaged(&error))?;
    Ok(picture)
}

/// Appends a row of samples to a row of premultiplied RGBA.
type Expand = fn(&[u8], &mut Vec<u8>);

/// How rows of this kind become premultiplied RGBA.
fn expansion((color, depth): (png::ColorType, png::BitDepth)) -> Result<Expand, Problem> {
    match (color, depth) {
        (png::ColorType::Grayscale, png::BitDepth::Eight) => {
            Ok(|row, out| out.extend(row.iter().flat_map(|&y| [y, y, y, 255])))
        }
        (png::ColorType::GrayscaleAlpha, png::BitDepth::Eight) => {
            Ok(|row, out| out.extend(row.as_chunks().0.iter().flat_map(|&[y, a]| premultiply([y, y, y, a]))))
        }
        (png::ColorType::Rgb, png::BitDepth::Eight) => {
            Ok(|row, out| out.extend(row.as_chunks().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255])))
        }
        (png::ColorType::Rgba, png::BitDepth::Eight) => {
            Ok(|row, out| out.extend(row.as_chunks().0.iter().flat_map(|&pixel| premultiply(pixel))))
        }
        // EXPAND and STRIP_16 leave nothing else; said as an error rather than believed.
        _ => Err(broken(format!("the PNG has pixels of an unknown kind: {color:?}, {depth:?}"))),
    }
}

/// Straight → premultiplied, rounded as tiny-skia rounds.
fn premultiply([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    let color: PremultipliedColorU8 = ColorU8::from_rgba(r, g, b, a).premultiply();
    [color.red(), color.green(), color.blue(), color.alpha()]
}

/// The decoder's words, in ours.
fn damaged(error: &png::DecodingError) -> Problem {
    broken(format!("the PNG cannot be decoded: {error}"))
}
