//! Tokens → blocks of deflate (RFC 1951 §3.2), each with codes of its own.
//!
//! Who finds the tokens decides what it costs: [`super::matcher::fast`] does it in a fraction of the time of zlib, for rows that are written
//! for one recipient.
//!
//! Invariant: a block ends on a whole byte.

use std::ops::Range;

/// Symbols of literals, the end of the block, and lengths (§3.2.5).
pub const SYMBOLS: usize = 286;

/// The end of a block.
pub const END: usize = 256;

/// Distances that have a symbol (§3.2.5).
pub const DISTANCES: usize = 30;

/// The longest and the shortest repeat that one symbol says.
pub const MAX_REPEAT: usize = 258;
pub const MIN_REPEAT: usize = 3;

/// Farthest back that a repeat may lie.
pub const WINDOW_BYTES: usize = 32 * 1024;

/// Bits of the longest code of a symbol, and of a code length (§3.2.7).
pub const MAX_BITS: u8 = 15;
const MAX_LENGTH_BITS: u8 = 7;

/// The order in which code lengths of code lengths are written (§3.2.7).
pub const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A literal; or, above [`REPEAT`], 3 less than a length and 1 less than a distance.
pub type Token = u32;
const REPEAT: Token = 1 << 24;

/// What a token says.
pub enum Said {
    /// One byte.
    Literal,
    /// So many bytes, as those so far back.
    Repeat { length: usize, distance: usize },
}

/// A token's meaning.
#[inline]
pub const fn said(token: Token) -> Said {
    if token < REPEAT {
        Said::Literal
    } else {
        let length = ((token >> 15) & 255) as usize;
        Said::Repeat { length: length.wrapping_add(MIN_REPEAT), distance: ((token & 0x7FFF) as usize).wrapping_add(1) }
    }
}

/// The tokens of a repeat of at least [`MIN_REPEAT`] bytes, or of none.
#[derive(Default)]
pub struct Repeat {
    /// Bytes that no token has said yet.
    left: usize,
    /// 1 less than the distance.
    back: Token,
}

impl Repeat {
    /// As many bytes as `length`, from so far back.
    pub fn new(length: usize, distance: usize) -> Self {
        Self { left: length, back: Token::try_from(distance.wrapping_sub(1)).unwrap_or(0) }
    }
}

impl Iterator for Repeat {
    type Item = Token;

    #[inline(always)] // for each token of a picture
    fn next(&mut self) -> Option<Token> {
        let take = match self.left {
            0 => return None,
            // What is left over is no fewer than the shortest repeat.
            left if left > MAX_REPEAT && left < MAX_REPEAT + MIN_REPEAT => left.wrapping_sub(MIN_REPEAT),
            left => left.min(MAX_REPEAT),
        };
        self.left = self.left.wrapping_sub(take);
        Some(REPEAT | Token::try_from(take.wrapping_sub(MIN_REPEAT)).unwrap_or(0) << 15 | self.back)
    }
}

/// The symbol of a distance of one more, the bits that follow it, and how many (§3.2.5).
#[inline]
fn distance_symbol(rest: u32) -> (usize, u32, u8) {
    if rest < 4 {
        return (rest as usize, 0, 0);
    }
    // Two symbols to each number of extra bits.
    let extra = rest.ilog2().wrapping_sub(1);
    let symbol = extra.wrapping_mul(2).wrapping_add(rest >> extra);
    (symbol as usize, rest & (1_u32 << extra).wrapping_sub(1), extra.to_le_bytes()[0])
}

/// The symbol of a run's length, the bits that follow it, and how many (§3.2.5).
pub fn length_symbol(length: usize) -> (usize, u32, u8) {
    let rest = length.wrapping_sub(MIN_REPEAT);
    if length == MAX_REPEAT {
        return (285, 0, 0);
    }
    if rest < 8 {
        return (257_usize.wrapping_add(rest), 0, 0);
    }
    // Four symbols to each number of extra bits.
    let extra = usize::try_from(rest.ilog2()).unwrap_or(0).wrapping_sub(2);
    let symbol = 257_usize.wrapping_add(extra.wrapping_mul(4)).wrapping_add(rest >> extra);
    let bits = u32::try_from(rest & (1_usize << extra).wrapping_sub(1)).unwrap_or(0);
    (symbol, bits, u8::try_from(extra).unwrap_or(0))
}

