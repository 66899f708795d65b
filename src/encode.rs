//! Pixels → the bytes of a file, with the formats and the errors of requests.
//!
//! The encoders are a crate of their own, `encode/`.

use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::error::{Fault, Problem};
use crate::request::format::Format;

pub use monogram_encode::{gif, incremental, jpeg, png, webp};

/// Encodes a finished picture (premultiplied RGBA8, sRGB) as a whole file.
///
/// [`monogram_encode::encode`] says what `quality` does, and that the picture is consumed.
///
/// ```
/// use monogram::encode::encode;
/// use monogram::request::format::Format;
///
/// let picture = tiny_skia::Pixmap::new(600, 315).unwrap();
/// let file = encode(Format::Jpg, picture, Some(90)).unwrap();
/// assert!(file.starts_with(&[0xFF, 0xD8]));
/// ```
///
/// # Errors
/// `Fault::Ours` if `format` is not an image format, or if a side of the picture is longer than the
/// format allows (65,535 px for JPEG and GIF, 16,384 px for WebP). A canvas within `limits.side_px`
/// never is.
pub fn encode(format: Format, picture: impl Into<Rc<Pixmap>>, quality: Option<u8>) -> Result<Vec<u8>, Problem> {
    let format = match format {
        Format::Png => monogram_encode::Format::Png,
        Format::Jpg => monogram_encode::Format::Jpg,
        Format::Webp => monogram_encode::Format::Webp,
        Format::Gif => monogram_encode::Format::Gif,
        Format::Json | Format::Html | Format::Txt => {
            return Err(Problem::new(Fault::Ours, "encode", "the format is not an image's"));
        }
    };
    Ok(monogram_encode::encode(format, picture, quality)?)
}

impl From<monogram_encode::Error> for Problem {
    fn from(error: monogram_encode::Error) -> Self {
        Self::new(Fault::Ours, "encode", error.to_string())
    }
}
