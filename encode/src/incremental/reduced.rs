//! A baseline with few colours: a PNG with a quality, or a GIF.
//!
//! What a picture has as the baseline does is copied from its file. The rest gets the baseline's colours, and
//! some of its own where none of those represents it: a part of the palette is kept for them.
//!
//! Invariant: a file depends on the baseline, the picture and the damage only; not on what was encoded before.

use std::cell::RefCell;
use std::ops::Range;

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::packed::Packed;
use super::region::Region;
use super::strips::Strips;
use crate::lzw::{Piece, Table, join};
use crate::palette::choice::Choice;
use crate::palette::colors::{Colors, MAX_COLORS, key};
use crate::palette::{coarse, dither, replace};
use crate::{gif, pixel, png, sample_is_smaller};

/// Rows that are kept, and of a GIF coded, as one.
const ROWS: usize = 32;

/// How much larger the mean square error of what is damaged may be than that of the baseline.
const WORSE: f32 = 2.0;

/// An error, in Oklab, that is never too large: of two levels of 255.
const SMALL: f32 = 0.008 * 0.008;

/// One of so many colours is kept for what pictures have beside the baseline.
const ROOM: usize = 8;

/// What has few colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Few {
    /// A PNG with this quality (1 to 100), with dithering.
    Png(u8),
    /// A GIF, without.
    Gif,
}

impl Few {
    /// The most colours of a file.
    fn colors(self) -> usize {
        match self {
            Self::Png(quality) => png::max_colors(quality),
            Self::Gif => MAX_COLORS,
        }
    }
}

/// A baseline with few colours.
pub struct Reduced {
    few: Few,
    /// `None` if the exact file is no larger.
    made: Option<Made>,
}

struct Made {
    /// In px.
    width: usize,
    height: usize,
    choice: RefCell<Choice>,
    /// The mean square of the distance of its pixels to their colours, in Oklab.
    error: f32,
    /// The colours of the baseline, by index.
    palette: Colors,
    /// The indices of [`ROWS`] rows each, from top to bottom.
    indices: Vec<Packed>,
    file: File,
}

/// The baseline's file, in parts.
enum File {
    Png(Box<Strips>),
    Gif(Vec<Piece>),
}

impl Reduced {
    /// Reduces a baseline (premultiplied RGBA8, sRGB). `exact_bytes` are those of its exact PNG, if it has one.
    #[must_use]
    pub fn new(mut picture: Pixmap, few: Few, exact_bytes: usize) -> Self {
        let most = few.colors();
        let is_many = picture.pixels().len() >= coarse::MANY_PIXELS;
        let is_png = matches!(few, Few::Png(_));
        if is_png && is_many && !sample_is_smaller(&picture, most).unwrap_or(true) {
            return Self { few, made: None };
        }
        if !is_png {
            flatten(&mut picture);
        }
        let (choice, error) = recolored(&mut picture, few, most);
        let width = pixel::per_row(&picture);
        let mut palette = Colors::new();
        let (mut indices, mut pieces, mut table) = (Vec::new(), Vec::new(), Table::new());
        for pixels in picture.pixels().chunks(ROWS.saturating_mul(width)) {
            let rows: Vec<u8> = pixels.iter().filter_map(|&pixel| palette.index(key(pixel))).collect();
            if !is_png {
                pieces.push(Piece::new(&rows, &mut table));
            }
            indices.push(Packed::of_indices(&rows));
        }
        let file = match few {
            Few::Png(_) => File::Png(Box::new(Strips::new(&picture))),
            Few::Gif => File::Gif(pieces),
        };
        let is_larger = matches!(&file, File::Png(strips) if strips.deflated_bytes() >= exact_bytes);
        let height = picture.pixels().len().checked_div(width).unwrap_or(0);
        let made = Made { width, height, choice: RefCell::new(choice), error, palette, indices, file };
        Self { few, made: (!is_larger).then_some(made) }
    }

    /// Whether it is of such files.
    #[must_use]
    pub fn is_of(&self, few: Few) -> bool {
        self.few == few
    }

