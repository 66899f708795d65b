//! Filters for names: `title`, `capitalize`, `first`, `initials`, `truncate`.

use icu_segmenter::GraphemeClusterSegmenter;

use crate::text::address;
use crate::text::case::{self, Case};
use crate::text::marks;

/// The characters of a text as a reader counts them.
pub fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    let ends = GraphemeClusterSegmenter::new().segment_str(text).skip(1);
    ends.scan(0, move |start, end| text.get(std::mem::replace(start, end)..end))
}

/// A sentence's capital: the first letter upper case, the rest lower case. Addresses stay as they
/// are. `lang` is the text's language.
pub fn capitalize_text(text: &str, lang: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len());
    for word in address::words(text) {
        if address::is_address(word.trim_end()) {
            out.push_str(word);
            continue;
        }
        let lower = case::map(word, Case::Lower, lang);
        // The first letter is that of the first word, behind spaces too.
        if out.trim_start().is_empty() {
            out.push_str(&case::capitalize(&lower, lang));
        } else {
            out.push_str(&lower);
        }
    }
    out
}

/// Small words within a name, in the languages that write them small.
const PARTICLES: [&str; 47] = [
    "af", "al", "ap", "av", "bin", "bint", "d", "da", "dal", "das", "de", "degli", "dei", "del", "dela", "della",
    "delle", "den", "der", "des", "di", "do", "dos", "du", "e", "el", "ibn", "in", "la", "las", "le", "los", "og",
    "of", "ten", "ter", "the", "til", "van", "vom", "von", "vor", "y", "zu", "zum", "zur", "ze",
];

/// Words before a name that are no part of it.
const HONORIFICS: [&str; 52] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "dame",
    "lord",
    "lady",
    "rev",
    "fr",
    "hon",
    "herr",
    "frau",
    "fräulein",
    "hr",
    "ing",
    "dipl-ing",
    "mag",
    "monsieur",
    "madame",
    "mademoiselle",
    "mme",
    "mlle",
    "sr",
    "sra",
    "srta",
    "don",
    "doña",
    "señor",
    "señora",
    "dott",
    "dott.ssa",
    "sig",
    "sig.ra",
    "signor",
    "signora",
    "dhr",
    "mevr",
    "mw",
    "pan",
    "pani",
    "г-н",
    "г-жа",
    "kyrios",
    "shri",
    "smt",
    "ca",
    "eng",
];

/// Words behind a name that are no part of it.
const SUFFIXES: [&str; 14] =
    ["jr", "sr", "ii", "iii", "iv", "phd", "md", "dds", "esq", "mba", "cpa", "rn", "ma", "msc"];

/// A word without its points, lower case: `Dr.` → `dr`.
fn bare(word: &str) -> String {
    word.trim_matches(['.', ',']).to_lowercase()
}

/// Whether a letter has a small and a capital form that a name is written with. Georgian's capitals
/// are for headlines only.
fn has_case(c: char) -> bool {
    (c.is_lowercase() || c.is_uppercase()) && !matches!(c, '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}')
}

/// `MARIA LOPEZ` and `maria lopez` → `Maria Lopez`, `O'BRIEN` → `O'Brien`, `LUDWIG VAN BEETHOVEN` →
/// `Ludwig van Beethoven`. A text in mixed case (`Ronald McDonald`, `Jeanne d'Arc`) stays as
/// written: someone meant it. So do scripts without case, and every word that is an address:
/// `nadia@example.com`, `report.pdf`, `AT&T`. `lang` is the text's language.
pub fn title(text: &str, lang: Option<&str>) -> String {
    let cased = || {
        let names = address::words(text).filter(|word| !address::is_address(word.trim_end()));
        names.flat_map(str::chars).filter(|c| has_case(*c))
    };
    let mixed = cased().any(char::is_lowercase) && cased().any(char::is_uppercase);
    if mixed || cased().next().is_none() {
        return text.to_owned();
    }
    let shouted = cased().all(char::is_uppercase);
    let mut is_first = true;
    let mut out = String::with_capacity(text.len());
    for piece in address::words(text) {
        let word = piece.trim_end();
        let lower = case::map(word, Case::Lower, lang);
        if address::is_address(word) {
            out.push_str(word);
        } else if !is_first && PARTICLES.contains(&lower.as_str()) {
            out.push_str(&lower);
        } else if shouted && !is_first && matches!(lower.as_str(), "ii" | "iii" | "iv" | "vi" | "vii" | "viii") {
            out.push_str(word);
        } else {
            out.push_str(&capitalize_parts(&lower, lang));
        }
        out.push_str(piece.get(word.len()..).unwrap_or_default());
        is_first &= word.is_empty();
    }
    out
}

