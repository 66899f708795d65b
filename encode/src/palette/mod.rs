//! A picture reduced to a palette of its own, with dithering between its colours.
//!
//! Colours of large areas stay exactly as they are. Opaque pixels stay opaque and clear pixels
//! clear; those of an edge or a soft shadow become the nearest colour with alpha.
//!
//! Memory: a few rows and the points of a sample. The picture is changed in its place.

pub mod choice;
mod clusters;
pub mod coarse;
pub mod colors;
pub mod dither;
mod flat;
pub mod nearest;
mod oklab;
pub mod replace;

use crate::error::Error;
use tiny_skia::{Pixmap, PremultipliedColorU8};

use self::choice::Choice;
use self::colors::{Colors, MAX_COLORS, key};

/// Reduces a picture to at most `colors` different pixels; `colors` is clamped to 2 to 256.
///
/// # Errors
/// [`Error`]; no picture is known to cause it.
pub fn reduce(picture: &mut Pixmap, colors: usize) -> Result<(), Error> {
    let colors = colors.clamp(2, MAX_COLORS);
    if count(picture.pixels(), colors).is_some() {
        return Ok(());
    }
    dither::dither(picture, &mut Choice::new(picture, colors));
    Ok(())
}

/// Number of different pixels; `None` if there are more than `most`.
fn count(pixels: &[PremultipliedColorU8], most: usize) -> Option<usize> {
    let mut colors = Colors::new();
    let few = pixels.iter().all(|&pixel| colors.index(key(pixel)).is_some_and(|index| usize::from(index) < most));
    few.then(|| colors.keys().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiny_skia::ColorU8;

    /// A disc of a photograph with a soft edge on a clear ground, over a flat bar.
    fn picture() -> Pixmap {
        let mut picture = Pixmap::new(120, 100).unwrap();
        for (at, pixel) in (0_u16..).zip(picture.pixels_mut()) {
            let (x, y) = (at % 120, at / 120);
            let [red, green] = [x * 2, y * 2].map(|level| level.to_le_bytes()[0]);
            let far = x.abs_diff(60).pow(2) + y.abs_diff(40).pow(2);
            let alpha = 255 - far.saturating_sub(900).min(255).to_le_bytes()[0];
            *pixel = ColorU8::from_rgba(red, green, red.wrapping_mul(31) % 60, alpha).premultiply();
            if y >= 80 {
                *pixel = PremultipliedColorU8::from_rgba(255, 87, 51, 255).unwrap();
            }
        }
        picture
    }

    #[test]
    fn keeps_flat_colours_alpha_and_averages() {
        let before = picture();
        for colors in [2, 3, 5, 16, 17, 100, 255, 256] {
            let mut after = before.clone();
            reduce(&mut after, colors).unwrap();
            let counted = count(after.pixels(), colors);
            assert!(counted.is_some_and(|count| count * 3 >= colors * 2), "{counted:?} of {colors}");
            for (was, is) in before.pixels().iter().zip(after.pixels()) {
                let [solid, clear] = [255, 0].map(|alpha| was.alpha() != alpha || is.alpha() == alpha);
                assert!(clear && (solid || colors < 5), "{colors}: {was:?} is {is:?}");
                assert!(
                    colors < 5 || was.green() != 87 || was.blue() != 51 || was == is,
                    "{colors}: {was:?} is {is:?}"
                );
                assert!(colors < 100 || was.alpha().abs_diff(is.alpha()) <= 32, "{colors}: {was:?} is {is:?}");
            }
            // The averages of 8 × 8 px stay the same: that is the purpose of dithering.
            let averages = |picture: &Pixmap| {
                let block = |x: usize, y: usize| {
                    let at = |n: usize| picture.pixels()[(y * 8 + n / 8) * 120 + x * 8 + n % 8];
                    (0..64).map(|n| i32::from(at(n).red()) + i32::from(at(n).green())).sum::<i32>() / 128
                };
                (4..11).flat_map(|x| (2..8).map(move |y| block(x, y))).collect::<Vec<_>>()
            };
            let worst = averages(&before).into_iter().zip(averages(&after)).map(|(was, is)| was.abs_diff(is)).max();
            assert!(colors < 16 || worst <= Some(if colors < 100 { 16 } else { 6 }), "{colors}: {worst:?}");
        }
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let mut picture = Pixmap::new(16, 16).unwrap();
        for (level, pixel) in (0..=255).zip(picture.pixels_mut()) {
            *pixel = PremultipliedColorU8::from_rgba(level, 0, 0, 255).unwrap();
        }
        let mut same = picture.clone();
        reduce(&mut same, 256).unwrap();
        assert_eq!(same, picture);
        reduce(&mut same, 255).unwrap();
        assert_ne!(same, picture);
    }

    #[test]
    fn pictures_of_any_size() {
        for (width, height) in [(1, 300), (300, 1), (2, 200), (17, 31)] {
            let mut picture = Pixmap::new(width, height).unwrap();
            for (at, pixel) in (0_u32..).zip(picture.pixels_mut()) {
                let [r, g, b, a] = at.wrapping_mul(0x9E37_79B1).to_le_bytes();
                *pixel = ColorU8::from_rgba(r, g, b, a).premultiply();
            }
            for colors in [0, 2, 9, 256, 1_000] {
                let mut fewer = picture.clone();
                reduce(&mut fewer, colors).unwrap();
                assert!(count(fewer.pixels(), colors.clamp(2, 256)).is_some(), "{width} x {height}, {colors}");
            }
        }
    }
}
