//! A band of a PNG: some rows, packed, filtered and deflated, to be put between others.
//!
//! Invariant: its blocks end on a whole byte.

use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress};
use tiny_skia::PremultipliedColorU8;

use super::deflate::{self, Token};
use super::failed;
use super::filter::{Filter, Filters};
use super::png::Pixels;
use super::search;
use crate::error::Problem;

/// Some rows: deflated, and what the checksums of the whole need of them.
pub struct Band {
    pub deflated: Vec<u8>,
    /// Of what is deflated: a chunk's (§5.5).
    pub checksum: Option<Hasher>,
    /// Of what it unpacks to: zlib's.
    pub adler: u32,
    pub bytes: usize,
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

    /// The next rows, each filtered by the type that is said.
    pub fn filtered_as(
        &mut self,
        pixels: &mut Pixels,
        rows: &[PremultipliedColorU8],
        width: usize,
        kinds: &[u8],
    ) -> &[u8] {
        self.filtered.clear();
        for (row, kind) in rows.chunks_exact(width).zip(kinds) {
            self.packed.clear();
            pixels.row(row, &mut self.packed);
            self.filter.row_as(*kind, &self.packed, &mut self.filtered);
        }
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

/// A stream of deflate blocks.
pub enum Deflate {
    /// Searches for repeats.
    Search(Compress),
    /// In photographs there are none.
    Runs,
}

impl Deflate {
    pub fn new(filters: Filters) -> Self {
        match filters {
            Filters::Paeth => Self::Runs,
            Filters::No | Filters::Adaptive => Self::Search(Compress::new(Compression::new(6), false)),
        }
    }

    /// Appends the blocks of some bytes, the last of which ends on a whole byte.
    pub fn append(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Problem> {
        let compress = match self {
            Self::Runs => {
                let mut tokens = Vec::new();
                search::runs(bytes, &mut tokens);
                deflate::block(&tokens, out);
                return Ok(());
            }
            Self::Search(compress) => compress,
        };
        out.reserve(bytes.len().saturating_add(bytes.len() / 64).saturating_add(1_024));
        let before = compress.total_in();
        compress.compress_vec(bytes, out, FlushCompress::Sync).map_err(failed)?;
        let taken = usize::try_from(compress.total_in().saturating_sub(before));
        if taken != Ok(bytes.len()) || out.len() == out.capacity() {
            return Err(failed("deflate needs more room than it may"));
        }
        Ok(())
    }
}

impl Band {
    pub const fn empty() -> Self {
        Self { deflated: Vec::new(), checksum: None, adler: 1, bytes: 0 }
    }

    /// The next bytes, and their tokens.
    pub fn append(&mut self, filtered: &[u8], tokens: &[Token]) {
        deflate::block(tokens, &mut self.deflated);
        self.adler = combine(self.adler, simd_adler32::adler32(&filtered), filtered.len());
        self.bytes = self.bytes.saturating_add(filtered.len());
    }

    pub fn done(self) -> Self {
        let mut checksum = Hasher::new();
        checksum.update(&self.deflated);
        Self { checksum: Some(checksum), ..self }
    }

    pub fn new(filtered: &[u8], deflate: &mut Deflate) -> Result<Self, Problem> {
        let mut deflated = Vec::new();
        deflate.append(filtered, &mut deflated)?;
        deflated.shrink_to_fit();
        Ok(Self { deflated, checksum: None, adler: simd_adler32::adler32(&filtered), bytes: filtered.len() }.done())
    }
}

/// Adler-32 of two pieces, one after the other, of which the second has so many bytes: as zlib's `adler32_combine`.
pub fn combine(first: u32, second: u32, bytes: usize) -> u32 {
    const BASE: u64 = 65_521;
    let halves = |adler: u32| (u64::from(adler & 0xFFFF), u64::from(adler >> 16));
    let ((a1, b1), (a2, b2)) = (halves(first), halves(second));
    let bytes = u64::try_from(bytes).unwrap_or(0) % BASE;
    // Every sum of the second piece began at 1, and begins at `a1` in truth.
    let gain = a1.wrapping_add(BASE).wrapping_sub(1) % BASE;
    let a = a2.wrapping_add(gain) % BASE;
    let b = b1.wrapping_add(b2).wrapping_add(bytes.wrapping_mul(gain)) % BASE;
    u32::try_from(b << 16 | a).unwrap_or(0)
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
            assert_eq!(combine(parts[0], parts[1], other.len()), simd_adler32::adler32(&bytes.as_slice()), "{cut}");
        }
        assert_eq!(combine(1, 0xFFF0_FFF0, 1), 0xFFF0_FFF0);
    }
}
