//! A raw query → its pairs, each both as it arrived and decoded.
//!
//! The raw slices stay beside the decoded values because decoding loses what a sender meant:
//! `%DEPARTMENT%` is a merge tag, and its `%DE` is also a byte. Merge tags and repairs (`amp;`, rejoining
//! at an unencoded `&`, Windows-1252) come between [`pairs`] and `params::resolve`; nothing here guesses.
//!
//! Invariant: total and linear. Every string is a query.

use std::borrow::Cow;

use crate::limits::Limits;

/// One `name=value` of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The name as it arrived.
    pub raw_name: &'a str,
    /// The value as it arrived; `None` where there is no `=`.
    pub raw_value: Option<&'a str>,
    /// The name, decoded.
    pub name: Cow<'a, str>,
    /// The value, decoded; empty where there is no `=`.
    pub value: Cow<'a, str>,
}

/// Splits a raw query (without its `?`) at `&` and `=`, in the order of the URL.
#[must_use]
pub fn pairs<'a>(query: &'a str, limits: &Limits) -> Vec<Pair<'a>> {
    query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .take(limits.query_pairs)
        .map(|piece| {
            let (raw_name, raw_value) = match piece.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (piece, None),
            };
            Pair { raw_name, raw_value, name: decode(raw_name), value: decode(raw_value.unwrap_or_default()) }
        })
        .collect()
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
fn bytes(raw: &str, plus: u8) -> Vec<u8> {
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
    }
}
