//! A line of text → units: graphemes with their bidi level, script, face and line break
//! opportunities.
//!
//! Shaping, line breaking and truncation all work on units.
//!
//! - bidi levels: UAX #9, for each line of text, all with the text's one base direction (as HTML's
//!   `dir=auto` has it)
//! - graphemes: UAX #29
//! - line break opportunities: UAX #14 with CSS's `line-break: normal` and `word-break`
//!
//! Invariant: units cover their line of text without gaps, in order, and are never empty.

use std::ops::Range;

use unicode_bidi::{Level, ParagraphBidiInfo};
use unicode_script::{Script, UnicodeScript};

use super::character::{self, SOFT_HYPHEN};
use super::emoji;
use super::fallback::Faces;
use super::grapheme::graphemes;
use super::opportunity::Breaking;
use crate::font::FaceId;

/// One grapheme. An emoji that no font draws whole is several units, and so is a kana whose mark is
/// in another font.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// The unit's bytes in the paragraph's text.
    pub(super) bytes: Range<usize>,
    /// Bidi embedding level; odd is right to left.
    pub(super) level: u8,
    pub(super) script: Script,
    pub(super) face: FaceId,
    /// The index of the run that its first character belongs to.
    pub(super) run: u16,
    /// Whether a line may end behind it.
    pub(super) break_after: bool,
    /// Whether a line may end behind it if it has no better place: `word_break` forbids it
    /// otherwise.
    pub(super) tear_after: bool,
    /// Whether it is not measured at a line's end: white space that hangs, or an invisible control.
    pub(super) hangs: bool,
    /// Whether it is a word separator, which justification widens.
    pub(super) gap: bool,
    /// Whether justification widens the line on both of its sides.
    pub(super) ideographic: bool,
    /// Whether it is a soft hyphen, which is visible only where a line ends behind it.
    pub(super) soft: bool,
}

/// The bytes of the text that `units` cover.
pub(super) fn bytes_of(units: &[Unit]) -> Range<usize> {
    match (units.first(), units.last()) {
        (Some(first), Some(last)) => first.bytes.start..last.bytes.end,
        _ => 0..0,
    }
}

/// The runs of a text: where they end, and the faces that each may use.
pub(super) struct Runs<'a> {
    /// Rising bytes of the text; the last one is its length.
    pub(super) ends: &'a [usize],
    /// The faces of each run.
    pub(super) faces: &'a [&'a Faces<'a>],
}

impl<'a> Runs<'a> {
    /// The index of the run that the byte at `at` belongs to, and its faces.
    fn at(&self, at: usize) -> Option<(u16, &'a Faces<'a>)> {
        let run = self.ends.partition_point(|end| *end <= at).min(self.faces.len().saturating_sub(1));
        Some((u16::try_from(run).ok()?, self.faces.get(run)?))
    }
}

/// Analyses one line of text, `bytes` of `text`. Scripts are those of the characters, not resolved
/// yet.
pub(super) fn units(text: &str, bytes: &Range<usize>, rtl: bool, runs: &Runs<'_>, breaking: Breaking<'_>) -> Vec<Unit> {
    let line = text.get(bytes.clone()).unwrap_or_default();
    let base = if rtl { Level::rtl() } else { Level::ltr() };
    let bidi = ParagraphBidiInfo::new(line, Some(base));
    let mut breaks = breaking.opportunities(line).into_iter().peekable();
    let mut units: Vec<Unit> = Vec::with_capacity(line.len());
    for grapheme in graphemes(line) {
        let part = line.get(grapheme.clone()).unwrap_or_default();
        let Some((run, faces)) = runs.at(bytes.start.saturating_add(grapheme.start)) else { break };
        while breaks.next_if(|found| found.at < grapheme.end).is_some() {}
        let opportunity = breaks.next_if(|found| found.at == grapheme.end);
        let break_after = opportunity.is_some_and(|found| !found.is_last_resort);
        let tear_after = opportunity.is_some_and(|found| found.is_last_resort);
        let level = bidi.levels.get(grapheme.start).map_or(base.number(), Level::number);
        if emoji::is(part) {
            let start = bytes.start.saturating_add(grapheme.start);
            units.extend(faces.emoji(part).into_iter().map(|(piece, face)| Unit {
                level,
                script: Script::Common,
                face,
                run,
                break_after: break_after && piece.end == part.len(),
                tear_after: tear_after && piece.end == part.len(),
                hangs: false,
                gap: false,
                ideographic: false,
                soft: false,
                bytes: start.saturating_add(piece.start)..start.saturating_add(piece.end),
            }));
            continue;
        }
        let pieces = match faces.detached_mark(part) {
            Some(at) => [0..at, at..part.len()],
            None => [0..0, 0..part.len()],
        };
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            let is_last = piece.end == part.len();
            let start = bytes.start.saturating_add(grapheme.start);
            let bytes = start.saturating_add(piece.start)..start.saturating_add(piece.end);
            let part = part.get(piece).unwrap_or_default();
            // An invisible unit must not divide a run, so it takes the face before it. A space
            // takes the first face, as in browsers.
            let is_ignorable = part.chars().all(character::is_ignorable);
            let before = units.last().filter(|unit| unit.run == run && is_ignorable).map(|unit| unit.face);
            units.push(Unit {
                level,
                script: part
                    .chars()
                    .map(|c| c.script())
                    .find(|script| character::is_real(*script))
                    .unwrap_or(Script::Common),
                face: before.unwrap_or_else(|| faces.pick(part)),
                run,
                break_after: break_after && is_last,
                tear_after: tear_after && is_last,
                hangs: part.chars().all(character::hangs),
                gap: part.chars().next().is_some_and(character::is_word_separator),
                ideographic: part.chars().next().is_some_and(character::is_ideographic),
                soft: part == SOFT_HYPHEN,
                bytes,
            });
        }
    }
    units
}