/// The codes of a block: bits, and how many.
pub struct Codes {
    /// Lengths of the codes of symbols, and of distances.
    symbols: Vec<u8>,
    back: Vec<u8>,
    literals: [(u32, u8); 256],
    /// Of 3 less than a length, its extra bits with it.
    lengths_of: [(u32, u8); 256],
    distances: Vec<(u32, u8)>,
    end: (u32, u8),
}

impl Codes {
    /// For these tokens alone; or, where `farthest` is said, for whatever else comes, with repeats from so far back at the most: what
    /// does not occur is then taken to occur once.
    pub fn new(tokens: &[Token], farthest: Option<usize>) -> Self {
        // Lengths by their own number, behind literals.
        let mut counts = [0_u32; 512];
        let mut distances = [0_u32; DISTANCES];
        for token in tokens {
            let index = if *token < REPEAT {
                *token as usize & 255
            } else {
                let (symbol, ..) = distance_symbol(*token & 0x7FFF);
                if let Some(count) = distances.get_mut(symbol) {
                    *count = count.wrapping_add(1);
                }
                256 | ((*token >> 15) as usize & 255)
            };
            if let Some(count) = counts.get_mut(index) {
                *count = count.wrapping_add(1);
            }
        }
        let mut symbols = [0_u32; SYMBOLS];
        let mut add = |symbol: usize, count: u32| {
            if let Some(sum) = symbols.get_mut(symbol) {
                *sum = sum.wrapping_add(count);
            }
        };
        for (token, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            match token.checked_sub(256) {
                None => add(token, *count),
                Some(rest) => add(length_symbol(rest.wrapping_add(MIN_REPEAT)).0, *count),
            }
        }
        if let Some(farthest) = farthest {
            let (last, ..) = distance_symbol(u32::try_from(farthest.saturating_sub(1)).unwrap_or(0));
            let all = symbols.iter_mut().chain(distances.iter_mut().take(last.saturating_add(1)));
            all.for_each(|count| *count = (*count).max(1));
        }
        if let Some(end) = symbols.get_mut(END) {
            *end = 1;
        }
        let (symbols, back) = (lengths(&symbols, MAX_BITS), lengths(&distances, MAX_BITS));
        let codes = canonical(&symbols);
        let code = |symbol: usize| codes.get(symbol).copied().unwrap_or_default();
        let mut literals = [(0, 0); 256];
        literals.iter_mut().zip(0..).for_each(|(slot, byte)| *slot = code(byte));
        let mut lengths_of = [(0, 0); 256];
        for (slot, rest) in lengths_of.iter_mut().zip(0_usize..) {
            let (symbol, extra, extra_bits) = length_symbol(rest.wrapping_add(MIN_REPEAT));
            let (bits, length) = code(symbol);
            *slot = (bits | extra << length, length.wrapping_add(extra_bits));
        }
        Self { end: code(END), distances: canonical(&back), symbols, back, literals, lengths_of }
    }

    /// Begins a block with these codes, which is not the last.
    pub fn begin(&self, bits: &mut Bits<'_>) {
        bits.put(0b100, 3);
        self.header(bits);
    }

    /// A token of the block.
    #[inline(always)] // for each token of a picture, and LLVM would call it
    pub fn put(&self, token: Token, bits: &mut Bits<'_>) {
        if token < REPEAT {
            let (code, length) = self.literals.get(token as usize & 255).copied().unwrap_or_default();
            bits.put(code, length);
        } else {
            let (code, length) = self.lengths_of.get((token >> 15) as usize & 255).copied().unwrap_or_default();
            bits.put(code, length);
            let (symbol, extra, extra_bits) = distance_symbol(token & 0x7FFF);
            let (code, length) = self.distances.get(symbol).copied().unwrap_or_default();
            bits.put(code | extra << length, length.wrapping_add(extra_bits));
        }
    }

    /// Ends the block, and begins and ends an empty stored one: three bits, up to the byte, and its length and complement.
    pub fn end(&self, mut bits: Bits<'_>) {
        let (code, length) = self.end;
        bits.put(code, length);
        bits.put(0, 3);
        bits.align();
        bits.out.extend([0, 0, 0xFF, 0xFF]);
    }

