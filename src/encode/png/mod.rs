//! PNG (ISO/IEC 15948): exact, and as small as its colours allow.
//!
//! Most cards are flat art with fewer than 256 colours; as an indexed picture they are half the size of RGB and
//! compress in a quarter of the time. So colours are counted before anything is written: [`survey`] says how a picture
//! is best stored, [`Pixels::row`] packs one row so. An encoder of parts of a picture needs nothing else.
//!
//! Memory: the file twice, as bands and as one, and what a block of [`BLOCK_PIXELS`] is made of. There is no second canvas.

pub(crate) mod filter;
pub(crate) mod linked;
pub(crate) mod photo;
pub(crate) mod strip;

use self::filter::Filters;
use self::linked::Linked;
use self::strip::{Deflate, Packer};
use super::deflate::block;
use super::deflate::matcher::fast::Search;
use super::palette::colors::{Colors, key};
use super::{pixel, row_len};
use crc32fast::Hasher;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Pixels that have codes of their own, where nothing is to be put between them.
const BLOCK_PIXELS: usize = 96 * 1024;

/// Where the trial looks: bands of so many rows, evenly down the picture.
const TRIAL_BANDS: usize = 3;

/// Rows of a band: enough for a filter that looks up, few enough that the trial costs a few per cent.
const TRIAL_ROWS: usize = 16;

/// A picture whose filtered rows still cost a byte for so many bytes of pixels holds noise, as a photograph does.
const PHOTO_RATIO: usize = 6;

/// How a picture's pixels are stored (§6.1 "colour types").
#[derive(Debug, Clone)]
pub enum Pixels {
    /// Type 3: at most 256 colours.
    Indexed(Palette),
    /// Type 0, 8 bits: opaque greys, too many for a palette of 4 bits.
    Gray,
    /// Type 2, 8 bits: opaque.
    Rgb,
    /// Type 6, 8 bits.
    Rgba,
}

/// The colours of an indexed picture.
#[derive(Debug, Clone)]
pub struct Palette {
    colors: Colors,
    /// Bits of one index: 1, 2, 4 or 8.
    depth: u8,
}

impl Palette {
    /// The pixels of the picture, each once; transparent ones first, so that tRNS is short (§11.3.1.1).
    fn new(counted: &Colors) -> Self {
        let mut keys = counted.keys().to_vec();
        keys.sort_unstable_by_key(|&key| (key & 255, key));
        let depth = match keys.len() {
            0..=2 => 1,
            3..=4 => 2,
            5..=16 => 4,
            _ => 8,
        };
        Self { colors: Colors::reordered(keys), depth }
    }

    /// Bits of one index: 1, 2, 4 or 8.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        self.depth
    }

    /// Straight RGBA, by index.
    pub fn rgba(&self) -> impl Iterator<Item = [u8; 4]> {
        self.colors.keys().iter().map(|key| {
            let [r, g, b, a] = key.to_be_bytes();
            PremultipliedColorU8::from_rgba(r, g, b, a).map_or([0; 4], pixel::demultiply)
        })
    }
}

/// Looks at every pixel, and says how they are best stored.
///
/// Premultiplied pixels are counted: two of them are equal exactly when their straight forms are.
#[must_use]
pub fn survey(pixels: &[PremultipliedColorU8]) -> Pixels {
    let mut colors = Colors::new();
    let mut rest = pixels.iter();
    // A colour that is one too many: greys are at most 256, unless they are transparent, so this is no grey picture.
    if let Some(extra) = rest.find(|&&pixel| colors.index(key(pixel)).is_none()) {
        let opaque = colors.keys().iter().all(|&key| key & 255 == 255) && extra.alpha() == 255;
        return if opaque && is_opaque(rest.as_slice()) { Pixels::Rgb } else { Pixels::Rgba };
    }
    let opaque_gray = |&key: &u32| matches!(key.to_be_bytes(), [r, g, b, 255] if r == g && g == b);
    if colors.keys().len() > 16 && colors.keys().iter().all(opaque_gray) {
        return Pixels::Gray;
    }
    Pixels::Indexed(Palette::new(&colors))
}

