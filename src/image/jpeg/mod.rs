//! JPEG (ITU-T T.81) → upright pixels in sRGB, with the camera's EXIF orientation applied.
//!
//! `zune-jpeg` decodes the output of cameras and editors. Layouts that it decodes wrongly go
//! through `jpeg-decoder` ([`planar`]).

mod frame;
mod markers;
mod planar;

use super::header::{Format, Header, blank, broken};
use super::orient;
use super::pixels::{spread, spread_ycbcr};
use super::profile;
use crate::error::Problem;
use crate::limits::Limits;
use markers::{Body, Markers};
use tiny_skia::Pixmap;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Maximum number of scans of a progressive file. libjpeg writes 10, mozjpeg at most about 12; each
/// scan is a pass over the picture.
const MAX_SCANS: usize = 32;

/// Endings that are tried for a file without an end marker. If its pixels depend on the bytes after
/// its last one, some data are missing. There are three endings, because a decoder may stop at the
/// first invalid code, whatever comes after it.
const TAILS: [[u8; 64]; 3] = [[0; 64], [0x5A; 64], [0xC6; 64]];

/// Reads the markers up to the first scan.
pub(super) fn header(bytes: &[u8]) -> Result<Header, Problem> {
    let markers = Markers::read(bytes)?;
    let (width, height) = (u32::from(markers.frame.width), u32::from(markers.frame.height));
    let picture = markers.frame.pixels().saturating_mul(4);
    let turned = if markers.orientation.swaps_sides() { picture } else { 0 };
    let decoding = if markers.frame.is_plain(markers.interleaved) {
        // A progressive file keeps two bytes of coefficients per sample until its last scan.
        let waiting = if markers.frame.progressive { markers.frame.samples().saturating_mul(2) } else { 0 };
        picture.saturating_add(waiting).saturating_add(markers.frame.row_bytes())
    } else {
        planar::peak_bytes(&markers)
    };
    let copy = if markers.may_be_copied() { u64::try_from(bytes.len()).unwrap_or(u64::MAX) } else { 0 };
    let peak_bytes = picture.saturating_add(turned).max(decoding.saturating_add(copy));
    let (width, height) = if markers.orientation.swaps_sides() { (height, width) } else { (width, height) };
    Ok(Header { format: Format::Jpeg, width, height, is_lossy: true, peak_bytes })
}

/// Decodes a whole file. Missing data are an error, because a decoder that runs out of data would
/// paint grey, which is worse.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixmap, Problem> {
    let markers = Markers::read(bytes)?;
    let body = Body::read(bytes, &markers.frame)?;
    let mut picture = match (body.has_end, markers.must_be_copied()) {
        (true, false) => decode_stored(bytes, &markers, true)?,
        (true, true) => decode_stored(&markers::copy(bytes, markers.color, &[]), &markers, true)?,
        (false, _) => decode_endless(bytes, &markers, &body)?,
    };
    if let Some(profile) = icc(&markers, limits).and_then(|icc| profile::parse(&icc).transform()) {
        profile.apply(picture.data_mut().as_chunks_mut().0);
    }
    orient::upright(picture, markers.orientation)
}

/// The faults of a file that is shown nevertheless.
pub(super) fn notes(bytes: &[u8], limits: &Limits) -> Vec<String> {
    let Ok(markers) = Markers::read(bytes) else { return Vec::new() };
    let body = Body::read(bytes, &markers.frame);
    let mut notes = Vec::new();
    if markers.has_junk || body.as_ref().is_ok_and(|body| body.has_junk) {
        notes.push("the JPEG has bytes between its segments; they were skipped".to_owned());
    }
    if markers.has_short_adobe {
        notes.push("the JPEG has an Adobe segment that is cut short; it was ignored".to_owned());
    }
    if body.is_ok_and(|body| !body.has_end) {
        notes.push("the JPEG has no end marker; it is shown if all its pixels are there".to_owned());
    }
    if !markers.profile.is_empty() && markers.frame.components.len() == 3 {
        notes.extend(match icc(&markers, limits) {
            None => Some(profile::UNREAD.to_owned()),
            Some(icc) => profile::parse(&icc).note(),
        });
    }
    notes
}

