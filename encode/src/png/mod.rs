//! PNG (ISO/IEC 15948): exact, and as small as the colours of a picture allow.
//!
//! Most cards are flat art with fewer than 256 colours. As an indexed picture they are half the
//! size of RGB, and are compressed in a quarter of the time. So colours are counted before anything
//! is written.
//!
//! Memory: the file twice, as strips and as one, and the tokens of a strip of [`STRIP_PIXELS`]
//! pixels. There is no second canvas.

mod chunk;
pub(crate) mod color_type;
pub(crate) mod file;
pub(crate) mod filter;
pub(crate) mod strip;
pub(crate) mod trial;
pub(crate) mod zlib;

pub use color_type::{BitDepth, ColorType, Palette, is_opaque, survey};

use super::pixel;
use strip::Strip;
use tiny_skia::Pixmap;

/// Pixels of a strip, each of which has Huffman codes of its own.
const STRIP_PIXELS: usize = 96 * 1024;

/// Encodes a picture (premultiplied RGBA8, sRGB) as a PNG that has exactly its straight pixels.
///
/// ```
/// use monogram_encode::png;
///
/// let mut picture = tiny_skia::Pixmap::new(600, 315).unwrap();
/// picture.fill(tiny_skia::Color::WHITE);
/// let file = png::encode(&picture);
/// assert!(file.starts_with(b"\x89PNG") && file.len() < 250);
/// assert!(matches!(png::survey(picture.pixels()), png::ColorType::Indexed(_)));
/// ```
#[must_use]
pub fn encode(picture: &Pixmap) -> Vec<u8> {
    // How its pixels are stored.
    let mut color_type = survey(picture.pixels());
    // How its rows are filtered.
    let strategy = trial::strategy(&mut color_type, picture);
    // Its rows: packed, filtered and deflated.
    let rows = STRIP_PIXELS.div_ceil(pixel::per_row(picture));
    let repeats = trial::repeats(&mut color_type, strategy, picture);
    let strips = strip::strips(picture, &mut color_type, strategy, repeats, rows);
    // The chunks of its file.
    file::assemble(&color_type, picture, &strips.iter().collect::<Vec<&Strip>>())
}

/// The most colours that a picture has at a quality of 1 to 100: that many hundredths of 256, at
/// least 2.
#[must_use]
pub fn max_colors(quality: u8) -> usize {
    (usize::from(quality.clamp(1, 100)).saturating_mul(256) / 100).max(2)
}
