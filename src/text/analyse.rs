//! A string → lines of text, and for each grapheme its bidi level, script, face and whether a line may break behind it.
//!
//! Shaping and line breaking both need to know these things before they start, and truncation asks for them again.
//!
//! - hard breaks: every character that UAX #14 calls mandatory ends a line of text
//! - bidi levels: UAX #9, per line of text, all with the text's one base direction (as HTML's `dir=auto` has it)
//! - scripts: UAX #24; Common and Inherited take a neighbour's
//! - line break opportunities: UAX #14 with CSS's `line-break: normal` and `word-break`; graphemes: UAX #29
//!
//! Invariant: units cover their line of text without gaps, in order, and are never empty.

use std::ops::Range;
use std::rc::Rc;

use icu_segmenter::options::{LineBreakOptions, LineBreakStrictness, LineBreakWordOption};
use icu_segmenter::{GraphemeClusterSegmenter, LineSegmenter};
use unicode_bidi::{Direction as Base, Level, ParagraphBidiInfo, get_base_direction_full};
use unicode_script::{Script, UnicodeScript};

use super::emoji;
use super::fallback::Faces;
use super::{Direction, WordBreak};
use crate::font::FaceId;
use crate::font::dictionary::{self as words, Words};

/// Scalar values kept of one grapheme. The longest emoji have 10, Unicode's stream-safe format allows 30 marks;
/// a thousand marks on one letter are an attack, on the eye or on the CPU.
const MAX_GRAPHEME_CHARS: usize = 32;

/// One grapheme: what a reader calls a character. An emoji that no font draws whole is several units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Bytes of the paragraph's text.
    pub(crate) bytes: Range<usize>,
    /// Bidi embedding level; odd is right to left.
    pub(crate) level: u8,
    pub(crate) script: Script,
    pub(crate) face: FaceId,
    /// Which of the text's runs its first character is of.
    pub(crate) run: u16,
    /// A line may end behind it.
    pub(crate) break_after: bool,
    /// A line may end behind it if it has no better place to end: `word_break` keeps what is around it together.
    pub(crate) tear_after: bool,
    /// White space that hangs at the end of a line, or a control that nobody sees.
    pub(crate) hangs: bool,
    /// A word separator, which justification widens.
    pub(crate) gap: bool,
    /// A soft hyphen: seen only where a line ends behind it.
    pub(crate) soft: bool,
}

/// A string that is fit to be laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cleaned {
    pub(crate) text: String,
    /// The byte at which each run ends.
    pub(crate) ends: Vec<usize>,
    /// Characters were left out because there were too many.
    pub(crate) cut: bool,
}

/// Keeps what can be drawn: hard breaks become `\n`, tabs spaces, and controls, noncharacters and object replacements go.
pub(crate) fn clean<'a>(runs: impl Iterator<Item = &'a str>, max_chars: usize) -> Cleaned {
    let mut cleaned = Cleaned { text: String::new(), ends: Vec::new(), cut: false };
    let mut room = max_chars;
    for run in runs {
        clean_run(run, &mut room, &mut cleaned);
        cleaned.ends.push(cleaned.text.len());
    }
    cleaned
}

fn clean_run(text: &str, left: &mut usize, cleaned: &mut Cleaned) {
    let max_chars = *left;
    let mut kept = String::with_capacity(text.len().min(max_chars.saturating_mul(4)));
    let mut chars = text.chars().peekable();
    // A few more than fit, so that the cut falls on a whole grapheme.
    let mut room = max_chars.saturating_add(MAX_GRAPHEME_CHARS);
    while let Some(c) = chars.next() {
        let c = match c {
            '\r' => {
                let _ = chars.next_if_eq(&'\n');
                '\n'
            }
            '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            '\t' => ' ',
            '\u{fff9}'..='\u{fffc}' | '\u{fdd0}'..='\u{fdef}' => continue,
            c if c.is_control() || u32::from(c) & 0xfffe == 0xfffe => continue,
            c => c,
        };
        room = match room.checked_sub(1) {
            Some(room) => room,
            None => break,
        };
        kept.push(c);
    }

    cleaned.text.reserve(kept.len());
    for grapheme in graphemes(&kept) {
        let grapheme = kept.get(grapheme).unwrap_or_default();
        let chars = grapheme.chars().count();
        cleaned.cut |= chars > MAX_GRAPHEME_CHARS;
        let Some(rest) = left.checked_sub(chars.min(MAX_GRAPHEME_CHARS)) else {
            cleaned.cut = true;
            *left = 0; // nothing stands behind a gap
            break;
        };
        *left = rest;
        cleaned.text.extend(grapheme.chars().take(MAX_GRAPHEME_CHARS));
    }
}

