//! The marker segments of a JPEG (T.81, annex B): the information in them, and violations of the
//! rules.
//!
//! Some files break the rules in ways that every browser tolerates: bytes between segments, a short
//! Adobe segment, no end-of-image marker. The decoders refuse some of these files, so such a file
//! is copied with only the segments that decoding needs.

use super::super::header::broken;
use super::super::orient::{self, Orientation};
use super::frame::{Frame, unusual};
use crate::error::Problem;

/// Start of image, end of image.
const SOI: [u8; 2] = [0xFF, 0xD8];
pub(super) const EOI: [u8; 2] = [0xFF, 0xD9];

/// The conversion of samples to RGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    /// One component.
    Gray,
    /// JFIF 1.02, BT.601 full range.
    YCbCr,
    /// RGB: three components that need no conversion.
    Rgb,
    /// Four components, inverted, as Adobe writes them.
    Cmyk,
    /// Inverted CMYK whose first three components are stored as YCbCr.
    Ycck,
}

impl Color {
    /// Follows the rules of libjpeg (`jdapimin.c`, `default_decompress_parms`), as browsers do:
    /// JFIF means YCbCr; otherwise Adobe's segment decides, then the names of the components.
    fn new(frame: &Frame, jfif: bool, adobe: Option<u8>) -> Self {
        match (frame.components.len(), adobe) {
            (1, _) => Self::Gray,
            (4, Some(0) | None) => Self::Cmyk,
            (4, Some(_)) => Self::Ycck,
            (_, Some(0)) if !jfif => Self::Rgb,
            (_, None) if !jfif && frame.components.iter().map(|component| component.id).eq(*b"RGB") => Self::Rgb,
            _ => Self::YCbCr,
        }
    }

    /// The transform value of an Adobe segment for this conversion.
    const fn adobe_transform(self) -> u8 {
        match self {
            Self::Rgb | Self::Cmyk => 0,
            Self::Gray | Self::YCbCr => 1,
            Self::Ycck => 2,
        }
    }
}

/// The information in the segments up to the first scan.
#[derive(Debug)]
pub(super) struct Markers<'a> {
    pub frame: Frame,
    pub orientation: Orientation,
    pub color: Color,
    /// Whether the first scan has all components.
    pub interleaved: bool,
    /// Parts of an ICC profile: the part's number, the number of parts, and the bytes.
    pub profile: Vec<(u8, u8, &'a [u8])>,
    /// Whether there are bytes between the segments that belong to no segment.
    pub has_junk: bool,
    /// Whether an Adobe segment is too short to be read.
    pub has_short_adobe: bool,
    /// Whether Adobe's segment or the components' names contradict JFIF.
    contradicts_jfif: bool,
    /// Whether the file ends with its end marker. If not, the marker may still occur before other
    /// bytes.
    ends_well: bool,
}

impl<'a> Markers<'a> {
    /// Walks the segments to the first scan.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Problem> {
        let mut segments = Segments::new(bytes);
        let (mut orientation, mut frame, mut profile) = (None, None, Vec::new());
        let (mut jfif, mut adobe, mut has_short_adobe) = (false, None, false);
        while let Some(segment) = segments.next()? {
            match segment.marker {
                0xC0..=0xC2 if frame.is_some() => return Err(broken("the JPEG has two frames")),
                0xC0..=0xC2 => frame = Some(Frame::parse(segment.payload, segment.marker == 0xC2)?),
                0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                    return Err(unusual("lossless, hierarchical or arithmetic"));
                }
                0xE0 if segment.payload.starts_with(b"JFIF\0") => jfif = true,
                // The first EXIF block counts, and later ones are ignored.
                0xE1 if orientation.is_none() && segment.payload.starts_with(orient::EXIF) => {
                    orientation = Some(orient::from_exif(segment.payload).unwrap_or(Orientation::Upright));
                }
                0xE2 => profile.extend(profile_part(segment.payload)),
                0xEE if segment.payload.starts_with(b"Adobe") => match segment.payload.get(11) {
                    Some(&transform) => adobe = Some(transform),
                    None => has_short_adobe = true,
                },
                0xDA => {
                    let frame: Frame = frame.ok_or_else(|| broken("the JPEG has no frame before its first scan"))?;
                    let color = Color::new(&frame, jfif, adobe);
                    let components = segment.payload.first().copied().map(usize::from);
                    return Ok(Self {
                        interleaved: components == Some(frame.components.len()),
                        contradicts_jfif: jfif && Color::new(&frame, false, adobe) != color,
                        has_junk: segments.has_junk,
                        ends_well: bytes.ends_with(&EOI),
                        orientation: orientation.unwrap_or(Orientation::Upright),
                        frame,
                        color,
                        profile,
                        has_short_adobe,
                    });
                }
                _ => {}
            }
        }
        Err(broken("the JPEG ends before its first scan"))
    }

    /// Whether a decoder would refuse the segments, or read another colour space than browsers do.
    pub const fn must_be_copied(&self) -> bool {
        self.has_junk || self.has_short_adobe || self.contradicts_jfif
    }

    /// Whether decoding may copy the file. The answer depends only on its header and its last
    /// bytes.
    pub const fn may_be_copied(&self) -> bool {
        self.must_be_copied() || !self.ends_well
    }
}

