//! The words that other tools have for what a template calls otherwise: `font_size` for `size`,
//! `circle` for `ellipse`. Spelling alone would find none of them, or the wrong one.
//!
//! They are data (`foreign.txt`), and are read only when a document has a mistake.

/// The words, a line for those with one meaning.
const WORDS: &str = include_str!("foreign.txt");

/// A word in small letters without signs: `fontSize`, `font-size` and `font_size` are one.
fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Lines that have a word, each with the sign between the words and their meaning, and the meaning.
fn lines(word: &str) -> impl Iterator<Item = (char, &'static str)> {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(move |line| {
        let at = line.find(" = ").or_else(|| line.find(" : "))?;
        let (words, meaning) = line.split_at_checked(at)?;
        let sign = meaning.trim_start().chars().next()?;
        words.split(' ').any(|known| known == word).then(|| (sign, meaning.get(3..).unwrap_or_default()))
    })
}

/// The known name that a foreign word stands for, or that it only spells in another way.
pub fn name<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = plain(word);
    let spelled = known.iter().find(|name| plain(name) == word);
    let meant = || {
        let names = lines(&word).filter(|(sign, _)| *sign == '=').flat_map(|(_, names)| names.split(' '));
        names.into_iter().find_map(|name| known.iter().find(|known| **known == name))
    };
    spelled.or_else(meant).copied()
}

/// Advice about a word that no name stands for.
pub fn advice(word: &str) -> Option<&'static str> {
    lines(&plain(word)).find(|(sign, _)| *sign == ':').map(|(_, advice)| advice)
}

/// The known name that is misspelled here: few of its letters differ, or it is the beginning of the other one.
pub fn alike<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let is_part = |one: &str, other: &str| one.len() >= LEAST_BEGINNING && other.starts_with(one);
    let scored = known.filter_map(|known| {
        let differ = strsim::osa_distance(&name, known);
        let most = name.len().max(known.len()) / LETTERS_PER_SLIP;
        (differ <= most || is_part(known, &name) || is_part(&name, known)).then_some((differ, known))
    });
    scored.min_by_key(|(differ, _)| *differ).map(|(_, known)| known)
}

/// One letter may be wrong for so many.
const LETTERS_PER_SLIP: usize = 3;

/// The fewest letters of a name that is recognised by its beginning.
const LEAST_BEGINNING: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_words_and_a_meaning() {
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            let (words, meaning) = line.split_once(" = ").or_else(|| line.split_once(" : ")).unwrap();
            assert!(!meaning.trim().is_empty(), "{line}");
            for word in words.split(' ') {
                assert_eq!(word, plain(word), "{line}");
            }
        }
    }

    #[test]
    fn words_mean_what_is_known_at_their_place() {
        for (word, known, expected) in [
            ("fontSize", &["size", "fill"][..], Some("size")),
            ("spacing", &["gap"], Some("gap")),
            ("spacing", &["gap", "letter_spacing"], Some("letter_spacing")),
            ("min-size", &["min_size"], Some("min_size")),
            ("left", &["x"], Some("x")),
            ("left", &["start", "end"], Some("start")),
            ("circle", &["rect"], None),
        ] {
            assert_eq!(name(word, known), expected, "{word}");
        }
        assert!(advice("z-index").is_some() && advice("width").is_none());
    }
}
