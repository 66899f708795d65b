//! The fast matcher: it tries at most two earlier places.
//!
//! A file that is read a few times and thrown away is not worth a long search. Each place is looked
//! up by its first 4 bytes: where they were last; and, if that fails, by 3 bytes, which are a
//! pixel.

use std::ops::Range;

use super::length::{common, run};
use crate::deflate::token::{MIN_MATCH, Match, Token, WINDOW_BYTES};

/// Number of slots of the two tables of places, as a power of two.
const SLOT_BITS: u32 = 14;
const SHORT_SLOT_BITS: u32 = 12;

/// Number of bytes that a place is looked up by first.
const KEY: usize = 4;

/// Finds the tokens of bytes.
pub struct Fast {
    /// By the hash of 4 bytes, 1 more than the last place where they were seen; 0 if never.
    places: Vec<u32>,
    /// The same by the hash of 3 bytes.
    short: Vec<u32>,
}

impl Fast {
    pub fn new() -> Self {
        Self { places: vec![0; 1 << SLOT_BITS], short: vec![0; 1 << SHORT_SLOT_BITS] }
    }

    /// Appends the tokens of a range of the bytes. They can match the bytes of the ranges that were
    /// given before, which must come before this one.
    pub fn find(&mut self, bytes: &[u8], range: Range<usize>, tokens: &mut Vec<Token>) {
        let bytes = bytes.get(..range.end).unwrap_or_default();
        let mut at = range.start;
        while at < bytes.len() {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let rest = bytes.get(at..).unwrap_or_default();
            if let Some(byte) = before
                && rest.first() == Some(byte)
            {
                let run = run(rest, *byte);
                if run >= MIN_MATCH {
                    // Not by `extend`, here and below: LLVM would make a call of it, for one token.
                    for token in Match::new(run, 1) {
                        tokens.push(token);
                    }
                    at = at.wrapping_add(run);
                    continue;
                }
            }
            let Some(key) = rest.first_chunk::<KEY>() else {
                tokens.extend(rest.iter().map(|byte| Token::literal(*byte)));
                break;
            };
            let here = u32::try_from(at.wrapping_add(1)).unwrap_or(0);
            let distance = |places: &mut [u32], key: [u8; KEY], bits: u32| {
                let then = places.get_mut(hash(key, bits)).map_or(0, |slot| std::mem::replace(slot, here));
                usize::try_from(here.wrapping_sub(then)).ok().filter(|distance| then > 0 && *distance <= WINDOW_BYTES)
            };
            let matching = |distance: Option<usize>, least: usize| {
                let distance = distance?;
                let length = common(rest, bytes.get(at.wrapping_sub(distance)..).unwrap_or_default());
                (length >= least).then_some((length, distance))
            };
            let [first, second, third, _] = *key;
            let long = distance(&mut self.places, *key, SLOT_BITS);
            let short = distance(&mut self.short, [first, second, third, 0], SHORT_SLOT_BITS);
            let found = matching(long, KEY).or_else(|| matching(short, MIN_MATCH));
            if let Some((length, distance)) = found {
                for token in Match::new(length, distance) {
                    tokens.push(token);
                }
                at = at.wrapping_add(length);
            } else {
                tokens.push(Token::literal(rest.first().copied().unwrap_or(0)));
                at = at.wrapping_add(1);
            }
        }
    }
}

/// The slot of 4 bytes in a table of 2^`bits`: Fibonacci hashing (Knuth 6.4).
#[inline]
fn hash(bytes: [u8; KEY], bits: u32) -> usize {
    usize::try_from(u32::from_le_bytes(bytes).wrapping_mul(0x9E37_79B1) >> 32_u32.wrapping_sub(bits)).unwrap_or(0)
}
