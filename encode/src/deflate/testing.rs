//! Helpers of the tests of encoders: repeatable random numbers, and an independent inflater.

use flate2::{Decompress, FlushDecompress, Status};

/// xorshift64.
pub struct Random(pub u64);

impl Default for Random {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Random {
    /// A number from 0 to `count` − 1.
    pub fn below<T: TryFrom<u64> + TryInto<u64>>(&mut self, count: T) -> T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let below = (self.0 >> 33) % count.try_into().ok().unwrap();
        below.try_into().ok().unwrap()
    }
}

/// The bytes of deflate blocks that end on a whole byte, none of which is marked as the last one.
pub fn inflated(deflated: &[u8]) -> Vec<u8> {
    // A reader wants a last block: an empty one with fixed codes.
    let whole = [deflated, &[3, 0]].concat();
    let mut out = Vec::with_capacity(3_000_000);
    let status = Decompress::new(false).decompress_vec(&whole, &mut out, FlushDecompress::Finish).unwrap();
    assert_eq!(status, Status::StreamEnd);
    out
}
