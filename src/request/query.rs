//! A raw query → its pairs, each of them raw and decoded.
//!
//! The raw text is kept because decoding loses information: `%DEPARTMENT%` is a merge tag, and its
//! `%DE` is also a byte. An `&` inside a merge tag separates nothing. A name that was HTML-escaped
//! (`amp;company`) is read without the `amp;`. All other repairs depend on the template and are
//! made in `params`.
//!
//! Invariant: every string is a valid query, and reading it takes linear time.

use std::borrow::Cow;
use std::ops::Range;

use percent_encoding::percent_decode_str;

use crate::limits::Limits;
use crate::merge_tag;

/// One `name=value` of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The name as it arrived.
    pub raw_name: &'a str,
    /// The value as it arrived. `None` if the pair has no `=`.
    pub raw_value: Option<&'a str>,
    /// The decoded name, without the `amp;` of an `&amp;`.
    pub name: Cow<'a, str>,
    /// Whether an `amp;` was removed from the name.
    pub amp: bool,
    /// The decoded value. Empty if the pair has no `=`.
    pub value: Cow<'a, str>,
    /// The bytes of the value in the query, or those of the whole pair if it has no `=`.
    pub at: Range<usize>,
}

/// Splits a raw query (without its `?`) at `&` and `=`. The pairs are in the order of the URL, at
/// most [`Limits::query_pairs`] of them. An `&` inside a merge tag does not split.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::request::query;
///
/// let pairs = query::pairs("name=Maria+L%C3%B3pez&flag", &Limits::default());
/// assert_eq!((pairs[0].raw_value, pairs[0].value.as_ref()), (Some("Maria+L%C3%B3pez"), "Maria López"));
/// assert_eq!((pairs[1].name.as_ref(), pairs[1].raw_value), ("flag", None));
/// ```
#[must_use]
pub fn pairs<'a>(query: &'a str, limits: &Limits) -> Vec<Pair<'a>> {
    pieces(query)
        .filter(|piece| !piece.is_empty())
        .take(limits.query_pairs)
        .filter_map(|at| {
            let piece = query.get(at.clone())?;
            let (raw_name, raw_value) = match piece.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (piece, None),
            };
            let (name, amp) = without_amp(name(raw_name));
            let value = decode(raw_value.unwrap_or_default());
            let start = at.end.saturating_sub(raw_value.unwrap_or(piece).len());
            Some(Pair { raw_name, raw_value, name, amp, value, at: start..at.end })
        })
        .collect()
}

/// The byte ranges between those `&` that are outside of merge tags.
fn pieces(query: &str) -> impl Iterator<Item = Range<usize>> {
    let tags = merge_tag::spans(query);
    let mut tags = tags.into_iter().peekable();
    let mut start = 0;
    let ends = query.bytes().enumerate().filter(move |(at, byte)| {
        while tags.next_if(|tag| tag.end <= *at).is_some() {}
        *byte == b'&' && tags.peek().is_none_or(|tag| tag.start > *at)
    });
    ends.map(|(at, _)| at)
        .chain([query.len()])
        .map(move |end| std::mem::replace(&mut start, end.saturating_add(1))..end)
}

/// The decoded name, without the line breaks that mail software puts into long URLs.
fn name(raw: &str) -> Cow<'_, str> {
    let name = decode(raw);
    if name.contains(char::is_control) { Cow::Owned(name.replace(char::is_control, "")) } else { name }
}

/// `amp;company` → `company`, and whether anything was removed. Such names come from links that
/// were HTML-escaped once or twice too often.
fn without_amp(name: Cow<'_, str>) -> (Cow<'_, str>, bool) {
    let mut bare: &str = &name;
    while let Some((amp, rest)) = bare.split_once(';')
        && amp.eq_ignore_ascii_case("amp")
    {
        bare = rest;
    }
    if bare.len() == name.len() { (name, false) } else { (Cow::Owned(bare.to_owned()), true) }
}

/// Decodes a part of a query as forms encode it: a `+` is a space. A `%` without two hex digits
/// stays a `%`; bytes that are not UTF-8 become U+FFFD.
#[must_use]
pub fn decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains(['%', '+']) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(String::from_utf8_lossy(&decode_bytes(raw)).into_owned())
}

/// The bytes of a part of a query, decoded as by [`decode`].
#[must_use]
pub fn decode_bytes(raw: &str) -> Vec<u8> {
    percent_decode_str(&raw.replace('+', " ")).collect()
}

/// Decodes a path, in which a `+` is a `+`. `None` if its bytes are not UTF-8.
#[must_use]
pub fn decode_path(raw: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(raw).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_every_text() {
        for (raw, decoded) in [
            ("", ""),
            ("Maria", "Maria"),
            ("Jean+Luc", "Jean Luc"),
            ("a%20b", "a b"),
            ("C%2B%2B", "C++"),
            ("AT%26T", "AT&T"),
            ("%c3%A7", "ç"),
            ("%", "%"),
            ("50%", "50%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("%%41", "%A"),
            ("%E7", "\u{fffd}"),
            ("李%E6%9D%8E", "李李"),
        ] {
            assert_eq!(decode(raw), decoded, "{raw}");
        }
        assert_eq!(decode_path("/a+b%2Fc").as_deref(), Some("/a+b/c"));
        assert_eq!(decode_path("/%E7"), None);
    }

    #[test]
    fn splits_into_raw_and_decoded_pairs() {
        let limits = Limits { query_pairs: 4, ..Limits::default() };
        let got = pairs("&a=1&&dept=%DEPARTMENT%&flag&=x&over=limit", &limits);
        let flat: Vec<_> = got.iter().map(|p| (p.raw_name, p.raw_value, p.name.as_ref())).collect();
        assert_eq!(
            flat,
            [
                ("a", Some("1"), "a"),
                ("dept", Some("%DEPARTMENT%"), "dept"),
                ("flag", None, "flag"),
                ("", Some("x"), ""),
            ]
        );
        let query = "a={{x|default:\"A & B=C\"}}&amp;b=1&amp%3Bamp;c&=";
        let got: Vec<_> = pairs(query, &limits)
            .into_iter()
            .map(|pair| (pair.name.into_owned(), pair.amp, query.get(pair.at).unwrap()))
            .collect();
        let expected =
            [("a", false, "{{x|default:\"A & B=C\"}}"), ("b", true, "1"), ("c", true, "amp%3Bamp;c"), ("", false, "")];
        assert_eq!(got, expected.map(|(name, amp, value)| (name.to_owned(), amp, value)));
    }
}
