//! A band of a PNG: some rows, packed, filtered and deflated, to be put between others.
//!
//! Invariant: its blocks end on a whole byte.

use std::ops::Range;
use std::rc::Rc;

use crc32fast::Hasher;
use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::super::deflate::block::{self, Token};
use super::super::deflate::matcher::best::Chains;
use super::filter::{Filter, Filters};
use super::{CHUNK_BYTES, Pixels, chunk, head};

/// Some rows: deflated, and what the checksums of the whole need of them.
pub struct Band {
    pub deflated: Vec<u8>,
    /// Of what is deflated: a chunk's (§5.5).
    pub checksum: Hasher,
    /// Of what it unpacks to: zlib's.
    pub adler: u32,
    pub bytes: usize,
}

impl Band {
    /// Blocks that unpack to so many bytes with this Adler-32.
    pub fn new(deflated: Vec<u8>, adler: u32, bytes: usize) -> Self {
        let mut checksum = Hasher::new();
        checksum.update(&deflated);
        Self { deflated, checksum, adler, bytes }
    }
}

/// Packs and filters rows.
pub struct Packer {
    filter: Filter,
    packed: Vec<u8>,
    filtered: Vec<u8>,
}

impl Packer {
    pub fn new(pixels: &Pixels, filters: Filters) -> Self {
        Self { filter: Filter::new(pixels.channels(), filters), packed: Vec::new(), filtered: Vec::new() }
    }

    /// The row above the first, if there is one.
    pub fn begin_below(&mut self, pixels: &mut Pixels, row: &[PremultipliedColorU8]) {
        if row.is_empty() {
            return;
        }
        self.packed.clear();
        pixels.row(row, &mut self.packed);
        self.filter.begin_below(&self.packed);
    }

    /// Appends the next rows, each filtered by the type that is said.
    pub fn filtered_as(
        &mut self,
        pixels: &mut Pixels,
        rows: &[PremultipliedColorU8],
        width: usize,
        kinds: &[u8],
        out: &mut Vec<u8>,
    ) {
        for (row, kind) in rows.chunks_exact(width).zip(kinds) {
            self.packed.clear();
            pixels.row(row, &mut self.packed);
            self.filter.row_as(*kind, &self.packed, out);
        }
    }

    /// Some bytes of a row that is filtered by a type which was chosen for another one: byte 0 is that type. `above` is the row before
    /// it, if there is one.
    pub fn part(
        &mut self,
        pixels: &mut Pixels,
        (row, above): (&[PremultipliedColorU8], &[PremultipliedColorU8]),
        kind: u8,
        bytes: &Range<usize>,
    ) -> &[u8] {
        let step = pixels.channels().max(1);
        // Of the packed row, which has no type. The filter looks at the pixel to the left.
        let (start, end) = (bytes.start.saturating_sub(1), bytes.end.saturating_sub(1));
        let left = start.saturating_sub(step);
        let columns = left / step..end.div_ceil(step);
        let skip = left.saturating_sub(columns.start.saturating_mul(step));
        let lead = step.saturating_sub(start.saturating_sub(left));
        for row in [above, row] {
            self.packed.clear();
            pixels.row(row.get(columns.clone()).unwrap_or_default(), &mut self.packed);
            let packed = self.packed.get(skip..end.saturating_sub(left).saturating_add(skip)).unwrap_or_default();
            self.filter.begin(lead, packed);
        }
        self.filtered.clear();
        self.filtered.extend((bytes.start == 0).then_some(kind));
        self.filter.part(kind, end.saturating_sub(start), &mut self.filtered);
        &self.filtered
    }

    /// The next rows, filtered.
    pub fn filtered(&mut self, pixels: &mut Pixels, rows: &[PremultipliedColorU8], width: usize) -> &[u8] {
        self.filtered.clear();
        for row in rows.chunks_exact(width) {
            self.packed.clear();
            pixels.row(row, &mut self.packed);
            self.filter.row(&self.packed, &mut self.filtered);
        }
        &self.filtered
    }
}

/// A stream of deflate blocks, whose repeats are searched well.
pub struct Deflate {
    chains: Chains,
    tokens: Vec<Token>,
}

impl Deflate {
    /// For bands that many pictures have.
    pub fn for_many() -> Self {
        Self { chains: Chains::new(16), tokens: Vec::new() }
    }

    /// For those of one picture.
    pub fn for_one() -> Self {
        Self { chains: Chains::new(4), tokens: Vec::new() }
    }

