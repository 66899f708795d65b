//! The chunks of a PNG (ISO/IEC 15948, §5): those with information besides pixels, and those that
//! pixels are made of.
//!
//! The decoder gets only the chunks that pixels are made of, so it cannot fail because of any other
//! fault: a wrongly numbered animation, a wrong checksum, a missing end. Missing rows are found
//! when the pixels are decoded.

use super::super::header::broken;
use super::super::orient::{self, Orientation};
use super::super::profile::{self, Profile, UNREAD};
use crate::error::Problem;
use crate::limits::Limits;
use std::io::{BufRead, Read, Seek, SeekFrom};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";
const IEND: &[u8] = b"\0\0\0\0IEND\xAE\x42\x60\x82";

/// The chunks of a file.
pub(super) struct Chunks<'a> {
    /// px; not 0
    pub width: u32,
    /// px; not 0
    pub height: u32,
    pub orientation: Orientation,
    /// Chunks about colour, by name.
    cicp: Option<&'a [u8]>,
    iccp: Option<&'a [u8]>,
    has_srgb: bool,
    gama: Option<&'a [u8]>,
    chrm: Option<&'a [u8]>,
    /// Chunks that pixels are made of, whole, with their length, name and checksum.
    pixels: Vec<&'a [u8]>,
    /// Length and name of a last IDAT that is cut off by the end of the file. Its data are the last
    /// of `pixels`.
    cut: Option<[u8; 8]>,
    has_end: bool,
    /// Whether the frames of an animation are numbered wrongly.
    is_misnumbered: bool,
}

impl<'a> Chunks<'a> {
    /// Reads a file's chunks, which begin with IHDR (§11.2.2).
    pub fn read(bytes: &'a [u8]) -> Result<Self, Problem> {
        let cut = || broken("the PNG is cut short in its header");
        let rest = bytes.strip_prefix(SIGNATURE).ok_or_else(cut)?;
        let (ihdr, _) = rest.split_at_checked(25).ok_or_else(cut)?;
        let Some((b"\0\0\0\x0DIHDR", size)) = ihdr.split_first_chunk::<8>() else {
            return Err(broken("the PNG does not begin with its IHDR chunk"));
        };
        let (&width, size) = size.split_first_chunk::<4>().ok_or_else(cut)?;
        let (&height, _) = size.split_first_chunk::<4>().ok_or_else(cut)?;
        let (width, height) = (u32::from_be_bytes(width), u32::from_be_bytes(height));
        if width == 0 || height == 0 {
            return Err(broken(format!("the PNG says it is {width} x {height} px")));
        }
        let mut chunks = Self {
            width,
            height,
            orientation: Orientation::Upright,
            cicp: None,
            iccp: None,
            has_srgb: false,
            gama: None,
            chrm: None,
            pixels: Vec::new(),
            cut: None,
            has_end: false,
            is_misnumbered: false,
        };
        chunks.walk(rest);
        Ok(chunks)
    }

    fn walk(&mut self, mut rest: &'a [u8]) {
        let (mut next_frame, mut has_exif) = (0_u32, false);
        while let Some((&[l3, l2, l1, l0, name @ ..], after)) = rest.split_first_chunk::<8>() {
            let length = usize::try_from(u32::from_be_bytes([l3, l2, l1, l0])).unwrap_or(usize::MAX);
            let Some((data, checked)) = after.split_at_checked(length).filter(|(_, rest)| rest.len() >= 4) else {
                if &name == b"IDAT" {
                    let data = after.get(..length.min(after.len())).unwrap_or_default();
                    let [l3, l2, l1, l0] = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
                    let [n3, n2, n1, n0] = name;
                    self.cut = Some([l3, l2, l1, l0, n3, n2, n1, n0]);
                    self.pixels.push(data);
                }
                return;
            };
            let whole = rest.get(..length.saturating_add(12)).unwrap_or_default();
            match &name {
                b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" => self.pixels.push(whole),
                b"IEND" => {
                    self.has_end = true;
                    return;
                }
                b"eXIf" if !has_exif => {
                    has_exif = true;
                    self.orientation = orient::from_exif(data).unwrap_or(Orientation::Upright);
                }
                b"cICP" => self.cicp = self.cicp.or(Some(data)),
                b"iCCP" => self.iccp = self.iccp.or(Some(data)),
                b"sRGB" => self.has_srgb = true,
                b"gAMA" => self.gama = self.gama.or(Some(data)),
                b"cHRM" => self.chrm = self.chrm.or(Some(data)),
                b"fcTL" | b"fdAT" => {
                    self.is_misnumbered |= !data.starts_with(&next_frame.to_be_bytes());
                    next_frame = next_frame.saturating_add(1);
                }
                _ => {}
            }
            rest = checked.get(4..).unwrap_or_default();
        }
    }

