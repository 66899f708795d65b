//! The best matcher: it tries many earlier places, chosen for drawings.
//!
//! Each place is looked up by its first 64, 8 and 3 bytes: where they were last. A few more
//! places with the same 8 bytes are tried, as in zlib. The long key is for drawings: most rows of
//! a drawing have been there before as a whole, but many others begin with the same bytes. (Keys of 32
//! and 160 bytes instead of 64 make files half a per cent smaller, and take a fifth longer.) A match
//! waits for the one that begins a byte later, which may be better; the two are compared as in
//! libdeflate (`lib/deflate_compress.c`).
//!
//! Noting places takes most of the time, so that few are noted within a match. What is lost is mostly found
//! again at the distance of the last match: behind a change, a row goes on as the one above it.
//!
//! Files of drawings are as small as with level 7 of zlib or up to a tenth smaller, in half of the
//! time if most of the drawing is smooth.

use std::ops::Range;

use super::length::{common, run};
use crate::deflate::token::{MAX_MATCH, MIN_MATCH, Match, Token, WINDOW_BYTES};

/// Number of slots of a table of places, as a power of two.
const SLOT_BITS: u32 = 15;

/// Numbers of bytes that a place is looked up by: those that fit into a word, and a longer one.
const KEYS: [u32; 2] = [3, 8];
const LONG_KEY: usize = 64;

/// Number of places at each end of a run of one byte that are noted: all others begin with the same
/// bytes.
const ENDS: usize = 8;

/// The same for any other match. Most of what follows it will match what it matches, too.
const MATCH_ENDS: usize = 16;

/// Between the ends of a match, one of this many places is noted: enough to find it again where a drawing
/// changes in the middle of it.
const SPARSE: usize = 8;

/// Finds the tokens of bytes that come in pieces, one after the other.
pub struct Best {
    /// The last bytes; the first of them has the place `first`. Places are counted from
    /// [`WINDOW_BYTES`], so that place 0, an empty slot of a table, is out of reach for all of
    /// them.
    bytes: Vec<u8>,
    first: usize,
    /// For each of [`KEYS`], the last place of some bytes.
    tables: [Table; KEYS.len()],
    /// The same for [`LONG_KEY`].
    long_table: Table,
    rolling: Rolling,
    /// By place, the place before it with the same 8 bytes.
    earlier: Vec<u32>,
    /// Number of places with the same 8 bytes that are tried.
    depth: usize,
    /// The distance of the last match that is no run.
    last_distance: usize,
}

impl Best {
    /// A matcher that tries `depth` places with the same 8 bytes; more is slower and finds more.
    pub fn new(depth: usize) -> Self {
        Self {
            bytes: Vec::new(),
            first: WINDOW_BYTES,
            tables: KEYS.map(|_| Table::default()),
            long_table: Table::default(),
            rolling: Rolling::new(LONG_KEY),
            earlier: vec![0; WINDOW_BYTES],
            depth,
            last_distance: 0,
        }
    }

    /// Takes the next bytes without finding their tokens; later bytes can match them.
    pub fn skip(&mut self, bytes: &[u8]) {
        let start = self.append(bytes);
        self.note_all(start..self.bytes.len());
    }

