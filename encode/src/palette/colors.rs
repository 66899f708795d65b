//! The distinct colours of a picture, up to 256, each with its index in a palette.

use tiny_skia::PremultipliedColorU8;

/// The most colours that a palette of PNG or GIF can have.
pub const MAX_COLORS: usize = 256;

/// Number of slots of the table: four for each colour, so that a search seldom takes a second step.
const SLOTS: usize = 4 * MAX_COLORS;

/// A set of at most [`MAX_COLORS`] keys (the bytes of a pixel as a number), each with its index.
///
/// It is a hash table with open addressing. A `HashMap` takes several times as long for each pixel,
/// and this is used in the one loop that sees every pixel.
#[derive(Debug, Clone)]
pub struct Colors {
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

/// The key of a pixel.
#[inline]
pub const fn key(pixel: PremultipliedColorU8) -> u32 {
    u32::from_be_bytes([pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
}

impl Colors {
    pub fn new() -> Self {
        Self { slots: Box::new([Slot::default(); SLOTS]), keys: Vec::new(), last: Slot::default() }
    }

    /// The index of a key, which is added if it is new; `None` if it would be the 257th.
    #[inline]
    pub fn index(&mut self, key: u32) -> Option<u8> {
        // Most pixels equal the one before.
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
    pub fn keys(&self) -> &[u32] {
        &self.keys
    }

    /// A set of these keys, each with its index in `order`.
    pub fn reordered(order: impl IntoIterator<Item = u32>) -> Self {
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
    fn takes_256_colours_and_no_more() {
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
    fn tells_keys_apart_that_share_a_slot() {
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
