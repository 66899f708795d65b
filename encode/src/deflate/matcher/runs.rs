//! The matcher for photographs, in which nothing but runs of one byte repeats: it searches for
//! nothing else.

use super::length::run;
use crate::deflate::token::{MIN_MATCH, Match, Token};

/// The tokens of some bytes: literals, and matches with the byte before.
pub struct Runs<'a> {
    rest: &'a [u8],
    run: Match,
}

impl<'a> Runs<'a> {
    /// The distance of all matches, in bytes.
    pub const DISTANCE: usize = 1;

    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, run: Match::default() }
    }
}

impl Iterator for Runs<'_> {
    type Item = Token;

    #[inline(always)] // for each byte of a photograph at worst
    fn next(&mut self) -> Option<Token> {
        if let Some(token) = self.run.next() {
            return Some(token);
        }
        let (byte, after) = self.rest.split_first()?;
        self.rest = after;
        // Most bytes are followed by another one.
        if after.first_chunk::<MIN_MATCH>() == Some(&[*byte; MIN_MATCH]) {
            let run = run(after, *byte);
            self.run = Match::new(run, Self::DISTANCE);
            self.rest = after.get(run..).unwrap_or_default();
        }
        Some(Token::literal(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::block::{self, Codes};
    use crate::deflate::testing::{Random, inflated};

    #[test]
    fn runs_unpack_to_their_bytes() {
        let mut random = Random::default();
        for case in 0..200_usize {
            let mut bytes = Vec::new();
            while bytes.len() < 2_000 {
                let length = if random.below(3_u32) == 0 { 1 + random.below(5 + 3 * case) } else { 1 };
                bytes.extend(std::iter::repeat_n(random.below(256_u32) as u8, length));
            }
            let tokens: Vec<Token> = Runs::new(&bytes).collect();
            assert!(inflated(&block::write(&tokens, &Codes::complete(&tokens, Runs::DISTANCE))) == bytes, "{case}");
            assert!(tokens.len() < bytes.len(), "{case}");
        }
    }
}
