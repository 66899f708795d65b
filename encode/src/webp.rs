//! WebP, lossless (RFC 9649, §3): exact, and quick to write.

use super::pieces::Pieces;
use crate::error::Error;
use image_webp::{ColorType, WebPEncoder};
use tiny_skia::Pixmap;

/// The longest side that the format can store, in px: 14 bits (§3.4).
const MAX_SIDE_PX: u32 = 16_384;

/// Encodes a picture as lossless WebP.
///
/// The library wants straight pixels in one slice and copies them. They replace the picture's own
/// pixels in its memory, because three canvases would be too much.
///
/// # Errors
/// [`Error`] if a side is longer than 16,384 px.
pub fn encode(picture: Pixmap) -> Result<Vec<u8>, Error> {
    let (width, height) = (picture.width(), picture.height());
    if width > MAX_SIDE_PX || height > MAX_SIDE_PX {
        return Err(Error::of("a side is longer than 16,384 px"));
    }
    let opaque = picture.pixels().iter().all(|pixel| pixel.alpha() == 255);
    let (color, straight) =
        if opaque { (ColorType::Rgb8, rgb(picture)) } else { (ColorType::Rgba8, picture.take_demultiplied()) };
    let mut file = Pieces::default();
    WebPEncoder::new(&mut file).encode(&straight, width, height, color).map_err(Error::of)?;
    drop(straight);
    Ok(file.join())
}

/// The RGB bytes of an opaque picture, in its memory.
fn rgb(picture: Pixmap) -> Vec<u8> {
    let mut at = 0_usize;
    let mut bytes = picture.take();
    bytes.retain(|_| {
        at = at.wrapping_add(1);
        !at.is_multiple_of(4)
    });
    bytes
}