    /// Whether the exact PNG is no larger.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.made.is_none()
    }

    /// The memory that it holds in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let Some(made) = &self.made else { return 0 };
        let choice = made.choice.try_borrow().map_or(0, |choice| choice.memory_bytes());
        let file = match &made.file {
            File::Png(strips) => strips.memory_bytes(),
            File::Gif(pieces) => pieces.iter().map(Piece::memory_bytes).sum(),
        };
        made.indices.iter().map(Packed::memory_bytes).fold(choice.saturating_add(file), usize::saturating_add)
    }

    /// Drops what was made for the last pictures, and is soon made again.
    pub fn put_away(&self) {
        let Some(made) = &self.made else { return };
        if let Ok(mut choice) = made.choice.try_borrow_mut() {
            choice.forget();
        }
        if let File::Png(strips) = &made.file {
            strips.put_away();
        }
    }

    /// Encodes a picture of the baseline's size. It must not differ from the baseline outside of the damaged
    /// regions, whose pixels alone are read.
    ///
    /// Returns `None` if the exact PNG is no larger, or if the palette has no room for the colours of the
    /// picture: then it must be encoded on its own.
    #[must_use]
    pub fn encode(&self, picture: &Pixmap, damage: &[Region]) -> Option<Vec<u8>> {
        let made = self.made.as_ref()?;
        let damage: Vec<Region> = damage.iter().filter_map(|region| made.within(region)).collect();
        let mut pieces: Vec<Pixmap> = damage.iter().filter_map(|region| made.cut(picture, region)).collect();
        if self.few == Few::Gif {
            pieces.iter_mut().for_each(flatten);
        }
        made.recolor(&mut pieces, self.few)?;
        match &made.file {
            File::Png(strips) => {
                let mut canvas = Pixmap::new(picture.width(), picture.height())?;
                made.bring(&strips.rows(&damage), &mut canvas)?;
                for (region, piece) in damage.iter().zip(&pieces) {
                    let width = pixel::per_row(piece);
                    for (row, pixels) in region.rows.clone().zip(piece.pixels().chunks_exact(width)) {
                        made.row(&mut canvas, row).get_mut(region.columns.clone())?.copy_from_slice(pixels);
                    }
                }
                strips.forget(&(0..usize::MAX));
                strips.encode(&canvas, &damage, &[])
            }
            File::Gif(baseline) => {
                let mut palette = made.palette.clone();
                let (mut table, mut patched) = (Table::new(), Vec::new());
                for (number, known) in made.indices.iter().enumerate() {
                    let start = number.saturating_mul(ROWS);
                    let rows = start..start.saturating_add(ROWS).min(made.height);
                    let here = |region: &Region| region.rows.start < rows.end && rows.start < region.rows.end;
                    if !damage.iter().any(here) {
                        patched.push(None);
                        continue;
                    }
                    let mut indices = known.unpack(made.width, None)?;
                    for (region, piece) in damage.iter().zip(&pieces).filter(|(region, _)| here(region)) {
                        let pixels = piece.pixels().chunks_exact(pixel::per_row(piece));
                        for (row, pixels) in region.rows.clone().zip(pixels).filter(|(row, _)| rows.contains(row)) {
                            let start = row.saturating_sub(rows.start).saturating_mul(made.width);
                            let places =
                                start.saturating_add(region.columns.start)..start.saturating_add(region.columns.end);
                            for (place, pixel) in indices.get_mut(places)?.iter_mut().zip(pixels) {
                                *place = palette.index(key(*pixel))?;
                            }
                        }
                    }
                    patched.push(Some(Piece::new(&indices, &mut table)));
                }
                let all = patched.iter().zip(baseline).map(|(patched, known)| patched.as_ref().unwrap_or(known));
                gif::of_data((picture.width(), picture.height()), palette.keys(), join(all)).ok()
            }
        }
    }
}

impl Made {
    /// The part of a region that is in the picture; `None` if there is none.
    fn within(&self, region: &Region) -> Option<Region> {
        let rows = region.rows.start..region.rows.end.min(self.height);
        let columns = region.columns.start..region.columns.end.min(self.width);
        (!rows.is_empty() && !columns.is_empty()).then_some(Region { rows, columns })
    }

    /// A region of a picture.
    fn cut(&self, picture: &Pixmap, region: &Region) -> Option<Pixmap> {
        let side = |range: &Range<usize>| u32::try_from(range.len()).ok();
        let mut piece = Pixmap::new(side(&region.columns)?, side(&region.rows)?)?;
        let rows = picture.pixels().chunks_exact(self.width).skip(region.rows.start);
        for (to, from) in piece.pixels_mut().chunks_exact_mut(region.columns.len()).zip(rows) {
            to.copy_from_slice(from.get(region.columns.clone())?);
        }
        Some(piece)
    }

    /// Gives some regions the colours of the baseline, and some of their own. `None` if those are too few.
    fn recolor(&self, pieces: &mut [Pixmap], few: Few) -> Option<()> {
        let mut choice = self.choice.try_borrow_mut().ok()?;
        let pixels: Vec<PremultipliedColorU8> = pieces.iter().flat_map(|piece| piece.pixels()).copied().collect();
        let room = few.colors().saturating_sub(self.palette.keys().len());
        let mut more = choice.with_more(&pixels, room);
        let choice = more.as_mut().unwrap_or(&mut choice);
        if choice.error(&pixels) > (self.error * WORSE).max(SMALL) {
            return None;
        }
        drop(pixels);
        pieces.iter_mut().for_each(|piece| recolor(piece, choice, few));
        Some(())
    }

