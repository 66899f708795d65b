//! CLDR's data: which locale a tag means, and what that locale says under a key.
//!
//! `data.txt` has a block per locale, `[tag]` or `[tag parent]`, then `key=value` lines, lists joined by `|`. A block has
//! only what differs from its parent: the tag without its last part, or the one that is named, and `und` above all.
//! `key==` says that this list is the more general one of the same block (`months-short` is `months`).
//!
//! The file stays text, and is read where a filter asks: its blocks are found at the first use in an isolate (0.1 ms), the
//! lines of a block when its locale is first asked for. After that a filter takes a few microseconds.

use std::sync::{LazyLock, OnceLock};

static DATA: LazyLock<Data> = LazyLock::new(|| Data::read(include_str!("data.txt")));

/// What stands in for a file without locales: every key is empty. A test holds the file to having them.
static ROOT: Block = Block { tag: "und", parent: None, text: "", lines: OnceLock::new() };

/// What `key==` refers to.
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
    /// Where it is not the tag without its last part.
    parent: Option<&'static str>,
    text: &'static str,
    /// `text`, read: keys and values.
    lines: OnceLock<Vec<(&'static str, &'static str)>>,
}

impl Data {
    fn read(text: &'static str) -> Self {
        let mut data = Self { blocks: Vec::new(), aliases: "", currencies: "" };
        // Values have no line that begins with a bracket: the generator writes one line a key.
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
                // The root stands above all but itself.
                (self.tag != ROOT.tag).then(|| DATA.block(ROOT.tag)).flatten()
            }),
        }
    }
}

/// The value of `key` in lines of `key=value`.
fn find(lines: &'static str, key: &str) -> Option<&'static str> {
    lines.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

/// A tag without its last part.
fn shorter(tag: &str) -> Option<&str> {
    tag.rsplit_once('-').map(|(shorter, _)| shorter)
}

/// The block of a tag, or of the nearest shorter one: `de-AT-1996` → `de-AT`.
fn fall_back(tag: &str) -> Option<&'static Block> {
    let mut tags = std::iter::successors(Some(tag), |tag| shorter(tag));
    tags.find_map(|tag| DATA.block(tag).or_else(|| DATA.block(find(DATA.aliases, tag)?)))
}

/// A language, perhaps as one region writes it.
#[derive(Clone, Copy)]
pub struct Locale(&'static Block);

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Locale").field(&self.0.tag).finish()
    }
}

impl Locale {
    /// The locale of a BCP 47 tag in canonical case, or of the nearest shorter one; English where there is none.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        // `und` is a root to fall back to, and no language.
        Self(fall_back(tag).filter(|block| block.tag != ROOT.tag).or_else(|| DATA.block("en")).unwrap_or(&ROOT))
    }

    /// Its tag in CLDR.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.0.tag
    }

    /// It and its parents, the root last. Eight are more than any has: a wrong file must not make an endless loop.
    fn chain(self) -> impl Iterator<Item = &'static Block> {
        std::iter::successors(Some(self.0), |block| block.parent()).take(8)
    }

    /// What the locale says under a key; empty where nobody says anything.
    pub(super) fn get(self, key: &str) -> &'static str {
        let Some((block, value)) = self.chain().find_map(|block| Some((block, block.get(key)?))) else { return "" };
        if value != "=" {
            return value;
        }
        // The reference is to the block that wrote it: a child that changes the general list does not change this one.
        SAME_AS.iter().find(|(own, _)| *own == key).map_or("", |(_, base)| Self(block).get(base))
    }

    /// One of a list.
    pub(super) fn item(self, key: &str, index: usize) -> &'static str {
        self.get(key).split('|').nth(index).unwrap_or_default()
    }

    /// How the locale writes a currency: its sign, or the code where it has none.
    pub(super) fn symbol(self, code: &str) -> &str {
        let own = |block: &'static Block| {
            block.get("symbols")?.split('|').find_map(|entry| entry.strip_prefix(code)?.strip_prefix(' '))
        };
        self.chain().find_map(own).unwrap_or(code)
    }
}

/// The decimals of a currency: ISO 4217's, where CLDR knows of no other custom.
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
    fn parents_are_clds() {
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
    fn the_file_is_as_this_module_reads_it() {
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
    fn a_reference_is_to_the_block_that_wrote_it() {
        // Austria groups numbers by a space, but money by the point of its parent.
        let austria = Locale::of("de-AT");
        assert_eq!((austria.get("group"), austria.get("money-group")), ("\u{a0}", "."));
        assert_eq!(austria.get("nothing"), "");
        assert_eq!((austria.symbol("EUR"), austria.symbol("USD"), austria.symbol("XYZ")), ("€", "$", "XYZ"));
        assert_eq!(["EUR", "JPY", "KWD", "XYZ"].map(currency_places), [2, 0, 3, 2]);
    }
}
