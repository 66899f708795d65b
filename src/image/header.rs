//! The header of a picture file, and a blank picture of its size.

use tiny_skia::{IntSize, Pixmap};

use crate::error::{Fault, Problem};

/// The format of a file, detected from its first bytes, because names and `Content-Type`s can be
/// wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PNG (ISO/IEC 15948) of every colour type and depth; the default image of an animated file.
    Png,
    /// JPEG (ITU-T T.81): baseline and progressive, 8 bits, Huffman; grey, YCbCr, RGB, CMYK, YCCK.
    Jpeg,
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
    /// Peak memory of decoding in bytes: the picture and the decoder's own buffers, without the
    /// file itself.
    pub peak_bytes: u64,
}

/// The error for a damaged file.
pub(super) fn broken(message: impl Into<String>) -> Problem {
    Problem::new(Fault::Document, "image-broken", message).remedy("open the image, save it again and upload that")
}

/// A blank, transparent picture. Fails only for sizes that [`header`](super::header()) has refused.
pub(super) fn blank(width: u32, height: u32) -> Result<Pixmap, Problem> {
    blank_in(width, height, &mut Vec::new())
}

/// The same in memory that an earlier picture had, which is taken.
pub(super) fn blank_in(width: u32, height: u32, memory: &mut Vec<u8>) -> Result<Pixmap, Problem> {
    let picture = pixmap_in(width, height, std::mem::take(memory));
    picture.ok_or_else(|| broken(format!("an image of {width} x {height} px cannot be held")))
}

/// A transparent pixmap in memory that an earlier one had. `None` if it is empty or too large.
///
/// Memory that is given back between two large buffers is lost for them: small things that live
/// longer take parts of it, and the next one does not fit.
pub fn pixmap_in(width: u32, height: u32, mut memory: Vec<u8>) -> Option<Pixmap> {
    let size = IntSize::from_wh(width, height)?;
    let bytes = usize::try_from(u64::from(width).checked_mul(u64::from(height))?.checked_mul(4)?).ok()?;
    memory.clear();
    if memory.capacity() < bytes {
        // First, because both together would be more than the budgets count.
        drop(memory);
        return Pixmap::new(width, height);
    }
    memory.resize(bytes, 0);
    Pixmap::from_vec(memory, size)
}
