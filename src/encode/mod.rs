//! Pixels → the bytes of a file.
//!
//! Mail clients cache by URL and compare by `ETag`, so one picture must be one sequence of bytes.
//!
//! Invariant: the bytes depend on the pixels, the format and the quality alone: no clock, no hash seed, no SIMD level.

pub(crate) mod deflate;
pub mod gif;
pub mod jpeg;
mod palette;
mod pieces;
mod pixel;
pub mod png;
pub mod webp;

use std::rc::Rc;

use crate::error::{Fault, Problem};
use crate::request::route::Format;
use tiny_skia::Pixmap;

/// Encodes a finished picture (premultiplied RGBA8, sRGB) as a whole file.
///
/// `quality` is 1 to 100 and counts for JPEG (82 where it is absent) and for PNG, which is exact without it and has
/// at most [`png::colors`] with it, or is exact where that is smaller. WebP is exact, and GIF has 256 colours and no half-transparent
/// pixels. The picture is given away, so that an encoder may use its memory where nobody else does.
///
/// # Errors
/// `Fault::Ours`: `format` is not an image's, or the picture is larger than the format can say (65,535 px a side for
/// JPEG and GIF, 16,384 for WebP); a canvas within `limits.side_px` is not.
pub fn encode(format: Format, picture: impl Into<Rc<Pixmap>>, quality: Option<u8>) -> Result<Vec<u8>, Problem> {
    let picture = picture.into();
    match format {
        Format::Png => match quality {
            Some(quality) => {
                let exact = png::encode(&picture);
                with_fewer_colors(picture, quality, exact)
            }
            None => Ok(png::encode(&picture)),
        },
        Format::Jpg => jpeg::encode(picture, quality.unwrap_or(jpeg::DEFAULT_QUALITY)),
        Format::Webp => webp::encode(Rc::unwrap_or_clone(picture)),
        Format::Gif => gif::encode(&picture),
        Format::Json | Format::Html | Format::Txt => Err(failed("the format is not an image's")),
    }
}

/// Encodes a picture as a PNG with at most [`png::colors`], unless the one with all of its colours is no larger: the noise of
/// dithering may cost more than what it saves. `exact` is that one's file.
///
/// # Errors
/// As [`encode`].
pub fn with_fewer_colors(picture: Rc<Pixmap>, quality: u8, exact: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let mut picture = Rc::unwrap_or_clone(picture);
    palette::quantize(&mut picture, png::colors(quality))?;
    let fewer = png::encode(&picture);
    Ok(if fewer.len() < exact.len() { fewer } else { exact })
}

/// An encoder has refused what we gave it.
fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new(Fault::Ours, "encode", format!("the picture could not be encoded: {error}"))
}

/// Pixels in a row; a [`Pixmap`] is never empty.
pub(crate) fn row_len(picture: &Pixmap) -> usize {
    usize::try_from(picture.width()).unwrap_or(usize::MAX).max(1)
}
