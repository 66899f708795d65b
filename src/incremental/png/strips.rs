//! PNG of pictures that are versions of one reference.
//!
//! Compressing is most of what a picture costs, and of a template's pictures most rows are those of its reference. So that one is
//! compressed in bands of rows, once; of a picture only the bands are compressed that it touches, and the file is put together from
//! both. A band's deflate blocks end on a whole byte (RFC 1951 §3.2.4, an empty stored block); the checksums of all are combined from
//! theirs. What a picture has in place of a band is mostly a [version](crate::encode::deflate::patch) of it.
//!
//! A band's first row is filtered by the row above it, so a band is touched with the last row of the one before. Its deflate blocks
//! may refer to the bands before it, where those are the reference's too; for where they are not, it is compressed once more alone.
//!
//! Invariant: the bytes depend on the reference, on the picture and on where it touches the reference alone, not on what was
//! encoded in between.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::artwork::Drawn;
use super::region::{Part, unlike};
use crate::encode::deflate::block::WINDOW_BYTES;
use crate::encode::deflate::inflate;
use crate::encode::deflate::matcher::fast::Search;
use crate::encode::png::filter::Filters;
use crate::encode::png::linked::Linked;
use crate::encode::png::photo::Photo;
use crate::encode::png::strip::{self, Band, Deflate, Packer, combine};
use crate::encode::png::{self, Pixels};
use crate::encode::row_len;

/// Rows of a band: so few that a line of text touches few rows beside its own.
const BAND_ROWS: usize = 16;

/// Bytes that bands should have, because a new beginning costs some tens: of flat art, bands have more rows.
const BAND_BYTES: usize = 1_500;

/// By how many hundredths of the file what was searched fast may be larger than what is in its place in the reference, which mostly
/// has fewer letters: above, it is worth a better search.
const MAX_PERCENT: usize = 3;

/// The same where it is not five eighths as large again as that: there is much in its place already, and little of it was searched.
const MAX_PERCENT_ALIKE: usize = 7;

/// The part of the file that may be searched fast in any case: a search that is fast is seldom a quarter worse, and a quarter of an
/// eighth is 3 %.
const MAX_SHARE: usize = 8;

/// Rows of a band at the most.
const MAX_BAND_ROWS: usize = 256;

/// A reference, compressed.
pub struct Bands {
    pixels: Pixels,
    filters: Filters,
    width: usize,
    height: usize,
    /// Rows of a band.
    rows: usize,
    /// Each may refer to those before it.
    linked: Vec<Rc<Band>>,
    /// So many bands before one may be referred to by it.
    reach: usize,
    /// The filter type of each row.
    kinds: Vec<u8>,
    /// Of something drawn, Adler-32 of the bytes of each row.
    adlers: Vec<u32>,
    /// Of a photograph, how its bands are coded.
    photos: Vec<Photo>,
    /// Those that had to be compressed without what is before them.
    alone: RefCell<Vec<Option<Rc<Band>>>>,
    /// Of something drawn, those that pictures have touched.
    originals: RefCell<Vec<Option<Rc<Drawn>>>>,
    /// What the last picture has in place of some bands.
    patches: RefCell<Vec<(Range<usize>, Rc<Band>)>>,
}

impl Bands {
    /// Compresses a reference.
    pub fn new(reference: &Pixmap) -> Self {
        let mut pixels = png::survey(reference.pixels());
        let filters = png::filters(&mut pixels, reference);
        pixels.make_room();
        let width = row_len(reference);
        let mut rows = BAND_ROWS;
        loop {
            let linked = Linked::new(reference, (&mut pixels, filters), rows, Deflate::for_many());
            let Linked { bands: linked, photos, kinds, adlers, bytes } = linked;
            let deflated: usize = linked.iter().map(|band| band.deflated.len()).sum();
            let count = linked.len();
            // Bands of more rows have fewer bytes together, so that none is passed over that would have done.
            let height = reference.pixels().len().checked_div(width).unwrap_or(0);
            let too_short =
                |rows: usize| rows < MAX_BAND_ROWS && deflated < height.div_ceil(rows).saturating_mul(BAND_BYTES);
            if too_short(rows) {
                while too_short(rows) {
                    rows = rows.saturating_mul(2);
                }
                continue;
            }
            return Self {
                pixels,
                filters,
                width,
                height,
                rows,
                linked,
                reach: if photos.is_empty() { WINDOW_BYTES.div_ceil(bytes.max(1)) } else { 0 },
                kinds,
                photos,
                alone: RefCell::new(vec![None; count]),
                originals: RefCell::new(vec![None; count]),
                adlers,
                patches: RefCell::default(),
            };
        }
    }