/// `jean-luc` → `Jean-Luc`, `o'brien` → `O'Brien`, `j.r.r.` → `J.R.R.`, `mcdonald` → `McDonald`;
/// `ben's` → `Ben's`.
fn capitalize_parts(lower: &str, lang: Option<&str>) -> String {
    let mut out = String::with_capacity(lower.len());
    let mut at_start = true;
    let mut next = 0_usize;
    for (at, c) in lower.char_indices() {
        if at < next {
            continue;
        }
        let rest = lower.get(at..).unwrap_or_default();
        if at_start && has_case(c) {
            // Two letters, because of the Dutch `IJ`.
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
            let capital = case::capitalize(rest.get(..end).unwrap_or_default(), lang);
            let second = rest.get(c.len_utf8()..end).unwrap_or_default();
            let is_pair = !capital.ends_with(second);
            out.push_str(if is_pair { &capital } else { capital.strip_suffix(second).unwrap_or_default() });
            next = at.saturating_add(if is_pair { end } else { c.len_utf8() });
            at_start = false;
        } else {
            out.push(c);
            at_start = match c {
                '-' | '‐' | '.' | '/' | '(' | '"' | '“' | '&' => true,
                // `O'Brien` and `D'Angelo`, but not `Ben's`.
                '\'' | '’' => rest.chars().skip(1).take_while(|c| c.is_alphabetic()).count() > 2,
                _ => at_start && !c.is_alphanumeric(),
            };
        }
        let is_mc = c == 'c' && out.ends_with("Mc") && out.chars().count() == 2;
        at_start |= is_mc && rest.len() > 3;
    }
    out
}

/// The name that somebody is called by: `Dr. Maria Lopez` and `Lopez, Maria` → `Maria`; the whole
/// text if it has no such name (`Mrs. Smith`, `The Miller Family`, `van der Berg`).
pub fn first(text: &str) -> String {
    let text = text.trim();
    let text = match text.split_once(',') {
        // `Lopez, Maria`, as address books sort; `Davis, Jr.` is not that.
        Some((_, given)) if !given.trim().is_empty() && !SUFFIXES.contains(&bare(given.trim()).as_str()) => {
            given.trim()
        }
        Some((before, _)) => before,
        None => text,
    };
    let all: Vec<&str> = text.split_whitespace().collect();
    let named = named(&all);
    let is_initial = |word: &str| {
        word.trim_end_matches('.').chars().count() == 1 && word.chars().all(|c| c.is_ascii_alphabetic() || c == '.')
    };
    match named {
        [] => text.to_owned(),
        [only] if all.len() == 1 => (*only).to_owned(),
        [_] => text.to_owned(),
        [first, ..] if PARTICLES.contains(&bare(first).as_str()) || bare(first) == "familie" => text.to_owned(),
        // China, Japan, Korea: the family first.
        [.., last] if last.chars().all(is_east_asian) => (*last).to_owned(),
        // `J. Edgar Hoover` is Edgar; `J. Smith` is that.
        [initial, rest @ .., _] if is_initial(initial) => {
            rest.iter().find(|word| !is_initial(word)).map_or(text, |word| *word).to_owned()
        }
        [first, ..] => (*first).to_owned(),
    }
}

/// The words of a name without titles before it and suffixes behind it.
fn named<'a, 'b>(all: &'b [&'a str]) -> &'b [&'a str] {
    let before = all.iter().take_while(|word| HONORIFICS.contains(&bare(word).as_str())).count();
    let behind = all.iter().rev().take_while(|word| SUFFIXES.contains(&bare(word).as_str())).count();
    all.get(before..all.len().saturating_sub(behind)).unwrap_or_default()
}

/// Han, kana, Hangul.
const fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}')
}

/// `Dr. Maria de la Cruz` → `MC`: the first letters of the first and the last word, without
/// honorifics.
pub fn initials(text: &str) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let named = match named(&all) {
        [] => all.as_slice(),
        named => named,
    };
    // A word's first letter, not its bracket or its `@`; of an emoji, the emoji.
    let initial = |word: &&'_ str| {
        graphemes(word)
            .find(|grapheme| grapheme.chars().any(|c| c.is_alphanumeric() || c > '\u{2000}'))
            .map(str::to_owned)
    };
    let mut letters = named.iter().filter_map(initial);
    let first = letters.next().unwrap_or_default();
    let last = letters.next_back().unwrap_or_default();
    let mut out = String::new();
    for c in first.chars().chain(last.chars()) {
        if has_case(c) { out.extend(c.to_uppercase()) } else { out.push(c) }
    }
    out
}

