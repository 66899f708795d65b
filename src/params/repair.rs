//! A raw value → the text that the sender meant, and the repairs that were needed.
//!
//! Some senders escape once too often, some link rewriters encode twice, old systems write
//! Windows-1252. Each repair looks for a sign that only its kind of damage leaves, so that no text
//! is changed that a person may have meant.
//!
//! Invariant: the repaired text is at most as long as three times the raw one.

use std::fmt;

use crate::request::query;

use super::{charset, entity};

/// A repair of one kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// The name began with `amp;`.
    Amp,
    /// An unencoded `&` had cut the value in two.
    Rejoined,
    /// The value had HTML entities: `&#39;`, `&eacute;`.
    HtmlEntities,
    /// The value was percent-encoded more than once: `%2520`.
    DoubleEncoding,
    /// The value's bytes were not UTF-8.
    Charset,
    /// The value was UTF-8 encoded twice: `FranÃ§ois`.
    DoubleUtf8,
    /// The value had characters that are never drawn: controls, bidi overrides, zero-width
    /// characters, too many combining marks.
    Dirt,
    /// The value was longer than the template's `max_chars`, or than any value may be.
    Cut,
    /// The number was written for people: `$1,234.50`, `28,00`.
    Number,
}

impl Repair {
    const ALL: [Self; 9] = [
        Self::Amp,
        Self::Rejoined,
        Self::HtmlEntities,
        Self::DoubleEncoding,
        Self::Charset,
        Self::DoubleUtf8,
        Self::Dirt,
        Self::Cut,
        Self::Number,
    ];

    /// A name for headers and programs that never changes, in kebab-case.
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
            Self::Number => "number-format",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

/// A set of repairs.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Repairs(u16);

impl Repairs {
    /// Adds a repair.
    pub const fn add(&mut self, repair: Repair) {
        self.0 |= repair.bit();
    }

    /// The repairs in the set, in the order of [`Repair`]'s variants.
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

/// How many more times a value is decoded after its first, regular decoding, while it is still
/// percent-encoded.
pub const MAX_DECODINGS: usize = 3;

/// The repaired text of a raw value (percent-encoded, as it arrived in the query). Each repair is
/// added to `repairs`.
#[must_use]
pub fn text(raw: &str, repairs: &mut Repairs) -> String {
    // `C++`: two plus signs at the end, after a letter or a digit, are not two spaces.
    let (encoded, pluses) = match raw.strip_suffix("++") {
        Some(before) if before.ends_with(|c: char| c.is_ascii_alphanumeric()) => (before, "++"),
        _ => (raw, ""),
    };
    let mut text = decode(encoded, repairs);
    for _ in 0..MAX_DECODINGS {
        if !is_still_encoded(&text) {
            break;
        }
        let Ok(decoded) = String::from_utf8(query::decode_bytes(&text)) else { break };
        text = decoded;
        repairs.add(Repair::DoubleEncoding);
    }
    text.push_str(pluses);
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
    let (text, repaired) = charset::decode(query::decode_bytes(raw));
    if repaired {
        repairs.add(Repair::Charset);
    }
    text
}

/// Whether a decoded value is still percent-encoded: it has encoded bytes, and no character that an
/// encoder would have encoded. `50% off` and `100%41 ab` have a space, so that they are not
/// encoded.
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
