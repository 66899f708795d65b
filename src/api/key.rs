//! A new API key: what its maker asks for, and what is answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::access::{Denied, Grant, Prefix, Reach, Scope, Scopes};
use crate::error::{Fault, Problem};
use crate::ordered;

use super::moment;
use super::schema::{Expires, Word};
use super::usage::Quota;

/// The most characters of a key's name.
const MAX_NAME_CHARS: usize = 100;

/// The most prefixes of a key.
const MAX_PREFIXES: usize = 100;

/// The body of `POST /v1/keys`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for, in the words of its maker.
    #[schemars(length(max = 100))]
    pub name: Option<String>,
    /// The scopes.
    #[schemars(with = "Vec<Word>", length(min = 1))]
    pub scopes: Vec<String>,
    /// The beginnings of the ids that it may use; all ids if it is left out.
    #[schemars(length(min = 1, max = 100), inner(length(max = 256), regex(pattern = r"^([a-z0-9-]+/)+$")))]
    pub prefixes: Option<Vec<String>>,
    /// The moment from which it is no longer valid.
    #[schemars(with = "Option<Expires>")]
    pub expires: Option<Json>,
    /// What it may use up in a month; without limit if it is left out.
    pub quota: Option<Quota>,
}

/// A key as it is listed. Its text is shown once, when it is made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Key")]
pub struct KeyInfo {
    /// Its number.
    pub kid: u32,
    /// The text, in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its scopes.
    #[schemars(with = "Vec<Word>")]
    pub scopes: Vec<&'static str>,
    /// Its prefixes; `None` for all ids.
    pub prefixes: Option<Vec<String>>,
    /// When it was made, in RFC 3339.
    pub created: String,
    /// From when it is no longer valid, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// When it was revoked, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
    /// What it may use up in a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// About how many pictures were drawn with it in this month of UTC, or for URLs that it signed.
    pub renders: u64,
}

impl NewKey {
    /// The grant that is asked for; its number is not known yet, and 0 here. `now` is Unix time in
    /// seconds.
    ///
    /// # Errors
    /// 400 with the field that is wrong.
    pub fn grant(&self, now: u64) -> Result<Grant, Problem> {
        let wrong = |code, message: String, field: &str| Problem::new(Fault::Request, code, message).at(field);
        if self.name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME_CHARS) {
            return Err(wrong("bad-name", format!("A name has at most {MAX_NAME_CHARS} characters"), "name"));
        }
        let scopes: Result<Scopes, _> = self.scopes.iter().map(|word| word.parse::<Scope>()).collect();
        let scopes = scopes.map_err(|error| wrong("unknown-scope", error.to_string(), "scopes"))?;
        if self.scopes.is_empty() {
            return Err(wrong("unknown-scope", "A key needs at least one scope".to_owned(), "scopes"));
        }
        let reach = match &self.prefixes {
            None => Reach::All,
            Some(prefixes) if prefixes.is_empty() || prefixes.len() > MAX_PREFIXES => {
                let message = format!("A key has 1 to {MAX_PREFIXES} prefixes");
                return Err(wrong("bad-prefix", message, "prefixes")
                    .remedy("leave `prefixes` out for a key that may use every id"));
            }
            Some(prefixes) => {
                let prefixes: Option<Vec<_>> = prefixes.iter().map(|text| Prefix::parse(text)).collect();
                Reach::Prefixes(prefixes.map(ordered::set).ok_or_else(|| {
                    wrong("bad-prefix", "A prefix is the beginning of ids with its last /".to_owned(), "prefixes")
                        .remedy("write acme/ for the ids of the client acme")
                })?)
            }
        };
        if self.quota.is_some_and(|quota| quota.renders == 0) {
            return Err(wrong("bad-quota", "A quota is a whole number from 1".to_owned(), "quota.renders")
                .remedy("leave `render` and `sign` out of the scopes of a key that shall draw nothing"));
        }
        let expires = self.expires.as_ref().map(|value| moment::expires(value, now)).transpose()?;
        Ok(Grant { kid: 0, scopes, reach, expires: expires.map(u64::from) })
    }
}

/// The problem of a key that may not make a call.
#[must_use]
pub fn denied(denied: Denied) -> Problem {
    let fault = if denied.status() == 401 { Fault::Unauthorized } else { Fault::Refused };
    Problem::new(fault, denied.code(), denied.to_string()).remedy(denied.remedy())
}

/// The prefixes of a reach, as they are stored and listed; `None` for all ids.
#[must_use]
pub fn prefixes(reach: &Reach) -> Option<Vec<String>> {
    match reach {
        Reach::All => None,
        Reach::Prefixes(prefixes) => Some(prefixes.iter().map(ToString::to_string).collect()),
    }
}

/// The reach that [`prefixes`] stand for. A prefix that is none reaches nothing.
#[must_use]
pub fn reach(prefixes: Option<Vec<String>>) -> Reach {
    prefixes.map_or(Reach::All, |prefixes| {
        Reach::Prefixes(ordered::set(prefixes.iter().filter_map(|prefix| Prefix::parse(prefix))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::body;

    const NOW: u64 = 1_800_000_000;

    fn grant(json: &str) -> Result<Grant, Problem> {
        body::read::<NewKey>(json.as_bytes())?.grant(NOW)
    }

    #[test]
    fn a_new_key_is_read() {
        let found = grant(r#"{"name":"CI","scopes":["sign","templates:read"],"prefixes":["acme/"],"expires":"30d"}"#);
        let found = found.unwrap();
        assert_eq!(
            (found.scopes.to_string().as_str(), found.expires),
            ("templates:read sign", Some(NOW + 30 * 86_400))
        );
        assert_eq!(prefixes(&found.reach), Some(vec!["acme/".to_owned()]));
        assert_eq!(reach(prefixes(&found.reach)), found.reach);
        assert_eq!(grant(r#"{"scopes":["admin"]}"#).unwrap().reach, Reach::All);
        assert_eq!(reach(None), Reach::All);
    }

    #[test]
    fn a_wrong_one_names_its_field() {
        for (json, field) in [
            (r#"{"scopes":["Sign"]}"#, "scopes"),
            (r#"{"scopes":[]}"#, "scopes"),
            (r#"{"scopes":["sign"],"prefixes":["acme"]}"#, "prefixes"),
            (r#"{"scopes":["sign"],"prefixes":[]}"#, "prefixes"),
            (r#"{"scopes":["sign"],"expires":"yesterday"}"#, "expires"),
            (r#"{"scopes":["sign"],"quota":{"renders":0}}"#, "quota.renders"),
            (&format!(r#"{{"scopes":["sign"],"name":"{}"}}"#, "x".repeat(101)), "name"),
        ] {
            assert_eq!(grant(json).unwrap_err().field.as_deref(), Some(field), "{json}");
        }
    }

    #[test]
    fn a_refusal_is_a_problem() {
        let problem = denied(Denied::Scope(Scope::Sign));
        assert_eq!((problem.status(), problem.code), (403, "missing-scope"));
        assert!(problem.message.contains("sign"));
        assert_eq!(denied(Denied::Expired).status(), 401);
    }
}
