//! The symbols of lengths and distances, each with the bits that follow its code (RFC 1951 §3.2.5).

use super::token::{MAX_MATCH, MIN_MATCH};

/// Number of symbols for literals, the end of the block, and lengths.
pub const SYMBOLS: usize = 286;

/// The symbol that ends a block.
pub const END: usize = 256;

/// Number of symbols for distances.
pub const DISTANCES: usize = 30;

/// A symbol and the bits that follow its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol {
    pub number: usize,
    pub extra: u32,
    pub extra_bits: u8,
}

impl Symbol {
    /// The symbol of a distance, of which `rest` is the distance less 1.
    #[inline]
    pub fn of_distance(rest: u32) -> Self {
        if rest < 4 {
            return Self { number: rest as usize, extra: 0, extra_bits: 0 };
        }
        // Two symbols share each number of extra bits.
        let extra_bits = rest.ilog2().wrapping_sub(1);
        let number = extra_bits.wrapping_mul(2).wrapping_add(rest >> extra_bits);
        Self {
            number: number as usize,
            extra: rest & (1_u32 << extra_bits).wrapping_sub(1),
            extra_bits: extra_bits.to_le_bytes()[0],
        }
    }

    /// The symbol of a match's length.
    pub fn of_length(length: usize) -> Self {
        let rest = length.wrapping_sub(MIN_MATCH);
        if length == MAX_MATCH {
            return Self { number: 285, extra: 0, extra_bits: 0 };
        }
        if rest < 8 {
            return Self { number: 257_usize.wrapping_add(rest), extra: 0, extra_bits: 0 };
        }
        // Four symbols share each number of extra bits.
        let extra_bits = usize::try_from(rest.ilog2()).unwrap_or(0).wrapping_sub(2);
        let number = 257_usize.wrapping_add(extra_bits.wrapping_mul(4)).wrapping_add(rest >> extra_bits);
        let extra = u32::try_from(rest & (1_usize << extra_bits).wrapping_sub(1)).unwrap_or(0);
        Self { number, extra, extra_bits: u8::try_from(extra_bits).unwrap_or(0) }
    }
}

/// The shortest length that a symbol stands for, and its number of extra bits; `None` if the symbol
/// is not a length's.
pub fn length_of(symbol: usize) -> Option<(usize, u8)> {
    let rest = symbol.checked_sub(END)?.checked_sub(1).filter(|_| symbol < SYMBOLS)?;
    if symbol.wrapping_add(1) == SYMBOLS {
        return Some((MAX_MATCH, 0));
    }
    if rest < 8 {
        return Some((rest.wrapping_add(MIN_MATCH), 0));
    }
    // Four symbols share each number of extra bits.
    let extra = (rest / 4).wrapping_sub(1);
    Some(((4 | (rest % 4)) << extra).wrapping_add(MIN_MATCH)).zip(u8::try_from(extra).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_the_symbols_of_the_standard() {
        for (length, number, extra, extra_bits) in [
            (3, 257, 0, 0),
            (10, 264, 0, 0),
            (11, 265, 0, 1),
            (12, 265, 1, 1),
            (13, 266, 0, 1),
            (19, 269, 0, 2),
            (130, 280, 15, 4),
            (131, 281, 0, 5),
            (257, 284, 30, 5),
            (258, 285, 0, 0),
        ] {
            assert_eq!(Symbol::of_length(length), Symbol { number, extra, extra_bits }, "{length}");
            let (least, bits) = length_of(number).unwrap();
            assert_eq!((least + extra as usize, bits), (length, extra_bits), "{length}");
        }
    }
}
