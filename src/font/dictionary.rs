//! The words of Thai, Lao, Khmer and Burmese, which are written without spaces.
//!
//! The word lists are ICU's, and so is the algorithm (`dictbe.cpp`): lines end where browsers end
//! them. Of the words that may begin at a place, it takes the longest one that two further words
//! can follow. Letters that are in no word go to a neighbour. A dictionary is a static asset beside
//! its script's font pack. Without one, these scripts have no break opportunities, and lines end
//! between two clusters.
//!
//! Invariant: each place costs at most [`MAX_CANDIDATES`] words in each of three nested searches,
//! whatever the text.

use std::ops::RangeInclusive;

use zerotrie::ZeroTrieSimpleAscii;

use super::bytes::Bytes;

/// The most words that may begin at one place, the shortest first. No place in our dictionaries has
/// more.
const MAX_CANDIDATES: usize = 20;

/// A word with fewer letters may absorb the letters behind it that are in no word.
const COMBINE_BELOW: usize = 3;

/// Letters that are in no word are skipped until a word begins, unless this number of them begin a
/// word of the dictionary.
const PREFIX_BELOW: usize = 3;

/// Number of letters in the shortest text that can be two words.
const MIN_LETTERS: usize = 4;

/// A script without spaces, whose words only a dictionary can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LexicalScript {
    Thai,
    Lao,
    Khmer,
    Myanmar,
}

impl LexicalScript {
    const ALL: [Self; 4] = [Self::Thai, Self::Lao, Self::Khmer, Self::Myanmar];

    /// The script of this name: `thai`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|script| script.name() == name)
    }

    /// The name of its font pack.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Thai => "thai",
            Self::Lao => "lao",
            Self::Khmer => "khmer",
            Self::Myanmar => "myanmar",
        }
    }

    /// The script of a character with `Line_Break=Complex_Context`. `None` for any other character.
    fn of(c: char) -> Option<Self> {
        match c {
            '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' => Some(Self::Thai),
            '\u{e81}'..='\u{ebd}'
            | '\u{ec0}'..='\u{ec4}'
            | '\u{ec6}'
            | '\u{ec8}'..='\u{ece}'
            | '\u{edc}'..='\u{edf}' => Some(Self::Lao),
            '\u{1780}'..='\u{17d3}' | '\u{17d7}' | '\u{17dc}'..='\u{17dd}' => Some(Self::Khmer),
            '\u{1000}'..='\u{103f}'
            | '\u{1050}'..='\u{108f}'
            | '\u{109a}'..='\u{109f}'
            | '\u{a9e0}'..='\u{a9ef}'
            | '\u{a9fa}'..='\u{a9fe}'
            | '\u{aa60}'..='\u{aa7f}' => Some(Self::Myanmar),
            _ => None,
        }
    }

    /// Whether a word may begin with a character.
    const fn begins(self, c: char) -> bool {
        match self {
            Self::Thai => matches!(c, '\u{e01}'..='\u{e2e}' | '\u{e40}'..='\u{e44}'),
            Self::Lao => matches!(c, '\u{e81}'..='\u{eae}' | '\u{ec0}'..='\u{ec4}' | '\u{edc}'..='\u{edd}'),
            Self::Khmer => matches!(c, '\u{1780}'..='\u{17b3}'),
            Self::Myanmar => matches!(c, '\u{1000}'..='\u{102a}'),
        }
    }

    /// Whether a word may end with a character.
    const fn ends(self, c: char) -> bool {
        match self {
            Self::Thai => !matches!(c, '\u{e31}' | '\u{e40}'..='\u{e44}'),
            Self::Lao => !matches!(c, '\u{ec0}'..='\u{ec4}'),
            Self::Khmer => c != '\u{17d2}',
            Self::Myanmar => true,
        }
    }

    /// Whether a character is a combining mark, which stays with the character before it.
    const fn is_mark(self, c: char) -> bool {
        match self {
            Self::Thai => matches!(c, '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'),
            Self::Lao => matches!(c, '\u{eb1}' | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ece}'),
            Self::Khmer => matches!(c, '\u{17b4}'..='\u{17d3}' | '\u{17dd}'),
            Self::Myanmar => matches!(
                c,
                '\u{102b}'..='\u{103e}'
                    | '\u{1056}'..='\u{1059}'
                    | '\u{105e}'..='\u{1060}'
                    | '\u{1062}'..='\u{1064}'
                    | '\u{1067}'..='\u{106d}'
                    | '\u{1071}'..='\u{1074}'
                    | '\u{1082}'..='\u{108d}'
                    | '\u{108f}'
                    | '\u{109a}'..='\u{109d}'
            ),
        }
    }
}

/// Whether a text has letters of a script without spaces.
pub(crate) fn is_lexical(text: &str) -> bool {
    text.chars().any(|c| c >= '\u{e01}' && LexicalScript::of(c).is_some())
}

