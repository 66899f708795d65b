//! Bytes → the tokens of deflate, searched well: of what many pictures have, or what is worth it.
//!
//! Each place is looked up by its first 160, 32, 8 and 3 bytes: where those were last. Of the places with the same 8 bytes a few more
//! are tried, as in zlib; but a row of a drawing has mostly been there before as a whole, and from what only begins alike it takes many
//! steps to get there. A repeat waits for the one that begins a byte later, which may be better; the two are weighed as in libdeflate
//! (`lib/deflate_compress.c`).
//!
//! Files of drawings are as small as with zlib's level 7, or up to a tenth smaller, in half of its time where most is smooth.

use std::ops::Range;

use super::super::block::{MAX_REPEAT, MIN_REPEAT, Repeat, Token, WINDOW_BYTES};
use super::fast::{common, run};

/// Slots of a table of places, as a power of two.
const SLOT_BITS: u32 = 15;

/// Bytes that a place is looked up by: what fits into a word, and what does not.
const KEYS: [u32; 2] = [3, 8];
const LONG_KEYS: [usize; 2] = [32, 160];

/// Within a run of one byte, the places at both ends that may be repeated: all others begin alike.
const ENDS: usize = 8;

/// Finds the tokens of bytes that come one piece after the other.
pub struct Chains {
    /// The last bytes, the first of which is at place `first`. Places begin at [`WINDOW_BYTES`], so that 0 is too far from all of them.
    bytes: Vec<u8>,
    first: usize,
    /// By some bytes, the last place where they were.
    tables: [Table; KEYS.len()],
    long_tables: [(Rolling, Table); LONG_KEYS.len()],
    /// By a place, the one before it with the same 8 bytes.
    earlier: Vec<u32>,
    /// So many of those are tried.
    depth: usize,
}

impl Chains {
    /// Tries so many places with the same 8 bytes.
    pub fn new(depth: usize) -> Self {
        Self {
            bytes: Vec::new(),
            first: WINDOW_BYTES,
            tables: KEYS.map(|_| Table::default()),
            long_tables: LONG_KEYS.map(|length| (Rolling::new(length), Table::default())),
            earlier: vec![0; WINDOW_BYTES],
            depth,
        }
    }

    /// Appends bytes that may be repeated, and have no tokens themselves.
    pub fn see(&mut self, bytes: &[u8]) {
        let start = self.append(bytes);
        self.note_all(start..self.bytes.len());
    }

    /// Appends the tokens of the next bytes.
    pub fn find(&mut self, bytes: &[u8], tokens: &mut Vec<Token>) {
        let mut at = self.append(bytes);
        while at < self.bytes.len() {
            // No other repeat is longer.
            let run = self.run(at);
            if run >= MAX_REPEAT {
                // Not `extend`, here and below: LLVM makes a call of it, for one token.
                for token in Repeat::new(run, 1) {
                    tokens.push(token);
                }
                at = at.wrapping_add(run);
                continue;
            }
            let mut best = self.best(at, 0);
            let mut next = at.wrapping_add(1);
            while (MIN_REPEAT..MAX_REPEAT).contains(&best.length) && self.run(next) < MAX_REPEAT {
                let later = self.best(next, best.length.wrapping_sub(1));
                next = next.wrapping_add(1);
                if !later.is_better_than(best) {
                    break;
                }
                tokens.push(self.literal(at));
                (at, best) = (at.wrapping_add(1), later);
            }
            if best.length < MIN_REPEAT {
                tokens.push(self.literal(at));
                at = at.wrapping_add(1);
                continue;
            }
            for token in Repeat::new(best.length, best.back) {
                tokens.push(token);
            }
            at = at.wrapping_add(best.length);
            // Those that were looked up are noted already.
            let inside = if best.back == 1 { ENDS } else { best.length };
            let begin = at.min(next.wrapping_add(inside));
            self.note_all(next..begin);
            self.note_all(begin.max(at.wrapping_sub(inside))..at);
        }
    }

    /// Returns where they begin.
    fn append(&mut self, bytes: &[u8]) -> usize {
        // Not for each piece, because what is kept moves.
        if self.bytes.len() > 4 * WINDOW_BYTES {
            let old = self.bytes.len().saturating_sub(WINDOW_BYTES);
            self.bytes.drain(..old);
            self.first = self.first.wrapping_add(old);
        }
        self.long_tables.iter_mut().for_each(|(rolling, _)| rolling.at = None);
        self.bytes.extend_from_slice(bytes);
        self.bytes.len().wrapping_sub(bytes.len())
    }

    fn literal(&self, at: usize) -> Token {
        Token::from(self.bytes.get(at).copied().unwrap_or(0))
    }

    /// How often the byte before a place comes again.
    #[inline]
    fn run(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match at.checked_sub(1).and_then(|before| self.bytes.get(before)) {
            Some(byte) if rest.first() == Some(byte) => run(rest, *byte),
            _ => 0,
        }
    }

