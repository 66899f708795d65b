//! The values of params, and where each of them comes from.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::color::Color;
use crate::locale::DateTime;
use crate::remote::Failure;

use super::merge_tag::Family;
use super::repair::Repairs;

/// A value that fits its param's type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, cleaned, and cut to the declared `max_chars`.
    Text(String),
    /// A finite number within the declared bounds.
    Number(f64),
    /// A colour.
    Color(Color),
    /// One of the declared words, spelled as declared.
    Choice(String),
    /// A day, or a moment.
    Datetime(DateTime),
    /// A picture, in the form that a layer's `src` takes: `asset:logo.png`, or a URL.
    Image(String),
    /// What a feed sent, which no URL can set.
    Feed(Rc<Json>),
    /// True or false.
    Boolean(bool),
    /// Text with the marks of its look in it.
    Rich(String),
    /// A list of objects, whose fields have the declared types; a field without a value is left out.
    List(Rc<Json>),
}

impl Value {
    /// The value as JSON: a colour, a date and a picture are texts, and a whole number has no fraction.
    #[must_use]
    pub fn json(&self) -> Json {
        match self {
            Self::Text(text) | Self::Choice(text) | Self::Image(text) | Self::Rich(text) => text.as_str().into(),
            #[expect(clippy::cast_possible_truncation, reason = "checked: whole, and within ±2^53")]
            Self::Number(number) if number.trunc() == *number && number.abs() < 9_007_199_254_740_992.0 => {
                (*number as i64).into()
            }
            Self::Number(number) => (*number).into(),
            Self::Color(color) => color.to_hex().into(),
            Self::Datetime(moment) => moment.to_string().into(),
            Self::Boolean(value) => (*value).into(),
            Self::Feed(json) | Self::List(json) => Json::clone(json),
        }
    }
}

/// The reason why the URL has no usable value for a param.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The name is not in the query.
    Absent,
    /// The value is empty: `name=`.
    Empty,
    /// Only white space, or characters that draw nothing.
    Blank,
    /// The value is `null`, `undefined`, `[object Object]` or the like.
    NullLike,
    /// A merge tag that the sender did not resolve.
    MergeTag(Family),
    /// The value is in the template's `missing` list.
    Listed,
    /// The value is not of the declared type: not a colour, not a number, not a date, not one of
    /// the choices.
    WrongType,
    /// A number outside `min` and `max`.
    OutOfRange,
    /// A text with characters, an address or a word that the template does not allow.
    NotAllowed,
    /// A picture on a host that the template does not allow.
    Host,
    /// The logo of a mail service for persons, which is no company of theirs.
    FreeMail,
    /// There is no record of this id, or it may not be shown at a URL without a signature.
    NoRecord,
    /// `name.b64` is not base64url, or its bytes are not UTF-8.
    BadBase64,
}

impl Missing {
    /// A name for headers and programs that never changes, in kebab-case.
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
            Self::FreeMail => "free-mail",
            Self::NoRecord => "no-record",
            Self::BadBase64 => "bad-base64",
        }
    }

    /// The family of the merge tag; `None` if the reason is another one.
    #[must_use]
    pub const fn tag(self) -> Option<Family> {
        match self {
            Self::MergeTag(family) => Some(family),
            _ => None,
        }
    }

    /// The reason in words: `missing: merge tag (mailchimp)`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::MergeTag(family) => format!("missing: merge tag ({})", family.code()),
            _ => format!("missing: {}", self.code().replace('-', " ")),
        }
    }
}

/// The place that a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The URL's value.
    Given,
    /// `name.default` in the URL.
    UrlDefault(Missing),
    /// The template's default.
    TemplateDefault(Missing),
    /// Nowhere: the param has no value.
    Missing(Missing),
    /// The value names an image on another host that could not be had: the layer shows its next
    /// source.
    Failed(Failure),
    /// The host of what the value names failed, and what it sent before is shown.
    LastGood(Failure),
}

impl Source {
    /// A name for headers and programs that never changes, in kebab-case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::UrlDefault(_) => "url-default",
            Self::TemplateDefault(_) => "template-default",
            Self::Missing(_) => "nothing",
            Self::Failed(_) => "fallback",
            Self::LastGood(_) => "last-good",
        }
    }

    /// The reason why the URL's own value is not used; `None` if it is used.
    #[must_use]
    pub const fn missing(self) -> Option<Missing> {
        match self {
            Self::Given | Self::Failed(_) | Self::LastGood(_) => None,
            Self::UrlDefault(why) | Self::TemplateDefault(why) | Self::Missing(why) => Some(why),
        }
    }

    /// How another host failed; `None` if none did.
    #[must_use]
    pub const fn failure(self) -> Option<Failure> {
        match self {
            Self::Failed(failure) | Self::LastGood(failure) => Some(failure),
            Self::Given | Self::UrlDefault(_) | Self::TemplateDefault(_) | Self::Missing(_) => None,
        }
    }
}

/// Says of each param whose value is this URL how its image was had.
pub fn blame(values: &mut Values, url: &str, source: Source) {
    for resolved in values.values_mut() {
        if matches!(&resolved.value, Some(Value::Image(text)) if text == url) {
            resolved.source = source;
        }
    }
}

/// A param's value after fallback.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// `None` if the value is missing and there is no default.
    pub value: Option<Value>,
    /// Where the value comes from.
    pub source: Source,
    /// The repairs that the value needed in the URL. Empty if it comes from the template.
    pub repairs: Repairs,
}

impl Resolved {
    /// A value that needed no repair.
    #[must_use]
    pub fn new(value: Option<Value>, source: Source) -> Self {
        Self { value, source, repairs: Repairs::default() }
    }
}

/// The declared params of a template by name: all of them; and its feeds, once they are there.
pub type Values = BTreeMap<String, Resolved>;
