//! Values after fallback, and why each is what it is.

use std::collections::BTreeMap;

use crate::color::Color;

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
    /// Not of the declared type: not a colour, not a number, not one of the choices.
    WrongType,
    /// A number outside `min` and `max`.
    OutOfRange,
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

/// One param after fallback.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// `None` where it is missing and nothing stands in for it.
    pub value: Option<Value>,
    /// Why.
    pub source: Source,
}

/// Every declared param of a template, by name; no others.
pub type Values = BTreeMap<String, Resolved>;
