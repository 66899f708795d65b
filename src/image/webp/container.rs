//! The chunks of a WebP (RFC 9649, section 2): the frame that is shown, and what decides how it
//! looks.

use super::super::header::broken;
use super::super::orient::{self, Orientation};
use crate::error::Problem;

/// Flags of a VP8X chunk (RFC 9649, section 2.7).
const HAS_ICC: u8 = 0x20;
const HAS_EXIF: u8 = 0x08;
const IS_ANIMATED: u8 = 0x02;

/// A whole file.
pub(super) struct Container<'a> {
    /// px of the canvas; not 0
    pub width: u32,
    /// px of the canvas; not 0
    pub height: u32,
    /// The picture, or the first frame of an animation.
    pub frame: Frame<'a>,
    pub is_animated: bool,
    /// An ICC profile.
    pub icc: Option<&'a [u8]>,
    pub orientation: Orientation,
}

/// A picture on the canvas, within which it lies.
pub(super) struct Frame<'a> {
    /// px from the left edge of the canvas
    pub left: u32,
    /// px from the top edge of the canvas
    pub top: u32,
    /// px; not 0
    pub width: u32,
    /// px; not 0
    pub height: u32,
    pub coding: Coding<'a>,
}

/// How the pixels of a frame are stored.
pub(super) enum Coding<'a> {
    /// A VP8 key frame (RFC 6386), and the data of an ALPH chunk.
    Lossy {
        /// The key frame, from its tag on.
        data: &'a [u8],
        /// Its opacity.
        alpha: Option<&'a [u8]>,
    },
    /// A lossless picture (RFC 9649, section 3).
    Lossless {
        /// Its data after signature, size and flags.
        data: &'a [u8],
        /// Whether its alpha counts.
        has_alpha: bool,
    },
}

impl<'a> Container<'a> {
    /// Reads the chunks of a file up to the first frame, and those about colour and orientation.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Problem> {
        let (head, rest) = bytes.split_first_chunk::<12>().ok_or_else(cut)?;
        let &[b'R', b'I', b'F', b'F', l0, l1, l2, l3, b'W', b'E', b'B', b'P'] = head else { return Err(cut()) };
        // Bytes after the RIFF chunk belong to no picture. The length counts "WEBP" too.
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX).saturating_sub(4);
        let mut chunks = Chunks(rest.get(..length).unwrap_or(rest));
        let first = chunks.next().ok_or_else(cut)?;
        if &first.name != b"VP8X" {
            let frame = Frame::still(first, None)?;
            return Ok(Self {
                width: frame.width,
                height: frame.height,
                frame,
                is_animated: false,
                icc: None,
                orientation: Orientation::Upright,
            });
        }
        let &[flags, _, _, _, w0, w1, w2, h0, h1, h2, ..] = first.data else { return Err(cut()) };
        let (width, height) = (side([w0, w1, w2]), side([h0, h1, h2]));
        let (mut alpha, mut frame, mut icc, mut exif) = (None, None, None, None);
        for chunk in chunks {
            match &chunk.name {
                b"ICCP" if flags & HAS_ICC != 0 => icc = icc.or(Some(chunk.data)),
                b"EXIF" if flags & HAS_EXIF != 0 => exif = exif.or(Some(chunk.data)),
                b"ALPH" => alpha = alpha.or(Some(chunk)),
                b"VP8 " | b"VP8L" if frame.is_none() && flags & IS_ANIMATED == 0 => {
                    frame = Some(Frame::still(chunk, alpha.take())?);
                }
                b"ANMF" if frame.is_none() && flags & IS_ANIMATED != 0 => {
                    frame = Some(Frame::animated(chunk.whole()?)?);
                }
                _ => {}
            }
        }
        let frame = frame.ok_or_else(|| broken("the WebP has no picture"))?;
        let is_inside = |from: u32, length: u32, all: u32| from.saturating_add(length) <= all;
        if !is_inside(frame.left, frame.width, width) || !is_inside(frame.top, frame.height, height) {
            return Err(broken("the WebP has a frame that is larger than its canvas"));
        }
        let is_animated = flags & IS_ANIMATED != 0;
        if !is_animated && (frame.width, frame.height) != (width, height) {
            return Err(broken("the WebP has a picture of another size than its canvas"));
        }
        let orientation = exif.and_then(orient::from_exif).unwrap_or(Orientation::Upright);
        Ok(Self { width, height, frame, is_animated, icc, orientation })
    }
}

