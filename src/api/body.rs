//! A JSON body → a type, or the place and the reason of a misfit in plain words.

use std::fmt;

use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use crate::error::{Fault, Problem};
use crate::template::explain::list;
use crate::template::fit::{Misfit, fit};
use crate::template::parse::nearest;

/// Reads a body. serde_json refuses JSON that nests deeper than 128 levels.
///
/// # Errors
/// 400 if it is not JSON, or has other fields than the type. The message quotes no value of the body,
/// because it may be one of a recipient, and of its names only those that a param may have.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let json: Json = serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("The body is not JSON at line {}, column {}", error.line(), error.column());
        Problem::new(Fault::Request, "body-not-json", message).remedy("check commas, quotes and brackets there")
    })?;
    // serde_json itself would not know the path.
    fit(&json).map_err(|misfit| explain(&misfit))
}

fn wrong(message: impl Into<String>) -> Problem {
    Problem::new(Fault::Request, "body-wrong", message)
}

/// Says why a body does not fit.
fn explain(misfit: &Misfit) -> Problem {
    let (path, message) = (misfit.path(), misfit.message.as_str());
    let name = message.split('`').nth(1).unwrap_or_default();
    // A name of the body may have any sign, those of the message too.
    let known = message.rsplit_once(", expected ").map_or("", |(_, known)| known);
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let at = |problem: Problem, path: &str| if path.is_empty() { problem } else { problem.at(path) };
    if message.starts_with("unknown field") {
        if let Some(near) = nearest(name, known.iter().copied()).filter(|_| shown(path) == path) {
            return wrong("There is no such field").at(path).remedy(format!("did you mean `{near}`?"));
        }
        let outer = path.strip_suffix(name).unwrap_or_default().trim_end_matches('.');
        let problem = wrong("The body has a field that this call does not know");
        return at(problem, shown(outer)).remedy(format!("known here: {}", list(&known)));
    }
    if message.starts_with("missing field") {
        let dot = if path.is_empty() { "" } else { "." };
        return wrong("This field is missing").at(format!("{}{dot}{name}", shown(path))).remedy("send it");
    }
    let parts = message.rsplit_once(", expected ").and_then(|(found, expected)| {
        let found = found.split_once(": ").map_or("", |(_, found)| found);
        Some((thing(found)?, words(expected)))
    });
    let Some((found, expected)) = parts else {
        return at(wrong("The body has something unexpected"), shown(path)).remedy("compare it with docs/api.md");
    };
    let problem = at(wrong(format!("Expected {expected}, and found {found}")), shown(path));
    match (expected, found) {
        (_, "null") if !path.is_empty() => problem.remedy("leave the field out, or give it a value"),
        ("a number" | "a whole number" | "true or false", "a text") => problem.remedy("write it without quotes"),
        ("a text", "a number" | "true or false") => problem.remedy("put it into quotes"),
        ("a list", "a text" | "a number" | "an object") => problem.remedy("put it into brackets: [ … ]"),
        _ => problem.remedy("docs/api.md shows the body"),
    }
}

/// The beginning of a path whose names could be those of params. The rest may be a value.
fn shown(path: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte);
    if path.len() <= MAX_PATH_BYTES && path.bytes().all(plain) {
        return path;
    }
    path.split(['.', '[']).next().filter(|name| name.len() <= MAX_PATH_BYTES && name.bytes().all(plain)).unwrap_or("")
}

/// The longest path that an error names.
const MAX_PATH_BYTES: usize = 100;

/// A type of serde in plain words; a longer expectation is ours, and is plain.
fn words(expected: &str) -> &str {
    match expected {
        "f32" | "f64" => "a number",
        "a string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    }
}

/// The type of a value in plain words, without the value. `None` if serde says it in another way.
fn thing(found: &str) -> Option<&'static str> {
    Some(match found.split(' ').next()? {
        "string" => "a text",
        "integer" => "a number",
        "floating" => "a number",
        "boolean" => "true or false",
        "sequence" => "a list",
        "map" => "an object",
        "null" => "null",
        _ => return None,
    })
}

/// A whole number that some languages write as `3.0`.
struct Whole(u32);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(Self(0))
    }
}

impl Visitor<'_> for Whole {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self, E> {
        u32::try_from(number).map(Self).map_err(|_| E::custom(TOO_LARGE))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Err(E::custom(NEGATIVE))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self, E> {
        if number.trunc().to_bits() != number.to_bits() {
            return Err(E::custom(NOT_WHOLE));
        }
        let is_one = (0.0..=f64::from(u32::MAX)).contains(&number);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is one of them")]
        is_one.then_some(Self(number as u32)).ok_or_else(|| E::custom(if number < 0.0 { NEGATIVE } else { TOO_LARGE }))
    }
}

