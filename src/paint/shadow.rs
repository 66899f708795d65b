//! Shadows: the alpha of an item, blurred, tinted and drawn below the item.
//!
//! The blur is that of SVG and browsers (SVG 1.1 §15.17): three box blurs in each direction, which
//! are within 3 % of a Gaussian. Integer sums make it the same on every platform, and its time does
//! not depend on the radius.

use tiny_skia::{IntRect, Path, Transform};

use crate::color::Color;

use super::blend::{Tints, of_255};
use super::surface::{self, Surface, intersect};

/// Alpha over a part of the canvas, one byte a pixel.
pub struct Silhouette {
    /// The part of the canvas, in output px.
    pub bounds: IntRect,
    /// Rows from the top.
    pub alpha: Vec<u8>,
}

/// The distance in px that a blur with this standard deviation (output px) spreads.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped: a few hundred px")]
pub fn reach(deviation: f32) -> u32 {
    (deviation.clamp(0.0, 1_000.0) * 3.0).ceil() as u32
}

impl Silhouette {
    /// Blurs by a standard deviation in output px. Pixels within [`reach`] of the edge lose what
    /// spreads beyond it.
    pub fn blur(&mut self, deviation: f32) {
        let width = self.bounds.width() as usize;
        let Some([first, second, third]) = boxes(deviation) else { return };
        let mut scratch = vec![0; self.alpha.len()];
        let passes = [first, second, third];
        for (index, pass) in passes.iter().chain(&passes).enumerate() {
            if index < passes.len() {
                blur_rows(&self.alpha, &mut scratch, width, *pass);
            } else {
                blur_columns(&self.alpha, &mut scratch, width, *pass);
            }
            std::mem::swap(&mut self.alpha, &mut scratch);
        }
    }

    /// Clears the shadow inside a path.
    pub fn knock_out(&mut self, path: &Path, transform: Transform) {
        let covered = surface::coverage(self.bounds, path, transform).unwrap_or_default();
        for (alpha, covered) in self.alpha.iter_mut().zip(covered) {
            *alpha = of_255(u32::from(*alpha).wrapping_mul(u32::from(255_u8.wrapping_sub(covered))));
        }
    }

    /// The part of it within other bounds. `None` if they do not overlap.
    pub fn part(self, bounds: IntRect) -> Option<Self> {
        let bounds = intersect(self.bounds, bounds)?;
        if bounds == self.bounds {
            return Some(self);
        }
        let skip = |from: i32, to: i32| usize::try_from(to.saturating_sub(from)).ok();
        let (left, top) = (skip(self.bounds.x(), bounds.x())?, skip(self.bounds.y(), bounds.y())?);
        let columns = left..left.saturating_add(bounds.width() as usize);
        let rows = self.alpha.chunks_exact((self.bounds.width() as usize).max(1)).skip(top);
        let rows = rows.take(bounds.height() as usize).filter_map(|row| row.get(columns.clone()));
        Some(Self { bounds, alpha: rows.collect::<Vec<_>>().concat() })
    }

    /// Draws the shadow in one colour onto a surface, moved by whole output px: the parts of it that lie in some places of the
    /// surface, which do not overlap.
    pub fn draw(&self, surface: &mut Surface, color: Color, (dx, dy): (i32, i32), places: &[IntRect]) {
        let Some(moved) = self.bounds.translate(dx, dy) else { return };
        let tints = Tints::new(color);
        let parts = places.iter().filter_map(|place| intersect(moved, *place));
        parts.for_each(|part| self.lay(surface, &tints, moved, part));
    }

    /// Draws a part of it, where it was moved to.
    fn lay(&self, surface: &mut Surface, tints: &Tints, moved: IntRect, part: IntRect) {
        let width = self.bounds.width() as usize;
        let Some((part, rows)) = surface.rows_mut(part) else { return };
        let skip = |from: i32, to: i32| usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        let (left, top) = (skip(moved.x(), part.x()), skip(moved.y(), part.y()));
        for (pixels, alpha) in rows.zip(self.alpha.chunks_exact(width.max(1)).skip(top)) {
            tints.lay(pixels, alpha.get(left..).unwrap_or_default());
        }
    }
}

/// One box blur: the numbers of pixels before and after the current one that it averages.
#[derive(Clone, Copy)]
pub struct Window {
    pub before: usize,
    pub after: usize,
}

