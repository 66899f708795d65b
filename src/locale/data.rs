//! CLDR's data: the locale of a language tag, and the values of a locale.
//!
//! `data.txt` has a block for each locale. A block begins with `[tag]` or `[tag parent]`;
//! `key=value` lines follow, and a list is joined by `|`. A block has only the values that differ
//! from its parent's. The parent is the named one, or else the tag without its last part; the root
//! of all is `und`. A value of `=` means that the list equals the more general list of the same
//! block: `months-short` equals `months`.
//!
//! The file is not parsed at build time. The first use in an isolate finds the blocks (0.1 ms); the
//! first use of a locale splits its block into lines. After that a filter takes a few microseconds.

use std::sync::{LazyLock, OnceLock};

static DATA: LazyLock<Data> = LazyLock::new(|| Data::read(include_str!("data.txt")));

/// Used if the file had no locales at all: every value is empty. A test makes sure that the file
/// has them.
static ROOT: Block = Block { tag: "und", parent: None, text: "", lines: OnceLock::new() };

/// For each key whose value may be `=`: the key of the more general list.
const SAME_AS: [(&str, &str); 8] = [
    ("months-alone", "months"),
    ("months-short", "months"),
    ("months-short-alone", "months-short"),
    ("days-alone", "days"),
    ("days-short", "days"),
    ("days-short-alone", "days-short"),
    ("money-decimal", "decimal"),
    ("money-group", "group"),
];

struct Data {
    /// Sorted by tag, as the file is.
    blocks: Vec<Block>,
    aliases: &'static str,
    currencies: &'static str,
}

struct Block {
    tag: &'static str,
    /// `None` if the parent is the tag without its last part.
    parent: Option<&'static str>,
    text: &'static str,
    /// The keys and values in `text`.
    lines: OnceLock<Vec<(&'static str, &'static str)>>,
}

impl Data {
    fn read(text: &'static str) -> Self {
        let mut data = Self { blocks: Vec::new(), aliases: "", currencies: "" };
        // Only headers begin with a bracket: the generator writes one line for each key.
        for block in text.split("\n[").skip(1) {
            let (header, text) = block.split_once(']').unwrap_or((block, ""));
            let text = text.trim_start_matches('\n');
            match header {
                "aliases" => data.aliases = text,
                "currencies" => data.currencies = text,
                _ => {
                    let (tag, parent) =
                        header.split_once(' ').map_or((header, None), |(tag, parent)| (tag, Some(parent)));
                    data.blocks.push(Block { tag, parent, text, lines: OnceLock::new() });
                }
            }
        }
        data
    }

    fn block(&'static self, tag: &str) -> Option<&'static Block> {
        let found = self.blocks.binary_search_by(|block| block.tag.cmp(tag)).ok()?;
        self.blocks.get(found)
    }
}

impl Block {
    fn get(&self, key: &str) -> Option<&'static str> {
        let lines = self.lines.get_or_init(|| self.text.lines().filter_map(|line| line.split_once('=')).collect());
        lines.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    fn parent(&self) -> Option<&'static Self> {
        match self.parent {
            Some(parent) => DATA.block(parent),
            None => shorter(self.tag).and_then(fall_back).or_else(|| {
                // The root is the last parent of every block but itself.
                (self.tag != ROOT.tag).then(|| DATA.block(ROOT.tag)).flatten()
            }),
        }
    }
}

/// The value of `key` in a text of `key=value` lines.
fn find(lines: &'static str, key: &str) -> Option<&'static str> {
    lines.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

/// A tag without its last part.
fn shorter(tag: &str) -> Option<&str> {
    tag.rsplit_once('-').map(|(shorter, _)| shorter)
}

/// The block of a tag, or of the longest shorter tag that has one: `de-AT-1996` → `de-AT`.
fn fall_back(tag: &str) -> Option<&'static Block> {
    let mut tags = std::iter::successors(Some(tag), |tag| shorter(tag));
    tags.find_map(|tag| DATA.block(tag).or_else(|| DATA.block(find(DATA.aliases, tag)?)))
}

/// A language, perhaps with the customs of one region.
#[derive(Clone, Copy)]
pub struct Locale(&'static Block);

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Locale").field(&self.0.tag).finish()
    }
}

impl Locale {
    /// The locale of a BCP 47 tag in canonical case, or of the longest shorter tag that is known;
    /// English if none is.
    ///
    /// ```
    /// use monogram::locale::Locale;
    ///
    /// assert_eq!(Locale::of("de-AT-1996").tag(), "de-AT");
    /// assert_eq!(Locale::of("tlh").tag(), "en");
    /// ```
    #[must_use]
    pub fn of(tag: &str) -> Self {
        // `und` is the root of all locales, not a language.
        Self(fall_back(tag).filter(|block| block.tag != ROOT.tag).or_else(|| DATA.block("en")).unwrap_or(&ROOT))
    }

    /// Whether a BCP 47 tag in canonical case is that of a language with data of its own; of all others
    /// [`Locale::of`] makes English.
    ///
    /// ```
    /// use monogram::locale::Locale;
    ///
    /// assert!(Locale::is_known("de-AT") && Locale::is_known("en") && !Locale::is_known("xx"));
    /// ```
    #[must_use]
    pub fn is_known(tag: &str) -> bool {
        fall_back(tag).is_some_and(|block| block.tag != ROOT.tag)
    }

