//! What makes a picture from its predecessor.

pub mod png;