    /// Notes a place; returns the last ones with the same bytes, for each number of them.
    #[inline]
    fn note(&mut self, at: usize) -> ([u32; KEYS.len()], [u32; LONG_KEYS.len()]) {
        let here = self.number(at);
        let (mut last, mut long) = ([0; KEYS.len()], [0; LONG_KEYS.len()]);
        let Some(word) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) else { return (last, long) };
        let word = u64::from_le_bytes(*word);
        for ((last, table), key) in last.iter_mut().zip(&mut self.tables).zip(KEYS) {
            *last = table.replace(hash(word, key), here);
        }
        for (long, (rolling, table)) in long.iter_mut().zip(&mut self.long_tables) {
            if let Some(hash) = rolling.hash(&self.bytes, at) {
                *long = table.replace(hash, here);
            }
        }
        if let Some(slot) = self.earlier.get_mut(here as usize % WINDOW_BYTES) {
            [.., *slot] = last;
        }
        (last, long)
    }

    /// Notes places one after the other: table by table, which is several times as fast as place by place.
    fn note_all(&mut self, places: Range<usize>) {
        let first = self.number(places.start);
        // The word of the last place goes on behind it.
        let end = places.end.wrapping_add(7).min(self.bytes.len());
        let bytes = self.bytes.get(places.start..end).unwrap_or_default();
        let words = || (first..).zip(bytes.array_windows().map(|word| u64::from_le_bytes(*word)));
        let ([short, chained], [short_key, chained_key]) = (&mut self.tables, KEYS);
        for (here, word) in words() {
            short.replace(hash(word, short_key), here);
        }
        for (here, word) in words() {
            let last = chained.replace(hash(word, chained_key), here);
            if let Some(slot) = self.earlier.get_mut(here as usize % WINDOW_BYTES) {
                *slot = last;
            }
        }
        for (rolling, table) in &mut self.long_tables {
            let mut here = first..;
            rolling.each(&self.bytes, places.clone(), |hash| {
                table.replace(hash, here.next().unwrap_or(u32::MAX));
            });
        }
    }

    /// Places are below 2³²: a picture has fewer bytes.
    fn number(&self, at: usize) -> u32 {
        u32::try_from(self.first.wrapping_add(at)).unwrap_or(u32::MAX)
    }

    /// Notes a place; returns the best repeat there of more bytes than `least`, or none.
    #[inline]
    fn best(&mut self, at: usize, least: usize) -> Found {
        let (last, long) = self.note(at);
        let mut best = Found { length: least, back: 0 };
        let rest = self.bytes.get(at..).unwrap_or_default();
        let here = self.number(at);
        let back_to = |then: u32| usize::try_from(here.wrapping_sub(then)).unwrap_or(usize::MAX);
        let mut look = |then: u32| {
            let back = back_to(then);
            if back >= WINDOW_BYTES || best.length >= MAX_REPEAT {
                return false;
            }
            let other = self.bytes.get(at.wrapping_sub(back)..).unwrap_or_default();
            // What is longer has the byte behind as well.
            if rest.get(best.length) == other.get(best.length) {
                let length = common(rest, other);
                if length > best.length {
                    best = Found { length, back };
                }
            }
            true
        };
        let [short, mut then] = last;
        for place in long.into_iter().rev() {
            look(place);
        }
        for _ in 0..self.depth {
            if !look(then) {
                break;
            }
            then = self.earlier.get(then as usize % WINDOW_BYTES).copied().unwrap_or(0);
        }
        look(short);
        if best.back == 0 { Found::default() } else { best }
    }
}

/// By some bytes, the last place where they were; 0 where there is none.
struct Table(Vec<u32>);

impl Default for Table {
    fn default() -> Self {
        Self(vec![0; 1 << SLOT_BITS])
    }
}

impl Table {
    #[inline]
    fn replace(&mut self, hash: u64, place: u32) -> u32 {
        let slot = usize::try_from(hash >> 64_u32.wrapping_sub(SLOT_BITS)).ok().and_then(|slot| self.0.get_mut(slot));
        slot.map_or(0, |slot| std::mem::replace(slot, place))
    }
}

/// 2⁶⁴ over the golden ratio, for Fibonacci hashing (Knuth 6.4).
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Of the first bytes of a word.
#[inline]
fn hash(word: u64, bytes: u32) -> u64 {
    (word << 64_u32.wrapping_sub(bytes.wrapping_mul(8))).wrapping_mul(FACTOR)
}

/// The hash of so many bytes, which follows from the one a byte before: by cyclic polynomials (Cohen 1997). That of Rabin and Karp has a
/// multiplication for which the next one waits, and takes more than twice as long. Equal bytes 64 places apart cancel each other: what is
/// found is compared, so that costs a repeat at the worst.
struct Rolling {
    length: usize,
    /// How far the first byte has been turned when it leaves.
    turns: u32,
    hash: u64,
    /// Where the last one was.
    at: Option<usize>,
}

impl Rolling {
    fn new(length: usize) -> Self {
        let turns = u32::try_from(length % 64).unwrap_or(0);
        Self { length, turns, hash: 0, at: None }
    }

