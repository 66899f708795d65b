//! A compressed baseline as it is kept outside of an isolate.
//!
//! What is made fast is not kept: the checksums of chunks, and the cells of photographs.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::baseline::Baseline;
use super::photo::Photo;
use super::region::RowLayout;
use crate::palette::colors::{Colors, MAX_COLORS};
use crate::png::filter::{RowFilter, Strategy};
use crate::png::strip::Strip;
use crate::png::zlib;
use crate::png::{BitDepth, ColorType, Palette};

/// A compressed baseline as it is kept.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    color_type: KeptColors,
    strategy: Strategy,
    /// In px.
    width: usize,
    height: usize,
    /// Rows of a strip.
    rows: usize,
    /// Number of strips before a strip that it may match.
    reach: usize,
    /// The first byte of each filtered row.
    #[serde(with = "serde_bytes")]
    filters: Vec<u8>,
    /// The Adler-32 of each filtered row; empty for a photograph.
    adlers: Vec<u32>,
    strips: Vec<KeptStrip>,
}

#[derive(Serialize, Deserialize)]
enum KeptColors {
    Grayscale,
    Rgb,
    /// The colours of a palette with indices of 8 bits: the bytes of premultiplied RGBA8 pixels as numbers.
    Indexed(Vec<u32>),
    Rgba,
}

#[derive(Serialize, Deserialize)]
struct KeptStrip {
    #[serde(with = "serde_bytes")]
    deflated: Vec<u8>,
    adler: u32,
    /// Number of bytes that it unpacks to.
    bytes: usize,
}

impl Baseline {
    /// What is kept of it.
    pub fn keep(&self) -> Kept {
        let color_type = match &self.color_type {
            ColorType::Grayscale => KeptColors::Grayscale,
            ColorType::Rgb => KeptColors::Rgb,
            ColorType::Indexed(palette) => KeptColors::Indexed(palette.colors.keys().to_vec()),
            ColorType::Rgba => KeptColors::Rgba,
        };
        let strips = self.strips.iter().map(|strip| KeptStrip {
            deflated: strip.deflated.clone(),
            adler: strip.adler,
            bytes: strip.bytes,
        });
        Kept {
            color_type,
            strategy: self.strategy,
            width: self.width,
            height: self.height,
            rows: self.rows,
            reach: self.reach,
            filters: self.filters.iter().map(|filter| filter.byte()).collect(),
            adlers: self.adlers.clone(),
            strips: strips.collect(),
        }
    }

    /// The baseline of a picture of this size (in px). `None` if what was kept does not fit together.
    pub fn of_kept(kept: Kept, (width, height): (usize, usize)) -> Option<Self> {
        let Kept { color_type, strategy, rows, reach, filters, adlers, strips, .. } = kept;
        let color_type = match color_type {
            KeptColors::Grayscale => ColorType::Grayscale,
            KeptColors::Rgb => ColorType::Rgb,
            KeptColors::Rgba => ColorType::Rgba,
            KeptColors::Indexed(keys) => {
                let count = keys.len();
                let colors = Colors::reordered(keys.into_iter().take(MAX_COLORS));
                if colors.keys().len() != count {
                    return None;
                }
                ColorType::Indexed(Palette { colors, bit_depth: BitDepth::Eight })
            }
        };
        let is_photo = strategy == Strategy::Paeth;
        let step = color_type.bytes_per_pixel();
        let stride = width.checked_mul(step)?.checked_add(1)?;
        let is_whole = (kept.width, kept.height) == (width, height)
            && height > 0
            && rows > 0
            && strips.len() == height.div_ceil(rows)
            && filters.len() == height
            && adlers.len() == if is_photo { 0 } else { height };
        if !is_whole {
            return None;
        }
        let mut photos = Vec::new();
        let mut of_kept = |(strip, top): (KeptStrip, usize)| {
            let KeptStrip { deflated, adler, bytes } = strip;
            if bytes != rows.min(height.checked_sub(top)?).checked_mul(stride)? {
                return None;
            }
            if !is_photo {
                return Some(Rc::new(Strip::new(deflated, adler, bytes)));
            }
            let filtered = zlib::unpacked(&deflated, adler, bytes)?;
            let (photo, strip) = Photo::new(&filtered, RowLayout { stride, step });
            photos.push(photo);
            (strip.deflated == deflated).then(|| Rc::new(strip))
        };
        let strips = strips.into_iter().zip((0..height).step_by(rows)).map(&mut of_kept).collect::<Option<_>>()?;
        let filters = filters.into_iter().map(RowFilter::of).collect();
        Some(Self { color_type, strategy, width, height, rows, strips, reach, filters, adlers, photos })
    }
}
