//! A row → the name of its picture's file.

use serde_json::{Map, Value as Json};

use crate::error::{Fault, Problem};

/// The most characters of a value in a name.
const VALUE_CHARS: usize = 60;

/// The most characters of a pattern.
const PATTERN_CHARS: usize = 200;

/// The name of a file if the caller gives no pattern: the number of its row.
pub const DEFAULT: &str = "{row}";

/// Checks a pattern: text, `{row}` and `{column}`, such as `{row}-{last name}`.
///
/// # Errors
/// 422 if it is too long, or names no column of the file. `columns` is `None` where each row has its
/// own.
pub fn check(pattern: &str, columns: Option<&[String]>) -> Result<(), Problem> {
    let wrong = |message: String| Problem::new(Fault::Document, "bad-file-name", message).at("name");
    if pattern.is_empty() || pattern.chars().count() > PATTERN_CHARS {
        let message = format!("A pattern of names has 1 to {PATTERN_CHARS} characters");
        return Err(wrong(message).remedy("write it as {row}-{name}"));
    }
    for column in pieces(pattern).filter_map(Result::err).filter(|column| *column != "row") {
        if columns.is_some_and(|columns| !columns.iter().any(|known| known == column)) {
            let known = columns.unwrap_or_default().join(", ");
            return Err(wrong("The pattern names a column that the file has not".to_owned())
                .remedy(format!("there are: row, {known}")));
        }
    }
    Ok(())
}

/// The name of a row's file, without its extension. Every row has a name of its own: a pattern without
/// `{row}` gets the number at its end.
///
/// ```
/// use monogram::jobs::name::name;
///
/// let row = serde_json::json!({ "first": "Zoë", "last": "../O'Neil" });
/// let row = row.as_object().unwrap();
/// assert_eq!(name("{row}", row, 7), "7");
/// assert_eq!(name("{row}-{last}-{first}", row, 7), "7-O-Neil-Zoë");
/// assert_eq!(name("card {nobody}", row, 7), "card-7");
/// ```
#[must_use]
pub fn name(pattern: &str, row: &Map<String, Json>, number: usize) -> String {
    let mut text = String::new();
    let mut has_row = false;
    for piece in pieces(pattern) {
        match piece {
            Ok(literal) => text.push_str(literal),
            Err("row") => {
                has_row = true;
                text.push_str(&number.to_string());
            }
            Err(column) => match row.get(column) {
                Some(Json::String(value)) => text.extend(value.chars().take(VALUE_CHARS)),
                Some(value @ (Json::Number(_) | Json::Bool(_))) => text.push_str(&value.to_string()),
                _ => {}
            },
        }
    }
    if !has_row {
        text.push('-');
        text.push_str(&number.to_string());
    }
    // Letters and digits of every script; no file system has trouble with these, and none leaves its
    // folder.
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// The literals of a pattern (`Ok`), and the names in braces (`Err`).
fn pieces(pattern: &str) -> impl Iterator<Item = Result<&str, &str>> {
    pattern
        .split('{')
        .enumerate()
        .flat_map(|(index, piece)| match piece.split_once('}') {
            Some((name, literal)) if index > 0 => [Some(Err(name.trim())), Some(Ok(literal))],
            _ => [Some(Ok(piece)), None],
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_checked() {
        let columns = ["name".to_owned()];
        for (pattern, is_right) in
            [("{row}", true), ("{name} x", true), ("", false), ("{nobody}", false), ("{", true), ("a}b", true)]
        {
            assert_eq!(check(pattern, Some(&columns)).is_ok(), is_right, "{pattern}");
        }
        assert!(check("{nobody}", None).is_ok());
    }
}
