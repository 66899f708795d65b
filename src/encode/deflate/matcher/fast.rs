//! Bytes → the tokens of deflate, fast.
//!
//! Rows that are written for one recipient are read a few times and thrown away, so a search of their repeats may cost no more than
//! drawing them. Each place is looked up by its first 4 bytes, where those were last; or else by 3, which are a pixel.

use std::ops::Range;

use super::super::block::{MAX_REPEAT, MIN_REPEAT, Repeat, Token, WINDOW_BYTES};

/// Slots of the tables of places, as powers of two.
const SLOT_BITS: u32 = 14;
const SHORT_SLOT_BITS: u32 = 12;

/// Bytes that a place is looked up by first.
const KEY: usize = 4;

/// Finds the tokens of bytes that come one piece after the other.
pub struct Search {
    /// One more than where bytes with this hash were last seen; 0 where never.
    places: Vec<u32>,
    /// The same of 3 bytes.
    short: Vec<u32>,
}

impl Search {
    pub fn new() -> Self {
        Self { places: vec![0; 1 << SLOT_BITS], short: vec![0; 1 << SHORT_SLOT_BITS] }
    }

    /// Appends the tokens of some bytes, which may repeat those that were looked at before.
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
                if run >= MIN_REPEAT {
                    // Not `extend`, here and below: LLVM makes a call of it, for one token.
                    for token in Repeat::new(run, 1) {
                        tokens.push(token);
                    }
                    at = at.wrapping_add(run);
                    continue;
                }
            }
            let Some(key) = rest.first_chunk::<KEY>() else {
                tokens.extend(rest.iter().map(|byte| Token::from(*byte)));
                break;
            };
            let here = u32::try_from(at.wrapping_add(1)).unwrap_or(0);
            let back = |places: &mut [u32], key: [u8; KEY], bits: u32| {
                let then = places.get_mut(hash(key, bits)).map_or(0, |slot| std::mem::replace(slot, here));
                usize::try_from(here.wrapping_sub(then)).ok().filter(|back| then > 0 && *back <= WINDOW_BYTES)
            };
            let repeat = |back: Option<usize>, least: usize| {
                let back = back?;
                let length = common(rest, bytes.get(at.wrapping_sub(back)..).unwrap_or_default());
                (length >= least).then_some((length, back))
            };
            let [first, second, third, _] = *key;
            let long = back(&mut self.places, *key, SLOT_BITS);
            let short = back(&mut self.short, [first, second, third, 0], SHORT_SLOT_BITS);
            let found = repeat(long, KEY).or_else(|| repeat(short, MIN_REPEAT));
            if let Some((length, back)) = found {
                for token in Repeat::new(length, back) {
                    tokens.push(token);
                }
                at = at.wrapping_add(length);
            } else {
                tokens.push(Token::from(rest.first().copied().unwrap_or(0)));
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

/// How many of the first bytes are this one.
#[inline(always)] // at each place of a picture, and it is none at most
pub fn run(bytes: &[u8], byte: u8) -> usize {
    const WORD: usize = 8;
    let same = u64::from_le_bytes([byte; WORD]);
    let (words, rest) = bytes.as_chunks::<WORD>();
    let mut count = 0_usize;
    for word in words {
        let differ = u64::from_le_bytes(*word) ^ same;
        if differ != 0 {
            return count.wrapping_add(usize::try_from(differ.trailing_zeros() / 8).unwrap_or(0));
        }
        count = count.wrapping_add(WORD);
    }
    count.wrapping_add(rest.iter().take_while(|next| **next == byte).count())
}

/// How many bytes two pieces have in common, of those that one length can say.
#[inline]
pub fn common(one: &[u8], other: &[u8]) -> usize {
    const WORD: usize = 8;
    let one = one.get(..MAX_REPEAT).unwrap_or(one);
    let mut count = 0_usize;
    for (one, other) in one.as_chunks::<WORD>().0.iter().zip(other.as_chunks::<WORD>().0) {
        let differ = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        if differ != 0 {
            return count.wrapping_add(usize::try_from(differ.trailing_zeros() / 8).unwrap_or(0));
        }
        count = count.wrapping_add(WORD);
    }
    let (one, other) = (one.get(count..).unwrap_or_default(), other.get(count..).unwrap_or_default());
    count.wrapping_add(one.iter().zip(other).take_while(|(one, other)| one == other).count())
}