/// The lines of text between hard breaks, in bytes, without the breaks. A break ends a line; it does not begin one,
/// so an empty string has none and `"\n"` has one empty line.
pub(crate) fn hard_lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0_usize;
    for line in text.split_inclusive('\n') {
        let end = start.saturating_add(line.len());
        lines.push(start..end.saturating_sub(usize::from(line.ends_with('\n'))));
        start = end;
    }
    lines
}

/// Whether a text's base direction is right to left: as told, or that of its first strong character. Isolates do not count
/// (the sentence around a value tells, not the value), unless there is nothing else.
pub(crate) fn is_rtl(text: &str, direction: Direction) -> bool {
    match direction {
        Direction::Ltr => false,
        Direction::Rtl => true,
        Direction::Auto => match get_base_direction_full(text) {
            Base::Rtl => true,
            Base::Ltr => false,
            Base::Mixed => {
                let within: String = text.chars().filter(|c| !is_isolate(*c)).collect();
                matches!(get_base_direction_full(within.as_str()), Base::Rtl)
            }
        },
    }
}

const fn is_isolate(c: char) -> bool {
    matches!(c, '\u{2066}'..='\u{2069}')
}

/// Where the runs of a text end, and the faces that each may use.
pub(crate) struct Runs<'a> {
    /// Rising bytes of the text; the last one is its length.
    pub(crate) ends: &'a [usize],
    /// Of each run.
    pub(super) faces: &'a [&'a Faces<'a>],
}

impl<'a> Runs<'a> {
    /// The run that the byte at `at` is of, and its faces.
    fn at(&self, at: usize) -> Option<(u16, &'a Faces<'a>)> {
        let run = self.ends.partition_point(|end| *end <= at).min(self.faces.len().saturating_sub(1));
        Some((u16::try_from(run).ok()?, self.faces.get(run)?))
    }
}

/// Analyses one line of text, `bytes` of `text`.
pub(crate) fn units(text: &str, bytes: &Range<usize>, rtl: bool, runs: &Runs<'_>, breaking: Breaking<'_>) -> Vec<Unit> {
    let line = text.get(bytes.clone()).unwrap_or_default();
    let base = if rtl { Level::rtl() } else { Level::ltr() };
    let bidi = ParagraphBidiInfo::new(line, Some(base));
    let mut breaks = breaking.opportunities(line).into_iter().peekable();
    let mut units: Vec<Unit> = Vec::with_capacity(line.len());
    for grapheme in graphemes(line) {
        let part = line.get(grapheme.clone()).unwrap_or_default();
        let Some((run, faces)) = runs.at(bytes.start.saturating_add(grapheme.start)) else { break };
        while breaks.next_if(|(at, _)| *at < grapheme.end).is_some() {}
        if emoji::is(part) {
            let opportunity = breaks.next_if(|(at, _)| *at == grapheme.end);
            let start = bytes.start.saturating_add(grapheme.start);
            units.extend(faces.emoji(part).into_iter().map(|(piece, face)| Unit {
                level: bidi.levels.get(grapheme.start).map_or(base.number(), Level::number),
                script: Script::Common,
                face,
                run,
                break_after: opportunity.is_some_and(|(_, kept)| !kept) && piece.end == part.len(),
                tear_after: opportunity.is_some_and(|(_, kept)| kept) && piece.end == part.len(),
                hangs: false,
                gap: false,
                soft: false,
                bytes: start.saturating_add(piece.start)..start.saturating_add(piece.end),
            }));
            continue;
        }
        let hangs = part.chars().all(hangs);
        // What nobody sees divides no run. A space is as wide as the first face has it, as in browsers, whatever is around it.
        let kept = units.last().filter(|unit| unit.run == run && part.chars().all(is_ignorable)).map(|unit| unit.face);
        let opportunity = breaks.next_if(|(at, _)| *at == grapheme.end);
        units.push(Unit {
            level: bidi.levels.get(grapheme.start).map_or(base.number(), Level::number),
            script: part.chars().map(|c| c.script()).find(|s| is_real(*s)).unwrap_or(Script::Common),
            face: kept.unwrap_or_else(|| faces.pick(part)),
            run,
            break_after: opportunity.is_some_and(|(_, kept)| !kept),
            tear_after: opportunity.is_some_and(|(_, kept)| kept),
            hangs,
            gap: part.chars().next().is_some_and(is_word_separator),
            soft: part == SOFT_HYPHEN,
            bytes: bytes.start.saturating_add(grapheme.start)..bytes.start.saturating_add(grapheme.end),
        });
    }
    resolve_scripts(text, &mut units);
    // The rules of a script for its letters would take a sequence of emoji apart.
    let emoji = runs.faces.first().map(|faces| faces.of_emojis()).unwrap_or_default();
    for unit in units.iter_mut().filter(|unit| emoji.contains(&unit.face)) {
        unit.script = Script::Common;
    }
    units
}

