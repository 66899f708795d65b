//! Strips of photographs: nothing in them matches, so they are literals and runs, and a strip of
//! another picture is a patch of the baseline's.
//!
//! Of a row that has changed in part, only the changed bytes are filtered and coded. The checksums
//! of the others are known.
//!
//! Invariant: a cell does not continue in the next row.

use std::ops::Range;

use crate::deflate::block::Codes;
use crate::deflate::matcher::Runs;
use crate::deflate::patch::{CellWriter, Cells};
use crate::png::strip::{Strip, run_tokens};
use crate::png::zlib;

use super::region::RowLayout;

/// Least number of pixels of a cell; it has a few more, because it consists of whole tokens.
const CELL_PIXELS: usize = 32;

/// The properties of a strip of a baseline in addition to its block.
pub struct Photo {
    pub cells: Cells,
    /// Adler-32 of the bytes before each cell; and, at last, of all bytes.
    adlers: Vec<u32>,
}

impl Photo {
    /// Deflates a strip of filtered rows.
    pub fn new(filtered: &[u8], layout: RowLayout) -> (Self, Strip) {
        let (stride, least) = (layout.stride.max(1), layout.step.saturating_mul(CELL_PIXELS).max(1));
        let tokens = run_tokens(filtered, stride);
        let codes = Codes::complete(&tokens, Runs::DISTANCE);
        let (mut deflated, mut adler) = (Vec::new(), zlib::EMPTY);
        let (mut writer, mut adlers) = (CellWriter::new(codes, &mut deflated), vec![adler]);
        let mut tokens = tokens.into_iter();
        for row in filtered.chunks(stride) {
            let mut rest = row;
            while !rest.is_empty() && writer.fill(&mut tokens, least.min(rest.len())) {
                let (cell, after) = rest.split_at_checked(writer.end_cell()).unwrap_or((rest, &[]));
                adler = zlib::combine(adler, simd_adler32::adler32(&cell), cell.len());
                adlers.push(adler);
                rest = after;
            }
        }
        (Self { cells: writer.end(), adlers }, Strip::new(deflated, adler, filtered.len()))
    }

    /// A patch of this strip, whose block is in `baseline`. `filter` appends some bytes of the
    /// filtered rows of the patched strip; it is called for the bytes of each of the `stale` ranges
    /// of cells.
    pub fn patch(
        &self,
        baseline: &Strip,
        stale: &[Range<usize>],
        mut filter: impl FnMut(&Range<usize>, &mut Vec<u8>),
    ) -> Strip {
        let (mut deflated, mut filtered) = (Vec::new(), Vec::new());
        let mut patch = self.cells.patch(&baseline.deflated, &mut deflated);
        let (mut adler, mut cell) = (zlib::EMPTY, 0);
        for cells in stale {
            adler = self.unchanged(adler, cell..cells.start);
            filtered.clear();
            filter(&self.cells.bytes(cells), &mut filtered);
            patch.replace(cells, Runs::new(&filtered));
            adler = zlib::combine(adler, simd_adler32::adler32(&filtered.as_slice()), filtered.len());
            cell = cells.end;
        }
        patch.end();
        Strip::new(deflated, self.unchanged(adler, cell..self.cells.count()), baseline.bytes)
    }

    /// An upper estimate of the memory that it holds, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.cells.memory_bytes().saturating_add(self.adlers.len().saturating_mul(4))
    }

    /// The Adler-32 of some bytes, which is `adler`, and of unchanged cells behind them.
    fn unchanged(&self, adler: u32, cells: Range<usize>) -> u32 {
        let before = |cell: usize| self.adlers.get(cell).copied().unwrap_or(zlib::EMPTY);
        let bytes = self.cells.bytes(&cells).len();
        zlib::combine(adler, zlib::between(before(cells.start), before(cells.end), bytes), bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::testing::{Random, inflated};

    #[test]
    fn a_patch_unpacks_to_its_bytes() {
        let mut random = Random::default();
        for (stride, step) in [(100, 3), (331, 3), (400, 1), (50, 4)] {
            for _ in 0..200 {
                // Noise with runs.
                let mut filtered = Vec::new();
                while filtered.len() < 4 * stride {
                    let length = if random.below(3_u32) == 0 { 1 + random.below(40) } else { 1 };
                    filtered.extend(std::iter::repeat_n(random.below(256_u32) as u8, length));
                }
                filtered.truncate(4 * stride);
                let (photo, strip) = Photo::new(&filtered, RowLayout { stride, step });
                let mut other = filtered.clone();
                let mut changed = Vec::new();
                for row in 0..4 {
                    let start = random.below(stride);
                    let range = row * stride + start..row * stride + (start + random.below(60)).min(stride);
                    other[range.clone()].fill_with(|| random.below(256_u32) as u8);
                    changed.push(range);
                }
                let stale = photo.cells.stale(&changed, 0);
                let Strip { deflated, adler, .. } =
                    photo.patch(&strip, &stale, |bytes, out| out.extend_from_slice(&other[bytes.clone()]));
                assert!(inflated(&deflated) == other, "{stride}");
                assert_eq!(adler, simd_adler32::adler32(&other.as_slice()));
            }
        }
    }
}