    /// Bytes that come before those that are wanted.
    pub fn see(&mut self, bytes: &[u8]) {
        self.chains.see(bytes);
    }

    /// The next bytes as a band.
    pub fn band(&mut self, filtered: &[u8]) -> Band {
        self.tokens.clear();
        self.chains.find(filtered, &mut self.tokens);
        Band::new(block::block(&self.tokens), simd_adler32::adler32(&filtered), filtered.len())
    }
}

/// zlib's header of a 32 KiB window and the usual level (RFC 1950 §2.2).
const ZLIB_HEADER: [u8; 2] = [0x78, 0x9C];

/// The last block of the stream: empty, with fixed codes.
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// Puts a file together: all bands are one IDAT chunk, zlib's header before the first and the end of its stream after the last.
pub fn file(pixels: &Pixels, picture: &Pixmap, bands: &[Rc<Band>]) -> Vec<u8> {
    let mut file = head(pixels, picture);
    let deflated: usize = bands.iter().map(|band| band.deflated.len()).sum();
    let length = deflated.saturating_add(ZLIB_HEADER.len()).saturating_add(LAST_BLOCK.len()).saturating_add(4);
    // With what is around them, and the last chunk.
    file.reserve_exact(length.saturating_add(2 * CHUNK_BYTES));
    file.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    let mut checksum = Hasher::new();
    let begin = [IDAT.as_slice(), &ZLIB_HEADER].concat();
    checksum.update(&begin);
    file.extend(begin);
    let mut adler = 1;
    for band in bands {
        adler = combine(adler, band.adler, band.bytes);
        checksum.combine(&band.checksum);
        file.extend_from_slice(&band.deflated);
    }
    let last = [LAST_BLOCK.as_slice(), &adler.to_be_bytes()].concat();
    checksum.update(&last);
    file.extend(last);
    file.extend(checksum.finalize().to_be_bytes());
    chunk(&mut file, b"IEND", &[]);
    file
}

/// The type of a chunk of pixels (§11.2.4).
const IDAT: &[u8; 4] = b"IDAT";

/// Adler-32 of two pieces, one after the other, of which the second has so many bytes: as zlib's `adler32_combine`.
pub fn combine(first: u32, second: u32, bytes: usize) -> u32 {
    let ((a1, b1), (a2, b2)) = (halves(first), halves(second));
    let bytes = u64::try_from(bytes).unwrap_or(0) % BASE;
    // Every sum of the second piece began at 1, and begins at `a1` in truth.
    let gain = a1.wrapping_add(BASE).wrapping_sub(1) % BASE;
    let a = a2.wrapping_add(gain) % BASE;
    let b = b1.wrapping_add(b2).wrapping_add(bytes.wrapping_mul(gain)) % BASE;
    u32::try_from(b << 16 | a).unwrap_or(0)
}

/// Adler-32 of so many bytes between two places of a stream, of what is before them and before the other.
pub fn checksum_between(before: u32, behind: u32, bytes: usize) -> u32 {
    let ((a1, b1), (a2, b2)) = (halves(before), halves(behind));
    let bytes = u64::try_from(bytes).unwrap_or(0) % BASE;
    // What `combine` adds is taken away.
    let gain = a1.wrapping_add(BASE).wrapping_sub(1) % BASE;
    let a = a2.wrapping_add(BASE).wrapping_sub(gain) % BASE;
    let b = b2.wrapping_add(BASE.wrapping_mul(2)).wrapping_sub(b1).wrapping_sub(bytes.wrapping_mul(gain) % BASE) % BASE;
    u32::try_from(b << 16 | a).unwrap_or(0)
}

/// Adler-32 is sums modulo this (RFC 1950 §8).
const BASE: u64 = 65_521;

fn halves(adler: u32) -> (u64, u64) {
    (u64::from(adler & 0xFFFF), u64::from(adler >> 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_combined() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for cut in [0, 1, 5_552, 65_520, 65_521, 65_522, 131_042, 199_999, 200_000] {
            let (one, other) = bytes.split_at(cut);
            let parts = [one, other].map(|part| simd_adler32::adler32(&part));
            let all = simd_adler32::adler32(&bytes.as_slice());
            assert_eq!(checksum_between(parts[0], all, other.len()), parts[1], "{cut}");
            assert_eq!(combine(parts[0], parts[1], other.len()), simd_adler32::adler32(&bytes.as_slice()), "{cut}");
        }
        assert_eq!(combine(1, 0xFFF0_FFF0, 1), 0xFFF0_FFF0);
    }
}
