//! JPEG (ITU-T T.81), baseline, flattened on white: for photographs.

use std::rc::Rc;

use super::pieces::Pieces;
use super::{failed, pixel, row_len};
use crate::error::Problem;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};
use tiny_skia::Pixmap;

/// Where the artefacts stop being seen at a glance.
pub const DEFAULT_QUALITY: u8 = 82;

/// From here on, chroma is stored at full size: coloured text stays crisp, which is what such a quality is asked for.
const FULL_CHROMA_QUALITY: u8 = 90;

/// Encodes a picture as JPEG with a quality of 1 to 100 (clamped), 4:2:0 below 90 and 4:4:4 from there on.
///
/// # Errors
/// `Fault::Ours` for a side over 65,535 px.
pub fn encode(picture: Rc<Pixmap>, quality: u8) -> Result<Vec<u8>, Problem> {
    let rows = Rows {
        picture: &picture,
        width: u16::try_from(picture.width()).map_err(failed)?,
        height: u16::try_from(picture.height()).map_err(failed)?,
    };
    let quality = quality.clamp(1, 100);
    let mut file = Pieces::default();
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(if quality >= FULL_CHROMA_QUALITY {
        SamplingFactor::R_4_4_4
    } else {
        SamplingFactor::R_4_2_0
    });
    encoder.encode_image(rows).map_err(failed)?;
    // Before the file is put together: a noisy one of full quality is as large as the canvas.
    drop(picture);
    Ok(file.join())
}

/// The picture, flattened and converted row by row: no second canvas.
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
        let mut rows = self.picture.pixels().chunks_exact(row_len(self.picture));
        for &pixel in rows.nth(usize::from(y)).unwrap_or_default() {
            let [r, g, b] = pixel::over_white(pixel);
            let (y, cb, cr) = rgb_to_ycbcr(r, g, b);
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}
