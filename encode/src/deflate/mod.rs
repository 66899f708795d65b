//! Deflate (RFC 1951): bytes → tokens → blocks of bits.
//!
//! A matcher turns bytes into [`token`]s, literals and matches; a [`block`] writes them in Huffman
//! codes made for them. Two of the modules serve readers of blocks: [`inflate`] reads the tokens of
//! a block back, [`patch`] replaces some of them without coding the others again.

pub mod bits;
pub mod block;
pub mod huffman;
pub mod inflate;
pub mod matcher;
pub mod patch;
mod symbol;
#[cfg(test)]
pub mod testing;
pub mod token;
