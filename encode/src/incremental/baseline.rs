//! The baseline picture, compressed in strips, with all that a patch needs to know of them.

use std::ops::Range;
use std::rc::Rc;

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::colors;
use super::photo::Photo;
use super::region::{Region, RowLayout};
use crate::deflate::matcher;
use crate::deflate::token::{Token, WINDOW_BYTES};
use crate::palette::colors::{Colors, key};
use crate::pixel;
use crate::png::filter::{RowFilter, Strategy};
use crate::png::strip::{RowPacker, Strip, stride};
use crate::png::{ColorType, trial, zlib};

/// Search depth for strips of a baseline, which are compressed once for many pictures.
pub const SEARCH_DEPTH: usize = 16;

/// The fewest rows of a strip: a line of text should damage few rows in addition to its own.
const MIN_ROWS: usize = 16;

/// The most rows of a strip.
const MAX_ROWS: usize = 256;

/// Least number of bytes of an average strip, because each costs some tens of bytes: the strips of
/// flat art have more rows.
const MIN_STRIP_BYTES: usize = 1_500;

/// A compressed baseline.
pub struct Baseline {
    pub color_type: ColorType,
    pub strategy: Strategy,
    /// In px.
    pub width: usize,
    pub height: usize,
    /// Rows of a strip.
    pub rows: usize,
    /// From top to bottom. Each may match bytes of the strips before it.
    pub strips: Vec<Rc<Strip>>,
    /// Number of strips before a strip that it may match.
    pub reach: usize,
    /// The filter of each row.
    pub filters: Vec<RowFilter>,
    /// The Adler-32 of the bytes of each row; empty for a photograph.
    pub adlers: Vec<u32>,
    /// For each strip of a photograph, how it is coded; empty for artwork.
    pub photos: Vec<Photo>,
}

impl Baseline {
    /// Compresses a picture, whose pixels are stored as `color_type`.
    pub fn new(picture: &Pixmap, mut color_type: ColorType) -> Self {
        let strategy = trial::strategy(&mut color_type, picture);
        colors::make_room(&mut color_type);
        let (mut baseline, tokens) = Self::with_rows(picture, &mut color_type, strategy, MIN_ROWS);
        loop {
            let deflated = baseline.deflated_bytes(0..baseline.strips.len());
            // Strips of more rows have fewer bytes in total, so no number of rows that would do is
            // skipped.
            let is_too_few = |rows: usize| {
                rows < MAX_ROWS && deflated < baseline.height.div_ceil(rows).saturating_mul(MIN_STRIP_BYTES)
            };
            let mut rows = baseline.rows;
            while is_too_few(rows) {
                rows = rows.saturating_mul(2);
            }
            if rows == baseline.rows {
                return Self { color_type, ..baseline };
            }
            baseline = match &tokens {
                Some(tokens) => baseline.joined(tokens, rows),
                None => Self::with_rows(picture, &mut color_type, strategy, rows).0,
            };
        }
    }

    /// Compresses a picture in strips of `rows` rows. Also returns the tokens of each strip, if they are those
    /// of artwork and so few that the strips will be joined.
    fn with_rows(
        picture: &Pixmap,
        color_type: &mut ColorType,
        strategy: Strategy,
        rows: usize,
    ) -> (Self, Option<Vec<Vec<Token>>>) {
        let width = pixel::per_row(picture);
        let height = picture.pixels().len().checked_div(width).unwrap_or(0);
        let (mut packer, mut matcher) = (RowPacker::new(color_type, strategy), matcher::Best::new(SEARCH_DEPTH));
        let (mut strips, mut photos, mut filters, mut adlers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut kept, mut deflated) = (Some(Vec::new()), 0_usize);
        let mut most_bytes = 1;
        for pixels in picture.pixels().chunks(rows.saturating_mul(width)) {
            let filtered = packer.filtered(color_type, pixels, width);
            most_bytes = filtered.len().max(most_bytes);
            let layout = RowLayout { stride: stride(filtered, pixels, width), step: color_type.bytes_per_pixel() };
            filters.extend(filtered.iter().step_by(layout.stride).map(|byte| RowFilter::of(*byte)));
            let strip = if strategy == Strategy::Paeth {
                let (photo, strip) = Photo::new(filtered, layout);
                photos.push(photo);
                kept = None;
                strip
            } else {
                adlers.extend(filtered.chunks(layout.stride).map(|row| simd_adler32::adler32(&row)));
                let mut tokens = Vec::new();
                matcher.find(filtered, &mut tokens);
                let strip = Strip::of_tokens(&tokens, simd_adler32::adler32(&filtered), filtered.len());
                deflated = deflated.saturating_add(strip.deflated.len());
                // Otherwise they will not be joined, and the tokens would take more memory than the picture.
                kept = kept.filter(|_| deflated < height.div_ceil(rows).saturating_mul(MIN_STRIP_BYTES));
                kept.iter_mut().for_each(|kept| kept.push(std::mem::take(&mut tokens)));
                strip
            };
            strips.push(Rc::new(strip));
        }
        let baseline = Self {
            color_type: ColorType::Rgba,
            strategy,
            width,
            height,
            rows,
            strips,
            reach: if photos.is_empty() { WINDOW_BYTES.div_ceil(most_bytes) } else { 0 },
            filters,
            adlers,
            photos,
        };
        (baseline, kept)
    }

