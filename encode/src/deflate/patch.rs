//! Patches of deflate blocks: some tokens are replaced, the bits of all others are copied.
//!
//! A patch uses the codes of the block that it patches, so a token has the same bits in both, and
//! only changed bytes are coded anew. For this, the block is cut into cells, each of some tokens,
//! and their places in its bits are noted. A cell must also be coded anew if its matches copy bytes
//! that have changed.
//!
//! Invariant: a patch unpacks to the bytes of its block except in the cells that were replaced.

use std::ops::Range;

use super::bits::BitWriter;
use super::block::Codes;
use super::token::{Kind, MAX_MATCH, Token, WINDOW_BYTES};

/// The cells of a block.
pub struct Cells {
    codes: Codes,
    /// Where each cell begins; and, at last, where the last cell ends.
    marks: Vec<Mark>,
    /// The bytes outside of a cell that its matches copy, sorted.
    sources: Vec<Source>,
}

/// A place between two tokens.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Number of unpacked bytes of the block before it.
    bytes: usize,
    /// Number of bits of the block before it.
    bits: usize,
}

/// Bytes that a match of a cell copies.
///
/// From the highest bit: 28 bits for the first of the bytes, counted from [`WINDOW_BYTES`] before
/// the block; 27 bits for the number of the cell; 9 bits for the number of bytes. A block has many
/// sources, which are sorted: one number is faster to move than a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Source(u64);

impl Source {
    /// `None` if a block is larger than any strip.
    fn new(start: usize, cell: usize, length: usize) -> Option<Self> {
        let fits = |number: usize, bits: u32| u64::try_from(number).ok().filter(|number| number >> bits == 0);
        Some(Self(fits(start, 28)? << 36 | fits(cell, 27)? << 9 | fits(length, 9)?))
    }

    const fn start(self) -> usize {
        (self.0 >> 36) as usize
    }

    const fn cell(self) -> usize {
        (self.0 >> 9 & 0x7FF_FFFF) as usize
    }

    const fn length(self) -> usize {
        (self.0 & 0x1FF) as usize
    }
}

/// Writes a block, token after token, and notes its cells.
pub struct CellWriter<'a> {
    cells: Cells,
    bits: BitWriter<'a>,
    /// Number of unpacked bytes so far.
    bytes: usize,
}

impl<'a> CellWriter<'a> {
    /// Begins a block, which is appended to `deflated`. `codes` must have a code for each token of
    /// the block and of its patches.
    pub fn new(codes: Codes, deflated: &'a mut Vec<u8>) -> Self {
        let mut bits = BitWriter::new(deflated);
        codes.begin(&mut bits);
        let marks = vec![Mark { bytes: 0, bits: bits.len() }];
        Self { cells: Cells { codes, marks, sources: Vec::new() }, bits, bytes: 0 }
    }

    /// Writes tokens until the current cell has at least `bytes` more bytes; returns whether there
    /// were enough tokens.
    #[inline(never)] // V8 replaces code that it compiled in a hurry only when it is called again
    pub fn fill(&mut self, tokens: &mut impl Iterator<Item = Token>, bytes: usize) -> bool {
        let end = self.bytes.saturating_add(bytes);
        while self.bytes < end {
            let Some(token) = tokens.next() else { return false };
            let length = match token.kind() {
                Kind::Literal => 1,
                Kind::Match { length, distance } => {
                    self.add_source(length, distance);
                    length
                }
            };
            self.cells.codes.put(token, &mut self.bits);
            self.bytes = self.bytes.saturating_add(length);
        }
        true
    }

    fn add_source(&mut self, length: usize, distance: usize) {
        let cell = self.cells.marks.len().saturating_sub(1);
        let begin = self.cells.marks.last().map_or(0, |mark| mark.bytes);
        // A match of the cell's own bytes: they are coded anew together.
        if self.bytes >= begin.saturating_add(distance) {
            return;
        }
        let start = self.bytes.saturating_add(WINDOW_BYTES).saturating_sub(distance);
        // A match that is longer than its distance copies its own bytes after that.
        let length = length.min(distance);
        self.cells.sources.extend(Source::new(start, cell, length));
    }

