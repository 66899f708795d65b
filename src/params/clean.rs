//! A decoded value → text fit to be drawn, or the reason why there is none.
//!
//! What is removed draws nothing or attacks the line that it is in: controls, bidi embeddings and
//! overrides, zero-width stuffing. Marks that a script needs stay: joiners (`ZWJ`, `ZWNJ`: emoji, Indic,
//! Persian), directional marks (`LRM`, `RLM`), soft hyphens, variation selectors.
//!
//! Merge tags are judged before this, on the raw bytes too. NFC, HTML entities, double encodings and a cap
//! on combining marks belong to the repairs, which come between the query and this; they are not here yet.

use icu_segmenter::GraphemeClusterSegmenter;

use super::Missing;

/// Exactly these are what a CRM export or a bug writes for "nothing". `Null`, `None`, `Na` and `Test`
/// are surnames.
const NULL_LIKES: [&str; 7] = ["null", "undefined", "nil", "NaN", "(null)", "[object Object]", "#N/A"];

/// The text of a value, at most `max_chars` Unicode scalar values of it, without what draws nothing and
/// without white space at its ends.
///
/// # Errors
/// Why it is missing: empty, blank or null-like.
pub fn text(decoded: &str, max_chars: usize) -> Result<String, Missing> {
    if decoded.is_empty() {
        return Err(Missing::Empty);
    }
    let kept: String = decoded.chars().take(max_chars).filter(|c| !is_dirt(*c)).collect();
    let trimmed = kept.trim();
    if trimmed.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(Missing::Blank);
    }
    if NULL_LIKES.contains(&trimmed) {
        return Err(Missing::NullLike);
    }
    Ok(trimmed.to_owned())
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
    match (keep, boundaries.nth(1)) {
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
            assert_eq!(text(decoded, 100), Err(why), "{decoded:?}");
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
        ] {
            assert_eq!(text(decoded, 100).as_deref(), Ok(kept), "{decoded:?}");
        }
        assert_eq!(text(&"x".repeat(3_000), 2_000).map(|text| text.len()), Ok(2_000));
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
