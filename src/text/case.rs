//! Capitals and small letters, by the rules of a language: `ß` → `SS`, Turkish `i` → `İ`, Greek
//! final sigma and accents, Dutch `IJ`.

use std::borrow::Cow;

use icu_casemap::CaseMapperBorrowed;
use icu_casemap::options::{LeadingAdjustment, TitlecaseOptions, TrailingCase};
use icu_locale_core::LanguageIdentifier;

use super::address;

/// The height of small capitals as a multiple of the capitals' height, if a font has none. Browsers
/// use the same.
pub const SMALL_CAPS: f32 = 0.8;

/// A case for the letters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Capitals only.
    Upper,
    /// Small letters only.
    Lower,
    /// Each word begins with a capital; its other letters are unchanged, and so are
    /// [addresses](address::is_address).
    Title,
}

/// `text` in a case, by the rules of a language (a BCP 47 tag).
#[must_use]
pub fn map(text: &str, case: Case, lang: Option<&str>) -> String {
    let (mapper, lang) = (CaseMapperBorrowed::new(), language(lang));
    match case {
        Case::Upper => mapper.uppercase_to_string(text, &lang).into_owned(),
        Case::Lower => mapper.lowercase_to_string(text, &lang).into_owned(),
        Case::Title => address::words(text).fold(String::with_capacity(text.len()), |mut out, word| {
            if address::is_address(word.trim_end()) {
                out.push_str(word);
            } else {
                out.extend(parts(word).map(|part| title(mapper, part, &lang)));
            }
            out
        }),
    }
}

/// `word` with a capital as its first letter, by the rules of a language (a BCP 47 tag). Its other
/// letters are unchanged, except for the `j` of the Dutch `IJ`.
#[must_use]
pub fn capitalize(word: &str, lang: Option<&str>) -> String {
    title(CaseMapperBorrowed::new(), word, &language(lang)).into_owned()
}

fn title<'a>(mapper: CaseMapperBorrowed<'_>, word: &'a str, lang: &LanguageIdentifier) -> Cow<'a, str> {
    let mut options = TitlecaseOptions::default();
    options.leading_adjustment = Some(LeadingAdjustment::None);
    options.trailing_case = Some(TrailingCase::Unchanged);
    mapper.titlecase_segment_with_only_case_data_to_string(word, lang, options)
}

/// `text` in capitals, in pieces. `true` marks the pieces that were small letters, to be drawn at
/// [`SMALL_CAPS`].
#[must_use]
pub fn small_caps(text: &str, lang: Option<&str>) -> Vec<(String, bool)> {
    let (mapper, lang) = (CaseMapperBorrowed::new(), language(lang));
    let mut pieces: Vec<(String, bool)> = Vec::new();
    for c in text.chars() {
        let small = c.is_lowercase();
        match pieces.last_mut() {
            // Other characters stay with the piece before: marks must, and spaces may.
            Some((piece, kind)) if *kind == small || !c.is_alphanumeric() => piece.push(c),
            _ => pieces.push((c.to_string(), small)),
        }
    }
    for (piece, _) in pieces.iter_mut().filter(|(_, small)| *small) {
        *piece = mapper.uppercase_to_string(piece, &lang).into_owned();
    }
    pieces
}

fn language(tag: Option<&str>) -> LanguageIdentifier {
    tag.and_then(|tag| LanguageIdentifier::try_from_str(tag).ok()).unwrap_or(LanguageIdentifier::UNKNOWN)
}

/// A text, divided before each letter that a title writes as a capital.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut within = false;
    let starts = text.char_indices().filter_map(move |(at, c)| {
        let begins = c.is_alphanumeric() && !within;
        // A mark or an apostrophe does not end a word.
        within = c.is_alphanumeric() || within && !c.is_whitespace() && !is_boundary(c);
        (begins && at > 0).then_some(at)
    });
    let mut starts = starts.chain([text.len()]);
    let mut from = 0_usize;
    std::iter::from_fn(move || {
        let to = starts.next()?;
        let piece = text.get(from..to)?;
        from = to;
        Some(piece)
    })
}

/// Whether another word begins behind a punctuation mark.
const fn is_boundary(c: char) -> bool {
    matches!(
        c,
        '-' | '‐'
            | '‑'
            | '–'
            | '—'
            | '/'
            | '\\'
            | '.'
            | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '"'
            | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '&'
            | '+'
            | '*'
            | '_'
            | '|'
            | '<'
            | '>'
            | '¿'
            | '¡'
            | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_language() {
        for (case, lang, text, expected) in [
            (Case::Upper, None, "Maria Weiß, José", "MARIA WEISS, JOSÉ"),
            (Case::Upper, Some("tr"), "irmak Işık", "İRMAK IŞIK"),
            (Case::Upper, Some("az-Latn"), "i", "İ"),
            (Case::Upper, Some("en"), "irmak", "IRMAK"),
            (Case::Upper, Some("el"), "Άννα Ρούσσου, Μαΐου", "ΑΝΝΑ ΡΟΥΣΣΟΥ, ΜΑΪΟΥ"),
            (Case::Upper, Some("not a tag"), "straße", "STRASSE"),
            (Case::Upper, None, "ﬁn, ŉ, ა", "FIN, ʼN, Ა"),
            (Case::Lower, None, "ΟΔΥΣΣΕΥΣ ΣΑΣ", "οδυσσευς σας"),
            (Case::Lower, Some("tr"), "IŞIK İNCİ", "ışık inci"),
            (Case::Lower, None, "İ", "i\u{307}"),
            (Case::Title, None, "anna-maria o'brien (née smith)", "Anna-Maria O'brien (Née Smith)"),
            (Case::Title, None, "  hello WORLD, 3rd", "  Hello WORLD, 3rd"),
            (Case::Title, Some("nl"), "ijsland", "IJsland"),
            (Case::Title, Some("tr"), "istanbul", "İstanbul"),
            (Case::Title, None, "\u{2068}maria\u{2069} x", "\u{2068}Maria\u{2069} X"),
            (Case::Title, None, "e\u{301}va", "E\u{301}va"),
            (Case::Title, None, "", ""),
            (
                Case::Title,
                None,
                "write to \u{2068}nadia@example.com\u{2069}, maria",
                "Write To \u{2068}nadia@example.com\u{2069}, Maria",
            ),
            (Case::Title, None, "see acme.co.uk and\nreport_final.pdf", "See acme.co.uk And\nreport_final.pdf"),
            (Case::Title, None, "st.john j.r.r. d'arcy", "St.John J.R.R. D'arcy"),
            (Case::Upper, None, "王 שלום", "王 שלום"),
        ] {
            assert_eq!(map(text, case, lang), expected, "{case:?} {lang:?}");
        }
    }

    #[test]
    fn small_capitals_are_told_apart() {
        let pieces = |text| {
            let pieces = small_caps(text, Some("tr")).into_iter();
            pieces.map(|(piece, small)| if small { format!("<{piece}>") } else { piece }).collect::<String>()
        };
        assert_eq!(pieces("Irmak İnci 12a"), "I<RMAK >İ<NCİ >12<A>");
        assert_eq!(pieces("e\u{301}X"), "<E\u{301}>X");
        assert_eq!(pieces("王ß"), "王<SS>");
        assert_eq!(pieces(""), "");
    }
}
