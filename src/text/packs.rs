//! The font packs and dictionaries that a picture's texts need.
//!
//! The language of Han letters is the one that the text declares. Otherwise the letters beside them
//! tell (kana: Japanese, Hangul: Korean, bopomofo: traditional Chinese), in the same text or in
//! another one of the picture. Otherwise it is simplified Chinese. A letter that this language's
//! packs lack comes from the next language that has it. So does a kana with its mark, if this
//! language has the two in different packs.
//!
//! An emoji is a sequence of characters that only one pack draws whole: the pack of its first
//! character.
//!
//! With the pack of Thai, Lao, Khmer or Burmese comes its dictionary, if the limits have room for
//! it.
//!
//! Arabic letters of a text in Urdu come in Nastaliq, the style of that language.
//!
//! Invariant: a text in English costs one look at each of its characters, and no memory.

use unicode_script::{Script, UnicodeScript};

use super::character::is_real;
use super::emoji;
use super::grapheme::graphemes;
use super::normal;
use crate::font::{Forms, Pack};
use crate::limits::Limits;

/// The packs that a picture needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needed {
    /// Each pack once, in the order in which the texts first need it.
    pub packs: Vec<&'static Pack>,
    /// The language of the Han letters of the texts that neither declare nor tell theirs. `None` if
    /// no text has such letters.
    pub forms: Option<Forms>,
    /// Whether packs are missing because of the limits.
    pub cut: bool,
}