    /// Its tag in CLDR.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.0.tag
    }

    /// The locale's block and its parents, the root last. No chain in the file is longer than
    /// eight; the limit is there so that a wrong file cannot cause an endless loop.
    fn chain(self) -> impl Iterator<Item = &'static Block> {
        std::iter::successors(Some(self.0), |block| block.parent()).take(8)
    }

    /// The value of a key, from the locale or the nearest parent that has it; empty if none has it.
    pub(super) fn get(self, key: &str) -> &'static str {
        let Some((block, value)) = self.chain().find_map(|block| Some((block, block.get(key)?))) else { return "" };
        if value != "=" {
            return value;
        }
        // `=` refers to the block that contains it: a child that changes the general list does not
        // change this one.
        SAME_AS.iter().find(|(own, _)| *own == key).map_or("", |(_, base)| Self(block).get(base))
    }

    /// The item at `index` of a list; empty if there is none.
    pub(super) fn item(self, key: &str, index: usize) -> &'static str {
        self.get(key).split('|').nth(index).unwrap_or_default()
    }

    /// The locale's sign of a currency, or the currency's code if it has no sign.
    pub(super) fn symbol(self, code: &str) -> &str {
        let own = |block: &'static Block| {
            block.get("symbols")?.split('|').find_map(|entry| entry.strip_prefix(code)?.strip_prefix(' '))
        };
        self.chain().find_map(own).unwrap_or(code)
    }
}

/// The usual number of decimals of a currency: CLDR's, which mostly is ISO 4217's.
pub(super) fn currency_places(code: &str) -> u8 {
    find(DATA.currencies, code).and_then(|places| places.parse().ok()).unwrap_or(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_fall_back() {
        for (tag, found) in [
            ("de", "de"),
            ("de-AT", "de-AT"),
            ("de-BE", "de"),
            ("de-AT-1996-x-home", "de-AT"),
            ("en-GB", "en-GB"),
            ("es-MX", "es-MX"),
            ("zh-Hant-HK", "zh-Hant-HK"),
            ("zh-Hant-TW", "zh-Hant"),
            ("zh-TW", "zh-Hant"),
            ("zh-HK", "zh-Hant-HK"),
            ("zh-Hans-CN", "zh"),
            ("sr-ME", "sr-Latn-ME"),
            ("iw", "he"),
            ("iw-IL", "he"),
            ("no", "no"),
            ("tlh", "en"),
            ("und", "en"),
            ("", "en"),
            ("-", "en"),
        ] {
            assert_eq!(Locale::of(tag).tag(), found, "{tag}");
        }
    }

    #[test]
    fn parents_are_those_of_cldr() {
        for (tag, chain) in [
            ("de-AT", "de-AT de und"),
            ("es-MX", "es-MX es-419 es und"),
            ("en-AT", "en-AT en-150 en-001 en und"),
            ("zh-Hant-HK", "zh-Hant-HK zh-Hant und"),
            ("nb", "nb no und"),
            ("pt-AO", "pt-AO pt-PT pt und"),
        ] {
            let tags: Vec<_> = Locale::of(tag).chain().map(|block| block.tag).collect();
            assert_eq!(tags.join(" "), chain);
        }
    }

    #[test]
    fn the_file_has_the_documented_format() {
        assert!(DATA.blocks.is_sorted_by(|a, b| a.tag < b.tag));
        assert!(DATA.blocks.len() > 300, "{}", DATA.blocks.len());
        let root = DATA.block("und").unwrap();
        for block in &DATA.blocks {
            assert!(block.parent.is_none_or(|parent| DATA.block(parent).is_some()), "{}", block.tag);
            assert_eq!(Locale(block).chain().last().unwrap().tag, "und", "{}", block.tag);
            for line in block.text.lines() {
                let (key, value) = line.split_once('=').unwrap();
                assert!(root.get(key).is_some() || matches!(key, "symbols" | "cardinal" | "ordinal"), "{line}");
                // Number patterns are read without regard to quotes.
                assert!(!key.ends_with("-pattern") || !value.contains('\''), "{}: {line}", block.tag);
                assert!(value != "=" || SAME_AS.iter().any(|(own, _)| *own == key), "{line}");
                let parts = value.split('|').count();
                let expected = match key {
                    "months" => 12,
                    "days" => 7,
                    "date" | "date-time" => 4,
                    "day-periods" => 2,
                    _ => parts,
                };
                assert_eq!(parts, expected, "{}: {line}", block.tag);
            }
        }
        for line in DATA.aliases.lines() {
            let (_, tag) = line.split_once('=').unwrap();
            assert!(DATA.block(tag).is_some(), "{line}");
        }
    }

    #[test]
    fn a_reference_is_to_the_block_that_contains_it() {
        // Austria groups numbers by a space; the group sign of its money is a point, as in the
        // block of German.
        let austria = Locale::of("de-AT");
        assert_eq!((austria.get("group"), austria.get("money-group")), ("\u{a0}", "."));
        assert_eq!(austria.get("nothing"), "");
        assert_eq!((austria.symbol("EUR"), austria.symbol("USD"), austria.symbol("XYZ")), ("€", "$", "XYZ"));
        assert_eq!(["EUR", "JPY", "KWD", "XYZ"].map(currency_places), [2, 0, 3, 2]);
    }
}
