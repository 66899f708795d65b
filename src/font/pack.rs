//! Which font packs a picture's texts need, and which dictionaries.
//!
//! Inter is compiled in; letters that it lacks are in packs (`fonts/packs/`, made by `tools/packs.py`), which are
//! fetched for the texts that need them: one for a script, and for Han, kana and Hangul one for about a hundred characters that are
//! used together. Four languages have their own forms of the same Han letters, so each has its own packs.
//!
//! The language of Han letters is the one that the text is said to be in; else what stands beside them tells (kana:
//! Japanese, Hangul: Korean, bopomofo: traditional Chinese), in the same text or in another one of the picture; else it is
//! simplified Chinese. A letter that this language has no pack for is taken from the next one that has.
//!
//! Thai, Lao, Khmer and Burmese are written without spaces: with the pack of such a script comes the dictionary that says where a
//! line may end (`words`), if there is room for it in the limits; without it lines end between any two clusters.
//! An emoji is a sequence of characters that only one pack draws whole: the one of its first character.
//!
//! Invariant: a text that Inter has every letter of costs one look at each of its characters, and no memory.

use std::sync::OnceLock;

use unicode_script::{Script, UnicodeScript};

use super::dictionary::Lexical;
use crate::limits::Limits;
use crate::text::analyse::{graphemes, is_real};
use crate::text::emoji;

/// A line for each pack: its name, bytes, digest, group and family; behind a tab what stands within an emoji pack's sequences and
/// begins none of them. Last those of the group `words`. The digest makes the packs a part of the build's name
/// (`build.rs`).
static LISTING: &str = include_str!("packs.txt");

/// For each group 768 little-endian numbers, that say of each 256 characters which page has them (0: none). Behind those
/// of all groups are the pages: for each character the place of its pack in its group, from 1 (0: it has none). The characters
/// that Inter has are not in it, but that emoji begin with some of them.
static TABLE: &[u8] = include_bytes!("packs.bin");

const GROUPS: usize = 7;
const BLOCKS: usize = 768;
const PAGE: usize = 256;

/// The group of the emoji packs, by what emoji begin with.
const EMOJI: usize = 5;

/// The same packs, by what no other font has: what is drawn in colour though it is a letter of the text.
const SYMBOLS: usize = 6;

/// Everything before it is Latin, Greek or Cyrillic: Inter's, or nobody's.
const FIRST: char = '\u{530}';

/// A font file, or a dictionary, that comes with the Worker.
#[derive(Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its name: `arabic`, `ja-17`.
    pub name: &'static str,
    /// How long the file is.
    pub bytes: usize,
    /// The family that it is a part of; of a dictionary, the pack that it stands beside.
    pub family: &'static str,
    /// It is a dictionary, and no font.
    pub words: bool,
    /// Whose forms of Han letters it has; none: it is for one script.
    pub language: Option<Language>,
    /// It has emoji, and no letters.
    pub emoji: bool,
    /// What stands within its emoji, and begins none of them.
    within: &'static str,
}

impl Pack {
    /// The file below `/fonts/`, or below `fonts/packs/` in the repository.
    #[must_use]
    pub fn file(&self) -> String {
        if self.words { format!("{}.words", self.family) } else { format!("{}.ttf", self.name) }
    }

    /// The pack of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        index().packs.iter().find(|pack| pack.name == name)
    }

    /// The dictionary of a pack's script.
    fn words_beside(pack: &Self) -> Option<&'static Self> {
        Lexical::named(pack.name)?;
        index().packs.iter().find(|words| words.words && words.family == pack.name)
    }

    /// The pack with the emoji that begin with a character.
    #[must_use]
    pub fn of_emoji(first: char) -> Option<&'static Self> {
        find(EMOJI, first)
    }

    /// All there are.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &index().packs
    }
}

/// A language with its own forms of Han letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    Hans,
    /// Traditional Chinese.
    Hant,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
}

impl Language {
    /// In the order of the groups, and in which they stand in for each other.
    const ALL: [Self; 4] = [Self::Hans, Self::Hant, Self::Ja, Self::Ko];

    const fn group(self) -> usize {
        match self {
            Self::Hans => 1,
            Self::Hant => 2,
            Self::Ja => 3,
            Self::Ko => 4,
        }
    }

    /// What a BCP 47 tag says about Han letters, if anything.
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

    /// What the letters of a text say about it: the first that only one language has.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        text.chars().filter(|c| *c >= '\u{1100}').find_map(|c| match c.script() {
            Script::Hiragana | Script::Katakana => Some(Self::Ja),
            Script::Hangul => Some(Self::Ko),
            Script::Bopomofo => Some(Self::Hant),
            _ => None,
        })
    }
}

