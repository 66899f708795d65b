//! Repairs of the character encoding: bytes that are not UTF-8, and UTF-8 that was encoded twice.
//!
//! Old senders and spreadsheets that do not write UTF-8 write Windows-1252, a superset of Latin-1.
//! The table is that of the WHATWG's Encoding Standard.

/// The characters of 0x80 to 0x9F. A byte that Windows-1252 leaves undefined is the control
/// character of that number.
const C1: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of some bytes, and whether they were repaired because they are not UTF-8.
///
/// A character that is cut off at the end is dropped, and so is a surrogate (U+D800 to U+DFFF),
/// which is no character. Any other byte that is not UTF-8 is read as Windows-1252.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> (String, bool) {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, false),
        Err(error) => without_surrogates(error.into_bytes()),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut chunks = bytes.utf8_chunks().peekable();
    let mut is_utf8 = false;
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        // If the text has UTF-8 in it, the last bytes are the beginning of another character, which
        // was cut off.
        is_utf8 |= !chunk.valid().is_ascii();
        if chunks.peek().is_some() || !is_utf8 {
            text.extend(chunk.invalid().iter().copied().map(windows_1252));
        }
    }
    (text, true)
}

/// Removes encoded surrogates: ED, A0 to BF, 80 to BF (RFC 3629 §3).
fn without_surrogates(bytes: Vec<u8>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    loop {
        rest = match rest {
            [] => return kept,
            [0xED, 0xA0..=0xBF, 0x80..=0xBF, rest @ ..] => rest,
            [byte, rest @ ..] => {
                kept.push(*byte);
                rest
            }
        };
    }
}

fn windows_1252(byte: u8) -> char {
    let c1 = C1.get(usize::from(byte & 31)).filter(|_| (0x80..=0x9F).contains(&byte));
    c1.copied().unwrap_or(char::from(byte))
}

/// `FranÃ§ois` → `François`: repairs UTF-8 that was read as Windows-1252 and then encoded again.
///
/// `None` if the text is not of this kind: every character must be in Windows-1252, the bytes
/// together must be UTF-8, and the result must consist of letters that people use.
#[must_use]
pub fn undo_double_utf8(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let byte = |c: char| match u8::try_from(u32::from(c)) {
        Ok(byte) => Some(byte),
        Err(_) => C1.iter().position(|known| *known == c).and_then(|at| u8::try_from(at.saturating_add(0x80)).ok()),
    };
    let bytes = text.chars().map(byte).collect::<Option<Vec<u8>>>()?;
    let undone = String::from_utf8(bytes).ok()?;
    // `CAFÉ»` would become `CAFɻ`. Phonetic signs and African extensions hardly occur, so they mean
    // that the text was right.
    let is_odd = |c: char| matches!(u32::from(c), 0x80..=0x9F | 0x180..=0x19F | 0x1A2..=0x1AE | 0x1B1..=0x217 | 0x21C..=0x2C5 | 0x2C8..=0x2D7);
    (!undone.contains(is_odd)).then_some(undone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bytes_that_are_not_utf_8() {
        for (bytes, text, repaired) in [
            (&b"Maria"[..], "Maria", false),
            ("François".as_bytes(), "François", false),
            (b"Fran\xe7ois", "François", true),
            (b"\x80 5 \x96 \x93ok\x94", "€ 5 – “ok”", true),
            (b"Jos\xc3\xa9 Mart\xc3", "José Mart", true),
            (b"Jos\xe9\xc3", "JoséÃ", true),
            (b"\xed\xa0\xbd\xed\xb8\x80Anna", "Anna", true),
            (b"Mar\xeda", "María", true),
        ] {
            assert_eq!(decode(bytes.to_vec()), (text.to_owned(), repaired), "{bytes:?}");
        }
    }

    #[test]
    fn undoes_double_utf_8() {
        for (text, undone) in [
            ("FranÃ§ois", Some("François")),
            ("JosÃ© MuÃ±oz", Some("José Muñoz")),
            ("ÐœÐ°Ñ€Ð¸Ñ\u{8f}", Some("Мария")),
            ("Åukasz", None),
            ("Å\u{81}ukasz", Some("Łukasz")),
            ("æ\u{9d}Ž", Some("李")),
            ("Nguyá»…n", Some("Nguyễn")),
            ("È˜tefan", Some("Ștefan")),
            ("ðŸŽ‰", Some("🎉")),
            ("Itâ€™s", Some("It’s")),
            ("François", None),
            ("São Paulo", None),
            ("JOÃO", None),
            ("CAFÉ»", None),
            ("«CAFÉ»", None),
            ("Maria", None),
            ("李", None),
            ("Ãngela", None),
        ] {
            assert_eq!(undo_double_utf8(text).as_deref(), undone, "{text}");
        }
    }
}
