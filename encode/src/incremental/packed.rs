//! Rows of a canvas that are put away: compressed, for the time in which pictures of other templates are
//! drawn.
//!
//! The rows of a canvas are put away in parts, each on its own, because the next picture mostly needs few of
//! them. They are searched fast: what is put away is unpacked once or never. A photograph, and rows that
//! resemble those of another canvas, are kept as differences.

use serde::{Deserialize, Serialize};

use crate::bytes::{add, subtract};
use crate::deflate::block::{self, Codes};
use crate::deflate::matcher;
use crate::png::zlib;

/// Bytes of a pixel.
const STEP: usize = 4;

/// Some rows of premultiplied RGBA8 pixels, compressed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Packed {
    #[serde(with = "serde_bytes")]
    deflated: Vec<u8>,
    /// Bytes that it unpacks to, and their Adler-32.
    bytes: usize,
    adler: u32,
    /// Whether each row but the first is kept as its difference from the one above.
    is_photo: bool,
}

impl Packed {
    /// Compresses rows of `stride` bytes. With `known`, as many bytes, only the difference is kept.
    #[must_use]
    pub fn new(rows: &[u8], stride: usize, known: Option<&[u8]>) -> Self {
        let is_photo = known.is_none() && !repeats(rows);
        let mut differences = Vec::new();
        let bytes = match known {
            Some(known) => {
                subtract(rows, known, &mut differences);
                &differences
            }
            None if is_photo => {
                let (first, rest) = rows.split_at_checked(stride).unwrap_or((rows, &[]));
                differences.extend_from_slice(first);
                subtract(rest, rows, &mut differences);
                &differences
            }
            None => rows,
        };
        Self::of(bytes, is_photo)
    }

    /// Compresses rows of indices.
    #[must_use]
    pub fn of_indices(rows: &[u8]) -> Self {
        Self::of(rows, false)
    }

    fn of(bytes: &[u8], is_photo: bool) -> Self {
        let mut tokens = Vec::new();
        matcher::Fast::new().find(bytes, 0..bytes.len(), &mut tokens);
        let mut deflated = block::write(&tokens, &Codes::exact(&tokens));
        deflated.shrink_to_fit();
        Self { deflated, bytes: bytes.len(), adler: simd_adler32::adler32(&bytes), is_photo }
    }

    /// The rows; `stride` and `known` are those that they were compressed with. `None` if they are others.
    #[must_use]
    pub fn unpack(&self, stride: usize, known: Option<&[u8]>) -> Option<Vec<u8>> {
        let mut rows = zlib::unpacked(&self.deflated, self.adler, self.bytes)?;
        if let Some(known) = known {
            add(&mut rows, known);
        } else if self.is_photo {
            for row in (stride..rows.len()).step_by(stride.max(1)) {
                let (above, here) = rows.split_at_mut_checked(row)?;
                let here = here.get_mut(..stride.min(here.len()))?;
                add(here, above.get(row.checked_sub(stride)?..)?);
            }
        }
        Some(rows)
    }

    /// Bytes that it unpacks to.
    #[must_use]
    pub const fn unpacked_bytes(&self) -> usize {
        self.bytes
    }

    /// The memory that it holds, in bytes.
    #[must_use]
    pub const fn memory_bytes(&self) -> usize {
        self.deflated.len()
    }
}

/// Whether most pixels equal the one to the left, as in art.
fn repeats(rows: &[u8]) -> bool {
    let (pixels, _) = rows.as_chunks::<STEP>();
    let pairs = pixels.iter().zip(pixels.iter().skip(1));
    pairs.filter(|(left, right)| left == right).count() >= pixels.len() / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::testing::Random;

    #[test]
    fn rows_come_back_as_they_were() {
        let mut random = Random::default();
        for (width, height) in [(1, 1), (3, 200), (640, 33), (9_000, 2)] {
            for shades in [1, 5, 256] {
                let stride = width * STEP;
                let rows: Vec<u8> = (0..stride * height).map(|_| random.below(shades as u32) as u8).collect();
                let mut other = rows.clone();
                other[rows.len() / 3..rows.len() / 2].fill(7);
                let [alone, change] = [Packed::new(&rows, stride, None), Packed::new(&other, stride, Some(&rows))];
                assert!(alone.unpack(stride, None).unwrap() == rows, "{width} x {height}, {shades} shades");
                assert!(change.unpack(stride, Some(&rows)).unwrap() == other);
                assert!(shades > 1 || alone.memory_bytes() < 200 + rows.len() / 100);
                let mut damaged = alone.clone();
                let middle = damaged.deflated.len() / 2;
                damaged.deflated[middle] ^= 8;
                assert!(damaged.unpack(stride, None).is_none_or(|unpacked| unpacked == rows));
                let mut longer = alone;
                longer.bytes += 4;
                assert!(longer.unpack(stride, None).is_none());
            }
        }
    }
}
