//! The font packs and dictionaries that come with the Worker, and which of them has which
//! character.
//!
//! Inter is compiled in. The letters that it lacks are in packs (`fonts/packs/`, made by
//! `tools/packs.py`): one for each script, one for the rest of Latin, Cyrillic and Greek, and for
//! Han, kana and Hangul one for each hundred or two that are used together. Four languages have
//! their own forms of the same Han letters, so each has its own packs. Urdu has a pack of Arabic
//! letters in its own style. Emoji are grouped by their first character. Thai, Lao, Khmer and
//! Burmese are written without spaces, so each also has a dictionary, which tells where words end.

use std::sync::OnceLock;

use super::dictionary::LexicalScript;
use super::forms::Forms;

/// One line for each pack: name, bytes, digest, group and family; for emoji, a tab and the
/// characters that occur within the pack's sequences but begin none of them. Dictionaries are the
/// last group, `words`. The digest makes the packs a part of the build's name (`build.rs`).
static LISTING: &str = include_str!("packs.txt");

/// A two-level table. For each group there are [`BLOCKS`] little-endian 16-bit numbers of pages,
/// one for each 256 characters; 0 is the page of characters without a pack. The pages follow: one
/// byte for each character, the pack's index in its group plus 1, or 0. Characters of Inter are
/// only in the group of emoji, because some emoji begin with them.
static TABLE: &[u8] = include_bytes!("packs.bin");

const GROUPS: usize = 8;
const BLOCKS: usize = 768;
const PAGE: usize = 256;

/// The group of the packs of one script each.
const SCRIPTS: usize = 0;

/// The group of the emoji packs, by the first character of an emoji.
const EMOJI: usize = 6;

/// The emoji packs again, by the characters that no other font has. They are drawn in colour even
/// as letters of a text.
const SYMBOLS: usize = 7;

/// The group of a language's packs.
const fn group_of(language: Forms) -> usize {
    match language {
        Forms::Hans => 1,
        Forms::Hant => 2,
        Forms::Ja => 3,
        Forms::Ko => 4,
        Forms::Ur => 5,
    }
}

/// A font file, or a dictionary, that comes with the Worker.
#[derive(Debug, PartialEq, Eq)]
pub struct Pack {
    /// The pack's name: `arabic`, `ja-17`.
    pub name: &'static str,
    /// Size of the file, in bytes.
    pub bytes: usize,
    /// The font family that the pack is a part of. For a dictionary: the name of its script's font
    /// pack.
    pub family: &'static str,
    /// Whether it is a dictionary and not a font.
    pub dictionary: bool,
    /// The language whose forms of shared letters it has. `None` for any other pack.
    pub language: Option<Forms>,
    /// Whether it has emoji and no letters.
    pub emoji: bool,
    /// The characters that occur within its emoji but begin none of them.
    within: &'static str,
}

impl Pack {
    /// No character before this one is in a pack: Inter has them all.
    pub(crate) const FIRST_CHARACTER: char = '\u{149}';

    /// The name of the file below `/fonts/`, or below `fonts/packs/` in the repository.
    #[must_use]
    pub fn file(&self) -> String {
        if self.dictionary { format!("{}.words", self.family) } else { format!("{}.ttf", self.name) }
    }

