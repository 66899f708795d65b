//! The font size at which a text fits its box.
//!
//! There are three ways to a size ([`Fit`]): shrinking from `size`, growing to `max_size`, and
//! filling the width with one line, which is a division.
//!
//! A size fits if its lines are within the width without breaking a word, no more than `max_lines`,
//! and within the height. Candidates are the largest size, the multiples of ¼ px below it, and
//! `min_size`. A larger size never needs fewer or shorter lines than a smaller one, so bisection
//! finds the size: in one pass if the text fits as it is, else in at most 2 + log₂(4 · (size −
//! min_size)) passes (9 for 72 to 32 px, 12 for 500 to 16 px).

use super::line_break::{Effort, Lines, Span};
use super::paragraph::Paragraph;
use super::setting::Height;
use super::style::Fit;
use crate::geometry::{MAX_COORDINATE_PX, px};

/// Number of candidate font sizes per px.
const STEPS_PER_PX: f32 = 4.0;

/// Invisible overflow, in px. Layout measures a width, computes with it and passes it back:
/// rounding must not break the text.
pub(super) const SLACK_PX: f32 = 0.02;

/// The box to fit, in px. `None`: without bound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) width: Option<f32>,
    pub(super) height: Option<f32>,
}

impl Bounds {
    pub(super) fn new(width: Option<f32>, height: Option<f32>) -> Self {
        let known = |side: Option<f32>| side.filter(|v| *v < MAX_COORDINATE_PX || v.is_nan()).map(|v| px(v).max(0.0));
        Self { width: known(width), height: known(height) }
    }

    /// The width in ems of `size` px.
    pub(super) fn max_width(self, size: f32) -> f32 {
        self.width.map_or(f32::INFINITY, |width| (width + SLACK_PX) / size)
    }

    /// The height in ems of `size` px.
    fn max_height(self, size: f32) -> f32 {
        self.height.map_or(f32::INFINITY, |height| (height + SLACK_PX) / size)
    }
}

/// The room that is left for further lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    lines: usize,
    /// In ems.
    height: f32,
}

impl Room {
    /// Takes off a line of `height` ems; false if it does not fit.
    pub(super) fn take(&mut self, height: f32) -> bool {
        self.height -= height;
        match self.lines.checked_sub(1) {
            Some(lines) if self.height >= 0.0 => {
                self.lines = lines;
                true
            }
            _ => false,
        }
    }
}

impl Paragraph {
    /// The largest font size in px that fits, or else the smallest, and the effort of the search.
    pub(super) fn font_size(&self, bounds: Bounds) -> (f32, Effort) {
        let mut effort = Effort::default();
        let smallest = self.setting.min_size;
        let largest = match (self.setting.fit, bounds.width, bounds.height) {
            (Fit::Shrink, ..) | (_, None, None) => self.setting.size,
            (Fit::Grow, ..) => self.setting.max_size,
            (Fit::Line, width, height) => {
                effort.visits = self.clusters.len();
                return (self.filling_size(width, height), effort);
            }
        };
        if largest <= smallest {
            return (smallest, effort);
        }
        if self.fits(largest, bounds, &mut effort) {
            return (largest, effort);
        }
        // Candidate 0 is `largest`, then come the multiples of ¼ px downwards, then `smallest`.
        let top = (largest * STEPS_PER_PX).ceil();
        let bottom = (smallest * STEPS_PER_PX).floor();
        let last = (top - bottom).max(1.0) as u32;
        let candidate = |step: u32| if step >= last { smallest } else { (top - step as f32) / STEPS_PER_PX };
        let (mut too_large, mut fitting) = (0_u32, last);
        while fitting.saturating_sub(too_large) > 1 {
            let middle = too_large.midpoint(fitting);
            if self.fits(candidate(middle), bounds, &mut effort) {
                fitting = middle;
            } else {
                too_large = middle;
            }
        }
        (candidate(fitting), effort)
    }

    /// Whether all of the text fits at `size` without breaking a word.
    fn fits(&self, size: f32, bounds: Bounds, effort: &mut Effort) -> bool {
        let mut room = self.room(size, bounds);
        let max = bounds.max_width(size);
        let mut lines = Lines::new(&self.clusters, &self.hard_lines, max);
        let fits =
            lines.by_ref().all(|span| room.take(self.height(&span).sum()) && !span.emergency && span.width <= max);
        effort.add_pass(&lines);
        fits
    }

    /// The font size at which the longest line is as wide as the box, or all lines are as high,
    /// whichever is smaller.
    fn filling_size(&self, width: Option<f32>, height: Option<f32>) -> f32 {
        let setting = &self.setting;
        let mut room = f32::INFINITY;
        let lines = Lines::new(&self.clusters, &self.hard_lines, room);
        let (wide, high) = lines
            .fold((0.0_f32, 0.0_f32), |(wide, high), span| (wide.max(span.width), high + self.height(&span).sum()));
        for (side, ems) in [(width, wide), (height, high)] {
            if let (Some(side), true) = (side, ems > 0.0) {
                room = room.min(side / ems);
            }
        }
        room.clamp(setting.min_size, setting.max_size)
    }

    /// The height of a line.
    pub(super) const fn height(&self, span: &Span) -> Height {
        self.setting.line.union(span.height)
    }

    /// The room for lines of a font size.
    pub(super) fn room(&self, size: f32, bounds: Bounds) -> Room {
        let lines = match self.setting.fit {
            Fit::Line => self.hard_lines.len(),
            Fit::Shrink | Fit::Grow => self.setting.max_lines,
        };
        Room { lines, height: bounds.max_height(size) }
    }
}
