//! Strips of artwork: rows match each other. A strip of the baseline is searched well, once; a
//! strip of another picture is a patch of it, searched fast where it differs.

use std::ops::Range;

use crate::deflate::block::Codes;
use crate::deflate::patch::{CellWriter, Cells};
use crate::deflate::token::{Token, WINDOW_BYTES};

/// Least number of bytes of a cell; it has a few more, because it consists of whole tokens.
const CELL_BYTES: usize = 32;

/// A strip of a baseline, in one block that can be patched.
pub struct Artwork {
    pub cells: Cells,
    deflated: Vec<u8>,
}

impl Artwork {
    /// Writes the tokens of a strip.
    pub fn new(tokens: &[Token]) -> Self {
        let mut deflated = Vec::new();
        let mut writer = CellWriter::new(Codes::complete(tokens, WINDOW_BYTES), &mut deflated);
        let mut tokens = tokens.iter().copied();
        while writer.fill(&mut tokens, CELL_BYTES) {
            writer.end_cell();
        }
        let cells = writer.end();
        deflated.shrink_to_fit();
        Self { cells, deflated }
    }

    /// Appends a patch of this strip to `out`. `search` appends the tokens of some bytes of the
    /// patched strip; it is called for the bytes of each of the `stale` ranges of cells.
    pub fn patch(
        &self,
        stale: &[Range<usize>],
        mut search: impl FnMut(&Range<usize>, &mut Vec<Token>),
        out: &mut Vec<u8>,
    ) {
        let mut tokens = Vec::new();
        let mut patch = self.cells.patch(&self.deflated, out);
        for cells in stale {
            search(&self.cells.bytes(cells), &mut tokens);
            patch.replace(cells, tokens.drain(..));
        }
        patch.end();
    }

    /// Appends the tokens of this strip to `out`, with others in place of some cells. `known` are those
    /// of the strip, and `search` is as for [`patch`](Self::patch).
    pub fn replace(
        &self,
        known: Vec<Token>,
        stale: &[Range<usize>],
        mut search: impl FnMut(&Range<usize>, &mut Vec<Token>),
        out: &mut Vec<Token>,
    ) {
        let (mut known, mut at) = (known.into_iter(), 0_usize);
        for bytes in stale.iter().map(|cells| self.cells.bytes(cells)) {
            // Cells consist of whole tokens.
            while at < bytes.start
                && let Some(token) = known.next()
            {
                at = at.saturating_add(token.bytes());
                out.push(token);
            }
            while at < bytes.end
                && let Some(token) = known.next()
            {
                at = at.saturating_add(token.bytes());
            }
            search(&bytes, out);
        }
        out.extend(known);
    }

    /// An upper estimate of the memory that it holds, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.cells.memory_bytes().saturating_add(self.deflated.len())
    }
}
