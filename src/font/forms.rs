//! The languages that have their own forms of letters that others share: of Han letters, and, for
//! Urdu, of Arabic ones.

use unicode_script::{Script, UnicodeScript};

/// A language with its own forms of letters that others share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// Simplified Chinese.
    Hans,
    /// Traditional Chinese.
    Hant,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
    /// Urdu, which is written in Nastaliq.
    Ur,
}

impl Forms {
    /// Those with Han letters, in the order in which one replaces another whose packs lack a letter.
    pub(super) const ALL: [Self; 4] = [Self::Hans, Self::Hant, Self::Ja, Self::Ko];

    /// The language of a BCP 47 tag. `None` if it has no forms of its own.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.split(['-', '_']);
        let primary = parts.next().unwrap_or_default();
        let is = |name: &str| primary.eq_ignore_ascii_case(name);
        if is("ja") {
            return Some(Self::Ja);
        }
        if is("ko") {
            return Some(Self::Ko);
        }
        if is("ur") {
            return Some(Self::Ur);
        }
        let traditional = |part: &str| ["hant", "tw", "hk", "mo"].iter().any(|name| part.eq_ignore_ascii_case(name));
        let simplified = |part: &str| part.eq_ignore_ascii_case("hans");
        match (is("zh"), is("yue")) {
            (true, _) if parts.clone().any(simplified) => Some(Self::Hans),
            (true, _) if parts.any(traditional) => Some(Self::Hant),
            (true, _) => Some(Self::Hans),
            (_, true) => Some(if parts.any(simplified) { Self::Hans } else { Self::Hant }),
            _ => None,
        }
    }

    /// The language of the first letter in a text that only one of them has. `None` if there is no
    /// such letter.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        text.chars().filter(|c| *c >= '\u{1100}').find_map(|c| match c.script() {
            Script::Hiragana | Script::Katakana => Some(Self::Ja),
            Script::Hangul => Some(Self::Ko),
            Script::Bopomofo => Some(Self::Hant),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_tags_and_texts() {
        for (tag, expected) in [
            ("zh", Some(Forms::Hans)),
            ("zh-TW", Some(Forms::Hant)),
            ("zh-Hans-HK", Some(Forms::Hans)),
            ("yue", Some(Forms::Hant)),
            ("JA_jp", Some(Forms::Ja)),
            ("ko", Some(Forms::Ko)),
            ("ur-PK", Some(Forms::Ur)),
            ("en", None),
            ("", None),
        ] {
            assert_eq!(Forms::of_tag(tag), expected, "{tag}");
        }
        for (text, expected) in [
            ("山田さん", Some(Forms::Ja)),
            ("김", Some(Forms::Ko)),
            ("ㄅ", Some(Forms::Hant)),
            ("王", None),
            ("Maria", None),
        ] {
            assert_eq!(Forms::of_text(text), expected, "{text}");
        }
    }
}