/// The words of one script.
///
/// The file has one byte with the number of character ranges, the ranges (first and last character,
/// 4 bytes each, little-endian), and an ICU4X `ZeroTrieSimpleAscii` over the characters' indexes in
/// those ranges. `examples/words.rs` makes it.
#[derive(Debug, Clone)]
pub(crate) struct Dictionary {
    pub(crate) script: LexicalScript,
    alphabet: Vec<RangeInclusive<u32>>,
    bytes: Bytes,
    /// The byte at which the trie begins.
    trie: usize,
}

impl Dictionary {
    /// Reads a file. `None` if it is no dictionary.
    pub(crate) fn new(script: LexicalScript, bytes: Bytes) -> Option<Self> {
        let (count, mut rest) = bytes.split_first()?;
        let mut number = || {
            let (number, behind) = rest.split_first_chunk::<4>()?;
            rest = behind;
            Some(u32::from_le_bytes(*number))
        };
        let alphabet = (0..*count).map(|_| Some(number()?..=number()?)).collect::<Option<Vec<_>>>()?;
        let trie = bytes.len().checked_sub(rest.len())?;
        (!rest.is_empty()).then_some(Self { script, alphabet, bytes, trie })
    }

    /// Appends the bytes of `text` at which a word of this script ends and another one follows, and
    /// those within a word at which a shorter one ends.
    pub(crate) fn breaks(&self, text: &str, found: &mut Vec<usize>, shorter: &mut Vec<usize>) {
        let mut letters: Vec<(usize, char)> = Vec::new();
        for (at, c) in text.char_indices() {
            if LexicalScript::of(c) == Some(self.script) {
                letters.push((at, c));
            } else {
                self.divide(&letters, found, shorter);
                letters.clear();
            }
        }
        self.divide(&letters, found, shorter);
    }

    fn trie(&self) -> &ZeroTrieSimpleAscii<[u8]> {
        ZeroTrieSimpleAscii::from_bytes(self.bytes.get(self.trie..).unwrap_or_default())
    }

    /// A character's index in the alphabet.
    fn place(&self, c: char) -> Option<u8> {
        let mut before = 0_u32;
        for range in &self.alphabet {
            if range.contains(&u32::from(c)) {
                return u8::try_from(before.saturating_add(u32::from(c).saturating_sub(*range.start()))).ok();
            }
            before = before.saturating_add(range.end().saturating_sub(*range.start()).saturating_add(1));
        }
        None
    }

    /// The words that begin at `start`.
    fn candidates(&self, letters: &[(usize, char)], start: usize) -> Candidates {
        let mut found = Candidates { start, ends: Vec::new(), prefix: 0, at: 0, mark: 0 };
        let mut cursor = self.trie().cursor();
        for (at, (_, c)) in letters.iter().enumerate().skip(start) {
            found.prefix = found.prefix.saturating_add(1);
            let Some(place) = self.place(*c) else { break };
            cursor.step(place);
            if cursor.take_value().is_some() && found.ends.len() < MAX_CANDIDATES {
                found.ends.push(at.saturating_add(1));
            }
            if cursor.is_empty() {
                break;
            }
        }
        found.at = found.ends.len().saturating_sub(1);
        found.mark = found.at;
        found
    }

    /// ICU's `DictionaryBreakEngine::divideUpDictionaryRange`.
    fn divide(&self, letters: &[(usize, char)], found: &mut Vec<usize>, shorter: &mut Vec<usize>) {
        let script = self.script;
        let is = |at: usize, test: &dyn Fn(char) -> bool| letters.get(at).is_some_and(|(_, c)| test(*c));
        if letters.len() < MIN_LETTERS {
            return;
        }
        let mut start = 0_usize;
        while start < letters.len() {
            let mut word = self.candidates(letters, start);
            let mut end = match word.ends.len() {
                0 => start,
                1 => word.marked(),
                _ => {
                    self.look_ahead(letters, &mut word);
                    word.marked()
                }
            };

            // Letters in no word that follow a short word, or no word at all.
            if end < letters.len() && end.saturating_sub(start) < COMBINE_BELOW {
                let next = self.candidates(letters, end);
                if next.ends.is_empty() && (end == start || next.prefix < PREFIX_BELOW) {
                    loop {
                        let passed = end;
                        end = end.saturating_add(1);
                        if end >= letters.len() {
                            break;
                        }
                        if is(passed, &|c| script.ends(c))
                            && is(end, &|c| script.begins(c))
                            && !self.candidates(letters, end).ends.is_empty()
                        {
                            break;
                        }
                    }
                }
            }
            while is(end, &|c| script.is_mark(c)) {
                end = end.saturating_add(1);
            }
            if script == LexicalScript::Thai && end > start {
                end = self.suffix(letters, end);
            }
            start = end.max(start.saturating_add(1));
            let within = word.ends.iter().take_while(|end| **end < start).filter_map(|end| letters.get(*end));
            shorter.extend(within.filter(|(_, c)| !script.is_mark(*c)).map(|(at, _)| *at));
            found.extend(letters.get(start).map(|(at, _)| *at));
        }
    }

