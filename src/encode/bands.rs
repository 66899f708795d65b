//! PNG of pictures that share most of their rows with one that was encoded before.
//!
//! Compressing is most of what a picture costs, and of a template's pictures most rows are those of its base. So the base is
//! compressed in bands of rows, once; of a picture only those bands are compressed in which a pixel differs, and the file is
//! put together from both. Which bands those are is found by comparing pixels, so no layer has to say what it touches.
//!
//! Each band is an IDAT chunk of its own: its first row's filter does not look up, its deflate blocks refer to nothing before
//! them and end on a whole byte (RFC 1951 §3.2.4, an empty stored block), and the checksum of all is combined from theirs.
//!
//! Invariant: the bytes depend on the pixels of the base and of the picture alone, not on what was encoded in between.

use flate2::{Compress, Compression, FlushCompress};
use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::png::{self, Method, Pixels};
use super::{failed, filter, row_len};
use crate::error::Problem;

/// Rows of a band: so many that a new beginning costs little, so few that a line of text touches few rows beside its own.
const BAND_ROWS: usize = 32;

/// Bands are worth keeping where they are an eighth of the pixels at the most: a photograph's are not.
pub const SHARE: usize = 8;

/// Bytes of bands for each hundred of the same picture in one piece.
const MAX_PERCENT: usize = 103;

/// Bytes of a chunk beside what is in it (§5.3).
const CHUNK_BYTES: usize = 12;

/// zlib's header of a 32 KiB window and the usual level (RFC 1950 §2.2).
const ZLIB_HEADER: [u8; 2] = [0x78, 0x9C];

/// The last block of the stream: empty, with fixed codes.
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// A base, compressed.
pub struct Bands {
    pixels: Pixels,
    adaptive: bool,
    bands: Vec<Band>,
}

/// Some rows: deflated, and what the checksum of the whole needs of them.
struct Band {
    deflated: Vec<u8>,
    adler: u32,
    bytes: usize,
}

impl Bands {
    /// Compresses a base; none where that is not worth keeping.
    ///
    /// # Errors
    /// `Fault::Ours` if an encoder refuses, which a [`Pixmap`] cannot make it do.
    pub fn new(base: &Pixmap) -> Result<Option<Self>, Problem> {
        let mut pixels = png::survey(base.pixels());
        let method = Method::choose(&mut pixels, base)?;
        if method.is_for_photos() {
            return Ok(None);
        }
        pixels.make_room();
        let adaptive = method.is_adaptive();
        let rows = base.pixels().chunks(BAND_ROWS.saturating_mul(row_len(base)));
        let bands = rows.map(|rows| Band::new(rows, row_len(base), &mut pixels, adaptive));
        let bands = bands.collect::<Result<Vec<_>, _>>()?;
        let bytes: usize = bands.iter().map(|band| band.deflated.len().saturating_add(CHUNK_BYTES)).sum();
        Ok((bytes <= base.data().len() / SHARE).then_some(Self { pixels, adaptive, bands }))
    }

    /// Whether the file of the base itself is hardly larger than in one piece. Flat art repeats itself over many rows: where
    /// bands lose that, the whole is the better file.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn is_small(&self, base: &Pixmap) -> Result<bool, Problem> {
        let bytes: usize = self.bands.iter().map(|band| band.deflated.len().saturating_add(CHUNK_BYTES)).sum();
        Ok(bytes.saturating_mul(100) <= png::encode(base)?.len().saturating_mul(MAX_PERCENT))
    }

    /// Encodes a picture that was drawn on the base; none where its colours cannot be stored as those of the base are.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn encode(&self, base: &Pixmap, picture: &Pixmap) -> Result<Option<Vec<u8>>, Problem> {
        if (base.width(), base.height()) != (picture.width(), picture.height()) {
            return Ok(None);
        }
        let width = row_len(base);
        let mut pixels = self.pixels.clone();
        let (before, after) = (base.pixels().chunks(BAND_ROWS.saturating_mul(width)), picture.pixels());
        let mut bands = Vec::with_capacity(self.bands.len());
        for ((kept, before), after) in self.bands.iter().zip(before).zip(after.chunks(BAND_ROWS.saturating_mul(width)))
        {
            if equal(before, after, width) {
                bands.push(Part::Kept(kept));
            } else if pixels.takes(after) {
                bands.push(Part::New(Band::new(after, width, &mut pixels, self.adaptive)?));
            } else {
                return Ok(None);
            }
        }
        write(&pixels, picture, &bands).map(Some)
    }
}

