//! Floyd–Steinberg dithering: the error of each pixel is spread to its neighbours.
//!
//! Flat colours stay flat: such a pixel neither takes the error of its neighbours nor leaves one.
//! Alpha is not dithered, so that edges and soft shadows stay smooth.

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::choice::Choice;
use super::oklab::{Point, points};
use crate::pixel;

/// The share of an error that is spread: all of it makes noise that is worse than the error.
const DIFFUSED: f32 = 0.875;

/// The square of the distance in Oklab up to which an error is dropped: about one level of 255.
/// From 0.005 on, gradients show bands; with 0, a third of a photograph's file is noise that
/// corrects errors no one sees.
const INVISIBLE: f32 = 0.004 * 0.004;

/// Replaces each pixel by a chosen colour. Rows are read to the right and to the left in turns, so
/// that errors do not all flow one way.
pub fn dither(picture: &mut Pixmap, choice: &mut Choice) {
    let width = pixel::per_row(picture);
    // The errors of this row and of the next one, with an element before the first pixel and one
    // behind the last.
    let mut errors = [(); 2].map(|()| vec![[0.0_f32; 3]; width.saturating_add(2)]);
    let mut leftwards = false;
    for row in picture.pixels_mut().chunks_exact_mut(width) {
        let [here, next] = &mut errors;
        dither_row(row, choice, [here, next], leftwards);
        here.fill([0.0; 3]);
        errors.swap(0, 1);
        leftwards = !leftwards;
    }
}

/// Replaces the pixels of a row. `here` has the errors that it takes, `next` gets those of the next
/// row.
#[inline(never)] // V8 replaces code that it compiled in a hurry only when it is called again
fn dither_row(
    row: &mut [PremultipliedColorU8],
    choice: &mut Choice,
    [here, next]: [&mut [[f32; 3]]; 2],
    leftwards: bool,
) {
    // Flat pixels stay as they are; points of the others take most of the time.
    let busy: Vec<_> = row.iter_mut().enumerate().filter(|(_, pixel)| !choice.is_flat(**pixel)).collect();
    let wanted: Vec<_> = busy.iter().map(|(_, pixel)| **pixel).collect();
    let points: Vec<_> = points(&wanted).collect();
    let pixels = busy.into_iter().zip(points);
    if leftwards {
        pixels.rev().for_each(|((x, pixel), point)| {
            let error = replace(choice, pixel, point, here.get(x.saturating_add(1)));
            spread(error, x, [here, next], Columns { behind: 2, below: 1, ahead: 0 });
        });
    } else {
        pixels.for_each(|((x, pixel), point)| {
            let error = replace(choice, pixel, point, here.get(x.saturating_add(1)));
            spread(error, x, [here, next], Columns { behind: 0, below: 1, ahead: 2 });
        });
    }
}

/// Replaces a pixel that is not flat; returns the error to spread, in premultiplied Oklab, or `None` if there is
/// none.
fn replace(
    choice: &mut Choice,
    pixel: &mut PremultipliedColorU8,
    [l, a, b, alpha]: Point,
    error: Option<&[f32; 3]>,
) -> Option<[f32; 3]> {
    // A pixel that is almost transparent takes almost no error.
    let [to_l, to_a, to_b] = error.map_or([0.0; 3], |error| error.map(|error| error * alpha));
    let wanted = [l + to_l, a + to_a, b + to_b, alpha];
    let (color, [l, a, b, _]) = choice.nearest(wanted, pixel.alpha() == 255)?;
    *pixel = color;
    let [from_l, from_a, from_b, _] = wanted;
    let error = [from_l - l, from_a - a, from_b - b];
    let is_visible = error.iter().map(|error| error * error).sum::<f32>() > INVISIBLE;
    is_visible.then(|| error.map(|error| error * DIFFUSED))
}

/// The neighbours of a pixel, as columns to add to its own in rows with an element before the first
/// pixel.
struct Columns {
    behind: usize,
    below: usize,
    ahead: usize,
}

/// Adds an error to the neighbours of pixel `x` that come later, in its row and in the next one
/// (Floyd and Steinberg 1976).
#[inline]
fn spread(error: Option<[f32; 3]>, x: usize, [here, next]: [&mut [[f32; 3]]; 2], columns: Columns) {
    let Some(error) = error else { return };
    let add = |row: &mut [[f32; 3]], column: usize, sixteenths: f32| {
        if let Some(place) = row.get_mut(x.saturating_add(column)) {
            place.iter_mut().zip(error).for_each(|(place, error)| *place += error * (sixteenths / 16.0));
        }
    };
    add(here, columns.ahead, 7.0);
    add(next, columns.behind, 3.0);
    add(next, columns.below, 5.0);
    add(next, columns.ahead, 1.0);
}