    /// Takes the next bytes, and appends their tokens.
    pub fn find(&mut self, bytes: &[u8], tokens: &mut Vec<Token>) {
        let mut at = self.append(bytes);
        while at < self.bytes.len() {
            // No other match is longer.
            let run = self.run(at);
            if run >= MAX_MATCH {
                // Not by `extend`, here and below: LLVM would make a call of it, for one token.
                for token in Match::new(run, 1) {
                    tokens.push(token);
                }
                at = at.wrapping_add(run);
                continue;
            }
            let mut best = self.best(at, 0);
            let mut next = at.wrapping_add(1);
            while (MIN_MATCH..MAX_MATCH).contains(&best.length) && self.run(next) < MAX_MATCH {
                let later = self.best(next, best.length.wrapping_sub(1));
                next = next.wrapping_add(1);
                if !later.is_better_than(best) {
                    break;
                }
                tokens.push(self.literal(at));
                (at, best) = (at.wrapping_add(1), later);
            }
            if best.length < MIN_MATCH {
                tokens.push(self.literal(at));
                at = at.wrapping_add(1);
                continue;
            }
            for token in Match::new(best.length, best.distance) {
                tokens.push(token);
            }
            at = at.wrapping_add(best.length);
            if best.distance > 1 {
                self.last_distance = best.distance;
            }
            // The places before `next` were noted when they were looked up.
            let inside = if best.distance == 1 { ENDS } else { best.length.min(MATCH_ENDS) };
            let begin = at.min(next.wrapping_add(inside));
            self.note_all(next..begin);
            if best.distance > 1 {
                self.note_some(begin..at.wrapping_sub(inside));
            }
            self.note_all(begin.max(at.wrapping_sub(inside))..at);
        }
    }

    /// Appends bytes to those that can be matched; returns the index of the first.
    fn append(&mut self, bytes: &[u8]) -> usize {
        // Not for each piece, because the remaining bytes move.
        if self.bytes.len() > 4 * WINDOW_BYTES {
            let old = self.bytes.len().saturating_sub(WINDOW_BYTES);
            self.bytes.drain(..old);
            self.first = self.first.wrapping_add(old);
        }
        self.rolling.at = None;
        self.bytes.extend_from_slice(bytes);
        self.bytes.len().wrapping_sub(bytes.len())
    }

    /// The literal at an index.
    fn literal(&self, at: usize) -> Token {
        Token::literal(self.bytes.get(at).copied().unwrap_or(0))
    }

    /// Number of bytes from an index on that equal the byte before it.
    #[inline]
    fn run(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match at.checked_sub(1).and_then(|before| self.bytes.get(before)) {
            Some(byte) if rest.first() == Some(byte) => run(rest, *byte),
            _ => 0,
        }
    }

    /// Notes a place; returns the last place with the same bytes for each of [`KEYS`] and for [`LONG_KEY`].
    #[inline]
    fn note(&mut self, at: usize) -> ([u32; KEYS.len()], u32) {
        let here = self.number(at);
        let (mut last, mut long) = ([0; KEYS.len()], 0);
        let Some(word) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) else { return (last, long) };
        let word = u64::from_le_bytes(*word);
        for ((last, table), key) in last.iter_mut().zip(&mut self.tables).zip(KEYS) {
            *last = table.replace(hash(word, key), here);
        }
        if let Some(hash) = self.rolling.hash(&self.bytes, at) {
            long = self.long_table.replace(hash, here);
        }
        if let Some(slot) = self.earlier.get_mut(here as usize % WINDOW_BYTES) {
            [.., *slot] = last;
        }
        (last, long)
    }

    /// Notes some places: table by table, which is several times as fast as place by place.
    fn note_all(&mut self, places: Range<usize>) {
        let first = self.number(places.start);
        // The word of the last place ends behind it.
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
        let mut here = first..;
        self.rolling.each(&self.bytes, places, |hash| {
            self.long_table.replace(hash, here.next().unwrap_or(u32::MAX));
        });
    }

    /// Notes one of [`SPARSE`] places, by 8 bytes alone.
    fn note_some(&mut self, places: Range<usize>) {
        let first = self.number(places.start);
        let end = places.end.wrapping_add(7).min(self.bytes.len());
        let bytes = self.bytes.get(places.start..end).unwrap_or_default();
        let ([_, chained], [_, chained_key]) = (&mut self.tables, KEYS);
        for (here, word) in (first..).zip(bytes.array_windows().map(|word| u64::from_le_bytes(*word))).step_by(SPARSE) {
            let last = chained.replace(hash(word, chained_key), here);
            if let Some(slot) = self.earlier.get_mut(here as usize % WINDOW_BYTES) {
                *slot = last;
            }
        }
    }

    /// The place of an index. Places are below 2³²: a picture has fewer bytes.
    fn number(&self, at: usize) -> u32 {
        u32::try_from(self.first.wrapping_add(at)).unwrap_or(u32::MAX)
    }

    /// Notes a place; returns the best match there that is longer than `least`, or an empty one.
    #[inline]
    fn best(&mut self, at: usize, least: usize) -> Candidate {
        let ([short, mut then], long) = self.note(at);
        let here = self.number(at);
        let mut search = Search { bytes: &self.bytes, at, best: Candidate { length: least, distance: 0 } };
        search.look(here.wrapping_sub(long));
        for _ in 0..self.depth {
            if !search.look(here.wrapping_sub(then)) {
                break;
            }
            then = self.earlier.get(then as usize % WINDOW_BYTES).copied().unwrap_or(0);
        }
        search.look(here.wrapping_sub(short));
        search.look(u32::try_from(self.last_distance).unwrap_or(0));
        if search.best.distance == 0 { Candidate::default() } else { search.best }
    }
}

