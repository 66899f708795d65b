//! JPEG (ITU-T T.81) → pixels, upright: what a phone's camera wrote, EXIF orientation applied.

use super::orient::{self, Orientation};
use super::{Format, Header, blank, broken};
use crate::error::{Fault, Problem};
use tiny_skia::Pixmap;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Scans of a progressive file: libjpeg writes 10, mozjpeg at most 12 or so; each one is a pass over the picture.
const MAX_SCANS: usize = 32;

/// What the markers say, up to the first scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JpegHeader {
    /// px as stored
    width: u16,
    /// px as stored
    height: u16,
    orientation: Orientation,
    /// Bytes of coefficients that the decoder must hold until the last scan; 0 when it can go row by row.
    coefficient_bytes: u64,
}

impl JpegHeader {
    /// The header of the upright picture.
    pub(super) fn as_shown(self) -> Header {
        let (width, height) = (u32::from(self.width), u32::from(self.height));
        let picture = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(4);
        let turned = if self.orientation.swaps_sides() { picture } else { 0 };
        let peak_bytes = picture.saturating_add(turned.max(self.coefficient_bytes));
        let (width, height) = if self.orientation.swaps_sides() { (height, width) } else { (width, height) };
        Header { format: Format::Jpeg, width, height, peak_bytes }
    }
}

/// Walks the marker segments (T.81, B.1.1) to the first scan.
pub(super) fn header(bytes: &[u8]) -> Result<JpegHeader, Problem> {
    let cut = || broken("the JPEG is cut short in its header");
    let mut orientation = Orientation::Upright;
    let mut frame: Option<Frame> = None;
    let (_start_of_image, mut rest) = bytes.split_first_chunk::<2>().ok_or_else(cut)?;
    loop {
        // The decoder looks for the next marker, whatever comes before it; so must we.
        let skipped = rest.iter().position(|&byte| byte == 0xFF).ok_or_else(cut)?;
        rest = rest.get(skipped..).ok_or_else(cut)?;
        let fill = rest.iter().position(|&byte| byte != 0xFF).ok_or_else(cut)?;
        let marker = *rest.get(fill).ok_or_else(cut)?;
        rest = rest.get(fill.saturating_add(1)..).ok_or_else(cut)?;
        if matches!(marker, 0x00 | 0x01 | 0xD0..=0xD8) {
            continue;
        }
        if marker == 0xD9 {
            return Err(broken("the JPEG ends before its first scan"));
        }
        let (&length, _) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
        let length = usize::from(u16::from_be_bytes(length));
        let segment = rest.get(2..length).ok_or_else(cut)?;
        rest = rest.get(length..).ok_or_else(cut)?;
        match marker {
            0xC0..=0xC2 if frame.is_some() => return Err(broken("the JPEG has two frames")),
            0xC0..=0xC2 => frame = Some(Frame::parse(segment, marker == 0xC2)?),
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(unusual("lossless, hierarchical or arithmetic"));
            }
            0xE1 => orientation = orient::from_exif(segment).unwrap_or(orientation),
            0xDA => {
                let frame = frame.ok_or_else(|| broken("the JPEG has no frame before its first scan"))?;
                let interleaved = segment.first().is_some_and(|&components| components == frame.components);
                let coefficient_bytes = if frame.progressive || !interleaved { frame.coefficient_bytes } else { 0 };
                return Ok(JpegHeader { width: frame.width, height: frame.height, orientation, coefficient_bytes });
            }
            _ => {}
        }
    }
}

/// A start-of-frame segment (T.81, B.2.2).
struct Frame {
    width: u16,
    height: u16,
    components: u8,
    progressive: bool,
    /// Two bytes for every sample of every component, padded to whole minimum coded units.
    coefficient_bytes: u64,
}

