//! Regions of a picture, and the bytes of its filtered rows that they affect.

use std::ops::Range;

/// A rectangle of a picture, in px.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// From the top.
    pub rows: Range<usize>,
    /// From the left.
    pub columns: Range<usize>,
}

/// The rows of a whole picture of any height.
#[must_use]
pub fn every_row() -> Vec<Range<usize>> {
    std::iter::once(0..usize::MAX).collect()
}

/// How filtered rows are laid out in bytes.
#[derive(Debug, Clone, Copy)]
pub struct RowLayout {
    /// Bytes of a row, including the one of its filter.
    pub stride: usize,
    /// Bytes of a pixel.
    pub step: usize,
}

/// The filtered bytes of some rows that may change if the picture changes in the damaged regions:
/// in order, without overlaps, counted from the first of the rows.
pub fn damaged_bytes(rows: &Range<usize>, damage: &[Region], layout: RowLayout) -> Vec<Range<usize>> {
    let RowLayout { stride, step } = layout;
    let mut all: Vec<Range<usize>> = Vec::new();
    for (row, start) in rows.clone().zip((0_usize..).step_by(stride)) {
        // A filter looks at the row above and at the pixel to the left, so damage spreads by one
        // pixel to the right and one row down.
        let here = damage.iter().filter(|region| region.rows.start <= row && row <= region.rows.end);
        let byte = |column: usize| start.saturating_add(column.saturating_mul(step).saturating_add(1).min(stride));
        all.extend(here.map(|region| byte(region.columns.start)..byte(region.columns.end.saturating_add(1))));
    }
    united(all)
}

/// The union of some ranges, in order and without overlaps; ranges that touch are joined.
#[must_use]
pub fn united(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    ranges
}

/// Regions that a region is compared with: with all of them, a thousand layers would take a million
/// steps.
const COMPARED: usize = 256;

/// Regions without those that lie in an earlier one. A template may have hundreds of layers in one
/// place, and each pixel would be looked at for each of them.
pub fn distinct(regions: impl Iterator<Item = Region>) -> Vec<Region> {
    let within = |inner: &Range<usize>, outer: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
    let mut kept: Vec<Region> = Vec::new();
    for region in regions {
        let is_known = kept
            .iter()
            .rev()
            .take(COMPARED)
            .any(|earlier| within(&region.rows, &earlier.rows) && within(&region.columns, &earlier.columns));
        if !is_known {
            kept.push(region);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_united() {
        assert_eq!(united(vec![7..9, 0..2, 2..3, 8..8, 5..6]), [0..3, 5..6, 7..9]);
        assert_eq!(united(Vec::new()), []);
    }

    #[test]
    fn a_region_in_an_earlier_one_is_left_out() {
        let [wide, inner, apart] =
            [(0..9, 0..9), (2..9, 3..4), (2..10, 3..4)].map(|(rows, columns)| Region { rows, columns });
        let all = [inner.clone(), wide.clone(), inner.clone(), wide.clone(), apart.clone()];
        assert_eq!(distinct(all.into_iter()), [inner, wide, apart]);
    }

    #[test]
    fn damage_spreads_to_the_right_and_down() {
        let layout = RowLayout { stride: 31, step: 3 };
        let region = |rows, columns| Region { rows, columns };
        // A pixel of row 1 affects that row and the next one, from its own first byte on.
        assert_eq!(damaged_bytes(&(0..4), &[region(1..2, 4..5)], layout), [44..50, 75..81]);
        // Rows are counted from the first; the last pixel has none to its right.
        assert_eq!(damaged_bytes(&(2..3), &[region(1..2, 9..10)], layout), std::slice::from_ref(&(28..31)));
        assert_eq!(damaged_bytes(&(0..1), &[region(1..9, 0..10)], layout), []);
    }
}
