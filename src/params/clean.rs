//! A repaired value → text fit to be drawn, or the reason why there is none.
//!
//! What is removed draws nothing or attacks the line that it is in: controls, bidi embeddings and
//! overrides, zero-width stuffing, heaps of combining marks. What a script needs stays: joiners (`ZWJ`, `ZWNJ`) in
//! emoji, Indic and Arabic, directional marks (`LRM`, `RLM`), soft hyphens, variation selectors.
//!
//! Invariant: the text is in NFC, so that one name has one cache key however it was typed.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_segmenter::GraphemeClusterSegmenter;

use super::repair::{Repair, Repairs};
use super::{Missing, merge_tag};

/// Both as constants of ours, because they share tables: made where they are used, each brings its own copy of them.
const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const CLASSES: CanonicalCombiningClassMapBorrowed<'static> = CanonicalCombiningClassMapBorrowed::new();

/// Exactly these are what a CRM export or a bug writes for "nothing". `Null`, `None`, `Na` and `Test`
/// are surnames.
const NULL_LIKES: [&str; 7] = ["null", "undefined", "nil", "NaN", "(null)", "[object Object]", "#N/A"];

/// Combining marks on one letter. Vietnamese has two, Hebrew with cantillation four; more are a heap.
const MAX_MARKS: usize = 8;

/// The text of a value, at most `max_chars` Unicode scalar values of it, without what draws nothing and
/// without white space at its ends.
///
/// # Errors
/// Why it is missing: empty, blank, null-like, or a merge tag.
pub fn text(repaired: &str, max_chars: usize, repairs: &mut Repairs) -> Result<String, Missing> {
    if repaired.is_empty() {
        return Err(Missing::Empty);
    }
    let kept = without_dirt(repaired, max_chars, repairs);
    let composed = NFC.normalize(&kept);
    let trimmed = composed.trim();
    if trimmed.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(Missing::Blank);
    }
    if NULL_LIKES.contains(&trimmed) {
        return Err(Missing::NullLike);
    }
    match merge_tag::find(trimmed) {
        Some(family) => Err(Missing::MergeTag(family)),
        None => Ok(trimmed.to_owned()),
    }
}

/// The first `max_chars` characters that are no dirt.
fn without_dirt(text: &str, max_chars: usize, repairs: &mut Repairs) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut before, mut marks) = ('\0', 0_usize);
    for (count, c) in text.chars().enumerate() {
        if count >= max_chars {
            repairs.add(Repair::Cut);
            break;
        }
        // ASCII has no marks: names of most of the world need no table.
        let is_mark =
            !c.is_ascii() && (CLASSES.get_u8(c) != 0 || matches!(c, '\u{488}'..='\u{489}' | '\u{20dd}'..='\u{20e4}'));
        marks = if is_mark { marks.saturating_add(1) } else { 0 };
        let is_joiner = matches!(c, '\u{200c}' | '\u{200d}');
        let stuffing = c == before && is_invisible(c) || is_joiner && !joins(before);
        if is_dirt(c) || stuffing || marks > MAX_MARKS {
            // A line break within a URL is every mailer's, and no damage to speak of.
            if !matches!(c, '\r' | '\n' | '\t') {
                repairs.add(Repair::Dirt);
            }
            continue;
        }
        kept.push(c);
        before = c;
    }
    kept
}

/// Whether a joiner after this character can mean anything: it does in Hebrew, Arabic, Indic and the other scripts of
/// southern Asia, and in emoji.
const fn joins(before: char) -> bool {
    matches!(before,
        '\u{590}'..='\u{109f}' | '\u{1200}'..='\u{1dbf}' | '\u{2190}'..='\u{2bff}' | '\u{a800}'..='\u{abff}' | '\u{fb1d}'..='\u{fe0f}'
        | '\u{10000}'..='\u{1afff}' | '\u{1f000}'..='\u{1ffff}' | '\u{e0020}'..='\u{e007f}')
}

/// The same text, or its beginning and an ellipsis: at most `max` graphemes in all, as a reader counts.
#[must_use]
pub fn cut(text: String, max: usize) -> String {
    // A grapheme has at least one byte, so that most names need no segmenter.
    if text.len() <= max {
        return text;
    }
    let segmenter = GraphemeClusterSegmenter::new();
    // The boundaries of n graphemes are 0, b1, …, bn: with bn+1, the text is longer than n.
    let mut boundaries = segmenter.segment_str(&text);
    let keep = boundaries.nth(max.saturating_sub(1));
    let next = boundaries.nth(1);
    drop(boundaries);
    match (keep, next) {
        (Some(keep), Some(_)) => format!("{}…", text.get(..keep).unwrap_or_default().trim_end()),
        _ => text,
    }
}

/// Controls (a line break too: mail software wraps URLs at 76 columns), bidi embeddings, overrides and
/// isolates (UAX #9: they would reorder what stands beside the value), and zero-width stuffing.
fn is_dirt(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Characters that draw nothing by themselves, and are no white space to Rust: Unicode's
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
    fn finds_what_is_missing() {
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
        ] {
            assert_eq!(text(decoded, 100, &mut Repairs::default()), Err(why), "{decoded:?}");
        }
    }

    #[test]
    fn keeps_what_is_a_value() {
        for (decoded, kept) in [
            ("Maria", "Maria"),
            ("  Jean-Luc ", "Jean-Luc"),
            ("Null", "Null"),
            ("None", "None"),
            ("NULL", "NULL"),
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
            assert_eq!(text(decoded, 100, &mut Repairs::default()).as_deref(), Ok(kept), "{decoded:?}");
        }
        let mut repairs = Repairs::default();
        assert_eq!(text(&"x".repeat(3_000), 2_000, &mut repairs).map(|text| text.len()), Ok(2_000));
        assert_eq!(repairs.iter().collect::<Vec<_>>(), [Repair::Cut]);
        let zalgo = format!("Z{}a", "\u{301}\u{316}".repeat(500));
        assert_eq!(text(&zalgo, 2_000, &mut repairs).map(|text| text.chars().count()), Ok(9));
    }

    #[test]
    fn cuts_as_a_reader_counts() {
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
            assert_eq!(cut(whole.to_owned(), max), short, "{whole} {max}");
        }
    }
}
