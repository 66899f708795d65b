//! Files of rows, as people have them.
//!
//! ```text
//! encoding   the bytes of a file, piece by piece → UTF-8
//! csv        its text → rows of cells
//! ```

mod csv;
pub mod encoding;

pub use csv::{Place, Reader, Record, Unclosed};
pub use encoding::{Decoder, decode};
