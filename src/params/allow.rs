//! The kinds of characters, addresses and words that a text param accepts.
//!
//! Anybody may change an open param of a signed URL. These rules keep a stranger from writing
//! whatever they like on a brand's picture. A value that is not allowed is missing, and falls back.

use schemars::JsonSchema;
use serde::Deserialize;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::address;
use super::block::{self, Blocked};

/// The characters, addresses and words that a text may have. For a name:
/// `{ "chars": ["letters", "spaces", "punctuation"] }`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Kinds of characters; all of them by default.
    #[serde(default)]
    pub chars: Vec<Chars>,
    /// Whether web and email addresses are allowed (`evil.com`, `a@b.de`); not by default.
    #[serde(default)]
    pub urls: bool,
    /// Words that are not allowed, in any spelling: each as the 16 hex digits of its hash.
    #[serde(default)]
    pub block: Vec<Blocked>,
}

/// A kind of characters, by Unicode's general category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chars {
    /// Letters of every script, with the marks on them.
    Letters,
    /// Digits and other numbers: `7`, `٣`, `½`.
    Digits,
    /// Spaces.
    Spaces,
    /// Punctuation: `.` `,` `'` `’` `-` `!` `?` `&` `@` `#` `/` `(` `)`.
    Punctuation,
    /// Signs: `$` `+` `=` `<` `™` `°`.
    Symbols,
    /// Emoji, stars, hearts, pictures of all kinds.
    Emoji,
}

impl Allow {
    /// Whether a cleaned value may be drawn.
    #[must_use]
    pub fn permits(&self, text: &str) -> bool {
        let is_allowed = |c: char| kind(c).is_none_or(|kind| self.chars.contains(&kind));
        (self.chars.is_empty() || text.chars().all(is_allowed))
            && (self.urls || !address::is_in(text))
            && !block::is_in(text, &self.block)
    }
}

/// The kind of a character. `None` if it only joins or selects others (joiners, directional marks,
/// variation selectors).
fn kind(c: char) -> Option<Chars> {
    if matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}') {
        return None;
    }
    Some(match c.general_category_group() {
        GeneralCategoryGroup::Letter => Chars::Letters,
        // The cap of a keycap (1️⃣) is a mark, but not on a letter.
        GeneralCategoryGroup::Mark => {
            if c == '\u{20e3}' {
                Chars::Emoji
            } else {
                Chars::Letters
            }
        }
        GeneralCategoryGroup::Number => Chars::Digits,
        GeneralCategoryGroup::Separator => Chars::Spaces,
        GeneralCategoryGroup::Punctuation => Chars::Punctuation,
        // Skin tones are modifiers, flags are pairs of letters: both are above U+1F000.
        GeneralCategoryGroup::Symbol => {
            let is_picture = c.general_category() == GeneralCategory::OtherSymbol && c >= '\u{2190}';
            if is_picture || c >= '\u{1f000}' { Chars::Emoji } else { Chars::Symbols }
        }
        // An unassigned character may become an emoji later, and controls and private-use
        // characters are never text, so all of them count as symbols.
        GeneralCategoryGroup::Other => match c.general_category() {
            GeneralCategory::Format => return None,
            _ => Chars::Symbols,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Chars::{Digits, Emoji, Letters, Punctuation, Spaces, Symbols};

    fn allow(chars: &[Chars]) -> Allow {
        Allow { chars: chars.to_vec(), ..Allow::default() }
    }

    #[test]
    fn kinds_are_those_of_unicode() {
        const NAME: [Chars; 3] = [Letters, Spaces, Punctuation];
        for (chars, text, permitted) in [
            (&NAME[..], "Maria", true),
            (&NAME, "Jean-Luc O’Brien, Jr.", true),
            (&NAME, "श्री राम", true),
            (&NAME, "علی‌رضا", true),
            (&NAME, "สมชาย", true),
            (&NAME, "Nguyễn Thị Ánh", true),
            (&NAME, "李小龍", true),
            (&NAME, "Maria 2", false),
            (&NAME, "Maria ❤️", false),
            (&NAME, "Maria$", false),
            (&[Letters], "Maria", true),
            (&[Letters], "Ma ria", false),
            (&[Letters], "O'Brien", false),
            (&[Digits], "2026", true),
            (&[Digits], "٢٠٢٦", true),
            (&[Digits], "20.26", false),
            (&[Emoji], "❤️👩‍👩‍👧👍🏽🇺🇦★✈", true),
            (&[Emoji], "™", false),
            (&[Emoji, Digits], "1️⃣", true),
            (&[Symbols], "$€+™°", true),
            (&[Symbols], "★", false),
            (&[Letters, Symbols], "C++", true),
            (&[], "Maria 2 ❤️ $", true),
        ] {
            assert_eq!(allow(chars).permits(text), permitted, "{chars:?} {text}");
        }
    }

    #[test]
    fn addresses_and_blocked_words_are_refused_unless_allowed() {
        let block = vec![Blocked::word("villain")];
        for (allow, text, permitted) in [
            (Allow::default(), "evil.com", false),
            (Allow { urls: true, ..Allow::default() }, "evil.com", true),
            (Allow { block: block.clone(), ..Allow::default() }, "V1LLA1N", false),
            (Allow { block, ..allow(&[Letters]) }, "Maria", true),
        ] {
            assert_eq!(allow.permits(text), permitted, "{allow:?} {text}");
        }
    }

    #[test]
    fn a_document_says_it_in_words() {
        let read = |json: &str| serde_json::from_str::<Allow>(json);
        let hash = Blocked::word("villain");
        let json = format!(r#"{{ "chars": ["letters", "emoji"], "urls": true, "block": ["{hash}"] }}"#);
        assert_eq!(read(&json).unwrap(), Allow { urls: true, block: vec![hash], ..allow(&[Letters, Emoji]) });
        assert_eq!(read("{}").unwrap(), Allow::default());
        for wrong in [r#"{ "chars": ["kanji"] }"#, r#"{ "block": ["villain"] }"#, r#"{ "url": true }"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
