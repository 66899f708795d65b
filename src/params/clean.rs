//! A repaired value → text that can be drawn, or the reason why it counts as missing.
//!
//! Characters that draw nothing or disturb the line around them are removed: controls, bidi
//! embeddings and overrides, repeated zero-width characters, long runs of combining marks.
//! Characters that a script needs stay: joiners (`ZWJ`, `ZWNJ`) in emoji, Indic and Arabic,
//! directional marks (`LRM`, `RLM`), soft hyphens, variation selectors.
//!
//! Invariant: the text is in NFC, so that a name has one cache key however it was typed. Only
//! compatibility ideographs stay as they are ([`normal`]).

use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_segmenter::GraphemeClusterSegmenter;

use super::repair::{Repair, Repairs};
use super::{Missing, merge_tag};
use crate::text::{marks, normal};

/// A constant because its tables are shared: made at each use, every use would bring a copy of
/// them.
const CLASSES: CanonicalCombiningClassMapBorrowed<'static> = CanonicalCombiningClassMapBorrowed::new();

/// The spellings of "nothing" that exports and bugs write, and that no person is called in these letters:
/// `Null`, `None`, `Na`, `Nil` and `Test` are names.
const NULL_LIKES: [&str; 7] = ["null", "NULL", "nil", "undefined", "NaN", "nan", "\\N"];

/// The spellings of "nothing" that count in any case, because no name is written so: those of exports, of
/// programs, and the faults of spreadsheets.
const NULL_SIGNS: [&str; 19] = [
    "n/a",
    "#n/a",
    "#null!",
    "#ref!",
    "#value!",
    "#name?",
    "#div/0!",
    "(null)",
    "(blank)",
    "(none)",
    "(empty)",
    "(not set)",
    "(undefined)",
    "<null>",
    "<na>",
    "[null]",
    "[undefined]",
    "[object object]",
    "[object null]",
];

/// The most combining marks on one letter. Vietnamese has two, Hebrew with cantillation four.
const MAX_MARKS: usize = 8;

/// The cleaned text of a value, trimmed. Only its first `max_chars` Unicode scalar values are read.
/// Each removal is added to `repairs`.
///
/// # Errors
/// The reason why the value counts as missing: [`Missing::Empty`], [`Missing::Blank`],
/// [`Missing::NullLike`] or [`Missing::MergeTag`].
pub fn text(repaired: &str, max_chars: usize, repairs: &mut Repairs) -> Result<String, Missing> {
    if repaired.is_empty() {
        return Err(Missing::Empty);
    }
    let clean = without_dirt(repaired, max_chars, repairs);
    let composed = normal::compose(&clean);
    let trimmed = composed.trim();
    if trimmed.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(Missing::Blank);
    }
    if is_nothing(trimmed) {
        return Err(Missing::NullLike);
    }
    match merge_tag::find(trimmed) {
        Some(family) => Err(Missing::MergeTag(family)),
        None => Ok(trimmed.to_owned()),
    }
}

/// Whether a text is only words for nothing: one, or one for each of two fields (`null null`).
fn is_nothing(text: &str) -> bool {
    let is_one =
        |text: &str| NULL_LIKES.contains(&text) || NULL_SIGNS.iter().any(|known| known.eq_ignore_ascii_case(text));
    is_one(text) || text.split_whitespace().all(is_one)
}

/// The first `max_chars` characters, without those that are dirt.
fn without_dirt(text: &str, max_chars: usize, repairs: &mut Repairs) -> String {
    let mut clean = String::with_capacity(text.len());
    let (mut before, mut marks) = ('\0', 0_usize);
    for (count, c) in text.chars().enumerate() {
        if count >= max_chars {
            repairs.add(Repair::Cut);
            break;
        }
        // ASCII has no marks, and looking up a table is slower.
        let is_mark =
            !c.is_ascii() && (CLASSES.get_u8(c) != 0 || matches!(c, '\u{488}'..='\u{489}' | '\u{20dd}'..='\u{20e4}'));
        marks = if is_mark { marks.saturating_add(1) } else { 0 };
        let is_joiner = matches!(c, '\u{200c}' | '\u{200d}');
        let is_useless = c == before && is_invisible(c) || is_joiner && !joins(before);
        if is_dirt(c) || is_useless || marks > MAX_MARKS {
            // Every mailer breaks long URLs into lines, so that a line break is not reported as a
            // repair.
            if !matches!(c, '\r' | '\n' | '\t') {
                repairs.add(Repair::Dirt);
            }
            continue;
        }
        clean.push(c);
        before = c;
    }
    clean
}

/// Whether a joiner has a meaning after this character. It has one in Hebrew, Arabic, Indic and the
/// other scripts of southern Asia, and in emoji.
const fn joins(before: char) -> bool {
    matches!(before,
        '\u{590}'..='\u{109f}' | '\u{1200}'..='\u{1dbf}' | '\u{2190}'..='\u{2bff}' | '\u{a800}'..='\u{abff}' | '\u{fb1d}'..='\u{fe0f}'
        | '\u{10000}'..='\u{1afff}' | '\u{1f000}'..='\u{1ffff}' | '\u{e0020}'..='\u{e007f}')
}

