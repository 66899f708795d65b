//! A raw value → the text that was meant, and which damage was undone on the way.
//!
//! Senders escape once too often, link rewriters encode twice, old systems write Windows-1252. Nothing is repaired that a
//! person may have meant: each repair has a sign that only that damage leaves.
//!
//! Invariant: the repaired text is at most as long as three times the raw one.

use std::fmt;

use crate::request::query;

use super::{charset, entity};

/// One kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// The name began with `amp;`.
    Amp,
    /// An unencoded `&` had cut the value in two.
    Rejoined,
    /// `&#39;`, `&eacute;`
    HtmlEntities,
    /// `%2520`
    DoubleEncoding,
    /// Bytes that are not UTF-8.
    Charset,
    /// `FranÃ§ois`
    DoubleUtf8,
    /// Controls, bidi overrides, zero-width characters, heaps of marks.
    Dirt,
    /// It was longer than any value may be.
    Cut,
}

impl Repair {
    const ALL: [Self; 8] = [
        Self::Amp,
        Self::Rejoined,
        Self::HtmlEntities,
        Self::DoubleEncoding,
        Self::Charset,
        Self::DoubleUtf8,
        Self::Dirt,
        Self::Cut,
    ];

    /// Stable, kebab-case: for headers and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Amp => "amp",
            Self::Rejoined => "rejoined",
            Self::HtmlEntities => "html-entities",
            Self::DoubleEncoding => "double-encoding",
            Self::Charset => "charset",
            Self::DoubleUtf8 => "double-utf8",
            Self::Dirt => "dirt",
            Self::Cut => "cut",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of them.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Repairs(u8);

impl Repairs {
    /// Adds one.
    pub const fn add(&mut self, repair: Repair) {
        self.0 |= repair.bit();
    }

    /// Those that are in the set, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Repair> {
        Repair::ALL.into_iter().filter(move |repair| self.0 & repair.bit() != 0)
    }

    /// Whether nothing was repaired.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for Repairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Repair::code)).finish()
    }
}

/// How often a value may have been encoded beyond the once that is right.
pub const MAX_DECODINGS: usize = 3;

/// The text of a raw value (as it arrived in the query).
#[must_use]
pub fn text(raw: &str, repairs: &mut Repairs) -> String {
    // `C++`: a trailing pair of plus signs after a letter is no pair of spaces.
    let (spaced, plus) = match raw.strip_suffix("++") {
        Some(before) if before.ends_with(|c: char| c.is_ascii_alphanumeric()) => (before, "++"),
        _ => (raw, ""),
    };
    let mut text = decode(spaced, repairs);
    for _ in 0..MAX_DECODINGS {
        if !is_still_encoded(&text) {
            break;
        }
        let Ok(decoded) = String::from_utf8(query::bytes(&text, b' ')) else { break };
        text = decoded;
        repairs.add(Repair::DoubleEncoding);
    }
    text.push_str(plus);
    if let Some(undone) = charset::undo_double_utf8(&text) {
        text = undone;
        repairs.add(Repair::DoubleUtf8);
    }
    if let Some(decoded) = entity::decode(&text) {
        text = decoded;
        repairs.add(Repair::HtmlEntities);
    }
    text
}

fn decode(raw: &str, repairs: &mut Repairs) -> String {
    let (text, repaired) = charset::decode(query::bytes(raw, b' '));
    if repaired {
        repairs.add(Repair::Charset);
    }
    text
}

/// Whether a decoded value is an encoded one from its first to its last character: it has encoded bytes, and nothing that an
/// encoder would have encoded. `50% off` has a space, `100%41 ab` too.
fn is_still_encoded(text: &str) -> bool {
    let mut encoded = false;
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return encoded,
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                encoded = true;
                rest
            }
            [byte, rest @ ..] if byte.is_ascii_alphanumeric() || b"-_.~!*'()+,;:@/$&=".contains(byte) => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_damage() {
        for (raw, expected, repaired) in [
            ("Maria", "Maria", ""),
            ("Maria+L%C3%B3pez", "Maria López", ""),
            ("C++", "C++", ""),
            ("C%2B%2B+Ltd", "C++ Ltd", ""),
            ("Maria+", "Maria ", ""),
            ("++", "  ", ""),
            ("a%2520b", "a b", "double-encoding"),
            ("Jos%25C3%25A9", "José", "double-encoding"),
            ("Jos%2525C3%2525A9", "José", "double-encoding"),
            ("Jos%25C3%25A9%2BLuis", "José Luis", "double-encoding"),
            ("50%25+off", "50% off", ""),
            ("50%25off", "50%off", ""),
            ("20%25de+descuento", "20%de descuento", ""),
            ("20%25de", "20%de", ""),
            ("100%25", "100%", ""),
            ("100%2525", "100%", "double-encoding"),
            ("Fran%E7ois", "François", "charset"),
            ("Fran%C3%83%C2%A7ois", "François", "double-utf8"),
            ("O%26%2339%3BBrien", "O'Brien", "html-entities"),
            ("Caf&eacute;", "Café", "html-entities"),
            ("%26amp%3Beacute%3B", "&eacute;", "html-entities"),
            ("AT%26T", "AT&T", ""),
            ("%", "%", ""),
        ] {
            let mut repairs = Repairs::default();
            assert_eq!(text(raw, &mut repairs), expected, "{raw}");
            assert_eq!(repairs.iter().map(Repair::code).collect::<Vec<_>>().join(" "), repaired, "{raw}");
        }
    }
}