    /// Ends the current cell, which must not be empty; returns its number of bytes.
    pub fn end_cell(&mut self) -> usize {
        let bytes = self.cell_bytes();
        self.cells.marks.push(Mark { bytes: self.bytes, bits: self.bits.len() });
        bytes
    }

    fn cell_bytes(&self) -> usize {
        self.bytes.saturating_sub(self.cells.marks.last().map_or(0, |mark| mark.bytes))
    }

    /// Ends the block on a whole byte.
    pub fn end(mut self) -> Cells {
        if self.cell_bytes() > 0 {
            self.end_cell();
        }
        let Self { mut cells, bits, .. } = self;
        cells.codes.end(bits);
        cells.sources.sort_unstable();
        cells
    }
}

impl Cells {
    /// The cells that must be coded anew if these ranges of bytes have changed, as ranges of cells
    /// in order; neighbours are in one range.
    ///
    /// The bytes are those of a stream in which the block begins at `block_start`. Bytes before the
    /// block count if a match of the block copies them.
    pub fn stale(&self, changed: &[Range<usize>], block_start: usize) -> Vec<Range<usize>> {
        let place = |place: usize| place.saturating_add(WINDOW_BYTES).saturating_sub(block_start);
        let mut stale = vec![false; self.count()];
        let mut set = |cell: usize| {
            if let Some(stale) = stale.get_mut(cell) {
                *stale = true;
            }
        };
        let end = place(block_start.saturating_add(self.mark(self.count()).bytes));
        let ranges = changed.iter().map(|range| place(range.start)..place(range.end));
        for range in ranges.filter(|range| !range.is_empty() && range.start < end) {
            let own = range.start.saturating_sub(WINDOW_BYTES)..range.end.saturating_sub(WINDOW_BYTES);
            let first = self.marks.partition_point(|mark| mark.bytes <= own.start).saturating_sub(1);
            let last = self.marks.partition_point(|mark| mark.bytes < own.end);
            (first..last).for_each(&mut set);
            let first = self.sources.partition_point(|source| source.start().saturating_add(MAX_MATCH) <= range.start);
            let sources = self.sources.get(first..).unwrap_or_default();
            for source in sources.iter().take_while(|source| source.start() < range.end) {
                if source.start().saturating_add(source.length()) > range.start {
                    set(source.cell());
                }
            }
        }
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (cell, _) in stale.iter().enumerate().filter(|(_, stale)| **stale) {
            match runs.last_mut().filter(|run| run.end == cell) {
                Some(run) => run.end = cell.saturating_add(1),
                None => runs.push(cell..cell.saturating_add(1)),
            }
        }
        runs
    }

    /// Number of cells.
    pub fn count(&self) -> usize {
        self.marks.len().saturating_sub(1)
    }

    /// The range of unpacked bytes of the block that some cells stand for.
    pub fn bytes(&self, cells: &Range<usize>) -> Range<usize> {
        self.mark(cells.start).bytes..self.mark(cells.end).bytes
    }

    /// Where a cell begins, or where the last one ends.
    fn mark(&self, cell: usize) -> Mark {
        self.marks.get(cell).or(self.marks.last()).copied().unwrap_or(Mark { bytes: 0, bits: 0 })
    }

    /// Begins a patch of the block `deflated`, of which these are the cells; appends it to `out`.
    pub fn patch<'a>(&'a self, deflated: &'a [u8], out: &'a mut Vec<u8>) -> Patch<'a> {
        out.reserve(deflated.len().saturating_add(deflated.len() / 8));
        let mut bits = BitWriter::new(out);
        bits.copy(deflated, 0..self.mark(0).bits);
        Patch { cells: self, deflated, bits, cell: 0 }
    }

    /// An upper estimate of the memory that they hold, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let marks = self.marks.len().saturating_mul(size_of::<Mark>());
        marks.saturating_add(self.sources.len().saturating_mul(size_of::<Source>())).saturating_add(size_of::<Self>())
    }
}

