//! A file of one frame for `image-webp`, which then reads nothing else of a container.

use std::io::Cursor;

use super::super::header::broken;
use crate::error::Problem;

/// Decodes a file with one chunk, whose data are in two parts, into as many bytes as it has.
pub(super) fn decode(name: &[u8; 4], head: &[u8], data: &[u8], pixels: &mut [u8]) -> Result<(), Problem> {
    let file = Cursor::new(new(name, head, data));
    let mut decoder = image_webp::WebPDecoder::new(file).map_err(|error| damaged(&error))?;
    decoder.read_image(pixels).map_err(|error| damaged(&error))
}

/// A file with one chunk, whose data are in two parts.
fn new(name: &[u8; 4], head: &[u8], data: &[u8]) -> Vec<u8> {
    let length = head.len().saturating_add(data.len());
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let mut file = Vec::with_capacity(length.saturating_add(20));
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&number(length.saturating_add(12)));
    file.extend_from_slice(b"WEBP");
    file.extend_from_slice(name);
    file.extend_from_slice(&number(length));
    file.extend_from_slice(head);
    file.extend_from_slice(data);
    file
}

/// Translates the decoder's error into ours.
fn damaged(error: &image_webp::DecodingError) -> Problem {
    broken(format!("the WebP cannot be decoded: {error}"))
}