    /// How the codes are said (§3.2.7).
    fn header(&self, bits: &mut Bits<'_>) {
        let used =
            |lengths: &[u8]| lengths.iter().rposition(|length| *length > 0).map_or(0, |last| last.wrapping_add(1));
        let (used, used_back) = (used(&self.symbols).max(257), used(&self.back).max(1));
        let mut said: Vec<(u8, u32, u8)> = Vec::new();
        let all: Vec<u8> = self.symbols.iter().take(used).chain(self.back.iter().take(used_back)).copied().collect();
        for same in all.chunk_by(|a, b| a == b) {
            let (length, mut left) = (same.first().copied().unwrap_or(0), same.len());
            if length > 0 {
                said.push((length, 0, 0));
                left = left.wrapping_sub(1);
            }
            while left >= 3 {
                let (symbol, take, least, extra) = match (length, left) {
                    (0, 11..) => (18, left.min(138), 11, 7),
                    (0, _) => (17, left, 3, 3),
                    _ => (16, left.min(6), 3, 2),
                };
                said.push((symbol, u32::try_from(take.wrapping_sub(least)).unwrap_or(0), extra));
                left = left.wrapping_sub(take);
            }
            said.extend(std::iter::repeat_n((length, 0, 0), left));
        }
        let mut counts = [0_u32; 19];
        for (symbol, ..) in &said {
            if let Some(count) = counts.get_mut(usize::from(*symbol)) {
                *count = count.wrapping_add(1);
            }
        }
        let lengths = lengths(&counts, MAX_LENGTH_BITS);
        let codes = canonical(&lengths);
        let length_of = |symbol: &usize| lengths.get(*symbol).copied().unwrap_or(0);
        let written =
            ORDER.iter().rposition(|symbol| length_of(symbol) > 0).map_or(4, |last| last.wrapping_add(1)).max(4);
        let number = |count: usize| u32::try_from(count).unwrap_or(0);
        bits.put(number(used.wrapping_sub(257)), 5);
        bits.put(number(used_back.wrapping_sub(1)), 5);
        bits.put(number(written.wrapping_sub(4)), 4);
        for symbol in ORDER.iter().take(written) {
            bits.put(u32::from(length_of(symbol)), 3);
        }
        for (symbol, extra, extra_bits) in said {
            let (code, length) = codes.get(usize::from(symbol)).copied().unwrap_or_default();
            bits.put(code, length);
            bits.put(extra, extra_bits);
        }
    }
}

/// Lengths of the codes of symbols that occur so often: Huffman's, at most `most` bits.
fn lengths(counts: &[u32], most: u8) -> Vec<u8> {
    // The count of each above its symbol: numbers are sorted with less code than pairs.
    let used = counts.iter().zip(0_u64..).filter(|(count, _)| **count > 0);
    let mut leaves: Vec<u64> = used.map(|(count, symbol)| u64::from(*count) << 32 | symbol).collect();
    let mut lengths = vec![0; counts.len()];
    if leaves.len() < 2 {
        // A code of one symbol has a bit all the same, and a decoder wants a second one: any other.
        let only = leaves.first().map_or(0, |leaf| symbol_of(*leaf));
        let other = usize::from(only == 0);
        lengths
            .iter_mut()
            .enumerate()
            .filter(|(symbol, _)| *symbol == only || *symbol == other)
            .for_each(|(_, length)| *length = 1);
        return lengths;
    }
    loop {
        leaves.sort_unstable();
        let depths = depths(&leaves);
        if depths.iter().all(|depth| *depth <= most) {
            for (leaf, depth) in leaves.iter().zip(depths) {
                if let Some(length) = lengths.get_mut(symbol_of(*leaf)) {
                    *length = depth;
                }
            }
            return lengths;
        }
        // Flatter counts make a flatter tree; in the end they are all alike.
        leaves.iter_mut().for_each(|leaf| {
            let flat = u64::from(weight_of(*leaf) >> 1).wrapping_add(1);
            *leaf = flat << 32 | *leaf & u64::from(u32::MAX);
        });
    }
}

/// A leaf is a symbol with its weight above it.
#[expect(clippy::cast_possible_truncation, reason = "the lower half")]
const fn symbol_of(leaf: u64) -> usize {
    leaf as u32 as usize
}

const fn weight_of(leaf: u64) -> u32 {
    (leaf >> 32) as u32
}

