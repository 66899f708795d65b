//! Pictures and files that reuse parts of earlier ones.

pub mod png;
