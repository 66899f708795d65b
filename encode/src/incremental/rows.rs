//! Rows, and parts of rows, filtered by the filters that were chosen for a baseline.

use std::ops::Range;

use tiny_skia::PremultipliedColorU8;

use crate::png::ColorType;
use crate::png::filter::{RowFilter, Strategy};

/// Packs and filters rows.
pub struct Rows {
    strategy: Strategy,
    /// Bytes of a pixel.
    step: usize,
    packed: Vec<u8>,
    /// The row and the one above it, packed, each behind the bytes of their left neighbours.
    row: Vec<u8>,
    above: Vec<u8>,
    trial: Vec<u8>,
    filtered: Vec<u8>,
}

impl Rows {
    pub fn new(color_type: &ColorType, strategy: Strategy) -> Self {
        let [packed, row, above, trial, filtered] = [const { Vec::new() }; 5];
        Self { strategy, step: color_type.bytes_per_pixel(), packed, row, above, trial, filtered }
    }

    /// Takes the row above the first one; it is empty if there is none.
    pub fn begin_below(&mut self, color_type: &mut ColorType, row: &[PremultipliedColorU8]) {
        if row.is_empty() {
            return;
        }
        self.packed.clear();
        color_type.pack(row, &mut self.packed);
        self.begin(self.step, 0..self.packed.len());
    }

    /// Appends the next rows, each filtered by its filter.
    pub fn filter<'a>(
        &mut self,
        color_type: &mut ColorType,
        rows: impl Iterator<Item = (&'a [PremultipliedColorU8], RowFilter)>,
        out: &mut Vec<u8>,
    ) {
        for (row, filter) in rows {
            self.packed.clear();
            color_type.pack(row, &mut self.packed);
            out.push(filter.byte());
            if self.strategy == Strategy::None {
                out.extend_from_slice(&self.packed);
                continue;
            }
            self.begin(self.step, 0..self.packed.len());
            self.apply(filter);
            out.extend_from_slice(&self.trial);
        }
    }

    /// Some bytes of a filtered row, of which byte 0 is the filter's. `above` is the row above it;
    /// it is empty if there is none.
    pub fn part(
        &mut self,
        color_type: &mut ColorType,
        row: &[PremultipliedColorU8],
        above: &[PremultipliedColorU8],
        filter: RowFilter,
        bytes: &Range<usize>,
    ) -> &[u8] {
        let step = self.step.max(1);
        // Bytes of the packed row, which has none for its filter. The filter looks at the pixel to
        // the left as well.
        let (start, end) = (bytes.start.saturating_sub(1), bytes.end.saturating_sub(1));
        let left = start.saturating_sub(step);
        let columns = left / step..end.div_ceil(step);
        let skip = left.saturating_sub(columns.start.saturating_mul(step));
        let lead = step.saturating_sub(start.saturating_sub(left));
        for row in [above, row] {
            self.packed.clear();
            color_type.pack(row.get(columns.clone()).unwrap_or_default(), &mut self.packed);
            self.begin(lead, skip..end.saturating_sub(left).saturating_add(skip));
        }
        self.apply(filter);
        self.filtered.clear();
        self.filtered.extend((bytes.start == 0).then_some(filter.byte()));
        self.filtered.extend_from_slice(&self.trial);
        &self.filtered
    }

    /// Goes on to the next row: some bytes of the packed one, behind `lead` zeros.
    fn begin(&mut self, lead: usize, bytes: Range<usize>) {
        std::mem::swap(&mut self.row, &mut self.above);
        self.row.clear();
        self.row.resize(lead, 0);
        self.row.extend_from_slice(self.packed.get(bytes).unwrap_or_default());
    }

    /// Filters the row into `trial`. The row above the first one counts as zeros (§9.2).
    fn apply(&mut self, filter: RowFilter) {
        if self.above.len() < self.row.len() {
            self.above.resize(self.row.len(), 0);
        }
        filter.apply(&self.row, &self.above, self.step, &mut self.trial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::png::strip::{RowPacker, stride};
    use crate::png::survey;

    #[test]
    fn parts_are_those_of_whole_rows() {
        const WIDTH: usize = 37;
        let color = |at: usize, alpha: u8| {
            let [r, g, b, ..] = at.wrapping_mul(0x9E37_79B1).to_le_bytes().map(|level| level.min(alpha));
            PremultipliedColorU8::from_rgba(r, g, b, alpha).unwrap()
        };
        for (alpha, strategy) in [(255, Strategy::Paeth), (200, Strategy::Adaptive), (255, Strategy::None)] {
            let pixels: Vec<_> = (0..WIDTH * 9).map(|at| color(at, alpha)).collect();
            let mut color_type = survey(&pixels);
            let mut packer = RowPacker::new(&color_type, strategy);
            let whole = packer.filtered(&mut color_type, &pixels, WIDTH).to_vec();
            let stride = stride(&whole, &pixels, WIDTH);
            let filters: Vec<_> = whole.iter().step_by(stride).map(|byte| RowFilter::of(*byte)).collect();
            let rows: Vec<_> = pixels.chunks(WIDTH).collect();

            let (mut again, mut out) = (Rows::new(&color_type, strategy), Vec::new());
            again.begin_below(&mut color_type, rows[2]);
            again.filter(&mut color_type, (3..9).map(|row| (rows[row], filters[row])), &mut out);
            assert!(out == whole[3 * stride..], "{strategy:?}");

            let mut parts = Rows::new(&color_type, strategy);
            for (row, filter) in filters.iter().enumerate() {
                for (start, end) in [(0, 1), (0, stride), (1, 2), (5, 23), (stride - 1, stride), (40, 40)] {
                    let above = if row == 0 { &[] } else { rows[row - 1] };
                    let part = parts.part(&mut color_type, rows[row], above, *filter, &(start..end));
                    assert!(part == &whole[row * stride..][start..end], "{strategy:?}, row {row}, {start}..{end}");
                }
            }
        }
    }
}