/// The units of a line that is a text of its own, in Inter.
#[cfg(test)]
pub(super) fn units_of(text: &str) -> Vec<Unit> {
    tests::analyse(text, super::style::Direction::Auto)
}

#[cfg(test)]
mod tests {
    use super::super::bidi::is_rtl;
    use super::super::itemize;
    use super::super::style::{Direction, RunStyle};
    use super::*;
    use crate::font::Fonts;

    pub(super) fn analyse(text: &str, direction: Direction) -> Vec<Unit> {
        let fonts = Fonts::embedded();
        let faces = Faces::new(&fonts, &RunStyle::default(), None);
        let runs = Runs { ends: &[text.len()], faces: &[&faces] };
        let rtl = is_rtl(text, direction);
        let mut units = units(text, &(0..text.len()), rtl, &runs, Breaking::default());
        itemize::resolve_scripts(text, &mut units, runs.faces);
        units
    }

    #[test]
    fn levels() {
        for (text, direction, expected) in [
            ("abc", Direction::Auto, "000"),
            ("אבג", Direction::Auto, "111"),
            ("ab אב", Direction::Auto, "00011"),
            ("ab אב", Direction::Rtl, "22111"),
            ("אב ab 12", Direction::Auto, "11122222"),
            ("אב 12", Direction::Auto, "11122"),
            ("12", Direction::Auto, "00"),
            ("", Direction::Rtl, ""),
            ("a\u{2067}b\u{2069}c", Direction::Auto, "00200"),
            ("\u{202e}ab\u{202c}c", Direction::Ltr, "01110"),
            // A value does not give its sentence the direction, unless it is all of it.
            ("\u{2068}אב\u{2069}, x!", Direction::Auto, "01100000"),
            ("x, \u{2068}אב\u{2069}!", Direction::Auto, "00001100"),
            ("\u{2068}אב\u{2069}!", Direction::Auto, "13311"),
            ("\u{2068}אב\u{2069}", Direction::Rtl, "1331"),
        ] {
            let levels: String = analyse(text, direction).iter().map(|unit| unit.level.to_string()).collect();
            // Units may join controls to their neighbours; there are none of those in this table
            // but the last two.
            assert_eq!(levels, expected, "{text:?}");
        }
    }

    #[test]
    fn line_break_opportunities() {
        for (text, expected) in [
            ("Hello world", "Hello |world|"),
            ("well-known", "well-|known|"),
            ("3.14 (a b)", "3.14 |(a |b)|"),
            ("10\u{a0}000 €", "10\u{a0}000 |€|"),
            ("Привет, мир!", "Привет, |мир!|"),
            ("Γειά σου;", "Γειά |σου;|"),
            ("שלום עולם", "שלום |עולם|"),
            ("名前です", "名|前|で|す|"),
            ("대한민국 만세, 東京에서 東京で", "대한민국 |만세, |東|京에서 |東|京|で|"),
            ("co\u{ad}op, so\u{ad}", "co\u{ad}|op, |so\u{ad}|"),
            ("a\u{200b}b", "a\u{200b}|b|"),
            ("https://a.example/b", "https://|a.example/|b|"),
        ] {
            let found: String = analyse(text, Direction::Auto)
                .iter()
                .map(|unit| {
                    format!("{}{}", text.get(unit.bytes.clone()).unwrap(), if unit.break_after { "|" } else { "" })
                })
                .collect();
            assert_eq!(found, expected);
        }
    }
}