/// The three windows of a standard deviation: SVG's `d = ⌊s · 3 · √(2π) / 4 + ½⌋`, the even ones
/// off-centre by half a pixel to either side. `None` if nothing is blurred.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped: a few hundred px")]
pub fn boxes(deviation: f32) -> Option<[Window; 3]> {
    let size = (deviation.clamp(0.0, 1_000.0) * 1.879_971_2 + 0.5).floor() as usize;
    let half = size / 2;
    let centered = Window { before: half, after: half };
    match size {
        0 | 1 => None,
        _ if size.is_multiple_of(2) => {
            let less = half.saturating_sub(1);
            Some([Window { before: half, after: less }, Window { before: less, after: half }, centered])
        }
        _ => Some([centered; 3]),
    }
}

impl Window {
    const fn size(self) -> usize {
        self.before.saturating_add(self.after).saturating_add(1)
    }

    /// 1 / size as a fixed-point number with 24 bits behind the point; sums are at most 255 ·
    /// 2,000.
    pub fn inverse(self) -> u64 {
        (1_u64 << 24).checked_div(self.size() as u64).unwrap_or(0)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an average of bytes is a byte")]
pub const fn average(sum: u32, inverse: u64) -> u8 {
    ((sum as u64).wrapping_mul(inverse).wrapping_add(1 << 23) >> 24) as u8
}

/// Most rows of a card are like the one above; they are blurred alike.
fn blur_rows(from: &[u8], to: &mut [u8], width: usize, window: Window) {
    let width = width.max(1);
    // The row is padded with clear pixels, because the windows of its first and last pixels extend
    // beyond it.
    let start = window.before.saturating_add(1);
    let mut padded = vec![0; width.saturating_add(window.size())];
    let mut above: Option<(&[u8], &[u8])> = None;
    for (source, target) in from.chunks_exact(width).zip(to.chunks_exact_mut(width)) {
        match above.filter(|(twin, _)| same(twin, source)) {
            Some((_, blurred)) => target.copy_from_slice(blurred),
            None => {
                if let Some(row) = padded.get_mut(start..start.saturating_add(width)) {
                    row.copy_from_slice(source);
                }
                blur_row(&padded, target, window);
            }
        }
        above = Some((source, target));
    }
}

/// Blurs a row that is preceded by one pixel more than its window covers before a pixel.
#[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
fn blur_row(padded: &[u8], target: &mut [u8], window: Window) {
    let inverse = window.inverse();
    // The window of the position before the first pixel.
    let (first, entering) = padded.split_at_checked(window.size()).unwrap_or_default();
    let mut sum = first.iter().fold(0_u32, |sum, alpha| sum.wrapping_add(u32::from(*alpha)));
    for ((out, enters), leaves) in target.iter_mut().zip(entering).zip(padded) {
        sum = sum.wrapping_add(u32::from(*enters)).wrapping_sub(u32::from(*leaves));
        *out = average(sum, inverse);
    }
}

/// Blurs columns. Rows are contiguous in memory, so the blur keeps one sum per column and walks
/// down all columns at once. If the entering row equals the leaving row, the sums do not change.
fn blur_columns(from: &[u8], to: &mut [u8], width: usize, window: Window) {
    let (inverse, width) = (window.inverse(), width.max(1));
    let mut sums = vec![0_u32; width];
    for row in from.chunks_exact(width).take(window.after) {
        sums.iter_mut().zip(row).for_each(|(sum, alpha)| *sum = sum.saturating_add(u32::from(*alpha)));
    }
    let blank = vec![0; width];
    let blank = blank.as_slice();
    let entering = from.chunks_exact(width).skip(window.after).chain(std::iter::repeat(blank));
    let leaving = std::iter::repeat_n(blank, window.before.saturating_add(1)).chain(from.chunks_exact(width));
    let mut above: Option<&[u8]> = None;
    for ((target, enters), leaves) in to.chunks_exact_mut(width).zip(entering).zip(leaving) {
        match above.filter(|_| same(enters, leaves)) {
            Some(blurred) => target.copy_from_slice(blurred),
            None => slide(&mut sums, (enters, leaves), target, inverse),
        }
        above = Some(target);
    }
}

/// A row of column blurs, from the sums of the row above it.
#[inline(never)] // as above
fn slide(sums: &mut [u32], (entering, leaving): (&[u8], &[u8]), target: &mut [u8], inverse: u64) {
    for (((out, sum), enters), leaves) in target.iter_mut().zip(sums).zip(entering).zip(leaving) {
        *sum = sum.wrapping_add(u32::from(*enters)).wrapping_sub(u32::from(*leaves));
        *out = average(*sum, inverse);
    }
}

/// Whether two rows of one width are equal. Compares words, because wasm compares slices byte by
/// byte.
fn same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<16>(), other.as_chunks::<16>());
    let same = |(one, other): (&[u8; 16], &[u8; 16])| u128::from_le_bytes(*one) == u128::from_le_bytes(*other);
    std::ptr::eq(one, other)
        || words.iter().zip(other_words).all(same) && rest.iter().zip(other_rest).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blurred(width: u32, height: u32, alpha: Vec<u8>, deviation: f32) -> Vec<u8> {
        let bounds = IntRect::from_xywh(0, 0, width, height).unwrap();
        let mut silhouette = Silhouette { bounds, alpha };
        silhouette.blur(deviation);
        silhouette.alpha
    }

