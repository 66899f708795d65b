//! The header of a picture file, and the fresh picture that its size asks for.

use tiny_skia::Pixmap;

use crate::error::{Fault, Problem};

/// The format of a file, by its first bytes: names and `Content-Type`s can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// ISO/IEC 15948, every colour type and depth; of an animated one, the default image.
    Png,
    /// ITU-T T.81: baseline and progressive, 8 bits, Huffman; grey, YCbCr, RGB, CMYK, YCCK.
    Jpeg,
}

/// The facts about a file that are known before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub format: Format,
    /// px, of the picture as it is to be seen (after EXIF orientation); never 0.
    pub width: u32,
    /// px, likewise.
    pub height: u32,
    /// Bytes that decoding holds at its worst moment: the picture and the decoder's own buffers,
    /// without the file itself.
    pub peak_bytes: u64,
}

/// The file is damaged.
pub(super) fn broken(message: impl Into<String>) -> Problem {
    Problem::new(Fault::Document, "image-broken", message).remedy("open the image, save it again and upload that")
}

/// A fresh picture, all transparent. Fails only for sizes that [`header`](super::header()) has refused.
pub(super) fn blank(width: u32, height: u32) -> Result<Pixmap, Problem> {
    Pixmap::new(width, height).ok_or_else(|| broken(format!("an image of {width} x {height} px cannot be held")))
}