/// Depths of leaves in the tree of least weight; they are sorted by weight. The queue of inner nodes is sorted as it grows.
fn depths(leaves: &[u64]) -> Vec<u8> {
    let inner = leaves.len().saturating_sub(1);
    let mut weights: Vec<u32> = Vec::with_capacity(inner);
    let (mut leaf_parents, mut inner_parents) = (Vec::with_capacity(leaves.len()), Vec::with_capacity(inner));
    for node in 0..inner {
        let mut weight = 0_u32;
        for _ in 0..2 {
            let leaf = leaves.get(leaf_parents.len()).map(|leaf| weight_of(*leaf));
            let tree = weights.get(inner_parents.len()).copied();
            match (leaf, tree) {
                (Some(leaf), tree) if tree.is_none_or(|tree| leaf <= tree) => {
                    leaf_parents.push(node);
                    weight = weight.saturating_add(leaf);
                }
                (_, tree) => {
                    inner_parents.push(node);
                    weight = weight.saturating_add(tree.unwrap_or(0));
                }
            }
        }
        weights.push(weight);
    }
    // The last one is the root; every other comes before its parent.
    let mut inner_depths = vec![0_u8; inner];
    for (node, parent) in inner_parents.iter().enumerate().rev() {
        let depth = inner_depths.get(*parent).copied().unwrap_or(0).saturating_add(1);
        if let Some(slot) = inner_depths.get_mut(node) {
            *slot = depth;
        }
    }
    leaf_parents.iter().map(|parent| inner_depths.get(*parent).copied().unwrap_or(0).saturating_add(1)).collect()
}

/// Codes from their lengths (§3.2.2), the first bit lowest.
pub fn canonical(lengths: &[u8]) -> Vec<(u32, u8)> {
    let mut next = [0_u32; 17];
    for bits in 1..=15_u8 {
        let shorter = next.get(usize::from(bits)).copied().unwrap_or(0);
        let count = lengths.iter().filter(|length| **length == bits).count();
        if let Some(first) = next.get_mut(usize::from(bits).wrapping_add(1)) {
            *first = shorter.wrapping_add(u32::try_from(count).unwrap_or(0)) << 1;
        }
    }
    let code = |length: &u8| {
        let next = next.get_mut(usize::from(*length))?;
        let code = next.reverse_bits().checked_shr(32_u32.wrapping_sub(u32::from(*length)))?;
        *next = next.wrapping_add(1);
        Some((code, *length))
    };
    lengths.iter().map(code).map(Option::unwrap_or_default).collect()
}

/// A block that is not the last, in codes of its own.
pub fn block(tokens: &[Token]) -> Vec<u8> {
    let mut deflated = Vec::new();
    let (codes, mut bits) = (Codes::new(tokens, None), Bits::new(&mut deflated));
    codes.begin(&mut bits);
    for token in tokens {
        codes.put(*token, &mut bits);
    }
    codes.end(bits);
    deflated.shrink_to_fit();
    deflated
}

/// Bits, the first one lowest.
pub struct Bits<'a> {
    out: &'a mut Vec<u8>,
    held: u64,
    count: u8,
}

