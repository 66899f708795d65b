//! Blocks of deflate of which many versions are written: the bits of what they have in common are taken over.
//!
//! The codes of the original serve every version of it, so bits mean the same in each, and only what differs is coded anew. For that,
//! the original is cut into cells, each of some tokens, and knows where they are in its bits. A repeat holds as long as the bytes that it
//! repeats are the original's, so a cell is coded anew as well where it repeats bytes that are not.
//!
//! Invariant: a version unpacks to the original's bytes wherever nothing else was put.

use std::ops::Range;

use super::block::{Bits, Codes, MAX_REPEAT, Said, Token, WINDOW_BYTES, said};

/// How a block of deflate is made up.
pub struct Original {
    codes: Codes,
    /// Where cells begin, and the last one ends.
    marks: Vec<Mark>,
    /// What cells repeat of what is not their own, in order.
    sources: Vec<Source>,
}

/// A place between two tokens.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Bytes before it, of those that the block unpacks to.
    bytes: usize,
    /// Bits before it.
    bits: usize,
}

/// Bytes that a cell repeats: in 28 bits the first of them, counted from [`WINDOW_BYTES`] before the block's, in 27 the cell, and in 9 how
/// many bytes. There are many, and they are sorted: a number is less to move than a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Source(u64);

impl Source {
    /// None where a block is larger than any band.
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

/// An original on its way into bits, token after token.
pub struct Draft<'a> {
    original: Original,
    bits: Bits<'a>,
    bytes: usize,
}

impl<'a> Draft<'a> {
    /// Begins a block.
    pub fn new(codes: Codes, deflated: &'a mut Vec<u8>) -> Self {
        let mut bits = Bits::new(deflated);
        codes.begin(&mut bits);
        let marks = vec![Mark { bytes: 0, bits: bits.len() }];
        Self { original: Original { codes, marks, sources: Vec::new() }, bits, bytes: 0 }
    }

    /// Codes a cell of so many bytes or a few more, because it is of whole tokens; returns whether there are as many.
    #[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
    pub fn cell(&mut self, tokens: &mut impl Iterator<Item = Token>, bytes: usize) -> bool {
        let end = self.bytes.saturating_add(bytes);
        while self.bytes < end {
            let Some(token) = tokens.next() else { return false };
            let length = match said(token) {
                Said::Literal => 1,
                Said::Repeat { length, distance } => {
                    self.add_source(length, distance);
                    length
                }
            };
            self.original.codes.put(token, &mut self.bits);
            self.bytes = self.bytes.saturating_add(length);
        }
        true
    }

    fn add_source(&mut self, length: usize, distance: usize) {
        let cell = self.original.marks.len().saturating_sub(1);
        let begin = self.original.marks.last().map_or(0, |mark| mark.bytes);
        // What is a cell's own is coded anew with it.
        if self.bytes >= begin.saturating_add(distance) {
            return;
        }
        let start = self.bytes.saturating_add(WINDOW_BYTES).saturating_sub(distance);
        // What it repeats of itself it repeats of what is before that.
        let length = length.min(distance);
        self.original.sources.extend(Source::new(start, cell, length));
    }

    /// Ends a cell, which has some bytes; returns how many.
    pub fn cut(&mut self) -> usize {
        let bytes = self.cell_bytes();
        self.original.marks.push(Mark { bytes: self.bytes, bits: self.bits.len() });
        bytes
    }

    fn cell_bytes(&self) -> usize {
        self.bytes.saturating_sub(self.original.marks.last().map_or(0, |mark| mark.bytes))
    }

    /// Ends the block on a whole byte.
    pub fn end(mut self) -> Original {
        if self.cell_bytes() > 0 {
            self.cut();
        }
        let Self { mut original, bits, .. } = self;
        original.codes.end(bits);
        original.sources.sort_unstable();
        original
    }
}

impl Original {
    /// The cells that are to be coded anew where bytes are unlike: in order, those that touch each other as one. The block's own bytes
    /// begin at `start`; those before them count where a repeat may lie so far back.
    pub fn stale(&self, unlike: &[Range<usize>], start: usize) -> Vec<Range<usize>> {
        let place = |place: usize| place.saturating_add(WINDOW_BYTES).saturating_sub(start);
        let mut stale = vec![false; self.cells()];
        let mut set = |cell: usize| {
            if let Some(stale) = stale.get_mut(cell) {
                *stale = true;
            }
        };
        let end = place(start.saturating_add(self.mark(self.cells()).bytes));
        let ranges = unlike.iter().map(|range| place(range.start)..place(range.end));
        for range in ranges.filter(|range| !range.is_empty() && range.start < end) {
            let own = range.start.saturating_sub(WINDOW_BYTES)..range.end.saturating_sub(WINDOW_BYTES);
            let first = self.marks.partition_point(|mark| mark.bytes <= own.start).saturating_sub(1);
            let last = self.marks.partition_point(|mark| mark.bytes < own.end);
            (first..last).for_each(&mut set);
            let first = self.sources.partition_point(|source| source.start().saturating_add(MAX_REPEAT) <= range.start);
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

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.marks.len().saturating_sub(1)
    }

    /// The bytes of some cells, of those that the block unpacks to.
    pub fn bytes(&self, cells: &Range<usize>) -> Range<usize> {
        self.mark(cells.start).bytes..self.mark(cells.end).bytes
    }

    /// Where a cell begins, or the last one ends.
    fn mark(&self, cell: usize) -> Mark {
        self.marks.get(cell).or(self.marks.last()).copied().unwrap_or(Mark { bytes: 0, bits: 0 })
    }

    /// Begins a version; `deflated` is the original's block.
    pub fn version<'a>(&'a self, deflated: &'a [u8], out: &'a mut Vec<u8>) -> Version<'a> {
        out.reserve(deflated.len().saturating_add(deflated.len() / 8));
        let mut bits = Bits::new(out);
        bits.copy(deflated, 0..self.mark(0).bits);
        Version { original: self, deflated, bits, cell: 0 }
    }

    /// Bytes of memory that it holds, or a little more.
    pub fn memory_bytes(&self) -> usize {
        let marks = self.marks.len().saturating_mul(size_of::<Mark>());
        marks.saturating_add(self.sources.len().saturating_mul(size_of::<Source>())).saturating_add(size_of::<Self>())
    }
}