/// A band of a picture.
enum Part<'a> {
    Kept(&'a Band),
    New(Band),
}

impl Part<'_> {
    const fn band(&self) -> &Band {
        match self {
            Self::Kept(band) => band,
            Self::New(band) => band,
        }
    }
}

impl Band {
    fn new(rows: &[PremultipliedColorU8], width: usize, pixels: &mut Pixels, adaptive: bool) -> Result<Self, Problem> {
        let mut filter = filter::Filter::new(pixels.channels(), adaptive);
        let (mut packed, mut filtered) = (Vec::new(), Vec::new());
        for row in rows.chunks_exact(width) {
            packed.clear();
            pixels.row(row, &mut packed);
            filter.row(&packed, &mut filtered);
        }
        let mut deflated = Vec::with_capacity(filtered.len().saturating_add(filtered.len() / 64).saturating_add(1_024));
        let mut compress = Compress::new(Compression::new(6), false);
        compress.compress_vec(&filtered, &mut deflated, FlushCompress::Sync).map_err(failed)?;
        if usize::try_from(compress.total_in()) != Ok(filtered.len()) || deflated.len() == deflated.capacity() {
            return Err(failed("deflate needs more room than it may"));
        }
        deflated.shrink_to_fit();
        Ok(Self { deflated, adler: simd_adler32::adler32(&filtered.as_slice()), bytes: filtered.len() })
    }
}

/// Whether two pieces have the same pixels: row by row, without a branch within a row, so that it becomes SIMD.
fn equal(one: &[PremultipliedColorU8], other: &[PremultipliedColorU8], width: usize) -> bool {
    let differs = |(one, other): (&PremultipliedColorU8, &PremultipliedColorU8)| {
        (one.red() ^ other.red())
            | (one.green() ^ other.green())
            | (one.blue() ^ other.blue())
            | (one.alpha() ^ other.alpha())
    };
    one.len() == other.len()
        && one
            .chunks(width)
            .zip(other.chunks(width))
            .all(|(one, other)| one.iter().zip(other).map(differs).fold(0, |sum, differs| sum | differs) == 0)
}