/// Cuts a text to at most `max` graphemes (the characters that a reader counts), and says whether it was
/// longer: then its beginning and an ellipsis are `max` graphemes together; with a `max` of 0 the ellipsis is
/// left alone.
#[must_use]
pub fn cut(text: String, max: usize) -> (String, bool) {
    // A grapheme has at least one byte, so that a short text needs no segmenter.
    if text.len() <= max {
        return (text, false);
    }
    let segmenter = GraphemeClusterSegmenter::new();
    // A text of n graphemes has n + 1 boundaries. If there is one more than `max + 1`, the text is
    // too long.
    let mut boundaries = segmenter.segment_str(&text);
    let keep = boundaries.nth(max.saturating_sub(1));
    let next = boundaries.nth(1);
    drop(boundaries);
    match (keep, next) {
        (Some(keep), Some(_)) => (format!("{}…", text.get(..keep).unwrap_or_default().trim_end()), true),
        _ => (text, false),
    }
}

/// Whether a character is never wanted: controls (line breaks too, because mail software wraps URLs
/// at 76 columns), bidi embeddings, overrides and isolates (UAX #9: they would reorder the text
/// around the value), zero-width characters.
fn is_dirt(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || marks::is_mark(c)
}

/// Whether a character draws nothing by itself, and is not white space for Rust: Unicode's
/// `Default_Ignorable_Code_Point`, and the blank Braille pattern.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_missing_values() {
        for (decoded, why) in [
            ("", Missing::Empty),
            (" ", Missing::Blank),
            ("\u{a0}\u{3000}\t", Missing::Blank),
            ("\u{200b}\u{feff}", Missing::Blank),
            ("\u{200d}\u{200e} \u{ad}", Missing::Blank),
            ("\u{3164}", Missing::Blank),
            ("\0\r\n", Missing::Blank),
            ("\u{202e}", Missing::Blank),
            ("null", Missing::NullLike),
            (" null\u{200b} ", Missing::NullLike),
            ("undefined", Missing::NullLike),
            ("nil", Missing::NullLike),
            ("NaN", Missing::NullLike),
            ("(null)", Missing::NullLike),
            ("[object Object]", Missing::NullLike),
            ("#N/A", Missing::NullLike),
            ("NULL", Missing::NullLike),
            ("N/A", Missing::NullLike),
            ("n/a", Missing::NullLike),
            ("(blank)", Missing::NullLike),
            ("undefined undefined", Missing::NullLike),
            ("\\N", Missing::NullLike),
            ("null null", Missing::NullLike),
            ("NULL  NULL", Missing::NullLike),
            ("undefined null", Missing::NullLike),
        ] {
            assert_eq!(text(decoded, 100, &mut Repairs::default()), Err(why), "{decoded:?}");
        }
    }

    #[test]
    fn keeps_values() {
        for (decoded, clean) in [
            ("Maria", "Maria"),
            ("  Jean-Luc ", "Jean-Luc"),
            ("Null", "Null"),
            ("None", "None"),
            ("Maria Null", "Maria Null"),
            ("Null Null", "Null Null"),
            ("Nil", "Nil"),
            ("Undefined", "Undefined"),
            ("NA", "NA"),
            ("Na", "Na"),
            ("Test", "Test"),
            ("0", "0"),
            ("-", "-"),
            ("a\r\n b\tc", "a bc"),
            ("\u{202e}Anna\u{202c}", "Anna"),
            ("An\u{200b}na", "Anna"),
            ("\u{200f}علي", "\u{200f}علي"),
            ("👩\u{200d}💻", "👩\u{200d}💻"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
            ("李", "李"),
            ("Zoe\u{308}", "Zoë"),
            ("Ma\u{200d}r\u{200c}ia", "Maria"),
            ("\u{200d}Anna", "Anna"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("\u{200f}\u{200f}\u{200f}علي", "\u{200f}علي"),
            ("🏴\u{e0067}\u{e0062}\u{e007f}", "🏴\u{e0067}\u{e0062}\u{e007f}"),
        ] {
            assert_eq!(text(decoded, 100, &mut Repairs::default()).as_deref(), Ok(clean), "{decoded:?}");
        }
        let mut repairs = Repairs::default();
        assert_eq!(text(&"x".repeat(3_000), 2_000, &mut repairs).map(|text| text.len()), Ok(2_000));
        assert_eq!(repairs.iter().collect::<Vec<_>>(), [Repair::Cut]);
        let zalgo = format!("Z{}a", "\u{301}\u{316}".repeat(500));
        assert_eq!(text(&zalgo, 2_000, &mut repairs).map(|text| text.chars().count()), Ok(9));
    }

    #[test]
    fn cuts_by_graphemes() {
        for (whole, max, short) in [
            ("Maria", 5, "Maria"),
            ("Maria", 4, "Mar…"),
            ("Maria", 1, "…"),
            ("Maria", 0, "…"),
            ("Anna Maria", 6, "Anna…"),
            ("e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}e\u{301}"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("👩\u{200d}👩\u{200d}👧x", 2, "👩\u{200d}👩\u{200d}👧x"),
            ("👩\u{200d}👩\u{200d}👧xy", 2, "👩\u{200d}👩\u{200d}👧…"),
            ("", 0, ""),
        ] {
            assert_eq!(cut(whole.to_owned(), max), (short.to_owned(), short != whole), "{whole} {max}");
        }
    }
}
