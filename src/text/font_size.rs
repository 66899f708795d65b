//! Shrink to fit: the largest font size at which a text fits its box, and the ellipsis where there is none.
//!
//! Three ways lead to a size ([`Fit`]): shrinking from `size`, growing to `max_size`, and filling the width with one line, which is a division.
//!
//! A size fits if its lines are within the width without breaking a word, no more than `max_lines`, and within the height.
//! Candidates are the largest size, the multiples of ¼ px below it, and `min_size`. A larger one never needs fewer or shorter lines than a smaller one,
//! so they are searched by bisection: one pass where the text fits as it is, else at most 2 + log₂(4 · (size − min_size)); 9 for 72 to 32 px, 12 for 500 to 16 px.

use std::ops::Range;
use std::rc::Rc;

use super::analyse;
use super::cluster::{Cluster, EmGlyph};
use super::line_break::{self, Lines, Span};
use super::paragraph::Paragraph;
use super::reorder::{self, Place};
use super::truncate::Truncated;
use super::{Block, Fit, Line, Overflow};
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

    /// In line heights of `line_height` px.
    fn max_height(self, line_height: f32) -> f32 {
        self.height.map_or(f32::INFINITY, |height| (height + SLACK_PX) / line_height)
    }
}

/// What lines may take.
#[derive(Debug, Clone, Copy)]
struct Room {
    lines: usize,
    /// In line heights.
    height: f32,
}

impl Room {
    /// Takes a line; false where it no longer fits.
    fn take(&mut self, scale: f32) -> bool {
        self.height -= scale;
        match self.lines.checked_sub(1) {
            Some(lines) if self.height >= 0.0 => {
                self.lines = lines;
                true
            }
            _ => false,
        }
    }
}

/// A line to set: clusters of the paragraph, or of a truncated line that was shaped anew.
struct Set<'a> {
    clusters: &'a [Cluster],
    glyphs: &'a [EmGlyph],
    width: f32,
    /// Of its largest letters; at least 1.
    scale: f32,
    last: bool,
    /// Of the paragraph's text.
    bytes: Range<usize>,
    elided: Option<Range<usize>>,
}

impl Paragraph {
    /// Fits the text into a box of `width` and `height` px; `None` is without bound.
    ///
    /// Linear in the text's length times [`Block::passes`], and without allocation until the size is found: a flexbox may call it as it likes.
    #[must_use]
    pub fn fit(&self, width: Option<f32>, height: Option<f32>) -> Block {
        let bounds = Bounds::new(width, height);
        let (size, mut passes, mut visits) = self.largest(bounds);
        let max = bounds.max_width(size);
        let mut room = self.room(size, bounds);
        let visible = self.setting.overflow == Overflow::Visible;
        let kept = |allowed: usize| if visible { self.setting.limit } else { allowed };
        let mut allowed = 0_usize;
        let mut spans: Vec<Span> = Vec::new();
        let mut lines = Lines::new(&self.clusters, &self.hard_lines, max);
        for span in lines.by_ref() {
            // One line is shown, however low the box.
            if room.take(span.scale) || spans.is_empty() {
                allowed = allowed.saturating_add(1);
            }
            spans.push(span);
            if spans.len() > kept(allowed) {
                break;
            }
        }
        visits = visits.saturating_add(lines.visits);
        let kept = kept(allowed);
        let truncated = spans.len() > kept;
        spans.truncate(kept);
        if !truncated {
            let balanced = self.balance(&mut spans, max);
            passes = passes.saturating_add(balanced.0);
            visits = visits.saturating_add(balanced.1);
        }
        let tail = if truncated { spans.pop().map(|span| self.truncate(&span, max)) } else { None };

        let torn: Vec<Option<Truncated>> = spans.iter().map(|span| self.torn(span)).collect();
        let mut sets: Vec<Set<'_>> = Vec::with_capacity(spans.len().saturating_add(1));
        for (span, torn) in spans.iter().zip(&torn) {
            let bytes = self.bytes(span);
            let (scale, last) = (span.scale, span.last);
            if let Some(Truncated { clusters, glyphs, width, .. }) = torn {
                sets.push(Set { clusters, glyphs, width: *width, scale, last, bytes, elided: None });
                continue;
            }
            let clusters = self.clusters.get(span.clusters.clone()).unwrap_or_default();
            sets.push(Set { clusters, glyphs: &self.glyphs, width: span.width, scale, last, bytes, elided: None });
        }
        if let Some(Truncated { clusters, glyphs, width, bytes, elided }) = &tail {
            let scale = clusters.iter().fold(1.0_f32, |scale, cluster| scale.max(cluster.scale));
            let (bytes, elided) = (bytes.clone(), elided.clone());
            sets.push(Set { clusters, glyphs, width: *width, scale, last: true, bytes, elided });
        }
        let mut block = self.set(&sets, bounds, size);
        (block.passes, block.visits) = (passes, visits);
        block.truncated = truncated;
        block.overflows |= block.lines.len() > allowed;
        block
    }