/// A search for the best match at an index.
struct Search<'a> {
    bytes: &'a [u8],
    at: usize,
    best: Candidate,
}

impl Search<'_> {
    /// Looks at the place `distance` bytes before; returns whether one that is farther away may be better.
    #[inline(always)] // for each place of a chain
    fn look(&mut self, distance: u32) -> bool {
        /// Number of bytes that are compared first: those of a longer match up to the one behind the best match.
        const TAIL: usize = 4;
        let distance = distance as usize;
        if distance == 0 || distance >= WINDOW_BYTES || self.best.length >= MAX_MATCH {
            return false;
        }
        let before = self.at.wrapping_sub(distance);
        let ends_alike = self.best.length.checked_sub(TAIL - 1).is_none_or(|tail| {
            let word = |at: usize| self.bytes.get(at.wrapping_add(tail)..).and_then(<[u8]>::first_chunk::<TAIL>);
            word(self.at) == word(before)
        });
        if ends_alike {
            let from = |at: usize| self.bytes.get(at..).unwrap_or_default();
            let length = common(from(self.at), from(before));
            if length > self.best.length {
                self.best = Candidate { length, distance };
            }
        }
        true
    }
}

/// By the hash of some bytes, the last place where they were; 0 if there is none.
struct Table(Vec<u32>);

impl Default for Table {
    fn default() -> Self {
        Self(vec![0; 1 << SLOT_BITS])
    }
}

impl Table {
    /// Notes a place; returns the one that it replaces.
    #[inline]
    fn replace(&mut self, hash: u64, place: u32) -> u32 {
        let slot = usize::try_from(hash >> 64_u32.wrapping_sub(SLOT_BITS)).ok().and_then(|slot| self.0.get_mut(slot));
        slot.map_or(0, |slot| std::mem::replace(slot, place))
    }
}

/// 2⁶⁴ over the golden ratio, for Fibonacci hashing (Knuth 6.4).
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of the first bytes of a word.
#[inline]
fn hash(word: u64, bytes: u32) -> u64 {
    (word << 64_u32.wrapping_sub(bytes.wrapping_mul(8))).wrapping_mul(FACTOR)
}

/// The hash of `length` bytes, derived from the hash one byte before: by cyclic polynomials (Cohen
/// 1997).
///
/// The method of Rabin and Karp takes more than twice as long, because each of its multiplications
/// waits for the one before. Equal bytes that are 64 apart cancel each other here; since bytes are
/// compared anyway, that costs a match at worst.
struct Rolling {
    length: usize,
    /// Number of bits that the first byte has been rotated by when it leaves.
    turns: u32,
    hash: u64,
    /// The index of the last hash; `None` if there is none.
    at: Option<usize>,
}

impl Rolling {
    fn new(length: usize) -> Self {
        let turns = u32::try_from(length % 64).unwrap_or(0);
        Self { length, turns, hash: 0, at: None }
    }

