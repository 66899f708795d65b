//! A JPEG that is put together from the bands of earlier pictures.
//!
//! After a restart marker nothing is predicted from what came before it (T.81, F.1.1.5.1), and the Huffman
//! codes are those of the standard (K.3). So the bytes of a band depend on its pixels alone: a band that an
//! earlier picture has alike is copied, and the others are encoded.
//!
//! Invariant: the file is that of [`super::encode`], whatever was encoded before.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use tiny_skia::Pixmap;

use super::{band_rows, write};
use crate::error::Error;
use crate::incremental::{Region, every_row};
use crate::pixel;

/// Bands that are encoded at once at most: their file and its bands are in memory together.
const RUN: usize = 8;

const START_OF_FRAME: u8 = 0xC0;
const FIRST_RESTART: u8 = 0xD0;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// The bands of a baseline and of the last picture on it.
pub struct Bands {
    quality: u8,
    state: RefCell<State>,
}

/// By band, from top to bottom.
#[derive(Default)]
struct State {
    baseline: Vec<Option<Rc<[u8]>>>,
    /// Those in which the last picture differs from the baseline.
    last: Vec<Option<Rc<[u8]>>>,
    /// Bytes of all of them.
    bytes: usize,
}

impl Bands {
    /// None yet, of files with this quality (1 to 100).
    #[must_use]
    pub fn new(quality: u8) -> Self {
        Self { quality: quality.clamp(1, 100), state: RefCell::default() }
    }

    /// Whether they are of files with this quality.
    #[must_use]
    pub fn are_of(&self, quality: u8) -> bool {
        self.quality == quality.clamp(1, 100)
    }

    /// Forgets what the last picture has in these rows (px from the top). It must be called with the rows in
    /// which the next picture differs from the last one, before that is encoded.
    pub fn forget(&self, rows: &Range<usize>) {
        let Ok(mut state) = self.state.try_borrow_mut() else { return };
        let State { last, bytes, .. } = &mut *state;
        for (number, band) in last.iter_mut().enumerate() {
            if self.rows(number).start < rows.end && rows.start < self.rows(number).end {
                *bytes = bytes.saturating_sub(band.take().map_or(0, |band| band.len()));
            }
        }
    }

    /// The memory that they hold, in bytes; at most one for each pixel of the picture.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.state.try_borrow().map_or(0, |state| state.bytes)
    }

    /// The rows (px from the top) that [`encode`](Self::encode) reads of a picture with this damage.
    #[must_use]
    pub fn rows_to_encode(&self, damage: &[Region]) -> Vec<Range<usize>> {
        let Some(count) = self.state.try_borrow().ok().map(|state| state.baseline.len()).filter(|count| *count > 0)
        else {
            return every_row();
        };
        let unknown = (0..count).filter(|band| self.known(*band, self.is_damaged(*band, damage)).is_none());
        unknown.map(|band| self.rows(band)).collect()
    }

    /// Encodes a picture (premultiplied RGBA8, sRGB), always one of the same size. It must not differ from the
    /// baseline outside of the damaged regions.
    ///
    /// # Errors
    /// [`Error`] if a side is longer than 65,535 px.
    pub fn encode(&self, picture: &Pixmap, damage: &[Region]) -> Result<Vec<u8>, Error> {
        let height = picture.pixels().len() / pixel::per_row(picture);
        let count = height.div_ceil(band_rows(self.quality));
        let is_damaged = |band: usize| self.is_damaged(band, damage);
        let mut bands: Vec<Option<Rc<[u8]>>> = (0..count).map(|band| self.known(band, is_damaged(band))).collect();
        let mut header = None;
        while let Some(start) = bands.iter().position(Option::is_none) {
            let missing = bands.iter().skip(start).take(RUN).take_while(|band| band.is_none()).count();
            let run = start..start.saturating_add(missing);
            let rows = self.rows(run.start).start..self.rows(run.end).start.min(height);
            let mut file = Vec::new();
            write(picture, rows, self.quality, &mut file)?;
            let scan = scan_start(&file).ok_or_else(|| Error::of("a JPEG has no scan"))?;
            let (head, scan) = file.split_at_checked(scan).unwrap_or_default();
            header.get_or_insert_with(|| head.to_vec());
            for (number, bytes) in run.zip(split(scan)) {
                let band = Rc::from(bytes);
                self.keep(number, is_damaged(number), &band, count, picture.pixels().len());
                if let Some(place) = bands.get_mut(number) {
                    *place = Some(band);
                }
            }
            // What was not split is not looked for again.
            bands.iter_mut().skip(start).take(missing).for_each(|band| {
                band.get_or_insert_default();
            });
        }
        let header = match header {
            Some(header) => header,
            None => {
                let mut file = Vec::new();
                write(picture, 0..1.min(height), self.quality, &mut file)?;
                file.truncate(scan_start(&file).unwrap_or(0));
                file
            }
        };
        Ok(join(header, height, bands.iter().flatten()))
    }

    fn is_damaged(&self, band: usize, damage: &[Region]) -> bool {
        let rows = self.rows(band);
        damage.iter().any(|region| region.rows.start < rows.end && rows.start < region.rows.end)
    }

    /// The rows of a band.
    const fn rows(&self, band: usize) -> Range<usize> {
        let rows = band_rows(self.quality);
        band.saturating_mul(rows)..band.saturating_add(1).saturating_mul(rows)
    }

    /// A band that is known, of the baseline or of the last picture.
    fn known(&self, band: usize, is_damaged: bool) -> Option<Rc<[u8]>> {
        let state = self.state.try_borrow().ok()?;
        let known = if is_damaged { &state.last } else { &state.baseline };
        known.get(band)?.clone()
    }

    /// Keeps a band if there is room.
    fn keep(&self, number: usize, is_damaged: bool, band: &Rc<[u8]>, count: usize, most_bytes: usize) {
        let Ok(mut state) = self.state.try_borrow_mut() else { return };
        let State { baseline, last, bytes } = &mut *state;
        let known = if is_damaged { last } else { baseline };
        known.resize(count, None);
        let Some(place) = known.get_mut(number) else { return };
        let others = bytes.saturating_sub(place.take().map_or(0, |band| band.len()));
        *bytes = others;
        if others.saturating_add(band.len()) <= most_bytes {
            *bytes = others.saturating_add(band.len());
            *place = Some(Rc::clone(band));
        }
    }
}

