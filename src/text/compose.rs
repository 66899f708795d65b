//! A paragraph in a box → a block: find the size, break into lines, balance or truncate, align,
//! reorder.

use std::ops::Range;
use std::rc::Rc;

use super::analyse;
use super::block::{Block, Line};
use super::cluster::{Cluster, EmGlyph, widens};
use super::font_size::{Bounds, SLACK_PX};
use super::line_break::{Lines, Span};
use super::paragraph::Paragraph;
use super::reorder::{self, Place};
use super::setting::Height;
use super::style::{Align, Overflow};
use super::truncate::Reshaped;

/// A line to place: clusters of the paragraph, or of a line that was shaped again.
struct Shaped<'a> {
    clusters: &'a [Cluster],
    glyphs: &'a [EmGlyph],
    /// In ems.
    width: f32,
    /// The scale of its largest run; at least 1.
    scale: f32,
    height: Height,
    /// Whether it ends at a hard break or at the text's end.
    last: bool,
    /// Its bytes in the paragraph's text.
    bytes: Range<usize>,
    /// The part of `bytes` that an ellipsis replaces.
    elided: Option<Range<usize>>,
}

impl Paragraph {
    /// Fits the text into a box of `width` and `height` px. `None`: without bound.
    ///
    /// The work is linear in the text's length times [`Block::passes`], and allocates nothing until
    /// the size is found: flexbox layout may call it often.
    #[must_use]
    pub fn fit(&self, width: Option<f32>, height: Option<f32>) -> Block {
        let bounds = Bounds::new(width, height);
        let (size, mut effort) = self.font_size(bounds);
        let max = bounds.max_width(size);
        let mut room = self.room(size, bounds);
        let visible = self.setting.overflow == Overflow::Visible;
        let shown = |allowed: usize| if visible { self.setting.line_limit } else { allowed };
        let mut allowed = 0_usize;
        let mut spans: Vec<Span> = Vec::new();
        let mut lines = Lines::new(&self.clusters, &self.hard_lines, max);
        for span in lines.by_ref() {
            // One line is shown even in the lowest box.
            if room.take(self.height(&span).sum()) || spans.is_empty() {
                allowed = allowed.saturating_add(1);
            }
            spans.push(span);
            if spans.len() > shown(allowed) {
                break;
            }
        }
        effort.add_visits(&lines);
        let shown = shown(allowed);
        let truncated = spans.len() > shown;
        spans.truncate(shown);
        if !truncated {
            self.balance(&mut spans, max, &mut effort);
        }
        let tail = if truncated { spans.pop().map(|span| self.truncate(&span, max)) } else { None };

        let reshaped: Vec<Option<Reshaped>> = spans.iter().map(|span| self.reshaped(span)).collect();
        let mut placed: Vec<Shaped<'_>> = Vec::with_capacity(spans.len().saturating_add(1));
        for (span, reshaped) in spans.iter().zip(&reshaped) {
            let bytes = self.bytes(span);
            let (scale, height, last) = (span.scale, self.height(span), span.last);
            if let Some(Reshaped { clusters, glyphs, width, .. }) = reshaped {
                placed.push(Shaped { clusters, glyphs, width: *width, scale, height, last, bytes, elided: None });
                continue;
            }
            let clusters = self.clusters.get(span.clusters.clone()).unwrap_or_default();
            let (glyphs, width) = (&self.glyphs, span.width);
            placed.push(Shaped { clusters, glyphs, width, scale, height, last, bytes, elided: None });
        }
        if let Some(Reshaped { clusters, glyphs, width, bytes, elided }) = &tail {
            let scale = clusters.iter().fold(1.0_f32, |scale, cluster| scale.max(cluster.scale));
            let shown = clusters.iter().filter(|cluster| !cluster.hangs);
            let height = shown.fold(self.setting.line, |height, cluster| height.union(cluster.height));
            let (bytes, elided) = (bytes.clone(), elided.clone());
            placed.push(Shaped { clusters, glyphs, width: *width, scale, height, last: true, bytes, elided });
        }
        let mut block = self.place(&placed, bounds, size);
        (block.passes, block.visits) = (effort.passes, effort.visits);
        block.truncated = truncated;
        block.overflows |= block.lines.len() > allowed;
        block
    }

