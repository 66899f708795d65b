//! Clusters → lines, greedily: each line takes as many words as fit.
//!
//! Lengths are in ems: line breaking knows nothing of a font size. It visits each cluster at most
//! twice: once, and again if the line ends before it.

use std::ops::Range;

use super::cluster::{Cluster, Extent, kerning_between};
use super::setting::Height;

/// A line of text between hard breaks.
#[derive(Debug, Clone)]
pub(super) struct HardLine {
    /// Its bytes in the text.
    pub(super) bytes: Range<usize>,
    /// Its clusters among the paragraph's.
    pub(super) clusters: Range<usize>,
}

/// A line of clusters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    /// The index of its line of text.
    pub(super) hard_line: usize,
    /// The clusters to draw, without those that hang at the end.
    pub(super) clusters: Range<usize>,
    /// The distance from the first to the last visible advance, in ems.
    pub(super) width: f32,
    /// Whether it ends at a hard break or at the text's end.
    pub(super) last: bool,
    /// Whether it ends within a word that is wider than a line.
    pub(super) emergency: bool,
    /// The scale of its largest run, as a multiple of the text's font size; at least 1.
    pub(super) scale: f32,
    /// The height that its letters ask for.
    pub(super) height: Height,
}

/// An iterator over the lines of at most `max` ems.
///
/// A line ends at the last opportunity within `max`. If it has none, it ends where `word_break`
/// forbids it or behind a space, or else between two clusters (an emergency). A single cluster that is wider than
/// `max` gets a line of its own.
pub(super) struct Lines<'a> {
    clusters: &'a [Cluster],
    hard_lines: &'a [HardLine],
    max: f32,
    hard_line: usize,
    /// The next line's first cluster, within the current line of text.
    at: Option<usize>,
    /// Number of clusters visited so far.
    pub(super) visits: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(clusters: &'a [Cluster], hard_lines: &'a [HardLine], max: f32) -> Self {
        Self { clusters, hard_lines, max, hard_line: 0, at: None, visits: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let hard_line = self.hard_line;
        let range = self.hard_lines.get(hard_line)?.clusters.clone();
        let start = self.at.unwrap_or(range.start);
        let (mut span, next, visits) = break_line(self.clusters, start..range.end, start == range.start, self.max);
        self.visits = self.visits.saturating_add(visits);
        span.hard_line = hard_line;
        if span.last {
            self.hard_line = hard_line.saturating_add(1);
            self.at = None;
        } else {
            self.at = Some(next);
        }
        Some(span)
    }
}

/// The first line of `range`, with the index of the next line's first cluster, and the number of
/// clusters visited. `is_first` if no line of the same text is before it.
///
/// A line is as wide as it will be when it is shaped on its own: kerning does not reach across its
/// ends.
fn break_line(clusters: &[Cluster], range: Range<usize>, is_first: bool, max: f32) -> (Span, usize, usize) {
    let start = range.start;
    let mut extent = Extent::beginning_with(clusters.get(start), is_first);
    let mut visible_end = start;
    // The end of the first visible cluster, which gets a line even if it is wider.
    let mut least_end = None;
    // What the line's width gains if it ends at `visible_end`.
    let mut kerning = 0.0_f32;
    let mut opportunity: Option<(Span, usize)> = None;
    let mut tear: Option<(Span, usize)> = None;
    let mut anywhere: Option<(Span, usize)> = None;
    let (mut scale, mut height) = (1.0_f32, Height::NONE);
    let span = |end: usize, width, (scale, height), last, emergency| {
        let clusters = start..end;
        Span { hard_line: 0, clusters, width, last, emergency, scale, height }
    };

    for (at, cluster) in clusters.iter().enumerate().take(range.end).skip(start) {
        let next = at.saturating_add(1);
        if !cluster.hangs {
            if extent.with(cluster) > max && visible_end > start {
                let end = || (span(visible_end, extent.visible, (scale, height), false, true), at);
                let (span, next) = opportunity.or(tear).or(anywhere).unwrap_or_else(end);
                return (span, next, at.saturating_sub(start).saturating_add(1));
            }
            scale = scale.max(cluster.scale);
            height = height.union(cluster.height);
            visible_end = next;
            least_end = least_end.or(Some(next));
        }
        extent.add(cluster);
        if !cluster.hangs {
            kerning = kerning_between(cluster, clusters.get(next).filter(|_| next < range.end));
        }
        if visible_end == start || next == range.end {
            continue; // spaces at the start of a line belong to it, but are no line on their own
        }
        let width = extent.visible + kerning;
        let fits = width <= max || least_end == Some(visible_end);
        if fits {
            anywhere = Some((span(visible_end, width, (scale, height), false, true), next));
        }
        if cluster.break_after && cluster.hyphen > 0.0 {
            let width = extent.broken_behind(cluster);
            // Otherwise its hyphen has no room.
            if width <= max {
                opportunity = Some((span(next, width, (scale, height), false, false), next));
            }
        } else if cluster.break_after && fits {
            opportunity = Some((span(visible_end, width, (scale, height), false, false), next));
        } else if (cluster.tear_after || cluster.hangs && cluster.gap) && fits {
            tear = Some((span(visible_end, width, (scale, height), false, true), next));
        }
    }
    (span(visible_end, extent.visible, (scale, height), true, false), range.end, range.len())
}

