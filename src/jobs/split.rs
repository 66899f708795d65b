//! The rows of a file, as it comes → parts of some rows each, and where each part lies.

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::table::{Place, Reader, Unclosed};

use super::source::Source;

/// Some rows of a file, in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its first byte in the file, as UTF-8.
    pub from: usize,
    /// The byte after its last one.
    pub to: usize,
    /// The line of its first row, from 1.
    pub line: usize,
    /// The number of its first row in the file, from 1.
    pub first: usize,
    /// Its rows.
    pub rows: usize,
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// CSV with a header.
    Csv,
    /// A JSON object on each line.
    Lines,
}

/// Splits a file.
pub struct Splitter<'a> {
    kind: Kind,
    /// Rows of a part at most.
    rows: usize,
    limits: &'a Limits,
    /// What is not split yet.
    text: String,
    /// Where it begins in the file, in bytes.
    start: usize,
    /// Its first line.
    line: usize,
    source: Option<Source>,
    parts: Vec<Part>,
    /// All rows so far.
    all: usize,
}

impl<'a> Splitter<'a> {
    /// A splitter into parts of at most `rows` rows and [`Limits::part_bytes`].
    #[must_use]
    pub const fn new(kind: Kind, rows: usize, limits: &'a Limits) -> Self {
        Self { kind, rows, limits, text: String::new(), start: 0, line: 1, source: None, parts: Vec::new(), all: 0 }
    }

    /// Takes the next text of the file.
    ///
    /// # Errors
    /// 413 for too many rows, 422 for a quoted cell that does not end, or a row that is too long.
    pub fn push(&mut self, text: &str) -> Result<(), Problem> {
        self.text.push_str(text);
        if self.text.len() < self.limits.part_bytes {
            return Ok(());
        }
        self.split(false)
    }

    /// The header and the parts, once the file has ended.
    ///
    /// # Errors
    /// Those of [`Self::push`], and 422 if it has no rows.
    pub fn end(mut self) -> Result<(Source, Vec<Part>), Problem> {
        self.split(true)?;
        match self.source {
            Some(source) if self.all > 0 => Ok((source, self.parts)),
            _ => Err(Problem::new(Fault::Document, "no-rows", "The file has no rows")
                .remedy("the first row of a CSV names its columns; each row after it is a person")),
        }
    }

    fn split(&mut self, is_end: bool) -> Result<(), Problem> {
        let text = std::mem::take(&mut self.text);
        let done = match self.kind {
            Kind::Csv => self.split_csv(&text, is_end)?,
            Kind::Lines => self.split_lines(&text, is_end)?,
        };
        let rest = text.get(done..).unwrap_or_default();
        if rest.len() > self.limits.part_bytes {
            return Err(too_long(self.line));
        }
        self.text = rest.to_owned();
        self.start = self.start.saturating_add(done);
        Ok(())
    }

    /// Splits the rows that are there, and returns how many bytes they have.
    fn split_csv(&mut self, text: &str, is_end: bool) -> Result<usize, Problem> {
        let mut done = 0;
        let mut reader = match &self.source {
            Some(Source::Csv { delimiter, .. }) => Reader::at(text, Place::new(self.line, *delimiter)),
            _ if WORKBOOKS.iter().any(|beginning| text.starts_with(beginning)) => return Err(workbook()),
            _ => Reader::new(text),
        };
        loop {
            let before = reader.place;
            let row = reader.next();
            let after = reader.place;
            // More may come of a row that ends with the text, and of a line break that ends with it.
            let is_whole = after.byte() < text.len() || is_end;
            match row {
                None => {
                    if is_end {
                        done = text.len();
                    }
                    return Ok(done);
                }
                Some(_) if !is_whole => return Ok(done),
                Some(Err(Unclosed(line))) => return Err(unclosed(line)),
                Some(Ok(record)) if self.source.is_none() => {
                    let header = record.cells.iter().map(|name| title(name)).collect();
                    self.source = Some(Source::Csv { delimiter: after.delimiter(), header });
                    self.line = after.line();
                    done = after.byte();
                }
                Some(Ok(_)) => {
                    self.add(before.byte(), after.byte(), before.line())?;
                    self.line = after.line();
                    done = after.byte();
                }
            }
        }
    }

    fn split_lines(&mut self, text: &str, is_end: bool) -> Result<usize, Problem> {
        self.source.get_or_insert(Source::Lines);
        let mut done: usize = 0;
        for line in text.split_inclusive('\n') {
            if !line.ends_with('\n') && !is_end {
                break;
            }
            let to = done.saturating_add(line.len());
            if !line.trim().is_empty() {
                self.add(done, to, self.line)?;
            }
            self.line = self.line.saturating_add(1);
            done = to;
        }
        Ok(done)
    }

