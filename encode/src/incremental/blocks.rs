//! Where a picture really differs from a baseline.
//!
//! Damage is known from what is drawn, and may be too large: a group with a shadow is drawn as one thing, though
//! only a name in it differs. So the pixels of a baseline are hashed in blocks, and damaged blocks with the same
//! hash are left alone.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tiny_skia::Pixmap;

use super::region::Region;
use crate::pixel;

/// Rows and columns of a block, in px.
const ROWS: usize = 8;
const COLUMNS: usize = 64;

/// 2⁶⁴ over the golden ratio, as in Fibonacci hashing (Knuth 6.4).
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hashes of a baseline's blocks.
#[derive(Clone, Serialize, Deserialize)]
pub struct Blocks {
    /// Row by row.
    hashes: Vec<u64>,
    /// Blocks of a row.
    across: usize,
}

impl Blocks {
    /// Hashes a picture (premultiplied RGBA8).
    #[must_use]
    pub fn new(picture: &Pixmap) -> Self {
        let across = pixel::per_row(picture).div_ceil(COLUMNS).max(1);
        let down = (picture.pixels().len() / pixel::per_row(picture)).div_ceil(ROWS);
        let mut hashes = vec![0; across.saturating_mul(down)];
        for (row, hashes) in hashes.chunks_mut(across).enumerate() {
            hash(picture, row, 0..across, hashes);
        }
        Self { hashes, across }
    }

    /// Whether they are those of a picture of this size in px.
    #[must_use]
    pub fn are_of(&self, width: usize, height: usize) -> bool {
        let across = width.div_ceil(COLUMNS).max(1);
        self.across == across && self.hashes.len() == across.saturating_mul(height.div_ceil(ROWS))
    }

    /// The rows of a picture (px from the top) that [`changed`](Self::changed) reads.
    pub fn rows(damage: &[Region]) -> impl Iterator<Item = Range<usize>> {
        let rows = damage.iter().map(|region| covering(&region.rows, ROWS));
        rows.map(|blocks| blocks.start.saturating_mul(ROWS)..blocks.end.saturating_mul(ROWS))
    }

    /// The parts of the damaged regions of a picture of the same size that lie in blocks in which it differs from
    /// the baseline.
    #[must_use]
    pub fn changed(&self, picture: &Pixmap, damage: &[Region]) -> Vec<Region> {
        let differs = self.differing(picture, damage);
        let mut changed: Vec<Region> = Vec::new();
        for region in damage {
            let first = changed.len();
            for row in covering(&region.rows, ROWS) {
                let top = row.saturating_mul(ROWS);
                let rows = top.max(region.rows.start)..top.saturating_add(ROWS).min(region.rows.end);
                let start = row.saturating_mul(self.across);
                let differs = differs.get(start..start.saturating_add(self.across)).unwrap_or_default();
                let blocks = covering(&region.columns, COLUMNS);
                let blocks = blocks.start..blocks.end.min(self.across);
                for blocks in runs(differs, blocks) {
                    let left = blocks.start.saturating_mul(COLUMNS).max(region.columns.start);
                    let right = blocks.end.saturating_mul(COLUMNS).min(region.columns.end);
                    // Below a part that is as wide.
                    let above = changed
                        .iter_mut()
                        .skip(first)
                        .rev()
                        .take(self.across)
                        .find(|above| above.rows.end == rows.start && above.columns == (left..right));
                    match above {
                        Some(above) => above.rows.end = rows.end,
                        None => changed.push(Region { rows: rows.clone(), columns: left..right }),
                    }
                }
            }
        }
        changed
    }

