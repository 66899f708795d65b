//! Texts in two directions: isolates around what was put into a sentence.
//!
//! A value is another's words in a sentence of ours: its letters must not pull the punctuation beside it to their side. An isolate
//! (UAX #9, HTML's `<bdi>`) sees to that: what is in it has the direction of its own first strong letter, and what is around it
//! does not see into it.

use unicode_bidi::{BidiClass, BidiDataSource, HardcodedBidiData};

/// Begins an isolate whose direction is that of its first strong character.
pub const FIRST_STRONG_ISOLATE: &str = "\u{2068}";

/// Ends one.
pub const POP_ISOLATE: &str = "\u{2069}";

/// Whether anything in a text may run from right to left: a letter, an Arabic number, or a control that says so.
#[must_use]
pub fn has_rtl(text: &str) -> bool {
    use BidiClass::{AL, AN, R, RLE, RLI, RLO};
    let class = |c| HardcodedBidiData.bidi_class(c);
    text.chars().any(|c| c >= '\u{590}' && matches!(class(c), AL | AN | R | RLE | RLI | RLO))
}

/// Whether a character begins or ends the isolate of a value.
#[must_use]
pub const fn is_value_isolate(c: char) -> bool {
    matches!(c, '\u{2068}' | '\u{2069}')
}

/// A text without isolates, where they change nothing.
#[must_use]
pub fn without_isolates(mut text: String) -> String {
    text.retain(|c| !is_value_isolate(c));
    text
}

/// Whether a language (a BCP 47 tag) is written from right to left: by its script, or by what CLDR takes for granted.
#[must_use]
pub fn is_rtl_language(tag: &str) -> bool {
    const SCRIPTS: [&str; 9] = ["Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"];
    const LANGUAGES: [&str; 17] =
        ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "lrc", "mzn", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];
    let mut subtags = tag.split(['-', '_']);
    let primary = subtags.next().unwrap_or_default();
    match subtags.find(|subtag| subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())) {
        Some(script) => SCRIPTS.iter().any(|rtl| rtl.eq_ignore_ascii_case(script)),
        None => LANGUAGES.iter().any(|rtl| rtl.eq_ignore_ascii_case(primary)),
    }
}

/// Whether a text has a direction of its own: a letter.
#[must_use]
pub fn has_letter(text: &str) -> bool {
    use BidiClass::{AL, L, R};
    text.chars().any(|c| matches!(HardcodedBidiData.bidi_class(c), AL | L | R))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_from_right_to_left() {
        for (text, expected) in [
            ("", false),
            ("Ñandú, Ольга, 李, ‎", false),
            ("Hi אב", true),
            ("محمد", true),
            ("١٢", true),
            ("\u{202e}abc", true),
        ] {
            assert_eq!(has_rtl(text), expected, "{text:?}");
        }
        for (tag, expected) in [
            ("ar", true),
            ("AR-eg", true),
            ("he_IL", true),
            ("ku-Arab-IQ", true),
            ("az-Latn", false),
            ("ar-Latn", false),
            ("", false),
            ("en", false),
            ("zh-Hant", false),
        ] {
            assert_eq!(is_rtl_language(tag), expected, "{tag}");
        }
        assert_eq!(without_isolates("a\u{2068}b\u{2069}c".to_owned()), "abc");
    }
}