    /// Adds a row, at these bytes of the text, to the last part or to a new one.
    fn add(&mut self, from: usize, to: usize, line: usize) -> Result<(), Problem> {
        let (from, to) = (self.start.saturating_add(from), self.start.saturating_add(to));
        if to.saturating_sub(from) > self.limits.part_bytes {
            return Err(too_long(line));
        }
        self.all = self.all.saturating_add(1);
        if self.all > self.limits.job_rows {
            let message = format!("A file may have {} rows", self.limits.job_rows);
            return Err(Problem::new(Fault::TooLarge, "too-many-rows", message).remedy("send it in several files"));
        }
        match self.parts.last_mut() {
            Some(last) if last.rows < self.rows && to.saturating_sub(last.from) <= self.limits.part_bytes => {
                last.to = to;
                last.rows = last.rows.saturating_add(1);
            }
            _ => self.parts.push(Part { from, to, line, first: self.all, rows: 1 }),
        }
        Ok(())
    }
}

/// The name of a column: on one line, without spaces around it, and without what nobody sees.
fn title(name: &str) -> String {
    let is_seen = |c: &char| !c.is_control() && !matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}');
    let lines = name.split(['\r', '\n', '\t']).map(|line| line.chars().filter(is_seen).collect::<String>());
    let lines: Vec<_> = lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

/// The first bytes of .xlsx (a ZIP) and .xls (a compound file), as the decoder reads them.
const WORKBOOKS: [&str; 2] = ["PK\u{3}\u{4}", "ÐÏ\u{11}\u{871}\u{1a}á"];

fn workbook() -> Problem {
    Problem::new(Fault::Document, "workbook", "The file is a workbook, and no CSV")
        .remedy("open it in the spreadsheet, and save it as CSV UTF-8")
}

fn unclosed(line: usize) -> Problem {
    let message = format!("Line {line}: a quoted cell begins here and never ends");
    Problem::new(Fault::Document, "unclosed-quote", message).remedy("write two quotes for one within a quoted cell")
}

fn too_long(line: usize) -> Problem {
    Problem::new(Fault::Document, "row-too-long", format!("Line {line}: the row is too long, or a quote is not closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header and the rows of each part, with the file coming in pieces of `size` bytes.
    fn parts(kind: Kind, file: &str, size: usize, limits: &Limits) -> Result<Vec<String>, &'static str> {
        let mut splitter = Splitter::new(kind, 2, limits);
        let mut at = 0;
        while at < file.len() {
            let end = (at + size..=file.len()).find(|end| file.is_char_boundary(*end)).unwrap_or(file.len());
            splitter.push(file.get(at..end).unwrap()).map_err(|problem| problem.code)?;
            at = end;
        }
        let (source, parts) = splitter.end().map_err(|problem| problem.code)?;
        let words = |part: &Part| {
            let rows = source.rows(file.get(part.from..part.to).unwrap(), part.line, part.first);
            let rows = rows.map(|row| {
                let fields =
                    row.fields.map_or_else(|why| why.to_owned(), |fields| serde_json::to_string(&fields).unwrap());
                format!("{}@{} {fields}", row.number, row.line)
            });
            rows.collect::<Vec<_>>().join(" | ")
        };
        Ok(parts.iter().map(words).collect())
    }

    #[test]
    fn a_file_is_split_alike_however_it_comes() {
        let csv = "a;b\r\n1;\"x\ny\"\r\n\r\n2;Zoë\r\n3;\n4;5";
        let csv_parts = [
            r#"1@2 {"a":"1","b":"x\ny"} | 2@5 {"a":"2","b":"Zoë"}"#,
            r#"3@6 {"a":"3","b":""} | 4@7 {"a":"4","b":"5"}"#,
        ];
        let lines = "{\"a\":1}\n\n[1]\n{\"a\":\"Zoë\"}";
        let lines_parts = [r#"1@1 {"a":1} | 2@3 this line is no JSON object"#, r#"3@4 {"a":"Zoë"}"#];
        let small = Limits { part_bytes: 40, ..Limits::default() };
        for limits in [&Limits::default(), &small] {
            for size in [1, 2, 3, 7, 1_000] {
                let got = parts(Kind::Csv, csv, size, limits).unwrap();
                assert_eq!(got, csv_parts, "in pieces of {size}");
                assert_eq!(parts(Kind::Lines, lines, size, limits).unwrap(), lines_parts, "in pieces of {size}");
            }
        }
    }

    #[test]
    fn files_that_cannot_be_split_say_why() {
        let few = Limits { part_bytes: 30, job_rows: 3, ..Limits::default() };
        for (kind, file, code) in [
            (Kind::Csv, "", "no-rows"),
            (Kind::Csv, "a,b\n", "no-rows"),
            (Kind::Lines, "\n\n", "no-rows"),
            (Kind::Csv, "PK\u{3}\u{4}\u{14}\0\u{6}\0\n", "workbook"),
            (Kind::Csv, "ÐÏ\u{11}\u{871}\u{1a}á\0\0\n", "workbook"),
            (Kind::Csv, "a,b\n1,\"2\n3,4\n", "unclosed-quote"),
            (Kind::Csv, "a\n1\n2\n3\n4\n", "too-many-rows"),
            (Kind::Csv, "a\n1\n\"2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n", "row-too-long"),
            (Kind::Lines, "{\"a\":\"0123456789012345678901234567890\"}\n", "row-too-long"),
        ] {
            for size in [1, 1_000] {
                let got = parts(kind, file, size, &few);
                assert!(
                    got == Err(code) || (code == "row-too-long" && got == Err("unclosed-quote")),
                    "{file:?}: {got:?}"
                );
            }
        }
    }
}
