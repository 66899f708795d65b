//! Values after fallback, and why each is what it is.

use std::collections::BTreeMap;

use crate::color::Color;
use crate::locale::DateTime;

use super::merge_tag::Family;
use super::repair::Repairs;

/// A value that fits its param's type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, cleaned and cut.
    Text(String),
    /// Finite, within the declared bounds.
    Number(f64),
    /// A colour.
    Color(Color),
    /// One of the declared words, spelled as declared.
    Choice(String),
    /// A day, or a moment.
    Datetime(DateTime),
    /// A picture, as `src` has it: `asset:logo.png`.
    Image(String),
}

/// Why the URL had no usable value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The name is not in the query.
    Absent,
    /// `name=`
    Empty,
    /// Only white space, or characters that draw nothing.
    Blank,
    /// `null`, `undefined`, `[object Object]`…
    NullLike,
    /// A merge tag that the sender did not resolve.
    MergeTag(Family),
    /// One of the words that the template takes for missing.
    Listed,
    /// Not of the declared type: not a colour, not a number, not a date, not one of the choices.
    WrongType,
    /// A number outside `min` and `max`.
    OutOfRange,
    /// A text with characters, an address or a word that the template does not allow.
    NotAllowed,
    /// A picture on a host that the template does not allow.
    Host,
    /// A picture on a host that it does allow: those are not fetched yet.
    Remote,
    /// `name.b64` is not base64url, or not of UTF-8.
    BadBase64,
}

impl Missing {
    /// Stable, kebab-case: for headers and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Empty => "empty",
            Self::Blank => "blank",
            Self::NullLike => "null-like",
            Self::MergeTag(_) => "merge-tag",
            Self::Listed => "listed",
            Self::WrongType => "wrong-type",
            Self::OutOfRange => "out-of-range",
            Self::NotAllowed => "not-allowed",
            Self::Host => "host-not-allowed",
            Self::Remote => "remote-image",
            Self::BadBase64 => "bad-base64",
        }
    }

    /// Whose merge tag it is, where it is one.
    #[must_use]
    pub const fn tag(self) -> Option<Family> {
        match self {
            Self::MergeTag(family) => Some(family),
            _ => None,
        }
    }

    /// In words: `missing: merge tag (mailchimp)`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::MergeTag(family) => format!("missing: merge tag ({})", family.code()),
            _ => format!("missing: {}", self.code().replace('-', " ")),
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The URL's value.
    Given,
    /// `name.default` in the URL.
    UrlDefault(Missing),
    /// The template's default.
    TemplateDefault(Missing),
    /// Nowhere: the layers react to that.
    Missing(Missing),
}

impl Source {
    /// Stable, kebab-case: for headers and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::UrlDefault(_) => "url-default",
            Self::TemplateDefault(_) => "template-default",
            Self::Missing(_) => "nothing",
        }
    }

    /// Why the URL's own value does not count; `None` where it does.
    #[must_use]
    pub const fn missing(self) -> Option<Missing> {
        match self {
            Self::Given => None,
            Self::UrlDefault(why) | Self::TemplateDefault(why) | Self::Missing(why) => Some(why),
        }
    }
}

/// One param after fallback.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// `None` where it is missing and nothing stands in for it.
    pub value: Option<Value>,
    /// Why.
    pub source: Source,
    /// What was repaired in the URL's value, or in the default that stands in for it.
    pub repairs: Repairs,
}

impl Resolved {
    /// A value that nothing had to be repaired of.
    #[must_use]
    pub fn new(value: Option<Value>, source: Source) -> Self {
        Self { value, source, repairs: Repairs::default() }
    }
}

/// Every declared param of a template, by name; no others.
pub type Values = BTreeMap<String, Resolved>;
