//! The chunks of a PNG: length, type, data and checksum (§5.3).

use crc32fast::Hasher;

/// Bytes of a chunk in addition to its data: length, type and checksum.
pub const EXTRA_BYTES: usize = 12;

/// Appends a chunk.
pub fn write(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut checksum = Hasher::new();
    checksum.update(kind);
    checksum.update(data);
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(kind);
    file.extend_from_slice(data);
    file.extend(checksum.finalize().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_chunk_has_the_known_checksum() {
        let mut file = Vec::new();
        write(&mut file, b"IEND", &[]);
        assert_eq!(file, *b"\0\0\0\0IEND\xAE\x42\x60\x82");
        assert_eq!(file.len(), EXTRA_BYTES);
    }
}
