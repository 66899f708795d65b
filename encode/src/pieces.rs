//! A file that is written in pieces, and joined after the picture has been freed.
//!
//! A growing vector needs up to three times its length while it moves, in addition to the canvas
//! that is being encoded; and wasm memory never shrinks.

use std::io::{self, Write};

/// Bytes of a piece.
const PIECE_BYTES: usize = 256 * 1024;

/// The bytes written so far.
#[derive(Default)]
pub struct Pieces {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Pieces {
    /// Returns all bytes in one vector.
    pub fn join(self) -> Vec<u8> {
        let Self { full, last } = self;
        let length = full.iter().map(Vec::len).sum::<usize>().saturating_add(last.len());
        let mut file = Vec::with_capacity(length);
        full.into_iter().chain([last]).for_each(|piece| file.extend_from_slice(&piece));
        file
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.last.capacity() == 0 {
            self.last.reserve_exact(PIECE_BYTES);
        }
        let taken = bytes.len().min(PIECE_BYTES.saturating_sub(self.last.len()));
        self.last.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        if self.last.len() >= PIECE_BYTES {
            self.full.push(std::mem::take(&mut self.last));
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_pieces_are_the_bytes_that_were_written() {
        let bytes: Vec<u8> = (0..PIECE_BYTES * 3 + 17).map(|at| (at % 251) as u8).collect();
        for step in [1_000, PIECE_BYTES, PIECE_BYTES * 2 + 1, bytes.len()] {
            let mut pieces = Pieces::default();
            bytes.chunks(step).for_each(|chunk| pieces.write_all(chunk).unwrap());
            assert_eq!(pieces.join(), bytes, "{step}");
        }
        assert!(Pieces::default().join().is_empty());
    }
}
