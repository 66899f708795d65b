//! Parts of a picture, and of its filtered bytes: where it differs from another.

use std::ops::Range;

/// A part of a picture, in px.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// From the top.
    pub rows: Range<usize>,
    /// From the left.
    pub columns: Range<usize>,
}

/// The bytes of some rows, filtered, that may be others where parts of the picture are: in order, without overlaps. `stride` is bytes
/// of a row, with the one for its filter type; `step`, bytes of a pixel.
pub(super) fn unlike(rows: &Range<usize>, parts: &[Part], (stride, step): (usize, usize)) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for (row, start) in rows.clone().zip((0_usize..).step_by(stride)) {
        // A filter looks at the row above, and at the pixel to the left.
        let here = parts.iter().filter(|part| part.rows.start <= row && row <= part.rows.end);
        let byte = |column: usize| start.saturating_add(column.saturating_mul(step).saturating_add(1).min(stride));
        all.extend(here.map(|part| byte(part.columns.start)..byte(part.columns.end.saturating_add(1))));
    }
    united(all)
}

/// The same places in order, without overlaps.
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
