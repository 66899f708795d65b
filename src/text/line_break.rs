//! Clusters → lines: greedy breaking, and where a line stands within the width.
//!
//! Breaking knows ems and nothing of a font size. It visits no cluster more than twice: once, and again if the break lies before it.

use std::ops::Range;

use super::Align;
use super::cluster::{Cluster, Extent};
use super::paragraph::HardLine;

/// A line of clusters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    /// Which line of text it is of.
    pub(super) hard_line: usize,
    /// The clusters to draw: without what hangs at the end.
    pub(super) clusters: Range<usize>,
    /// Em from the first to the last visible advance.
    pub(super) width: f32,
    /// It ends at a hard break or at the text's end.
    pub(super) last: bool,
    /// It ends within a word that is wider than a line.
    pub(super) emergency: bool,
    /// The font size of its largest letters in multiples of the text's; at least 1.
    pub(super) scale: f32,
}

/// Iterates over the lines of at most `max` ems.
///
/// A line ends at its last opportunity that leaves it within `max`. Where it has none, it ends where `word_break` forbids it, or
/// else between two clusters (an emergency). A single cluster that is wider than `max` has a line of its own.
pub(super) struct Lines<'a> {
    clusters: &'a [Cluster],
    hard_lines: &'a [HardLine],
    max: f32,
    hard_line: usize,
    /// The next line's first cluster, within the current line of text.
    at: Option<usize>,
    /// Clusters looked at so far.
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
        let (mut span, next, visits) = break_line(self.clusters, start..range.end, self.max);
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

/// The first line of `range`, where the next one begins, and how many clusters were looked at.
fn break_line(clusters: &[Cluster], range: Range<usize>, max: f32) -> (Span, usize, usize) {
    let start = range.start;
    let mut extent = Extent::default();
    let mut visible_end = start;
    let mut opportunity: Option<(Span, usize)> = None;
    let mut tear: Option<(Span, usize)> = None;
    let mut scale = 1.0_f32;
    let span = |end: usize, width, scale, last, emergency| {
        let clusters = start..end;
        Span { hard_line: 0, clusters, width, last, emergency, scale }
    };

    for (at, cluster) in clusters.iter().enumerate().take(range.end).skip(start) {
        let next = at.saturating_add(1);
        if !cluster.hangs {
            if extent.with(cluster) > max && visible_end > start {
                let anywhere = || (span(visible_end, extent.visible, scale, false, true), at);
                let (span, next) = opportunity.or(tear).unwrap_or_else(anywhere);
                return (span, next, at.saturating_sub(start).saturating_add(1));
            }
            scale = scale.max(cluster.scale);
            visible_end = next;
        }
        extent.add(cluster);
        // Spaces that begin a line are kept: they alone are no line.
        if cluster.break_after && visible_end > start && next < range.end {
            let width = extent.broken_behind(cluster);
            if cluster.hyphen > 0.0 && width > max {
                continue; // its hyphen has no room
            }
            let end = if cluster.hyphen > 0.0 { next } else { visible_end };
            opportunity = Some((span(end, width, scale, false, false), next));
        } else if cluster.tear_after && visible_end > start && next < range.end {
            tear = Some((span(visible_end, extent.visible, scale, false, true), next));
        }
    }
    (span(visible_end, extent.visible, scale, true, false), range.end, range.len())
}

/// How a line stands within `width`: its left edge, and what each gap between words gains. Px.
///
/// <https://drafts.csswg.org/css-text-3/#text-align-property>: a line that is too wide begins at its start.
pub(super) fn align(align: Align, rtl: bool, width: f32, line: f32, gaps: usize, last: bool) -> (f32, f32) {
    let room = width - line;
    let (start, end) = if rtl { (room, 0.0) } else { (0.0, room) };
    if room <= 0.0 {
        return (start, 0.0);
    }
    match align {
        Align::Start => (start, 0.0),
        Align::End => (end, 0.0),
        Align::Center => (room / 2.0, 0.0),
        Align::Left => (0.0, 0.0),
        Align::Right => (room, 0.0),
        Align::Justify if last || gaps == 0 => (start, 0.0),
        Align::Justify => (0.0, room / gaps as f32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One cluster of 1 em for each character: `_` hangs and lets the line break, `-` lets it break, `~` is a soft hyphen, behind
    /// `'` it may be torn.
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
            hangs: matches!(c, '_' | '~'),
            gap: c == '_',
            run: 0,
            scale: 1.0,
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
            assert_eq!(align(by, rtl, 100.0, line, 2, last), expected, "{by:?} {rtl} {line} {last}");
        }
        assert_eq!(align(Align::Justify, true, 100.0, 60.0, 0, false), (40.0, 0.0));
    }
}