/// The ICC profile of a file with three components, joined from its parts.
fn icc(markers: &Markers<'_>, limits: &Limits) -> Option<Vec<u8>> {
    let mut parts = markers.profile.clone();
    parts.sort_by_key(|&(number, ..)| number);
    let count = u8::try_from(parts.len()).ok()?;
    let in_order = (1_u8..).zip(&parts).all(|(place, &(number, of, _))| number == place && of == count);
    let bytes = parts.iter().map(|(.., bytes)| bytes.len()).fold(0, usize::saturating_add);
    let fits = in_order && count > 0 && bytes <= limits.profile_bytes && markers.frame.components.len() == 3;
    fits.then(|| parts.iter().flat_map(|(.., bytes)| bytes.iter().copied()).collect())
}

/// Decodes a file without an end marker, if all of its data are there.
fn decode_endless(bytes: &[u8], markers: &Markers<'_>, body: &Body) -> Result<Pixmap, Problem> {
    let cut = || broken("the JPEG is cut short");
    if !body.is_complete {
        return Err(cut());
    }
    let mut last: Option<(u32, Pixmap)> = None;
    for tail in TAILS {
        let before = last.take().map(|(checksum, _)| checksum);
        let copy = markers::copy(bytes, markers.color, &tail);
        let picture = decode_stored(&copy, markers, false).map_err(|_| cut())?;
        let checksum = crc32fast::hash(picture.data());
        if before.is_some_and(|before| before != checksum) {
            return Err(cut());
        }
        last = Some((checksum, picture));
    }
    last.map(|(_, picture)| picture).ok_or_else(cut)
}

/// Decodes to opaque pixels, as stored. If it is not `strict`, missing data become grey or noise.
fn decode_stored(bytes: &[u8], markers: &Markers<'_>, strict: bool) -> Result<Pixmap, Problem> {
    if !markers.frame.is_plain(markers.interleaved) {
        return planar::decode(bytes, markers);
    }
    let options = |space| {
        DecoderOptions::default()
            .set_strict_mode(strict)
            .set_use_unsafe(false)
            .set_max_width(usize::from(markers.frame.width))
            .set_max_height(usize::from(markers.frame.height))
            .jpeg_set_max_scans(MAX_SCANS)
            .jpeg_set_out_colorspace(space)
    };
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options(ColorSpace::RGB));
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let is_ycbcr = decoder.input_colorspace() == Some(ColorSpace::YCbCr);
    if is_ycbcr {
        decoder.set_options(options(ColorSpace::YCbCr));
    }
    let mut picture = blank(u32::from(markers.frame.width), u32::from(markers.frame.height))?;
    // The decoder's own conversions to RGBA are wrong for CMYK and absent for RGB, and that of YCbCr is slow. So it
    // writes YCbCr as it is and all others as RGB, into the front of the picture's own bytes.
    let length =
        decoder.output_buffer_size().filter(|&length| length.checked_mul(4) == picture.data().len().checked_mul(3));
    let front = length.and_then(|length| picture.data_mut().get_mut(..length));
    let front = front.ok_or_else(|| broken("the JPEG has pixels of an unknown kind"))?;
    decoder.decode_into(front).map_err(|error| damaged(&error))?;
    drop(decoder);
    if is_ycbcr {
        spread_ycbcr(picture.data_mut());
    } else {
        spread(picture.data_mut());
    }
    Ok(picture)
}

/// Translates the decoder's error into ours.
fn damaged(error: &zune_jpeg::errors::DecodeErrors) -> Problem {
    broken(format!("the JPEG cannot be decoded: {error}"))
}