/// The scans of a file, and its end.
#[derive(Debug)]
pub(super) struct Body {
    /// Whether there is an end-of-image marker.
    pub has_end: bool,
    /// Whether every component is complete: each coefficient, to its last bit, in all restart
    /// intervals.
    pub is_complete: bool,
    /// Whether there are bytes between the segments that belong to no segment.
    pub has_junk: bool,
}

impl Body {
    /// Walks all segments.
    pub fn read(bytes: &[u8], frame: &Frame) -> Result<Self, Problem> {
        let mut segments = Segments::new(bytes);
        let mut seen = vec![0_u64; frame.components.len()];
        let (mut interval, mut has_all_intervals) = (0, true);
        // A segment that is cut off by the end of the file does not count as an end marker.
        while let Some(segment) = segments.next().unwrap_or(None) {
            if let (0xDD, Some(&length)) = (segment.marker, segment.payload.first_chunk()) {
                interval = u64::from(u16::from_be_bytes(length));
            }
            if segment.marker == 0xDA {
                let ids = scan(segment.payload, frame.progressive).map(|(id, _)| id);
                if let Some(restarts_due) = frame.units(ids).saturating_sub(1).checked_div(interval) {
                    has_all_intervals &= restarts(segment.raw) >= restarts_due;
                }
                for (id, coefficients) in scan(segment.payload, frame.progressive) {
                    let named = frame.components.iter().zip(&mut seen).filter(|(component, _)| component.id == id);
                    named.for_each(|(_, seen)| *seen |= coefficients);
                }
            }
        }
        if segments.has_end && seen.contains(&0) && !frame.progressive {
            return Err(broken("the JPEG has a colour component without a scan"));
        }
        let is_complete = has_all_intervals && seen.iter().all(|&coefficients| coefficients == u64::MAX);
        Ok(Self { has_end: segments.has_end, is_complete, has_junk: segments.has_junk })
    }
}

/// Number of restart markers among entropy-coded data.
fn restarts(data: &[u8]) -> u64 {
    let pairs = data.windows(2).filter(|pair| matches!(pair, [0xFF, 0xD0..=0xD7]));
    pairs.fold(0, |count, _| count.saturating_add(1))
}

/// The components of a scan, and a bit set of the coefficients that are complete after it (T.81,
/// B.2.3).
fn scan(payload: &[u8], progressive: bool) -> impl Iterator<Item = (u8, u64)> {
    let (count, rest) = payload.split_first().map_or((0, payload), |(&count, rest)| (usize::from(count), rest));
    let (components, band) = rest.split_at_checked(count.saturating_mul(2)).unwrap_or((&[], &[]));
    let coefficients = match *band {
        _ if !progressive => u64::MAX,
        [start, end, bits] if start <= end && end < 64 && bits & 15 == 0 => {
            (u64::MAX << start) & (u64::MAX >> 63_u8.saturating_sub(end))
        }
        _ => 0,
    };
    components.as_chunks::<2>().0.iter().map(move |&[id, _tables]| (id, coefficients))
}

