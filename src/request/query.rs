//! A raw query → its pairs, each both as it arrived and decoded.
//!
//! The raw slices stay beside the decoded values because decoding loses what a sender meant:
//! `%DEPARTMENT%` is a merge tag, and its `%DE` is also a byte. An `&` in a merge tag separates nothing, and a name that was
//! HTML-escaped (`amp;company`) is the name without that. Other repairs need to know the template: `params` makes them.
//!
//! Invariant: total and linear. Every string is a query.

use std::borrow::Cow;
use std::ops::Range;

use crate::limits::Limits;
use crate::merge_tag;

/// One `name=value` of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The name as it arrived.
    pub raw_name: &'a str,
    /// The value as it arrived; `None` where there is no `=`.
    pub raw_value: Option<&'a str>,
    /// The name, decoded, without the `amp;` of an `&amp;`.
    pub name: Cow<'a, str>,
    /// Whether there was such an `amp;`.
    pub amp: bool,
    /// The value, decoded; empty where there is no `=`.
    pub value: Cow<'a, str>,
    /// Where the value is in the query, or the whole pair where there is no `=`.
    pub at: Range<usize>,
}

/// Splits a raw query (without its `?`) at `&` and `=`, in the order of the URL. What is in a merge tag splits nothing.
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

/// The byte ranges between the `&` that are in no merge tag.
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

/// A name, decoded, without the line breaks that wrapped its URL.
fn name(raw: &str) -> Cow<'_, str> {
    let name = decode(raw);
    if name.contains(char::is_control) { Cow::Owned(name.replace(char::is_control, "")) } else { name }
}

/// `amp;company` → `company`: a link that was HTML-escaped once too often, or twice.
fn without_amp(name: Cow<'_, str>) -> (Cow<'_, str>, bool) {
    let mut bare: &str = &name;
    while let Some((amp, rest)) = bare.split_once(';')
        && amp.eq_ignore_ascii_case("amp")
    {
        bare = rest;
    }
    if bare.len() == name.len() { (name, false) } else { (Cow::Owned(bare.to_owned()), true) }
}

/// Percent-decoding as forms do it: `+` is a space; a `%` that starts no byte stays a `%`. Bytes that are
/// not UTF-8 become U+FFFD.
#[must_use]
pub fn decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains(['%', '+']) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(String::from_utf8_lossy(&bytes(raw, b' ')).into_owned())
}

/// Percent-decoding as paths have it: `+` is itself. `None` where the bytes are not UTF-8.
#[must_use]
pub fn decode_path(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    String::from_utf8(bytes(raw, b'+')).ok().map(Cow::Owned)
}

/// The decoded bytes, with `plus` for a `+`.
#[must_use]
pub fn bytes(raw: &str, plus: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (*first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (b'+', _) => out.push(plus),
            (byte, _) => out.push(byte),
        }
    }
    out
}

/// The value of a hex digit.
const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_can_be_decoded() {
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
    fn keeps_raw_beside_decoded() {
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
