//! The filters by name.

use super::locale;

/// A filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    Upper,
    Lower,
    Trim,
    Title,
    Capitalize,
    First,
    Initials,
    UrlEncode,
    Truncate,
    Length,
    Default,
    Replace,
    Join,
    Split,
    Contains,
    StartsWith,
    EndsWith,
    Round,
    Thousands,
    Int,
    Float,
    Abs,
    Min,
    Max,
    Sum,
    /// Those that write as a language does.
    Locale(locale::Filter),
}

/// The type of the values that a filter or an operator gives, where it is known before they are
/// evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Text,
    /// A list or a map.
    Container,
    Unknown,
}
