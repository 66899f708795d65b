//! A web font (WOFF, WOFF2) → the font file in it.
//!
//! What is packed in one is compressed with zlib or with Brotli. A decoder of Brotli has a
//! dictionary of 120 kB, and every runtime has one already: so the caller inflates.
//!
//! Invariant: the header and the directory are checked before any memory is taken for what they
//! claim, and before wuff, which computes with their numbers, sees them.

use std::error::Error;

use crate::error::{Fault, Problem};
use crate::limits::Limits;

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// RFC 1950, in a WOFF.
    Zlib,
    /// RFC 7932, in a WOFF2.
    Brotli,
}

/// Inflates bytes to at most as many as it is told. `None` if that fails.
pub type Inflate<'a> = &'a mut dyn FnMut(Packing, &[u8], usize) -> Option<Vec<u8>>;

/// How the tables of a file are compressed. `None` if it is no web font.
#[must_use]
pub fn packing(bytes: &[u8]) -> Option<Packing> {
    match bytes.first_chunk::<4>() {
        Some(b"wOFF") => Some(Packing::Zlib),
        Some(b"wOF2") => Some(Packing::Brotli),
        _ => None,
    }
}

/// Unpacks a web font of one face.
///
/// # Errors
/// `bad-font` if it is none, `font-too-large` if it would be too large.
pub fn unpack(bytes: &[u8], inflate: Inflate<'_>, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let bad = || {
        Problem::new(Fault::Document, "bad-font", "the web font cannot be unpacked")
            .remedy("make it again, or upload its .ttf or .otf: `monogram font brand.woff2` unpacks it")
    };
    let packing = packing(bytes).ok_or_else(bad)?;
    let claimed = claimed(bytes, packing).ok_or_else(bad)?;
    let most = limits.unpacked_font_bytes;
    if claimed > most {
        let message = format!("unpacked, the font would have {claimed} bytes, and may have {most}");
        return Err(Problem::new(Fault::TooLarge, "font-too-large", message)
            .remedy("leave out the scripts that you do not write, for example with pyftsubset; or upload its .ttf"));
    }
    let mut inflate = |packed: &[u8], size: usize| -> Result<Vec<u8>, Box<dyn Error>> {
        inflate(packing, packed, size.min(most)).ok_or_else(|| "it cannot be inflated".into())
    };
    let unpacked = match packing {
        Packing::Zlib => wuff::decompress_woff1_with_custom_z(bytes, &mut inflate),
        Packing::Brotli => wuff::decompress_woff2_with_custom_brotli(bytes, &mut inflate),
    };
    unpacked.map_err(|_| bad())
}

/// The bytes that the tables of a file have by its directory, unpacked, or before wuff rebuilds
/// them if that is more. `None` if the header is wrong, or if the file is a collection.
fn claimed(bytes: &[u8], packing: Packing) -> Option<usize> {
    let mut reader = Reader(bytes);
    reader.skip(4)?;
    if reader.take::<4>()? == *b"ttcf" {
        return None;
    }
    reader.skip(4)?; // its length, which wuff compares
    let tables = u16::from_be_bytes(reader.take()?);
    reader.skip(6)?; // reserved, and the size that it claims for the whole
    let (mut original, mut stored) = (0_u64, 0_u64);
    match packing {
        Packing::Zlib => {
            reader.skip(24)?;
            for _ in 0..tables {
                reader.skip(12)?; // tag, offset, length in the file
                original = original.saturating_add(u64::from(reader.number()?));
                reader.skip(4)?;
            }
        }
        Packing::Brotli => {
            let compressed = usize::try_from(reader.number()?).ok()?;
            reader.skip(24)?;
            for _ in 0..tables {
                let [flags] = reader.take()?;
                let is_rebuilt = match flags & 0x3F {
                    0x3F => {
                        let tag = reader.take::<4>()?;
                        (flags >> 6 == 0) == matches!(&tag, b"glyf" | b"loca")
                    }
                    // Number 10 of the known tags is glyf, number 11 loca.
                    known => (flags >> 6 == 0) == matches!(known, 10 | 11),
                };
                let length = u64::from(reader.base_128()?);
                original = original.saturating_add(length);
                stored = stored.saturating_add(if is_rebuilt { u64::from(reader.base_128()?) } else { length });
            }
            if compressed > reader.0.len() {
                return None;
            }
        }
    }
    usize::try_from(original.max(stored)).ok()
}

/// The rest of a file.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.get(bytes..)?;
        Some(())
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    /// A number of 7 bits a byte, the highest first (UIntBase128 of the specification). `None` if it
    /// has more than five bytes; what does not fit is cut, as wuff refuses it.
    fn base_128(&mut self) -> Option<u32> {
        let mut number = 0_u32;
        for _ in 0..5 {
            let [byte] = self.take()?;
            number = number.wrapping_shl(7) | u32::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}