/// Whether all pixels are opaque: some hundreds at once, without a look at each before the next one.
#[must_use]
pub fn is_opaque(pixels: &[PremultipliedColorU8]) -> bool {
    pixels.chunks(512).all(|some| some.iter().fold(255, |all, pixel| all & pixel.alpha()) == 255)
}

impl Pixels {
    /// Bytes of a pixel, where a pixel has any.
    pub(crate) const fn channels(&self) -> usize {
        match self {
            Self::Indexed(_) | Self::Gray => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Room for colours that come later.
    pub(crate) const fn make_room(&mut self) {
        if let Self::Indexed(palette) = self {
            palette.depth = 8;
        }
    }

    /// Whether more pixels can be stored so; colours that are new to a palette get a place behind the others.
    pub(crate) fn takes(&mut self, pixels: &[PremultipliedColorU8]) -> bool {
        match self {
            Self::Indexed(palette) => {
                palette.depth == 8 && pixels.iter().all(|pixel| palette.colors.index(key(*pixel)).is_some())
            }
            Self::Gray => {
                pixels.iter().all(|pixel| matches!(key(*pixel).to_be_bytes(), [r, g, b, 255] if r == g && g == b))
            }
            Self::Rgb => is_opaque(pixels),
            Self::Rgba => true,
        }
    }

    /// Appends one row, packed as the format wants it (§7.2), unfiltered.
    ///
    /// A pixel that was not in the survey is stored as the nearest thing that is certain: index 0.
    pub fn row(&mut self, row: &[PremultipliedColorU8], out: &mut Vec<u8>) {
        match self {
            Self::Indexed(palette) => {
                let depth = palette.depth();
                let mut index = |pixel: &PremultipliedColorU8| palette.colors.index(key(*pixel)).unwrap_or(0);
                // The leftmost pixel in the high bits; the last byte is filled up with zeros.
                let pack = |chunk: &[PremultipliedColorU8]| {
                    let mut free = 8_u8;
                    chunk.iter().fold(0, |byte, pixel| {
                        free = free.saturating_sub(depth);
                        byte | (index(pixel) << free)
                    })
                };
                match depth {
                    1 => out.extend(row.chunks(8).map(pack)),
                    2 => out.extend(row.chunks(4).map(pack)),
                    4 => out.extend(row.chunks(2).map(pack)),
                    _ => out.extend(row.iter().map(index)),
                }
            }
            Self::Gray => out.extend(row.iter().map(|pixel| pixel.red())),
            Self::Rgb => {
                // Not by `flat_map`, which is pixel after pixel: four of them are three words.
                let start = out.len();
                out.resize(start.saturating_add(row.len().saturating_mul(3)), 0);
                let (words, rest) = out.get_mut(start..).unwrap_or_default().as_chunks_mut::<12>();
                let (fours, last) = row.as_chunks::<4>();
                for (word, four) in words.iter_mut().zip(fours) {
                    let rgb = |pixel: PremultipliedColorU8| [pixel.red(), pixel.green(), pixel.blue(), 0];
                    let [a, b, c, d] = four.map(|pixel| u32::from_le_bytes(rgb(pixel)));
                    let (thirds, _) = word.as_chunks_mut::<4>();
                    for (third, word) in thirds.iter_mut().zip([a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8]) {
                        *third = word.to_le_bytes();
                    }
                }
                let (places, _) = rest.as_chunks_mut::<3>();
                for (place, pixel) in places.iter_mut().zip(last) {
                    *place = [pixel.red(), pixel.green(), pixel.blue()];
                }
            }
            Self::Rgba => out.extend(row.iter().flat_map(|&pixel| pixel::demultiply(pixel))),
        }
    }
}

/// How the rows of a picture are best filtered: found by compressing a few of them as drawn, as they are, and as smooth.
///
/// Drawn things repeat themselves byte by byte, and differences of bytes would hide it; in smooth ones the differences are small. Of
/// photographs nothing repeats, so a search is in vain. Indexed pixels need no trial: neighbouring indices have nothing to do with each
/// other.
pub(crate) fn filters(pixels: &mut Pixels, picture: &Pixmap) -> Filters {
    if matches!(pixels, Pixels::Indexed(_)) {
        return Filters::No;
    }
    let width = row_len(picture);
    let apart = picture.pixels().len().checked_div(width).unwrap_or(0).div_ceil(TRIAL_BANDS).max(TRIAL_ROWS);
    let mut filtered = |filters| {
        let (mut packer, mut sample) = (Packer::new(pixels, filters), Vec::new());
        for band in picture.pixels().chunks(apart.saturating_mul(width)) {
            let rows = band.get(..TRIAL_ROWS.saturating_mul(width)).unwrap_or(band);
            sample.extend_from_slice(packer.filtered(pixels, rows, width));
        }
        sample
    };
    let [drawn, smooth] = [Filters::No, Filters::Adaptive].map(&mut filtered);
    let quick = |bytes: &[u8]| {
        let mut tokens = Vec::new();
        Search::new().find(bytes, 0..bytes.len(), &mut tokens);
        block::block(&tokens).len()
    };
    let least = quick(&smooth);
    if least < quick(&drawn) && least.saturating_mul(PHOTO_RATIO) > smooth.len() {
        return Filters::Paeth;
    }
    // A quick search misses the long repeats of gradients, so what is left is tried in earnest.
    let [drawn, smooth] = [drawn, smooth].map(|bytes| Deflate::for_one().band(&bytes).deflated.len());
    if drawn <= smooth { Filters::No } else { Filters::Adaptive }
}

/// Everything before the pixels.
pub(crate) fn head(pixels: &Pixels, picture: &Pixmap) -> Vec<u8> {
    let (color, depth) = match pixels {
        Pixels::Gray => (0, 8),
        Pixels::Rgb => (2, 8),
        Pixels::Indexed(palette) => (3, palette.depth()),
        Pixels::Rgba => (6, 8),
    };
    let mut file = SIGNATURE.to_vec();
    // Deflate, the five filters, not interlaced.
    let kind = [depth, color, 0, 0, 0];
    chunk(
        &mut file,
        b"IHDR",
        &[&picture.width().to_be_bytes(), &picture.height().to_be_bytes(), kind.as_slice()].concat(),
    );
    // The intent is perceptual.
    chunk(&mut file, b"sRGB", &[0]);
    if let Pixels::Indexed(palette) = pixels {
        chunk(&mut file, b"PLTE", &palette.rgba().flat_map(|[r, g, b, _]| [r, g, b]).collect::<Vec<u8>>());
        let mut alphas: Vec<u8> = palette.rgba().map(|[.., a]| a).collect();
        // Those at the end are opaque without being said so (§11.3.1.1).
        alphas.truncate(alphas.iter().rposition(|&alpha| alpha < 255).map_or(0, |last| last.saturating_add(1)));
        if !alphas.is_empty() {
            chunk(&mut file, b"tRNS", &alphas);
        }
    }
    file
}

/// What a file begins with (§5.2).
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1A\n";

/// Bytes of a chunk beside its data (§5.3): length, type, checksum.
pub(crate) const CHUNK_BYTES: usize = 12;

/// Appends a chunk.
pub(crate) fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut checksum = Hasher::new();
    checksum.update(kind);
    checksum.update(data);
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(kind);
    file.extend_from_slice(data);
    file.extend(checksum.finalize().to_be_bytes());
}

/// The most colours that a picture of a quality (1 to 100) has: as many hundredths of 256, at least 2.
#[must_use]
pub fn colors(quality: u8) -> usize {
    (usize::from(quality.clamp(1, 100)).saturating_mul(256) / 100).max(2)
}

/// Encodes a picture as PNG.
#[must_use]
pub fn encode(picture: &Pixmap) -> Vec<u8> {
    let mut pixels = survey(picture.pixels());
    let filters = filters(&mut pixels, picture);
    let rows = BLOCK_PIXELS.div_ceil(row_len(picture));
    let bands = Linked::new(picture, (&mut pixels, filters), rows, Deflate::for_one()).bands;
    strip::file(&pixels, picture, &bands)
}
