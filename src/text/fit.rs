//! Shrink to fit: the largest font size at which a text fits its box, and the ellipsis where there is none.
//!
//! A size fits if its lines are within the width without breaking a word, no more than `max_lines`, and within the height.
//! Candidates are `size`, the multiples of ¼ px below it, and `min_size`. A larger one never needs fewer or shorter lines than a smaller one,
//! so they are searched by bisection: one pass where the text fits as it is, else at most 2 + log₂(4 · (size − min_size)); 9 for 72 to 32 px.

use std::ops::Range;

use super::analyse;
use super::cluster::{Cluster, EmGlyph};
use super::lines::{self, Lines, Span};
use super::order::{self, Place};
use super::paragraph::Paragraph;
use super::truncate::Truncated;
use super::{Block, Line, Overflow};
use crate::geometry::{MAX_COORDINATE_PX, px};

/// Steps between candidate font sizes, in 1/px.
const STEPS_PER_PX: f32 = 4.0;

/// What may stand out without anyone seeing it, in px. A width that was measured is given back after some arithmetic; the text has to fit it.
const SLACK_PX: f32 = 0.02;

/// The box to fit, in px.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    width: Option<f32>,
    height: Option<f32>,
}

impl Bounds {
    fn new(width: Option<f32>, height: Option<f32>) -> Self {
        let known = |side: Option<f32>| side.filter(|v| *v < MAX_COORDINATE_PX || v.is_nan()).map(|v| px(v).max(0.0));
        Self { width: known(width), height: known(height) }
    }

    /// In ems of `size` px.
    fn max_width(self, size: f32) -> f32 {
        self.width.map_or(f32::INFINITY, |width| (width + SLACK_PX) / size)
    }

    /// Whole lines of `line_height` px.
    fn max_lines(self, line_height: f32) -> usize {
        self.height.map_or(usize::MAX, |height| ((height + SLACK_PX) / line_height).floor() as usize)
    }
}

/// A line to set: clusters of the paragraph, or of a truncated line that was shaped anew.
struct Set<'a> {
    clusters: &'a [Cluster],
    glyphs: &'a [EmGlyph],
    width: f32,
    last: bool,
    /// Of the paragraph's text.
    bytes: Range<usize>,
}

impl Paragraph {
    /// Fits the text into a box of `width` and `height` px; `None` is without bound.
    ///
    /// Linear in the text's length times [`Block::passes`], and without allocation until the size is found: a flexbox may call it as it likes.
    #[must_use]
    pub fn fit(&self, width: Option<f32>, height: Option<f32>) -> Block {
        let bounds = Bounds::new(width, height);
        let (size, passes) = self.largest(bounds);
        let line_height = self.setting.line_height * size;
        let allowed = self.setting.max_lines.min(bounds.max_lines(line_height)).max(1);
        let kept = match self.setting.overflow {
            Overflow::Visible => self.setting.limit,
            Overflow::Ellipsis | Overflow::Clip => allowed,
        };
        let max = bounds.max_width(size);
        let mut spans: Vec<Span> =
            Lines::new(&self.clusters, &self.hard_lines, max).take(kept.saturating_add(1)).collect();
        let truncated = spans.len() > kept;
        spans.truncate(kept);
        let tail = if truncated { spans.pop().map(|span| self.truncate(&span, max)) } else { None };

        let mut sets: Vec<Set<'_>> = Vec::with_capacity(spans.len().saturating_add(1));
        for span in &spans {
            let clusters = self.clusters.get(span.clusters.clone()).unwrap_or_default();
            let bytes = self.bytes(span);
            sets.push(Set { clusters, glyphs: &self.glyphs, width: span.width, last: span.last, bytes });
        }
        if let Some(Truncated { clusters, glyphs, width, bytes }) = &tail {
            sets.push(Set { clusters, glyphs, width: *width, last: true, bytes: bytes.clone() });
        }
        let mut block = self.set(&sets, bounds, size);
        block.passes = passes;
        block.truncated = truncated;
        block.overflows |= block.lines.len() > allowed;
        block
    }

