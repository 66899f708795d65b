//! How the pixels of a picture are stored: the colour types of PNG (§6.1).

use crate::palette::colors::{Colors, key};
use crate::pixel;
use tiny_skia::PremultipliedColorU8;

/// A colour type that we write (§6.1, table 9).
#[derive(Debug, Clone)]
pub enum ColorType {
    /// Type 0, greyscale, with 8 bits: opaque.
    Grayscale,
    /// Type 2, truecolour, with 8 bits: opaque.
    Rgb,
    /// Type 3, indexed-colour.
    Indexed(Palette),
    /// Type 6, truecolour with alpha, with 8 bits.
    Rgba,
}

/// Bits of a sample, or of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitDepth {
    /// 1 bit.
    One = 1,
    /// 2 bits.
    Two = 2,
    /// 4 bits.
    Four = 4,
    /// 8 bits.
    Eight = 8,
}

impl BitDepth {
    /// The number of bits, as IHDR stores it.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self as u8
    }
}

/// The palette of an indexed picture, at most 256 colours.
#[derive(Debug, Clone)]
pub struct Palette {
    pub(crate) colors: Colors,
    /// Bits of an index.
    pub(crate) bit_depth: BitDepth,
}

impl Palette {
    /// A palette of these colours, transparent ones first, so that tRNS is short (§11.3.1.1).
    fn new(counted: &Colors) -> Self {
        let mut keys = counted.keys().to_vec();
        keys.sort_unstable_by_key(|&key| (key & 255, key));
        let bit_depth = match keys.len() {
            0..=2 => BitDepth::One,
            3..=4 => BitDepth::Two,
            5..=16 => BitDepth::Four,
            _ => BitDepth::Eight,
        };
        Self { colors: Colors::reordered(keys), bit_depth }
    }

    /// The colours as straight RGBA, by index.
    pub fn rgba(&self) -> impl Iterator<Item = [u8; 4]> {
        self.colors.keys().iter().map(|key| {
            let [r, g, b, a] = key.to_be_bytes();
            PremultipliedColorU8::from_rgba(r, g, b, a).map_or([0; 4], pixel::demultiply)
        })
    }
}

/// Finds the colour type that stores the pixels (premultiplied) exactly in the fewest bits.
///
/// Colours are counted premultiplied: two are equal if and only if their straight forms are.
#[must_use]
pub fn survey(pixels: &[PremultipliedColorU8]) -> ColorType {
    let mut colors = Colors::new();
    let mut rest = pixels.iter();
    // The 257th colour: there are only 256 opaque greys, so the picture is not grey.
    if let Some(extra) = rest.find(|&&pixel| colors.index(key(pixel)).is_none()) {
        let opaque = colors.keys().iter().all(|&key| key & 255 == 255) && extra.alpha() == 255;
        return if opaque && is_opaque(rest.as_slice()) { ColorType::Rgb } else { ColorType::Rgba };
    }
    let opaque_gray = |&key: &u32| matches!(key.to_be_bytes(), [r, g, b, 255] if r == g && g == b);
    if colors.keys().len() > 16 && colors.keys().iter().all(opaque_gray) {
        return ColorType::Grayscale;
    }
    ColorType::Indexed(Palette::new(&colors))
}

/// Whether all pixels are opaque. They are tested by hundreds, because a branch for each is slower.
#[must_use]
pub fn is_opaque(pixels: &[PremultipliedColorU8]) -> bool {
    pixels.chunks(512).all(|some| some.iter().fold(255, |all, pixel| all & pixel.alpha()) == 255)
}

impl ColorType {
    /// The number of the type in IHDR.
    #[must_use]
    pub const fn number(&self) -> u8 {
        match self {
            Self::Grayscale => 0,
            Self::Rgb => 2,
            Self::Indexed(_) => 3,
            Self::Rgba => 6,
        }
    }

    /// Bits of a sample, or of an index.
    #[must_use]
    pub const fn bit_depth(&self) -> BitDepth {
        match self {
            Self::Indexed(palette) => palette.bit_depth,
            Self::Grayscale | Self::Rgb | Self::Rgba => BitDepth::Eight,
        }
    }

    /// Bytes of a pixel for the row filters, at least 1 (§9.2).
    #[must_use]
    pub const fn bytes_per_pixel(&self) -> usize {
        match self {
            Self::Indexed(_) | Self::Grayscale => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Appends a row of pixels, packed into bytes (§7.2) and not filtered.
    ///
    /// The pixels must be of the surveyed picture; an indexed one whose palette is full stores any
    /// other colour as index 0.
    pub fn pack(&mut self, row: &[PremultipliedColorU8], out: &mut Vec<u8>) {
        match self {
            Self::Indexed(palette) => {
                let depth = palette.bit_depth;
                let mut index = |pixel: &PremultipliedColorU8| palette.colors.index(key(*pixel)).unwrap_or(0);
                // The leftmost pixel is in the high bits; the last byte is filled up with zeros.
                let pack = |chunk: &[PremultipliedColorU8]| {
                    let mut free = 8_u8;
                    chunk.iter().fold(0, |byte, pixel| {
                        free = free.saturating_sub(depth.bits());
                        byte | (index(pixel) << free)
                    })
                };
                match depth {
                    BitDepth::One => out.extend(row.chunks(8).map(pack)),
                    BitDepth::Two => out.extend(row.chunks(4).map(pack)),
                    BitDepth::Four => out.extend(row.chunks(2).map(pack)),
                    BitDepth::Eight => out.extend(row.iter().map(index)),
                }
            }
            Self::Grayscale => out.extend(row.iter().map(|pixel| pixel.red())),
            Self::Rgb => {
                // Not by `flat_map`, which writes pixel after pixel: four pixels are three words.
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