/// Puts a file together: each band an IDAT chunk, zlib's header before the first and its end after the last.
fn write(pixels: &Pixels, picture: &Pixmap, bands: &[Part<'_>]) -> Result<Vec<u8>, Problem> {
    let mut file = Vec::with_capacity(bands.iter().map(|part| part.band().deflated.len().saturating_add(64)).sum());
    let encoder = png::encoder(&mut file, pixels, picture.width(), picture.height())?;
    let mut writer = encoder.write_header().map_err(failed)?;
    let mut adler = 1;
    let mut chunk = Vec::new();
    for (index, part) in bands.iter().enumerate() {
        let band = part.band();
        adler = combine(adler, band.adler, band.bytes);
        let (first, last) = (index == 0, index.saturating_add(1) == bands.len());
        if !first && !last {
            writer.write_chunk(::png::chunk::IDAT, &band.deflated).map_err(failed)?;
            continue;
        }
        chunk.clear();
        if first {
            chunk.extend(ZLIB_HEADER);
        }
        chunk.extend_from_slice(&band.deflated);
        if last {
            chunk.extend(LAST_BLOCK);
            chunk.extend(adler.to_be_bytes());
        }
        writer.write_chunk(::png::chunk::IDAT, &chunk).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(file)
}

/// Adler-32 of two pieces, one after the other, of which the second has so many bytes: as zlib's `adler32_combine`.
fn combine(first: u32, second: u32, bytes: usize) -> u32 {
    const BASE: u64 = 65_521;
    let halves = |adler: u32| (u64::from(adler & 0xFFFF), u64::from(adler >> 16));
    let ((a1, b1), (a2, b2)) = (halves(first), halves(second));
    let bytes = u64::try_from(bytes).unwrap_or(0) % BASE;
    // Every sum of the second piece began at 1, and begins at `a1` in truth.
    let gain = a1.wrapping_add(BASE).wrapping_sub(1) % BASE;
    let a = a2.wrapping_add(gain) % BASE;
    let b = b1.wrapping_add(b2).wrapping_add(bytes.wrapping_mul(gain)) % BASE;
    u32::try_from(b << 16 | a).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// xorshift: chance that is the same every time.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, count: u32) -> u32 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            u32::try_from(self.0 >> 33).unwrap() % count
        }
    }

    fn decoded(file: &[u8]) -> Pixmap {
        // Ours is strict: it checks the checksums of all chunks and of the stream.
        crate::image::decode(file, &crate::limits::Limits::default()).unwrap()
    }

    #[test]
    fn checksums_are_combined() {
        let mut chance = Chance(1);
        let bytes: Vec<u8> = (0..200_000).map(|_| chance.below(256) as u8).collect();
        for cut in [0, 1, 5_552, 65_520, 65_521, 65_522, 131_042, 199_999, 200_000] {
            let (one, other) = bytes.split_at(cut);
            let parts = [one, other].map(|part| simd_adler32::adler32(&part));
            assert_eq!(combine(parts[0], parts[1], other.len()), simd_adler32::adler32(&bytes.as_slice()), "{cut}");
        }
        assert_eq!(combine(1, 0xFFF0_FFF0, 1), 0xFFF0_FFF0);
    }

    /// A base of so many colours: 0 for a gradient, with alpha where it is clear.
    fn base(width: u32, height: u32, colors: u32, clear: bool, chance: &mut Chance) -> Pixmap {
        let mut base = Pixmap::new(width, height).unwrap();
        for (index, pixel) in (0..).zip(base.pixels_mut()) {
            let (x, y) = (index % width, index / width);
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
        let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
        let (mut banded, mut plain) = (0, 0);
        for (width, height) in [(1, 1), (7, 31), (64, 32), (65, 33), (200, 257), (33, 64)] {
            for (colors, clear) in [(1, false), (2, true), (13, false), (200, false), (0, false), (0, true)] {
                let base = base(width, height, colors, clear, &mut chance);
                let Some(bands) = Bands::new(&base).unwrap() else { continue };
                for _ in 0..6 {
                    let mut picture = base.clone();
                    for _ in 0..chance.below(4) {
                        let (top, rows) = (chance.below(height), chance.below(40));
                        let color = chance.below(90) as u8;
                        for (index, pixel) in (0..).zip(picture.pixels_mut()) {
                            let y = index / width;
                            if (top..top + rows).contains(&y) && chance.below(3) == 0 {
                                let shade = color.wrapping_add(chance.below(20) as u8);
                                *pixel = PremultipliedColorU8::from_rgba(shade, shade, shade / 2, 255).unwrap();
                            }
                        }
                    }
                    match bands.encode(&base, &picture).unwrap() {
                        Some(file) => {
                            banded += 1;
                            assert!(decoded(&file) == picture, "{width} x {height}, {colors} colours");
                        }
                        None => plain += 1,
                    }
                }
            }
        }
        assert!(banded > 100 && plain < banded, "{banded} and {plain}");
    }

    #[test]
    fn the_same_picture_is_the_same_file() {
        let base = base(90, 90, 0, false, &mut Chance(7));
        let bands = Bands::new(&base).unwrap().unwrap();
        let file = bands.encode(&base, &base).unwrap();
        assert_eq!(file, Bands::new(&base).unwrap().unwrap().encode(&base, &base).unwrap());
    }
}
