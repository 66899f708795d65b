//! The row filters of PNG (§9): a row is stored as differences to its neighbours.
//!
//! The crate `png` can filter whole pictures only; strips need rows one at a time.

use wide::{u8x16, u16x8};

use crate::bytes::padded;

/// A filter type (§9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFilter {
    None = 0,
    Sub = 1,
    Up = 2,
    Average = 3,
    Paeth = 4,
}

/// How the filter of each row is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Strategy {
    /// No row is filtered.
    None,
    /// Each row has the filter with the smallest sum of absolute differences, as §12.7 recommends.
    Adaptive,
    /// All rows have the filter that is best for most rows of photographs.
    Paeth,
}

impl RowFilter {
    /// All filters, in the order of their numbers.
    const ALL: [Self; 5] = [Self::None, Self::Sub, Self::Up, Self::Average, Self::Paeth];

    /// The filter of a filtered row, from its first byte.
    pub const fn of(byte: u8) -> Self {
        match byte {
            1 => Self::Sub,
            2 => Self::Up,
            3 => Self::Average,
            4 => Self::Paeth,
            _ => Self::None,
        }
    }

    /// The first byte of a row with this filter.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// Replaces `out` by the filtered bytes of a row.
    ///
    /// `row` and `above`, the row above it, both begin with `step` bytes more: their left
    /// neighbours, or zeros at the left edge. Above the first row are zeros (§9.2). `step` is the
    /// number of bytes of a pixel.
    pub fn apply(self, row: &[u8], above: &[u8], step: usize, out: &mut Vec<u8>) {
        out.clear();
        Neighbours::each(row, above, step, |bytes| out.extend_from_slice(bytes.filtered(self).as_array()));
        out.truncate(row.len().saturating_sub(step));
    }
}

/// Sixteen bytes of a row, and those to the left of each, above it, and in the corner between.
///
/// With vectors, because a row is filtered five times for each of a picture, which made a fifth of the
/// time of a smooth one: LLVM makes no vectors of loops over bytes for wasm.
struct Neighbours {
    here: u8x16,
    left: u8x16,
    up: u8x16,
    corner: u8x16,
}

impl Neighbours {
    /// Calls `take` for a row from left to right; see [`RowFilter::apply`]. Behind its end are zeros, whose
    /// filtered bytes are zeros, too.
    #[inline(always)] // each of its callers is a loop of its own
    fn each(row: &[u8], above: &[u8], step: usize, mut take: impl FnMut(Self)) {
        let length = row.len().saturating_sub(step);
        let [mut here, mut up] = [row, above].map(|row| row.get(step..).unwrap_or_default());
        let [mut left, mut corner] = [row, above].map(|row| row.get(..length).unwrap_or_default());
        while let (Some((a, a_rest)), Some((b, b_rest)), Some((c, c_rest)), Some((d, d_rest))) =
            (here.split_first_chunk(), left.split_first_chunk(), up.split_first_chunk(), corner.split_first_chunk())
        {
            take(Self { here: (*a).into(), left: (*b).into(), up: (*c).into(), corner: (*d).into() });
            (here, left, up, corner) = (a_rest, b_rest, c_rest, d_rest);
        }
        if !here.is_empty() {
            let [here, left, up, corner] = [here, left, up, corner].map(|bytes| padded(bytes).into());
            take(Self { here, left, up, corner });
        }
    }

    #[inline(always)] // the filter is a constant where it matters
    fn filtered(&self, filter: RowFilter) -> u8x16 {
        match filter {
            RowFilter::None => self.here,
            RowFilter::Sub => self.here - self.left,
            RowFilter::Up => self.here - self.up,
            RowFilter::Average => self.here - self.average(),
            RowFilter::Paeth => self.here - self.paeth(),
        }
    }

    /// ⌊(left + up) / 2⌋ without a ninth bit.
    #[inline(always)]
    fn average(&self) -> u8x16 {
        let halves = ((self.left ^ self.up) & u8x16::splat(0xFE)) >> 1_u32;
        (self.left & self.up) + halves
    }

    /// §9.4: the one of the left, upper and corner neighbours that is nearest to left + upper − corner.
    ///
    /// In bytes: the distance to left is |upper − corner|, to upper |left − corner|, and to the corner their
    /// sum, or if left and upper are on either side of it, their difference. A sum of more than 255
    /// stays greater than both.
    #[inline(always)]
    fn paeth(&self) -> u8x16 {
        let Self { left, up, corner, .. } = *self;
        let (to_left, to_up) = (distance(up, corner), distance(left, corner));
        let same_side = !(up.simd_ge(corner) ^ left.simd_ge(corner));
        let to_corner = same_side.bitselect(to_left.saturating_add(to_up), distance(to_left, to_up));
        let upper = to_up.simd_le(to_corner).bitselect(up, corner);
        (to_left.simd_le(to_up) & to_left.simd_le(to_corner)).bitselect(left, upper)
    }
}

/// |a − b|.
#[inline(always)]
fn distance(a: u8x16, b: u8x16) -> u8x16 {
    a.max(b) - a.min(b)
}

