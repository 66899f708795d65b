//! The body of a feed → a value for expressions.
//!
//! Invariant: a feed's value is bounded in bytes, depth and number of values, and its texts are
//! cleaned as those of a URL are: to an expression it is data, like every other value.

use serde_json::Value as Json;

use crate::limits::Limits;
use crate::remote::Failure;

use super::clean;
use super::repair::Repairs;

/// Reads the body of a feed.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::params::feed;
/// use monogram::remote::Failure;
///
/// let limits = Limits::default();
/// assert_eq!(feed::read(br#"{ "price": 12.5, "name": " Cup " }"#, &limits), Ok(serde_json::json!({ "price": 12.5, "name": "Cup" })));
/// assert_eq!(feed::read(b"<!doctype html>", &limits), Err(Failure::Json));
/// ```
///
/// # Errors
/// [`Failure::Json`] if it is no JSON, [`Failure::TooLarge`] if it is over a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Json, Failure> {
    if bytes.len() > limits.feed_bytes {
        return Err(Failure::TooLarge);
    }
    // Some servers begin a file with a byte order mark, which RFC 8259 §8.1 lets a reader ignore.
    let text = std::str::from_utf8(bytes).map_err(|_| Failure::Json)?;
    let mut json = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|_| Failure::Json)?;
    clean(&mut json, limits)?;
    Ok(json)
}

/// Cleans the texts of a value, in place. A text that draws nothing becomes `null`.
///
/// # Errors
/// [`Failure::TooLarge`] if the value is over a limit.
pub fn clean(json: &mut Json, limits: &Limits) -> Result<(), Failure> {
    let mut left = limits.feed_values;
    each(json, limits.feed_depth, &mut left, limits)
}

fn each(json: &mut Json, depth: usize, left: &mut usize, limits: &Limits) -> Result<(), Failure> {
    *left = left.checked_sub(1).ok_or(Failure::TooLarge)?;
    let deeper = || depth.checked_sub(1).ok_or(Failure::TooLarge);
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
        Json::String(text) => {
            *json = clean::text(text, limits.value_chars, &mut Repairs::default()).map_or(Json::Null, Json::String);
            Ok(())
        }
        Json::Array(items) => {
            let depth = deeper()?;
            items.iter_mut().try_for_each(|item| each(item, depth, left, limits))
        }
        Json::Object(fields) => {
            let depth = deeper()?;
            if fields.keys().any(|name| name.chars().count() > limits.name_chars) {
                return Err(Failure::TooLarge);
            }
            fields.iter_mut().try_for_each(|(_, field)| each(field, depth, left, limits))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_bounded_and_clean() {
        let limits = Limits { feed_bytes: 200, feed_depth: 2, feed_values: 6, value_chars: 4, ..Limits::default() };
        for (body, read_as) in [
            ("1", Ok("1")),
            ("null", Ok("null")),
            ("{\"a\":[1,true]}", Ok("{\"a\":[1,true]}")),
            ("\u{feff}{}", Ok("{}")),
            (r#"{"a":"Zoe\u0301\u202e\n"}"#, Ok("{\"a\":\"Zoé\"}")),
            (r#"{"a":"abcdefgh"}"#, Ok("{\"a\":\"abcd\"}")),
            (r#"{"a":"  ","b":"null"}"#, Ok("{\"a\":null,\"b\":null}")),
            (r#"{"a":1,"a":2}"#, Ok("{\"a\":2}")),
            ("{\"a\":[[1]]}", Err(Failure::TooLarge)),
            ("[1,2,3,4,5]", Ok("[1,2,3,4,5]")),
            ("[1,2,3,4,5,6]", Err(Failure::TooLarge)),
            ("", Err(Failure::Json)),
            ("{", Err(Failure::Json)),
            ("{} {}", Err(Failure::Json)),
            ("NaN", Err(Failure::Json)),
            ("1e999", Err(Failure::Json)),
            ("<html>", Err(Failure::Json)),
            ("callback({})", Err(Failure::Json)),
            ("\"\\ud800\"", Err(Failure::Json)),
        ] {
            let read = read(body.as_bytes(), &limits).map(|json| json.to_string());
            assert_eq!(read.as_deref(), read_as.as_ref().map(|text| *text), "{body}");
        }
        assert_eq!(read(&[b' '; 201], &limits), Err(Failure::TooLarge));
        assert_eq!(read(b"\"\xff\"", &limits), Err(Failure::Json));
        assert_eq!(read("[".repeat(10_000).as_bytes(), &Limits::default()), Err(Failure::Json));
        let name = format!("{{\"{}\":1}}", "a".repeat(101));
        assert_eq!(read(name.as_bytes(), &Limits::default()), Err(Failure::TooLarge));
    }
}
