//! The whole file of a PNG: its chunks, from the signature to the end (§5.6).

use crc32fast::Hasher;
use tiny_skia::Pixmap;

use super::chunk;
use super::color_type::ColorType;
use super::strip::Strip;
use super::zlib;

/// The first bytes of a file (§5.2).
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1A\n";

/// The type of the chunk of pixels (§11.2.4).
const IDAT: &[u8; 4] = b"IDAT";

/// Puts together the file of a picture from its strips, top to bottom.
pub fn assemble(color_type: &ColorType, picture: &Pixmap, strips: &[&Strip]) -> Vec<u8> {
    let mut file = SIGNATURE.to_vec();
    header(&mut file, color_type, picture);
    pixels(&mut file, strips);
    chunk::write(&mut file, b"IEND", &[]);
    file
}

/// Appends all chunks before the pixels.
fn header(file: &mut Vec<u8>, color_type: &ColorType, picture: &Pixmap) {
    let [width, height] = [picture.width(), picture.height()].map(u32::to_be_bytes);
    // Deflate, the five row filters, not interlaced.
    let storage = [color_type.bit_depth().bits(), color_type.number(), 0, 0, 0];
    chunk::write(file, b"IHDR", &[width.as_slice(), &height, &storage].concat());
    // The rendering intent is perceptual.
    chunk::write(file, b"sRGB", &[0]);
    if let ColorType::Indexed(palette) = color_type {
        chunk::write(file, b"PLTE", &palette.rgba().flat_map(|[r, g, b, _]| [r, g, b]).collect::<Vec<u8>>());
        let mut alphas: Vec<u8> = palette.rgba().map(|[.., a]| a).collect();
        // The alphas of opaque colours at the end are left out (§11.3.1.1).
        alphas.truncate(alphas.iter().rposition(|&alpha| alpha < 255).map_or(0, |last| last.saturating_add(1)));
        if !alphas.is_empty() {
            chunk::write(file, b"tRNS", &alphas);
        }
    }
}

/// Appends one IDAT chunk: a zlib stream of all strips. Its checksums are combined from theirs.
fn pixels(file: &mut Vec<u8>, strips: &[&Strip]) {
    let deflated: usize = strips.iter().map(|strip| strip.deflated.len()).sum();
    let length = deflated.saturating_add(zlib::HEADER.len()).saturating_add(zlib::LAST_BLOCK.len()).saturating_add(4);
    // This chunk and the last one.
    file.reserve_exact(length.saturating_add(2 * chunk::EXTRA_BYTES));
    file.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    let (mut crc, mut adler) = (Hasher::new(), zlib::EMPTY);
    let begin = [IDAT.as_slice(), &zlib::HEADER].concat();
    crc.update(&begin);
    file.extend(begin);
    for strip in strips {
        adler = zlib::combine(adler, strip.adler, strip.bytes);
        crc.combine(&strip.crc);
        file.extend_from_slice(&strip.deflated);
    }
    let end = [zlib::LAST_BLOCK.as_slice(), &adler.to_be_bytes()].concat();
    crc.update(&end);
    file.extend(end);
    file.extend(crc.finalize().to_be_bytes());
}