    /// The colour space of the file. cICP, iCCP, sRGB and cHRM take precedence in this order
    /// (§4.3).
    pub fn profile(&self, limits: &Limits) -> Profile {
        if let Some(chunk) = self.cicp {
            return Profile::from_cicp(chunk);
        }
        if let Some(chunk) = self.iccp {
            return icc(chunk, limits).map_or(Profile::Other(UNREAD), |icc| profile::parse(&icc));
        }
        match self.chrm {
            Some(chunk) if !self.has_srgb => Profile::from_chunks(self.gama, chunk),
            _ => Profile::Srgb,
        }
    }

    /// The faults of a file that is shown nevertheless.
    pub fn notes(&self, limits: &Limits) -> Vec<String> {
        let mut notes = Vec::new();
        if self.is_misnumbered {
            notes.push("the PNG is an animation that is numbered wrongly; its first picture is shown".to_owned());
        }
        if let Some(name) = self.pixels.iter().filter(|_| self.cut.is_none()).find_map(|chunk| wrong_checksum(chunk)) {
            notes.push(format!("the PNG has a wrong checksum in a chunk {name}; its pixels may be damaged"));
        }
        if !self.has_end {
            notes.push("the PNG has no IEND chunk; it is shown if all its pixels are there".to_owned());
        }
        notes.extend(self.profile(limits).note());
        notes
    }

    /// A file that contains only the chunks that pixels are made of.
    pub fn file(&'a self) -> Parts<'a> {
        let mut parts = vec![SIGNATURE];
        match (&self.cut, self.pixels.split_last()) {
            (Some(head), Some((data, before))) => {
                parts.extend(before);
                parts.extend([head, *data, &[0; 4]]);
            }
            _ => parts.extend(&self.pixels),
        }
        parts.push(IEND);
        Parts { parts: parts.into_iter(), current: &[] }
    }
}

/// The name of a chunk whose checksum does not match its name and data (§5.3).
fn wrong_checksum(chunk: &[u8]) -> Option<String> {
    let (checked, checksum) = chunk.get(4..)?.split_last_chunk::<4>()?;
    let name = checked.get(..4)?;
    (crc32fast::hash(checked).to_be_bytes() != *checksum).then(|| name.escape_ascii().to_string())
}

/// Inflates iCCP (§11.3.2.3): a name, a zero, the method 0, a zlib stream.
fn icc(chunk: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let name = chunk.iter().position(|&byte| byte == 0)?;
    let [0, deflated @ ..] = chunk.get(name.checked_add(1)?..)? else { return None };
    fdeflate::decompress_to_vec_bounded(deflated, limits.profile_bytes).ok()
}

/// A reader of slices, one after the other.
pub(super) struct Parts<'a> {
    parts: std::vec::IntoIter<&'a [u8]>,
    current: &'a [u8],
}

impl Read for Parts<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Parts<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        while self.current.is_empty() {
            let Some(next) = self.parts.next() else { break };
            self.current = next;
        }
        Ok(self.current)
    }

    fn consume(&mut self, amount: usize) {
        self.current = self.current.get(amount..).unwrap_or_default();
    }
}

/// The decoder's trait bound requires `Seek`, but it never seeks.
impl Seek for Parts<'_> {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}