/// The packs of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needed {
    /// Each once, in the order in which the texts come to need them.
    pub packs: Vec<&'static Pack>,
    /// There would be more of them than the limits allow.
    pub cut: bool,
}

/// The packs that texts need, each of which may be in a language (a BCP 47 tag).
#[must_use]
pub fn needed<'a>(texts: impl Iterator<Item = (&'a str, Option<&'a str>)> + Clone, limits: &Limits) -> Needed {
    let mut needed = Needed::default();
    if texts.clone().all(|(text, _)| text.is_ascii() || text.chars().all(|c| c < FIRST)) {
        return needed;
    }
    let anywhere = texts.clone().find_map(|(text, _)| Language::of_text(text));
    // Letters first: what scripts share, such as a danda, then finds their pack there already.
    for shared in [false, true] {
        for (text, tag) in texts.clone() {
            let said = tag.and_then(Language::of_tag);
            let first = said.or_else(|| Language::of_text(text)).or(anywhere).unwrap_or(Language::Hans);
            let letters = |text: &str, needed: &mut Needed| {
                for c in text.chars().filter(|c| *c >= FIRST && is_real(c.script()) != shared) {
                    let pack = of_script(c, shared, needed).or_else(|| of_language(c, first));
                    if let Some(pack) = pack.or_else(|| find(SYMBOLS, c)) {
                        needed.add(pack, limits);
                    }
                }
            };
            if !text.chars().any(emoji::may_tell) {
                letters(text, &mut needed);
                continue;
            }
            for grapheme in graphemes(text).filter_map(|grapheme| text.get(grapheme)) {
                if !emoji::is(grapheme) {
                    letters(grapheme, &mut needed);
                } else if shared {
                    of_emoji(grapheme, &mut needed, limits);
                }
            }
        }
    }
    for at in 0..needed.packs.len() {
        let words = needed.packs.get(at).and_then(|pack| Pack::words_beside(pack));
        // One that does not fit is no loss of letters.
        let cut = needed.cut;
        words.into_iter().for_each(|words| needed.add(words, limits));
        needed.cut = cut;
    }
    needed
}

/// The pack of an emoji; where that cannot draw all of it, the packs of its parts too.
fn of_emoji(grapheme: &str, needed: &mut Needed, limits: &Limits) {
    let mut chars = grapheme.chars();
    let Some(pack) = chars.next().and_then(Pack::of_emoji) else { return };
    needed.add(pack, limits);
    for c in chars {
        match Pack::of_emoji(c) {
            Some(part) if part != pack && !pack.within.contains(c) => needed.add(part, limits),
            _ => {}
        }
    }
}

impl Needed {
    fn add(&mut self, pack: &'static Pack, limits: &Limits) {
        if self.packs.contains(&pack) {
            return;
        }
        let bytes: usize = self.packs.iter().map(|pack| pack.bytes).sum();
        if self.packs.len() < limits.packs && bytes.saturating_add(pack.bytes) <= limits.packs_bytes {
            self.packs.push(pack);
        } else {
            self.cut = true;
        }
    }
}

/// The pack of the script that a character belongs to. One that several share does not need another than is there.
fn of_script(c: char, shared: bool, needed: &Needed) -> Option<&'static Pack> {
    let pack = find(0, c)?;
    let there = needed.packs.iter().find(|pack| pack.language.is_none());
    Some(there.copied().filter(|_| shared).unwrap_or(pack))
}

/// The pack for a character of a language, or of the next one that has it.
fn of_language(c: char, first: Language) -> Option<&'static Pack> {
    let others = Language::ALL.into_iter().filter(|language| *language != first);
    std::iter::once(first).chain(others).find_map(|language| find(language.group(), c))
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

