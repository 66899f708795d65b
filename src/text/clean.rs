//! A string → text that can be laid out, and its lines between hard breaks.

use std::ops::Range;

use super::grapheme::graphemes;

/// The most scalar values of one grapheme; any more are dropped. The longest emoji have 10, and
/// Unicode's stream-safe format allows 30 marks. A thousand marks on one letter are an attack on
/// the CPU.
const MAX_GRAPHEME_CHARS: usize = 32;

/// A text that can be laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cleaned {
    pub(super) text: String,
    /// The byte at which each run ends.
    pub(super) ends: Vec<usize>,
    /// Whether characters were left out because there were too many.
    pub(super) cut: bool,
}

/// Keeps the characters that can be drawn, `max_chars` at most. Hard breaks become `\n` and tabs
/// become spaces; controls, noncharacters and object replacements are dropped.
pub(super) fn clean<'a>(runs: impl Iterator<Item = &'a str>, max_chars: usize) -> Cleaned {
    let mut cleaned = Cleaned { text: String::new(), ends: Vec::new(), cut: false };
    let mut room = max_chars;
    for run in runs {
        clean_run(run, &mut room, &mut cleaned);
        cleaned.ends.push(cleaned.text.len());
    }
    cleaned
}

/// Appends a run to `cleaned`, `room` characters at most, and takes its characters off `room`.
fn clean_run(text: &str, room: &mut usize, cleaned: &mut Cleaned) {
    let max_chars = *room;
    let mut kept = String::with_capacity(text.len().min(max_chars.saturating_mul(4)));
    let mut chars = text.chars().peekable();
    // A few more than fit, so that the cut falls between two graphemes.
    let mut rest = max_chars.saturating_add(MAX_GRAPHEME_CHARS);
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
        rest = match rest.checked_sub(1) {
            Some(rest) => rest,
            None => break,
        };
        kept.push(c);
    }

    cleaned.text.reserve(kept.len());
    for grapheme in graphemes(&kept) {
        let grapheme = kept.get(grapheme).unwrap_or_default();
        let chars = grapheme.chars().count();
        cleaned.cut |= chars > MAX_GRAPHEME_CHARS;
        let Some(rest) = room.checked_sub(chars.min(MAX_GRAPHEME_CHARS)) else {
            cleaned.cut = true;
            *room = 0; // a text has no gaps: no later run is shown either
            break;
        };
        *room = rest;
        cleaned.text.extend(grapheme.chars().take(MAX_GRAPHEME_CHARS));
    }
}

/// The lines between hard breaks, in bytes, without the breaks. A break ends a line and does not
/// begin one: an empty string has no line, and `"\n"` has one empty line.
pub(super) fn hard_lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0_usize;
    for line in text.split_inclusive('\n') {
        let end = start.saturating_add(line.len());
        lines.push(start..end.saturating_sub(usize::from(line.ends_with('\n'))));
        start = end;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
