//! EXIF orientation (Exif 2.32, tag 0x0112): reading it and undoing it.
//!
//! Phones store the sensor's picture and record how the phone was held. A portrait that lies on its
//! side is the commonest fault of a home-made template engine.

use super::header::blank;
use crate::error::Problem;
use tiny_skia::Pixmap;

/// Number of rows that are turned at once.
const BAND_ROWS: usize = 16;

/// The transform that makes the stored picture upright, in EXIF's order 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orientation {
    /// 1: nothing.
    Upright,
    /// 2: mirror left and right.
    Mirror,
    /// 3: turn by 180°.
    HalfTurn,
    /// 4: mirror top and bottom.
    Flip,
    /// 5: mirror across the falling diagonal.
    Transpose,
    /// 6: turn by 90° clockwise.
    QuarterTurn,
    /// 7: mirror across the rising diagonal.
    Transverse,
    /// 8: turn by 90° counter-clockwise.
    CounterTurn,
}

impl Orientation {
    /// Whether width and height are swapped.
    pub(super) const fn swaps_sides(self) -> bool {
        matches!(self, Self::Transpose | Self::QuarterTurn | Self::Transverse | Self::CounterTurn)
    }
}

impl Orientation {
    /// Its number in EXIF, 1 to 8.
    const fn number(self) -> u8 {
        match self {
            Self::Upright => 1,
            Self::Mirror => 2,
            Self::HalfTurn => 3,
            Self::Flip => 4,
            Self::Transpose => 5,
            Self::QuarterTurn => 6,
            Self::Transverse => 7,
            Self::CounterTurn => 8,
        }
    }
}

/// EXIF with nothing but the orientation of other EXIF. `None` if that has none, or is upright.
pub(super) fn only_orientation(exif: &[u8]) -> Option<Vec<u8>> {
    let orientation = from_exif(exif).filter(|orientation| *orientation != Orientation::Upright)?;
    // One directory with one entry: tag 0x0112, a SHORT, one of it; no further directory.
    let entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation.number(), 0, 0];
    Some([b"MM\0\x2A\0\0\0\x08\0\x01".as_slice(), &entry, &[0; 4]].concat())
}

/// The first bytes of an APP1 segment's payload with EXIF.
pub(super) const EXIF: &[u8] = b"Exif\0\0";

/// Reads the orientation from EXIF, with or without the name of its segment (PNG's eXIf has none,
/// though some encoders write it). `None` if it has no orientation.
pub(super) fn from_exif(exif: &[u8]) -> Option<Orientation> {
    let tiff = exif.strip_prefix(EXIF).unwrap_or(exif);
    let big_endian = match tiff.get(..4)? {
        b"II\x2A\0" => false,
        b"MM\0\x2A" => true,
        _ => return None,
    };
    let number = |bytes: &[u8]| {
        let digits = bytes.iter().map(|&byte| u32::from(byte));
        let join = |sum: u32, digit: u32| (sum << 8) | digit;
        if big_endian { digits.fold(0, join) } else { digits.rev().fold(0, join) }
    };
    let directory = tiff.get(usize::try_from(number(tiff.get(4..8)?)).ok()?..)?;
    let entries = usize::try_from(number(directory.get(..2)?)).ok()?;
    let entry =
        directory.get(2..)?.chunks_exact(12).take(entries).find(|entry| entry.get(..2).map(number) == Some(0x0112))?;
    // A SHORT is in the first two bytes of the value field, in either byte order.
    match number(entry.get(8..10)?) {
        1 => Some(Orientation::Upright),
        2 => Some(Orientation::Mirror),
        3 => Some(Orientation::HalfTurn),
        4 => Some(Orientation::Flip),
        5 => Some(Orientation::Transpose),
        6 => Some(Orientation::QuarterTurn),
        7 => Some(Orientation::Transverse),
        8 => Some(Orientation::CounterTurn),
        _ => None,
    }
}

/// Turns a picture upright: in place if its sides keep their lengths, otherwise through one copy.
pub(super) fn upright(mut picture: Pixmap, orientation: Orientation) -> Result<Pixmap, Problem> {
    if orientation.swaps_sides() {
        picture = transpose(&picture)?;
    }
    match orientation {
        Orientation::Upright | Orientation::Transpose => {}
        Orientation::Mirror | Orientation::QuarterTurn => mirror(&mut picture),
        Orientation::Flip | Orientation::CounterTurn => flip(&mut picture),
        Orientation::HalfTurn | Orientation::Transverse => picture.pixels_mut().reverse(),
    }
    Ok(picture)
}

/// Mirrors left and right.
fn mirror(picture: &mut Pixmap) {
    let width = row_len(picture);
    picture.pixels_mut().chunks_exact_mut(width).for_each(<[_]>::reverse);
}

/// Mirrors top and bottom.
fn flip(picture: &mut Pixmap) {
    let width = row_len(picture);
    let mut rows = picture.pixels_mut().chunks_exact_mut(width);
    while let (Some(top), Some(bottom)) = (rows.next(), rows.next_back()) {
        top.swap_with_slice(bottom);
    }
}

/// Transposes a picture by a few rows at a time, so that the source stays in the processor's cache.
fn transpose(picture: &Pixmap) -> Result<Pixmap, Problem> {
    let mut turned = blank(picture.height(), picture.width())?;
    let (from, to) = (row_len(picture), row_len(&turned));
    for (top, band) in (0_usize..).step_by(BAND_ROWS).zip(picture.pixels().chunks(from.saturating_mul(BAND_ROWS))) {
        for (x, row) in turned.pixels_mut().chunks_exact_mut(to).enumerate() {
            for (out, pixel) in row.iter_mut().skip(top).zip(band.iter().skip(x).step_by(from)) {
                *out = *pixel;
            }
        }
    }
    Ok(turned)
}

/// Pixels in a row; a [`Pixmap`] is never empty.
fn row_len(picture: &Pixmap) -> usize {
    usize::try_from(picture.width()).unwrap_or(usize::MAX).max(1)
}
