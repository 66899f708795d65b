//! One picture while it is encoded as a patch of a baseline: how its damaged strips are made.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use tiny_skia::Pixmap;

use super::artwork::Artwork;
use super::baseline::Baseline;
use super::colors;
use super::photo::Photo;
use super::region::{Region, damaged_bytes, united};
use super::rows::Rows;
use crate::deflate::block::{self, Codes};
use crate::deflate::inflate;
use crate::deflate::matcher;
use crate::deflate::token::{Token, WINDOW_BYTES};
use crate::png::ColorType;
use crate::png::filter::{RowFilter, Strategy};
use crate::png::strip::{self, Deflater, Strip};
use crate::png::zlib;

/// The percentage of the file by which a fast search may exceed what it replaces. Above, a better
/// search is worth its time. What is replaced is mostly shorter, because the baseline has less
/// text.
const MAX_PERCENT: usize = 3;

/// The same if it is at most five eighths larger than what it replaces: little of it was searched
/// then.
const MAX_PERCENT_ALIKE: usize = 7;

/// A fast search of at most 1 of this many parts of the file is always good enough: it is seldom a
/// quarter worse, and a quarter of an eighth is 3 %.
const MAX_SHARE: usize = 8;

/// A file of so few bytes is always searched well unless that finds little: it takes little time, and each token
/// counts.
const FEW_BYTES: usize = 8 * 1024;

/// A picture that is encoded as a patch.
pub struct Encoding<'a> {
    baseline: &'a Baseline,
    picture: &'a Pixmap,
    /// Where it differs from the baseline.
    damage: &'a [Region],
    /// Where it shows an image that the baseline does not show.
    images: &'a [Region],
    /// The rows of photos on a baseline whose rows are not filtered: theirs are, or the file would be
    /// a third larger. Their columns are the whole row.
    photos: Vec<Region>,
    /// The baseline's, with the colours that the picture adds to its palette.
    pub color_type: ColorType,
}

/// A strip of artwork, and what has to be coded anew of it.
struct Stale {
    artwork: Rc<Artwork>,
    /// Where the strip begins, in bytes from the first strip.
    start: usize,
    cells: Vec<Range<usize>>,
}

/// What some strips of artwork need to be written anew.
struct Fresh {
    /// By strip.
    stale: Vec<Stale>,
    /// The rows from the first to the last stale byte, filtered.
    filtered: Vec<u8>,
    /// Bytes of the strips before them.
    skipped: usize,
    matcher: RefCell<matcher::Fast>,
    /// The Adler-32 of the bytes of the strips, and their number.
    adler: u32,
    bytes: usize,
}

impl Fresh {
    /// Appends the tokens of some bytes of the strip that begins at `start`. Later calls are for
    /// later bytes.
    fn search(&self, start: usize, bytes: &Range<usize>, tokens: &mut Vec<Token>) {
        let place = |byte: usize| byte.saturating_add(start).saturating_sub(self.skipped);
        if let Ok(mut matcher) = self.matcher.try_borrow_mut() {
            matcher.find(&self.filtered, place(bytes.start)..place(bytes.end), tokens);
        }
    }
}

impl<'a> Encoding<'a> {
    pub fn new(baseline: &'a Baseline, picture: &'a Pixmap, damage: &'a [Region], images: &'a [Region]) -> Self {
        let is_plain = baseline.strategy == Strategy::None && baseline.color_type.bytes_per_pixel() > 1;
        let photos = images.iter().filter(|region| is_plain && baseline.is_photo(picture, region));
        let photos = photos.map(|region| Region { rows: region.rows.clone(), columns: 0..baseline.width }).collect();
        Self { baseline, picture, damage, images, photos, color_type: baseline.color_type.clone() }
    }

    /// The ranges of filtered bytes of some rows that may differ from the baseline's.
    fn damaged_bytes(&self, rows: &Range<usize>) -> Vec<Range<usize>> {
        let layout = self.baseline.layout();
        let mut bytes = damaged_bytes(rows, self.damage, layout);
        bytes.extend(damaged_bytes(rows, &self.photos, layout));
        united(bytes)
    }

    /// The filters of some rows.
    fn filters(&self, rows: Range<usize>) -> Vec<RowFilter> {
        let filters = self.baseline.filters.get(rows.clone()).unwrap_or_default();
        let is_photo = |row: usize| self.photos.iter().any(|photo| photo.rows.contains(&row));
        rows.zip(filters).map(|(row, filter)| if is_photo(row) { RowFilter::Paeth } else { *filter }).collect()
    }

