//! Huffman codes: how long they are, and their bits (RFC 1951 §3.2.2).

/// The longest code of a symbol, in bits (§3.2.7).
pub const MAX_BITS: u8 = 15;

/// The longest code of a code length, in bits (§3.2.7).
pub const MAX_LENGTH_BITS: u8 = 7;

/// The order in which the code lengths of code lengths are written (§3.2.7).
pub const LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A code, the first bit lowest, and its length in bits; the length of an unused code is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Code {
    pub bits: u32,
    pub length: u8,
}

/// The lengths in bits, at most `most`, of Huffman's codes for symbols with these counts.
pub fn lengths(counts: &[u32], most: u8) -> Vec<u8> {
    // Each count in the bits above its symbol: numbers sort with less code than pairs.
    let used = counts.iter().zip(0_u64..).filter(|(count, _)| **count > 0);
    let mut leaves: Vec<u64> = used.map(|(count, symbol)| u64::from(*count) << 32 | symbol).collect();
    let mut lengths = vec![0; counts.len()];
    if leaves.len() < 2 {
        // The code of a single symbol has one bit, and decoders want a second code: any other
        // symbol.
        let only = leaves.first().map_or(0, |leaf| symbol_of(*leaf));
        let other = usize::from(only == 0);
        lengths
            .iter_mut()
            .enumerate()
            .filter(|(symbol, _)| *symbol == only || *symbol == other)
            .for_each(|(_, length)| *length = 1);
        return lengths;
    }
    loop {
        leaves.sort_unstable();
        let depths = depths(&leaves);
        if depths.iter().all(|depth| *depth <= most) {
            for (leaf, depth) in leaves.iter().zip(depths) {
                if let Some(length) = lengths.get_mut(symbol_of(*leaf)) {
                    *length = depth;
                }
            }
            return lengths;
        }
        // More even counts make a flatter tree; repeated, they become all equal.
        leaves.iter_mut().for_each(|leaf| {
            let flat = u64::from(weight_of(*leaf) >> 1).wrapping_add(1);
            *leaf = flat << 32 | *leaf & u64::from(u32::MAX);
        });
    }
}

/// The symbol of a leaf, which has its weight in the bits above.
#[expect(clippy::cast_possible_truncation, reason = "the lower half")]
const fn symbol_of(leaf: u64) -> usize {
    leaf as u32 as usize
}

const fn weight_of(leaf: u64) -> u32 {
    (leaf >> 32) as u32
}

/// The depths of leaves, sorted by weight, in the tree of least weight.
///
/// The queue of inner nodes is sorted as well, because their weights grow.
fn depths(leaves: &[u64]) -> Vec<u8> {
    let inner = leaves.len().saturating_sub(1);
    let mut weights: Vec<u32> = Vec::with_capacity(inner);
    let (mut leaf_parents, mut inner_parents) = (Vec::with_capacity(leaves.len()), Vec::with_capacity(inner));
    for node in 0..inner {
        let mut weight = 0_u32;
        for _ in 0..2 {
            let leaf = leaves.get(leaf_parents.len()).map(|leaf| weight_of(*leaf));
            let tree = weights.get(inner_parents.len()).copied();
            match (leaf, tree) {
                (Some(leaf), tree) if tree.is_none_or(|tree| leaf <= tree) => {
                    leaf_parents.push(node);
                    weight = weight.saturating_add(leaf);
                }
                (_, tree) => {
                    inner_parents.push(node);
                    weight = weight.saturating_add(tree.unwrap_or(0));
                }
            }
        }
        weights.push(weight);
    }
    // The last node is the root; every other node comes before its parent.
    let mut inner_depths = vec![0_u8; inner];
    for (node, parent) in inner_parents.iter().enumerate().rev() {
        let depth = inner_depths.get(*parent).copied().unwrap_or(0).saturating_add(1);
        if let Some(slot) = inner_depths.get_mut(node) {
            *slot = depth;
        }
    }
    leaf_parents.iter().map(|parent| inner_depths.get(*parent).copied().unwrap_or(0).saturating_add(1)).collect()
}

/// The codes with these lengths (§3.2.2).
pub fn canonical(lengths: &[u8]) -> Vec<Code> {
    let mut next = [0_u32; 17];
    for bits in 1..=15_u8 {
        let shorter = next.get(usize::from(bits)).copied().unwrap_or(0);
        let count = lengths.iter().filter(|length| **length == bits).count();
        if let Some(first) = next.get_mut(usize::from(bits).wrapping_add(1)) {
            *first = shorter.wrapping_add(u32::try_from(count).unwrap_or(0)) << 1;
        }
    }
    let code = |length: &u8| {
        let next = next.get_mut(usize::from(*length))?;
        let code = next.reverse_bits().checked_shr(32_u32.wrapping_sub(u32::from(*length)))?;
        *next = next.wrapping_add(1);
        Some(Code { bits: code, length: *length })
    };
    lengths.iter().map(code).map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;

    #[test]
    fn codes_are_complete_and_not_too_long() {
        let mut random = Random::default();
        for case in 0..300_u32 {
            // Counts that grow like Fibonacci's numbers make the deepest tree.
            let (mut one, mut two) = (1, 1);
            let mut count = || {
                (one, two) = (two, (one + two) % 100_000_000);
                if case % 2 == 0 { one } else { random.below(1_000) }
            };
            let counts: Vec<u32> = (0..2 + case % 280).map(|_| count()).collect();
            for most in [MAX_BITS, 9] {
                let lengths = lengths(&counts, most);
                // Kraft's sum of a complete code is 1.
                let sum: u32 = lengths.iter().filter(|length| **length > 0).map(|length| 1 << (most - length)).sum();
                assert_eq!(sum, 1 << most, "{counts:?}");
            }
        }
    }

    #[test]
    fn canonical_codes_are_those_of_the_standard() {
        // The example of §3.2.2, whose codes are written with the first bit highest.
        let codes = canonical(&[3, 3, 3, 3, 3, 2, 4, 4]);
        let expected = [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111];
        for (code, expected) in codes.iter().zip(expected) {
            assert_eq!(code.bits.reverse_bits() >> (32 - code.length), expected);
        }
    }
}
