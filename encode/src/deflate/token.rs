//! The tokens of deflate: literals, and matches of bytes that came before (RFC 1951 §3.2.5).

/// The shortest and the longest match that one token can express, in bytes.
pub const MIN_MATCH: usize = 3;
pub const MAX_MATCH: usize = 258;

/// The farthest that a match can reach back, in bytes.
pub const WINDOW_BYTES: usize = 32 * 1024;

/// A literal or a match, packed into a word: pictures have millions of them.
///
/// A literal is its byte. A match is [`MATCH`], with its length less 3 in bits 15 to 22 and its
/// distance less 1 in bits 0 to 14.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token(u32);

/// The bit that marks a match.
const MATCH: u32 = 1 << 24;

/// A token, unpacked.
pub enum Kind {
    /// One byte.
    Literal,
    /// The `length` bytes that came `distance` bytes before.
    Match { length: usize, distance: usize },
}

impl Token {
    #[inline(always)] // for each byte of a picture at worst
    pub const fn literal(byte: u8) -> Self {
        Self(byte as u32)
    }

    #[inline(always)] // for each token of a picture
    pub const fn is_literal(self) -> bool {
        self.0 < MATCH
    }

    #[inline]
    pub const fn kind(self) -> Kind {
        if self.is_literal() {
            Kind::Literal
        } else {
            Kind::Match {
                length: self.length_rest().wrapping_add(MIN_MATCH),
                distance: (self.distance_rest() as usize).wrapping_add(1),
            }
        }
    }

    /// Number of bytes that it stands for.
    pub const fn bytes(self) -> usize {
        if self.is_literal() { 1 } else { self.length_rest().wrapping_add(MIN_MATCH) }
    }

    /// The byte of a literal.
    #[inline(always)] // for each token of a picture
    pub const fn byte(self) -> usize {
        self.0 as usize & 255
    }

    /// The length of a match less [`MIN_MATCH`].
    #[inline(always)] // for each token of a picture
    pub const fn length_rest(self) -> usize {
        (self.0 >> 15) as usize & 255
    }

    /// The distance of a match less 1.
    #[inline(always)] // for each token of a picture
    pub const fn distance_rest(self) -> u32 {
        self.0 & 0x7FFF
    }
}

/// The tokens of a match of any length: none for 0 bytes, several above [`MAX_MATCH`].
#[derive(Default)]
pub struct Match {
    /// Bytes that no token has covered yet.
    left: usize,
    /// The distance less 1.
    distance_rest: u32,
}

impl Match {
    /// A match of `length` bytes, 0 or at least [`MIN_MATCH`], from `distance` bytes before.
    pub fn new(length: usize, distance: usize) -> Self {
        Self { left: length, distance_rest: u32::try_from(distance.wrapping_sub(1)).unwrap_or(0) }
    }
}

impl Iterator for Match {
    type Item = Token;

    #[inline(always)] // for each token of a picture
    fn next(&mut self) -> Option<Token> {
        let take = match self.left {
            0 => return None,
            // Leaves enough bytes for the next token.
            left if left > MAX_MATCH && left < MAX_MATCH + MIN_MATCH => left.wrapping_sub(MIN_MATCH),
            left => left.min(MAX_MATCH),
        };
        self.left = self.left.wrapping_sub(take);
        Some(Token(MATCH | u32::try_from(take.wrapping_sub(MIN_MATCH)).unwrap_or(0) << 15 | self.distance_rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_match_cover_its_bytes() {
        for length in (MIN_MATCH..1_000).chain([0]) {
            let lengths = Match::new(length, 77).map(|token| match token.kind() {
                Kind::Match { length, distance: 77 } => length,
                _ => panic!("not a match from 77 bytes before"),
            });
            let lengths: Vec<usize> = lengths.collect();
            assert_eq!(lengths.iter().sum::<usize>(), length);
            assert!(lengths.iter().all(|length| (MIN_MATCH..=MAX_MATCH).contains(length)), "{lengths:?}");
        }
    }
}
