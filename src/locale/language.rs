//! Whether one language stands for another, and the codes of those that people call by their names.

/// Whether a tag stands for a picture's language: the same, or one that it is a dialect of: `de`
/// covers `de-AT` (RFC 4647, section 3.3.1).
///
/// ```
/// use monogram::locale::language::covers;
///
/// assert!(covers("de", Some("de-AT")) && covers("pt-br", Some("pt-BR")));
/// assert!(!covers("de", Some("den")) && !covers("de-AT", Some("de")) && !covers("de", None));
/// ```
#[must_use]
pub fn covers(tag: &str, lang: Option<&str>) -> bool {
    lang.and_then(|lang| lang.split_at_checked(tag.len()))
        .is_some_and(|(begin, rest)| begin.eq_ignore_ascii_case(tag) && (rest.is_empty() || rest.starts_with('-')))
}

/// Names of languages and wrong codes, with the right ones: English names, those of the speakers, ISO 639-2,
/// and the codes of countries.
const CODES: [(&str, &str); 27] = [
    ("ar", "arabic"),
    ("bg", "bulgarian"),
    ("cs", "czech čeština cestina cz cze"),
    ("da", "danish dansk dk"),
    ("de", "german deutsch ger deu"),
    ("el", "greek gr"),
    ("en", "english eng"),
    ("es", "spanish español espanol spa"),
    ("fi", "finnish suomi"),
    ("fr", "french français francais fre fra"),
    ("he", "hebrew il"),
    ("hi", "hindi"),
    ("hu", "hungarian magyar"),
    ("id", "indonesian"),
    ("it", "italian italiano ita"),
    ("ja", "japanese jp jpn"),
    ("ko", "korean kr kor"),
    ("nb", "norwegian norsk nor"),
    ("nl", "dutch nederlands dut nld"),
    ("pl", "polish polski"),
    ("pt", "portuguese português portugues por"),
    ("ro", "romanian"),
    ("ru", "russian rus"),
    ("sv", "swedish svenska swe"),
    ("tr", "turkish türkçe turkce"),
    ("uk", "ukrainian ua"),
    ("zh", "chinese mandarin cn chi zho"),
];

/// The code that somebody means who writes the name of a language, or another code for it. `None` if none is
/// known.
///
/// ```
/// use monogram::locale::language::code;
///
/// assert_eq!((code("German"), code("jp"), code("klingon")), (Some("de"), Some("ja"), None));
/// ```
#[must_use]
pub fn code(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    let letters = name.trim_end_matches(|c: char| !c.is_alphabetic());
    CODES.iter().find(|(_, names)| names.split(' ').any(|known| known == letters)).map(|(code, _)| *code)
}