    /// The bytes of the text that a line shows.
    fn bytes(&self, span: &Span) -> Range<usize> {
        let clusters = self.clusters.get(span.clusters.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (clusters.first(), clusters.last()) else { return 0..0 };
        analyse::bytes_of(self.units.get(first.units.start..last.units.end).unwrap_or_default())
    }

    /// Places lines one below the other.
    fn place(&self, shaped: &[Shaped<'_>], bounds: Bounds, size: f32) -> Block {
        let setting = &self.setting;
        let widest = shaped.iter().fold(0.0_f32, |widest, line| widest.max(line.width * size));
        let within = bounds.width.unwrap_or(widest);
        let mut lines: Vec<Line> = Vec::with_capacity(shaped.len());
        let mut top = 0.0_f32; // in ems
        for line in shaped {
            let gaps = (0..line.clusters.len()).filter(|at| widens(line.clusters, *at)).count();
            let aligned = align(
                setting.align,
                &Unaligned { rtl: self.rtl, room: within - line.width * size, gaps, last: line.last },
            );
            let baseline = (top + line.height.above) * size;
            top += line.height.sum();
            let place = Place { size, x: aligned.x, baseline, gap: aligned.gap };
            let set = reorder::line(line.clusters, line.glyphs, &self.rules, place);
            lines.push(Line { text: line.bytes.clone(), elided: line.elided.clone(), ..set });
        }
        let width = lines.iter().fold(0.0_f32, |widest, line| widest.max(line.width));
        let height = top * size;
        let too_wide = bounds.width.is_some_and(|bound| width > bound + SLACK_PX * 2.0);
        let too_high = bounds.height.is_some_and(|bound| height > bound + SLACK_PX * 2.0);
        Block {
            size,
            runs: Rc::clone(&setting.runs),
            cap_top: shaped.first().map_or(0.0, |line| (line.height.above - setting.cap_height * line.scale) * size),
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

/// A line before alignment.
#[derive(Debug, Clone, Copy)]
struct Unaligned {
    rtl: bool,
    /// The box's width without the line's, in px.
    room: f32,
    /// Number of gaps between its words, or between its letters.
    gaps: usize,
    /// Whether it ends at a hard break or at the text's end.
    last: bool,
}

/// A line's place within its box.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Aligned {
    /// The left edge, in px.
    x: f32,
    /// The space that each gap gains, in px.
    gap: f32,
}

/// Aligns a line. <https://drafts.csswg.org/css-text-3/#text-align-property>: a line that is too
/// wide begins at its start.
fn align(align: Align, line: &Unaligned) -> Aligned {
    let Unaligned { rtl, room, gaps, last } = *line;
    let (start, end) = if rtl { (room, 0.0) } else { (0.0, room) };
    let at = |x| Aligned { x, gap: 0.0 };
    if room <= 0.0 {
        return at(start);
    }
    match align {
        Align::Start => at(start),
        Align::End => at(end),
        Align::Center => at(room / 2.0),
        Align::Left => at(0.0),
        Align::Right => at(room),
        Align::Justify if last || gaps == 0 => at(start),
        Align::Justify => Aligned { x: 0.0, gap: room / gaps as f32 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alignment() {
        for (by, rtl, line, last, expected) in [
            (Align::Start, false, 60.0, false, (0.0, 0.0)),
            (Align::Start, true, 60.0, false, (40.0, 0.0)),
            (Align::End, false, 60.0, false, (40.0, 0.0)),
            (Align::End, true, 60.0, false, (0.0, 0.0)),
            (Align::Center, true, 60.0, false, (20.0, 0.0)),
            (Align::Left, true, 60.0, false, (0.0, 0.0)),
            (Align::Right, false, 60.0, false, (40.0, 0.0)),
            (Align::Justify, false, 60.0, false, (0.0, 20.0)),
            (Align::Justify, false, 60.0, true, (0.0, 0.0)),
            (Align::Justify, true, 60.0, true, (40.0, 0.0)),
            (Align::Center, false, 120.0, false, (0.0, 0.0)),
            (Align::Center, true, 120.0, false, (-20.0, 0.0)),
        ] {
            let aligned = align(by, &Unaligned { rtl, room: 100.0 - line, gaps: 2, last });
            assert_eq!((aligned.x, aligned.gap), expected, "{by:?} {rtl} {line} {last}");
        }
        let without_gaps = Unaligned { rtl: true, room: 40.0, gaps: 0, last: false };
        assert_eq!(align(Align::Justify, &without_gaps), Aligned { x: 40.0, gap: 0.0 });
    }
}
