//! Tokens → blocks of deflate (RFC 1951 §3.2), each with codes of its own.
//!
//! Invariant: a block ends on a whole byte, so that blocks can be put together.

use super::bits::BitWriter;
use super::huffman::{Code, LENGTH_ORDER, MAX_BITS, MAX_LENGTH_BITS, canonical, lengths};
use super::symbol::{DISTANCES, END, SYMBOLS, Symbol};
use super::token::{MIN_MATCH, Token};

/// Tokens that are written by one call.
const TOKENS_PER_CALL: usize = 512;

/// The codes of a block.
pub struct Codes {
    /// Lengths of the codes of literals, lengths and the end.
    symbol_lengths: Vec<u8>,
    /// Lengths of the codes of distances.
    distance_lengths: Vec<u8>,
    literals: [Code; 256],
    /// By the length of a match less [`MIN_MATCH`], its code with the extra bits behind it.
    lengths: [Code; 256],
    distances: Vec<Code>,
    end: Code,
}

impl Codes {
    /// The codes that are best for these tokens; they have none for other tokens.
    pub fn exact(tokens: &[Token]) -> Self {
        Self::new(tokens, None)
    }

    /// Codes for these tokens that can express every other token too, with matches from at most
    /// `max_distance` bytes before: a symbol that does not occur is counted as if it did once.
    pub fn complete(tokens: &[Token], max_distance: usize) -> Self {
        Self::new(tokens, Some(max_distance))
    }

    fn new(tokens: &[Token], max_distance: Option<usize>) -> Self {
        // Literals, and behind them lengths less `MIN_MATCH`.
        let mut counts = [0_u32; 512];
        let mut distances = [0_u32; DISTANCES];
        for token in tokens {
            let index = if token.is_literal() {
                token.byte()
            } else {
                let symbol = Symbol::of_distance(token.distance_rest());
                if let Some(count) = distances.get_mut(symbol.number) {
                    *count = count.wrapping_add(1);
                }
                256 | token.length_rest()
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
                Some(rest) => add(Symbol::of_length(rest.wrapping_add(MIN_MATCH)).number, *count),
            }
        }
        if let Some(distance) = max_distance {
            let last = Symbol::of_distance(u32::try_from(distance.saturating_sub(1)).unwrap_or(0)).number;
            let all = symbols.iter_mut().chain(distances.iter_mut().take(last.saturating_add(1)));
            all.for_each(|count| *count = (*count).max(1));
        }
        if let Some(end) = symbols.get_mut(END) {
            *end = 1;
        }
        let (symbol_lengths, distance_lengths) = (lengths(&symbols, MAX_BITS), lengths(&distances, MAX_BITS));
        let codes = canonical(&symbol_lengths);
        let code = |symbol: usize| codes.get(symbol).copied().unwrap_or_default();
        let mut literals = [Code::default(); 256];
        literals.iter_mut().zip(0..).for_each(|(slot, byte)| *slot = code(byte));
        let mut lengths = [Code::default(); 256];
        for (slot, rest) in lengths.iter_mut().zip(0_usize..) {
            let symbol = Symbol::of_length(rest.wrapping_add(MIN_MATCH));
            *slot = with_extra(code(symbol.number), symbol);
        }
        let distances = canonical(&distance_lengths);
        Self { symbol_lengths, distance_lengths, literals, lengths, distances, end: code(END) }
    }

    /// Begins a block with these codes that is not the last one.
    pub fn begin(&self, bits: &mut BitWriter<'_>) {
        bits.put(0b100, 3);
        self.header(bits);
    }

    /// Writes a token.
    #[inline(always)] // for each token of a picture; LLVM would make a call of it
    pub fn put(&self, token: Token, bits: &mut BitWriter<'_>) {
        if token.is_literal() {
            let code = self.literals.get(token.byte()).copied().unwrap_or_default();
            bits.put(code.bits, code.length);
        } else {
            let code = self.lengths.get(token.length_rest()).copied().unwrap_or_default();
            bits.put(code.bits, code.length);
            let symbol = Symbol::of_distance(token.distance_rest());
            let code = with_extra(self.distances.get(symbol.number).copied().unwrap_or_default(), symbol);
            bits.put(code.bits, code.length);
        }
    }

    /// Writes some tokens.
    #[inline(never)] // V8 replaces code that it compiled in a hurry only when it is called again
    fn put_all(&self, tokens: &[Token], bits: &mut BitWriter<'_>) {
        for token in tokens {
            self.put(*token, bits);
        }
    }

    /// Ends the block, and appends an empty stored block, which ends on a whole byte (§3.2.4):
    /// three bits, padding, and its length, 0, with its complement.
    pub fn end(&self, mut bits: BitWriter<'_>) {
        bits.put(self.end.bits, self.end.length);
        bits.put(0, 3);
        bits.finish(&[0, 0, 0xFF, 0xFF]);
    }

