//! Whether one language stands for another.

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