/// The packs that texts need. Each text comes with its language (a BCP 47 tag), if it has one.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::text;
///
/// let texts = [("Hello", None), ("山田", Some("ja"))];
/// let needed = text::needed(texts.into_iter(), &Limits::default());
/// assert!(needed.packs.iter().all(|pack| pack.name.starts_with("ja-")));
/// ```
#[must_use]
pub fn needed<'a>(texts: impl Iterator<Item = (&'a str, Option<&'a str>)> + Clone, limits: &Limits) -> Needed {
    let mut needed = Needed::default();
    if texts.clone().all(|(text, _)| text.is_ascii() || text.chars().all(|c| c < Pack::FIRST_CHARACTER)) {
        return needed;
    }
    let others = texts.clone().find_map(|(text, _)| Forms::of_text(text)).unwrap_or(Forms::Hans);
    needed.forms = Some(others);
    // Letters of one script come first. Shared characters, such as a danda, can then use a pack
    // that is needed anyway.
    let mut scripts: Vec<(Script, &'static Pack)> = Vec::new();
    for shared in [false, true] {
        for (text, tag) in texts.clone() {
            let declared = tag.and_then(Forms::of_tag);
            let first = declared.or_else(|| Forms::of_text(text)).unwrap_or(others);
            let mut letters = |text: &str, needed: &mut Needed| {
                let mut chars = text.chars().filter(|c| *c >= Pack::FIRST_CHARACTER).peekable();
                while let Some(c) = chars.next() {
                    // A letter and its mark in one pack, of whatever language.
                    if let Some(pack) = chars.peek().and_then(|mark| Pack::of_marked(c, *mark, first)) {
                        chars.next();
                        needed.add(pack, limits);
                        continue;
                    }
                    if is_real(c.script()) == shared {
                        continue;
                    }
                    let pack = Pack::of_style(c, first).or_else(|| of_script(c, &mut scripts));
                    let pack = pack.or_else(|| Pack::of_han(c, first));
                    if let Some(pack) = pack.or_else(|| Pack::of_symbol(c)) {
                        needed.add(pack, limits);
                    } else if !normal::is_plain(c) {
                        let plain = normal::plain(c.encode_utf8(&mut [0; 4]));
                        let packs = plain.chars().filter_map(|c| Pack::of_han(c, first));
                        packs.for_each(|pack| needed.add(pack, limits));
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
                    add_emoji(grapheme, &mut needed, limits);
                }
            }
        }
    }
    needed.forms = needed.forms.filter(|_| needed.packs.iter().any(|pack| pack.language.is_some()));
    for at in 0..needed.packs.len() {
        let words = needed.packs.get(at).and_then(|pack| pack.dictionary());
        // A dictionary that does not fit costs no letters.
        let cut = needed.cut;
        words.into_iter().for_each(|words| needed.add(words, limits));
        needed.cut = cut;
    }
    needed
}

/// Adds the pack of an emoji, and the packs of its parts if that pack cannot draw all of it.
fn add_emoji(grapheme: &str, needed: &mut Needed, limits: &Limits) {
    let mut chars = grapheme.chars();
    let Some(pack) = chars.next().and_then(Pack::of_emoji) else { return };
    needed.add(pack, limits);
    for c in chars {
        match Pack::of_emoji(c) {
            Some(part) if part != pack && !pack.has_within(c) => needed.add(part, limits),
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

/// The pack of a character's script. A character that is used in several scripts takes the pack of
/// one of them that is needed already (<https://www.unicode.org/reports/tr24/#Script_Extensions>).
/// A sign that belongs to no script, such as `჻`, is in one pack only.
fn of_script(c: char, scripts: &mut Vec<(Script, &'static Pack)>) -> Option<&'static Pack> {
    let pack = Pack::of_script(c)?;
    let script = c.script();
    if is_real(script) {
        if !scripts.contains(&(script, pack)) {
            scripts.push((script, pack));
        }
        return Some(pack);
    }
    let is_used = |(script, _): &&(Script, &'static Pack)| c.script_extension().iter().any(|used| used == *script);
    Some(scripts.iter().find(is_used).map_or(pack, |(_, present)| present))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[(&str, Option<&str>)]) -> Vec<&'static str> {
        needed(texts.iter().copied(), &Limits::default()).packs.iter().map(|pack| pack.name).collect()
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
            ("ଓଡ଼ିଆ", "oriya"),
            ("ⵜⵉⴼⵉⵏⴰⵖ", "tifinagh"),
            ("ꆈꌠꉙ", "yi"),
            ("ᱥᱟᱱᱛᱟᱲᱤ", "ol-chiki"),
            ("ᠮᠣᠩᠭᠣᠯ", "mongolian"),
            ("བོད་སྐད།", "tibetan"),
            ("ꯃꯩꯇꯩ", "meetei-mayek"),
            ("𐴌𐴟𐴇𐴥𐴝𐴚𐴒𐴙𐴝", "hanifi-rohingya"),
            ("ދިވެހި", "thaana"),
            ("ߒߞߏ", "nko"),
            ("ܐܪܡܝܐ", "syriac"),
            ("ᏣᎳᎩ ꮳꮃꭹ", "cherokee"),
            ("ᐃᓄᒃᑎᑐᑦ", "canadian-aboriginal"),
            ("ꦗꦮ", "javanese"),
            ("ᬩᬮᬶ", "balinese"),
            ("ᮞᮥᮔ᮪ᮓ", "sundanese"),
            ("𞤀𞤣𞤤𞤢𞤥", "adlam"),
            ("ꕙꔤ", "vai"),
            ("𐓏𐓘𐓻𐓘𐓻𐓟", "osage"),
            ("𞄀𞄁𞄂", "nyiakeng-puachue-hmong"),
            ("𖬌𖬣𖬵", "pahawh-hmong"),
            ("𑄌𑄋𑄴𑄟𑄳𑄦", "chakma"),
            ("ꓡꓲꓢꓴ", "lisu"),
            ("Kr̥ṣṇa", "latin"),
            ("S̩éun", "latin"),
            ("s̶a̶l̶e̶", "latin"),
            ("аԥсуа бызшәа ҟ", "latin"),
            ("ꞌAmor", "latin"),
        ] {
            assert_eq!(names(&[(text, None)]), [expected], "{text}");
            assert_eq!(names(&[("Hello", None), (text, Some("ja")), (text, None)]), [expected], "{text}");
        }
        assert_eq!(names(&[("। ॥", None)]).len(), 1, "shared by many, and nothing else is there");
        assert_eq!(names(&[("Hello נועה ჻", None)]), ["hebrew", "georgian"], "no sign of Hebrew");
        assert_eq!(names(&[("Hello נועה, from ฿1,299", None)]), ["hebrew"], "in Inter");
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
            // Compatibility ideographs: that of a Japanese name, and one that no pack has.
            ("\u{fa19}", None, "ja"),
            ("\u{2f800}", None, "zh-hans"),
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
}