/// The listing, read.
struct Index {
    packs: Vec<Pack>,
    /// Where each group begins.
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
                "zh-hans" => Some(Language::Hans),
                "zh-hant" => Some(Language::Hant),
                "ja" => Some(Language::Ja),
                "ko" => Some(Language::Ko),
                _ => None,
            };
            let (emoji, words) = (group == "emoji", group == "words");
            let (family, within) = family.split_once('\t').unwrap_or((family, ""));
            let group = if emoji { EMOJI } else { language.map_or(0, Language::group) };
            if let Some(start) = index.starts.get_mut(group) {
                *start = (*start).min(index.packs.len());
            }
            index.packs.push(Pack { name, bytes, family, words, language, emoji, within });
        }
        let [.., emoji, symbols] = &mut index.starts;
        *symbols = *emoji;
        index
    })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::super::outline::Coverage;
    use super::super::{Face, FaceId, Fonts};
    use super::*;

    fn names(texts: &[(&str, Option<&str>)]) -> Vec<&'static str> {
        needed(texts.iter().copied(), &Limits::default()).packs.iter().map(|pack| pack.name).collect()
    }

    fn digest(file: &[u8]) -> String {
        format!(" {:016x} ", Sha256::digest(file).iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// The languages of the packs that a text needs, as their names begin.
    fn languages(text: &str, tag: Option<&str>) -> Vec<&'static str> {
        let mut found: Vec<_> = names(&[(text, tag)]);
        found.iter_mut().for_each(|name| *name = name.rsplit_once('-').map_or(*name, |(language, _)| language));
        found.dedup();
        found
    }

    #[test]
    fn what_inter_has_needs_no_pack() {
        for text in
            ["", "Maria", "Nguyễn Thị Minh Khai", "Αλεξάνδρα", "Ольга", "Zoë — “O’Brien” €10 ★→", "e\u{301}\u{200d}"]
        {
            assert_eq!(needed([(text, Some("ja"))].into_iter(), &Limits::default()), Needed::default(), "{text}");
        }
    }

    #[test]
    fn each_script_has_its_pack() {
        for (text, expected) in [
            ("محمد عبد الرحمن", "arabic"),
            ("مُحَمَّد، ۱۲۳", "arabic"),
            ("בן־דוד", "hebrew"),
            ("श्रीनिवास।", "devanagari"),
            ("রবীন্দ্রনাথ।", "bengali"),
            ("தமிழ்", "tamil"),
            ("తెలుగు", "telugu"),
            ("ગુજરાતી", "gujarati"),
            ("ਪੰਜਾਬੀ", "gurmukhi"),
            ("ಕನ್ನಡ", "kannada"),
            ("മലയാളം", "malayalam"),
            ("සිංහල", "sinhala"),
            ("გიორგი", "georgian"),
            ("Արմեն", "armenian"),
            ("አበበ", "ethiopic"),
        ] {
            assert_eq!(names(&[(text, None)]), [expected], "{text}");
            assert_eq!(names(&[("Hello", None), (text, Some("ja")), (text, None)]), [expected], "{text}");
        }
        assert_eq!(names(&[("। ॥", None)]).len(), 1, "shared by many, and nothing else is there");
        for (text, expected) in [
            ("สมชาย", ["thai", "thai-words"]),
            ("ລາວ", ["lao", "lao-words"]),
            ("សុខ", ["khmer", "khmer-words"]),
            ("မြန်မာ", ["myanmar", "myanmar-words"]),
        ] {
            assert_eq!(names(&[(text, None)]), expected, "{text}");
            let few = needed([(text, None)].into_iter(), &Limits { packs: 1, ..Limits::default() });
            assert_eq!((few.packs.len(), few.cut), (1, false), "letters before words: {text}");
        }
    }

    #[test]
    fn han_letters_by_language() {
        for (text, tag, expected) in [
            ("王伟", None, "zh-hans"),
            ("王伟", Some("en"), "zh-hans"),
            ("王", Some("zh-TW"), "zh-hant"),
            ("王", Some("zh-Hant-HK"), "zh-hant"),
            ("王", Some("zh-Hans-HK"), "zh-hans"),
            ("王", Some("yue"), "zh-hant"),
            ("山田", Some("ja-JP"), "ja"),
            ("山田さん", None, "ja"),
            ("アレクサンドラ・ｱ", None, "ja"),
            ("김민준", None, "ko"),
            ("김민준", Some("zh-Hans"), "ko"),
            ("王ㄅ", None, "zh-hant"),
            ("さくら", Some("zh-Hans"), "zh-hans"),
            ("歐陽詢", None, "zh-hant"),
        ] {
            assert_eq!(languages(text, tag), [expected], "{text} {tag:?}");
        }
    }

    #[test]
    fn emoji_by_what_they_begin_with() {
        let pack = |c| Pack::of_emoji(c).unwrap().name;
        for (text, expected) in [
            ("Zoë 🎉", vec![pack('🎉')]),
            ("👩🏽\u{200d}💻", vec![pack('👩')]),
            ("👩🏽\u{200d}💻💻", vec![pack('👩'), pack('💻')]),
            ("🇵🇹", vec![pack('🇵')]),
            ("1\u{fe0f}\u{20e3}", vec![pack('1')]),
            ("123 ♥ ❤\u{fe0e}", vec![]),
            ("❤\u{fe0f}", vec![pack('❤')]),
            ("©\u{fe0f}", vec![pack('©')]),
            // As text, but no other font has it.
            ("😀\u{fe0e}", vec![pack('😀')]),
            // No font has these two as one: each is in its own pack.
            ("👧\u{200d}🤖", vec![pack('👧'), pack('🤖')]),
            ("שלום 🎉", vec!["hebrew", pack('🎉')]),
        ] {
            assert_eq!(names(&[(text, None)]), expected, "{text}");
        }
    }

    #[test]
    fn another_text_of_the_picture_tells_the_language() {
        let all = |texts: &[(&str, Option<&str>)]| names(texts).iter().all(|name| name.starts_with("ja-"));
        assert!(all(&[("山田", None), ("ようこそ", None)]));
        assert!(!all(&[("山田", Some("zh")), ("ようこそ", None)]));
    }

    #[test]
    fn over_the_limits_are_fewer_packs() {
        let text = [("გამარჯობა Արմեն", None), ("王伟", None)];
        let all = needed(text.into_iter(), &Limits::default());
        assert!(all.packs.len() >= 3 && !all.cut);
        let few = needed(text.into_iter(), &Limits { packs: 1, ..Limits::default() });
        assert_eq!((few.packs.as_slice(), few.cut), (&all.packs[..1], true));
        let small = needed(text.into_iter(), &Limits { packs_bytes: all.packs[0].bytes, ..Limits::default() });
        assert_eq!((small.packs.as_slice(), small.cut), (&all.packs[..1], true));
    }

    #[test]
    fn packs_are_what_the_listing_says() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/packs");
        let (words, all): (Vec<&'static Pack>, Vec<&'static Pack>) = Pack::all().iter().partition(|pack| pack.words);
        let fonts = Fonts::with_packs(&all, |pack| std::fs::read(folder.join(pack.file())).ok());
        let faces: Vec<&Face> =
            (1..=all.len()).map(|id| &**fonts.get(FaceId(u16::try_from(id).unwrap())).unwrap()).collect();
        let coverage: Vec<Coverage<'_>> = faces.iter().map(|face| Coverage::of(face)).collect();
        for (at, (pack, face)) in all.iter().zip(&faces).enumerate() {
            assert_eq!((face.bytes().len(), face.family()), (pack.bytes, pack.family), "{}", pack.name);
            assert_eq!(face.weights(), (!pack.emoji).then_some((400, 700)), "{}", pack.name);
            let most = if pack.emoji { 112 } else { 512 };
            assert!(pack.bytes <= most * 1024 && Pack::named(pack.name) == Some(*pack), "{}", pack.name);
            assert!(pack.within.chars().all(|c| coverage[at].has(c)), "{}", pack.name);
        }
        for (line, face) in LISTING.lines().zip(&faces) {
            assert!(line.contains(&digest(face.bytes())), "{line}");
        }
        let listed = LISTING.lines().skip(all.len());
        for (pack, line) in words.iter().zip(listed) {
            let file = std::fs::read(folder.join(pack.file())).unwrap();
            assert!(line.starts_with(pack.name) && line.contains(&digest(&file)), "{line}");
            assert_eq!(file.len(), pack.bytes, "{line}");
            assert!(Fonts::with_packs(&[pack], |_| Some(file.clone())).words().len() == 1, "{line}");
        }
        assert_eq!(words.len(), 4);
        let embedded = Coverage::of(fonts.get(FaceId(0)).unwrap());
        let mut found = 0_u32;
        for (group, c) in (0..GROUPS).flat_map(|group| ('\0'..='\u{2ffff}').map(move |c| (group, c))) {
            if let Some(pack) = find(group, c) {
                let at = all.iter().position(|known| *known == pack).unwrap();
                assert_eq!(pack.emoji, group >= EMOJI, "{}: {c}", pack.name);
                assert!(coverage[at].has(c) && (group == EMOJI || !embedded.has(c)), "{}: {c}", pack.name);
                let elsewhere = (0..EMOJI).any(|group| find(group, c).is_some());
                assert!(group != SYMBOLS || find(EMOJI, c) == Some(pack) && !elsewhere, "{}: {c}", pack.name);
                found += 1;
            }
        }
        assert!(found > 40_000, "{found}");
    }

    #[test]
    fn any_character_has_an_answer() {
        for c in '\0'..=char::MAX {
            let _ = find(0, c).or_else(|| of_language(c, Language::Ja));
        }
        assert_eq!((find(0, '\u{10ffff}'), find(9, 'ア')), (None, None));
    }
}
