//! The partitions of a VP8 key frame (RFC 6386, section 9): whether the file has all of their bytes.
//!
//! The decoder makes room for the lengths that a file declares, up to 16 MB each, before it reads
//! them.

use super::super::header::broken;
use crate::error::Problem;

/// Whether all partitions are within the data.
pub(super) fn check(data: &[u8]) -> Result<(), Problem> {
    let cut = || broken("the WebP is cut short");
    let (&[t0, t1, t2, ..], rest) = data.split_first_chunk::<10>().ok_or_else(cut)?;
    let first = usize::try_from(u32::from_le_bytes([t0, t1, t2, 0]) >> 5).unwrap_or(usize::MAX);
    let (first, rest) = rest.split_at_checked(first).ok_or_else(cut)?;
    let lengths = count(first).saturating_sub(1);
    let (lengths, rest) = rest.split_at_checked(lengths.saturating_mul(3)).ok_or_else(cut)?;
    let lengths = lengths.as_chunks::<3>().0.iter();
    let length = |&[b0, b1, b2]: &[u8; 3]| usize::try_from(u32::from_le_bytes([b0, b1, b2, 0])).unwrap_or(usize::MAX);
    if lengths.map(length).fold(0, usize::saturating_add) > rest.len() { Err(cut()) } else { Ok(()) }
}

/// Number of partitions after the first (section 9.5): 1, 2, 4 or 8.
fn count(first: &[u8]) -> usize {
    let mut header = Bools::new(first);
    // Colour space and clamping (section 9.2).
    header.skip(2);
    // Segments (section 9.3).
    if header.flag() {
        let (has_map, has_data) = (header.flag(), header.flag());
        if has_data {
            header.skip(1);
            (0..4).for_each(|_| header.optional(8));
            (0..4).for_each(|_| header.optional(7));
        }
        if has_map {
            (0..3).for_each(|_| header.optional(8));
        }
    }
    // The loop filter: its type, level and sharpness, and their adjustments (section 9.6).
    header.skip(1 + 6 + 3);
    if header.flag() && header.flag() {
        (0..8).for_each(|_| header.optional(7));
    }
    let (high, low) = (header.flag(), header.flag());
    1 << (usize::from(high) << 1 | usize::from(low))
}

/// The boolean decoder (section 7.3), for bits of equal probability.
struct Bools<'a> {
    rest: std::slice::Iter<'a, u8>,
    value: u32,
    range: u32,
    /// Bits of `value` that have been used since its last byte.
    used: u32,
}

impl<'a> Bools<'a> {
    fn new(data: &'a [u8]) -> Self {
        let mut rest = data.iter();
        let mut byte = || rest.next().map_or(0, |&byte| u32::from(byte));
        let value = byte() << 8 | byte();
        Self { rest, value, range: 255, used: 0 }
    }

    fn flag(&mut self) -> bool {
        let split = (self.range.saturating_sub(1) >> 1).saturating_add(1);
        let is_set = self.value >= split << 8;
        if is_set {
            self.range = self.range.saturating_sub(split);
            self.value = self.value.saturating_sub(split << 8);
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.value <<= 1;
            self.range <<= 1;
            self.used = self.used.saturating_add(1);
            if self.used == 8 {
                self.used = 0;
                self.value |= self.rest.next().map_or(0, |&byte| u32::from(byte));
            }
        }
        is_set
    }

    fn skip(&mut self, bits: u32) {
        for _ in 0..bits {
            self.flag();
        }
    }

    /// Skips a number of some bits, its sign included, if a flag says that it is there.
    fn optional(&mut self, bits: u32) {
        if self.flag() {
            self.skip(bits);
        }
    }
}
