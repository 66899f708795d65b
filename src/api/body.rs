//! A JSON body → a type.

use serde::de::{DeserializeOwned, Error, Unexpected};
use serde::{Deserialize, Deserializer};

use crate::error::{Fault, Problem};

/// Reads a body. serde_json refuses JSON that nests deeper than 128 levels.
///
/// # Errors
/// 400 if it is not JSON, or has other fields than the type. The message quotes nothing of the body,
/// which may hold values of recipients.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("at line {}, column {}", error.line(), error.column());
        if !error.is_data() {
            return Problem::new(Fault::Request, "body-not-json", format!("The body is not JSON {place}"))
                .remedy("check commas, quotes and brackets there");
        }
        // serde's text for an unknown field or a wrong type begins with a part of the body.
        let text = error.to_string();
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
        let expected = if text.starts_with("missing field") { Some(text) } else { expectation(text) };
        let problem = Problem::new(Fault::Request, "body-wrong", format!("The body has something unexpected {place}"));
        match expected {
            Some(expected) => problem.remedy(expected),
            None => problem.remedy("compare it with docs/api.md"),
        }
    })
}

/// A whole number that some languages write as `3.0`.
struct Whole(u32);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        let wrong = || Error::invalid_value(Unexpected::Float(number), &"a whole number below 4294967296");
        let is_whole = number.trunc().to_bits() == number.to_bits() && (0.0..=f64::from(u32::MAX)).contains(&number);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is one of them")]
        is_whole.then_some(Self(number as u32)).ok_or_else(wrong)
    }
}

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

/// What serde expected instead, which is its own text: `expected one of …`.
fn expectation(text: &str) -> Option<&str> {
    let at = text.rfind(", expected ")?;
    text.get(at.saturating_add(2)..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is only read")]
    struct Body {
        name: String,
        #[serde(default, deserialize_with = "whole_or_none")]
        count: Option<u32>,
    }

    #[test]
    fn errors_say_where_and_quote_nothing() {
        for (text, code, remedy) in [
            ("", "body-not-json", "check commas"),
            ("{", "body-not-json", "check commas"),
            ("{}", "body-wrong", "missing field `name`"),
            (r#"{"name":"Maria","count":"Secret"}"#, "body-wrong", "expected f64"),
            (r#"{"name":"Maria","Secret":1}"#, "body-wrong", "expected `name` or `count`"),
            (r#"{"name":["Secret"]}"#, "body-wrong", "expected a string"),
        ] {
            let problem = read::<Body>(text.as_bytes()).unwrap_err();
            assert_eq!((problem.status(), problem.code), (400, code), "{text}");
            assert!(problem.remedy.as_ref().unwrap().contains(remedy), "{text}: {problem}");
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