/// A version of an original, on its way.
pub struct Version<'a> {
    original: &'a Original,
    deflated: &'a [u8],
    bits: Bits<'a>,
    /// The first cell that it has not come to.
    cell: usize,
}

impl Version<'_> {
    /// Other tokens in place of some cells, behind all that was replaced before.
    #[inline(never)] // as above
    pub fn replace(&mut self, cells: &Range<usize>, tokens: impl IntoIterator<Item = Token>) {
        self.keep(cells.start);
        for token in tokens {
            self.original.codes.put(token, &mut self.bits);
        }
        self.cell = cells.end;
    }

    /// What is left is the original's.
    pub fn end(mut self) {
        self.keep(self.original.cells());
        self.original.codes.end(self.bits);
    }

    /// Goes on to a cell with the original's bits.
    fn keep(&mut self, cell: usize) {
        let [from, to] = [self.cell, cell].map(|cell| self.original.mark(cell).bits);
        self.bits.copy(self.deflated, from..to);
        self.cell = cell;
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::MIN_REPEAT;
    use super::super::matcher::fast::Search;
    use super::super::oracle::{Chance, inflated};
    use super::*;

    fn block(tokens: &[Token], cell_bytes: usize, out: &mut Vec<u8>) -> Original {
        let mut draft = Draft::new(Codes::new(tokens, Some(WINDOW_BYTES)), out);
        let mut tokens = tokens.iter().copied();
        while draft.cell(&mut tokens, cell_bytes) {
            draft.cut();
        }
        draft.end()
    }

    fn literals(bytes: &[u8]) -> impl Iterator<Item = Token> {
        bytes.iter().map(|byte| Token::from(*byte))
    }

    #[test]
    fn versions_unpack_to_their_bytes() {
        let mut chance = Chance::default();
        let (mut anew, mut all) = (0, 0);
        for case in 0..300 {
            // Noise that repeats itself from near and far; the block begins in the middle.
            let mut bytes: Vec<u8> = Vec::new();
            let length = if case % 10 == 0 { 80_000 } else { 3_000 };
            while bytes.len() < length {
                let repeat = MIN_REPEAT + chance.below(300);
                match bytes.len().min(WINDOW_BYTES) {
                    far if far > 0 && chance.below(3_u32) > 0 => {
                        let near = if chance.below(2_u32) == 0 { far.min(40) } else { far };
                        let from = bytes.len() - 1 - chance.below(near);
                        (0..repeat).for_each(|at| bytes.push(bytes[from + at]));
                    }
                    _ => bytes.extend((0..repeat % 50).map(|_| chance.below(256_u32) as u8)),
                }
            }
            let start = chance.below(bytes.len());
            let (mut search, mut tokens) = (Search::new(), Vec::new());
            search.find(&bytes, 0..start, &mut tokens);
            tokens.clear();
            search.find(&bytes, start..bytes.len(), &mut tokens);
            let mut deflated = Vec::new();
            let original = block(&tokens, 1 + chance.below(80), &mut deflated);

            let (mut other, mut unlike) = (bytes.clone(), Vec::new());
            for _ in 0..chance.below(6_u32) {
                let from = chance.below(bytes.len());
                let range = from..(from + chance.below(200)).min(bytes.len());
                other[range.clone()].fill_with(|| chance.below(256_u32) as u8);
                unlike.push(range);
            }
            let stale = original.stale(&unlike, start);
            let mut out = Vec::new();
            block(&literals(&other[..start]).collect::<Vec<_>>(), 1, &mut out);
            let before = out.len();
            let mut version = original.version(&deflated, &mut out);
            for cells in &stale {
                let bytes = original.bytes(cells);
                anew += bytes.len();
                version.replace(cells, literals(&other[start..][bytes]));
            }
            version.end();
            all += other.len() - start;
            if unlike.is_empty() {
                assert!(out[before..] == deflated, "{case}");
            }
            assert!(inflated(&out) == other, "{case}");
        }
        assert!(0 < anew && anew < all / 2, "{anew} of {all}");
    }
}
