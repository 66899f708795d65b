//! Each pixel becomes the nearest colour, without dithering: flat art stays flat, and files small.

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::choice::Choice;
use super::colors::key;
use super::oklab::points;
use crate::pixel;

/// Number of pixels whose colours are remembered, as a power of two: 32 kB.
const KNOWN_BITS: u32 = 12;

/// Replaces each pixel by the nearest of the chosen colours; flat ones stay as they are.
pub fn replace(picture: &mut Pixmap, choice: &mut Choice) {
    let width = pixel::per_row(picture);
    // Most pixels of a row were in one above it.
    let mut known: Vec<Option<(PremultipliedColorU8, PremultipliedColorU8)>> = vec![None; 1 << KNOWN_BITS];
    for row in picture.pixels_mut().chunks_exact_mut(width) {
        replace_row(row, choice, &mut known);
    }
}

#[inline(never)] // V8 replaces code that it compiled in a hurry only when it is called again
fn replace_row(
    row: &mut [PremultipliedColorU8],
    choice: &mut Choice,
    known: &mut [Option<(PremultipliedColorU8, PremultipliedColorU8)>],
) {
    let mut new = Vec::new();
    for (x, pixel) in row.iter_mut().enumerate() {
        match known.get(slot(*pixel)).copied().flatten() {
            Some((before, after)) if before == *pixel => *pixel = after,
            _ => new.push((x, *pixel)),
        }
    }
    let pixels: Vec<_> = new.iter().map(|(_, pixel)| *pixel).collect();
    for ((x, pixel), point) in new.into_iter().zip(points(&pixels)) {
        let color = match choice.is_flat(pixel) {
            true => pixel,
            false => choice.nearest(point, pixel.alpha() == 255).map_or(pixel, |(color, _)| color),
        };
        if let (Some(place), Some(slot)) = (row.get_mut(x), known.get_mut(slot(pixel))) {
            (*place, *slot) = (color, Some((pixel, color)));
        }
    }
}

/// Where the colour of a pixel is remembered: Fibonacci hashing (Knuth 6.4).
fn slot(pixel: PremultipliedColorU8) -> usize {
    let hash = key(pixel).wrapping_mul(0x9E37_79B1);
    usize::try_from(hash >> 32_u32.wrapping_sub(KNOWN_BITS)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_become_the_nearest_colours() {
        let color = |level| PremultipliedColorU8::from_rgba(level, level, level, 255).unwrap();
        let mut picture = Pixmap::new(16, 16).unwrap();
        picture.pixels_mut().iter_mut().zip(0..=255).for_each(|(pixel, level)| *pixel = color(level));
        let mut choice = Choice::exact(&[color(10), color(200)]);
        replace(&mut picture, &mut choice);
        for (was, is) in (0..=255_u8).zip(picture.pixels()) {
            // Half way in Oklab is half way in lightness.
            let expected = if was < 97 { 10 } else { 200 };
            assert!(is.red() == expected || was.abs_diff(97) < 12, "{was}: {is:?}");
        }
    }
}