    /// Writes some rows of the baseline to a canvas. `None` if they cannot be unpacked.
    fn bring(&self, rows: &[Range<usize>], canvas: &mut Pixmap) -> Option<()> {
        let colors: Vec<_> = self.palette.keys().iter().map(|key| pixel_of(*key)).collect();
        let size = ROWS.saturating_mul(self.width);
        for ((number, packed), pixels) in self.indices.iter().enumerate().zip(canvas.pixels_mut().chunks_mut(size)) {
            let start = number.saturating_mul(ROWS);
            if !rows.iter().any(|rows| rows.start < start.saturating_add(ROWS) && start < rows.end) {
                continue;
            }
            for (pixel, index) in pixels.iter_mut().zip(packed.unpack(self.width, None)?) {
                *pixel = *colors.get(usize::from(index))?;
            }
        }
        Some(())
    }

    fn row<'a>(&self, canvas: &'a mut Pixmap, row: usize) -> &'a mut [PremultipliedColorU8] {
        let start = row.saturating_mul(self.width);
        canvas.pixels_mut().get_mut(start..start.saturating_add(self.width)).unwrap_or_default()
    }
}

/// Reduces a baseline to its colours, with room for others. Also returns the mean square of the distance to them.
fn recolored(picture: &mut Pixmap, few: Few, most: usize) -> (Choice, f32) {
    let mut colors = Colors::new();
    let is_exact =
        picture.pixels().iter().all(|&pixel| colors.index(key(pixel)).is_some_and(|at| usize::from(at) < most));
    if is_exact {
        return (Choice::exact(&colors.keys().iter().map(|key| pixel_of(*key)).collect::<Vec<_>>()), 0.0);
    }
    let mut choice = Choice::new(picture, most.saturating_sub(most / ROOM).max(2));
    let error = choice.error(picture.pixels());
    recolor(picture, &mut choice, few);
    (choice, error)
}

fn recolor(picture: &mut Pixmap, choice: &mut Choice, few: Few) {
    match few {
        Few::Png(_) => dither::dither(picture, choice),
        Few::Gif => replace::replace(picture, choice),
    }
}

/// Makes every pixel opaque, on white, or absent, as GIF has them.
fn flatten(picture: &mut Pixmap) {
    for pixel in picture.pixels_mut() {
        let color = gif::visible(*pixel).and_then(|[r, g, b]| PremultipliedColorU8::from_rgba(r, g, b, 255));
        *pixel = color.unwrap_or(PremultipliedColorU8::TRANSPARENT);
    }
}