/// Common and Inherited take the script before them; at a line's start, and where they open something, the one behind
/// them. So both brackets around a word are in its run, and have the forms that the font has for it.
fn resolve_scripts(text: &str, units: &mut [Unit]) {
    let mut behind = None;
    for unit in units.iter_mut().rev() {
        if is_real(unit.script) {
            behind = Some(unit.script);
        } else if text.get(unit.bytes.clone()).is_some_and(|part| part.starts_with(opens)) {
            unit.script = behind.unwrap_or(unit.script);
        }
    }
    let mut script = behind.unwrap_or(Script::Common);
    for unit in units {
        if is_real(unit.script) {
            script = unit.script;
        } else {
            unit.script = script;
        }
    }
}

/// Punctuation that belongs to what follows it.
const fn opens(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '<'
            | '¡'
            | '¿'
            | '«'
            | '‹'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '「'
            | '『'
            | '【'
            | '〈'
            | '《'
            | '（'
            | '［'
            | '｛'
    )
}

pub(crate) fn is_real(script: Script) -> bool {
    !matches!(script, Script::Common | Script::Inherited | Script::Unknown)
}

/// Runs of one look, face, script and direction, as ranges of `units`.
pub(crate) fn runs(units: &[Unit]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0_usize;
    for same in units.chunk_by(|a, b| (a.run, a.face, a.level, a.script) == (b.run, b.face, b.level, b.script)) {
        let end = start.saturating_add(same.len());
        runs.push(start..end);
        start = end;
    }
    runs
}

/// The bytes of the text that `units` cover.
pub(crate) fn bytes_of(units: &[Unit]) -> Range<usize> {
    match (units.first(), units.last()) {
        (Some(first), Some(last)) => first.bytes.start..last.bytes.end,
        _ => 0..0,
    }
}

/// Graphemes of `text`, as ranges of bytes. A skin tone behind anything but an emoji is one of its own: no font has both.
pub(crate) fn graphemes(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0_usize;
    GraphemeClusterSegmenter::new().segment_str(text).flat_map(move |end| {
        let tone = text.get(start..end).and_then(emoji::loose_tone).map_or(end, |at| start.saturating_add(at));
        let pair = [start..tone, tone..end];
        start = end;
        pair.into_iter().filter(|grapheme| !grapheme.is_empty())
    })
}

/// How a text's line break opportunities are found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Breaking<'a> {
    pub(crate) word_break: Option<WordBreak>,
    /// Dictionaries.
    pub(crate) words: &'a [Rc<Words>],
}

impl Breaking<'_> {
    /// Bytes of `text` at which a line may end, its end included, in order; and whether it should not, because of `word_break`.
    fn opportunities(self, text: &str) -> Vec<(usize, bool)> {
        if self.word_break == Some(WordBreak::BreakAll) {
            return line_breaks(text, LineBreakWordOption::BreakAll).map(|at| (at, false)).collect();
        }
        let mut found: Vec<usize> = line_breaks(text, LineBreakWordOption::Normal).collect();
        if !self.words.is_empty() && words::is_lexical(text) {
            self.words.iter().for_each(|words| words.breaks(text, &mut found));
            found.sort_unstable();
        }
        // A Korean sentence has spaces between its words, and a reader expects them whole; what stands beside, such as
        // Japanese, breaks as ever.
        let keeps = match self.word_break {
            Some(WordBreak::KeepAll) => true,
            None => text.chars().any(is_hangul),
            Some(WordBreak::Normal | WordBreak::BreakAll) => false,
        };
        if !keeps {
            return found.into_iter().map(|at| (at, false)).collect();
        }
        let mut whole = line_breaks(text, LineBreakWordOption::KeepAll).peekable();
        let beside_hangul = |at: usize| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at..).and_then(|after| after.chars().next());
            before.is_some_and(is_hangul) || after.is_some_and(is_hangul)
        };
        let mut is_kept = |at: usize| {
            while whole.next_if(|whole| *whole < at).is_some() {}
            whole.next_if_eq(&at).is_none() && (self.word_break.is_some() || beside_hangul(at))
        };
        found.into_iter().map(|at| (at, is_kept(at))).collect()
    }
}

