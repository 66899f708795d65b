//! Many bytes at a time: sums and differences, modulo 256.
//!
//! With vectors, because a canvas has millions of bytes, and LLVM makes none of loops over bytes for wasm.

use wide::u8x16;

/// Appends the differences of bytes and others, as far as there are both.
pub fn subtract(bytes: &[u8], others: &[u8], out: &mut Vec<u8>) {
    let length = bytes.len().min(others.len());
    let [bytes, others] = [bytes, others].map(|bytes| bytes.get(..length).unwrap_or_default());
    let ((groups, rest), (other_groups, other_rest)) = (bytes.as_chunks(), others.as_chunks());
    out.reserve(length);
    for (group, other) in groups.iter().zip(other_groups) {
        out.extend_from_slice((u8x16::from(*group) - u8x16::from(*other)).as_array());
    }
    out.extend(rest.iter().zip(other_rest).map(|(byte, other)| byte.wrapping_sub(*other)));
}

/// Adds others to bytes, as far as there are both.
pub fn add(bytes: &mut [u8], others: &[u8]) {
    let length = bytes.len().min(others.len());
    let bytes = bytes.get_mut(..length).unwrap_or_default();
    let ((groups, rest), (other_groups, other_rest)) =
        (bytes.as_chunks_mut(), others.get(..length).unwrap_or_default().as_chunks());
    for (group, other) in groups.iter_mut().zip(other_groups) {
        *group = (u8x16::from(*group) + u8x16::from(*other)).to_array();
    }
    rest.iter_mut().zip(other_rest).for_each(|(byte, other)| *byte = byte.wrapping_add(*other));
}

/// The first bytes, and zeros behind them: the last, shorter group of a row.
pub fn padded<const LANES: usize>(bytes: &[u8]) -> [u8; LANES] {
    let mut all = [0; LANES];
    all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_taken_back_by_differences() {
        let noise = |seed: u32| (0..83).map(move |at: u32| ((at + seed).wrapping_mul(0x9E37_79B1) >> 23) as u8);
        let (bytes, others): (Vec<u8>, Vec<u8>) = (noise(1).collect(), noise(7).collect());
        for (length, other_length) in [(0, 5), (15, 15), (16, 40), (83, 50), (83, 83)] {
            let (bytes, others) = (&bytes[..length], &others[..other_length]);
            let mut differences = Vec::new();
            subtract(bytes, others, &mut differences);
            let expected: Vec<u8> = bytes.iter().zip(others).map(|(one, two)| one.wrapping_sub(*two)).collect();
            assert_eq!(differences, expected);
            add(&mut differences, others);
            assert_eq!(differences, bytes[..expected.len()]);
        }
    }
}
