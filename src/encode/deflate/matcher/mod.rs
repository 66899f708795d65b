//! Bytes → the tokens of deflate.

pub mod best;
pub mod fast;