/// The pixel of a [`key`].
fn pixel_of(key: u32) -> PremultipliedColorU8 {
    let [r, g, b, a] = key.to_be_bytes();
    PremultipliedColorU8::from_rgba(r, g, b, a).unwrap_or(PremultipliedColorU8::TRANSPARENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::testing::Random;

    /// A photograph beside flat art, with a clear corner.
    fn baseline(random: &mut Random) -> Pixmap {
        let mut picture = Pixmap::new(150, 130).unwrap();
        for (at, pixel) in (0_u32..).zip(picture.pixels_mut()) {
            let (x, y) = (at % 150, at / 150);
            let [r, g, b] = [3, 5, 4].map(|slope| ((x / slope + y) % 200 + random.below(12)) as u8);
            *pixel = match (x, y) {
                (0..10, 0..10) => PremultipliedColorU8::TRANSPARENT,
                (0..60, _) => PremultipliedColorU8::from_rgba(20, 20, 43, 255).unwrap(),
                _ => PremultipliedColorU8::from_rgba(r, g, b, 255).unwrap(),
            };
        }
        picture
    }

    fn decoded(file: &[u8], few: Few) -> Pixmap {
        let mut picture = Pixmap::new(150, 130).unwrap();
        let rgba = match few {
            Few::Gif => {
                let mut options = ::gif::DecodeOptions::new();
                options.set_color_output(::gif::ColorOutput::RGBA);
                let mut decoder = options.read_info(file).unwrap();
                decoder.read_next_frame().unwrap().unwrap().buffer.to_vec()
            }
            Few::Png(_) => {
                let mut decoder = ::png::Decoder::new(std::io::Cursor::new(file));
                decoder
                    .set_transformations(::png::Transformations::normalize_to_color8() | ::png::Transformations::ALPHA);
                let mut reader = decoder.read_info().unwrap();
                let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
                reader.next_frame(&mut bytes).unwrap();
                bytes
            }
        };
        for (pixel, rgba) in picture.pixels_mut().iter_mut().zip(rgba.chunks_exact(4)) {
            *pixel = tiny_skia::ColorU8::from_rgba(rgba[0], rgba[1], rgba[2], rgba[3]).premultiply();
        }
        picture
    }

    /// The mean difference of the channels of some pixels.
    fn error<'a>(pairs: impl Iterator<Item = (&'a PremultipliedColorU8, &'a PremultipliedColorU8)>) -> f64 {
        let (mut sum, mut count) = (0_u32, 0_u32);
        for (one, other) in pairs {
            let channels = [(one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue())];
            sum += channels.iter().map(|(one, other)| u32::from(one.abs_diff(*other))).sum::<u32>();
            count += 3;
        }
        f64::from(sum) / f64::from(count.max(1))
    }

    #[test]
    fn pictures_resemble_what_they_were() {
        let mut random = Random::default();
        let base = baseline(&mut random);
        let mut refused = 0;
        for few in [Few::Gif, Few::Png(90), Few::Png(30)] {
            let reduced = Reduced::new(base.clone(), few, usize::MAX);
            let unchanged = decoded(&reduced.encode(&base, &[]).unwrap(), few);
            let most = if few == Few::Png(30) { 6.0 } else { 5.0 };
            assert!(error(base.pixels().iter().zip(unchanged.pixels())) < most, "{few:?}");
            for step in 0..12 {
                let mut picture = base.clone();
                let mut damage = Vec::new();
                for _ in 0..random.below(4_u32) {
                    let (top, left) = (random.below(120_usize), random.below(140_usize));
                    let region = Region { rows: top..top + random.below(40_usize), columns: left..left + 60 };
                    // The colour of a photograph, of the art, or one that the baseline does not have.
                    let color = [(90, 90, 90), (20, 20, 43), (255, 0, 40)][random.below(3_usize)];
                    for row in region.rows.clone().filter(|row| *row < 130) {
                        for column in region.columns.clone().filter(|column| *column < 150) {
                            let light = |level: u8| level.saturating_add((column % 7) as u8);
                            picture.pixels_mut()[row * 150 + column] =
                                PremultipliedColorU8::from_rgba(light(color.0), light(color.1), light(color.2), 255)
                                    .unwrap();
                        }
                    }
                    damage.push(region);
                }
                let Some(file) = reduced.encode(&picture, &damage) else {
                    refused += 1;
                    continue;
                };
                let now = decoded(&file, few);
                let is_damaged = |at: usize| {
                    let (row, column) = (at / 150, at % 150);
                    damage.iter().any(|region| region.rows.contains(&row) && region.columns.contains(&column))
                };
                let pairs = || picture.pixels().iter().zip(now.pixels()).enumerate();
                let inside = error(pairs().filter(|(at, _)| is_damaged(*at)).map(|(_, pair)| pair));
                assert!(inside < most, "{few:?}, step {step}: {inside}");
                let outside = unchanged.pixels().iter().zip(now.pixels()).enumerate();
                assert!(
                    outside.clone().all(|(at, (one, other))| is_damaged(at) || one == other),
                    "{few:?}, step {step}"
                );
                // Whatever was encoded before.
                assert!(Reduced::new(base.clone(), few, usize::MAX).encode(&picture, &damage).unwrap() == file);
            }
            let bytes = reduced.memory_bytes();
            reduced.put_away();
            assert!(reduced.memory_bytes() <= bytes);
        }
        assert!(refused < 8, "{refused} pictures have colours that the palette has no room for");
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let mut base = Pixmap::new(150, 130).unwrap();
        base.pixels_mut().fill(PremultipliedColorU8::from_rgba(250, 250, 250, 255).unwrap());
        let mut picture = base.clone();
        let red = PremultipliedColorU8::from_rgba(200, 10, 30, 255).unwrap();
        picture.pixels_mut()[150 * 40..150 * 44].fill(red);
        let damage = [Region { rows: 40..44, columns: 0..150 }];
        for few in [Few::Gif, Few::Png(50)] {
            let reduced = Reduced::new(base.clone(), few, usize::MAX);
            assert!(decoded(&reduced.encode(&picture, &damage).unwrap(), few) == picture, "{few:?}");
        }
        // The exact file is as small.
        let exact = Strips::new(&base).deflated_bytes();
        assert!(Reduced::new(base, Few::Png(50), exact).is_exact());
    }
}
