//! WebP, lossless (RFC 9649, §3): exact, and quick to write.

use super::{failed, pixel};
use crate::error::Problem;
use image_webp::{ColorType, WebPEncoder};
use tiny_skia::Pixmap;

/// The longest side that the format can say, in px: 14 bits (§3.4).
const MAX_SIDE_PX: u32 = 16_384;

/// Encodes a picture as lossless WebP. Holds a straight copy of the pixels, which the encoder wants in one piece.
///
/// # Errors
/// `Fault::Ours` for a side over 16,384 px.
pub fn encode(picture: &Pixmap) -> Result<Vec<u8>, Problem> {
    let (width, height) = (picture.width(), picture.height());
    if width > MAX_SIDE_PX || height > MAX_SIDE_PX {
        return Err(failed("a side is longer than 16,384 px"));
    }
    let pixels = picture.pixels();
    let opaque = pixels.iter().all(|pixel| pixel.alpha() == 255);
    let (color, straight): (ColorType, Vec<u8>) = if opaque {
        (ColorType::Rgb8, pixels.iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect())
    } else {
        (ColorType::Rgba8, pixels.iter().flat_map(|&pixel| pixel::demultiply(pixel)).collect())
    };
    let mut file = Vec::new();
    WebPEncoder::new(&mut file).encode(&straight, width, height, color).map_err(failed)?;
    Ok(file)
}
