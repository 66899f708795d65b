//! How far bytes match.

use crate::deflate::token::MAX_MATCH;

/// Number of bytes at the beginning that equal `byte`.
#[inline(always)] // at each place of a picture, mostly with the result 0
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

/// Number of equal bytes at the beginning of both, at most [`MAX_MATCH`].
#[inline]
pub fn common(one: &[u8], other: &[u8]) -> usize {
    const WORD: usize = 8;
    let one = one.get(..MAX_MATCH).unwrap_or(one);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_end_at_the_first_difference() {
        for length in 0..300 {
            let mut bytes = vec![7; length];
            assert_eq!((run(&bytes, 7), common(&bytes, &bytes)), (length, length.min(MAX_MATCH)));
            bytes.extend([8, 7, 7, 7, 7, 7, 7, 7, 7, 7]);
            assert_eq!(run(&bytes, 7), length);
            assert_eq!(common(&bytes, &vec![7; length + 10]), length.min(MAX_MATCH));
        }
    }
}
