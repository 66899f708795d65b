//! The place of the most detail in a picture, for a crop that nobody chose.

use tiny_skia::Pixmap;

use super::tone::luma;
use crate::geometry::{Rect, Size};

/// What stays visible where a picture is cropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Focus {
    /// A point: x and y, 0 to 1.
    Point(f32, f32),
    /// The place of the most detail.
    Detail(Detail),
}

impl Focus {
    /// The middle.
    pub const MIDDLE: Self = Self::Point(0.5, 0.5);

    /// The point, or the middle until the place of the detail is known.
    #[must_use]
    pub const fn point(self) -> (f32, f32) {
        match self {
            Self::Point(x, y) => (x, y),
            Self::Detail(_) => (0.5, 0.5),
        }
    }
}

/// A measure of detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The entropy of the crop's luma (Shannon, over 64 levels): many tones.
    Entropy,
    /// The sum of the squares of the differences between neighbouring pixels: sharp edges, more than
    /// the grain of wood.
    Edges,
}

/// Levels of luma that count as one for the entropy, so that noise does not count.
const LEVEL: u8 = 4;

/// Px of the shorter side at which detail is looked for. What is finer, such as the grain of wood or
/// the noise of a camera, does not count.
const GRID_PX: u32 = 128;

/// The middle of the crop of `part` that has the shape of `frame` and the most detail, as fractions
/// of the part's width and height. Of equal crops it is the one nearest to the middle.
///
/// The part is first reduced by a whole factor to about [`GRID_PX`]. A crop that keeps the
/// proportions (CSS `cover`) moves along one axis only, so that every crop in whole px of the
/// reduced part is compared. This takes a few operations for each pixel.
#[must_use]
pub fn focal(picture: &Pixmap, part: Rect, frame: Size, detail: Detail) -> (f32, f32) {
    let grid = Grid::new(picture, part);
    if frame.width <= 0.0 || frame.height <= 0.0 || grid.lumas.is_empty() {
        return Focus::MIDDLE.point();
    }
    // The lines across the axis that is cropped: columns of a picture that is too wide.
    let is_wide = part.width * frame.height > part.height * frame.width;
    let (lines, side, window) = if is_wide {
        (grid.columns(), part.width, part.height * frame.width / frame.height)
    } else {
        (grid.rows(), part.height, part.width * frame.height / frame.width)
    };
    #[expect(clippy::cast_precision_loss, reason = "a side has a few thousand px")]
    let factor = grid.factor as f32;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the number of lines")]
    let window = ((window / factor).round().max(1.0) as usize).min(lines.count);
    let begin = match detail {
        Detail::Entropy => most_entropy(lines, window),
        Detail::Edges => most_edges(lines, window),
    };
    #[expect(clippy::cast_precision_loss, reason = "a side has a few thousand px")]
    let middle = ((begin as f32 + window as f32 / 2.0) * factor / side).min(1.0);
    if is_wide { (middle, 0.5) } else { (0.5, middle) }
}

/// The luma of a part of a picture, reduced.
struct Grid {
    lumas: Vec<u8>,
    width: usize,
    height: usize,
    /// Px of the part that each side of a luma stands for.
    factor: usize,
}

impl Grid {
    fn new(picture: &Pixmap, part: Rect) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and saturating")]
        let px = |at: f32| at as u32;
        let (left, right) = (px(part.x), px(part.right().ceil()).min(picture.width()));
        let (top, bottom) = (px(part.y), px(part.bottom().ceil()).min(picture.height()));
        let shorter = right.saturating_sub(left).min(bottom.saturating_sub(top));
        let [left, right, top, bottom, stride, factor] =
            [left, right, top, bottom, picture.width().max(1), shorter.div_ceil(GRID_PX).max(1)]
                .map(|px| usize::try_from(px).unwrap_or(1));
        let (mut lumas, width) = (Vec::new(), right.saturating_sub(left).div_ceil(factor));
        let rows: Vec<_> = picture.pixels().chunks(stride).take(bottom).skip(top).collect();
        // The mean of each square; those at the right and at the bottom may have fewer pixels.
        for rows in rows.chunks(factor) {
            let mut sums = vec![(0_u32, 0_u32); width];
            for row in rows {
                let squares = row.get(left..right).unwrap_or_default().chunks(factor);
                for ((sum, count), square) in sums.iter_mut().zip(squares) {
                    for pixel in square {
                        *sum = sum.saturating_add(u32::from(luma(*pixel)));
                        *count = count.saturating_add(1);
                    }
                }
            }
            let mean = |(sum, count): (u32, u32)| sum.saturating_add(count / 2).checked_div(count).unwrap_or(0);
            lumas.extend(sums.into_iter().map(|sum| u8::try_from(mean(sum)).unwrap_or(u8::MAX)));
        }
        let height = lumas.len().checked_div(width).unwrap_or(0);
        Self { lumas, width, height, factor }
    }

    const fn columns(&self) -> Lines<'_> {
        Lines { lumas: self.lumas.as_slice(), count: self.width, length: self.height, step: 1, along: self.width }
    }

    const fn rows(&self) -> Lines<'_> {
        Lines { lumas: self.lumas.as_slice(), count: self.height, length: self.width, step: self.width, along: 1 }
    }
}

