//! `If-Match` and `If-None-Match` of a write (RFC 9110 section 13.1): whether the document is still
//! the one that the caller knows.

use crate::error::{Fault, Problem};

/// What must hold before a write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precondition {
    /// `If-Match`: the tags of which the document must have one. `None` if it was not sent.
    expected: Option<Tags>,
    /// `If-None-Match`: the tags of which the document must have none.
    refused: Option<Tags>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    /// `*`: that of any document that exists.
    Any,
    /// The tags between their quotes. A weak tag is never the same (section 8.8.3.2).
    Of(Vec<String>),
}

impl Tags {
    /// `None` if the header was not sent.
    fn read(header: &str) -> Option<Self> {
        let header = header.trim();
        match header {
            "" => None,
            "*" => Some(Self::Any),
            list => Some(Self::Of(list.split(',').filter_map(|tag| inside(tag.trim())).map(str::to_owned).collect())),
        }
    }

    fn have(&self, tag: Option<&str>) -> bool {
        match (self, tag) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::Of(tags), Some(tag)) => tags.iter().any(|known| known == tag),
        }
    }
}

/// The text between the quotes of a strong tag.
fn inside(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')
}

impl Precondition {
    /// Reads the two headers; each is empty if it was not sent.
    #[must_use]
    pub fn read(if_match: &str, if_none_match: &str) -> Self {
        Self { expected: Tags::read(if_match), refused: Tags::read(if_none_match) }
    }

    /// Whether there is none, so that the caller takes whatever is there.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.expected.is_none() && self.refused.is_none()
    }

    /// Checks the tag of the document that is there, without its quotes; `None` if there is none.
    ///
    /// # Errors
    /// 412 if the document is another one.
    pub fn check(&self, tag: Option<&str>) -> Result<(), Problem> {
        let holds = self.expected.as_ref().is_none_or(|tags| tags.have(tag))
            && !self.refused.as_ref().is_some_and(|tags| tags.have(tag));
        if holds { Ok(()) } else { Err(moved_on()) }
    }
}

/// The error for a document that is another one by now.
#[must_use]
pub fn moved_on() -> Problem {
    Problem::new(Fault::Precondition, "moved-on", "It has changed since you read it")
        .remedy("read it again, apply your change to that, and send its ETag as If-Match")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_checked_against_what_is_there() {
        for (if_match, if_none_match, tag, holds) in [
            ("", "", None, true),
            ("", "", Some("3"), true),
            ("\"3\"", "", Some("3"), true),
            ("\"3\"", "", Some("4"), false),
            ("\"3\"", "", None, false),
            ("\"1\", \"3\"", "", Some("3"), true),
            ("W/\"3\"", "", Some("3"), false),
            ("3", "", Some("3"), false),
            ("*", "", Some("3"), true),
            ("*", "", None, false),
            ("", "*", None, true),
            ("", "*", Some("1"), false),
            ("", "\"3\"", Some("3"), false),
            ("", "\"3\"", Some("4"), true),
            ("\"4\"", "\"3\"", Some("4"), true),
        ] {
            let precondition = Precondition::read(if_match, if_none_match);
            let found = precondition.check(tag);
            assert_eq!(found.is_ok(), holds, "{if_match} {if_none_match} {tag:?}");
            assert!(found.is_ok_and(|()| true) || moved_on().status() == 412);
        }
    }
}
