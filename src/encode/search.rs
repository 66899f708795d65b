//! Bytes → the tokens of deflate, fast.
//!
//! Rows that are written for one recipient are read a few times and thrown away, so a search of their repeats may cost no more than
//! drawing them. Each place is looked up once in two tables: where the same 16 bytes, and the same 3, were seen last.

use std::ops::Range;

use super::deflate::{MAX_REPEAT, MIN_REPEAT, Repeat, Token, WINDOW_BYTES};

/// Slots of a table of places, as a power of two.
const SLOT_BITS: u32 = 14;
const SLOTS: usize = 1 << SLOT_BITS;

/// Bytes that a long repeat has at least.
const LONG: usize = 16;

/// Finds the tokens of bytes that come one piece after the other.
pub struct Search {
    /// One more than where bytes with this hash were last seen; 0 where never.
    long: Vec<u32>,
    short: Vec<u32>,
}

impl Search {
    pub fn new() -> Self {
        Self { long: vec![0; SLOTS], short: vec![0; SLOTS] }
    }

    /// Appends the tokens of some bytes, which may repeat those that were looked at before.
    pub fn find(&mut self, bytes: &[u8], range: Range<usize>, tokens: &mut Vec<Token>) {
        let Self { long, short } = self;
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
                    tokens.extend(Repeat::new(run, 1));
                    at = at.wrapping_add(run);
                    continue;
                }
            }
            let Some((key, _)) = rest.split_first_chunk::<LONG>() else {
                tokens.extend(rest.iter().map(|byte| Token::from(*byte)));
                break;
            };
            let here = u32::try_from(at.wrapping_add(1)).unwrap_or(0);
            let [hash_long, hash_short] = hashes(*key);
            let (mut length, mut distance) = (0, 0);
            for (table, hash, least) in [(&mut *long, hash_long, LONG), (&mut *short, hash_short, MIN_REPEAT)] {
                let Some(slot) = table.get_mut(hash) else { continue };
                let then = std::mem::replace(slot, here);
                let back = usize::try_from(here.wrapping_sub(then)).unwrap_or(usize::MAX);
                if then == 0 || back > WINDOW_BYTES || length >= LONG {
                    continue;
                }
                let common = common(rest, bytes.get(at.wrapping_sub(back)..).unwrap_or_default());
                // A few bytes from far away are no shorter than themselves.
                if common >= least && !(common == MIN_REPEAT && back > NEAR) {
                    (length, distance) = (common, back);
                }
            }
            if length > 0 {
                tokens.extend(Repeat::new(length, distance));
                at = at.wrapping_add(length);
            } else {
                tokens.push(Token::from(rest.first().copied().unwrap_or(0)));
                at = at.wrapping_add(1);
            }
        }
    }
}

/// From how far three bytes are worth a token.
const NEAR: usize = 4_096;

/// Slots of 16 bytes, and of the first 3 of them: Fibonacci hashing (Knuth 6.4).
#[inline]
fn hashes(bytes: [u8; LONG]) -> [usize; 2] {
    let [a, b, c, ..] = bytes;
    let word = u128::from_le_bytes(bytes);
    let [low, high] = [word, word >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0));
    let mixed = low.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ high.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    let long = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 64_u32.wrapping_sub(SLOT_BITS);
    let short = u32::from_le_bytes([0, a, b, c]).wrapping_mul(0x9E37_79B1) >> 32_u32.wrapping_sub(SLOT_BITS);
    [usize::try_from(long).unwrap_or(0), usize::try_from(short).unwrap_or(0)]
}

/// How many of the first bytes are this one.
#[inline(always)] // at each place of a picture, and it is none at most
pub fn run(bytes: &[u8], byte: u8) -> usize {
    const WORD: usize = 16;
    let (words, rest) = bytes.as_chunks::<WORD>();
    let same = [byte; WORD];
    let whole = words.iter().take_while(|word| **word == same).count();
    let rest = words.get(whole).map_or(rest, |word| word.as_slice());
    whole.wrapping_mul(WORD).wrapping_add(rest.iter().take_while(|next| **next == byte).count())
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