    /// The largest size that fits, or else the smallest; how many passes it took, and how many clusters were looked at.
    fn largest(&self, bounds: Bounds) -> (f32, u32, usize) {
        let mut visits = 0_usize;
        let smallest = self.setting.min_size;
        let largest = match (self.setting.fit, bounds.width, bounds.height) {
            (Fit::Shrink, ..) | (_, None, None) => self.setting.size,
            (Fit::Grow, ..) => self.setting.max_size,
            (Fit::Line, width, height) => return (self.filling(width, height), 0, self.clusters.len()),
        };
        if largest <= smallest {
            return (smallest, 0, visits);
        }
        if self.fits(largest, bounds, &mut visits) {
            return (largest, 1, visits);
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
            if self.fits(candidate(middle), bounds, &mut visits) {
                fitting = middle;
            } else {
                too_large = middle;
            }
        }
        (candidate(fitting), passes, visits)
    }

    /// Whether all of the text fits at `size` without breaking a word.
    fn fits(&self, size: f32, bounds: Bounds, visits: &mut usize) -> bool {
        let mut room = self.room(size, bounds);
        let max = bounds.max_width(size);
        let mut lines = Lines::new(&self.clusters, &self.hard_lines, max);
        let fits = lines.by_ref().all(|span| room.take(span.scale) && !span.emergency && span.width <= max);
        *visits = visits.saturating_add(lines.visits);
        fits
    }

    /// The size at which the longest line is as wide as the box, and all of them no higher.
    fn filling(&self, width: Option<f32>, height: Option<f32>) -> f32 {
        let setting = &self.setting;
        let mut room = f32::INFINITY;
        let lines = Lines::new(&self.clusters, &self.hard_lines, room);
        let (wide, high) =
            lines.fold((0.0_f32, 0.0_f32), |(wide, high), span| (wide.max(span.width), high + span.scale));
        for (side, ems) in [(width, wide), (height, high * setting.line_height)] {
            if let (Some(side), true) = (side, ems > 0.0) {
                room = room.min(side / ems);
            }
        }
        room.clamp(setting.min_size, setting.max_size)
    }

    /// What lines of a size may take.
    fn room(&self, size: f32, bounds: Bounds) -> Room {
        let lines = match self.setting.fit {
            Fit::Line => self.hard_lines.len(),
            Fit::Shrink | Fit::Grow => self.setting.max_lines,
        };
        Room { lines, height: bounds.max_height(self.setting.line_height * size) }
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
        // CSS's half-leading: the font's content area sits in the middle of the line.
        let ascent = (setting.line_height - (setting.ascent + setting.descent)) / 2.0 + setting.ascent;
        let widest = sets.iter().fold(0.0_f32, |widest, set| widest.max(set.width * size));
        let within = bounds.width.unwrap_or(widest);
        let mut lines: Vec<Line> = Vec::with_capacity(sets.len());
        let mut top = 0.0_f32; // in line heights
        for set in sets {
            let gaps = set.clusters.iter().filter(|cluster| cluster.gap).count();
            let (x, gap) = line_break::align(setting.align, self.rtl, within, set.width * size, gaps, set.last);
            let baseline = ascent * set.scale * size + setting.line_height * size * top;
            top += set.scale;
            let line = reorder::line(set.clusters, set.glyphs, &self.rules, Place { size, x, baseline, gap });
            lines.push(Line { text: set.bytes.clone(), elided: set.elided.clone(), ..line });
        }
        let width = lines.iter().fold(0.0_f32, |widest, line| widest.max(line.width));
        let height = setting.line_height * size * top;
        let too_wide = bounds.width.is_some_and(|bound| width > bound + SLACK_PX * 2.0);
        let too_high = bounds.height.is_some_and(|bound| height > bound + SLACK_PX * 2.0);
        Block {
            size,
            runs: Rc::clone(&setting.runs),
            cap_top: sets.first().map_or(0.0, |set| (ascent - setting.cap_height) * set.scale * size),
            baseline_last: lines.last().map_or(0.0, |line| line.baseline),
            lines,
            width,
            height,
            truncated: false,
            overflows: too_wide || too_high,
            passes: 0,
            visits: 0,
        }
    }
}
