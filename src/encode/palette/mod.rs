//! A picture in fewer colours: a palette of its own, and Floyd–Steinberg dithering between its colours.
//!
//! What is flat stays flat: the colours of large areas are in the palette as they are, and such a pixel neither takes the error of its
//! neighbours nor leaves one. Alpha is never dithered: opaque pixels stay opaque and clear ones clear, and those of an edge or a soft
//! shadow become the nearest that there is, so that they stay smooth.
//!
//! Memory: a few rows, and at most [`MAX_SAMPLES`] points. The picture is changed in its place.

use std::collections::BTreeMap;

mod clusters;
pub mod colors;

use self::clusters::{Nearest, Point};
use self::colors::{Colors, MAX_COLORS, key};
use super::{pixel, row_len};
use crate::error::Problem;
use quantette::color_space::{oklab_to_srgb8, srgb8_to_oklab};
use quantette::deps::palette::{Oklab, Srgb};
use tiny_skia::{ColorU8, Pixmap, PremultipliedColorU8};

/// Pixels that the palette is made of; a larger picture is sampled. 1 MB.
const MAX_SAMPLES: usize = 64 * 1024;

/// Flat colours that are counted; what comes later is none.
const MAX_FLAT: usize = 4_096;

/// A colour is flat if it covers one of so many pixels with areas of it.
const FLAT_SHARE: usize = 512;

/// How much of an error goes on to the neighbours: all of it makes noise that is worse than what it mends.
const DIFFUSED: f32 = 0.875;

/// The square of the distance in Oklab up to which an error is dropped: a level of 255. From 0.005 on, gradients have bands; without
/// it, a third of a photograph's file is noise that mends what no one sees.
const UNSEEN: f32 = 0.004 * 0.004;

/// Leaves at most `colors` (2 to 256) different pixels.
///
/// # Errors
/// `Fault::Ours`; there is no picture that has one.
pub fn quantize(picture: &mut Pixmap, colors: usize) -> Result<(), Problem> {
    let colors = colors.clamp(2, MAX_COLORS);
    if count(picture.pixels(), colors).is_some() {
        return Ok(());
    }
    let palette = Palette::new(picture, colors)?;
    palette.dither(picture);
    Ok(())
}

/// How many different pixels there are, where they are at most `most`.
fn count(pixels: &[PremultipliedColorU8], most: usize) -> Option<usize> {
    let mut colors = Colors::new();
    let few = pixels.iter().all(|&pixel| colors.index(key(pixel)).is_some_and(|index| usize::from(index) < most));
    few.then(|| colors.keys().len())
}

/// The places of pixels.
fn points(pixels: &[PremultipliedColorU8]) -> impl Iterator<Item = Point> {
    let straight: Vec<_> = pixels.iter().map(|&pixel| pixel::demultiply(pixel)).collect();
    let colors: Vec<_> = straight.iter().map(|&[r, g, b, _]| Srgb::new(r, g, b)).collect();
    srgb8_to_oklab(&colors).into_iter().zip(straight).map(|(Oklab { l, a, b, .. }, [.., alpha])| {
        let alpha = f32::from(alpha) / 255.0;
        [l * alpha, a * alpha, b * alpha, alpha]
    })
}

/// The pixel at a place.
fn pixel([l, a, b, alpha]: Point) -> PremultipliedColorU8 {
    let share = if alpha > 0.0 { alpha } else { 1.0 };
    let color = oklab_to_srgb8(&[Oklab::new(l / share, a / share, b / share)]);
    let Some(&Srgb { red, green, blue, .. }) = color.first() else { return PremultipliedColorU8::TRANSPARENT };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    let alpha = (alpha * 255.0 + 0.5) as u8;
    ColorU8::from_rgba(red, green, blue, alpha).premultiply()
}