    /// Row by row, the blocks that damage touches and that differ.
    fn differing(&self, picture: &Pixmap, damage: &[Region]) -> Vec<bool> {
        let mut differing = vec![false; self.hashes.len()];
        for region in damage {
            for row in covering(&region.rows, ROWS) {
                let start = row.saturating_mul(self.across);
                let blocks = covering(&region.columns, COLUMNS);
                let places = start.saturating_add(blocks.start)..start.saturating_add(blocks.end.min(self.across));
                differing.get_mut(places).unwrap_or_default().fill(true);
            }
        }
        let mut hashes = vec![0; self.across];
        for (row, (known, differs)) in
            self.hashes.chunks(self.across).zip(differing.chunks_mut(self.across)).enumerate()
        {
            for blocks in runs(differs, 0..self.across).collect::<Vec<_>>() {
                let hashes = hashes.get_mut(blocks.clone()).unwrap_or_default();
                hash(picture, row, blocks.clone(), hashes);
                let places = differs.iter_mut().zip(known).skip(blocks.start);
                places.zip(hashes).for_each(|((differs, known), hash)| *differs = *known != *hash);
            }
        }
        differing
    }

    /// The memory that they hold, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.hashes.len().saturating_mul(8)
    }
}

/// The blocks of a size that some px touch.
const fn covering(pixels: &Range<usize>, size: usize) -> Range<usize> {
    pixels.start / size..pixels.end.div_ceil(size)
}

/// The runs of set flags in a range.
fn runs(flags: &[bool], range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        let flags = flags.get(..range.end).unwrap_or(flags);
        let start = at.saturating_add(flags.iter().skip(at).position(|is_set| *is_set)?);
        at = start.saturating_add(flags.iter().skip(start).take_while(|is_set| **is_set).count());
        Some(start..at)
    })
}

/// Hashes some blocks of a row of blocks: one for each of `hashes`.
#[inline(never)] // V8 replaces code that it compiled in a hurry only when it is called again
fn hash(picture: &Pixmap, row: usize, blocks: Range<usize>, hashes: &mut [u64]) {
    hashes.fill(0);
    let width = pixel::per_row(picture);
    let rows = picture.pixels().chunks_exact(width).skip(row.saturating_mul(ROWS)).take(ROWS);
    for pixels in rows {
        let columns = blocks.start.saturating_mul(COLUMNS)..blocks.end.saturating_mul(COLUMNS).min(width);
        let pixels = pixels.get(columns).unwrap_or_default();
        for (hash, pixels) in hashes.iter_mut().zip(pixels.chunks(COLUMNS)) {
            let (pairs, last) = pixels.as_chunks::<2>();
            let word = |pixel: tiny_skia::PremultipliedColorU8| {
                u64::from(u32::from_le_bytes([pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]))
            };
            let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
            let sum = pairs.iter().fold(*hash, |hash, [one, two]| mix(hash, word(*one) << 32 | word(*two)));
            *hash = last.iter().fold(sum, |hash, pixel| mix(hash, word(*pixel)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_that_differ_are_found() {
        let mut baseline = Pixmap::new(300, 100).unwrap();
        for (at, byte) in baseline.data_mut().iter_mut().enumerate() {
            *byte = (at % 83).to_le_bytes()[0];
        }
        let blocks = Blocks::new(&baseline);
        let all = [Region { rows: 0..100, columns: 0..300 }];
        assert_eq!(blocks.changed(&baseline, &all), []);
        let mut picture = baseline.clone();
        // In two blocks side by side, in the last one, and where no damage is.
        for (x, y) in [(63, 9), (64, 15), (299, 99), (200, 50)] {
            picture.data_mut()[(y * 300 + x) * 4] ^= 1;
        }
        let damage = [Region { rows: 0..40, columns: 0..300 }, Region { rows: 98..100, columns: 290..300 }];
        let expected = [Region { rows: 8..16, columns: 0..128 }, Region { rows: 98..100, columns: 290..300 }];
        assert_eq!(blocks.changed(&picture, &damage), expected);
        assert_eq!(Blocks::rows(&damage).collect::<Vec<_>>(), [0..40, 96..104]);
    }
}
