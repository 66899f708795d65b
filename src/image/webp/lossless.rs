//! Lossless WebP (RFC 9649, section 3) → straight RGBA, in the bytes of the picture.

use super::super::header::too_large;
use super::{codes, file};
use crate::error::Problem;
use crate::limits::Limits;
use tiny_skia::Pixmap;

/// Bytes that decoding takes besides the picture: a byte for each pixel, for transforms and numbers
/// of codes, the tables of the codes, and the file with another header.
pub(super) fn extra_bytes(data: &[u8], pixels: u64, limits: &Limits) -> u64 {
    let file = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let tables = file.saturating_mul(codes::BYTES_A_BYTE).min(limits.webp_codes_bytes);
    pixels.saturating_add(tables).saturating_add(file)
}

/// Decodes the data of a lossless picture, which has no signature, size and flags: a picture of
/// opacities is stored without them.
pub(super) fn decode(data: &[u8], picture: &mut Pixmap, limits: &Limits) -> Result<(), Problem> {
    let (width, height) = (picture.width(), picture.height());
    let tables = codes::table_bytes(data, width, height, limits.webp_codes_bytes)?;
    if tables > limits.webp_codes_bytes {
        let allowed = limits.webp_codes_bytes;
        return Err(too_large(format!("the WebP needs {tables} bytes or more for its codes; the limit is {allowed}"))
            .remedy("save it as a PNG, or as a lossy WebP"));
    }
    // The decoder writes RGBA only if the file says that its alpha counts.
    let bits = width.wrapping_sub(1) & 0x3FFF | (height.wrapping_sub(1) & 0x3FFF) << 14 | 1 << 28;
    let [b0, b1, b2, b3] = bits.to_le_bytes();
    file::decode(b"VP8L", &[0x2F, b0, b1, b2, b3], data, picture.data_mut())
}
