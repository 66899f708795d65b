//! The header of a picture file, and a blank picture of its size.

use tiny_skia::Pixmap;

use crate::error::{Fault, Problem};

/// The format of a file, detected from its first bytes, because names and `Content-Type`s can be
/// wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PNG (ISO/IEC 15948) of every colour type and depth; the default image of an animated file.
    Png,
    /// JPEG (ITU-T T.81): baseline and progressive, 8 bits, Huffman; grey, YCbCr, RGB, CMYK, YCCK.
    Jpeg,
    /// WebP (RFC 9649): lossy and lossless; the first frame of an animation.
    Webp,
    /// GIF (87a and 89a): the first picture of an animation.
    Gif,
}

/// The facts about a file that are known before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format of the file.
    pub format: Format,
    /// Width in px of the upright picture (after EXIF orientation); never 0.
    pub width: u32,
    /// Height in px of the upright picture; never 0.
    pub height: u32,
    /// Whether the format has given up pixels for bytes already, so that doing so again costs
    /// little.
    pub is_lossy: bool,
    /// Peak memory of decoding in bytes: the picture and the decoder's own buffers, without the
    /// file itself.
    pub peak_bytes: u64,
}

/// The error for a damaged file.
pub(super) fn broken(message: impl Into<String>) -> Problem {
    Problem::new(Fault::Document, "image-broken", message).remedy("open the image, save it again and upload that")
}

/// The error for a file over a budget.
pub(super) fn too_large(message: String) -> Problem {
    Problem::new(Fault::TooLarge, "image-too-large", message).remedy("scale the image down to the size it is shown at")
}

/// A blank, transparent picture. Fails only for sizes that [`header`](super::header()) has refused.
pub(super) fn blank(width: u32, height: u32) -> Result<Pixmap, Problem> {
    Pixmap::new(width, height).ok_or_else(|| broken(format!("an image of {width} x {height} px cannot be held")))
}
