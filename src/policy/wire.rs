//! The binary form of tokens, and their base64url.
//!
//! Numbers are LEB128 (seven bits a byte, the lowest first) in as few bytes as possible; texts are
//! UTF-8 after their length in bytes; sets are sorted. A reader accepts no other form, and no bytes
//! after the end, so that one value has one spelling.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::limits::Limits;

use super::bound;

/// The version of the form, which is the high half of a token's first byte. The low half contains
/// flags.
const VERSION: u8 = 0x10;

/// Bytes → base64url without padding (RFC 4648 section 5). `None` if it is longer than a token may
/// be.
pub(super) fn to_text(bytes: &[u8], limits: &Limits) -> Option<String> {
    let text = URL_SAFE_NO_PAD.encode(bytes);
    (text.len() <= limits.token_chars).then_some(text)
}

/// Base64url → bytes. `None` for padding, for stray bits in the last character (RFC 4648 section
/// 3.5), for anything else that [`to_text`] does not write, and for a text that is too long.
pub(super) fn from_text(text: &str, limits: &Limits) -> Option<Vec<u8>> {
    if text.len() > limits.token_chars {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Writes the parts of a token.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    /// The first byte, with `flags` of at most four bits.
    pub(super) fn version(&mut self, flags: u8) {
        self.0.push(VERSION | flags);
    }

    pub(super) fn number(&mut self, mut number: u32) {
        while let Ok(low) = u8::try_from(number & 0x7f)
            && number > 0x7f
        {
            self.0.push(low | 0x80);
            number >>= 7;
        }
        self.0.extend(u8::try_from(number));
    }

    /// Writes a time in four bytes. In LEB128, a time of these decades would take five.
    pub(super) fn time(&mut self, seconds: u32) {
        self.0.extend(seconds.to_be_bytes());
    }

    /// Writes a text. A text whose length exceeds a `u32` does not fit into a token either.
    pub(super) fn text(&mut self, text: &str) {
        self.number(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.0.extend(text.bytes());
    }

    /// Names and values.
    pub(super) fn pairs(&mut self, pairs: &BTreeMap<String, String>) {
        for (name, value) in pairs {
            self.text(name);
            self.text(value);
        }
    }
}

/// Reads the parts of a token. Each is `None` if its form differs from that of [`Writer`].
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// The flags of the first byte.
    pub(super) fn version(&mut self) -> Option<u8> {
        let [byte] = self.array()?;
        (byte & 0xf0 == VERSION).then_some(byte & 0x0f)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let mut number: u32 = 0;
        for shift in (0..32).step_by(7) {
            let [byte] = self.array()?;
            let part = u32::from(byte & 0x7f);
            let shifted = part << shift;
            if shifted >> shift != part {
                return None;
            }
            number |= shifted;
            if byte & 0x80 == 0 {
                // A last byte of zero is redundant, because the same number is shorter without it.
                return (byte != 0 || shift == 0).then_some(number);
            }
        }
        None
    }

    pub(super) fn time(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// Reads `count` names and values, or all up to the end. The names must be sorted, and each
    /// must be a name that may be fixed.
    pub(super) fn pairs(&mut self, count: Option<u32>) -> Option<BTreeMap<String, String>> {
        let mut pairs = BTreeMap::new();
        let mut left = count;
        while left != Some(0) && !(left.is_none() && self.is_at_end()) {
            let name = self.text()?;
            if !bound::is_fixable(name)
                || pairs.last_key_value().is_some_and(|(last, _): (&String, _)| last.as_str() >= name)
            {
                return None;
            }
            pairs.insert(name.to_owned(), self.text()?.to_owned());
            left = left.map(|left| left.saturating_sub(1));
        }
        Some(pairs)
    }

    /// Reads all names up to the end, which must be sorted.
    pub(super) fn names(&mut self) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        while !self.is_at_end() {
            let name = self.text()?;
            if !bound::is_name(name) || names.last().is_some_and(|last: &String| last.as_str() >= name) {
                return None;
            }
            names.insert(name.to_owned());
        }
        Some(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        for (number, bytes) in [
            (0, &[0][..]),
            (1, &[1]),
            (127, &[127]),
            (128, &[0x80, 1]),
            (300, &[0xac, 2]),
            (u32::MAX, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
        ] {
            let mut writer = Writer::default();
            writer.number(number);
            assert_eq!(writer.0, bytes);
            assert_eq!(Reader(bytes).number(), Some(number));
        }
        for bytes in [
            &[][..],
            &[0x80],
            &[0x80, 0],
            &[0xff, 0x80, 0],
            &[0xff, 0xff, 0xff, 0xff, 0x1f],
            &[0xff, 0xff, 0xff, 0xff, 0x8f, 0],
        ] {
            assert_eq!(Reader(bytes).number(), None, "{bytes:?}");
        }
    }

    #[test]
    fn names_are_sorted_and_none_is_there_twice() {
        for (bytes, expected) in [
            (&b"\x01a\x01b"[..], Some(2)),
            (b"", Some(0)),
            (b"\x01b\x01a", None),
            (b"\x01a\x01a", None),
            (b"\x01A", None),
            (b"\x02a", None),
            (b"\x00", None),
        ] {
            assert_eq!(Reader(bytes).names().map(|names| names.len()), expected, "{bytes:?}");
        }
        for (bytes, count, expected) in [
            (&b"\x01a\x01x\x01b\x00"[..], None, Some(2)),
            (b"\x01a\x01x\x01b", Some(1), Some(1)),
            (b"\x01a\x01x", Some(2), None),
            (b"\x01a", None, None),
            (b"\x01b\x00\x01a\x00", None, None),
            (b"\x01a\x02\xff\xff", None, None),
        ] {
            assert_eq!(Reader(bytes).pairs(count).map(|pairs| pairs.len()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn base64url_has_one_spelling() {
        let limits = Limits { token_chars: 8, ..Limits::default() };
        assert_eq!(to_text(&[0xfb, 0xff], &limits).as_deref(), Some("-_8"));
        assert_eq!(from_text("-_8", &limits), Some(vec![0xfb, 0xff]));
        for text in ["-_8=", "-_9", "+/8", "-_8 ", " -_8", "-", "-_8A-", "-_8\n", "AAAAAAAAA"] {
            assert_eq!(from_text(text, &limits), None, "{text:?}");
        }
        assert_eq!(to_text(&[0; 7], &limits), None);
    }
}
