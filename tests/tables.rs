//! Files of rows as people have them: what is read in each of `tests/tables`, which is what Python's csv
//! module reads (`tools/tables.py` writes the files and records it).

use std::fs;
use std::path::Path;

use monogram::jobs::split::Kind;
use monogram::jobs::{Source, Splitter};
use monogram::limits::Limits;
use monogram::table::Decoder;
use serde::Deserialize;
use serde_json::Value as Json;

/// Rows of a part, so that a file has several.
const PART_ROWS: usize = 2;

/// A file, and what is in it.
#[derive(Deserialize)]
struct Case {
    file: String,
    what: String,
    #[serde(default)]
    refused: Option<String>,
    #[serde(default)]
    delimiter: Option<char>,
    #[serde(default)]
    header: Vec<String>,
    /// The line of each row, and its fields or why it has none.
    #[serde(default)]
    rows: Vec<(usize, Json)>,
}

/// The separator, the header and the rows of a file.
type Table = (char, Vec<String>, Vec<(usize, Json)>);

/// What is read in a file that comes in pieces of `size` bytes, or the code of the problem.
fn read(bytes: &[u8], size: usize) -> Result<Table, String> {
    let limits = Limits::default();
    let (mut decoder, mut splitter, mut text) =
        (Decoder::default(), Splitter::new(Kind::Csv, PART_ROWS, &limits), String::new());
    for piece in bytes.chunks(size) {
        let piece = decoder.push(piece);
        splitter.push(&piece).map_err(|problem| problem.code)?;
        text.push_str(&piece);
    }
    let piece = decoder.end();
    splitter.push(&piece).map_err(|problem| problem.code)?;
    text.push_str(&piece);
    let (source, parts) = splitter.end().map_err(|problem| problem.code)?;
    let mut rows = Vec::new();
    for part in parts {
        let of_part: Vec<_> = source.rows(text.get(part.from..part.to).unwrap(), part.line, part.first).collect();
        assert_eq!(of_part.len(), part.rows);
        for row in of_part {
            rows.push((row.line, row.fields.map_or_else(Json::from, Json::from)));
            assert_eq!(row.number, rows.len());
        }
    }
    match source {
        Source::Csv { delimiter, header } => Ok((delimiter, header, rows)),
        Source::Lines => Err("no CSV".to_owned()),
    }
}

#[test]
fn files_as_people_have_them_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
    let cases: Vec<Case> = serde_json::from_slice(&fs::read(folder.join("cases.json")).unwrap()).unwrap();
    assert!(cases.len() >= 40);
    let mut wrong = Vec::new();
    for case in &cases {
        let bytes = fs::read(folder.join(&case.file)).unwrap();
        let expected = match &case.refused {
            Some(code) => Err(code.clone()),
            None => Ok((case.delimiter.unwrap(), case.header.clone(), case.rows.clone())),
        };
        for size in [1, 3, 64, 1_000_000] {
            let got = read(&bytes, size);
            if got != expected {
                wrong.push(format!(
                    "{} ({}), in pieces of {size}:\n  found {got:?}\n  not   {expected:?}",
                    case.file, case.what
                ));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_of_the_table_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
    let cases: Vec<Case> = serde_json::from_slice(&fs::read(folder.join("cases.json")).unwrap()).unwrap();
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = files.filter(|name| name.ends_with(".csv")).collect();
    let mut known: Vec<_> = cases.into_iter().map(|case| case.file).collect();
    files.sort();
    known.sort();
    assert_eq!(files, known);
}