    /// The hash one byte further on.
    #[inline]
    const fn next(&self, hash: u64, first: u8, new: u8) -> u64 {
        let [first, new] = [(first as u64).wrapping_mul(FACTOR), (new as u64).wrapping_mul(FACTOR)];
        hash.rotate_left(1) ^ (first.rotate_left(self.turns) ^ new)
    }

    /// Calls `put` with the hash at each of some indices, as far as there are enough bytes.
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

    /// The hash at an index; `None` if there are too few bytes.
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

/// A match that may be taken; its length is 0 if there is none.
#[derive(Clone, Copy, Default)]
struct Candidate {
    length: usize,
    distance: usize,
}

impl Candidate {
    /// Whether it is better than the match that begins one byte before: a byte of length is worth
    /// as much as four doublings of the distance, and the literal before it costs two.
    fn is_better_than(self, before: Self) -> bool {
        let cost = |candidate: Self| candidate.distance.checked_ilog2().unwrap_or(0);
        let gain = u32::try_from(self.length.saturating_sub(before.length)).unwrap_or(0).saturating_mul(4);
        self.length >= before.length.max(MIN_MATCH) && gain.saturating_add(cost(before)) > cost(self).saturating_add(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::block::{self, Codes};
    use crate::deflate::testing::{Random, inflated};

    fn block(tokens: &[Token]) -> Vec<u8> {
        block::write(tokens, &Codes::exact(tokens))
    }

    #[test]
    fn pieces_unpack_to_their_bytes() {
        let mut random = Random::default();
        for case in 0..60 {
            // Noise and runs that match from near and far, also from beyond the window.
            let mut bytes: Vec<u8> = Vec::new();
            let length = if case % 6 == 0 { 6 * WINDOW_BYTES } else { 5_000 };
            while bytes.len() < length {
                let count = 1 + random.below(400);
                match (random.below(4_u32), bytes.len()) {
                    (0, _) | (_, 0) => bytes.extend((0..count % 40).map(|_| random.below(256_u32) as u8)),
                    (1, _) => bytes.extend(std::iter::repeat_n(random.below(256_u32) as u8, count)),
                    (_, far) => {
                        let from = far - 1 - random.below(far.min(2 * WINDOW_BYTES));
                        (0..count).for_each(|at| bytes.push(bytes[from + at]));
                    }
                }
            }
            let (mut matcher, mut deflated, mut tokens) = (Best::new(1 + case % 9), Vec::new(), Vec::new());
            let mut rest = bytes.as_slice();
            let (skipped, after) = rest.split_at(random.below(rest.len()));
            matcher.skip(skipped);
            deflated.extend(block(&skipped.iter().map(|byte| Token::literal(*byte)).collect::<Vec<_>>()));
            rest = after;
            while !rest.is_empty() {
                let (piece, after) = rest.split_at((1 + random.below(9_000)).min(rest.len()));
                tokens.clear();
                matcher.find(piece, &mut tokens);
                deflated.extend(block(&tokens));
                rest = after;
            }
            assert!(inflated(&deflated) == bytes, "{case}");
        }
    }

    /// Rows that begin like many others, and continue like one of them.
    #[test]
    fn a_row_is_found_among_many_that_begin_alike() {
        let mut random = Random::default();
        let row = |random: &mut Random| {
            let rest: Vec<u8> = (0..150).map(|_| random.below(256_u32) as u8).collect();
            [[7; 50].as_slice(), &rest].concat()
        };
        let rows: Vec<Vec<u8>> = (0..100).map(|_| row(&mut random)).collect();
        let (mut matcher, mut tokens) = (Best::new(4), Vec::new());
        matcher.skip(&rows.concat());
        for row in &rows {
            tokens.clear();
            matcher.find(row, &mut tokens);
            assert!(tokens.len() < 4, "{}", tokens.len());
        }
    }
}
