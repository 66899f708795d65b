//! The bytes of a file, piece by piece → UTF-8.
//!
//! A file is UTF-8, UTF-16, or what Excel writes in western Europe: Windows-1252. A piece may end
//! anywhere. UTF-16 without its mark is known by its first characters, every other byte of which is
//! near 0 in most scripts, as no other text has it. Where bytes are no UTF-8, each is a character of
//! Windows-1252, so that one pasted line does not spoil a file.

use std::mem;

/// The characters of the bytes 0x80 to 0x9F in Windows-1252. It has none for five of them.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Bytes at the beginning of a file that tell UTF-16 without its mark.
const JUDGED_BYTES: usize = 64;

/// Whether bytes are UTF-16 without a mark, and how its units are read. The high bytes of letters are
/// 0 to 8 in the scripts from Latin to Arabic, and of separators and line breaks in all scripts.
fn utf_16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let pairs: &[[u8; 2]] = bytes.get(..bytes.len().min(JUDGED_BYTES))?.as_chunks().0;
    let count = |at: usize| pairs.iter().filter(|pair| pair.get(at).is_some_and(|byte| *byte <= 8)).count();
    match (count(0), count(1)) {
        (0, high) if high.saturating_mul(2) > pairs.len() => Some(u16::from_le_bytes),
        (high, 0) if high.saturating_mul(2) > pairs.len() => Some(u16::from_be_bytes),
        _ => None,
    }
}

/// A byte of Windows-1252.
fn windows_1252(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|index| WINDOWS_1252.get(usize::from(index)));
    special.copied().unwrap_or(char::from(byte))
}

/// The text of a whole file.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let mut decoder = Decoder::default();
    let text = decoder.push(bytes);
    text + &decoder.end()
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
enum Encoding {
    /// UTF-8, or else Windows-1252.
    Bytes,
    /// UTF-16, whose units are read by this.
    Units(fn([u8; 2]) -> u16),
}

/// Reads a file piece by piece.
#[derive(Debug, Default)]
pub struct Decoder {
    /// `None` until the mark was there, or enough without it.
    encoding: Option<Encoding>,
    /// The bytes at the end of the last piece that are no whole character.
    rest: Vec<u8>,
    /// The first half of a character of two units of UTF-16.
    high: Option<u16>,
}

impl Decoder {
    /// The text of the next piece.
    ///
    /// ```
    /// use monogram::table::Decoder;
    ///
    /// let mut decoder = Decoder::default();
    /// assert_eq!(decoder.push(b"\xef\xbb"), "");
    /// assert_eq!(decoder.push(b"\xbfZo\xc3"), "Zo");
    /// assert_eq!(decoder.push(b"\xab Jos\xe9,"), "ë José,");
    /// assert_eq!(decoder.end(), "");
    /// ```
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        self.read(false)
    }

    /// The text of what is left at the end of the file.
    pub fn end(&mut self) -> String {
        self.read(true)
    }

    fn read(&mut self, is_end: bool) -> String {
        if self.encoding.is_none() {
            let (encoding, mark) = match *self.rest.as_slice() {
                [0xff, 0xfe, ..] => (Encoding::Units(u16::from_le_bytes), 2),
                [0xfe, 0xff, ..] => (Encoding::Units(u16::from_be_bytes), 2),
                [0xef, 0xbb, 0xbf, ..] => (Encoding::Bytes, 3),
                // The rest of a mark, or of what tells UTF-16, may still come.
                _ if self.rest.len() < JUDGED_BYTES && !is_end => return String::new(),
                _ => (utf_16(&self.rest).map_or(Encoding::Bytes, Encoding::Units), 0),
            };
            self.encoding = Some(encoding);
            self.rest.drain(..mark);
        }
        match self.encoding {
            Some(Encoding::Units(unit)) => self.units(unit, is_end),
            _ => self.bytes(is_end),
        }
    }

    fn bytes(&mut self, is_end: bool) -> String {
        let all = mem::take(&mut self.rest);
        let (mut text, mut left) = (String::with_capacity(all.len()), all.as_slice());
        while !left.is_empty() {
            match str::from_utf8(left) {
                Ok(valid) => {
                    text.push_str(valid);
                    break;
                }
                Err(error) => {
                    let (valid, rest) = left.split_at(error.valid_up_to());
                    // These bytes are valid, as the error says.
                    text.push_str(str::from_utf8(valid).unwrap_or_default());
                    if error.error_len().is_none() && !is_end {
                        self.rest = rest.to_vec();
                        break;
                    }
                    let Some((first, rest)) = rest.split_first() else { break };
                    text.push(windows_1252(*first));
                    left = rest;
                }
            }
        }
        text
    }

    fn units(&mut self, unit: fn([u8; 2]) -> u16, is_end: bool) -> String {
        let all = mem::take(&mut self.rest);
        let (pairs, odd) = all.as_chunks();
        let units = self.high.take().into_iter().chain(pairs.iter().map(|pair| unit(*pair)));
        let mut units: Vec<u16> = units.collect();
        if !is_end {
            self.rest = odd.to_vec();
            self.high = units.pop_if(|last| (0xd800..0xdc00).contains(last));
        }
        String::from_utf16_lossy(&units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a file that comes in pieces of `size` bytes.
    fn text(file: &[u8], size: usize) -> String {
        let mut decoder = Decoder::default();
        let text: String = file.chunks(size).map(|piece| decoder.push(piece)).collect();
        text + &decoder.end()
    }

    #[test]
    fn pieces_of_any_size_are_read_alike() {
        let utf_16 = |unit: fn(u16) -> [u8; 2]| "\u{feff}Zoë;😀".encode_utf16().flat_map(unit).collect::<Vec<_>>();
        for (file, expected) in [
            ("Zoë 😀".as_bytes().to_vec(), "Zoë 😀"),
            (b"\xef\xbb\xbfZo\xc3\xab".to_vec(), "Zoë"),
            (utf_16(u16::to_le_bytes), "Zoë;😀"),
            (utf_16(u16::to_be_bytes), "Zoë;😀"),
            (b"Zo\xeb \x80 5".to_vec(), "Zoë € 5"),
            (b"Zo\xc3\xab Jos\xe9".to_vec(), "Zoë José"),
            (b"cut \xc3".to_vec(), "cut Ã"),
            (b"\xef".to_vec(), "ï"),
            (b"\xff\xfeA\0B".to_vec(), "A"),
            ("id;имя\n1;Иван".encode_utf16().flat_map(u16::to_le_bytes).collect(), "id;имя\n1;Иван"),
            ("имя".encode_utf16().flat_map(u16::to_be_bytes).collect(), "имя"),
            // A file with a zero in it is none of UTF-16.
            (b"id,name\n1,A\0n\0n\n".to_vec(), "id,name\n1,A\0n\0n\n"),
            (b"".to_vec(), ""),
        ] {
            for size in [1, 2, 3, 5, 100] {
                assert_eq!(text(&file, size), expected, "{file:x?} in pieces of {size}");
            }
        }
    }
}
