//! The row filters of PNG (§9): a row is stored as differences to its neighbours.
//!
//! The crate `png` can filter whole pictures only; strips need rows one at a time.

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
    /// neighbours, or zeros at the left edge. `step` is the number of bytes of a pixel.
    pub fn apply(self, row: &[u8], above: &[u8], step: usize, out: &mut Vec<u8>) {
        let length = row.len().saturating_sub(step);
        let here = row.get(step..).unwrap_or_default();
        let left = row.get(..length).unwrap_or_default();
        let up = above.get(step..).unwrap_or_default();
        let corner = above.get(..length).unwrap_or_default();
        out.clear();
        match self {
            Self::Sub => out.extend(here.iter().zip(left).map(|(here, left)| here.wrapping_sub(*left))),
            Self::Up => out.extend(here.iter().zip(up).map(|(here, up)| here.wrapping_sub(*up))),
            Self::Average => out.extend(here.iter().zip(left).zip(up).map(|((here, left), up)| {
                // ⌊(left + up) / 2⌋ without a ninth bit.
                here.wrapping_sub((left & up).wrapping_add((left ^ up) >> 1))
            })),
            Self::Paeth => out.extend(
                here.iter()
                    .zip(left)
                    .zip(up)
                    .zip(corner)
                    .map(|(((here, left), up), corner)| here.wrapping_sub(paeth(*left, *up, *corner))),
            ),
            Self::None => out.extend_from_slice(here),
        }
    }
}

/// §9.4: the one of the left, upper and corner neighbours that is nearest to left + upper − corner.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let to_left = b.wrapping_sub(c).wrapping_abs();
    let to_up = a.wrapping_sub(c).wrapping_abs();
    let to_corner = a.wrapping_add(b).wrapping_sub(c).wrapping_sub(c).wrapping_abs();
    let upper = if to_up <= to_corner { up } else { corner };
    if to_left <= to_up && to_left <= to_corner { left } else { upper }
}

/// Filters rows from top to bottom, each by the filter that a strategy chooses.
pub struct Filterer {
    strategy: Strategy,
    /// Bytes of a pixel.
    step: usize,
    /// The row and the one above it, each behind `step` zeros.
    row: Vec<u8>,
    above: Vec<u8>,
    /// The row as the filter that is tried makes it, and as the best one so far.
    trial: Vec<u8>,
    best: Vec<u8>,
    is_first: bool,
}

impl Filterer {
    /// For pixels of `step` bytes.
    pub const fn new(step: usize, strategy: Strategy) -> Self {
        Self { strategy, step, row: Vec::new(), above: Vec::new(), trial: Vec::new(), best: Vec::new(), is_first: true }
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
        let filters: &[RowFilter] = match self.strategy {
            _ if self.is_first => &[RowFilter::None, RowFilter::Sub],
            Strategy::Paeth => &[RowFilter::Paeth],
            Strategy::Adaptive | Strategy::None => {
                &[RowFilter::None, RowFilter::Sub, RowFilter::Up, RowFilter::Average, RowFilter::Paeth]
            }
        };
        let (mut least, mut chosen) = (u32::MAX, RowFilter::None);
        for &filter in filters {
            filter.apply(&self.row, &self.above, self.step, &mut self.trial);
            let differences = self.trial.iter().map(|byte| u32::from(byte.cast_signed().unsigned_abs()));
            let sum = differences.fold(0, u32::wrapping_add);
            if sum < least {
                (least, chosen) = (sum, filter);
                std::mem::swap(&mut self.best, &mut self.trial);
            }
        }
        self.is_first = false;
        out.push(chosen.byte());
        out.extend_from_slice(&self.best);
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
}