/// For each filter, the sum of the differences that it leaves in a row: bytes count as numbers from −128 to 127.
fn differences(row: &[u8], above: &[u8], step: usize) -> [u32; RowFilter::ALL.len()] {
    let (mut sums, mut parts, mut count) = ([0; 5], [u16x8::ZERO; 5], 0);
    let add = |sums: &mut [u32; 5], parts: &mut [u16x8; 5]| {
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum = part.to_array().iter().fold(*sum, |sum, part| sum.wrapping_add(u32::from(*part)));
            *part = u16x8::ZERO;
        }
    };
    Neighbours::each(row, above, step, |bytes| {
        for (part, filter) in parts.iter_mut().zip(RowFilter::ALL) {
            let filtered = bytes.filtered(filter);
            let sizes: u16x8 = bytemuck::cast(filtered.min(u8x16::ZERO - filtered));
            *part += (sizes & u16x8::splat(0xFF)) + (sizes >> 8_u32);
        }
        // A part grows by 256 at most, and has 16 bits.
        count += 1;
        if count == 255 {
            add(&mut sums, &mut parts);
            count = 0;
        }
    });
    add(&mut sums, &mut parts);
    sums
}

/// Filters rows from top to bottom, each by the filter that a strategy chooses.
pub struct Filterer {
    strategy: Strategy,
    /// Bytes of a pixel.
    step: usize,
    /// The row and the one above it, each behind `step` zeros.
    row: Vec<u8>,
    above: Vec<u8>,
    filtered: Vec<u8>,
}

impl Filterer {
    /// For pixels of `step` bytes.
    pub const fn new(step: usize, strategy: Strategy) -> Self {
        Self { strategy, step, row: Vec::new(), above: Vec::new(), filtered: Vec::new() }
    }

    /// Appends the next row, filtered, behind the byte of its filter.
    pub fn row(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.strategy == Strategy::None {
            out.push(RowFilter::None.byte());
            out.extend_from_slice(bytes);
            return;
        }
        std::mem::swap(&mut self.row, &mut self.above);
        self.row.clear();
        self.row.resize(self.step, 0);
        self.row.extend_from_slice(bytes);
        // Only the first row has none above it.
        let tried = if self.above.is_empty() { 2 } else { RowFilter::ALL.len() };
        self.above.resize(self.row.len(), 0);
        let filter = match self.strategy {
            Strategy::Paeth if tried > 2 => RowFilter::Paeth,
            _ => {
                let sums = differences(&self.row, &self.above, self.step).into_iter();
                let least = RowFilter::ALL.into_iter().zip(sums).take(tried).min_by_key(|(_, sum)| *sum);
                least.map_or(RowFilter::None, |(filter, _)| filter)
            }
        };
        out.push(filter.byte());
        filter.apply(&self.row, &self.above, self.step, &mut self.filtered);
        out.extend_from_slice(&self.filtered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reconstruction of §9.2, the inverse of the filters.
    fn unfiltered(filter: RowFilter, filtered: &[u8], above: &[u8], step: usize) -> Vec<u8> {
        let mut row = vec![0; step];
        for (at, byte) in filtered.iter().enumerate() {
            let (left, up, corner) = (row[at], above[at + step], above[at]);
            row.push(byte.wrapping_add(match filter {
                RowFilter::None => 0,
                RowFilter::Sub => left,
                RowFilter::Up => up,
                RowFilter::Average => ((u16::from(left) + u16::from(up)) / 2) as u8,
                RowFilter::Paeth => {
                    let near = i16::from(left) + i16::from(up) - i16::from(corner);
                    *[left, up, corner].iter().min_by_key(|byte| (near - i16::from(**byte)).abs()).unwrap()
                }
            }));
        }
        row
    }

    #[test]
    fn filters_are_those_of_the_standard() {
        let noise = |seed: u32, length: usize, step: usize| {
            let noise = (0..length as u32).map(|at| ((at + seed).wrapping_mul(0x9E37_79B1) >> 23) as u8);
            [vec![0; step], noise.collect()].concat()
        };
        for step in [1, 3, 4] {
            let (row, above) = (noise(1, 60, step), noise(99, 60, step));
            for byte in 0..5 {
                let (filter, mut out) = (RowFilter::of(byte), Vec::new());
                filter.apply(&row, &above, step, &mut out);
                assert_eq!(filter.byte(), byte);
                assert_eq!(unfiltered(filter, &out, &above, step), row, "{filter:?} {step}");
            }
        }
    }

    /// The definition of §9.4, against bytes that have no ninth bit.
    #[test]
    fn paeth_is_that_of_the_standard_for_all_neighbours() {
        let lanes: [u8; 16] = std::array::from_fn(|lane| lane as u8);
        for (left, up) in (0..=255).flat_map(|left| (0..=255).map(move |up| (left, up))) {
            for first in (0..=255_u8).step_by(16) {
                let corner = u8x16::from(lanes) + u8x16::splat(first);
                let all = Neighbours { here: corner, left: u8x16::splat(left), up: u8x16::splat(up), corner };
                for (chosen, corner) in all.paeth().to_array().into_iter().zip(first..=255) {
                    let near = i16::from(left) + i16::from(up) - i16::from(corner);
                    let distance = |byte: u8| (near - i16::from(byte)).abs();
                    let upper = if distance(up) <= distance(corner) { up } else { corner };
                    let expected = if distance(left) <= distance(upper) { left } else { upper };
                    assert_eq!(chosen, expected, "{left} {up} {corner}");
                }
            }
        }
    }
}