/// Characters as a reader counts them, without the marks of rich text.
pub fn letters(text: &str) -> impl Iterator<Item = &str> {
    marks::pieces(text).filter(|(_, is_mark)| !is_mark).flat_map(|(piece, _)| graphemes(piece))
}

/// At most `most` characters as a reader counts them; the last one is `…` if something was cut off.
pub fn truncate(text: &str, most: usize) -> String {
    if letters(text).nth(most).is_none() {
        return text.to_owned();
    }
    let (mut left, mut out, mut is_cut) = (most.saturating_sub(1), String::new(), false);
    for (piece, is_mark) in marks::pieces(text) {
        if is_mark {
            // Behind the cut too, so that each mark has its partner.
            out.push_str(piece);
            continue;
        }
        for letter in graphemes(piece).take(left) {
            left = left.saturating_sub(1);
            out.push_str(letter);
        }
        if left == 0 && !is_cut {
            out.truncate(out.trim_end().len());
            out.push('…');
            is_cut = true;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, titled, called, short) in [
            ("MARIA LOPEZ", "Maria Lopez", "MARIA", "ML"),
            ("MARIA", "Maria", "MARIA", "M"),
            ("maria de la cruz", "Maria de la Cruz", "maria", "MC"),
            ("Ronald McDonald", "Ronald McDonald", "Ronald", "RM"),
            ("RONALD MCDONALD", "Ronald McDonald", "RONALD", "RM"),
            ("mcdonald", "McDonald", "mcdonald", "M"),
            ("MAC", "Mac", "MAC", "M"),
            ("Ludwig van Beethoven", "Ludwig van Beethoven", "Ludwig", "LB"),
            ("LUDWIG VAN BEETHOVEN", "Ludwig van Beethoven", "LUDWIG", "LB"),
            ("van der Berg", "van der Berg", "van der Berg", "VB"),
            ("VAN DER BERG", "Van der Berg", "VAN DER BERG", "VB"),
            ("d'Arc", "d'Arc", "d'Arc", "D"),
            ("O'Brien", "O'Brien", "O'Brien", "O"),
            ("O'BRIEN", "O'Brien", "O'BRIEN", "O"),
            ("o’neill", "O’Neill", "o’neill", "O"),
            ("ben's", "Ben's", "ben's", "B"),
            ("JEAN-LUC PICARD", "Jean-Luc Picard", "JEAN-LUC", "JP"),
            ("j.r.r. tolkien", "J.R.R. Tolkien", "j.r.r.", "JT"),
            ("HENRY TUDOR VIII", "Henry Tudor VIII", "HENRY", "HV"),
            ("Dr. Maria Lopez", "Dr. Maria Lopez", "Maria", "ML"),
            ("Herr Prof. Dr. Jürgen Groß", "Herr Prof. Dr. Jürgen Groß", "Jürgen", "JG"),
            ("Mrs. Smith", "Mrs. Smith", "Mrs. Smith", "S"),
            ("Lopez, Maria", "Lopez, Maria", "Maria", "LM"),
            ("Sammy Davis, Jr.", "Sammy Davis, Jr.", "Sammy", "SD"),
            ("J. Edgar Hoover", "J. Edgar Hoover", "Edgar", "JH"),
            ("J. Smith", "J. Smith", "J. Smith", "JS"),
            ("The Miller Family", "The Miller Family", "The Miller Family", "TF"),
            ("ÉLODIE", "Élodie", "ÉLODIE", "É"),
            ("ΓΙΩΡΓΟΣ", "Γιωργος", "ΓΙΩΡΓΟΣ", "Γ"),
            ("анна каренина", "Анна Каренина", "анна", "АК"),
            ("გიორგი მაისურაძე", "გიორგი მაისურაძე", "გიორგი", "გმ"),
            ("李明", "李明", "李明", "李"),
            ("山田 太郎", "山田 太郎", "太郎", "山太"),
            ("김 철수", "김 철수", "철수", "김철"),
            ("علي محمد", "علي محمد", "علي", "عم"),
            ("J", "J", "J", "J"),
            ("", "", "", ""),
            ("  ", "  ", "", ""),
            ("👩‍👩‍👧 Ann", "👩‍👩‍👧 Ann", "👩‍👩‍👧", "👩‍👩‍👧A"),
            ("@maria (Gold)", "@maria (Gold)", "@maria", "MG"),
            ("e\u{301}lodie", "E\u{301}lodie", "e\u{301}lodie", "E\u{301}"),
        ] {
            assert_eq!(title(text, None), titled);
            assert_eq!(first(text), called);
            assert_eq!(initials(text), short, "{text}");
        }
        for (text, titled) in [
            ("nadia@example.com", "nadia@example.com"),
            ("NADIA <NADIA@EXAMPLE.COM>", "Nadia <NADIA@EXAMPLE.COM>"),
            ("maria lopez (maria.lopez@example.com)", "Maria Lopez (maria.lopez@example.com)"),
            ("https://example.com/maria", "https://example.com/maria"),
            ("www.example.org", "www.example.org"),
            ("example.co.uk", "example.co.uk"),
            ("@maria_lopez", "@maria_lopez"),
            ("#winner", "#winner"),
            ("report.pdf", "report.pdf"),
            ("AT&T", "AT&T"),
            ("JOHNSON & SON", "Johnson & Son"),
            ("J.SMITH", "J.Smith"),
            ("st.john", "St.John"),
            ("@maria_k", "@maria_k"),
            ("report_final.pdf", "report_final.pdf"),
            ("MARIA LOPEZ, ACME.CO.UK", "Maria Lopez, ACME.CO.UK"),
            ("maria lopez\nnadia@example.com", "Maria Lopez\nnadia@example.com"),
            ("maria\u{a0}de\u{a0}la\u{a0}cruz", "Maria\u{a0}de\u{a0}la\u{a0}Cruz"),
            ("st. john d'arcy", "St. John D'Arcy"),
            ("maria.", "Maria."),
        ] {
            assert_eq!(title(text, None), titled);
        }
        assert_eq!(capitalize_text("nadia@example.com", None), "nadia@example.com");
        assert_eq!(capitalize_text("nadia@Example.com WROTE", None), "nadia@Example.com wrote");
        assert_eq!(capitalize_text("write to Nadia@Example.com NOW", None), "Write to Nadia@Example.com now");
        assert_eq!(capitalize_text("welcome BACK", None), "Welcome back");
        assert_eq!(truncate("Max", 0), "…");
        assert_eq!(truncate("", 0), "");
        assert_eq!(truncate("Max", usize::MAX), "Max");
        assert_eq!(truncate("Maximiliana", 5), "Maxi…");
        assert_eq!(truncate("Max", 3), "Max");
    }

    #[test]
    fn capitals_by_language() {
        for (lang, text, titled, sentence) in [
            ("tr", "İREM IŞIK", "İrem Işık", "İrem ışık"),
            ("tr", "irem", "İrem", "İrem"),
            ("en", "irem", "Irem", "Irem"),
            ("nl", "ijsbrand de vries", "IJsbrand de Vries", "IJsbrand de vries"),
            ("en", "ijsbrand", "Ijsbrand", "Ijsbrand"),
            ("el", "έλλη ΣΑΣ", "έλλη ΣΑΣ", "Έλλη σας"),
            ("el", "ΟΔΥΣΣΕΥΣ", "Οδυσσευς", "Οδυσσευς"),
            ("lt", "jean-luc o'brien", "Jean-Luc O'Brien", "Jean-luc o'brien"),
        ] {
            assert_eq!((title(text, Some(lang)).as_str(), lang), (titled, lang));
            assert_eq!((capitalize_text(text, Some(lang)).as_str(), lang), (sentence, lang));
        }
    }

    #[test]
    fn marks_are_no_letters() {
        for (text, most, cut, count) in [
            ("**Only** two days", 6, "**Only**…", 13),
            ("**Only two** days", 6, "**Only…**", 13),
            ("[Only two](accent) days", 6, "[Only…](accent)", 13),
            ("**Only** two days", 13, "**Only** two days", 13),
            ("**a**", 1, "**a**", 1),
            ("**ab**", 1, "**…**", 2),
        ] {
            let text = marks::set(text);
            assert_eq!(letters(&text).count(), count);
            let shown = truncate(&text, most);
            // Every mark that opens is closed.
            assert_eq!(marks::pieces(&shown).filter(|(_, is_mark)| *is_mark).count() % 2, 0, "{shown:?}");
            assert_eq!(shown, marks::set(cut), "{shown:?}");
        }
    }
}
