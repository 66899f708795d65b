//! The flat colours of a picture: those that fill areas.

use std::collections::BTreeMap;

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::colors::key;
use crate::pixel;

/// Most flat colours that are counted; those that come later are not.
const MAX_FLAT: usize = 4_096;

/// A colour is flat if its areas cover at least 1 of this many pixels.
const FLAT_SHARE: usize = 512;

/// The colours that cover large areas, the largest area first, at most `most`.
pub fn flat(picture: &Pixmap, most: usize) -> Vec<PremultipliedColorU8> {
    let width = pixel::per_row(picture);
    let pixels = picture.pixels();
    let mut areas: BTreeMap<u32, (usize, PremultipliedColorU8)> = BTreeMap::new();
    let below = pixels.get(width..).unwrap_or_default();
    for (above, row) in pixels.chunks_exact(width).zip(below.chunks_exact(width)) {
        let inner = row.iter().zip(row.iter().skip(1)).zip(above.iter().skip(1));
        let mut runs =
            inner.filter(|((left, here), above)| here == left && here == above).map(|((_, here), _)| *here).peekable();
        while let Some(first) = runs.next() {
            let mut length = 1_usize;
            while runs.next_if_eq(&first).is_some() {
                length = length.saturating_add(1);
            }
            if areas.len() < MAX_FLAT || areas.contains_key(&key(first)) {
                let (pixels, _) = areas.entry(key(first)).or_insert((0, first));
                *pixels = pixels.saturating_add(length);
            }
        }
    }
    let mut areas: Vec<_> =
        areas.into_values().filter(|(area, _)| area.saturating_mul(FLAT_SHARE) >= pixels.len()).collect();
    areas.sort_by_key(|(area, pixel)| (std::cmp::Reverse(*area), key(*pixel)));
    areas.into_iter().take(most).map(|(_, pixel)| pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_flat_and_noise_is_not() {
        let mut picture = Pixmap::new(64, 64).unwrap();
        let color = |level: usize| PremultipliedColorU8::from_rgba(level.to_le_bytes()[0], 0, 9, 255).unwrap();
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            *pixel = match at / 64 {
                0..20 => color(250),
                20..30 => color(251),
                _ => color(at % 200),
            };
        }
        assert_eq!(flat(&picture, 9), [color(250), color(251)]);
        assert_eq!(flat(&picture, 1), [color(250)]);
    }
}
