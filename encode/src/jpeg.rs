//! JPEG (ITU-T T.81), baseline, flattened on white: for photographs.

use std::rc::Rc;

use super::pieces::Pieces;
use super::pixel;
use crate::error::Error;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};
use tiny_skia::Pixmap;

/// Quality (1 to 100) if none is asked for: the lowest without artefacts that are seen at a glance.
pub const DEFAULT_QUALITY: u8 = 82;

/// The lowest quality at which chroma is stored at full resolution, so that coloured text is crisp.
const FULL_CHROMA_QUALITY: u8 = 90;

/// Encodes a picture as JPEG with a quality of 1 to 100 (clamped).
///
/// Chroma is subsampled 4:2:0 below quality 90, and stored at full resolution (4:4:4) from 90 on.
///
/// # Errors
/// [`Error`] if a side is longer than 65,535 px.
pub fn encode(picture: Rc<Pixmap>, quality: u8) -> Result<Vec<u8>, Error> {
    let rows = Rows {
        picture: &picture,
        width: u16::try_from(picture.width()).map_err(Error::of)?,
        height: u16::try_from(picture.height()).map_err(Error::of)?,
    };
    let quality = quality.clamp(1, 100);
    let mut file = Pieces::default();
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(if quality >= FULL_CHROMA_QUALITY {
        SamplingFactor::R_4_4_4
    } else {
        SamplingFactor::R_4_2_0
    });
    encoder.encode_image(rows).map_err(Error::of)?;
    // Freed before the pieces are joined: a noisy file of full quality is as large as the canvas.
    drop(picture);
    Ok(file.join())
}

/// The picture, flattened and converted row by row, so that there is no second canvas.
struct Rows<'a> {
    picture: &'a Pixmap,
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
        let mut rows = self.picture.pixels().chunks_exact(pixel::per_row(self.picture));
        for &pixel in rows.nth(usize::from(y)).unwrap_or_default() {
            let [r, g, b] = pixel::over_white(pixel);
            let (y, cb, cr) = rgb_to_ycbcr(r, g, b);
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}
