//! Deflate (RFC 1951): bytes → tokens → blocks.

pub mod block;
pub mod inflate;
pub mod matcher;
#[cfg(test)]
pub mod oracle;
pub mod patch;
