//! The text of an exported file → its rows: CSV as RFC 4180 has it, and as spreadsheets and mail
//! services write it.
//!
//! Rows end with CR LF, LF or CR; cells are separated by a comma, a semicolon, a tab or a bar. A
//! quoted cell may hold all of these, and two quotes for one. A line without anything but separators
//! and spaces is no row: Excel writes such lines where cells were emptied.

use std::mem;

/// Separators of cells; the first one wins where several would do.
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

/// Reads rows.
pub struct Reader<'a> {
    text: &'a str,
    /// What is read next.
    pub place: Place,
}

impl<'a> Reader<'a> {
    /// A reader from the beginning, which finds the separator. The first row is the header.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        // Some programs write a byte order mark twice.
        let at = text.len().saturating_sub(text.trim_start_matches('\u{feff}').len());
        let start = Place { at, line: 1, delimiter: ',' };
        let place = after_told(text, start).unwrap_or_else(|| Place { delimiter: delimiter(text, start), ..start });
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
            cells.push(cell);
            // `""` alone is how an empty cell is written in a file of one column.
            let is_one = cells.len() == 1 && was_quoted;
            if is_one || cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Some(Ok(Record { line, cells }));
            }
        }
    }
}

/// The place after a first line that is no row. It may tell the separator: `sep=;`. A spreadsheet that has
/// saved such a file again may have quoted it, or added empty cells. PowerShell writes the type of what
/// it exports.
fn after_told(text: &str, start: Place) -> Option<Place> {
    let rest = text.get(start.at..)?;
    let (line, _) = rest.split_at(rest.find(['\r', '\n'])?);
    let end = if rest.get(line.len()..)?.starts_with("\r\n") { 2 } else { 1 };
    let next = Place { at: start.at.saturating_add(line.len()).saturating_add(end), line: 2, ..start };
    if line.starts_with("#TYPE ") {
        return Some(Place { delimiter: delimiter(text, next), ..next });
    }
    let (name, value) = line.strip_prefix('"').unwrap_or(line).split_at_checked(4)?;
    let delimiter = value.chars().next().filter(|first| *first != '"')?;
    let is_ended = value.chars().skip(1).all(|character| character == delimiter || matches!(character, '"' | ' '));
    (name.eq_ignore_ascii_case("sep=") && is_ended).then_some(Place { delimiter, ..next })
}

/// The separator of a text whose header comes next: the one that makes the header and the first row equally
/// long, or else the header longest.
fn delimiter(text: &str, start: Place) -> char {
    let judged = DELIMITERS.map(|delimiter| {
        let mut reader = Reader { text, place: Place { delimiter, ..start } };
        let mut cells = || reader.next().map(|row| row.map_or(0, |record| record.cells.len()));
        let header = cells().unwrap_or(0);
        (cells().is_none_or(|row| row == header), header, delimiter)
    });
    // With this one, there is nothing but separators.
    if let Some((_, _, delimiter)) = judged.iter().find(|(_, header, _)| *header == 0) {
        return *delimiter;
    }
    let is_split = judged.iter().any(|(_, header, _)| *header > 1);
    let mut best = (false, 0, ',');
    for (fits, header, delimiter) in judged {
        let fits = fits && (header > 1 || !is_split);
        if (fits, header) > (best.0, best.1) {
            best = (fits, header, delimiter);
        }
    }
    best.2
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
            ("a,b\n5\" disk,\n\"\",\n , \n,", vec![(1, vec!["a", "b"]), (2, vec!["5\" disk", ""])]),
            ("name\nZoë\n\"\"\n", vec![(1, vec!["name"]), (2, vec!["Zoë"]), (3, vec![""])]),
            ("sep=;\ra;b\r1;2", vec![(2, vec!["a", "b"]), (3, vec!["1", "2"])]),
            ("\"SEP=;\";;\na;b,c;d\n1", vec![(2, vec!["a", "b,c", "d"]), (3, vec!["1"])]),
            ("sep=total;b\n1;2", vec![(1, vec!["sep=total", "b"]), (2, vec!["1", "2"])]),
            ("Name, first, last;Id\nAnn;1", vec![(1, vec!["Name, first, last", "Id"]), (2, vec!["Ann", "1"])]),
            ("name\nSmith, John", vec![(1, vec!["name"]), (2, vec!["Smith, John"])]),
            ("a,b,c\n1;2,3", vec![(1, vec!["a", "b", "c"]), (2, vec!["1;2", "3"])]),
            ("\"a,b;c\";d\n1;2", vec![(1, vec!["a,b;c", "d"]), (2, vec!["1", "2"])]),
            (";;;\r\n; ;\r\n", vec![]),
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