    /// The same in strips of more rows, put together from the tokens of strips of [`MIN_ROWS`] rows.
    fn joined(self, tokens: &[Vec<Token>], rows: usize) -> Self {
        let (count, stride) = ((rows / MIN_ROWS).max(1), self.layout().stride);
        let strips = tokens.chunks(count).zip(self.adlers.chunks(rows)).map(|(tokens, adlers)| {
            let adler = adlers.iter().fold(zlib::EMPTY, |sum, row| zlib::combine(sum, *row, stride));
            Rc::new(Strip::of_tokens(&tokens.concat(), adler, adlers.len().saturating_mul(stride)))
        });
        let strips: Vec<_> = strips.collect();
        Self { rows, strips, reach: WINDOW_BYTES.div_ceil(rows.saturating_mul(stride).max(1)), ..self }
    }

    /// Whether a picture has its size.
    pub fn is_as_large_as(&self, picture: &Pixmap) -> bool {
        pixel::per_row(picture) == self.width && picture.pixels().len() == self.width.saturating_mul(self.height)
    }

    /// The rows of some strips.
    pub fn rows(&self, strips: &Range<usize>) -> Range<usize> {
        strips.start.saturating_mul(self.rows)..strips.end.saturating_mul(self.rows).min(self.height)
    }

    /// Whether a strip may change if the pixels of these rows do: its first row is filtered by the
    /// row above it, so that row counts as well.
    pub const fn is_damaged(&self, strip: usize, rows: &Range<usize>) -> bool {
        let first = strip.saturating_mul(self.rows);
        rows.start < first.saturating_add(self.rows) && first.saturating_sub(1) < rows.end
    }

    /// How its filtered rows are laid out.
    pub fn layout(&self) -> RowLayout {
        let first = self.strips.first().map_or(1, |strip| strip.bytes);
        let stride = (first / self.rows.clamp(1, self.height.max(1))).max(1);
        RowLayout { stride, step: self.color_type.bytes_per_pixel() }
    }

    /// The pixels of some rows of a picture of its size.
    pub fn pixels<'a>(&self, picture: &'a Pixmap, rows: Range<usize>) -> &'a [PremultipliedColorU8] {
        let start = rows.start.saturating_mul(self.width);
        let end = rows.end.min(self.height).saturating_mul(self.width);
        picture.pixels().get(start..end).unwrap_or_default()
    }

    /// The pixels in the damaged regions of some rows, row by row.
    pub fn damaged_pixels<'a>(
        &self,
        picture: &'a Pixmap,
        rows: &Range<usize>,
        damage: &'a [Region],
    ) -> impl Iterator<Item = &'a [PremultipliedColorU8]> {
        damage.iter().flat_map(move |region| {
            let rows = region.rows.start.max(rows.start)..region.rows.end.min(rows.end);
            let columns = region.columns.start..region.columns.end.min(self.width);
            self.pixels(picture, rows).chunks_exact(self.width).filter_map(move |row| row.get(columns.clone()))
        })
    }

    /// Whether a region of a picture is a photo: it has more colours than a palette, and most pixels
    /// differ from the one to the left. A logo and a drawing match themselves.
    pub fn is_photo(&self, picture: &Pixmap, region: &Region) -> bool {
        let rows = || self.damaged_pixels(picture, &region.rows, std::slice::from_ref(region));
        let mut colors = Colors::new();
        let has_many = rows().flatten().any(|pixel| colors.index(key(*pixel)).is_none());
        let pairs = || rows().flat_map(|row| row.iter().zip(row.iter().skip(1)));
        has_many && pairs().filter(|(left, right)| left == right).count() < pairs().count() / 2
    }

    /// Bytes of some strips in the file.
    pub fn deflated_bytes(&self, strips: Range<usize>) -> usize {
        self.strips.get(strips).unwrap_or_default().iter().map(|strip| strip.deflated.len()).sum()
    }
}