/// A block that is written as a patch of another block.
pub struct Patch<'a> {
    cells: &'a Cells,
    deflated: &'a [u8],
    bits: BitWriter<'a>,
    /// The first cell that is not yet written.
    cell: usize,
}

impl Patch<'_> {
    /// Writes other tokens in place of some cells; these must come after all cells that were
    /// replaced before, and the tokens must stand for as many bytes.
    #[inline(never)] // as above
    pub fn replace(&mut self, cells: &Range<usize>, tokens: impl IntoIterator<Item = Token>) {
        self.copy_until(cells.start);
        for token in tokens {
            self.cells.codes.put(token, &mut self.bits);
        }
        self.cell = cells.end;
    }

    /// Copies the remaining cells, and ends the block.
    pub fn end(mut self) {
        self.copy_until(self.cells.count());
        self.cells.codes.end(self.bits);
    }

    /// Copies the bits of all cells before a cell.
    fn copy_until(&mut self, cell: usize) {
        let [from, to] = [self.cell, cell].map(|cell| self.cells.mark(cell).bits);
        self.bits.copy(self.deflated, from..to);
        self.cell = cell;
    }
}

#[cfg(test)]
mod tests {
    use super::super::matcher::Fast;
    use super::super::testing::{Random, inflated};
    use super::super::token::MIN_MATCH;
    use super::*;

    fn block(tokens: &[Token], cell_bytes: usize, out: &mut Vec<u8>) -> Cells {
        let mut writer = CellWriter::new(Codes::complete(tokens, WINDOW_BYTES), out);
        let mut tokens = tokens.iter().copied();
        while writer.fill(&mut tokens, cell_bytes) {
            writer.end_cell();
        }
        writer.end()
    }

    fn literals(bytes: &[u8]) -> impl Iterator<Item = Token> {
        bytes.iter().map(|byte| Token::literal(*byte))
    }

    #[test]
    fn patches_unpack_to_their_bytes() {
        let mut random = Random::default();
        let (mut anew, mut all) = (0, 0);
        for case in 0..300 {
            // Noise that matches itself from near and far; the block begins in the middle.
            let mut bytes: Vec<u8> = Vec::new();
            let length = if case % 10 == 0 { 80_000 } else { 3_000 };
            while bytes.len() < length {
                let length_of_match = MIN_MATCH + random.below(300);
                match bytes.len().min(WINDOW_BYTES) {
                    far if far > 0 && random.below(3_u32) > 0 => {
                        let near = if random.below(2_u32) == 0 { far.min(40) } else { far };
                        let from = bytes.len() - 1 - random.below(near);
                        (0..length_of_match).for_each(|at| bytes.push(bytes[from + at]));
                    }
                    _ => bytes.extend((0..length_of_match % 50).map(|_| random.below(256_u32) as u8)),
                }
            }
            let start = random.below(bytes.len());
            let (mut matcher, mut tokens) = (Fast::new(), Vec::new());
            matcher.find(&bytes, 0..start, &mut tokens);
            tokens.clear();
            matcher.find(&bytes, start..bytes.len(), &mut tokens);
            let mut deflated = Vec::new();
            let cells = block(&tokens, 1 + random.below(80), &mut deflated);

            let (mut other, mut changed) = (bytes.clone(), Vec::new());
            for _ in 0..random.below(6_u32) {
                let from = random.below(bytes.len());
                let range = from..(from + random.below(200)).min(bytes.len());
                other[range.clone()].fill_with(|| random.below(256_u32) as u8);
                changed.push(range);
            }
            let stale = cells.stale(&changed, start);
            let mut out = Vec::new();
            block(&literals(&other[..start]).collect::<Vec<_>>(), 1, &mut out);
            let before = out.len();
            let mut patch = cells.patch(&deflated, &mut out);
            for range in &stale {
                let bytes = cells.bytes(range);
                anew += bytes.len();
                patch.replace(range, literals(&other[start..][bytes]));
            }
            patch.end();
            all += other.len() - start;
            if changed.is_empty() {
                assert!(out[before..] == deflated, "{case}");
            }
            assert!(inflated(&out) == other, "{case}");
        }
        assert!(0 < anew && anew < all / 2, "{anew} of {all}");
    }
}
