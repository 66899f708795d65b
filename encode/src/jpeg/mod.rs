//! JPEG (ITU-T T.81), baseline, flattened on white: for photographs.

mod bands;
mod ycbcr;

use std::io::Write;
use std::ops::Range;
use std::rc::Rc;

use super::pieces::Pieces;
use super::pixel;
use crate::bytes::padded;
use crate::error::Error;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};
use tiny_skia::Pixmap;

pub use bands::Bands;

/// Quality (1 to 100) if none is asked for: the lowest without artefacts that are seen at a glance.
pub const DEFAULT_QUALITY: u8 = 82;

/// The lowest quality at which chroma is stored at full resolution, so that coloured text is crisp.
const FULL_CHROMA_QUALITY: u8 = 90;

/// Encodes a picture as JPEG with a quality of 1 to 100 (clamped).
///
/// Chroma is subsampled 4:2:0 below quality 90, and stored at full resolution (4:4:4) from 90 on.
/// A restart marker (T.81, E.1.4) follows each [band](band_rows), so that a band's bytes depend on its
/// own pixels alone.
///
/// # Errors
/// [`Error`] if a side is longer than 65,535 px.
pub fn encode(picture: Rc<Pixmap>, quality: u8) -> Result<Vec<u8>, Error> {
    let mut file = Pieces::default();
    write(&picture, 0..picture.pixels().len() / pixel::per_row(&picture), quality, &mut file)?;
    // Freed before the pieces are joined: a noisy file of full quality is as large as the canvas.
    drop(picture);
    Ok(file.join())
}

/// Rows of a band, which is one row of MCUs (T.81, A.2).
const fn band_rows(quality: u8) -> usize {
    if quality >= FULL_CHROMA_QUALITY { 8 } else { 16 }
}

/// Writes some rows of a picture as a file of their own.
fn write(picture: &Pixmap, rows: Range<usize>, quality: u8, out: &mut impl Write) -> Result<(), Error> {
    let quality = quality.clamp(1, 100);
    let width = u16::try_from(picture.width()).map_err(Error::of)?;
    let height = u16::try_from(rows.len()).map_err(Error::of)?;
    let mut encoder = Encoder::new(out, quality);
    encoder.set_sampling_factor(if quality >= FULL_CHROMA_QUALITY {
        SamplingFactor::R_4_4_4
    } else {
        SamplingFactor::R_4_2_0
    });
    // The MCUs of a band; they are square.
    let band = u16::try_from(band_rows(quality)).map_err(Error::of)?;
    encoder.set_restart_interval(width.div_ceil(band));
    encoder.encode_image(Rows { picture, first: rows.start, width, height }).map_err(Error::of)
}

/// Some rows of a picture, flattened and converted one by one, so that there is no second canvas.
struct Rows<'a> {
    picture: &'a Pixmap,
    /// The first of them.
    first: usize,
    width: u16,
    height: u16,
}

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, [luma, blue, red, _]: &mut [Vec<u8>; 4]) {
        let stride = pixel::per_row(self.picture).saturating_mul(4);
        let mut rows = self.picture.data().chunks_exact(stride);
        let row = rows.nth(usize::from(y).saturating_add(self.first)).unwrap_or_default();
        let mut push = |pixels: [u8; ycbcr::BYTES], count: usize| {
            let converted = ycbcr::on_white(pixels);
            let [y, cb, cr] = converted.each_ref().map(|channel| channel.get(..count).unwrap_or_default());
            luma.extend_from_slice(y);
            blue.extend_from_slice(cb);
            red.extend_from_slice(cr);
        };
        let (groups, rest) = row.as_chunks();
        for group in groups {
            push(*group, ycbcr::LANES);
        }
        push(padded(rest), rest.len() / 4);
    }
}
