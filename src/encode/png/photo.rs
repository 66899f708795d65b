//! Bands of photographs: nothing in them repeats, so they are literals and runs, and any other picture's band is a
//! [version](crate::encode::deflate::patch) of the reference's.
//!
//! Of a row that a text touches, only what lies under the text is filtered and coded; the reference knows the checksums of the rest.
//!
//! Invariant: a cell does not go from one row to the next.

use std::ops::Range;

use super::super::deflate::block::{Codes, MIN_REPEAT, Repeat, Token};
use super::super::deflate::matcher::fast::run;
use super::super::deflate::patch::{Draft, Original};
use super::strip::{Band, checksum_between, combine};

/// Pixels of a cell, or a few more, because it is of whole tokens.
const CELL_PIXELS: usize = 32;

/// Back to where a run repeats.
const RUN: usize = 1;

/// What is to know of a band of a reference beside its block.
pub struct Photo {
    pub original: Original,
    /// Adler-32 of the bytes before each cell, and of all.
    adlers: Vec<u32>,
}

impl Photo {
    /// Codes a band of rows of `stride` bytes, of which a pixel has `step`.
    pub fn new(filtered: &[u8], stride: usize, step: usize) -> (Self, Band) {
        let (stride, apart) = (stride.max(1), step.saturating_mul(CELL_PIXELS).max(1));
        let mut tokens = Vec::with_capacity(filtered.len());
        for row in filtered.chunks(stride) {
            // Not `flat_map` or `extend`, of which LLVM makes a call for each token.
            for token in Tokens::new(row) {
                tokens.push(token);
            }
        }
        let codes = Codes::new(&tokens, Some(RUN));
        let (mut deflated, mut adler) = (Vec::new(), 1);
        let (mut draft, mut adlers) = (Draft::new(codes, &mut deflated), vec![adler]);
        let mut tokens = tokens.into_iter();
        for row in filtered.chunks(stride) {
            let mut rest = row;
            while !rest.is_empty() && draft.cell(&mut tokens, apart.min(rest.len())) {
                let (cell, after) = rest.split_at_checked(draft.cut()).unwrap_or((rest, &[]));
                adler = combine(adler, simd_adler32::adler32(&cell), cell.len());
                adlers.push(adler);
                rest = after;
            }
        }
        (Self { original: draft.end(), adlers }, Band::new(deflated, adler, filtered.len()))
    }

    /// This band with other bytes in place of some cells; `reference` is the band itself, and `filter` appends some of its bytes as they
    /// are now.
    pub fn version(
        &self,
        reference: &Band,
        stale: &[Range<usize>],
        mut filter: impl FnMut(&Range<usize>, &mut Vec<u8>),
    ) -> Band {
        let (mut deflated, mut filtered) = (Vec::new(), Vec::new());
        let mut version = self.original.version(&reference.deflated, &mut deflated);
        let (mut adler, mut cell) = (1, 0);
        for cells in stale {
            adler = self.kept(adler, cell..cells.start);
            filtered.clear();
            filter(&self.original.bytes(cells), &mut filtered);
            version.replace(cells, Tokens::new(&filtered));
            adler = combine(adler, simd_adler32::adler32(&filtered.as_slice()), filtered.len());
            cell = cells.end;
        }
        version.end();
        Band::new(deflated, self.kept(adler, cell..self.original.cells()), reference.bytes)
    }

    /// Adler-32 of some bytes and the reference's cells behind them.
    fn kept(&self, adler: u32, cells: Range<usize>) -> u32 {
        let before = |cell: usize| self.adlers.get(cell).copied().unwrap_or(1);
        let bytes = self.original.bytes(&cells).len();
        combine(adler, checksum_between(before(cells.start), before(cells.end), bytes), bytes)
    }
}

/// The tokens of a part of a row: literals, and runs where a byte comes often.
struct Tokens<'a> {
    rest: &'a [u8],
    run: Repeat,
}

impl<'a> Tokens<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, run: Repeat::default() }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    #[inline(always)] // for each byte of a photograph, at the worst
    fn next(&mut self) -> Option<Token> {
        if let Some(token) = self.run.next() {
            return Some(token);
        }
        let (byte, after) = self.rest.split_first()?;
        self.rest = after;
        // Most come once.
        if after.first_chunk::<MIN_REPEAT>() == Some(&[*byte; MIN_REPEAT]) {
            let run = run(after, *byte);
            self.run = Repeat::new(run, RUN);
            self.rest = after.get(run..).unwrap_or_default();
        }
        Some(Token::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::deflate::oracle::{Chance, inflated};

    #[test]
    fn a_version_unpacks_to_its_bytes() {
        let mut chance = Chance::default();
        for (stride, step) in [(100, 3), (331, 3), (400, 1), (50, 4)] {
            for _ in 0..200 {
                // Noise with runs in it.
                let mut filtered = Vec::new();
                while filtered.len() < 4 * stride {
                    let length = if chance.below(3_u32) == 0 { 1 + chance.below(40) } else { 1 };
                    filtered.extend(std::iter::repeat_n(chance.below(256_u32) as u8, length));
                }
                filtered.truncate(4 * stride);
                let (photo, band) = Photo::new(&filtered, stride, step);
                let mut other = filtered.clone();
                let mut unlike = Vec::new();
                for row in 0..4 {
                    let start = chance.below(stride);
                    let range = row * stride + start..row * stride + (start + chance.below(60)).min(stride);
                    other[range.clone()].fill_with(|| chance.below(256_u32) as u8);
                    unlike.push(range);
                }
                let stale = photo.original.stale(&unlike, 0);
                let Band { deflated, adler, .. } =
                    photo.version(&band, &stale, |bytes, out| out.extend_from_slice(&other[bytes.clone()]));
                assert!(inflated(&deflated) == other, "{stride}");
                assert_eq!(adler, simd_adler32::adler32(&other.as_slice()));
            }
        }
    }
}
