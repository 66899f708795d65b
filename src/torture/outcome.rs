//! A case of a template, and its faults.

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::request::Options;
use crate::template::Edition;

/// A query to try a template with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A name of a few words.
    #[serde(rename = "case")]
    pub name: String,
    /// The raw query of the URL.
    pub query: String,
    /// Whether the values are like those of most recipients. Then no text may be cut off, not even
    /// with an ellipsis.
    #[serde(skip)]
    pub ordinary: bool,
    /// The merge tag that all texts have as their value, and that must not be visible.
    #[serde(skip)]
    pub tag: Option<String>,
    /// The size of the template that is drawn: `square`. `None` is its own.
    #[serde(skip)]
    pub size: Option<String>,
}

/// A case as one module of the Worker tells the other: whoever writes one down says less.
#[derive(Debug, Serialize, Deserialize)]
pub struct SentCase(String, String, bool, Option<String>, Option<String>);

impl From<Case> for SentCase {
    fn from(Case { name, query, ordinary, tag, size }: Case) -> Self {
        Self(name, query, ordinary, tag, size)
    }
}

impl From<SentCase> for Case {
    fn from(SentCase(name, query, ordinary, tag, size): SentCase) -> Self {
        Self { name, query, ordinary, tag, size }
    }
}

impl Case {
    /// The case of a recipient with these values.
    #[must_use]
    pub const fn of_recipient(query: String) -> Self {
        Self { name: String::new(), query, ordinary: true, tag: None, size: None }
    }

    /// Whether its values are the examples or none. In other cases a value may be the colour that is hard
    /// to read.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        matches!(self.name.split(" ~").next().unwrap_or_default(), "example" | "missing" | "example in the dark")
    }

    /// The edition of the template that is drawn.
    #[must_use]
    pub fn edition(&self, limits: &Limits) -> Edition<'_> {
        Edition { size: self.size.as_deref(), dark: Options::read(&self.query, limits).dark }
    }
}

/// The kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A text is cut off, or does not fit.
    CutOff,
    /// Letters are hidden, outside, or on top of others.
    Collision,
    /// No font has a character.
    Letter,
    /// An image cannot be shown.
    Image,
    /// A merge tag is visible.
    MergeTag,
    /// A text is hard to see.
    Contrast,
    /// A value cannot be used as the template asks.
    Value,
}

/// A fault that a recipient would see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub fault: Fault,
    /// The layer's `id`, or else its path.
    pub layer: String,
    /// The fault, in words.
    pub what: String,
}

/// The result of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The case.
    pub case: Case,
    /// Its faults; empty if the case is fine.
    pub findings: Vec<Finding>,
}