    /// The pack of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        index().packs.iter().find(|pack| pack.name == name)
    }

    /// The dictionary of the pack's script. `None` if the script has spaces between words.
    pub(crate) fn dictionary(&self) -> Option<&'static Self> {
        LexicalScript::named(self.name)?;
        index().packs.iter().find(|other| other.dictionary && other.family == self.name)
    }

    /// The pack of the one script that a character belongs to.
    pub(crate) fn of_script(c: char) -> Option<&'static Self> {
        find(SCRIPTS, c)
    }

    /// The pack of an Arabic letter in the style of a language. `None` for most languages: they have
    /// that of the script.
    pub(crate) fn of_style(c: char, language: Forms) -> Option<&'static Self> {
        if language == Forms::Ur { find(group_of(language), c) } else { None }
    }

    /// The pack of a Han letter, kana or Hangul in a language's form, or else in that of the next
    /// language that has it.
    pub(crate) fn of_han(c: char, first: Forms) -> Option<&'static Self> {
        let others = Forms::ALL.into_iter().filter(|language| *language != first);
        std::iter::once(first).chain(others).find_map(|language| find(group_of(language), c))
    }

    /// The pack that has both a kana or Han letter and its mark, which may be in different packs of
    /// a language: that of the first language which has the two in one. `None` if `mark` is no such
    /// mark, or no pack has both.
    pub(crate) fn of_marked(letter: char, mark: char, first: Forms) -> Option<&'static Self> {
        if !is_east_asian_mark(mark) {
            return None;
        }
        let others = Forms::ALL.into_iter().filter(|language| *language != first);
        std::iter::once(first).chain(others).find_map(|language| {
            let group = group_of(language);
            find(group, letter).filter(|pack| find(group, mark) == Some(*pack))
        })
    }

    /// The pack with the emoji that begin with a character.
    #[must_use]
    pub fn of_emoji(first: char) -> Option<&'static Self> {
        find(EMOJI, first)
    }

    /// The emoji pack of a character that no other font has.
    pub(crate) fn of_symbol(c: char) -> Option<&'static Self> {
        find(SYMBOLS, c)
    }

    /// Whether a character occurs within the pack's emoji but begins none of them.
    pub(crate) fn has_within(&self, c: char) -> bool {
        self.within.contains(c)
    }

    /// All packs, in the order of the listing.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &index().packs
    }
}

/// Whether a character is a mark on kana or on Han letters.
pub(crate) const fn is_east_asian_mark(c: char) -> bool {
    matches!(c, '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}')
}

/// The pack of a group that has a character.
fn find(group: usize, c: char) -> Option<&'static Pack> {
    let c = usize::try_from(u32::from(c)).ok()?;
    let (block, low) = (c / PAGE, c % PAGE);
    if block >= BLOCKS {
        return None;
    }
    let head = group.checked_mul(BLOCKS)?.checked_add(block)?.checked_mul(2)?;
    let page = u16::from_le_bytes([*TABLE.get(head)?, *TABLE.get(head.checked_add(1)?)?]);
    let pages = GROUPS.checked_mul(BLOCKS)?.checked_mul(2)?;
    let place = *TABLE.get(pages.checked_add(usize::from(page).checked_mul(PAGE)?)?.checked_add(low)?)?;
    let index = index();
    let at = index.starts.get(group)?.checked_add(usize::from(place).checked_sub(1)?)?;
    index.packs.get(at)
}

