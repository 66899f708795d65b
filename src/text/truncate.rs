//! The last line of a text that does not fit: as much as there is room for, with `…` at its end, in
//! its middle or at its start.
//!
//! The line is shaped again, because a letter may look different where its word ends. It keeps the
//! bidi levels of the whole text.

use std::ops::Range;

use unicode_script::Script;

use super::analyse::{self, Unit};
use super::character::trails;
use super::cluster::{Cluster, EmGlyph, Extent, Shaping};
use super::fallback::{Faces, Families};
use super::line_break::{HardLine, Span};
use super::paragraph::Paragraph;
use super::style::Overflow;

/// The most attempts at a line that comes out wider than expected. Each attempt takes off twice as
/// much as the one before.
const MAX_ATTEMPTS: u32 = 16;

/// A line that was shaped again, possibly with an ellipsis.
#[derive(Default)]
pub(super) struct Reshaped {
    pub(super) clusters: Vec<Cluster>,
    pub(super) glyphs: Vec<EmGlyph>,
    /// In ems.
    pub(super) width: f32,
    /// The bytes of the paragraph's text that it shows, from the first to the last.
    pub(super) bytes: Range<usize>,
    /// The part of `bytes` that the ellipsis replaces. `None` without an ellipsis.
    pub(super) elided: Option<Range<usize>>,
}

/// The units of a line that are shown: those before the ellipsis, and those behind it.
#[derive(Debug, Clone)]
struct Pieces {
    head: Range<usize>,
    tail: Range<usize>,
}

impl Paragraph {
    /// As much of the text from `span`'s start on as fits `max` ems with an ellipsis.
    pub(super) fn truncate(&self, span: &Span, max: f32) -> Reshaped {
        let Some(hard_line) = self.hard_lines.get(span.hard_line) else { return Reshaped::default() };
        let families = Families::new(&self.fonts, &self.setting.runs, self.setting.language);
        let faces = families.of(&self.setting.runs);
        let rest = self.clusters.get(span.clusters.start..hard_line.clusters.end).unwrap_or_default();
        let units = rest.first().map_or(0, |first| first.units.start)..rest.last().map_or(0, |last| last.units.end);
        // If more hard lines follow, the end of this one is not the text's end, and does not help a
        // reader.
        let ends = span.hard_line.saturating_add(1) == self.hard_lines.len();
        let overflow = if ends { self.setting.overflow } else { self.setting.overflow.at_end() };
        let marked = overflow != Overflow::Clip;
        let nothing = Pieces { head: units.start..units.start, tail: units.end..units.end };
        let room = max - self.shape_pieces(hard_line, &faces, &nothing, marked).width;

        let head_room = match overflow {
            Overflow::EllipsisStart => 0.0,
            Overflow::EllipsisMiddle => room / 2.0,
            Overflow::Ellipsis | Overflow::Clip | Overflow::Visible => room,
        };
        let (head, width) = self.leading(rest, head_room, marked);
        let tail_room = match overflow {
            Overflow::EllipsisStart | Overflow::EllipsisMiddle => room - width,
            Overflow::Ellipsis | Overflow::Clip | Overflow::Visible => 0.0,
        };
        let mut pieces = Pieces { head: units.start..head, tail: self.trailing(rest, tail_room)..units.end };

        let mut step = 1_usize;
        let mut line = Reshaped::default();
        for _ in 0..MAX_ATTEMPTS {
            self.trim(&mut pieces, marked);
            line = self.shape_pieces(hard_line, &faces, &pieces, marked);
            let Pieces { head, tail } = &mut pieces;
            if line.width <= max || head.len().saturating_add(tail.len()) == 0 {
                break;
            }
            if tail.start < tail.end {
                tail.start = tail.start.saturating_add(step).min(tail.end);
            } else {
                head.end = head.end.saturating_sub(step).max(head.start);
            }
            step = step.saturating_mul(2);
        }
        line
    }

    /// The end of the units of `clusters` that fit `room` ems from the start, and their width in
    /// ems.
    fn leading(&self, clusters: &[Cluster], room: f32, marked: bool) -> (usize, f32) {
        let mut extent = Extent::default();
        let mut end = clusters.first().map_or(0, |first| first.units.start);
        for cluster in clusters {
            let gap = if marked { cluster.spacing } else { 0.0 };
            if !cluster.hangs && extent.with(cluster) + gap > room {
                break;
            }
            extent.add(cluster);
            end = cluster.units.end;
        }
        (end, extent.visible)
    }

    /// The start of the units of `clusters` that fit `room` ems from the end.
    fn trailing(&self, clusters: &[Cluster], room: f32) -> usize {
        let mut start = clusters.last().map_or(0, |last| last.units.end);
        let mut width = 0.0_f32;
        for cluster in clusters.iter().rev().skip_while(|cluster| cluster.hangs) {
            width += cluster.advance + cluster.spacing;
            if width > room {
                break;
            }
            start = cluster.units.start;
        }
        start
    }