    /// The largest size that fits, or else the smallest; and how many passes it took.
    fn largest(&self, bounds: Bounds) -> (f32, u32) {
        let (largest, smallest) = (self.setting.size, self.setting.min_size);
        if largest <= smallest {
            return (smallest, 0);
        }
        if self.fits(largest, bounds) {
            return (largest, 1);
        }
        // Candidate 0 is `largest`, then the grid downwards, then `smallest`.
        let top = (largest * STEPS_PER_PX).ceil();
        let bottom = (smallest * STEPS_PER_PX).floor();
        let last = (top - bottom).max(1.0) as u32;
        let candidate = |step: u32| if step >= last { smallest } else { (top - step as f32) / STEPS_PER_PX };
        let (mut too_large, mut fitting, mut passes) = (0_u32, last, 1_u32);
        while fitting.saturating_sub(too_large) > 1 {
            let middle = too_large.midpoint(fitting);
            passes = passes.saturating_add(1);
            if self.fits(candidate(middle), bounds) {
                fitting = middle;
            } else {
                too_large = middle;
            }
        }
        (candidate(fitting), passes)
    }

    /// Whether all of the text fits at `size` without breaking a word.
    fn fits(&self, size: f32, bounds: Bounds) -> bool {
        let allowed = self.setting.max_lines.min(bounds.max_lines(self.setting.line_height * size));
        let max = bounds.max_width(size);
        let mut lines = 0_usize;
        for span in Lines::new(&self.clusters, &self.hard_lines, max) {
            lines = lines.saturating_add(1);
            if lines > allowed || span.emergency || span.width > max {
                return false;
            }
        }
        true
    }

    /// The bytes of the text that a line shows.
    fn bytes(&self, span: &Span) -> Range<usize> {
        let clusters = self.clusters.get(span.clusters.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (clusters.first(), clusters.last()) else { return 0..0 };
        analyse::bytes_of(self.units.get(first.units.start..last.units.end).unwrap_or_default())
    }

    /// Sets lines one below the other.
    fn set(&self, sets: &[Set<'_>], bounds: Bounds, size: f32) -> Block {
        let setting = &self.setting;
        let line_height = setting.line_height * size;
        // CSS's half-leading: the font's content area sits in the middle of the line.
        let first = (line_height - (setting.ascent + setting.descent) * size) / 2.0 + setting.ascent * size;
        let widest = sets.iter().fold(0.0_f32, |widest, set| widest.max(set.width * size));
        let within = bounds.width.unwrap_or(widest);
        let mut lines: Vec<Line> = Vec::with_capacity(sets.len());
        for (at, set) in sets.iter().enumerate() {
            let gaps = set.clusters.iter().filter(|cluster| cluster.gap).count();
            let (x, gap) = lines::align(setting.align, self.rtl, within, set.width * size, gaps, set.last);
            let baseline = first + line_height * at as f32;
            let line = order::line(set.clusters, set.glyphs, Place { size, x, baseline, gap });
            lines.push(Line { text: set.bytes.clone(), ..line });
        }
        let width = lines.iter().fold(0.0_f32, |widest, line| widest.max(line.width));
        let height = line_height * lines.len() as f32;
        let too_wide = bounds.width.is_some_and(|bound| width > bound + SLACK_PX * 2.0);
        let too_high = bounds.height.is_some_and(|bound| height > bound + SLACK_PX * 2.0);
        Block {
            size,
            weight: setting.weight,
            cap_top: if lines.is_empty() { 0.0 } else { first - setting.cap_height * size },
            baseline_last: lines.last().map_or(0.0, |line| line.baseline),
            lines,
            width,
            height,
            truncated: false,
            overflows: too_wide || too_high,
            passes: 0,
        }
    }
}
