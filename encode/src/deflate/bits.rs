//! Bits on their way into bytes, the first bit lowest (RFC 1951 §3.1.1).

use std::ops::Range;

/// Appends bits to whole bytes.
pub struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    /// Bits that are not yet in `out`, and how many.
    held: u64,
    count: u8,
}

impl<'a> BitWriter<'a> {
    pub const fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, held: 0, count: 0 }
    }

    /// Number of bits, including those of the bytes that were there before.
    pub fn len(&self) -> usize {
        self.out.len().wrapping_mul(8).wrapping_add(usize::from(self.count))
    }

    /// Appends the lowest `count` bits; those above must be 0.
    #[inline(always)] // two or three times for each token of a picture
    pub fn put(&mut self, bits: u32, count: u8) {
        self.put_word(u64::from(bits), count);
    }

    /// As [`Self::put`], for fewer than 64 bits.
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

    /// Appends a range of the bits of other bytes.
    pub fn copy(&mut self, bytes: &[u8], range: Range<usize>) {
        // A word of 64 bits has this many, even if they begin at the last bit of its first byte.
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

    /// Fills up the last byte with zeros, and appends whole bytes.
    pub fn finish(mut self, bytes: &[u8]) {
        while self.count > 0 {
            self.out.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count = self.count.saturating_sub(8);
        }
        self.out.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;

    #[test]
    fn copied_bits_are_those_of_the_source() {
        let mut random = Random::default();
        let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (at % 8) & 1;
        for _ in 0..500 {
            let source: Vec<u8> = (0..40).map(|_| random.below(256_u32) as u8).collect();
            let start = random.below(200_usize);
            let range = start..start + random.below(320 - start);
            let (mut out, lead) = (vec![0xAB], random.below(30_u8));
            let mut bits = BitWriter::new(&mut out);
            bits.put(0, lead);
            bits.copy(&source, range.clone());
            assert_eq!(bits.len(), 8 + usize::from(lead) + range.len());
            bits.finish(&[]);
            for (to, from) in (8 + usize::from(lead)..).zip(range) {
                assert_eq!(bit(&out, to), bit(&source, from));
            }
        }
    }
}
