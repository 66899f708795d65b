//! Counts the colours of a picture exactly, up to 256, and gives each its place in a palette.

use tiny_skia::PremultipliedColorU8;

/// The most that an indexed file can name.
pub(crate) const MAX_COLORS: usize = 256;

/// Slots of the table: four for each colour, so that a search seldom takes a second step.
const SLOTS: usize = 4 * MAX_COLORS;

/// A set of at most [`MAX_COLORS`] keys (a pixel's bytes as a number) with open addressing, each with its index.
///
/// A `HashMap` costs several times as much a pixel, and this is the one loop that sees every pixel.
#[derive(Debug, Clone)]
pub(crate) struct Colors {
    slots: Box<[Slot; SLOTS]>,
    keys: Vec<u32>,
    last: Slot,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Slot {
    key: u32,
    index: u8,
    used: bool,
}

/// A pixel as a key.
#[inline]
pub(crate) const fn key(pixel: PremultipliedColorU8) -> u32 {
    u32::from_be_bytes([pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
}

impl Colors {
    pub(crate) fn new() -> Self {
        Self { slots: Box::new([Slot::default(); SLOTS]), keys: Vec::new(), last: Slot::default() }
    }

    /// The index of a key, which is added if it is new; `None` when it would be the 257th.
    #[inline]
    pub(crate) fn index(&mut self, key: u32) -> Option<u8> {
        // Most pixels are as the one before.
        if self.last.used && self.last.key == key {
            return Some(self.last.index);
        }
        self.search(key)
    }

    fn search(&mut self, key: u32) -> Option<u8> {
        // Fibonacci hashing (Knuth 6.4): the top ten bits of the product.
        let start = usize::try_from(key.wrapping_mul(0x9E37_79B1) >> 22).ok()?;
        for step in 0..SLOTS {
            let slot = self.slots.get_mut(start.wrapping_add(step) & SLOTS.wrapping_sub(1))?;
            if !slot.used {
                if self.keys.len() == MAX_COLORS {
                    return None;
                }
                *slot = Slot { key, index: u8::try_from(self.keys.len()).ok()?, used: true };
                self.keys.push(key);
            }
            if slot.key == key {
                self.last = *slot;
                return Some(slot.index);
            }
        }
        None
    }

    /// The keys, by index.
    pub(crate) fn keys(&self) -> &[u32] {
        &self.keys
    }

    /// The same keys, each at the index that it has in `order`.
    pub(crate) fn reordered(order: impl IntoIterator<Item = u32>) -> Self {
        let mut colors = Self::new();
        for key in order {
            colors.index(key);
        }
        colors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_to_256_and_no_further() {
        let mut colors = Colors::new();
        for (index, key) in (0..=255_u8).zip((0_u32..).map(|n| n.wrapping_mul(77_777))) {
            assert_eq!(colors.index(key), Some(index));
            assert_eq!(colors.index(key), Some(index));
        }
        assert_eq!(colors.index(1), None);
        assert_eq!(colors.index(77_777), Some(1));
        assert_eq!(colors.keys().len(), 256);
    }

    #[test]
    fn knows_keys_that_share_a_slot() {
        let same = |key: &u32| key.wrapping_mul(0x9E37_79B1) >> 22 == 5;
        let keys: Vec<u32> = (0..).filter(same).take(256).collect();
        let mut colors = Colors::new();
        for _ in 0..2 {
            for (index, &key) in keys.iter().enumerate() {
                assert_eq!(colors.index(key).map(usize::from), Some(index));
            }
        }
    }
}
