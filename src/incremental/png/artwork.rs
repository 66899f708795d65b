//! Bands of something drawn: rows repeat each other, and a reference's are searched well, once. Any other picture's band is a
//! [version](crate::encode::deflate::patch) of that, searched fast where it differs.

use std::ops::Range;

use crate::encode::deflate::block::{Codes, Token, WINDOW_BYTES};
use crate::encode::deflate::patch::{Draft, Original};

/// Bytes of a cell, or a few more, because it is of whole tokens.
const CELL_BYTES: usize = 32;

/// A band of a reference, in one block of which versions can be written.
pub struct Drawn {
    pub original: Original,
    deflated: Vec<u8>,
}

impl Drawn {
    /// As the band was searched.
    pub fn new(tokens: &[Token]) -> Self {
        let mut deflated = Vec::new();
        let mut draft = Draft::new(Codes::new(tokens, Some(WINDOW_BYTES)), &mut deflated);
        let mut tokens = tokens.iter().copied();
        while draft.cell(&mut tokens, CELL_BYTES) {
            draft.cut();
        }
        let original = draft.end();
        deflated.shrink_to_fit();
        Self { original, deflated }
    }

    /// Appends a version: this band with other tokens for some cells. `search` appends those of some bytes of the band.
    pub fn version(
        &self,
        stale: &[Range<usize>],
        mut search: impl FnMut(&Range<usize>, &mut Vec<Token>),
        out: &mut Vec<u8>,
    ) {
        let mut tokens = Vec::new();
        let mut version = self.original.version(&self.deflated, out);
        for cells in stale {
            search(&self.original.bytes(cells), &mut tokens);
            version.replace(cells, tokens.drain(..));
        }
        version.end();
    }

    /// Bytes of memory that it holds, or a little more.
    pub fn memory_bytes(&self) -> usize {
        self.original.memory_bytes().saturating_add(self.deflated.len())
    }
}
