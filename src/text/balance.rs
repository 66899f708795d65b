//! Lines of one length (`wrap: balance`), and last lines of more than one word (`wrap: pretty`).
//!
//! Greedy lines leave the rest to the last one. A headline looks better in lines of one length.
//! They come from greedy breaking in the narrowest box that needs no further line, as in browsers.
//! Each line of text between hard breaks is balanced separately.
//!
//! Invariant: there are as many lines as before, none is wider than the box, and no word is broken.

use super::cluster::Cluster;
use super::line_break::{Effort, Lines, Span};
use super::paragraph::Paragraph;
use super::style::Wrap;

/// Number of bisection steps between the widest line and the narrowest possible: to a thousandth of
/// the difference.
const PASSES: u32 = 10;

impl Paragraph {
    /// Moves words between the lines of a text that is broken into `spans` of at most `max` ems,
    /// and counts the effort.
    pub(super) fn balance(&self, spans: &mut Vec<Span>, max: f32, effort: &mut Effort) {
        if self.setting.wrap == Wrap::Greedy {
            return;
        }
        let mut done = Vec::with_capacity(spans.len());
        for greedy in spans.chunk_by(|a, b| a.hard_line == b.hard_line) {
            let better = match self.setting.wrap {
                // Lines with a broken word cannot be improved.
                _ if greedy.len() < 2 || greedy.iter().any(|span| span.emergency) => None,
                Wrap::Balance => self.even(greedy, max, effort),
                Wrap::Pretty | Wrap::Greedy => self.accompany(greedy, max, effort),
            };
            match better {
                Some(better) => done.extend(better),
                None => done.extend_from_slice(greedy),
            }
        }
        *spans = done;
    }

    /// One line of text, broken in a box of `max` ems. `None` if the lines are more, higher or
    /// worse than `greedy`.
    fn broken(&self, greedy: &[Span], max: f32, effort: &mut Effort) -> Option<Vec<Span>> {
        let hard_line = greedy.first()?.hard_line;
        let hard_lines = self.hard_lines.get(hard_line..)?.get(..1)?;
        let mut lines = Lines::new(&self.clusters, hard_lines, max);
        let found: Vec<Span> =
            lines.by_ref().take(greedy.len().saturating_add(1)).map(|span| Span { hard_line, ..span }).collect();
        effort.add_pass(&lines);
        let is_whole = found.iter().all(|span| !span.emergency && span.width <= max);
        (is_whole && found.len() <= greedy.len() && self.total(&found) <= self.total(greedy)).then_some(found)
    }

    /// The most even lines. `None` if the greedy ones are.
    fn even(&self, greedy: &[Span], max: f32, effort: &mut Effort) -> Option<Vec<Span>> {
        let widest = greedy.iter().fold(0.0_f32, |widest, span| widest.max(span.width)).min(max);
        let mut too_narrow = greedy.iter().map(|span| span.width).sum::<f32>() / greedy.len() as f32;
        let mut wide_enough = widest;
        let mut best = None;
        for _ in 0..PASSES {
            let middle = too_narrow + (wide_enough - too_narrow) / 2.0;
            match self.broken(greedy, middle, effort) {
                Some(found) => (wide_enough, best) = (middle, Some(found)),
                None => too_narrow = middle,
            }
        }
        best
    }

    /// The lines with one word moved to a last line that has a single word. `None` if it has more,
    /// or the word does not fit.
    fn accompany(&self, greedy: &[Span], max: f32, effort: &mut Effort) -> Option<Vec<Span>> {
        let ([before @ .., spare, last], false) = (greedy, max.is_infinite()) else { return None };
        let clusters = |span: &Span| self.clusters.get(span.clusters.clone()).unwrap_or_default();
        let words = |span: &Span| {
            let shown = clusters(span);
            let inner = shown.get(..shown.len().saturating_sub(1)).unwrap_or_default();
            inner.iter().filter(|cluster| separates(cluster)).count().saturating_add(1)
        };
        if words(last) > 1 || words(spare) < 2 {
            return None;
        }
        // The line before it ends one opportunity earlier.
        let shown = clusters(spare);
        let inner = shown.get(..shown.len().saturating_sub(1))?;
        let end = spare.clusters.start.saturating_add(inner.iter().rposition(separates)?);
        let rest = end.saturating_add(1);
        let part = |from, to| {
            let mut line = self.hard_lines.get(last.hard_line)?.clone();
            line.clusters = from..to;
            Some([line])
        };
        let end_of_text = self.hard_lines.get(last.hard_line)?.clusters.end;
        let (first, second) = (part(spare.clusters.start, rest)?, part(rest, end_of_text)?);
        let mut found = before.to_vec();
        for (lines, is_last) in [(first, false), (second, true)] {
            let mut lines = Lines::new(&self.clusters, &lines, max);
            let span = lines.next().filter(|span| span.last && span.width <= max)?;
            found.push(Span { hard_line: last.hard_line, last: is_last, ..span });
            effort.add_visits(&lines);
        }
        effort.passes = effort.passes.saturating_add(1);
        (self.total(&found) <= self.total(greedy)).then_some(found)
    }

    /// The height of lines, in ems. A larger run makes its line higher.
    fn total(&self, spans: &[Span]) -> f32 {
        spans.iter().map(|span| self.height(span).sum()).sum()
    }
}

/// Whether a word ends with a cluster. A soft hyphen is within a word.
fn separates(cluster: &Cluster) -> bool {
    cluster.break_after && cluster.hyphen == 0.0
}
