//! A JSON object, whose values stay as they were written.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The values of an object, by name.
pub type Fields = BTreeMap<String, Box<RawValue>>;

/// Reads an object.
///
/// # Errors
/// It is no JSON, or no object.
pub fn read(json: &[u8]) -> serde_json::Result<Fields> {
    serde_json::from_slice(json)
}

/// The JSON of a field. `None` if there is none.
#[must_use]
pub fn raw<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).map(|value| value.get())
}

/// The text of a field. `None` if there is none, or if it is no text.
#[must_use]
pub fn text(fields: &Fields, name: &str) -> Option<String> {
    serde_json::from_str(raw(fields, name)?).ok()
}

/// The object in a field; empty if there is none. `None` if it is no object.
#[must_use]
pub fn object(fields: &Fields, name: &str) -> Option<Fields> {
    match raw(fields, name) {
        None | Some("null") => Some(Fields::new()),
        Some(json) => read(json.as_bytes()).ok(),
    }
}
