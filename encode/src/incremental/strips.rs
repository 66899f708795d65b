//! Files that are put together from the strips of a baseline and from patches of them.
//!
//! Invariant: a file depends on the baseline, the picture and the damage only; not on what was
//! encoded before.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use tiny_skia::Pixmap;

use super::artwork::Artwork;
use super::baseline::{Baseline, SEARCH_DEPTH};
use super::encoding::Encoding;
use super::kept::Kept;
use super::photo::Photo;
use super::region::Region;
use crate::deflate::inflate;
use crate::deflate::token::WINDOW_BYTES;
use crate::png::strip::Strip;
use crate::png::{self, ColorType, file};

/// A baseline, compressed in strips, and what was made of them for the last pictures.
pub struct Strips {
    baseline: Baseline,
    /// By strip: compressed without matches of those before it, if that was needed once.
    standalone: RefCell<Vec<Option<Rc<Strip>>>>,
    /// By strip of artwork: ready to be patched, if it was patched before.
    artworks: RefCell<Vec<Option<Rc<Artwork>>>>,
    /// The strips that the last picture has in place of some of the baseline's.
    patches: RefCell<Vec<(Range<usize>, Rc<Strip>)>>,
}

impl Strips {
    /// Compresses a baseline (premultiplied RGBA8, sRGB).
    #[must_use]
    pub fn new(picture: &Pixmap) -> Self {
        Self::of(Baseline::new(picture, png::survey(picture.pixels())))
    }

    /// Compresses a baseline in a way that takes any colours: RGB, or RGBA if it is not opaque. `None`
    /// if [`new`](Self::new) does.
    #[must_use]
    pub fn wide(picture: &Pixmap) -> Option<Self> {
        let is_narrow = matches!(png::survey(picture.pixels()), ColorType::Indexed(_) | ColorType::Grayscale);
        let color_type = if png::is_opaque(picture.pixels()) { ColorType::Rgb } else { ColorType::Rgba };
        is_narrow.then(|| Self::of(Baseline::new(picture, color_type)))
    }

    /// What is kept of them outside of an isolate.
    #[must_use]
    pub fn keep(&self) -> Kept {
        self.baseline.keep()
    }

    /// The strips of a picture of this size (in px), from what was kept. `None` if that does not fit together.
    #[must_use]
    pub fn of_kept(kept: Kept, size: (usize, usize)) -> Option<Self> {
        Baseline::of_kept(kept, size).map(Self::of)
    }

    fn of(baseline: Baseline) -> Self {
        let count = baseline.strips.len();
        Self {
            baseline,
            standalone: RefCell::new(vec![None; count]),
            artworks: RefCell::new(vec![None; count]),
            patches: RefCell::default(),
        }
    }

    /// Forgets what the last picture has in these rows (px from the top). It must be called with
    /// the rows in which the next picture differs from the last one, before that is encoded.
    pub fn forget(&self, rows: &Range<usize>) {
        if let Ok(mut patches) = self.patches.try_borrow_mut() {
            // A patch may match rows of strips before it.
            let reach = |strips: &Range<usize>| strips.start.saturating_sub(self.baseline.reach)..strips.end;
            patches.retain(|(strips, _)| !reach(strips).any(|strip| self.baseline.is_damaged(strip, rows)));
        }
    }

    /// Drops what was made for the last pictures and is not compressed; it is soon made again.
    pub fn put_away(&self) {
        self.artworks.try_borrow_mut().into_iter().for_each(|mut artworks| artworks.fill(None));
        self.forget(&(0..usize::MAX));
    }

