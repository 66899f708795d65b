//! A whole picture as bands, one after the other.

use std::rc::Rc;

use tiny_skia::Pixmap;

use super::super::row_len;
use super::Pixels;
use super::filter::Filters;
use super::photo::Photo;
use super::strip::{Band, Deflate, Packer};

/// The bands of a picture.
#[derive(Default)]
pub(crate) struct Linked {
    /// Each may refer to those before it.
    pub(crate) bands: Vec<Rc<Band>>,
    pub(crate) photos: Vec<Photo>,
    /// The filter types of their rows.
    pub(crate) kinds: Vec<u8>,
    /// Of something drawn, Adler-32 of the bytes of each row.
    pub(crate) adlers: Vec<u32>,
    /// What the largest has unpacked.
    pub(crate) bytes: usize,
}

impl Linked {
    /// Compresses a picture in bands of so many rows.
    pub(crate) fn new(
        picture: &Pixmap,
        (pixels, filters): (&mut Pixels, Filters),
        rows: usize,
        mut deflate: Deflate,
    ) -> Self {
        let width = row_len(picture);
        let mut packer = Packer::new(pixels, filters);
        let mut linked = Self::default();
        for band in picture.pixels().chunks(rows.saturating_mul(width)) {
            let filtered = packer.filtered(pixels, band, width);
            linked.bytes = filtered.len().max(linked.bytes);
            let stride = filtered.len().checked_div(band.len() / width).unwrap_or(0).max(1);
            linked.kinds.extend(filtered.iter().step_by(stride));
            let band = if filters == Filters::Paeth {
                let (photo, band) = Photo::new(filtered, stride, pixels.channels());
                linked.photos.push(photo);
                band
            } else {
                linked.adlers.extend(filtered.chunks(stride).map(|row| simd_adler32::adler32(&row)));
                deflate.band(filtered)
            };
            linked.bands.push(Rc::new(band));
        }
        linked
    }
}