/// A part of an ICC profile: its number, the number of parts, and its bytes (ICC.1, annex B.4).
fn profile_part(payload: &[u8]) -> Option<(u8, u8, &[u8])> {
    let (&[number, count], bytes) = payload.strip_prefix(b"ICC_PROFILE\0")?.split_first_chunk::<2>()?;
    Some((number, count, bytes))
}

/// A copy of a file with only the segments that decoding needs, an Adobe segment that names its
/// colours, `tail` after the last segment if the file has no end marker, and an end marker.
pub(super) fn copy(bytes: &[u8], color: Color, tail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().saturating_add(tail.len()).saturating_add(32));
    out.extend(SOI);
    out.extend(b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0");
    out.push(color.adobe_transform());
    let mut segments = Segments::new(bytes);
    while let Some(segment) = segments.next().unwrap_or(None) {
        if matches!(segment.marker, 0xC0..=0xC2 | 0xC4 | 0xDA | 0xDB | 0xDD) {
            out.extend([0xFF, segment.marker]);
            out.extend(segment.raw);
        }
    }
    if !segments.has_end {
        out.extend(tail);
    }
    out.extend(EOI);
    out
}

/// A marker segment.
struct Segment<'a> {
    marker: u8,
    /// The payload, without its length.
    payload: &'a [u8],
    /// The segment with its length, and with the entropy-coded data if it is a scan.
    raw: &'a [u8],
}

/// Walks a file's segments and skips entropy-coded data.
struct Segments<'a> {
    rest: &'a [u8],
    has_junk: bool,
    has_end: bool,
}

impl<'a> Segments<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.get(2..).unwrap_or_default(), has_junk: false, has_end: false }
    }

    /// The next segment. `None` at the end of the image, or at the end of the file after its first
    /// scan.
    fn next(&mut self) -> Result<Option<Segment<'a>>, Problem> {
        let cut = || broken("the JPEG is cut short in its header");
        loop {
            // Decoders skip any bytes before the next marker, so this must skip them too.
            let skipped = self.rest.iter().position(|&byte| byte == 0xFF).ok_or_else(cut)?;
            let after = self.rest.get(skipped..).ok_or_else(cut)?;
            let fill = after.iter().position(|&byte| byte != 0xFF).ok_or_else(cut)?;
            let marker = *after.get(fill).ok_or_else(cut)?;
            self.rest = after.get(fill.saturating_add(1)..).ok_or_else(cut)?;
            self.has_junk |= skipped > 0 || matches!(marker, 0x00 | 0x01 | 0xD0..=0xD8);
            match marker {
                0x00 | 0x01 | 0xD0..=0xD8 => continue,
                0xD9 => {
                    self.has_end = true;
                    return Ok(None);
                }
                _ => {}
            }
            let (&length, _) = self.rest.split_first_chunk::<2>().ok_or_else(cut)?;
            let length = usize::from(u16::from_be_bytes(length));
            let payload = self.rest.get(2..length).ok_or_else(cut)?;
            let data = if marker == 0xDA { entropy_coded(self.rest.get(length..).unwrap_or_default()) } else { 0 };
            let (raw, rest) = self.rest.split_at_checked(length.saturating_add(data)).ok_or_else(cut)?;
            self.rest = rest;
            return Ok(Some(Segment { marker, payload, raw }));
        }
    }
}

/// Number of bytes of entropy-coded data, up to the next marker other than a restart marker.
fn entropy_coded(bytes: &[u8]) -> usize {
    let mut at = 0_usize;
    while let Some(rest) = bytes.get(at..) {
        let Some(found) = rest.iter().position(|&byte| byte == 0xFF) else { break };
        let place = at.saturating_add(found);
        match bytes.get(place.saturating_add(1)) {
            Some(0x00 | 0xD0..=0xD7) => at = place.saturating_add(2),
            Some(0xFF) => at = place.saturating_add(1),
            Some(_) => return place,
            // The first half of a marker is not data.
            None => return place,
        }
    }
    bytes.len()
}
