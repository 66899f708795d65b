//! A part of a file → its rows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::table::{Place, Reader};

/// How the rows of a file are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// CSV.
    Csv {
        /// What stands between cells.
        delimiter: char,
        /// The names of the columns.
        header: Vec<String>,
    },
    /// A JSON object on each line.
    Lines,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its fields by name, or why it has none.
    pub fields: Result<Map<String, Json>, &'static str>,
}

impl Source {
    /// The rows of a part: its text, the line at which it begins, and the number of its first row.
    pub fn rows<'a>(&'a self, text: &'a str, line: usize, first: usize) -> Box<dyn Iterator<Item = Row> + 'a> {
        let number = move |(row, (line, fields))| Row { number: first.saturating_add(row), line, fields };
        match self {
            Self::Csv { delimiter, header } => {
                let rows = Reader::at(text, Place::new(line, *delimiter)).map(|row| match row {
                    Ok(record) => (record.line, cells(header, record.cells)),
                    Err(unclosed) => (unclosed.0, Err("a quoted cell begins here and never ends")),
                });
                Box::new(rows.enumerate().map(number))
            }
            Self::Lines => {
                let rows = (line..).zip(text.split('\n')).filter(|(_, text)| !text.trim().is_empty());
                let rows = rows.map(|(line, text)| match serde_json::from_str(text) {
                    Ok(Json::Object(fields)) => (line, Ok(fields)),
                    _ => (line, Err("this line is no JSON object")),
                });
                Box::new(rows.enumerate().map(number))
            }
        }
    }
}

/// The cells of a row by the names of their columns. Of two columns with one name the first with
/// something in it counts.
fn cells(header: &[String], cells: Vec<String>) -> Result<Map<String, Json>, &'static str> {
    if cells.len() > header.len() && cells.iter().skip(header.len()).any(|cell| !cell.trim().is_empty()) {
        return Err("the row has more cells than the header");
    }
    let mut fields = Map::new();
    for (name, cell) in header.iter().zip(cells) {
        let is_taken = fields.get(name).and_then(Json::as_str).is_some_and(|known| !known.trim().is_empty());
        if !name.is_empty() && !is_taken {
            fields.insert(name.clone(), Json::String(cell));
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_go_to_their_columns() {
        let header = ["a", "b", "", "a"].map(str::to_owned);
        let source = Source::Csv { delimiter: ',', header: header.to_vec() };
        let text = "1,2,3,4\n1\n ,2,3,4\n1,2,3,4,5\n1,2,3,4,\n";
        let got: Vec<_> = source
            .rows(text, 2, 1)
            .map(|row| row.fields.map(|fields| serde_json::to_string(&fields).unwrap()).unwrap_or_else(str::to_owned))
            .collect();
        let expected = [
            r#"{"a":"1","b":"2"}"#,
            r#"{"a":"1"}"#,
            r#"{"a":"4","b":"2"}"#,
            "the row has more cells than the header",
            r#"{"a":"1","b":"2"}"#,
        ];
        assert_eq!(got, expected);
    }
}