const TOO_LARGE: &str = "invalid value: integer, expected a whole number below 4294967296";
const NEGATIVE: &str = "invalid value: integer, expected a whole number that is not negative";
const NOT_WHOLE: &str = "invalid value: floating point, expected a whole number";

/// Reads a whole number, for `deserialize_with`.
///
/// # Errors
/// It is none.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Whole::deserialize(deserializer).map(|Whole(number)| number)
}

/// The same for a field that may be left out or `null`.
///
/// # Errors
/// It is something else.
pub fn whole_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Ok(Option::<Whole>::deserialize(deserializer)?.map(|Whole(number)| number))
}

/// A body that must not be empty.
///
/// # Errors
/// 400: who sends none has forgotten it.
pub fn present(bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(Fault::Request, "body-empty", "The request has no body").remedy("send one"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is only read")]
    struct Body {
        name: String,
        #[serde(default, deserialize_with = "whole_or_none")]
        count: Option<u32>,
        #[serde(default)]
        tags: Vec<String>,
        #[serde(default)]
        map: BTreeMap<String, String>,
        on: Option<bool>,
    }

    #[test]
    fn errors_say_where_and_quote_nothing() {
        for (text, code, field, expected) in [
            ("", "body-not-json", None, "check commas"),
            ("{", "body-not-json", None, "check commas"),
            ("{}", "body-wrong", Some("name"), "missing"),
            (
                r#"{"name":"Maria","count":"Secret"}"#,
                "body-wrong",
                Some("count"),
                "a whole number, and found a text (wri",
            ),
            (r#"{"name":"Maria","count":1.5}"#, "body-wrong", Some("count"), "a whole number, and found a number"),
            (r#"{"name":"Maria","count":-1}"#, "body-wrong", Some("count"), "not negative"),
            (r#"{"name":"Maria","Secret":1}"#, "body-wrong", None, "known here: `name`, `count`"),
            (r#"{"name":"x","no `Secret` `x`":1}"#, "body-wrong", None, "known here: `name`, `count`"),
            (r#"{"name":"Maria","cuont":1}"#, "body-wrong", Some("cuont"), "did you mean `count`?"),
            (r#"{"name":["Secret"]}"#, "body-wrong", Some("name"), "Expected a text, and found a list"),
            (r#"{"name":null}"#, "body-wrong", Some("name"), "found null"),
            (
                r#"{"name":"x","tags":"Secret"}"#,
                "body-wrong",
                Some("tags"),
                "Expected a list, and found a text (put it",
            ),
            (
                r#"{"name":"x","tags":["Secret",7]}"#,
                "body-wrong",
                Some("tags[1]"),
                "found a number (put it into quotes",
            ),
            (r#"{"name":"x","map":{"a":7}}"#, "body-wrong", Some("map.a"), "Expected a text"),
            (r#"{"name":"x","map":{"Secret@x":7}}"#, "body-wrong", Some("map"), "Expected a text"),
            (r#"{"name":"x","map":7}"#, "body-wrong", Some("map"), "Expected an object, and found a number"),
            (r#"{"name":"x","on":"yes"}"#, "body-wrong", Some("on"), "Expected true or false, and found a text"),
            (r#"["Secret"]"#, "body-wrong", None, "Expected an object, and found a list"),
        ] {
            let problem = read::<Body>(text.as_bytes()).unwrap_err();
            assert_eq!((problem.status(), problem.code), (400, code), "{text}");
            assert_eq!(problem.field.as_deref(), field, "{text}: {problem}");
            assert!(problem.to_string().contains(expected), "{text}: {problem}");
            assert!(!problem.to_string().contains("Secret"), "{problem}");
        }
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(read::<serde_json::Value>(deep.as_bytes()).unwrap_err().code, "body-not-json");
        for (count, is_one) in [
            ("7", true),
            ("7.0", true),
            ("4294967295", true),
            ("null", true),
            ("7.5", false),
            ("-1", false),
            ("4294967296", false),
            ("1e300", false),
        ] {
            let body = format!(r#"{{"name":"Maria","count":{count}}}"#);
            assert_eq!(read::<Body>(body.as_bytes()).is_ok(), is_one, "{count}");
        }
        assert!(read::<Body>(br#"{"name":"Maria"}"#).is_ok());
        assert!(present(Vec::new()).is_err() && present(vec![1]).is_ok());
    }
}
