//! A PNG that is written as a patch of a baseline's file.
//!
//! Compressing is most of the work for a picture, and most rows of a template's pictures are the
//! same. So the baseline, a picture that all others resemble, is compressed once, in strips of
//! rows. For another picture only the strips that differ are compressed, and its file is put
//! together from both.
//!
//! The deflate blocks of each strip end on a whole byte, and the checksums of the file are combined
//! from those of the strips. A strip that differs is mostly a patch of the baseline's
//! ([`crate::deflate::patch`]): unchanged tokens are copied as bits.
//!
//! The first row of a strip is filtered by the row above it, so damage to the last row of a strip
//! also damages the next one. A strip may match bytes of the strips before it; if those differ from
//! the baseline's, the strip is compressed again without such matches.

mod artwork;
mod baseline;
mod blocks;
mod colors;
mod encoding;
mod kept;
mod packed;
mod photo;
mod reduced;
mod region;
mod rows;
mod strips;

pub use blocks::Blocks;
pub use kept::Kept;
pub use packed::Packed;
pub use reduced::{Few, Reduced};
pub use region::{Region, distinct, every_row, united};
pub use strips::Strips;