/// Where the data of a file's scan begins (T.81, B.1.1.4: each segment before it has its length).
fn scan_start(file: &[u8]) -> Option<usize> {
    let mut at = 2_usize;
    loop {
        let (marker, length) = segment(file, at)?;
        at = at.checked_add(2)?.checked_add(length)?;
        if marker == START_OF_SCAN {
            return Some(at);
        }
    }
}

/// The marker and the length of the segment at some place.
fn segment(file: &[u8], at: usize) -> Option<(u8, usize)> {
    let [0xFF, marker, high, low] = *file.get(at..at.checked_add(4)?)? else { return None };
    Some((marker, usize::from(u16::from_be_bytes([high, low]))))
}

/// The bands of a scan's data, without the markers between and behind them. In the data, a byte 0xFF is followed
/// by 0.
fn split(scan: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(scan);
    std::iter::from_fn(move || {
        let scan = rest?;
        let is_marker = |pair: &[u8]| matches!(*pair, [0xFF, FIRST_RESTART..=END_OF_IMAGE]);
        let end = scan.windows(2).position(is_marker)?;
        let (band, behind) = scan.split_at_checked(end)?;
        rest = match behind {
            [_, END_OF_IMAGE, ..] => None,
            _ => behind.get(2..),
        };
        Some(band)
    })
}

/// A file of a header, which is that of another height, and bands.
fn join<'a>(mut header: Vec<u8>, height: usize, bands: impl Iterator<Item = &'a Rc<[u8]>> + Clone) -> Vec<u8> {
    let mut at = 2_usize;
    while let Some((marker, length)) = segment(&header, at) {
        // Length, precision, and then the height (B.2.2).
        if marker == START_OF_FRAME
            && let Some(place) = header.get_mut(at.saturating_add(5)..at.saturating_add(7))
        {
            place.copy_from_slice(&u16::try_from(height).unwrap_or(u16::MAX).to_be_bytes());
        }
        at = at.saturating_add(2).saturating_add(length);
    }
    let length = bands.clone().map(|band| band.len().saturating_add(2)).fold(header.len(), usize::saturating_add);
    header.reserve_exact(length);
    let restarts = (FIRST_RESTART..FIRST_RESTART + 8).cycle();
    let mut file = header;
    for (number, (band, restart)) in bands.zip(restarts).enumerate() {
        if number > 0 {
            // The marker behind a band has the number of the band before it.
            file.extend([
                0xFF,
                restart.checked_sub(1).filter(|marker| *marker >= FIRST_RESTART).unwrap_or(FIRST_RESTART + 7),
            ]);
        }
        file.extend_from_slice(band);
    }
    file.extend([0xFF, END_OF_IMAGE]);
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::testing::Random;
    use crate::jpeg;
    use tiny_skia::PremultipliedColorU8;

    #[test]
    fn files_are_those_of_whole_pictures() {
        let mut random = Random::default();
        for (width, height) in [(1, 1), (16, 16), (17, 33), (90, 400), (200, 7)] {
            let mut baseline = Pixmap::new(width, height).unwrap();
            baseline.data_mut().fill_with(|| random.below(60) as u8);
            baseline.data_mut().chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
            for quality in [1, 50, 82, 90, 100] {
                let bands = Bands::new(quality);
                for _ in 0..8 {
                    let (top, rows) = (random.below(height), random.below(60));
                    let range = top as usize..(top + rows).min(height) as usize;
                    let mut picture = baseline.clone();
                    let width = width as usize;
                    picture.pixels_mut()[range.start * width..range.end * width]
                        .fill_with(|| PremultipliedColorU8::from_rgba(random.below(255) as u8, 9, 9, 255).unwrap());
                    bands.forget(&(0..usize::MAX));
                    let damage = [Region { rows: range, columns: 0..width }];
                    let whole = jpeg::encode(Rc::new(picture.clone()), quality).unwrap();
                    for _ in 0..2 {
                        assert!(bands.encode(&picture, &damage).unwrap() == whole, "{width} x {height}, {quality}");
                    }
                    assert!(bands.memory_bytes() <= picture.pixels().len());
                }
            }
        }
    }

    #[test]
    fn the_last_picture_is_forgotten_where_it_differs() {
        let [one, two] = [10, 200].map(|level| {
            let mut picture = Pixmap::new(64, 64).unwrap();
            picture.fill(tiny_skia::Color::WHITE);
            picture.pixels_mut()[64 * 20..64 * 30].fill(PremultipliedColorU8::from_rgba(level, 0, 0, 255).unwrap());
            picture
        });
        let bands = Bands::new(82);
        let damage = [Region { rows: 20..30, columns: 0..64 }];
        let first = bands.encode(&one, &damage).unwrap();
        bands.forget(&(20..30));
        let second = bands.encode(&two, &damage).unwrap();
        assert!(first != second && second == jpeg::encode(Rc::new(two), 82).unwrap());
    }
}