/// The colours of the areas that are of one colour, the largest first, and at most so many.
fn flat(picture: &Pixmap, most: usize) -> Vec<PremultipliedColorU8> {
    let width = row_len(picture);
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

/// The colours of a picture, opaque ones first.
struct Palette {
    colors: Vec<(PremultipliedColorU8, Point)>,
    /// The keys of those that stay what they are, sorted.
    flat: Vec<u32>,
    /// Finds one for an opaque pixel.
    opaque: Option<Nearest>,
    /// Finds one for any other pixel.
    any: Nearest,
}

impl Palette {
    fn new(picture: &Pixmap, colors: usize) -> Result<Self, Problem> {
        let clear = picture.pixels().iter().any(|pixel| pixel.alpha() == 0);
        let mut kept = flat(picture, colors / 2);
        if clear && !kept.contains(&PremultipliedColorU8::TRANSPARENT) {
            kept.truncate((colors / 2).saturating_sub(1));
            kept.push(PremultipliedColorU8::TRANSPARENT);
        }
        let mut flat: Vec<_> = kept.iter().map(|&pixel| key(pixel)).collect();
        flat.sort_unstable();
        let (kept_opaque, kept_rest): (Vec<_>, Vec<_>) = kept.iter().partition(|pixel| pixel.alpha() == 255);

        // The others share what is left, in opaque ones and those that are partly there.
        let all = picture.pixels();
        let step = all.len().div_ceil(MAX_SAMPLES).max(1);
        let sample: Vec<_> =
            all.iter().step_by(step).copied().filter(|&pixel| flat.binary_search(&key(pixel)).is_err()).collect();
        let (opaque, rest): (Vec<_>, Vec<_>) = sample.iter().partition(|pixel| pixel.alpha() == 255);
        let (mut opaque, mut rest): (Vec<_>, Vec<_>) = (points(&opaque).collect(), points(&rest).collect());
        let free = colors.saturating_sub(kept.len());
        let partly = share(free, rest.len(), opaque.len());
        let kept_opaque: Vec<_> = kept_opaque.iter().copied().zip(points(&kept_opaque)).collect();
        let kept_rest: Vec<_> = kept_rest.iter().copied().zip(points(&kept_rest)).collect();
        let place = |kept: &[(PremultipliedColorU8, Point)]| kept.iter().map(|(_, point)| *point).collect::<Vec<_>>();
        let opaque = clusters::means(&mut opaque, &place(&kept_opaque), free.saturating_sub(partly))?;
        let rest = clusters::means(&mut rest, &place(&kept_rest), partly)?;

        // What a pixel becomes is where the palette's pixel is, not where the mean was.
        let new = |means: Vec<Point>| {
            let pixels: Vec<_> = means.into_iter().map(pixel).collect();
            let places: Vec<_> = points(&pixels).collect();
            pixels.into_iter().zip(places)
        };
        let opaque: Vec<_> = kept_opaque.into_iter().chain(new(opaque)).collect();
        let nearest = if opaque.is_empty() { None } else { Some(Nearest::new(&place(&opaque))?) };
        let colors: Vec<_> = opaque.into_iter().chain(kept_rest).chain(new(rest)).collect();
        Ok(Self { any: Nearest::new(&place(&colors))?, opaque: nearest, flat, colors })
    }

    /// Replaces every pixel, row by row, to the right and to the left in turns, so that errors do not all flow one way.
    fn dither(&self, picture: &mut Pixmap) {
        let width = row_len(picture);
        // The errors of this row and of the next one, with a place before the first pixel and one behind the last.
        let mut errors = [(); 2].map(|()| vec![[0.0_f32; 3]; width.saturating_add(2)]);
        let mut leftwards = false;
        for row in picture.pixels_mut().chunks_exact_mut(width) {
            let places: Vec<_> = points(row).collect();
            let [here, next] = &mut errors;
            let pixels = row.iter_mut().zip(places).enumerate();
            if leftwards {
                pixels.rev().for_each(|(x, (pixel, place))| {
                    let error = self.replace(pixel, place, here.get(x.saturating_add(1)));
                    spread(error, x, [here, next], [2, 1, 0]);
                });
            } else {
                pixels.for_each(|(x, (pixel, place))| {
                    let error = self.replace(pixel, place, here.get(x.saturating_add(1)));
                    spread(error, x, [here, next], [0, 1, 2]);
                });
            }
            here.fill([0.0; 3]);
            errors.swap(0, 1);
            leftwards = !leftwards;
        }
    }

    /// Replaces a pixel; returns what it is short of.
    fn replace(
        &self,
        pixel: &mut PremultipliedColorU8,
        [l, a, b, alpha]: Point,
        error: Option<&[f32; 3]>,
    ) -> Option<[f32; 3]> {
        if self.flat.binary_search(&key(*pixel)).is_ok() {
            return None;
        }
        // What is hardly there takes hardly any error.
        let [to_l, to_a, to_b] = error.map_or([0.0; 3], |error| error.map(|error| error * alpha));
        let wanted = [l + to_l, a + to_a, b + to_b, alpha];
        let nearest = self.opaque.as_ref().filter(|_| pixel.alpha() == 255).unwrap_or(&self.any).of(wanted);
        let &(color, [l, a, b, _]) = self.colors.get(nearest)?;
        *pixel = color;
        let [from_l, from_a, from_b, _] = wanted;
        let short = [from_l - l, from_a - a, from_b - b];
        let seen = short.iter().map(|short| short * short).sum::<f32>() > UNSEEN;
        seen.then(|| short.map(|short| short * DIFFUSED))
    }
}

/// How many of the `free` colours go to the pixels that are partly there: in proportion to the square roots of the counts (both counts
/// are of one sample), so that a thin edge has more than its share.
fn share(free: usize, partly: usize, opaque: usize) -> usize {
    if partly == 0 || opaque == 0 {
        return if partly == 0 { 0 } else { free };
    }
    let (one, other) = (partly.isqrt().max(1), opaque.isqrt().max(1));
    let share = free.saturating_mul(one) / one.saturating_add(other).max(1);
    share.clamp(1, free.saturating_sub(1).max(1))
}

/// Hands an error to the neighbours that come later (Floyd and Steinberg 1976): `columns` are those behind, below and ahead of pixel
/// `x`, in vectors with one place before the first pixel.
#[inline]
fn spread(error: Option<[f32; 3]>, x: usize, [here, next]: [&mut [[f32; 3]]; 2], [behind, below, ahead]: [usize; 3]) {
    let Some(error) = error else { return };
    let give = |row: &mut [[f32; 3]], column: usize, sixteenths: f32| {
        if let Some(place) = row.get_mut(x.saturating_add(column)) {
            place.iter_mut().zip(error).for_each(|(place, error)| *place += error * (sixteenths / 16.0));
        }
    };
    give(here, ahead, 7.0);
    give(next, behind, 3.0);
    give(next, below, 5.0);
    give(next, ahead, 1.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A photograph's disc with a soft edge on nothing, over a flat bar.
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
    fn has_so_many_colours_and_keeps_what_it_must() {
        let before = picture();
        for colors in [2, 3, 5, 16, 17, 100, 255, 256] {
            let mut after = before.clone();
            quantize(&mut after, colors).unwrap();
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
            // On average over 8 × 8 px it is what it was: that is what dithering is for.
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
    fn few_colours_stay_what_they_are() {
        let mut picture = Pixmap::new(16, 16).unwrap();
        for (level, pixel) in (0..=255).zip(picture.pixels_mut()) {
            *pixel = PremultipliedColorU8::from_rgba(level, 0, 0, 255).unwrap();
        }
        let mut same = picture.clone();
        quantize(&mut same, 256).unwrap();
        assert_eq!(same, picture);
        quantize(&mut same, 255).unwrap();
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
                quantize(&mut fewer, colors).unwrap();
                assert!(count(fewer.pixels(), colors.clamp(2, 256)).is_some(), "{width} x {height}, {colors}");
            }
        }
    }
}
