//! A JSON body → a type.

use serde::de::DeserializeOwned;

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
        count: Option<u32>,
    }

    #[test]
    fn errors_say_where_and_quote_nothing() {
        for (text, code, remedy) in [
            ("", "body-not-json", "check commas"),
            ("{", "body-not-json", "check commas"),
            ("{}", "body-wrong", "missing field `name`"),
            (r#"{"name":"Maria","count":"Secret"}"#, "body-wrong", "expected u32"),
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
        assert!(read::<Body>(br#"{"name":"Maria","count":7}"#).is_ok());
    }
}
