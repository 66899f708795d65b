//! PNG's row filters (§9): what is left of a row when its neighbours are known.
//!
//! The crate `png` filters whole pictures only; here a band of rows is filtered, below the row that is given.

/// How rows are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filters {
    /// Not at all.
    No,
    /// Each by the type that leaves the smallest sum of differences, as §12.7 advises.
    Adaptive,
    /// All by the type that is mostly the best one for photographs.
    Paeth,
}

/// Filters rows one after the other, from the top of a band.
pub struct Filter {
    /// Bytes to the left neighbour.
    step: usize,
    filters: Filters,
    /// The row and the one above it, each behind `step` zeros: the left neighbours of the first pixel.
    row: Vec<u8>,
    above: Vec<u8>,
    trial: Vec<u8>,
    best: Vec<u8>,
    first: bool,
}

/// The filter types of §9.2, by number.
const NONE: u8 = 0;
const SUB: u8 = 1;
const UP: u8 = 2;
const AVERAGE: u8 = 3;
const PAETH: u8 = 4;

impl Filter {
    /// For pixels of `step` bytes.
    pub const fn new(step: usize, filters: Filters) -> Self {
        Self { step, filters, row: Vec::new(), above: Vec::new(), trial: Vec::new(), best: Vec::new(), first: true }
    }

    /// The row above the first.
    pub fn begin_below(&mut self, bytes: &[u8]) {
        self.row.clear();
        self.row.resize(self.step, 0);
        self.row.extend_from_slice(bytes);
        self.first = false;
    }

    /// Appends a filtered row, its type before it.
    pub fn row(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.filters == Filters::No {
            out.push(NONE);
            out.extend_from_slice(bytes);
            return;
        }
        self.begin(self.step, bytes);
        let kinds: &[u8] = match self.filters {
            _ if self.first => &[NONE, SUB],
            Filters::Paeth => &[PAETH],
            Filters::Adaptive | Filters::No => &[NONE, SUB, UP, AVERAGE, PAETH],
        };
        let (mut least, mut kind) = (u32::MAX, NONE);
        for &tried in kinds {
            let sum = self.apply(tried, bytes.len());
            if sum < least {
                (least, kind) = (sum, tried);
                std::mem::swap(&mut self.best, &mut self.trial);
            }
        }
        self.first = false;
        out.push(kind);
        out.extend_from_slice(&self.best);
    }

    /// Appends a row that is filtered by a type that was chosen for another one.
    pub fn row_as(&mut self, kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
        out.push(kind);
        if self.filters == Filters::No {
            out.extend_from_slice(bytes);
            return;
        }
        self.begin(self.step, bytes);
        self.part(kind, bytes.len(), out);
    }

    /// The next row from some byte on, behind `lead` zeros: with its left neighbours, if it has any.
    pub fn begin(&mut self, lead: usize, bytes: &[u8]) {
        std::mem::swap(&mut self.row, &mut self.above);
        self.row.clear();
        self.row.resize(lead, 0);
        self.row.extend_from_slice(bytes);
    }

    /// Appends so many bytes of the row, filtered by a type that was chosen for another one. A row that has none above it is below
    /// zeros.
    pub fn part(&mut self, kind: u8, length: usize, out: &mut Vec<u8>) {
        if self.above.len() < self.row.len() {
            self.above.resize(self.row.len(), 0);
        }
        self.fill(kind, length);
        out.extend_from_slice(&self.trial);
    }

    /// Filters the row into `trial`; returns the sum of its bytes as differences.
    fn apply(&mut self, kind: u8, length: usize) -> u32 {
        self.fill(kind, length);
        self.trial.iter().map(|byte| u32::from(byte.cast_signed().unsigned_abs())).fold(0, u32::wrapping_add)
    }

    fn fill(&mut self, kind: u8, length: usize) {
        let here = self.row.get(self.step..).unwrap_or_default();
        let left = self.row.get(..length).unwrap_or_default();
        let up = self.above.get(self.step..).unwrap_or_default();
        let corner = self.above.get(..length).unwrap_or_default();
        let out = &mut self.trial;
        out.clear();
        match kind {
            SUB => out.extend(here.iter().zip(left).map(|(here, left)| here.wrapping_sub(*left))),
            UP => out.extend(here.iter().zip(up).map(|(here, up)| here.wrapping_sub(*up))),
            AVERAGE => out.extend(here.iter().zip(left).zip(up).map(|((here, left), up)| {
                // ⌊(left + up) / 2⌋ without a ninth bit.
                here.wrapping_sub((left & up).wrapping_add((left ^ up) >> 1))
            })),
            PAETH => out.extend(
                here.iter()
                    .zip(left)
                    .zip(up)
                    .zip(corner)
                    .map(|(((here, left), up), corner)| here.wrapping_sub(paeth(*left, *up, *corner))),
            ),
            _ => out.extend_from_slice(here),
        }
    }
}

/// §9.4: of the left, the upper and the corner neighbour the one that is nearest to left + upper − corner.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let to_left = b.wrapping_sub(c).wrapping_abs();
    let to_up = a.wrapping_sub(c).wrapping_abs();
    let to_corner = a.wrapping_add(b).wrapping_sub(c).wrapping_sub(c).wrapping_abs();
    let upper = if to_up <= to_corner { up } else { corner };
    if to_left <= to_up && to_left <= to_corner { left } else { upper }
}
