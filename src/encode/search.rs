//! Bytes → the tokens of deflate, fast.
//!
//! Rows that are written for one recipient are read a few times and thrown away, so a search of their repeats may cost no more than
//! drawing them. Each place is looked up once: where the same 4 bytes were seen last.

use std::ops::Range;

use super::deflate::{MAX_REPEAT, MIN_REPEAT, Repeat, Token, WINDOW_BYTES};

/// Slots of the table of places, as a power of two.
const SLOT_BITS: u32 = 14;

/// Bytes that a place is looked up by, and that a repeat has at least.
const KEY: usize = 4;

/// Finds the tokens of bytes that come one piece after the other.
pub struct Search {
    /// One more than where bytes with this hash were last seen; 0 where never.
    places: Vec<u32>,
}

impl Search {
    pub fn new() -> Self {
        Self { places: vec![0; 1 << SLOT_BITS] }
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
            let Some(slot) = self.places.get_mut(hash(*key)) else { break };
            let then = std::mem::replace(slot, here);
            let back = usize::try_from(here.wrapping_sub(then)).unwrap_or(usize::MAX);
            let length = if then > 0 && back <= WINDOW_BYTES {
                common(rest, bytes.get(at.wrapping_sub(back)..).unwrap_or_default())
            } else {
                0
            };
            if length >= KEY {
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

/// The slot of 4 bytes: Fibonacci hashing (Knuth 6.4).
#[inline]
fn hash(bytes: [u8; KEY]) -> usize {
    usize::try_from(u32::from_le_bytes(bytes).wrapping_mul(0x9E37_79B1) >> 32_u32.wrapping_sub(SLOT_BITS)).unwrap_or(0)
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
fn common(one: &[u8], other: &[u8]) -> usize {
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
