//! The text of an exported file → its rows: CSV as RFC 4180 has it, and as spreadsheets and mail
//! services write it.
//!
//! Rows end with CR LF, LF or CR; cells are separated by a comma, a semicolon, a tab or a bar. A
//! quoted cell may hold all of these, and two quotes for one.

use std::mem;

/// Separators of cells; the first one wins where none is in the header.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// A place in a file, to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The byte.
    at: usize,
    /// The line, from 1.
    line: usize,
    /// Between cells.
    delimiter: char,
}

impl Place {
    /// The beginning of a text that is the rest of a file from this line, 1 for the first.
    #[must_use]
    pub const fn new(line: usize, delimiter: char) -> Self {
        Self { at: 0, line, delimiter }
    }

    /// The byte, from 0.
    #[must_use]
    pub const fn byte(self) -> usize {
        self.at
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(self) -> usize {
        self.line
    }

    /// What stands between cells.
    #[must_use]
    pub const fn delimiter(self) -> char {
        self.delimiter
    }
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<String>,
}

/// A quoted cell that begins in the row at this line and never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unclosed(pub usize);

/// Reads rows. Lines without anything are none.
pub struct Reader<'a> {
    text: &'a str,
    /// What is read next.
    pub place: Place,
}

impl<'a> Reader<'a> {
    /// A reader from the beginning. The first row is the header, whose separator is that of the file;
    /// Excel may write it before: `sep=;`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let line = text.lines().next().unwrap_or_default();
        let told = line.strip_prefix("sep=").and_then(|rest| rest.chars().next());
        if let Some(delimiter) = told {
            let at = line.len().saturating_add(if text.get(line.len()..).is_some_and(|rest| rest.starts_with('\r')) {
                2
            } else {
                1
            });
            return Self { text, place: Place { at, line: 2, delimiter } };
        }
        let mut place = Place { at: 0, line: 1, delimiter: ',' };
        let mut most = 0;
        for delimiter in DELIMITERS {
            let mut reader = Self { text, place: Place { delimiter, ..place } };
            let cells = reader.next().and_then(Result::ok).map_or(0, |header| header.cells.len());
            if cells > most {
                (most, place.delimiter) = (cells, delimiter);
            }
        }
        Self { text, place }
    }

    /// A reader that goes on at a place of the same text.
    #[must_use]
    pub const fn at(text: &'a str, place: Place) -> Self {
        Self { text, place }
    }

    /// The share of the text that was read, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a share for a person")]
        let share = self.place.at.min(self.text.len()) as f64 / self.text.len().max(1) as f64;
        share
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Record, Unclosed>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.place.at..).filter(|rest| !rest.is_empty())?;
            let line = self.place.line;
            let (mut cells, mut cell) = (Vec::new(), String::new());
            let (mut is_open, mut was_quoted) = (false, false);
            let mut chars = rest.char_indices().peekable();
            while let Some((_, character)) = chars.next() {
                if matches!(character, '\r' | '\n') {
                    let is_pair = character == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n');
                    if !is_pair {
                        self.place.line = self.place.line.saturating_add(1);
                    }
                    if is_open {
                        cell.push(character);
                    } else if !is_pair {
                        break;
                    }
                } else if is_open {
                    if character != '"' {
                        cell.push(character);
                    } else if chars.next_if(|(_, next)| *next == '"').is_some() {
                        cell.push('"');
                    } else {
                        is_open = false;
                    }
                } else if character == '"' && cell.is_empty() && !was_quoted {
                    (is_open, was_quoted) = (true, true);
                } else if character == self.place.delimiter {
                    cells.push(mem::take(&mut cell));
                    was_quoted = false;
                } else {
                    cell.push(character);
                }
            }
            let read = chars.peek().map_or(rest.len(), |(at, _)| *at);
            self.place.at = self.place.at.saturating_add(read);
            if is_open {
                return Some(Err(Unclosed(line)));
            }
            if !cells.is_empty() || !cell.is_empty() || was_quoted {
                cells.push(cell);
                return Some(Ok(Record { line, cells }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        Reader::new(text).map(|record| record.unwrap()).map(|record| (record.line, record.cells)).collect()
    }

    #[test]
    fn files_of_many_programs_are_read() {
        for (text, expected) in [
            ("a,b\n1,2\n", vec![(1, vec!["a", "b"]), (2, vec!["1", "2"])]),
            ("a;b\r\n1,5;2", vec![(1, vec!["a", "b"]), (2, vec!["1,5", "2"])]),
            ("a\tb\r1\t2\r", vec![(1, vec!["a", "b"]), (2, vec!["1", "2"])]),
            ("a|b\n\n\n1|2", vec![(1, vec!["a", "b"]), (4, vec!["1", "2"])]),
            ("sep=;\r\na,b;c\r\n1;2", vec![(2, vec!["a,b", "c"]), (3, vec!["1", "2"])]),
            (
                "a,b\n\"x,\"\"y\"\"\r\nz\",2\n3,4",
                vec![(1, vec!["a", "b"]), (2, vec!["x,\"y\"\r\nz", "2"]), (4, vec!["3", "4"])],
            ),
            ("a,b\n5\" disk,\n\"\",", vec![(1, vec!["a", "b"]), (2, vec!["5\" disk", ""]), (3, vec!["", ""])]),
            ("name\nZoë\n\"\"\n", vec![(1, vec!["name"]), (2, vec!["Zoë"]), (3, vec![""])]),
            ("\"a,b;c\";d\n1;2", vec![(1, vec!["a,b;c", "d"]), (2, vec!["1", "2"])]),
            ("", vec![]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect()))
                .collect();
            assert_eq!(rows(text), expected, "{text:?}");
        }
        assert_eq!(Reader::new("a,b\n1,\"2\n3,4").last(), Some(Err(Unclosed(2))));
    }

    #[test]
    fn reading_goes_on_at_a_place() {
        let text = "a;b\n1;\"2\n\"\n3;4\n";
        let mut first = Reader::new(text);
        first.by_ref().take(2).for_each(drop);
        let rest: Vec<_> = Reader::at(text, first.place).map(|record| record.unwrap()).collect();
        assert_eq!(rest, [Record { line: 4, cells: vec!["3".to_owned(), "4".to_owned()] }]);
        assert!(first.share() > 0.5 && first.share() < 1.0);
    }
}
