//! The last line of a text that does not fit: as much as there is room for, and `…`.
//!
//! It is shaped anew, because a letter looks different where its word ends. It keeps the bidi levels that the whole text gave it.

use std::ops::Range;

use unicode_script::Script;

use super::Overflow;
use super::analyse::{self, Faces, Unit};
use super::cluster::{Cluster, EmGlyph, Extent, Shaping};
use super::lines::Span;
use super::paragraph::{HardLine, Paragraph};

/// Times that a line is shaped anew when it comes out wider than expected. Each takes off twice as much as the one before.
const MAX_ATTEMPTS: u32 = 16;

/// A line that ends before its text does.
#[derive(Default)]
pub(super) struct Truncated {
    pub(super) clusters: Vec<Cluster>,
    pub(super) glyphs: Vec<EmGlyph>,
    /// Em.
    pub(super) width: f32,
    /// Of the paragraph's text, without the ellipsis.
    pub(super) bytes: Range<usize>,
}

impl Paragraph {
    /// As much of the text behind `span`'s start as fits `max` ems with an ellipsis behind it.
    pub(super) fn truncate(&self, span: &Span, max: f32) -> Truncated {
        let Some(hard_line) = self.hard_lines.get(span.hard_line) else { return Truncated::default() };
        let faces = Faces::new(&self.fonts, &self.setting.family, self.setting.language);
        let ellipsis = if self.setting.overflow == Overflow::Ellipsis { mark(&faces) } else { "" };
        let rest = span.clusters.start..hard_line.clusters.end;
        let rest = self.clusters.get(rest).unwrap_or_default();
        let first_unit = rest.first().map_or(0, |cluster| cluster.units.start);
        let room = max - self.shape_tail(hard_line, &faces, first_unit..first_unit, ellipsis).width;
        let mut extent = Extent::default();
        let mut end = first_unit;
        for cluster in rest {
            let gap = if ellipsis.is_empty() { 0.0 } else { cluster.spacing };
            if !cluster.hangs && extent.with(cluster) + gap > room {
                break;
            }
            extent.add(cluster);
            end = cluster.units.end;
        }

        let mut step = 1_usize;
        let mut line = Truncated::default();
        for _ in 0..MAX_ATTEMPTS {
            end = self.trim(first_unit, end, !ellipsis.is_empty());
            line = self.shape_tail(hard_line, &faces, first_unit..end, ellipsis);
            if line.width <= max || end <= first_unit {
                break;
            }
            end = end.saturating_sub(step).max(first_unit);
            step = step.saturating_mul(2);
        }
        line
    }

    /// Takes white space, and before an ellipsis punctuation, off the end of a truncated line.
    fn trim(&self, first: usize, end: usize, punctuation: bool) -> usize {
        let kept = self.units.get(first..end).unwrap_or_default();
        let trimmed = kept.iter().rev().take_while(|unit| {
            unit.hangs
                || punctuation
                    && self
                        .text
                        .get(unit.bytes.clone())
                        .is_some_and(|part| part.chars().all(|c| c.is_whitespace() || trails(c)))
        });
        end.saturating_sub(trimmed.count())
    }

    /// Shapes some units of a line of text, and `ellipsis` behind them.
    fn shape_tail(&self, hard_line: &HardLine, faces: &Faces<'_>, units: Range<usize>, ellipsis: &str) -> Truncated {
        let mut units: Vec<Unit> = self.units.get(units).unwrap_or_default().to_vec();
        let start = hard_line.bytes.start;
        let bytes = analyse::bytes_of(&units);
        let end = units.last().map_or(start, |unit| unit.bytes.end);
        let mut text = self.text.get(..end).unwrap_or_default().to_owned();
        text.push_str(ellipsis);
        let script = units.last().map_or(Script::Common, |unit| unit.script);
        for (at, dot) in ellipsis.char_indices() {
            let at = end.saturating_add(at);
            let bytes = at..at.saturating_add(dot.len_utf8());
            // At the logical end of the line: on the base level, wherever the text before it runs.
            let face = faces.pick(ellipsis);
            let level = u8::from(self.rtl);
            units.push(Unit { bytes, level, script, face, break_after: false, hangs: false, gap: false });
        }
        let mut shaping = Shaping::new(&self.fonts, faces, &self.setting);
        shaping.line(&text, &(start..text.len()), &units, 0);
        let mut extent = Extent::default();
        shaping.clusters.iter().for_each(|cluster| extent.add(cluster));
        Truncated { clusters: shaping.clusters, glyphs: shaping.glyphs, width: extent.visible, bytes }
    }
}

/// `…`, or three full stops where no face has it.
fn mark(faces: &Faces<'_>) -> &'static str {
    if faces.covers(faces.pick("…"), "…") { "…" } else { "..." }
}

/// Punctuation that looks lost before an ellipsis.
const fn trails(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '.'
            | '!'
            | '?'
            | '-'
            | '/'
            | '\\'
            | '|'
            | '('
            | '['
            | '{'
            | '<'
            | '"'
            | '\''
            | '&'
            | '+'
            | '¡'
            | '¿'
            | '«'
            | '‹'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '·'
            | '•'
            | '‐'
            | '‑'
            | '‒'
            | '–'
            | '—'
            | '…'
            | '،'
            | '؛'
            | '؟'
            | '۔'
            | '־'
            | '।'
            | '॥'
            | '、'
            | '。'
            | '，'
            | '．'
            | '：'
            | '；'
            | '！'
            | '？'
            | '・'
            | '（'
            | '「'
            | '『'
    )
}