/// Opportunities but for those that take a dictionary.
fn line_breaks(text: &str, word_option: LineBreakWordOption) -> impl Iterator<Item = usize> {
    let mut options = LineBreakOptions::default();
    options.strictness = Some(LineBreakStrictness::Normal); // what browsers take `line-break: auto` for
    options.word_option = Some(word_option);
    LineSegmenter::new_neo_for_non_complex_scripts(options).segment_str(text).skip_while(|at| *at == 0)
}

fn is_hangul(c: char) -> bool {
    c >= '\u{1100}' && c.script() == Script::Hangul
}

/// A line may end behind it, and shows a hyphen then.
const SOFT_HYPHEN: &str = "\u{ad}";

/// White space that hangs at a line's end, and controls that nobody sees there. No-break spaces stay.
const fn hangs(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{ad}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200b}' | '\u{205f}' | '\u{3000}'
            | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// <https://drafts.csswg.org/css-text-4/#word-separator>
const fn is_word_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{1361}' | '\u{10100}' | '\u{10101}' | '\u{1039f}' | '\u{1091f}')
}

/// `Default_Ignorable_Code_Point`: a face need not have these, the shaper hides them.
pub(crate) const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::super::style::Letters;
    use super::*;
    use crate::font::Fonts;

    fn analyse(text: &str, direction: Direction) -> Vec<Unit> {
        let fonts = Fonts::embedded();
        let faces = Faces::new(&fonts, &Letters::default(), None);
        let runs = Runs { ends: &[text.len()], faces: &[&faces] };
        units(text, &(0..text.len()), is_rtl(text, direction), &runs, Breaking::default())
    }

    #[test]
    fn cleaning_keeps_what_can_be_drawn() {
        for (given, max, expected, cut) in [
            ("", 10, "", false),
            ("a\r\nb\rc\u{2028}d\u{85}e", 20, "a\nb\nc\nd\ne", false),
            ("a\tb\0\u{7f}\u{9b}c", 20, "a bc", false),
            ("co\u{ad}op\u{fffc}\u{ffff}\u{fdd0}\u{1fffe}", 20, "co\u{ad}op", false),
            ("abcdef", 3, "abc", true),
            ("abe\u{301}", 3, "ab", true),
            ("ab", 0, "", true),
        ] {
            let cleaned = clean([given].into_iter(), max);
            assert_eq!((cleaned.text.as_str(), cleaned.cut), (expected, cut), "{given:?}");
            assert_eq!(cleaned.ends, [expected.len()], "{given:?}");
        }
        let zalgo = format!("a{}", "\u{301}".repeat(1000));
        assert_eq!(clean([zalgo.as_str()].into_iter(), 4000).text.chars().count(), MAX_GRAPHEME_CHARS);
    }

    #[test]
    fn a_break_ends_a_line() {
        for (text, expected) in [
            ("", &[][..]),
            ("\n", &[(0, 0)]),
            ("a", &[(0, 1)]),
            ("a\n", &[(0, 1)]),
            ("\n\na", &[(0, 0), (1, 1), (2, 3)]),
        ] {
            let found: Vec<(usize, usize)> = hard_lines(text).into_iter().map(|line| (line.start, line.end)).collect();
            assert_eq!(found, expected, "{text:?}");
        }
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
            // Units may join controls to their neighbours; there are none of those in this table but the last two.
            assert_eq!(levels, expected, "{text:?}");
        }
    }

    #[test]
    fn scripts_of_common_characters() {
        for (text, expected) in [
            ("(abc)", vec![(Script::Latin, 5)]),
            ("Мир, world", vec![(Script::Cyrillic, 5), (Script::Latin, 5)]),
            ("Мир (world)", vec![(Script::Cyrillic, 4), (Script::Latin, 7)]),
            ("world (Мир).", vec![(Script::Latin, 6), (Script::Cyrillic, 6)]),
            ("12 (", vec![(Script::Common, 4)]),
            ("12", vec![(Script::Common, 2)]),
            ("e\u{301}α", vec![(Script::Latin, 1), (Script::Greek, 1)]),
        ] {
            let units = analyse(text, Direction::Auto);
            let found: Vec<(Script, usize)> =
                units.chunk_by(|a, b| a.script == b.script).map(|run| (run[0].script, run.len())).collect();
            assert_eq!(found, expected, "{text:?}");
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