/// The rows of a grid, or its columns.
#[derive(Clone, Copy)]
struct Lines<'a> {
    lumas: &'a [u8],
    count: usize,
    /// Pixels of a line.
    length: usize,
    /// Distance in the grid from a line to the next one.
    step: usize,
    /// Distance in the grid from a pixel of a line to the next one.
    along: usize,
}

impl Lines<'_> {
    /// The luma of each pixel of a line.
    fn line(&self, number: usize) -> impl Iterator<Item = u8> {
        let pixels = self.lumas.get(number.saturating_mul(self.step)..).unwrap_or_default();
        pixels.iter().step_by(self.along.max(1)).take(self.length).copied()
    }

    /// The sum of the squared differences of a line's pixels to the next ones and to those of the next
    /// line.
    fn edges(&self, number: usize) -> u64 {
        let along = self.line(number).zip(self.line(number).skip(1));
        let is_last = number.saturating_add(1) >= self.count;
        let across = self.line(number).zip(self.line(number.saturating_add(1))).filter(|_| !is_last);
        let square = |(one, other): (u8, u8)| u64::from(one.abs_diff(other)).saturating_pow(2);
        along.chain(across).map(square).fold(0, u64::saturating_add)
    }
}

/// The first line of the window with the most edges.
fn most_edges(lines: Lines<'_>, window: usize) -> usize {
    let edges: Vec<u64> = (0..lines.count).map(|number| lines.edges(number)).collect();
    let mut sum = edges.iter().take(window).fold(0_u64, |sum, edges| sum.saturating_add(*edges));
    let mut best = Best::new(lines.count, window);
    best.offer(0, sum);
    for (begin, (gone, come)) in edges.iter().zip(edges.iter().skip(window)).enumerate() {
        sum = sum.saturating_sub(*gone).saturating_add(*come);
        best.offer(begin.saturating_add(1), sum);
    }
    best.begin
}

/// The first line of the window with the most entropy.
///
/// All windows have as many pixels, so the entropy `log n − Σ c·log c / n` is greatest where the sum
/// is least; `c` is the number of pixels of a level.
fn most_entropy(lines: Lines<'_>, window: usize) -> usize {
    let mut levels = [0_u32; 256 / LEVEL as usize];
    let mut count = |line: usize, by: i32| {
        for luma in lines.line(line) {
            if let Some(level) = levels.get_mut(usize::from(luma / LEVEL)) {
                *level = level.saturating_add_signed(by);
            }
        }
        let sum: f64 = levels.iter().map(|count| f64::from(*count)).filter(|count| *count > 0.0).map(weigh).sum();
        // Rounded, so that windows with the same counts in other levels are equal.
        #[expect(clippy::cast_possible_truncation, reason = "far below 2^63")]
        let sum = (sum * 1_000.0).round() as i64;
        sum.saturating_neg()
    };
    let mut entropy = i64::MIN;
    for line in 0..window {
        entropy = count(line, 1);
    }
    let mut best = Best::new(lines.count, window);
    best.offer(0, entropy);
    for begin in 1..=lines.count.saturating_sub(window) {
        count(begin.saturating_sub(1), -1);
        best.offer(begin, count(begin.saturating_add(window).saturating_sub(1), 1));
    }
    best.begin
}

fn weigh(count: f64) -> f64 {
    count * libm::log2(count)
}

/// The best window so far.
struct Best<T> {
    begin: usize,
    detail: Option<T>,
    /// Twice the first line of the middle window.
    middle: usize,
}

impl<T: Ord> Best<T> {
    const fn new(count: usize, window: usize) -> Self {
        Self { begin: 0, detail: None, middle: count.saturating_sub(window) }
    }

    fn offer(&mut self, begin: usize, detail: T) {
        let far = |begin: usize| begin.saturating_mul(2).abs_diff(self.middle);
        let is_better =
            self.detail.as_ref().is_none_or(|best| detail > *best || (detail == *best && far(begin) < far(self.begin)));
        if is_better {
            (self.begin, self.detail) = (begin, Some(detail));
        }
    }
}