impl Frame {
    fn parse(segment: &[u8], progressive: bool) -> Result<Self, Problem> {
        let cut = || broken("the JPEG has a frame header that is cut short");
        let (&[precision, h1, h0, w1, w0, components], rest) = segment.split_first_chunk::<6>().ok_or_else(cut)?;
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if precision != 8 {
            return Err(unusual(&format!("{precision} bits a sample")));
        }
        if width == 0 || height == 0 {
            return Err(broken(format!("the JPEG says it is {width} x {height} px")));
        }
        if !matches!(components, 1 | 3 | 4) {
            return Err(unusual(&format!("{components} colour components")));
        }
        let factors: Vec<(u64, u64)> = rest
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[_id, factors, _table]| (u64::from(factors >> 4), u64::from(factors & 15)))
            .collect();
        if factors.len() != usize::from(components)
            || factors.iter().any(|&(h, v)| !(1..=4).contains(&h) || !(1..=4).contains(&v))
        {
            return Err(broken("the JPEG has impossible sampling factors"));
        }
        let horizontal = factors.iter().map(|&(h, _)| h).max().unwrap_or(1);
        let vertical = factors.iter().map(|&(_, v)| v).max().unwrap_or(1);
        let units = u64::from(width)
            .div_ceil(horizontal.saturating_mul(8))
            .saturating_mul(u64::from(height).div_ceil(vertical.saturating_mul(8)));
        let blocks = factors.iter().fold(0_u64, |sum, &(h, v)| sum.saturating_add(h.saturating_mul(v)));
        let coefficient_bytes = units.saturating_mul(blocks).saturating_mul(128);
        Ok(Self { width, height, components, progressive, coefficient_bytes })
    }
}

/// Decodes a whole file, to its end, so that one that is cut short is an error.
pub(super) fn decode(bytes: &[u8]) -> Result<Pixmap, Problem> {
    let header = header(bytes)?;
    // Entropy-coded data cannot hold this pair; and a decoder that runs dry paints grey, which is worse than an error.
    if !bytes.windows(2).any(|pair| pair == [0xFF, 0xD9]) {
        return Err(broken("the JPEG is cut short"));
    }
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_use_unsafe(false)
        .set_max_width(usize::from(header.width))
        .set_max_height(usize::from(header.height))
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let mut picture = blank(u32::from(header.width), u32::from(header.height))?;
    // The decoder's own conversions to RGBA are wrong for CMYK and absent for RGB, so it writes RGB, into the
    // front of the picture's own bytes.
    let length =
        decoder.output_buffer_size().filter(|&length| length.checked_mul(4) == picture.data().len().checked_mul(3));
    let rgb = length.and_then(|length| picture.data_mut().get_mut(..length));
    let rgb = rgb.ok_or_else(|| broken("the JPEG has pixels of an unknown kind"))?;
    decoder.decode_into(rgb).map_err(|error| damaged(&error))?;
    drop(decoder);
    spread(picture.data_mut());
    orient::upright(picture, header.orientation)
}

/// Makes opaque RGBA of the RGB in the first three quarters of `data`, in place: last pixels first, so that none is
/// overwritten before it is read.
fn spread(data: &mut [u8]) {
    let pixels = data.as_chunks::<4>().0.len();
    let fours = pixels / 4;
    for index in (fours.saturating_mul(4)..pixels).rev() {
        let Some(&[r, g, b]) = data.as_chunks::<3>().0.get(index) else { continue };
        if let Some(pixel) = data.as_chunks_mut::<4>().0.get_mut(index) {
            *pixel = [r, g, b, 255];
        }
    }
    for index in (0..fours).rev() {
        let Some(&[r0, g0, b0, r1, g1, b1, r2, g2, b2, r3, g3, b3]) = data.as_chunks::<12>().0.get(index) else {
            continue;
        };
        if let Some(four) = data.as_chunks_mut::<16>().0.get_mut(index) {
            *four = [r0, g0, b0, 255, r1, g1, b1, 255, r2, g2, b2, 255, r3, g3, b3, 255];
        }
    }
}

/// A legal file of a kind that nothing on the web writes.
fn unusual(kind: &str) -> Problem {
    Problem::new(Fault::Document, "image-format", format!("the JPEG is of a kind that we do not read: {kind}"))
        .remedy("save it as an ordinary (baseline or progressive) JPEG, or as a PNG")
}

/// The decoder's words, in ours.
fn damaged(error: &zune_jpeg::errors::DecodeErrors) -> Problem {
    broken(format!("the JPEG cannot be decoded: {error}"))
}