    /// Forgets what the last picture has in those rows.
    pub fn forget(&self, rows: &Range<usize>) {
        if let Ok(mut patches) = self.patches.try_borrow_mut() {
            patches.retain(|(bands, _)| !bands.clone().any(|band| self.is_touched(band, rows)));
        }
    }

    /// Encodes a picture that differs from the reference in some parts at the most; none where its colours cannot be stored as those of
    /// the reference are.
    pub fn encode(&self, picture: &Pixmap, touched: &[Part]) -> Option<Vec<u8>> {
        if row_len(picture) != self.width || picture.pixels().len() != self.width.saturating_mul(self.height) {
            return None;
        }
        let mut pixels = self.pixels.clone();
        let mut bands: Vec<Rc<Band>> = Vec::with_capacity(self.linked.len());
        let (mut band, mut since) = (0, usize::MAX);
        let is_touched = |band| touched.iter().any(|part| self.is_touched(band, &part.rows));
        while let Some(linked) = self.linked.get(band) {
            if is_touched(band) {
                // Those that follow each other are compressed as one; of photographs they have nothing to do with each other.
                let most = if self.photos.is_empty() { self.linked.len() } else { band.saturating_add(1) };
                let end = (band..most).find(|band| !is_touched(*band)).unwrap_or(most);
                bands.push(self.patch(picture, &mut pixels, band..end, touched)?);
                (band, since) = (end, 0);
                continue;
            }
            bands.push(if since >= self.reach { Rc::clone(linked) } else { self.alone(picture, &mut pixels, band) });
            (band, since) = (band.saturating_add(1), since.saturating_add(1));
        }
        Some(strip::file(&pixels, picture, &bands))
    }