    #[test]
    fn a_point_becomes_a_gaussian() {
        let mut alpha = vec![0; 61 * 61];
        // A block, because the tail of a single byte rounds to nothing.
        for y in 20..41 {
            alpha[y * 61 + 20..y * 61 + 41].fill(255);
        }
        let out = blurred(61, 61, alpha, 4.0);
        let row = &out[30 * 61..31 * 61];
        assert!(row.iter().eq(row.iter().rev()), "the same on both sides: {row:?}");
        // The results differ by rounding only, because rows are averaged before columns.
        assert!((0..61).all(|x| out[x * 61 + 30].abs_diff(row[x]) <= 1), "the same in both directions");
        // The edge of a block under a Gaussian is at half of its middle.
        assert!((120..=135).contains(&(u32::from(row[20]) + u32::from(row[19])).div_ceil(2)), "{row:?}");
        // One deviation outside the edge: 255 · Φ(−1) = 40, within 3 % of 255.
        assert!((32..=48).contains(&row[15]), "{row:?}");
    }

    #[test]
    fn an_even_window_does_not_move_the_shadow() {
        let mut alpha = vec![0; 41];
        alpha[10..31].fill(255);
        let out = blurred(41, 1, alpha, 2.0);
        assert!(out.iter().eq(out.iter().rev()), "{out:?}");
    }

    #[test]
    fn no_deviation_changes_nothing() {
        assert_eq!(blurred(3, 1, vec![0, 255, 0], 0.2), [0, 255, 0]);
    }

    #[test]
    fn rows_that_are_alike_are_blurred_as_if_they_were_not() {
        // A card with round corners, and a row of noise in it.
        let (width, height) = (90_u32, 120_u32);
        let at = |index: u32| (index % width, index / width);
        let inside = |x: u32, y: u32| {
            let corner = |at: u32, side: u32| 30_u32.saturating_sub(at) + at.saturating_sub(side - 31);
            let (dx, dy) = (corner(x, width), corner(y, height));
            dx * dx + dy * dy < 400
        };
        let alpha: Vec<u8> = (0..width * height)
            .map(|index| match at(index) {
                (x, 70) => (x * 37 % 256) as u8,
                (x, y) if inside(x, y) => 255,
                _ => 0,
            })
            .collect();
        for window in [Window { before: 3, after: 2 }, Window { before: 8, after: 8 }, Window { before: 80, after: 90 }]
        {
            let sum = |from: &dyn Fn(u32) -> u8, place: u32, side: u32| {
                let (start, end) = (place.saturating_sub(window.before as u32), place + window.after as u32);
                (start..=end.min(side - 1)).map(|at| u32::from(from(at))).sum()
            };
            let mut rows = vec![0; alpha.len()];
            blur_rows(&alpha, &mut rows, width as usize, window);
            let mut columns = vec![0; alpha.len()];
            blur_columns(&alpha, &mut columns, width as usize, window);
            for (index, (across, down)) in (0..).zip(rows.into_iter().zip(columns)) {
                let (x, y) = at(index);
                let of = |x: u32, y: u32| alpha[(y * width + x) as usize];
                assert_eq!(across, average(sum(&|x| of(x, y), x, width), window.inverse()), "{x}, {y} across");
                assert_eq!(down, average(sum(&|y| of(x, y), y, height), window.inverse()), "{x}, {y} down");
            }
        }
    }

    #[test]
    fn a_window_larger_than_the_picture_is_fine() {
        assert_eq!(blurred(2, 2, vec![255; 4], 500.0).len(), 4);
    }
}