    /// Whether the colour type can store the damaged pixels of some strips.
    pub fn takes_colors(&mut self, strips: &Range<usize>) -> bool {
        let rows = self.baseline.rows(strips);
        let mut damaged = self.baseline.damaged_pixels(self.picture, &rows, self.damage);
        damaged.all(|pixels| colors::take(&mut self.color_type, pixels))
    }

    /// A strip of its own, which matches no bytes of others.
    pub fn standalone(&mut self, strip: usize, search_depth: usize) -> Strip {
        let filtered = self.filtered(self.baseline.rows(&(strip..strip.saturating_add(1))));
        Deflater::new(search_depth).strip(&filtered)
    }

    /// A strip of a photograph, as a patch.
    pub fn photo(&mut self, number: usize, photo: &Photo, strip: &Strip) -> Strip {
        let (baseline, layout) = (self.baseline, self.baseline.layout());
        let rows = baseline.rows(&(number..number.saturating_add(1)));
        let stale = photo.cells.stale(&damaged_bytes(&rows, self.damage, layout), 0);
        let mut packer = Rows::new(&self.color_type, baseline.strategy);
        photo.patch(strip, &stale, |bytes, filtered| {
            let mut rest = bytes.clone();
            while !rest.is_empty() {
                let number = rest.start / layout.stride;
                let (start, row) = (number.saturating_mul(layout.stride), rows.start.saturating_add(number));
                let end = rest.end.min(start.saturating_add(layout.stride));
                let here = baseline.pixels(self.picture, row..row.saturating_add(1));
                let above = baseline.pixels(self.picture, row.saturating_sub(1)..row);
                let filter = baseline.filters.get(row).copied().unwrap_or(RowFilter::None);
                let bytes = rest.start.saturating_sub(start)..end.saturating_sub(start);
                filtered.extend_from_slice(packer.part(&mut self.color_type, here, above, filter, &bytes));
                rest.start = end;
            }
        })
    }

    /// Whether a new image is in some strips.
    pub fn shows_image(&self, strips: &Range<usize>) -> bool {
        strips.clone().any(|strip| self.images.iter().any(|region| self.baseline.is_damaged(strip, &region.rows)))
    }

    /// Some strips of artwork as patches, searched fast; `None` if they are too large. `artwork`
    /// returns a strip of the baseline.
    pub fn patched(&mut self, strips: &Range<usize>, artwork: impl Fn(usize) -> Option<Rc<Artwork>>) -> Option<Strip> {
        let fresh = self.fresh(strips, artwork)?;
        let mut made = Vec::new();
        for Stale { artwork, start, cells } in &fresh.stale {
            artwork.patch(cells, |bytes, tokens| fresh.search(*start, bytes, tokens), &mut made);
        }
        self.is_small(made.len(), strips).then(|| Strip::new(made, fresh.adler, fresh.bytes))
    }

    /// Some strips of artwork with a new image, searched fast, with codes of their own: those of a
    /// drawing suit no photo.
    pub fn recoded(&mut self, strips: &Range<usize>, artwork: impl Fn(usize) -> Option<Rc<Artwork>>) -> Option<Strip> {
        let fresh = self.fresh(strips, artwork)?;
        let mut tokens = Vec::new();
        for (Stale { artwork, start, cells }, strip) in fresh.stale.iter().zip(strips.clone()) {
            let known = inflate::tokens(&self.baseline.strips.get(strip)?.deflated)?;
            artwork.replace(known, cells, |bytes, tokens| fresh.search(*start, bytes, tokens), &mut tokens);
        }
        let deflated = block::write(&tokens, &Codes::exact(&tokens));
        Some(Strip::new(deflated, fresh.adler, fresh.bytes))
    }

