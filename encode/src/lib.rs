//! Pixels → the bytes of a file.
//!
//! Mail clients cache by URL and compare by `ETag`, so one picture must always be the same bytes.
//!
//! It is a crate of its own because its loops run over each byte of a picture: they are compiled for
//! speed, and the rest of the core for size.
//!
//! Invariant: the bytes depend only on the pixels, the format and the quality; not on a clock, a
//! hash seed or the SIMD level of the CPU. Every picture is encoded whole and on its own, except
//! by [`incremental`], whose files reuse parts of other files.

mod bytes;
pub(crate) mod deflate;
mod error;
pub mod gif;
pub mod incremental;
pub mod jpeg;
pub(crate) mod lzw;
pub(crate) mod palette;
mod pieces;
pub(crate) mod pixel;
pub mod png;
pub mod webp;

use std::rc::Rc;

use tiny_skia::Pixmap;

pub use error::Error;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PNG, lossless unless it has a quality.
    Png,
    /// JPEG, lossy.
    Jpg,
    /// WebP, lossless.
    Webp,
    /// GIF, at most 256 colours.
    Gif,
}

/// Encodes a finished picture (premultiplied RGBA8, sRGB) as a whole file.
///
/// `quality` is 1 to 100. JPEG uses it (82 if `None`). PNG is exact if it is `None`; otherwise it
/// has at most [`png::max_colors`] colours, or is exact if that is no larger. WebP is always exact,
/// and GIF always has at most 256 colours and no half-transparent pixels; both ignore `quality`.
///
/// The function owns the picture, so that an encoder can reuse its memory if nobody else holds it.
///
/// ```
/// use monogram_encode::{Format, encode};
///
/// let picture = tiny_skia::Pixmap::new(600, 315).unwrap();
/// let file = encode(Format::Jpg, picture, Some(90)).unwrap();
/// assert!(file.starts_with(&[0xFF, 0xD8]));
/// ```
///
/// # Errors
/// If a side of the picture is longer than the format allows (65,535 px for JPEG and GIF, 16,384 px
/// for WebP).
pub fn encode(format: Format, picture: impl Into<Rc<Pixmap>>, quality: Option<u8>) -> Result<Vec<u8>, Error> {
    let picture = picture.into();
    match format {
        Format::Png => match quality {
            Some(quality) if picture.pixels().len() >= palette::coarse::MANY_PIXELS => large(picture, quality),
            Some(quality) => {
                let exact = png::encode(&picture);
                with_fewer_colors(picture, quality, exact)
            }
            None => Ok(png::encode(&picture)),
        },
        Format::Jpg => jpeg::encode(picture, quality.unwrap_or(jpeg::DEFAULT_QUALITY)),
        Format::Webp => webp::encode(Rc::unwrap_or_clone(picture)),
        Format::Gif => gif::encode(&picture),
    }
}

/// Encodes a picture as a PNG with at most [`png::max_colors`] colours.
///
/// Returns `exact`, the file with all colours, if that is no larger: dithering adds noise, which
/// may cost more bytes than fewer colours save.
///
/// # Errors
/// As [`encode`].
fn with_fewer_colors(picture: Rc<Pixmap>, quality: u8, exact: Vec<u8>) -> Result<Vec<u8>, Error> {
    let colors = png::max_colors(quality);
    if !may_be_smaller(&picture, colors, exact.len())? {
        return Ok(exact);
    }
    let mut picture = Rc::unwrap_or_clone(picture);
    palette::reduce(&mut picture, colors)?;
    let fewer = png::encode(&picture);
    Ok(if fewer.len() < exact.len() { fewer } else { exact })
}

/// Encodes a picture of so many pixels that making both files would take most of its time: a few of
/// its rows tell which one is smaller.
fn large(picture: Rc<Pixmap>, quality: u8) -> Result<Vec<u8>, Error> {
    let colors = png::max_colors(quality);
    if !sample_is_smaller(&picture, colors)? {
        return Ok(png::encode(&picture));
    }
    let mut picture = Rc::unwrap_or_clone(picture);
    palette::reduce(&mut picture, colors)?;
    Ok(png::encode(&picture))
}

/// Whether fewer colours may make the file of a picture smaller that has `exact` bytes. A large
/// picture that is smooth is told from a few of its rows: most of the time would be spent on noise
/// that is thrown away.
fn may_be_smaller(picture: &Pixmap, colors: usize, exact: usize) -> Result<bool, Error> {
    let pixels = picture.pixels().len();
    if pixels < palette::coarse::MANY_PIXELS || exact > pixels / 4 {
        return Ok(true);
    }
    sample_is_smaller(picture, colors)
}

/// Whether fewer colours make the file of some rows of a picture smaller: of bands of 32 rows, an
/// eighth of them, so that what is in the rows between is seldom of another kind.
pub(crate) fn sample_is_smaller(picture: &Pixmap, colors: usize) -> Result<bool, Error> {
    const BAND_ROWS: usize = 32;
    const DISTANCE_ROWS: usize = BAND_ROWS * 8;
    let width = pixel::per_row(picture);
    let bands = picture
        .pixels()
        .chunks(DISTANCE_ROWS.saturating_mul(width).max(1))
        .filter_map(|band| band.get(..BAND_ROWS.saturating_mul(width)));
    let sample: Vec<_> = bands.flatten().copied().collect();
    let rows = u32::try_from(sample.len().checked_div(width).unwrap_or(0)).unwrap_or(0);
    let Some(mut some) = Pixmap::new(picture.width(), rows) else { return Ok(true) };
    some.pixels_mut().iter_mut().zip(sample).for_each(|(to, from)| *to = from);
    let exact = png::encode(&some).len();
    palette::reduce(&mut some, colors)?;
    Ok(png::encode(&some).len() < exact)
}