    /// A line that is shaped again because a line break changes its start or its end: kerning does
    /// not reach across the break. `None` if nothing changes. The text around the line still
    /// decides the forms of its letters.
    pub(super) fn reshaped(&self, span: &Span) -> Option<Reshaped> {
        let hard_line = self.hard_lines.get(span.hard_line)?;
        let all = &self.clusters;
        let (start, end) = (span.clusters.start, span.clusters.end);
        let begins = start > hard_line.clusters.start && all.get(start)?.unsafe_before;
        let ends = end < hard_line.clusters.end && all.get(end).is_some_and(|next| next.unsafe_before && !next.hangs);
        if !(begins || ends) {
            return None;
        }
        let clusters = all.get(span.clusters.clone())?;
        let (first, behind) = (clusters.first()?.units.start, clusters.last()?.units.end);
        // White space that hangs behind the line is shaped with it, as everywhere: a comma has its
        // kerning to the space.
        let hanging = all.get(end..hard_line.clusters.end)?.iter().take_while(|cluster| cluster.hangs).last();
        let units = self.units.get(first..hanging.map_or(behind, |last| last.units.end))?;
        let families = Families::new(&self.fonts, &self.setting.runs, self.setting.language);
        let faces = families.of(&self.setting.runs);
        let mut shaping = Shaping::new(&self.fonts, &faces, &self.setting);
        shaping.line(&self.text, &hard_line.bytes, units, 0);
        let shown = behind.saturating_sub(first);
        let mut clusters = shaping.clusters;
        clusters.truncate(clusters.partition_point(|cluster| cluster.units.start < shown));
        let mut extent = Extent::default();
        clusters.iter().for_each(|cluster| extent.add(cluster));
        let width = clusters.last().map_or(0.0, |last| extent.broken_behind(last));
        let bytes = analyse::bytes_of(units.get(..shown)?);
        Some(Reshaped { clusters, glyphs: shaping.glyphs, width, bytes, elided: None })
    }

    /// Takes white space off the edges of the pieces, and punctuation off the edge before an
    /// ellipsis.
    fn trim(&self, pieces: &mut Pieces, marked: bool) {
        let part = |unit: &Unit| self.text.get(unit.bytes.clone()).unwrap_or_default();
        let blank = |unit: &Unit| unit.hangs || part(unit).chars().all(char::is_whitespace);
        let lost = |unit: &&Unit| unit.hangs || marked && part(unit).chars().all(|c| c.is_whitespace() || trails(c));
        let units = |range: &Range<usize>| self.units.get(range.clone()).unwrap_or_default();
        let Pieces { head, tail } = pieces;
        head.end = head.end.saturating_sub(units(head).iter().rev().take_while(lost).count());
        tail.start = tail.start.saturating_add(units(tail).iter().take_while(|unit| blank(unit)).count());
        tail.end = tail.end.saturating_sub(units(tail).iter().rev().take_while(|unit| unit.hangs).count());
    }

    /// Shapes some units of a line of text, with an ellipsis between them if `marked`.
    fn shape_pieces(&self, hard_line: &HardLine, faces: &[&Faces<'_>], pieces: &Pieces, marked: bool) -> Reshaped {
        let of = |range: &Range<usize>| self.units.get(range.clone()).unwrap_or_default();
        let (head, tail) = (of(&pieces.head), of(&pieces.tail));
        let (shown, hidden) = (analyse::bytes_of(head), analyse::bytes_of(tail));
        let start = hard_line.bytes.start;
        let end = head.last().map_or(start, |unit| unit.bytes.end);
        let mut text = self.text.get(..end).unwrap_or_default().to_owned();
        let mut units = head.to_vec();

        let beside = head.last().or_else(|| tail.first());
        let (script, run) = beside.map_or((Script::Common, 0), |unit| (unit.script, unit.run));
        if let Some(faces) = faces.get(usize::from(run)).filter(|_| marked) {
            let ellipsis = ellipsis(faces);
            let face = faces.pick(ellipsis);
            for dot in ellipsis.chars() {
                let at = text.len();
                text.push(dot);
                // The ellipsis is on the base level, whatever the direction of the text beside it.
                let level = u8::from(self.rtl);
                units.push(Unit {
                    bytes: at..text.len(),
                    level,
                    script,
                    face,
                    run,
                    break_after: false,
                    tear_after: false,
                    hangs: false,
                    gap: false,
                    ideographic: false,
                    soft: false,
                });
            }
        }
        for unit in tail {
            let at = text.len();
            text.push_str(self.text.get(unit.bytes.clone()).unwrap_or_default());
            units.push(Unit { bytes: at..text.len(), ..unit.clone() });
        }

        let mut shaping = Shaping::new(&self.fonts, faces, &self.setting);
        shaping.line(&text, &(start..text.len()), &units, 0);
        let mut extent = Extent::default();
        shaping.clusters.iter().for_each(|cluster| extent.add(cluster));
        let (bytes, elided) = if tail.is_empty() {
            (shown.clone(), shown.end..shown.end)
        } else {
            let start = if head.is_empty() { hidden.start } else { shown.start };
            let end = if head.is_empty() { hidden.start } else { shown.end };
            (start..hidden.end, end..hidden.start)
        };
        let elided = marked.then_some(elided);
        Reshaped { clusters: shaping.clusters, glyphs: shaping.glyphs, width: extent.visible, bytes, elided }
    }
}

/// `…`, or three full stops if no face has it.
fn ellipsis(faces: &Faces<'_>) -> &'static str {
    if faces.covers(faces.pick("…"), "…") { "…" } else { "..." }
}
