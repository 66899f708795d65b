//! Text in two directions: the base direction of a text, and isolates around the values in a
//! sentence.
//!
//! The letters of a value must not move the punctuation beside it. An isolate (UAX #9, HTML's
//! `<bdi>`) prevents that: the text inside has the direction of its own first strong letter, and
//! the text around it is set as if the isolate were one neutral character.

use unicode_bidi::{
    BidiClass, BidiDataSource, Direction as TextDirection, HardcodedBidiData, Level, ParagraphBidiInfo,
    get_base_direction_full,
};

use super::style::Direction;

/// Begins an isolate whose direction is that of its first strong character.
pub const FIRST_STRONG_ISOLATE: &str = "\u{2068}";

/// Ends an isolate.
pub const POP_ISOLATE: &str = "\u{2069}";

/// Whether anything in a text may run from right to left: a letter, an Arabic number, or a control
/// for it.
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

/// A text without the isolates of values. Use it where they change nothing.
#[must_use]
pub fn without_isolates(mut text: String) -> String {
    text.retain(|c| !is_value_isolate(c));
    text
}

/// Whether a language (a BCP 47 tag) is written from right to left: by the tag's script, or else by
/// CLDR's likely script.
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

/// Whether a value is isolated in a sentence: it has a strong letter, and so a direction of its
/// own, or it has digits whose parts a sentence from right to left would reorder, as in
/// `(555) 010-2030`. Other values are set alike with and without an isolate, or are parts of
/// something larger: `{{ hours }}:{{ minutes }}` is one number.
#[must_use]
pub fn is_isolated(value: &str) -> bool {
    use BidiClass::{AL, AN, EN, L, R};
    let mut has_digits = false;
    for c in value.chars() {
        match HardcodedBidiData.bidi_class(c) {
            L | R | AL => return true,
            EN | AN => has_digits = true,
            _ => {}
        }
    }
    if !has_digits || value.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let info = ParagraphBidiInfo::new(value, Some(Level::rtl()));
    info.levels.iter().any(|level| level.is_rtl())
}

/// Whether a text's base direction is right to left. [`Direction::Auto`] is the direction of its
/// first strong character outside of isolates: the sentence around a value decides. A text of
/// isolates alone has the direction of its first strong character.
pub(super) fn is_rtl(text: &str, direction: Direction) -> bool {
    match direction {
        Direction::Ltr => false,
        Direction::Rtl => true,
        Direction::Auto => match get_base_direction_full(text) {
            TextDirection::Rtl => true,
            TextDirection::Ltr => false,
            TextDirection::Mixed => {
                let within: String = text.chars().filter(|c| !is_isolate(*c)).collect();
                matches!(get_base_direction_full(within.as_str()), TextDirection::Rtl)
            }
        },
    }
}

const fn is_isolate(c: char) -> bool {
    matches!(c, '\u{2066}'..='\u{2069}')
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

    #[test]
    fn values_that_a_sentence_could_reorder_are_isolated() {
        for (value, expected) in [
            ("Maria", true),
            ("C++", true),
            ("محمد", true),
            ("(555) 010-2030", true),
            ("-5", true),
            ("10 – 12", true),
            ("12", false),
            ("12.5", false),
            ("12:30", false),
            ("50%", false),
            ("€12", false),
            ("٢٠٢٤/٠١", false),
            ("…", false),
            (", ", false),
            ("", false),
        ] {
            assert_eq!(is_isolated(value), expected, "{value:?}");
        }
    }
}
