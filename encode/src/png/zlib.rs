//! The zlib stream around deflate blocks (RFC 1950), and its checksum, Adler-32.

/// The header of a stream with a window of 32 KiB and the default level (§2.2).
pub const HEADER: [u8; 2] = [0x78, 0x9C];

/// The last deflate block of a stream: empty, with fixed codes.
pub const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// The Adler-32 of nothing.
pub const EMPTY: u32 = 1;

/// Adler-32 is two sums modulo this number (§8.2).
const BASE: u64 = 65_521;

/// The `bytes` bytes of whole deflate blocks, of which none is the last, with this Adler-32. `None` if they are others.
///
/// By the decoder of `png`, which is several times as fast as reading the blocks' [tokens](crate::deflate::inflate).
pub fn unpacked(blocks: &[u8], adler: u32, bytes: usize) -> Option<Vec<u8>> {
    let stream = [HEADER.as_slice(), blocks, &LAST_BLOCK, &adler.to_be_bytes()].concat();
    let (mut decompressor, mut out) = (fdeflate::Decompressor::new(), vec![0; bytes]);
    let (_, written) = decompressor.read(&stream, &mut out, 0, true).ok()?;
    (decompressor.is_done() && written == bytes).then_some(out)
}

/// The Adler-32 of two pieces, one after the other, from those of each; the second piece has
/// `bytes` bytes. As `adler32_combine` of zlib.
pub fn combine(first: u32, second: u32, bytes: usize) -> u32 {
    let ((a1, b1), (a2, b2)) = (halves(first), halves(second));
    let bytes = u64::try_from(bytes).unwrap_or(0) % BASE;
    // The sums of the second piece began at 1, and should have begun at `a1`.
    let gain = a1.wrapping_add(BASE).wrapping_sub(1) % BASE;
    let a = a2.wrapping_add(gain) % BASE;
    let b = b1.wrapping_add(b2).wrapping_add(bytes.wrapping_mul(gain)) % BASE;
    u32::try_from(b << 16 | a).unwrap_or(0)
}

/// The Adler-32 of the `bytes` bytes between two places of a stream, from those of all bytes before
/// the first place and before the second: the inverse of [`combine`].
pub fn between(first: u32, second: u32, bytes: usize) -> u32 {
    let ((a1, b1), (a2, b2)) = (halves(first), halves(second));
    let bytes = u64::try_from(bytes).unwrap_or(0) % BASE;
    let gain = a1.wrapping_add(BASE).wrapping_sub(1) % BASE;
    let a = a2.wrapping_add(BASE).wrapping_sub(gain) % BASE;
    let b = b2.wrapping_add(BASE.wrapping_mul(2)).wrapping_sub(b1).wrapping_sub(bytes.wrapping_mul(gain) % BASE) % BASE;
    u32::try_from(b << 16 | a).unwrap_or(0)
}

fn halves(adler: u32) -> (u64, u64) {
    (u64::from(adler & 0xFFFF), u64::from(adler >> 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_pieces_combine() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for cut in [0, 1, 5_552, 65_520, 65_521, 65_522, 131_042, 199_999, 200_000] {
            let (one, other) = bytes.split_at(cut);
            let parts = [one, other].map(|part| simd_adler32::adler32(&part));
            let all = simd_adler32::adler32(&bytes.as_slice());
            assert_eq!(between(parts[0], all, other.len()), parts[1], "{cut}");
            assert_eq!(combine(parts[0], parts[1], other.len()), all, "{cut}");
        }
        assert_eq!(combine(EMPTY, 0xFFF0_FFF0, 1), 0xFFF0_FFF0);
    }
}