/// The parsed listing.
struct Index {
    packs: Vec<Pack>,
    /// The index of each group's first pack.
    starts: [usize; GROUPS],
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index { packs: Vec::new(), starts: [usize::MAX; GROUPS] };
        for line in LISTING.lines() {
            let mut fields = line.splitn(5, ' ');
            let mut field = || fields.next().unwrap_or_default();
            let (name, bytes, _digest, group, family) =
                (field(), field().parse().unwrap_or(0), field(), field(), field());
            let language = match group {
                "zh-hans" => Some(Forms::Hans),
                "zh-hant" => Some(Forms::Hant),
                "ja" => Some(Forms::Ja),
                "ko" => Some(Forms::Ko),
                "ur" => Some(Forms::Ur),
                _ => None,
            };
            let (emoji, dictionary) = (group == "emoji", group == "words");
            let (family, within) = family.split_once('\t').unwrap_or((family, ""));
            let group = if emoji { EMOJI } else { language.map_or(SCRIPTS, group_of) };
            if let Some(start) = index.starts.get_mut(group) {
                *start = (*start).min(index.packs.len());
            }
            index.packs.push(Pack { name, bytes, family, dictionary, language, emoji, within });
        }
        let [.., emoji, symbols] = &mut index.starts;
        *symbols = *emoji;
        index
    })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::super::{Face, FaceId, Fonts};
    use super::*;

    /// Packs of one weight: `tools/packs.py` gives the reasons.
    const REGULAR: [&str; 12] = [
        "chakma",
        "mongolian",
        "nko",
        "nyiakeng-puachue-hmong",
        "osage",
        "pahawh-hmong",
        "symbols",
        "symbols-2",
        "tibetan",
        "tifinagh",
        "vai",
        "yi",
    ];

    fn digest(file: &[u8]) -> String {
        format!(" {:016x} ", Sha256::digest(file).iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    #[test]
    fn packs_are_what_the_listing_says() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/packs");
        let (words, all): (Vec<&'static Pack>, Vec<&'static Pack>) =
            Pack::all().iter().partition(|pack| pack.dictionary);
        let fonts = Fonts::with_packs(&all, |pack| std::fs::read(folder.join(pack.file())).ok());
        let faces: Vec<&Face> =
            (1..=all.len()).map(|id| &**fonts.get(FaceId(u16::try_from(id).unwrap())).unwrap()).collect();
        for (at, (pack, face)) in all.iter().zip(&faces).enumerate() {
            assert_eq!((face.bytes().len(), face.family()), (pack.bytes, pack.family), "{}", pack.name);
            // Rare Han letters.
            let number = pack.name.rsplit('-').next().and_then(|number| number.parse::<u16>().ok());
            let is_regular = pack.emoji || REGULAR.contains(&pack.name) || number.is_some_and(|number| number >= 200);
            assert_eq!(face.weights(), (!is_regular).then_some((400, 700)), "{}", pack.name);
            let most = if pack.emoji { 112 } else { 680 };
            assert!(pack.bytes <= most * 1024 && Pack::named(pack.name) == Some(*pack), "{}", pack.name);
            assert!(pack.within.chars().all(|c| faces[at].has(c)), "{}", pack.name);
        }
        for (line, face) in LISTING.lines().zip(&faces) {
            assert!(line.contains(&digest(face.bytes())), "{line}");
        }
        let listed = LISTING.lines().skip(all.len());
        for (pack, line) in words.iter().zip(listed) {
            let file = std::fs::read(folder.join(pack.file())).unwrap();
            assert!(line.starts_with(pack.name) && line.contains(&digest(&file)), "{line}");
            assert_eq!(file.len(), pack.bytes, "{line}");
            assert!(Fonts::with_packs(&[pack], |_| Some(file.clone())).dictionaries().len() == 1, "{line}");
        }
        assert_eq!(words.len(), 4);
        let embedded = fonts.get(FaceId(0)).unwrap();
        let mut found = 0_u32;
        for (group, c) in (0..GROUPS).flat_map(|group| ('\0'..='\u{2ffff}').map(move |c| (group, c))) {
            if let Some(pack) = find(group, c) {
                let at = all.iter().position(|known| *known == pack).unwrap();
                assert_eq!(pack.emoji, group >= EMOJI, "{}: {c}", pack.name);
                assert!(faces[at].has(c) && (group == EMOJI || !embedded.has(c)), "{}: {c}", pack.name);
                let elsewhere = (0..EMOJI).any(|group| find(group, c).is_some());
                assert!(group != SYMBOLS || find(EMOJI, c) == Some(pack) && !elsewhere, "{}: {c}", pack.name);
                found += 1;
            }
        }
        assert!(found > 40_000, "{found}");
    }

    /// A Chinese name has two to four letters, each of which may be in another pack.
    #[test]
    fn a_chinese_name_takes_at_most_300_kb() {
        let most = |language| {
            let packs = ('\u{3400}'..='\u{2ffff}').filter_map(|c| find(group_of(language), c));
            packs.map(|pack| pack.bytes).max().unwrap()
        };
        for language in [Forms::Hans, Forms::Hant] {
            assert!(4 * most(language) <= 300_000, "{language:?}: {}", most(language));
        }
    }

    #[test]
    fn any_character_has_an_answer() {
        for c in '\0'..=char::MAX {
            let _ = Pack::of_script(c).or_else(|| Pack::of_han(c, Forms::Ja)).or_else(|| Pack::of_symbol(c));
        }
        assert_eq!((find(0, '\u{10ffff}'), find(9, 'ア')), (None, None));
    }
}