impl<'a> Bits<'a> {
    /// Appends to whole bytes.
    pub const fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, held: 0, count: 0 }
    }

    /// How many there are, with those of the bytes before them.
    pub fn len(&self) -> usize {
        self.out.len().wrapping_mul(8).wrapping_add(usize::from(self.count))
    }

    #[inline(always)] // two or three for each token of a picture
    fn put(&mut self, bits: u32, count: u8) {
        self.put_word(u64::from(bits), count);
    }

    /// Fewer than 64 of them.
    #[inline(always)] // as above
    fn put_word(&mut self, bits: u64, count: u8) {
        self.held |= bits << self.count;
        let room = 64_u8.wrapping_sub(self.count);
        if count < room {
            self.count = self.count.wrapping_add(count);
        } else {
            self.out.extend_from_slice(&self.held.to_le_bytes());
            self.held = bits >> room;
            self.count = count.wrapping_sub(room);
        }
    }

    /// Bits of other bytes.
    pub fn copy(&mut self, bytes: &[u8], range: Range<usize>) {
        // A word that begins in the middle of a byte has all of them.
        const MOST: usize = 56;
        let mut at = range.start;
        while at < range.end {
            let rest = bytes.get(at / 8..).unwrap_or_default();
            let word = rest.first_chunk().copied().unwrap_or_else(|| {
                let mut word = [0; 8];
                word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                word
            });
            let count = range.end.wrapping_sub(at).min(MOST);
            let bits = u64::from_le_bytes(word) >> (at % 8) & (1_u64 << count).wrapping_sub(1);
            self.put_word(bits, u8::try_from(count).unwrap_or(0));
            at = at.wrapping_add(count);
        }
    }

    /// Fills the last byte up with zeros.
    fn align(&mut self) {
        while self.count > 0 {
            self.out.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count = self.count.saturating_sub(8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::inflate::tokens as tokens_of;
    use super::super::matcher::fast::Search;
    use super::super::oracle::{Chance, inflated};
    use super::*;

    fn runs(bytes: &[u8]) -> Vec<Token> {
        let mut tokens = Vec::new();
        for run in bytes.chunk_by(|one, other| one == other) {
            tokens.push(Token::from(run[0]));
            if run.len() > MIN_REPEAT {
                tokens.extend(Repeat::new(run.len() - 1, 1));
            } else {
                tokens.extend(run[1..].iter().map(|byte| Token::from(*byte)));
            }
        }
        tokens
    }

    fn block(tokens: &[Token], out: &mut Vec<u8>) {
        let (codes, mut bits) = (Codes::new(tokens, Some(WINDOW_BYTES)), Bits::new(out));
        codes.begin(&mut bits);
        tokens.iter().for_each(|token| codes.put(*token, &mut bits));
        codes.end(bits);
    }

    fn check(bytes: &[u8]) -> usize {
        let (tokens, mut out) = (runs(bytes), Vec::new());
        block(&tokens, &mut out);
        assert!(inflated(&out) == bytes, "{} bytes", bytes.len());
        assert_eq!(tokens_of(&out).unwrap(), tokens);

        // With something before it, and in two pieces.
        let (before, after) = bytes.split_at(bytes.len() / 3);
        let (mut search, mut tokens) = (Search::new(), Vec::new());
        let middle = before.len() + after.len() / 2;
        search.find(bytes, before.len()..middle, &mut tokens);
        search.find(bytes, middle..bytes.len(), &mut tokens);
        let mut packed = Vec::new();
        block(&runs(before), &mut packed);
        block(&tokens, &mut packed);
        assert!(inflated(&packed) == bytes, "{} bytes", bytes.len());
        out.len()
    }

    #[test]
    fn everything_comes_back() {
        let mut chance = Chance::default();
        check(&[]);
        for length in (0..600).chain([1_000, 65_536, 100_003]) {
            check(&vec![0; length]);
            check(&vec![7; length]);
        }
        for case in 0..400 {
            let (kinds, longest) = (1 + chance.below(if case % 3 == 0 { 256 } else { 9 }), 1 + chance.below(700));
            let mut bytes = Vec::new();
            while bytes.len() < 3_000 {
                let run: usize = 1 + chance.below(longest);
                let byte = chance.below::<u32>(kinds) as u8;
                bytes.extend(std::iter::repeat_n(byte, run));
            }
            check(&bytes);
        }
        // Counts like Fibonacci's make the deepest tree: deeper than a code may be.
        let (mut one, mut two) = (1_usize, 1_usize);
        let mut bytes = Vec::new();
        for byte in 0..28_u8 {
            for _ in 0..one {
                bytes.extend([byte, 255 - byte]);
            }
            (one, two) = (two, one + two);
        }
        check(&bytes);
    }

    #[test]
    fn runs_are_short() {
        assert!(check(&vec![0; 100_000]) < 150);
    }

    #[test]
    fn lengths_have_the_symbols_of_the_standard() {
        for (length, expected) in [
            (3, (257, 0, 0)),
            (10, (264, 0, 0)),
            (11, (265, 0, 1)),
            (12, (265, 1, 1)),
            (13, (266, 0, 1)),
            (19, (269, 0, 2)),
            (130, (280, 15, 4)),
            (131, (281, 0, 5)),
            (257, (284, 30, 5)),
            (258, (285, 0, 0)),
        ] {
            assert_eq!(length_symbol(length), expected, "{length}");
        }
    }
}