    /// Writes the lengths of the codes (§3.2.7).
    fn header(&self, bits: &mut BitWriter<'_>) {
        let used =
            |lengths: &[u8]| lengths.iter().rposition(|length| *length > 0).map_or(0, |last| last.wrapping_add(1));
        let (symbols, distances) = (used(&self.symbol_lengths).max(257), used(&self.distance_lengths).max(1));
        // Code lengths and their repetitions are symbols too.
        let mut written: Vec<Symbol> = Vec::new();
        let mut write = |number: u8, extra: usize, extra_bits: u8| {
            let extra = u32::try_from(extra).unwrap_or(0);
            written.push(Symbol { number: usize::from(number), extra, extra_bits });
        };
        let all = self.symbol_lengths.iter().take(symbols).chain(self.distance_lengths.iter().take(distances));
        let all: Vec<u8> = all.copied().collect();
        for same in all.chunk_by(|a, b| a == b) {
            let (length, mut left) = (same.first().copied().unwrap_or(0), same.len());
            if length > 0 {
                write(length, 0, 0);
                left = left.wrapping_sub(1);
            }
            while left >= 3 {
                let (symbol, take, least, extra_bits) = match (length, left) {
                    (0, 11..) => (18, left.min(138), 11, 7),
                    (0, _) => (17, left, 3, 3),
                    _ => (16, left.min(6), 3, 2),
                };
                write(symbol, take.wrapping_sub(least), extra_bits);
                left = left.wrapping_sub(take);
            }
            (0..left).for_each(|_| write(length, 0, 0));
        }
        let mut counts = [0_u32; LENGTH_ORDER.len()];
        for symbol in &written {
            if let Some(count) = counts.get_mut(symbol.number) {
                *count = count.wrapping_add(1);
            }
        }
        let lengths = lengths(&counts, MAX_LENGTH_BITS);
        let codes = canonical(&lengths);
        let length_of = |symbol: &usize| lengths.get(*symbol).copied().unwrap_or(0);
        let last = LENGTH_ORDER.iter().rposition(|symbol| length_of(symbol) > 0);
        let used = last.map_or(4, |last| last.wrapping_add(1)).max(4);
        let number = |count: usize| u32::try_from(count).unwrap_or(0);
        bits.put(number(symbols.wrapping_sub(257)), 5);
        bits.put(number(distances.wrapping_sub(1)), 5);
        bits.put(number(used.wrapping_sub(4)), 4);
        for symbol in LENGTH_ORDER.iter().take(used) {
            bits.put(u32::from(length_of(symbol)), 3);
        }
        for symbol in written {
            let code = with_extra(codes.get(symbol.number).copied().unwrap_or_default(), symbol);
            bits.put(code.bits, code.length);
        }
    }
}

/// The code of a symbol with its extra bits behind it.
#[inline(always)] // for each match of a picture
const fn with_extra(code: Code, symbol: Symbol) -> Code {
    Code { bits: code.bits | symbol.extra << code.length, length: code.length.wrapping_add(symbol.extra_bits) }
}

/// Writes tokens as a block with these codes; it is not the last block of its stream.
pub fn write(tokens: &[Token], codes: &Codes) -> Vec<u8> {
    let mut deflated = Vec::new();
    let mut bits = BitWriter::new(&mut deflated);
    codes.begin(&mut bits);
    for tokens in tokens.chunks(TOKENS_PER_CALL) {
        codes.put_all(tokens, &mut bits);
    }
    codes.end(bits);
    deflated.shrink_to_fit();
    deflated
}

#[cfg(test)]
mod tests {
    use super::super::inflate::tokens as tokens_of;
    use super::super::matcher::Fast;
    use super::super::testing::{Random, inflated};
    use super::super::token::{Match, WINDOW_BYTES};
    use super::*;

    fn runs(bytes: &[u8]) -> Vec<Token> {
        let mut tokens = Vec::new();
        for run in bytes.chunk_by(|one, other| one == other) {
            tokens.push(Token::literal(run[0]));
            if run.len() > MIN_MATCH {
                tokens.extend(Match::new(run.len() - 1, 1));
            } else {
                tokens.extend(run[1..].iter().map(|byte| Token::literal(*byte)));
            }
        }
        tokens
    }

    fn block(tokens: &[Token], out: &mut Vec<u8>) {
        out.extend(write(tokens, &Codes::complete(tokens, WINDOW_BYTES)));
    }

    fn check(bytes: &[u8]) -> usize {
        let (tokens, mut out) = (runs(bytes), Vec::new());
        block(&tokens, &mut out);
        assert!(inflated(&out) == bytes, "{} bytes", bytes.len());
        assert_eq!(tokens_of(&out).unwrap(), tokens);

        // With other bytes before them, and in two pieces.
        let (before, after) = bytes.split_at(bytes.len() / 3);
        let (mut matcher, mut tokens) = (Fast::new(), Vec::new());
        let middle = before.len() + after.len() / 2;
        matcher.find(bytes, before.len()..middle, &mut tokens);
        matcher.find(bytes, middle..bytes.len(), &mut tokens);
        let mut packed = Vec::new();
        block(&runs(before), &mut packed);
        block(&tokens, &mut packed);
        assert!(inflated(&packed) == bytes, "{} bytes", bytes.len());
        assert!(inflated(&write(&runs(bytes), &Codes::exact(&runs(bytes)))) == bytes, "{} bytes", bytes.len());
        out.len()
    }

    #[test]
    fn blocks_unpack_to_their_bytes() {
        let mut random = Random::default();
        check(&[]);
        for length in (0..600).chain([1_000, 65_536, 100_003]) {
            check(&vec![0; length]);
            check(&vec![7; length]);
        }
        for case in 0..400 {
            let (kinds, longest) = (1 + random.below(if case % 3 == 0 { 256 } else { 9 }), 1 + random.below(700));
            let mut bytes = Vec::new();
            while bytes.len() < 3_000 {
                let run: usize = 1 + random.below(longest);
                let byte = random.below::<u32>(kinds) as u8;
                bytes.extend(std::iter::repeat_n(byte, run));
            }
            check(&bytes);
        }
        // Counts that grow like Fibonacci's numbers make the deepest tree: deeper than a code may
        // be long.
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
}
