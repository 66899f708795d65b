//! A prefix of ids: `acme/`.

use std::fmt;

use crate::request::TemplateId;

/// The beginning of ids: slugs, each followed by a `/`. `acme/` covers `acme/welcome` and
/// `acme/q3/hero`, but neither `acmeother/welcome` nor `acme`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix(String);

impl Prefix {
    /// Reads a prefix. `None` if it does not end in `/`, or if no id could start with it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        TemplateId::parse(text.strip_suffix('/')?).map(|_| Self(text.to_owned()))
    }

    /// Whether an id starts with this prefix and continues after it.
    #[must_use]
    pub fn covers(&self, id: &str) -> bool {
        id.strip_prefix(&self.0).is_some_and(|rest| !rest.is_empty())
    }

    /// Whether every id of `other` is an id of this prefix too.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The prefix as text, with its last `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_ids_of_one_tenant() {
        for (prefix, id, covered) in [
            ("acme/", "acme/x", true),
            ("acme/", "acme/q3/hero", true),
            ("acme/q3/", "acme/q3/hero", true),
            ("acme/", "acmeother/x", false),
            ("acme/", "acme", false),
            ("acme/", "acme/", false),
            ("acme/q3/", "acme/hero", false),
            ("acme/q3/", "acme/q30/hero", false),
        ] {
            assert_eq!(Prefix::parse(prefix).unwrap().covers(id), covered, "{prefix} {id}");
        }
        for text in ["", "/", "acme", "acme//", "/acme/", "Acme/", "acme/../", "*"] {
            assert_eq!(Prefix::parse(text), None, "{text}");
        }
    }
}
