//! The rules that decide whether a grapheme is an emoji or a letter of the text.
//!
//! Some characters have both forms. The character behind decides: variation selector 15 (text) or
//! 16 (emoji), a skin tone, or another emoji that is joined to it. Otherwise Unicode's default
//! decides: <https://www.unicode.org/reports/tr51/#Presentation_Style>
//!
//! Only characters of the emoji packs can be emoji.

use icu_properties::CodePointSetData;
use icu_properties::props::EmojiPresentation;

use crate::font::Pack;

/// The variation selector of the text form.
const VS15: char = '\u{fe0e}';

/// The variation selector of the emoji form.
const VS16: char = '\u{fe0f}';

/// Makes a key of the digit before it.
const KEYCAP: char = '\u{20e3}';

/// The zero-width joiner.
const ZWJ: char = '\u{200d}';

/// Whether a character is a skin tone. UAX #29 joins it to any character before it.
const fn is_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// The byte of a skin tone that follows anything but an emoji. `None` if there is no such tone.
pub(super) fn loose_tone(grapheme: &str) -> Option<usize> {
    let (at, _) = grapheme.char_indices().skip(1).find(|(_, c)| is_tone(*c))?;
    (!is(grapheme)).then_some(at)
}

/// Whether a text with this character may have an emoji. False for letters.
pub(super) fn may_tell(c: char) -> bool {
    c >= '\u{2000}' && (matches!(c, VS16 | KEYCAP) || Pack::of_emoji(c).is_some())
}

/// Whether a grapheme is shown as an emoji.
pub(super) fn is(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let Some(first) = chars.next() else { return false };
    if first.is_ascii() {
        // Digits and signs are emoji only as keys.
        return grapheme.len() > 1 && Pack::of_emoji(first).is_some() && chars.any(|c| c == KEYCAP);
    }
    if Pack::of_emoji(first).is_none() {
        return false;
    }
    match chars.next() {
        Some(VS15) => false,
        Some(c) if c == VS16 || is_tone(c) => true,
        Some(ZWJ) if chars.next().is_some_and(|c| Pack::of_emoji(c).is_some()) => true,
        _ => CodePointSetData::new::<EmojiPresentation>().contains(first),
    }
}

/// The parts of an emoji that no font draws whole, as ranges of bytes. Each has its selectors,
/// joiners and tags.
pub(super) fn parts(grapheme: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let begins = grapheme.char_indices().filter(|(at, c)| *at == 0 || Pack::of_emoji(*c).is_some()).map(|(at, _)| at);
    let ends = begins.clone().skip(1).chain(std::iter::once(grapheme.len()));
    begins.zip(ends).map(|(start, end)| start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presentation() {
        for (grapheme, expected) in [
            ("", false),
            ("a", false),
            ("a\u{fe0f}", false),
            ("é", false),
            ("한", false),
            ("5", false),
            ("5\u{fe0f}", false),
            ("5\u{fe0f}\u{20e3}", true),
            ("5\u{20e3}", true),
            ("#\u{fe0f}\u{20e3}", true),
            ("a\u{20e3}", false),
            ("😀", true),
            ("😀\u{fe0e}", false),
            ("😀\u{fe0f}", true),
            ("❤", false),
            ("❤\u{fe0f}", true),
            ("❤\u{fe0e}", false),
            ("❤\u{200d}🔥", true),
            ("❤\u{200d}", false),
            ("©", false),
            ("©\u{fe0f}", true),
            ("☝", false),
            ("☝🏽", true),
            ("⌚", true),
            ("⌚\u{fe0e}", false),
            ("🇵🇹", true),
            ("🇵", true),
            ("🏳", false),
            ("🏳\u{fe0f}\u{200d}🌈", true),
            ("🏴\u{e0067}\u{e0062}\u{e007f}", true),
            ("🏽", true),
            ("👩🏽\u{200d}💻", true),
            ("\u{fe0f}", false),
            ("\u{200d}", false),
        ] {
            assert_eq!(is(grapheme), expected, "{grapheme:?}");
            assert!(!expected || grapheme.chars().any(may_tell), "{grapheme:?}");
        }
    }

    #[test]
    fn skin_tones_without_an_emoji() {
        for (grapheme, expected) in
            [("a", None), ("a🏽", Some(1)), (" 🏽", Some(1)), ("🏽", None), ("👍🏽", None), ("☝🏽", None)]
        {
            assert_eq!(loose_tone(grapheme), expected, "{grapheme}");
        }
    }

    #[test]
    fn parts_cover_a_grapheme() {
        for (grapheme, expected) in [
            ("😀", &["😀"][..]),
            ("🐶🏽\u{200d}🤖", &["🐶", "🏽\u{200d}", "🤖"]),
            ("❤\u{fe0f}\u{200d}🚀", &["❤\u{fe0f}\u{200d}", "🚀"]),
            ("a\u{301}", &["a\u{301}"]),
        ] {
            assert_eq!(parts(grapheme).filter_map(|part| grapheme.get(part)).collect::<Vec<_>>(), expected);
        }
    }
}