    /// Marks the longest word that two others can follow; otherwise the longest that one can
    /// follow; otherwise the longest.
    fn look_ahead(&self, letters: &[(usize, char)], word: &mut Candidates) {
        if word.end() >= letters.len() {
            return;
        }
        loop {
            let mut second = self.candidates(letters, word.end());
            if !second.ends.is_empty() {
                word.mark = word.at;
                if second.end() >= letters.len() {
                    return;
                }
                loop {
                    if !self.candidates(letters, second.end()).ends.is_empty() {
                        return;
                    }
                    if !second.back_up() {
                        break;
                    }
                }
            }
            if !word.back_up() {
                return;
            }
        }
    }

    /// Adds a Thai mark of abbreviation or of repetition to the word before it, unless a word
    /// begins with the mark.
    fn suffix(&self, letters: &[(usize, char)], mut end: usize) -> usize {
        const PAIYANNOI: char = '\u{e2f}';
        const MAIYAMOK: char = '\u{e46}';
        let at = |at: usize| letters.get(at).map(|(_, c)| *c);
        let before = |end: usize| end.checked_sub(1).and_then(at);
        if !matches!(at(end), Some(PAIYANNOI | MAIYAMOK)) || !self.candidates(letters, end).ends.is_empty() {
            return end;
        }
        if at(end) == Some(PAIYANNOI) && !matches!(before(end), Some(PAIYANNOI | MAIYAMOK)) {
            end = end.saturating_add(1);
        }
        if at(end) == Some(MAIYAMOK) && before(end) != Some(MAIYAMOK) {
            end = end.saturating_add(1);
        }
        end
    }
}

/// The words that begin at one place.
struct Candidates {
    start: usize,
    /// The index of the letter behind each word; rising.
    ends: Vec<usize>,
    /// Number of letters from `start` that a word of the dictionary begins with, plus the first
    /// that does not fit.
    prefix: usize,
    /// The index of the word under consideration.
    at: usize,
    /// The index of the best word so far.
    mark: usize,
}

impl Candidates {
    fn end(&self) -> usize {
        self.ends.get(self.at).copied().unwrap_or(self.start)
    }

    fn marked(&self) -> usize {
        self.ends.get(self.mark).copied().unwrap_or(self.start)
    }

    fn back_up(&mut self) -> bool {
        let shorter = self.at.checked_sub(1);
        self.at = shorter.unwrap_or(self.at);
        shorter.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(script: LexicalScript) -> Dictionary {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/packs");
        let file = std::fs::read(folder.join(format!("{}.words", script.name()))).unwrap();
        Dictionary::new(script, Bytes::from(file)).unwrap()
    }

    /// Beside this table, tests/oracle compares with a browser.
    #[test]
    fn words_end_where_browsers_end_them() {
        for (script, text) in [
            (LexicalScript::Thai, "ยินดี|ต้อนรับ|คุณ|สมชาย|ใจดี|สู่|ร้าน|ค้า"),
            (LexicalScript::Thai, "ต่างๆ|มาก"),
            (LexicalScript::Thai, "ที่"),
            (LexicalScript::Lao, "ພາສາ|ລາວ|ພາສາ|ລາວ"),
            (LexicalScript::Khmer, "លោក|សុខសាន្ត"),
            (LexicalScript::Myanmar, "မြန်မာ|စာ|မြန်မာ|စာ"),
        ] {
            let whole = text.replace('|', "");
            let mut found = Vec::new();
            dictionary(script).breaks(&whole, &mut found, &mut Vec::new());
            let mut seen = String::new();
            for (at, c) in whole.char_indices() {
                seen.push_str(if found.contains(&at) { "|" } else { "" });
                seen.push(c);
            }
            assert_eq!(seen, text);
        }
    }

    #[test]
    fn any_bytes_and_any_text_have_an_answer() {
        for bytes in [&[][..], &[1], &[1, 0, 0, 0, 0, 1, 0, 0, 0], &[200, 1, 2]] {
            assert!(Dictionary::new(LexicalScript::Thai, Bytes::from(bytes.to_vec())).is_none());
        }
        for script in LexicalScript::ALL {
            let dictionary = dictionary(script);
            for c in ('\u{e00}'..='\u{17ff}').filter(|c| LexicalScript::of(*c) == Some(script)) {
                let mut found = Vec::new();
                let text: String = std::iter::repeat_n(c, 50).collect();
                dictionary.breaks(&text, &mut found, &mut Vec::new());
                assert!(found.is_sorted() && found.last().is_none_or(|last| *last < text.len()), "{c}");
            }
        }
    }
}