impl<'a> Frame<'a> {
    /// A picture that fills its canvas.
    fn still(chunk: Chunk<'a>, alpha: Option<Chunk<'a>>) -> Result<Self, Problem> {
        let data = chunk.whole()?;
        let (width, height, coding) = match &chunk.name {
            b"VP8 " => {
                let &[tag, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..] = data else {
                    return Err(broken("the WebP has a key frame without its start code"));
                };
                if tag & 1 != 0 {
                    return Err(broken("the WebP has no key frame"));
                }
                // The two highest bits ask for a scaling that no decoder does.
                let side = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3FFF);
                let alpha = alpha.map(|chunk| chunk.whole()).transpose()?;
                (side([w0, w1]), side([h0, h1]), Coding::Lossy { data, alpha })
            }
            b"VP8L" => {
                let (&[signature, b0, b1, b2, b3], data) = data.split_first_chunk::<5>().ok_or_else(cut)?;
                let bits = u32::from_le_bytes([b0, b1, b2, b3]);
                if signature != 0x2F || bits >> 29 != 0 {
                    return Err(broken("the WebP has lossless data of an unknown version"));
                }
                let side = |bits: u32| (bits & 0x3FFF).saturating_add(1);
                (side(bits), side(bits >> 14), Coding::Lossless { data, has_alpha: bits >> 28 & 1 != 0 })
            }
            _ => return Err(broken("the WebP does not begin with a picture")),
        };
        if width == 0 || height == 0 {
            return Err(broken(format!("the WebP says it is {width} x {height} px")));
        }
        Ok(Self { left: 0, top: 0, width, height, coding })
    }

    /// A frame of an animation (RFC 9649, section 2.7.1.1).
    fn animated(data: &'a [u8]) -> Result<Self, Problem> {
        let (&head, rest) = data.split_first_chunk::<16>().ok_or_else(cut)?;
        let [x0, x1, x2, y0, y1, y2, w0, w1, w2, h0, h1, h2, ..] = head;
        let offset = |[b0, b1, b2]: [u8; 3]| u32::from_le_bytes([b0, b1, b2, 0]).saturating_mul(2);
        let mut alpha = None;
        for chunk in Chunks(rest) {
            match &chunk.name {
                b"ALPH" => alpha = alpha.or(Some(chunk)),
                b"VP8 " | b"VP8L" => {
                    let frame = Self::still(chunk, alpha)?;
                    if (frame.width, frame.height) != (side([w0, w1, w2]), side([h0, h1, h2])) {
                        return Err(broken("the WebP has a frame of another size than it says"));
                    }
                    return Ok(Self { left: offset([x0, x1, x2]), top: offset([y0, y1, y2]), ..frame });
                }
                _ => {}
            }
        }
        Err(broken("the WebP has a frame without a picture"))
    }
}

/// A side that is stored in 24 bits, less 1.
const fn side([b0, b1, b2]: [u8; 3]) -> u32 {
    u32::from_le_bytes([b0, b1, b2, 0]).saturating_add(1)
}

fn cut() -> Problem {
    broken("the WebP is cut short in its header")
}

/// A chunk: a name, and data of which an odd length is padded to an even one.
pub(in crate::image) struct Chunk<'a> {
    pub name: [u8; 4],
    /// The data, as far as the file goes.
    pub data: &'a [u8],
    /// Whether the file ends before they do.
    is_cut: bool,
}

impl<'a> Chunk<'a> {
    /// The data, if the file has all of them.
    pub fn whole(&self) -> Result<&'a [u8], Problem> {
        if self.is_cut { Err(broken("the WebP is cut short")) } else { Ok(self.data) }
    }
}

/// Walks the chunks of a RIFF file, or those within a chunk.
pub(in crate::image) struct Chunks<'a>(pub &'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (&[n0, n1, n2, n3, l0, l1, l2, l3], rest) = self.0.split_first_chunk::<8>()?;
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
        let data = rest.get(..length);
        self.0 = rest.get(length.saturating_add(length % 2)..).unwrap_or_default();
        Some(Chunk { name: [n0, n1, n2, n3], data: data.unwrap_or(rest), is_cut: data.is_none() })
    }
}
