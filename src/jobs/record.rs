//! A row → what is stored of a person, or what is wrong with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::limits::Limits;
use crate::params::{Missing, Params, feed, resolve};
use crate::request::office::{ID_BYTES, is_id};

use super::query::{Mapping, query};
use super::source::Row;

/// What is wrong in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// The line in the file, from 1.
    pub line: usize,
    /// The column; empty if the whole row is meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// What was expected.
    pub expected: String,
}

/// What the rows of an import must have.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The column with the id.
    pub key: String,
    /// The params of the template that the records are for, by which their types are judged.
    pub params: Params,
    /// The columns that fill them.
    pub mapping: Mapping,
}

/// The id and the fields of a row.
///
/// # Errors
/// Everything that is wrong with it.
pub fn record(row: Row, rules: &Rules, limits: &Limits) -> Result<(String, Map<String, Json>), Vec<Fault>> {
    let line = row.line;
    let fault = |column: &str, expected: String| Fault { line, column: column.to_owned(), expected };
    let mut fields = row.fields.map_err(|why| vec![fault("", why.to_owned())])?;
    let mut faults = Vec::new();
    let id = match fields.get(&rules.key) {
        Some(Json::String(text)) => text.trim().to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    if !is_id(&id) {
        faults.push(fault(&rules.key, format!("an id of 1 to {ID_BYTES} bytes, without a slash")));
    }
    faults.extend(types(&fields, rules, limits).map(|(column, expected)| fault(&column, expected)));
    let mut json = Json::Object(std::mem::take(&mut fields));
    if feed::clean(&mut json, limits).is_err() {
        faults.push(fault("", format!("at most {} values, {} levels deep", limits.feed_values, limits.feed_depth)));
    }
    let Json::Object(mut fields) = json else { return Err(faults) };
    // What is empty is missing, as in a URL.
    fields.retain(|_, value| !value.is_null());
    if serde_json::to_string(&fields).map_or(0, |text| text.len()) > limits.record_bytes {
        faults.push(fault("", format!("at most {} bytes in all fields", limits.record_bytes)));
    }
    if faults.is_empty() { Ok((id, fields)) } else { Err(faults) }
}

/// The columns whose values are not of the types of the params that they fill, and the types.
fn types<'a>(
    fields: &Map<String, Json>,
    rules: &'a Rules,
    limits: &Limits,
) -> impl Iterator<Item = (String, String)> + 'a {
    let values = resolve(&rules.params, &[], &query(&rules.mapping, fields), limits);
    rules.mapping.iter().filter_map(move |(name, column)| {
        let why = values.get(name)?.source.missing()?;
        let is_wrong = matches!(why, Missing::WrongType | Missing::OutOfRange | Missing::NotAllowed | Missing::Host);
        let param = rules.params.get(name).filter(|_| is_wrong)?;
        Some((column.clone(), param.expected()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_records() {
        let params = serde_json::from_value(serde_json::json!({
            "points": { "number": { "min": 0.0 } }, "plan": { "choice": { "choices": ["free", "pro"] } }
        }));
        let params: Params = params.unwrap();
        let mapping = [("points", "Points"), ("plan", "plan")].map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec();
        let rules = Rules { key: "id".to_owned(), params, mapping };
        let limits = Limits { record_bytes: 100, ..Limits::default() };
        for (fields, expected) in [
            (r#"{"id":" a1 ","Points":"12","plan":"PRO","x":""}"#, r#"a1 {"Points":"12","id":"a1","plan":"PRO"}"#),
            (r#"{"id":7,"Points":12}"#, r#"7 {"Points":12,"id":7}"#),
            (r#"{"Points":"12"}"#, "3 id: an id of 1 to 254 bytes, without a slash"),
            (
                r#"{"id":"a/b","Points":"x","plan":"gold"}"#,
                "3 id: an id of 1 to 254 bytes, without a slash; 3 Points: a number from 0; 3 plan: one of free, pro",
            ),
            (r#"{"id":"a","Points":"-1"}"#, "3 Points: a number from 0"),
            (
                r#"{"id":"a","x":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"}"#,
                "3 : at most 100 bytes in all fields",
            ),
        ] {
            let row = Row { number: 2, line: 3, fields: Ok(serde_json::from_str(fields).unwrap()) };
            let got = match record(row, &rules, &limits) {
                Ok((id, fields)) => format!("{id} {}", serde_json::to_string(&fields).unwrap()),
                Err(faults) => {
                    let words =
                        faults.iter().map(|fault| format!("{} {}: {}", fault.line, fault.column, fault.expected));
                    words.collect::<Vec<_>>().join("; ")
                }
            };
            assert_eq!(got, expected, "{fields}");
        }
    }
}
