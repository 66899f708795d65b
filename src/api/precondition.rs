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
    ///
    /// # Errors
    /// 400 if it is no list of tags: a condition that is not understood must not count as none.
    fn read(name: &'static str, header: &str) -> Result<Option<Self>, Problem> {
        match header.trim() {
            "" => Ok(None),
            "*" => Ok(Some(Self::Any)),
            list => {
                let tags: Option<Vec<_>> = list.split(',').map(|tag| inside(tag.trim())).collect();
                let tags = tags.ok_or_else(|| {
                    Problem::new(Fault::Request, "bad-condition", "The condition is no ETag")
                        .at(name)
                        .remedy("send an ETag as it came, with its quotes; several are separated by commas; * is any")
                })?;
                Ok(Some(Self::Of(tags.into_iter().flatten().map(str::to_owned).collect())))
            }
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

/// The text between the quotes of a strong tag; the inner `None` for a weak one, which is never the
/// same. `None` if it is no tag.
fn inside(tag: &str) -> Option<Option<&str>> {
    let (is_weak, quoted) = tag.strip_prefix("W/").map_or((false, tag), |quoted| (true, quoted));
    let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some(Some(text).filter(|_| !is_weak))
}

impl Precondition {
    /// Reads the two headers; each is empty if it was not sent.
    ///
    /// # Errors
    /// 400 if one of them is no condition.
    pub fn read(if_match: &str, if_none_match: &str) -> Result<Self, Problem> {
        Ok(Self { expected: Tags::read("If-Match", if_match)?, refused: Tags::read("If-None-Match", if_none_match)? })
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
        match tag {
            _ if holds => Ok(()),
            None => Err(absent()),
            Some(_) if self.refused == Some(Tags::Any) => Err(present()),
            Some(_) => Err(moved_on()),
        }
    }
}

/// The error for a condition on a document that is not there.
fn absent() -> Problem {
    Problem::new(Fault::Precondition, "moved-on", "There is none that If-Match could name")
        .remedy("send If-None-Match: * to make a new one, or check its name")
}

/// The error for a document that must be new, and is there.
fn present() -> Problem {
    Problem::new(Fault::Precondition, "moved-on", "There is one already, and If-None-Match: * asks for none")
        .remedy("read it, and send its ETag as If-Match to replace it")
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
            ("*", "", Some("3"), true),
            ("*", "", None, false),
            ("", "*", None, true),
            ("", "*", Some("1"), false),
            ("", "\"3\"", Some("3"), false),
            ("", "\"3\"", Some("4"), true),
            ("\"4\"", "\"3\"", Some("4"), true),
        ] {
            let precondition = Precondition::read(if_match, if_none_match).unwrap();
            let found = precondition.check(tag);
            assert_eq!(found.is_ok(), holds, "{if_match} {if_none_match} {tag:?}");
            let said = found.err().map(|problem| (problem.status(), problem.message));
            let words = match (tag, if_none_match) {
                (None, _) => "There is none",
                (Some(_), "*") => "There is one already",
                (Some(_), _) => "It has changed",
            };
            assert!(said.is_none_or(|(status, said)| status == 412 && said.starts_with(words)), "{if_match} {tag:?}");
        }
        for (if_match, if_none_match, field) in [
            ("3", "", "If-Match"),
            ("", "{}", "If-None-Match"),
            ("\"3\", 4", "", "If-Match"),
            ("", "*, *", "If-None-Match"),
        ] {
            let problem = Precondition::read(if_match, if_none_match).unwrap_err();
            assert_eq!((problem.status(), problem.field.as_deref()), (400, Some(field)));
        }
    }
}
