//! A list of blocked words, stored as hashes, so that a template can be read and shared without
//! showing the words.
//!
//! A hash hides no word from somebody who guesses it. It only keeps the words out of the sight of
//! people and of filters.
//!
//! Words are compared whole: `Voldemorton` is not `Voldemort`. In scripts without spaces, a whole
//! run of characters is one word.
//!
//! ```
//! use monogram::params::block::Blocked;
//!
//! let list = [Blocked::word("Voldemort")];
//! assert!(list[0].to_string().len() == 16);
//! for text in ["Tom Voldemort", "V0LDEMORT!", "v.o.l.d.e.m.o.r.t", "Völdemörrrt", "Volde mort"] {
//!     assert!(monogram::params::block::is_in(text, &list), "{text}");
//! }
//! assert!(!monogram::params::block::is_in("Voldemorton", &list));
//! ```

use std::fmt;

use icu_normalizer::DecomposingNormalizerBorrowed;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Its tables are those of NFC, which is there anyway.
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();

/// The hash of one blocked word: the first 8 bytes of SHA-256 over the word as [`fold`] makes it;
/// 16 hex digits in a document.
///
/// Among a thousand words, another one has the hash of one of them with a chance of 2^-54.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct Blocked(#[schemars(with = "String", regex(pattern = r"^[0-9a-f]{16}$"))] [u8; 8]);

impl Blocked {
    /// The hash of a word.
    #[must_use]
    pub fn word(word: &str) -> Self {
        Self::folded(&collapsed(&fold(word, false).concat()))
    }

    fn folded(word: &str) -> Self {
        let digest = Sha256::new().chain_update(b"monogram/v1/block\0").chain_update(word).finalize();
        Self(std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default()))
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TryFrom<String> for Blocked {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_hash = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = u64::from_str_radix(&text, 16).ok().filter(|_| is_hash);
        number.map(|number| Self(number.to_be_bytes())).ok_or("a blocked word is kept as 16 hex digits")
    }
}

/// Whether a text contains a blocked word: as one word, in two pieces, or spelled out.
#[must_use]
pub fn is_in(text: &str, list: &[Blocked]) -> bool {
    if list.is_empty() {
        return false;
    }
    let is_blocked = |word: &str| list.contains(&Blocked::folded(word));
    [false, true].into_iter().any(|signs| {
        let words = fold(text, signs);
        let spelled = words.split(|word| word.chars().nth(1).is_some()).filter(|letters| letters.len() > 1);
        words.iter().any(|word| is_blocked(word))
            || words.windows(2).any(|pair| is_blocked(&collapsed(&pair.concat())))
            || spelled.map(<[String]>::concat).any(|word| is_blocked(&collapsed(&word)))
    })
}

/// The words of a text, without disguises that would get past a list: case, accents, digits and
/// signs that look like letters, Cyrillic and Greek letters that do, and repeated letters. If
/// `signs` is false, only digits and letters count as look-alikes, and signs separate words
/// (`@name`).
fn fold(text: &str, signs: bool) -> Vec<String> {
    let decomposed: String =
        NFD.normalize_iter(text.chars().flat_map(char::to_lowercase)).filter(|c| !is_ignored(*c)).collect();
    let is_letter = |c: char| signs || c.is_alphanumeric();
    let letters: String = decomposed.chars().map(|c| if is_letter(c) { look_alike(c) } else { c }).collect();
    letters.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(collapsed).collect()
}

/// Whether a character is a combining mark of Latin, Greek or Cyrillic, or is invisible. The vowel
/// signs of other scripts count as letters.
const fn is_ignored(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

const fn look_alike(c: char) -> char {
    match c {
        '0' | 'о' | 'ο' | 'ø' => 'o',
        '1' | '|' | 'і' | 'ι' | 'ı' | 'l' => 'i',
        '3' | '€' | 'е' | 'ε' => 'e',
        '4' | '@' | 'а' | 'α' => 'a',
        '5' | '$' | 'ѕ' => 's',
        '7' | 'т' | 'τ' => 't',
        'с' => 'c',
        'р' | 'ρ' => 'p',
        'х' | 'χ' => 'x',
        'у' | 'υ' => 'y',
        'к' | 'κ' => 'k',
        'в' => 'b',
        'ν' => 'v',
        'ј' => 'j',
        // The full-width forms of digits and letters.
        '\u{ff10}'..='\u{ff19}' | '\u{ff41}'..='\u{ff5a}' => match char::from_u32((c as u32).wrapping_sub(0xfee0)) {
            Some(plain) => look_alike(plain),
            None => c,
        },
        c => c,
    }
}

/// Reduces each run of one letter to one letter.
fn collapsed(word: &str) -> String {
    let mut last = None;
    word.chars().filter(|c| last.replace(*c) != Some(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_word_however_it_is_written() {
        let list = [Blocked::word("Scheiße"), Blocked::word("villain"), Blocked::word("李四")];
        for (text, found) in [
            ("villain", true),
            ("VILLAIN", true),
            ("a Villain!", true),
            ("v1llа1n", true),
            ("vi11ain", true),
            ("ｖｉｌｌａｉｎ", true),
            ("v i l l a i n", true),
            ("v-i.l_l a/i n", true),
            ("@villain", true),
            ("vill@in", true),
            ("v|llain", true),
            ("vil lain", true),
            ("viiilllllaaaain", true),
            ("vi\u{200b}llain", true),
            ("víllâin", true),
            ("villain.com", true),
            ("SCHEIßE", true),
            ("李四", true),
            ("", false),
            ("villains", false),
            ("Villainy Ltd", false),
            ("Anna", false),
            ("李四光", false),
        ] {
            assert_eq!(is_in(text, &list), found, "{text}");
        }
        assert!(!is_in("villain", &[]));
    }

    #[test]
    fn a_document_has_hashes() {
        let hash = Blocked::word("villain");
        assert_eq!(hash, Blocked::word("V1LLAIN"));
        assert_eq!(Blocked::try_from(hash.to_string()), Ok(hash));
        for text in ["villain", "", "0123456789ABCDEF", "0123456789abcde", "+123456789abcdef"] {
            assert!(Blocked::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