/// The effort of breaking a text into lines, counted because nothing here knows a clock.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Effort {
    /// Number of times that the text was broken into lines.
    pub(super) passes: u32,
    /// Number of clusters visited.
    pub(super) visits: usize,
}

impl Effort {
    /// Counts a pass and its visits.
    pub(super) fn add_pass(&mut self, lines: &Lines<'_>) {
        self.passes = self.passes.saturating_add(1);
        self.add_visits(lines);
    }

    /// Counts the visits alone.
    pub(super) fn add_visits(&mut self, lines: &Lines<'_>) {
        self.visits = self.visits.saturating_add(lines.visits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One cluster of 1 em for each character. A line may end behind `_`, which hangs, behind `-`,
    /// and behind `~`, which is a soft hyphen; behind `'` and behind a space, which hangs, only if
    /// it has no better place.
    fn clusters(text: &str) -> (Vec<Cluster>, Vec<HardLine>) {
        let cluster = |(at, c)| Cluster {
            units: at..at + 1,
            glyphs: at..at + 1,
            advance: if c == '~' { 0.0 } else { 1.0 },
            spacing: 0.0,
            level: 0,
            break_after: matches!(c, '_' | '-' | '~'),
            tear_after: c == '\'',
            unsafe_before: false,
            kerning: 0.0,
            hangs: matches!(c, '_' | '~' | ' '),
            gap: matches!(c, '_' | ' '),
            ideographic: false,
            run: 0,
            scale: 1.0,
            height: Height::NONE,
            hyphen: if c == '~' { 1.0 } else { 0.0 },
        };
        let clusters: Vec<Cluster> = text.chars().enumerate().map(cluster).collect();
        let hard_lines = vec![HardLine { bytes: 0..text.len(), clusters: 0..clusters.len() }];
        (clusters, hard_lines)
    }

    #[test]
    fn greedy() {
        for (text, max, expected) in [
            ("", 3.0, ""),
            ("ab", 3.0, "ab"),
            ("ab_cd", 5.0, "ab_cd"),
            ("ab_cd", 4.0, "ab|cd"),
            ("ab_cd", 2.0, "ab|cd"),
            ("ab___cd", 2.0, "ab|cd"),
            ("ab_", 2.0, "ab"),
            ("a-b", 2.0, "a-|b"),
            ("abcd", 2.0, "ab!|cd"),
            ("abcde_f", 2.0, "ab!|cd!|e|f"),
            ("a_bcde", 3.0, "a|bcd!|e"),
            ("ab", 0.0, "a!|b"),
            ("ab", -1.0, "a!|b"),
            ("_ab", 2.0, "_a!|b"),
            ("__", 0.0, ""),
            ("abc", f32::INFINITY, "abc"),
            ("ab~cd", 4.0, "ab~cd"),
            ("ab~cd", 3.0, "ab~|cd"),
            ("ab~cd", 2.0, "ab!|cd"),
            ("a_b~cd", 3.0, "a|b~cd"),
            ("a_b~cd", 2.0, "a|b~|cd"),
            ("ab~cd~ef", 5.0, "ab~cd~|ef"),
            ("ab~_cd", 2.0, "ab|cd"),
            ("~~ab~", 2.0, "~~ab"),
            ("ab'c", 4.0, "ab'c"),
            ("a'bcd_e", 3.0, "a'!|bcd|e"),
            ("a_b'cd_e", 4.0, "a|b'cd|e"),
            ("ab !cd", 4.0, "ab!|!cd"),
            ("ab cdefg", 4.0, "ab!|cdef!|g"),
        ] {
            let (clusters, hard_lines) = clusters(text);
            let lines: Vec<String> = Lines::new(&clusters, &hard_lines, max)
                .map(|span| {
                    let shown = text.get(span.clusters).unwrap();
                    let inner = shown.trim_end_matches('~').matches('~').count();
                    let unseen = if shown.ends_with('~') { inner } else { shown.matches('~').count() };
                    assert_eq!(span.width, (shown.len() - unseen) as f32, "{text:?} in {max}");
                    format!("{shown}{}", if span.emergency { "!" } else { "" })
                })
                .collect();
            assert_eq!(lines.join("|"), expected, "{text:?} in {max}");
        }
    }
}
