//! What the tests of this folder share: chance that is the same every time, and another's inflater.

use flate2::{Decompress, FlushDecompress, Status};

/// xorshift.
pub struct Chance(pub u64);

impl Default for Chance {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Chance {
    /// A number from 0 on, below another.
    pub fn below<T: TryFrom<u64> + TryInto<u64>>(&mut self, count: T) -> T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let below = (self.0 >> 33) % count.try_into().ok().unwrap();
        below.try_into().ok().unwrap()
    }
}

/// What blocks unpack to that end on a whole byte, none of them the last one.
pub fn inflated(deflated: &[u8]) -> Vec<u8> {
    // The last block, as a reader wants one.
    let whole = [deflated, &[3, 0]].concat();
    let mut out = Vec::with_capacity(3_000_000);
    let status = Decompress::new(false).decompress_vec(&whole, &mut out, FlushDecompress::Finish).unwrap();
    assert_eq!(status, Status::StreamEnd);
    out
}