    /// The memory of the compressed baseline in bytes, without what is made for the last pictures.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let baseline = &self.baseline;
        let photos = baseline.photos.iter().map(Photo::memory_bytes).sum::<usize>();
        // A row has a filter and a checksum. Strips of artwork may be there twice: as they are in the file,
        // and without matches of others.
        let rows = baseline.height.saturating_mul(8);
        let times = if baseline.photos.is_empty() { 2 } else { 1 };
        let strips = baseline.deflated_bytes(0..baseline.strips.len()).saturating_mul(times);
        strips.saturating_add(photos).saturating_add(rows)
    }

    /// Bytes of the baseline's file, without its header.
    #[must_use]
    pub fn deflated_bytes(&self) -> usize {
        self.baseline.deflated_bytes(0..self.baseline.strips.len())
    }

    /// The rows (px from the top) that [`encode`](Self::encode) may read of a picture with this damage.
    #[must_use]
    pub fn rows(&self, damage: &[Region]) -> Vec<Range<usize>> {
        let baseline = &self.baseline;
        // A match may refer to rows of other strips, and a filter to the row above.
        let is_art = baseline.photos.is_empty();
        let above = if is_art { WINDOW_BYTES / baseline.layout().stride.max(1) } else { 0 }.saturating_add(1);
        let (mut needed, mut since) = (Vec::new(), usize::MAX);
        for (number, is_stale) in self.stale(damage).into_iter().enumerate() {
            let rows = baseline.rows(&(number..number.saturating_add(1)));
            if is_stale {
                needed.push(rows.start.saturating_sub(above)..rows.end);
                since = 0;
                continue;
            }
            if since < baseline.reach && self.known_standalone(number).is_none() {
                needed.push(rows.start.saturating_sub(1)..rows.end);
            }
            since = since.saturating_add(1);
        }
        needed
    }

    /// By strip, whether it is made anew.
    fn stale(&self, damage: &[Region]) -> Vec<bool> {
        let baseline = &self.baseline;
        let is_damaged = |strip| damage.iter().any(|region| baseline.is_damaged(strip, &region.rows));
        let mut stale: Vec<bool> = (0..baseline.strips.len()).map(is_damaged).collect();
        if self.is_cheap() {
            // One search is cheap and finds more than those of pieces do.
            let mut before = None;
            for strip in 0..stale.len() {
                if !stale.get(strip).is_some_and(|stale| *stale) {
                    continue;
                }
                let gap = before.map_or(strip, |before: usize| before.saturating_add(1))..strip;
                if gap.len() <= baseline.reach {
                    stale.get_mut(gap).unwrap_or_default().fill(true);
                }
                before = Some(strip);
            }
        }
        stale
    }

    /// Whether its rows have few bytes: those of palettes and greys.
    fn is_cheap(&self) -> bool {
        self.baseline.photos.is_empty() && self.baseline.color_type.bytes_per_pixel() == 1
    }

    /// Encodes a picture as a PNG that has exactly its straight pixels. It must not differ from the
    /// baseline outside of the damaged regions. `images` are those of them that show an image.
    ///
    /// Returns `None` if the picture has another size than the baseline, or if the colour type of
    /// the baseline cannot store its colours: then it must be encoded on its own.
    pub fn encode(&self, picture: &Pixmap, damage: &[Region], images: &[Region]) -> Option<Vec<u8>> {
        let baseline = &self.baseline;
        if !baseline.is_as_large_as(picture) {
            return None;
        }
        let mut encoding = Encoding::new(baseline, picture, damage, images);
        let mut strips: Vec<Rc<Strip>> = Vec::with_capacity(baseline.strips.len());
        let stale = self.stale(damage);
        let is_stale = |number: usize| stale.get(number).is_some_and(|stale| *stale);
        // The number of strips since the last one that was damaged.
        let (mut number, mut since) = (0, usize::MAX);
        while let Some(strip) = baseline.strips.get(number) {
            if is_stale(number) {
                // Damaged neighbours are compressed as one; those of photographs do not affect each
                // other.
                let most = if baseline.photos.is_empty() { baseline.strips.len() } else { number.saturating_add(1) };
                let end = (number..most).find(|strip| !is_stale(*strip)).unwrap_or(most);
                strips.push(self.damaged(&mut encoding, number..end)?);
                (number, since) = (end, 0);
                continue;
            }
            // It may match bytes of damaged strips.
            let is_intact = since >= baseline.reach;
            strips.push(if is_intact { Rc::clone(strip) } else { self.standalone(&mut encoding, number) });
            (number, since) = (number.saturating_add(1), since.saturating_add(1));
        }
        let strips: Vec<&Strip> = strips.iter().map(Rc::as_ref).collect();
        Some(file::assemble(&encoding.color_type, picture, &strips))
    }

    fn known_standalone(&self, number: usize) -> Option<Rc<Strip>> {
        self.standalone.try_borrow().ok()?.get(number)?.clone()
    }

    /// An undamaged strip, compressed without matches of those before it.
    fn standalone(&self, encoding: &mut Encoding<'_>, number: usize) -> Rc<Strip> {
        if let Some(strip) = self.known_standalone(number) {
            return strip;
        }
        let strip = Rc::new(encoding.standalone(number, SEARCH_DEPTH));
        if let Ok(mut cache) = self.standalone.try_borrow_mut()
            && let Some(place) = cache.get_mut(number)
        {
            *place = Some(Rc::clone(&strip));
        }
        strip
    }

    /// Some damaged strips as one; `None` if their colours cannot be stored.
    fn damaged(&self, encoding: &mut Encoding<'_>, strips: Range<usize>) -> Option<Rc<Strip>> {
        if !encoding.takes_colors(&strips) {
            return None;
        }
        // The indices of new colours in a palette depend on all of the damage.
        let is_cacheable = !matches!(encoding.color_type, ColorType::Indexed(_));
        let cached = || {
            let patches = self.patches.try_borrow().ok()?;
            patches.iter().find(|(cached, _)| is_cacheable && *cached == strips).map(|(_, patch)| Rc::clone(patch))
        };
        if let Some(patch) = cached() {
            return Some(patch);
        }
        let patch = Rc::new(match (self.baseline.photos.get(strips.start), self.baseline.strips.get(strips.start)) {
            (Some(photo), Some(strip)) => encoding.photo(strips.start, photo, strip),
            _ => self.artwork(encoding, &strips),
        });
        if is_cacheable && let Ok(mut patches) = self.patches.try_borrow_mut() {
            patches.retain(|(cached, _)| cached.end <= strips.start || strips.end <= cached.start);
            patches.push((strips, Rc::clone(&patch)));
        }
        Some(patch)
    }

    /// Damaged strips of artwork: searched fast; or well, if the result is too large or if that is
    /// cheap.
    fn artwork(&self, encoding: &mut Encoding<'_>, strips: &Range<usize>) -> Strip {
        let made = match self.is_cheap() {
            true => None,
            false if encoding.shows_image(strips) => encoding.recoded(strips, |strip| self.patchable(strip, strips)),
            false => encoding.patched(strips, |strip| self.patchable(strip, strips)),
        };
        made.unwrap_or_else(|| encoding.searched(strips))
    }

    /// A strip of the baseline, ready to be patched; `None` if it cannot be.
    ///
    /// It is cached for the next picture if the memory allows it. The strips of `strips`, which are
    /// patched now, are not dropped from the cache for it.
    fn patchable(&self, number: usize, strips: &Range<usize>) -> Option<Rc<Artwork>> {
        let mut cache = self.artworks.try_borrow_mut().ok()?;
        if let Some(artwork) = cache.get(number)? {
            return Some(Rc::clone(artwork));
        }
        let artwork = Rc::new(Artwork::new(&inflate::tokens(&self.baseline.strips.get(number)?.deflated)?));
        let has_room = |cache: &[Option<Rc<Artwork>>]| {
            let cached = cache.iter().flatten().map(|artwork| artwork.memory_bytes()).sum::<usize>();
            cached.saturating_add(artwork.memory_bytes()) <= self.artworks_bytes()
        };
        if !has_room(&cache) {
            let others = cache.iter_mut().enumerate().filter(|(number, _)| !strips.contains(number));
            others.for_each(|(_, artwork)| *artwork = None);
        }
        if has_room(&cache) {
            *cache.get_mut(number)? = Some(Rc::clone(&artwork));
        }
        Some(artwork)
    }

    /// Bytes of memory that cached artwork may hold: a quarter of those of a canvas.
    const fn artworks_bytes(&self) -> usize {
        self.baseline.width.saturating_mul(self.baseline.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::testing::Random;
    use tiny_skia::PremultipliedColorU8;

    fn decoded(file: &[u8]) -> Pixmap {
        let mut options = ::png::DecodeOptions::default();
        options.set_ignore_checksums(false);
        let mut decoder = ::png::Decoder::new_with_options(std::io::Cursor::new(file), options);
        decoder.set_transformations(::png::Transformations::normalize_to_color8() | ::png::Transformations::ALPHA);
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bytes).unwrap();
        let mut picture = Pixmap::new(frame.width, frame.height).unwrap();
        let channels = bytes.len() / picture.pixels().len();
        for (pixel, bytes) in picture.pixels_mut().iter_mut().zip(bytes.chunks(channels)) {
            let (r, g, b, a) = match *bytes {
                [gray, a] => (gray, gray, gray, a),
                [r, g, b, a] => (r, g, b, a),
                _ => panic!("{channels} channels"),
            };
            *pixel = tiny_skia::ColorU8::from_rgba(r, g, b, a).premultiply();
        }
        picture
    }

    /// The `colors` of a baseline that is a gradient under noise, with runs of one colour.
    const PHOTO: u32 = 1_000;

    /// A baseline with `colors` colours, or a gradient if that is 0; with alpha if it is `clear`.
    fn baseline(width: u32, height: u32, colors: u32, clear: bool, random: &mut Random) -> Pixmap {
        let mut base = Pixmap::new(width, height).unwrap();
        let mut last = PremultipliedColorU8::TRANSPARENT;
        for (index, pixel) in (0..).zip(base.pixels_mut()) {
            let (x, y) = (index % width, index / width);
            if colors == PHOTO {
                if index == 0 || (x + y) % 40 < 30 {
                    let [r, g, b] = [3, 5, 4].map(|slope| ((x / slope + y / 2) % 200 + random.below(12)) as u8);
                    last = PremultipliedColorU8::from_rgba(r, g, b, 255).unwrap();
                }
                *pixel = last;
                continue;
            }
            let level = if colors == 0 { (x + y) % 251 } else { (x / 9 + y / 7) % colors * 3 % 256 };
            let noise = if colors == 0 && random.below(40) == 0 { 3 } else { 0 };
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
        let mut random = Random::default();
        let (mut patched, mut plain, mut photos) = (0, 0, 0);
        for (width, height) in [(1, 1), (7, 31), (64, 32), (65, 33), (200, 257), (33, 64), (640, 90)] {
            for (colors, clear) in
                [(1, false), (2, true), (13, false), (200, false), (0, false), (0, true), (PHOTO, false)]
            {
                let base = baseline(width, height, colors, clear, &mut random);
                let strips = Strips::new(&base);
                photos += usize::from(!strips.baseline.photos.is_empty());
                for _ in 0..6 {
                    let mut picture = base.clone();
                    let mut damage = Vec::new();
                    strips.forget(&(0..usize::MAX));
                    for _ in 0..random.below(4) {
                        let (top, rows) = (random.below(height), random.below(40));
                        let (left, columns) = (random.below(width), 1 + random.below(width));
                        let range = |from: u32, to: u32| from as usize..to as usize;
                        damage.push(Region {
                            rows: range(top, (top + rows).min(height)),
                            columns: range(left, (left + columns).min(width)),
                        });
                        let color = random.below(90) as u8;
                        for (index, pixel) in (0..).zip(picture.pixels_mut()) {
                            let (x, y) = (index % width, index / width);
                            let is_inside = (top..top + rows).contains(&y) && (left..left + columns).contains(&x);
                            if is_inside && random.below(3) == 0 {
                                let shade = color.wrapping_add(random.below(20) as u8);
                                *pixel = PremultipliedColorU8::from_rgba(shade, shade, shade / 2, 255).unwrap();
                            }
                        }
                    }
                    match strips.encode(&picture, &damage, &damage[..random.below(damage.len() + 1)]) {
                        Some(file) => {
                            patched += 1;
                            assert!(decoded(&file) == picture, "{width} x {height}, {colors} colours");
                        }
                        None => plain += 1,
                    }
                }
            }
        }
        assert!(patched > 100 && plain < patched && photos > 2, "{patched} and {plain}, {photos} photographs");
    }

    #[test]
    fn files_do_not_depend_on_earlier_pictures() {
        let base = baseline(90, 290, 0, false, &mut Random(7));
        let mut other = base.clone();
        other.pixels_mut()[90 * 100..90 * 120].fill(PremultipliedColorU8::from_rgba(1, 2, 3, 255).unwrap());
        let rows = |rows| [Region { rows, columns: 0..90 }];
        let (new, used) = (Strips::new(&base), Strips::new(&base));
        used.encode(&base, &[], &[]).unwrap();
        used.encode(&base, &rows(90..200), &[]).unwrap();
        used.forget(&(90..200));
        let file = new.encode(&other, &rows(100..120), &[]).unwrap();
        assert!(decoded(&file) == other);
        assert!(used.encode(&other, &rows(100..120), &[]).unwrap() == file);
        assert!(used.encode(&other, &rows(100..120), &[]).unwrap() == file);
    }

    /// The patch of a strip may refer to bytes of a strip above it, of which only that one changes.
    #[test]
    fn a_patch_is_made_again_where_what_it_matches_changes() {
        const WIDTH: u32 = 200;
        let mut random = Random(11);
        let mut noise = || {
            let [r, g, b, _] = (random.below(1 << 24) as u32).to_le_bytes();
            PremultipliedColorU8::from_rgba(r, g, b, 255).unwrap()
        };
        // Strips that match each other, with enough bytes that none are joined.
        let mut base = Pixmap::new(WIDTH, 160).unwrap();
        let tile: Vec<_> = (0..WIDTH * 16).map(|_| noise()).collect();
        for (at, pixel) in base.pixels_mut().iter_mut().enumerate() {
            *pixel = if at % 7 == 0 { noise() } else { tile[at % tile.len()] };
        }
        let (same, other): (Vec<_>, Vec<_>) = (0..WIDTH * 8).map(|_| (noise(), noise())).unzip();
        let strips = Strips::new(&base);
        assert!(strips.baseline.photos.is_empty() && strips.baseline.strips.len() == 10 && strips.baseline.reach > 2);
        let damage: Vec<_> =
            [36..44, 68..76].into_iter().map(|rows| Region { rows, columns: 0..WIDTH as usize }).collect();
        let picture = |upper: &[PremultipliedColorU8]| {
            let mut picture = base.clone();
            for (region, pixels) in damage.iter().zip([upper, &same]) {
                let start = region.rows.start * WIDTH as usize;
                picture.pixels_mut()[start..start + pixels.len()].copy_from_slice(pixels);
            }
            picture
        };
        for upper in [&same, &other, &same] {
            let picture = picture(upper);
            strips.forget(&damage[0].rows);
            let file = strips.encode(&picture, &damage, &[]).unwrap();
            assert!(decoded(&file) == picture);
            assert!(Strips::new(&base).encode(&picture, &damage, &[]).unwrap() == file);
        }
    }
}