    /// The pixels of some rows.
    fn pixels<'a>(&self, picture: &'a Pixmap, rows: Range<usize>) -> &'a [PremultipliedColorU8] {
        let start = rows.start.saturating_mul(self.width);
        let end = rows.end.min(self.height).saturating_mul(self.width);
        picture.pixels().get(start..end).unwrap_or_default()
    }

    /// The rows of some bands.
    fn rows(&self, bands: &Range<usize>) -> Range<usize> {
        bands.start.saturating_mul(self.rows)..bands.end.saturating_mul(self.rows).min(self.height)
    }

    /// A band of the reference, compressed without what is before it.
    fn alone(&self, picture: &Pixmap, pixels: &mut Pixels, band: usize) -> Rc<Band> {
        let found = || self.alone.try_borrow().ok()?.get(band)?.clone();
        if let Some(kept) = found() {
            return kept;
        }
        let filtered = self.filtered(picture, pixels, self.rows(&(band..band.saturating_add(1))));
        let made = Rc::new(Deflate::for_many().band(&filtered));
        if let Ok(mut kept) = self.alone.try_borrow_mut()
            && let Some(place) = kept.get_mut(band)
        {
            *place = Some(Rc::clone(&made));
        }
        made
    }

    /// What a picture has in place of some bands; none where its colours cannot be stored.
    fn patch(&self, picture: &Pixmap, pixels: &mut Pixels, bands: Range<usize>, touched: &[Part]) -> Option<Rc<Band>> {
        let rows = self.rows(&bands);
        if !self.touched_pixels(picture, &rows, touched).all(|part| pixels.takes(part)) {
            return None;
        }
        // The places of new colours in a palette depend on all that is touched.
        let keeps = !matches!(pixels, Pixels::Indexed(_));
        let found = || {
            let patches = self.patches.try_borrow().ok()?;
            patches.iter().find(|(kept, _)| keeps && *kept == bands).map(|(_, patch)| Rc::clone(patch))
        };
        if let Some(kept) = found() {
            return Some(kept);
        }
        let made = Rc::new(match (self.photos.get(bands.start), self.linked.get(bands.start)) {
            (Some(photo), Some(reference)) => self.photo(picture, pixels, &rows, touched, (photo, reference)),
            _ => self.drawn(picture, pixels, &bands, touched),
        });
        if keeps && let Ok(mut patches) = self.patches.try_borrow_mut() {
            patches.retain(|(kept, _)| kept.end <= bands.start || bands.end <= kept.start);
            patches.push((bands, Rc::clone(&made)));
        }
        Some(made)
    }

    /// The pixels of some rows that are touched.
    fn touched_pixels<'a>(
        &self,
        picture: &'a Pixmap,
        rows: &Range<usize>,
        touched: &'a [Part],
    ) -> impl Iterator<Item = &'a [PremultipliedColorU8]> {
        touched.iter().flat_map(move |part| {
            let rows = part.rows.start.max(rows.start)..part.rows.end.min(rows.end);
            let columns = part.columns.start..part.columns.end.min(self.width);
            self.pixels(picture, rows).chunks_exact(self.width).filter_map(move |row| row.get(columns.clone()))
        })
    }

    /// A band of a photograph.
    fn photo(
        &self,
        picture: &Pixmap,
        pixels: &mut Pixels,
        rows: &Range<usize>,
        touched: &[Part],
        (photo, reference): (&Photo, &Band),
    ) -> Band {
        let stride = self.stride();
        let stale = photo.original.stale(&unlike(rows, touched, (stride, pixels.channels())), 0);
        let mut packer = Packer::new(pixels, self.filters);
        photo.version(reference, &stale, |bytes, filtered| {
            let mut rest = bytes.clone();
            while !rest.is_empty() {
                let number = rest.start / stride;
                let (start, row) = (number.saturating_mul(stride), rows.start.saturating_add(number));
                let end = rest.end.min(start.saturating_add(stride));
                let here = self.pixels(picture, row..row.saturating_add(1));
                let above = self.pixels(picture, row.saturating_sub(1)..row);
                let kind = self.kinds.get(row).copied().unwrap_or(0);
                let bytes = rest.start.saturating_sub(start)..end.saturating_sub(start);
                filtered.extend_from_slice(packer.part(pixels, (here, above), kind, &bytes));
                rest.start = end;
            }
        })
    }

    /// Rows of something drawn: searched fast, or well where that is too large or costs little.
    fn drawn(&self, picture: &Pixmap, pixels: &mut Pixels, bands: &Range<usize>, touched: &[Part]) -> Band {
        if pixels.channels() > 1
            && let Some(band) = self.version(picture, pixels, bands, touched)
        {
            return band;
        }
        // What a reader has unpacked before, as far back as a repeat may lie.
        let rows = self.rows(bands);
        let start = rows.start.saturating_sub(WINDOW_BYTES / self.stride());
        let all = self.filtered(picture, pixels, start..rows.end);
        let before = rows.start.saturating_sub(start).saturating_mul(self.stride());
        let (before, bytes) = all.split_at_checked(before).unwrap_or_default();
        let mut deflate = Deflate::for_one();
        deflate.see(before);
        deflate.band(bytes)
    }

    /// Versions of some bands; none where they are too large.
    fn version(&self, picture: &Pixmap, pixels: &mut Pixels, bands: &Range<usize>, touched: &[Part]) -> Option<Band> {
        let (stride, rows) = (self.stride(), self.rows(bands));
        // Where pictures differ, as far back as a repeat may lie; and what is coded anew for that, counted from the first band.
        let from = rows.start.saturating_sub(WINDOW_BYTES.div_ceil(stride));
        let before = rows.start.saturating_sub(from).saturating_mul(stride);
        let unlike = unlike(&(from..rows.end), touched, (stride, pixels.channels()));
        let (mut versions, mut start) = (Vec::new(), 0_usize);
        for band in bands.clone() {
            let drawn = self.original(band, bands)?;
            let stale = drawn.original.stale(&unlike, before.saturating_add(start));
            versions.push((drawn, start, stale));
            start = start.saturating_add(self.linked.get(band)?.bytes);
        }

        let ends = versions.iter().flat_map(|(drawn, start, stale)| {
            let bytes = [stale.first(), stale.last()].into_iter().flatten().map(|cells| drawn.original.bytes(cells));
            bytes.flat_map(|bytes| [bytes.start, bytes.end]).map(|place| place.saturating_add(*start))
        });
        let row = |place: usize| rows.start.saturating_add(place);
        let first = ends.clone().min().map_or(rows.end, |place| row(place / stride));
        let needed = first..ends.max().map_or(first, |place| row(place.div_ceil(stride)));
        let filtered = self.filtered(picture, pixels, needed.clone());
        let skipped = needed.start.saturating_sub(rows.start).saturating_mul(stride);
        let (mut made, mut search) = (Vec::new(), Search::new());
        for (drawn, start, stale) in versions {
            let place = |byte: usize| byte.saturating_add(start).saturating_sub(skipped);
            let find = |bytes: &Range<usize>, tokens: &mut Vec<_>| {
                search.find(&filtered, place(bytes.start)..place(bytes.end), tokens);
            };
            drawn.version(&stale, find, &mut made);
        }
        let of_reference = |adler: u32, rows: Range<usize>| {
            let adlers = self.adlers.get(rows).unwrap_or_default();
            adlers.iter().fold(adler, |sum, row| combine(sum, *row, stride))
        };
        let adler = of_reference(1, rows.start..needed.start);
        let adler = combine(adler, simd_adler32::adler32(&filtered.as_slice()), filtered.len());
        let adler = of_reference(adler, needed.end..rows.end);

        let deflated = |bands: &[Rc<Band>]| bands.iter().map(|band| band.deflated.len()).sum::<usize>();
        let replaced = deflated(self.linked.get(bands.clone()).unwrap_or_default());
        let alike = made.len() <= replaced.saturating_add(replaced / 8 * 5);
        let percent = if alike { MAX_PERCENT_ALIKE } else { MAX_PERCENT };
        let all = deflated(&self.linked);
        let room = all.saturating_mul(percent) / 100;
        let is_small = made.len() <= replaced.saturating_add(room).max(all / MAX_SHARE);
        is_small.then(|| Band::new(made, adler, rows.len().saturating_mul(stride)))
    }

    /// Some rows, filtered as the reference's.
    fn filtered(&self, picture: &Pixmap, pixels: &mut Pixels, rows: Range<usize>) -> Vec<u8> {
        let mut packer = Packer::new(pixels, self.filters);
        packer.begin_below(pixels, self.pixels(picture, rows.start.saturating_sub(1)..rows.start));
        let mut filtered = Vec::with_capacity(rows.len().saturating_mul(self.stride()));
        let kinds = self.kinds.get(rows.clone()).unwrap_or_default();
        packer.filtered_as(pixels, self.pixels(picture, rows), self.width, kinds, &mut filtered);
        filtered
    }

    /// Bytes of a filtered row.
    fn stride(&self) -> usize {
        let first = self.linked.first().map_or(1, |band| band.bytes);
        (first / self.rows.clamp(1, self.height.max(1))).max(1)
    }

    /// A band of the reference, of which versions can be written. It is kept for the next picture, where those of `bands` that are kept
    /// leave room for it.
    fn original(&self, band: usize, bands: &Range<usize>) -> Option<Rc<Drawn>> {
        let mut originals = self.originals.try_borrow_mut().ok()?;
        if let Some(kept) = originals.get(band)? {
            return Some(Rc::clone(kept));
        }
        let made = Rc::new(Drawn::new(&inflate::tokens(&self.linked.get(band)?.deflated)?));
        let has_room = |originals: &[Option<Rc<Drawn>>]| {
            let kept = originals.iter().flatten().map(|kept| kept.memory_bytes()).sum::<usize>();
            kept.saturating_add(made.memory_bytes()) <= self.originals_bytes()
        };
        if !has_room(&originals) {
            originals
                .iter_mut()
                .enumerate()
                .filter(|(band, _)| !bands.contains(band))
                .for_each(|(_, kept)| *kept = None);
        }
        if has_room(&originals) {
            *originals.get_mut(band)? = Some(Rc::clone(&made));
        }
        Some(made)
    }

    /// Bytes of memory that what versions are written of may hold: a quarter of a canvas's.
    const fn originals_bytes(&self) -> usize {
        self.width.saturating_mul(self.height)
    }

    /// Whether a band is another one where these rows are others: with the row that its first one is filtered by.
    const fn is_touched(&self, band: usize, rows: &Range<usize>) -> bool {
        let first = band.saturating_mul(self.rows);
        rows.start < first.saturating_add(self.rows) && first.saturating_sub(1) < rows.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::deflate::oracle::Chance;

    fn decoded(file: &[u8]) -> Pixmap {
        // Ours is strict: it checks the checksums of all chunks and of the stream.
        crate::image::decode(file, &crate::limits::Limits::default()).unwrap()
    }

    /// Colours of a base: a gradient under noise, with runs of one colour in it.
    const PHOTO: u32 = 1_000;

    /// A base of so many colours: 0 for a gradient, with alpha where it is clear.
    fn base(width: u32, height: u32, colors: u32, clear: bool, chance: &mut Chance) -> Pixmap {
        let mut base = Pixmap::new(width, height).unwrap();
        let mut last = PremultipliedColorU8::TRANSPARENT;
        for (index, pixel) in (0..).zip(base.pixels_mut()) {
            let (x, y) = (index % width, index / width);
            if colors == PHOTO {
                if index == 0 || (x + y) % 40 < 30 {
                    let [r, g, b] = [3, 5, 4].map(|slope| ((x / slope + y / 2) % 200 + chance.below(12)) as u8);
                    last = PremultipliedColorU8::from_rgba(r, g, b, 255).unwrap();
                }
                *pixel = last;
                continue;
            }
            let level = if colors == 0 { (x + y) % 251 } else { (x / 9 + y / 7) % colors * 3 % 256 };
            let noise = if colors == 0 && chance.below(40) == 0 { 3 } else { 0 };
            let alpha = if clear { 200 } else { 255 };
            let channel = |value: u32| (value % 256).min(alpha) as u8;
            *pixel = PremultipliedColorU8::from_rgba(
                channel(level),
                channel(level * 2 + noise),
                channel(level / 2),
                alpha as u8,
            )
            .unwrap();
        }
        base
    }

    #[test]
    fn pictures_come_back_as_they_were() {
        let mut chance = Chance::default();
        let (mut banded, mut plain, mut photos) = (0, 0, 0);
        for (width, height) in [(1, 1), (7, 31), (64, 32), (65, 33), (200, 257), (33, 64), (640, 90)] {
            for (colors, clear) in
                [(1, false), (2, true), (13, false), (200, false), (0, false), (0, true), (PHOTO, false)]
            {
                let base = base(width, height, colors, clear, &mut chance);
                let bands = Bands::new(&base);
                photos += usize::from(!bands.photos.is_empty());
                for _ in 0..6 {
                    let mut picture = base.clone();
                    let mut touched = Vec::new();
                    bands.forget(&(0..usize::MAX));
                    for _ in 0..chance.below(4) {
                        let (top, rows) = (chance.below(height), chance.below(40));
                        let (left, columns) = (chance.below(width), 1 + chance.below(width));
                        let range = |from: u32, to: u32| from as usize..to as usize;
                        touched.push(Part {
                            rows: range(top, (top + rows).min(height)),
                            columns: range(left, (left + columns).min(width)),
                        });
                        let color = chance.below(90) as u8;
                        for (index, pixel) in (0..).zip(picture.pixels_mut()) {
                            let (x, y) = (index % width, index / width);
                            let is_inside = (top..top + rows).contains(&y) && (left..left + columns).contains(&x);
                            if is_inside && chance.below(3) == 0 {
                                let shade = color.wrapping_add(chance.below(20) as u8);
                                *pixel = PremultipliedColorU8::from_rgba(shade, shade, shade / 2, 255).unwrap();
                            }
                        }
                    }
                    match bands.encode(&picture, &touched) {
                        Some(file) => {
                            banded += 1;
                            assert!(decoded(&file) == picture, "{width} x {height}, {colors} colours");
                        }
                        None => plain += 1,
                    }
                }
            }
        }
        assert!(banded > 100 && plain < banded && photos > 2, "{banded} and {plain}, {photos} photographs");
    }

    #[test]
    fn what_was_encoded_before_changes_nothing() {
        let base = base(90, 290, 0, false, &mut Chance(7));
        let mut other = base.clone();
        other.pixels_mut()[90 * 100..90 * 120].fill(PremultipliedColorU8::from_rgba(1, 2, 3, 255).unwrap());
        let rows = |rows| [Part { rows, columns: 0..90 }];
        let (new, used) = (Bands::new(&base), Bands::new(&base));
        used.encode(&base, &[]).unwrap();
        used.encode(&base, &rows(90..200)).unwrap();
        used.forget(&(90..200));
        let file = new.encode(&other, &rows(100..120)).unwrap();
        assert!(decoded(&file) == other);
        assert!(used.encode(&other, &rows(100..120)).unwrap() == file);
        assert!(used.encode(&other, &rows(100..120)).unwrap() == file);
    }
}