    /// Of the bytes a place further on.
    #[inline]
    const fn next(&self, hash: u64, first: u8, new: u8) -> u64 {
        let [first, new] = [(first as u64).wrapping_mul(FACTOR), (new as u64).wrapping_mul(FACTOR)];
        hash.rotate_left(1) ^ (first.rotate_left(self.turns) ^ new)
    }

    /// Of the bytes at each of some places, as far as there are so many.
    fn each(&mut self, bytes: &[u8], places: Range<usize>, mut put: impl FnMut(u64)) {
        if places.is_empty() {
            return;
        }
        let Some(mut hash) = self.hash(bytes, places.start) else { return };
        put(hash);
        let (first, new) = (bytes.get(places.start..), bytes.get(places.start.wrapping_add(self.length)..));
        let pairs = first.unwrap_or_default().iter().zip(new.unwrap_or_default());
        let mut last = places.start;
        for (at, (first, new)) in (places.start.wrapping_add(1)..places.end).zip(pairs) {
            hash = self.next(hash, *first, *new);
            put(hash);
            last = at;
        }
        (self.hash, self.at) = (hash, Some(last));
    }

    /// Of the bytes at a place, if there are so many.
    #[inline]
    fn hash(&mut self, bytes: &[u8], at: usize) -> Option<u64> {
        let before = at.wrapping_sub(1);
        if self.at.is_some_and(|last| last == before) {
            let (first, new) = (*bytes.get(before)?, *bytes.get(before.wrapping_add(self.length))?);
            self.hash = self.next(self.hash, first, new);
        } else {
            self.hash = bytes.get(at..)?.get(..self.length)?.iter().fold(0, |hash, byte| self.next(hash, 0, *byte));
        }
        self.at = Some(at);
        Some(self.hash)
    }
}

/// A repeat, or none.
#[derive(Clone, Copy, Default)]
struct Found {
    length: usize,
    back: usize,
}

impl Found {
    /// Than the one that begins a byte before it: a byte is worth as much as four doublings of the distance, and the literal two.
    fn is_better_than(self, before: Self) -> bool {
        let cost = |found: Self| found.back.checked_ilog2().unwrap_or(0);
        let gain = u32::try_from(self.length.saturating_sub(before.length)).unwrap_or(0).saturating_mul(4);
        self.length >= before.length.max(MIN_REPEAT) && gain.saturating_add(cost(before)) > cost(self).saturating_add(2)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::block::block;
    use super::super::super::oracle::{Chance, inflated};
    use super::*;

    #[test]
    fn pieces_unpack_to_their_bytes() {
        let mut chance = Chance::default();
        for case in 0..60 {
            // Noise and runs that repeat from near and far, past what is forgotten.
            let mut bytes: Vec<u8> = Vec::new();
            let length = if case % 6 == 0 { 6 * WINDOW_BYTES } else { 5_000 };
            while bytes.len() < length {
                let count = 1 + chance.below(400);
                match (chance.below(4_u32), bytes.len()) {
                    (0, _) | (_, 0) => bytes.extend((0..count % 40).map(|_| chance.below(256_u32) as u8)),
                    (1, _) => bytes.extend(std::iter::repeat_n(chance.below(256_u32) as u8, count)),
                    (_, far) => {
                        let from = far - 1 - chance.below(far.min(2 * WINDOW_BYTES));
                        (0..count).for_each(|at| bytes.push(bytes[from + at]));
                    }
                }
            }
            let (mut chains, mut deflated, mut tokens) = (Chains::new(1 + case % 9), Vec::new(), Vec::new());
            let mut rest = bytes.as_slice();
            let (seen, after) = rest.split_at(chance.below(rest.len()));
            chains.see(seen);
            deflated.extend(block(&seen.iter().map(|byte| Token::from(*byte)).collect::<Vec<_>>()));
            rest = after;
            while !rest.is_empty() {
                let (piece, after) = rest.split_at((1 + chance.below(9_000)).min(rest.len()));
                tokens.clear();
                chains.find(piece, &mut tokens);
                deflated.extend(block(&tokens));
                rest = after;
            }
            assert!(inflated(&deflated) == bytes, "{case}");
        }
    }

    /// Rows that begin like many others, and go on like one.
    #[test]
    fn a_row_is_found_among_many_that_begin_alike() {
        let mut chance = Chance::default();
        let row = |chance: &mut Chance| {
            let rest: Vec<u8> = (0..150).map(|_| chance.below(256_u32) as u8).collect();
            [[7; 50].as_slice(), &rest].concat()
        };
        let rows: Vec<Vec<u8>> = (0..100).map(|_| row(&mut chance)).collect();
        let (mut chains, mut tokens) = (Chains::new(4), Vec::new());
        chains.see(&rows.concat());
        for row in &rows {
            tokens.clear();
            chains.find(row, &mut tokens);
            assert!(tokens.len() < 4, "{}", tokens.len());
        }
    }
}