    /// What some strips of artwork need to be written anew: their stale cells, and the filtered rows
    /// that these are in.
    fn fresh(&mut self, strips: &Range<usize>, artwork: impl Fn(usize) -> Option<Rc<Artwork>>) -> Option<Fresh> {
        let (baseline, layout) = (self.baseline, self.baseline.layout());
        let (stride, rows) = (layout.stride, baseline.rows(strips));
        let stale = self.stale(strips, artwork)?;

        // Only the rows from the first to the last stale byte are filtered.
        let ends = stale.iter().flat_map(|Stale { artwork, start, cells }| {
            let bytes = [cells.first(), cells.last()].into_iter().flatten().map(|cells| artwork.cells.bytes(cells));
            bytes.flat_map(|bytes| [bytes.start, bytes.end]).map(|byte| byte.saturating_add(*start))
        });
        let row = |row: usize| rows.start.saturating_add(row);
        let first = ends.clone().min().map_or(rows.end, |byte| row(byte / stride));
        let needed = first..ends.max().map_or(first, |byte| row(byte.div_ceil(stride)));
        let filtered = self.filtered(needed.clone());
        let skipped = needed.start.saturating_sub(rows.start).saturating_mul(stride);

        let unchanged = |adler: u32, rows: Range<usize>| {
            let adlers = baseline.adlers.get(rows).unwrap_or_default();
            adlers.iter().fold(adler, |sum, row| zlib::combine(sum, *row, stride))
        };
        let adler = unchanged(zlib::EMPTY, rows.start..needed.start);
        let adler = zlib::combine(adler, simd_adler32::adler32(&filtered.as_slice()), filtered.len());
        let adler = unchanged(adler, needed.end..rows.end);
        let matcher = RefCell::new(matcher::Fast::new());
        Some(Fresh { stale, filtered, skipped, matcher, adler, bytes: rows.len().saturating_mul(stride) })
    }

    /// The cells of some strips of artwork that the damage makes stale.
    fn stale(&self, strips: &Range<usize>, artwork: impl Fn(usize) -> Option<Rc<Artwork>>) -> Option<Vec<Stale>> {
        let (layout, rows) = (self.baseline.layout(), self.baseline.rows(strips));
        // Damage above the strips counts as far as a match reaches back.
        let from = rows.start.saturating_sub(WINDOW_BYTES.div_ceil(layout.stride));
        let before = rows.start.saturating_sub(from).saturating_mul(layout.stride);
        let damaged = self.damaged_bytes(&(from..rows.end));
        let (mut all, mut start) = (Vec::new(), 0_usize);
        for strip in strips.clone() {
            let artwork = artwork(strip)?;
            let cells = artwork.cells.stale(&damaged, before.saturating_add(start));
            all.push(Stale { artwork, start, cells });
            start = start.saturating_add(self.baseline.strips.get(strip)?.bytes);
        }
        Some(all)
    }

    /// Whether a fast search whose result has `bytes` bytes is good enough for some strips.
    fn is_small(&self, bytes: usize, strips: &Range<usize>) -> bool {
        let replaced = self.baseline.deflated_bytes(strips.clone());
        let is_alike = bytes <= replaced.saturating_add(replaced / 8 * 5);
        let all = self.baseline.deflated_bytes(0..self.baseline.strips.len());
        let percent = if is_alike && all > FEW_BYTES * 2 { MAX_PERCENT_ALIKE } else { MAX_PERCENT };
        let room = all.saturating_mul(percent) / 100;
        let share = if all > FEW_BYTES * 4 { all } else { all.saturating_sub(FEW_BYTES) } / MAX_SHARE;
        bytes <= replaced.saturating_add(room).max(share)
    }

    /// Some strips of artwork as one, searched well.
    pub fn searched(&mut self, strips: &Range<usize>) -> Strip {
        // The rows above that a match can reach: a reader has unpacked them before.
        let (rows, stride) = (self.baseline.rows(strips), self.baseline.layout().stride);
        let start = rows.start.saturating_sub(WINDOW_BYTES / stride);
        let all = self.filtered(start..rows.end);
        let before = rows.start.saturating_sub(start).saturating_mul(stride);
        let (before, bytes) = all.split_at_checked(before).unwrap_or_default();
        let mut deflater = Deflater::new(strip::SEARCH_DEPTH);
        deflater.skip(before);
        deflater.strip(bytes)
    }

    /// Some rows, filtered.
    fn filtered(&mut self, rows: Range<usize>) -> Vec<u8> {
        let baseline = self.baseline;
        let strategy = if self.photos.is_empty() { baseline.strategy } else { Strategy::Adaptive };
        let mut packer = Rows::new(&self.color_type, strategy);
        let above = baseline.pixels(self.picture, rows.start.saturating_sub(1)..rows.start);
        packer.begin_below(&mut self.color_type, above);
        let mut filtered = Vec::with_capacity(rows.len().saturating_mul(baseline.layout().stride));
        let filters = self.filters(rows.clone());
        let pixels = baseline.pixels(self.picture, rows).chunks_exact(baseline.width);
        packer.filter(&mut self.color_type, pixels.zip(filters), &mut filtered);
        filtered
    }
}
