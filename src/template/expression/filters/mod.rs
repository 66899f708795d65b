//! The filters of `{{ value | filter }}`.
//!
//! Bytes that a filter reads and makes are counted before it runs, so that none makes much of
//! little. A missing value stays missing, so that `| default('friend')` works after any of them.

mod filter;
mod locale;
mod name;
mod number;
mod text;

use crate::locale::Locale;

use super::arguments::Arguments;
use super::meter::{Meter, Wrong};
use super::value::Value;
pub use filter::{Filter, Kind};
pub use locale::Filter as LocaleFilter;
pub use name::{graphemes, initials};
pub use text::{contains, percent_encoded};

/// How a filter is called.
#[derive(Debug)]
pub struct Signature {
    /// As it is written.
    pub name: &'static str,
    pub filter: Filter,
    /// Least number of arguments by place.
    pub least: usize,
    /// Greatest number of arguments by place.
    pub most: usize,
    /// Arguments that may be given by name.
    pub named: &'static [&'static str],
    pub gives: Kind,
    /// An example of its use, for error messages.
    pub example: &'static str,
}

const fn signature(
    name: &'static str,
    filter: Filter,
    (least, most): (usize, usize),
    gives: Kind,
    example: &'static str,
) -> Signature {
    Signature { name, filter, least, most, named: &[], gives, example }
}

const fn of_language(
    name: &'static str,
    filter: locale::Filter,
    (least, most): (usize, usize),
    named: &'static [&'static str],
    example: &'static str,
) -> Signature {
    Signature { name, filter: Filter::Locale(filter), least, most, named, gives: Kind::Text, example }
}

/// All filters.
pub static FILTERS: [Signature; 33] = [
    signature("upper", Filter::Upper, (0, 0), Kind::Text, "upper"),
    signature("lower", Filter::Lower, (0, 0), Kind::Text, "lower"),
    signature("trim", Filter::Trim, (0, 0), Kind::Text, "trim"),
    signature("title", Filter::Title, (0, 0), Kind::Text, "title"),
    signature("capitalize", Filter::Capitalize, (0, 0), Kind::Text, "capitalize"),
    signature("first", Filter::First, (0, 0), Kind::Unknown, "first"),
    signature("initials", Filter::Initials, (0, 0), Kind::Text, "initials"),
    signature("urlencode", Filter::UrlEncode, (0, 0), Kind::Text, "urlencode"),
    signature("truncate", Filter::Truncate, (1, 1), Kind::Text, "truncate(20)"),
    signature("length", Filter::Length, (0, 0), Kind::Number, "length"),
    signature("default", Filter::Default, (0, 2), Kind::Unknown, "default('friend')"),
    signature("replace", Filter::Replace, (2, 2), Kind::Text, "replace('a', 'b')"),
    signature("join", Filter::Join, (0, 1), Kind::Text, "join(', ')"),
    signature("split", Filter::Split, (0, 1), Kind::Container, "split(' ')"),
    signature("contains", Filter::Contains, (1, 1), Kind::Unknown, "contains('a')"),
    signature("startswith", Filter::StartsWith, (1, 1), Kind::Unknown, "startswith('a')"),
    signature("endswith", Filter::EndsWith, (1, 1), Kind::Unknown, "endswith('a')"),
    signature("round", Filter::Round, (0, 1), Kind::Number, "round(2)"),
    signature("thousands", Filter::Thousands, (0, 1), Kind::Text, "thousands(' ')"),
    signature("int", Filter::Int, (0, 1), Kind::Number, "int"),
    signature("float", Filter::Float, (0, 1), Kind::Number, "float"),
    signature("abs", Filter::Abs, (0, 0), Kind::Number, "abs"),
    signature("min", Filter::Min, (0, 0), Kind::Unknown, "min"),
    signature("max", Filter::Max, (0, 0), Kind::Unknown, "max"),
    Signature { named: &["attribute"], ..signature("sum", Filter::Sum, (0, 1), Kind::Number, "sum('price')") },
    of_language("number", locale::Filter::Number, (0, 1), &["places", "lang"], "number(2)"),
    of_language("money", locale::Filter::Money, (1, 2), &["places", "lang"], "money('EUR')"),
    of_language("percent", locale::Filter::Percent, (0, 1), &["places", "of", "lang"], "percent(of=100)"),
    of_language("plural", locale::Filter::Plural, (0, 2), &locale::FORMS, "plural('point', 'points')"),
    of_language("ordinal", locale::Filter::Ordinal, (0, 2), &locale::FORMS, "ordinal(one='st', other='th')"),
    of_language("date", locale::Filter::Date, (0, 1), &["lang"], "date('long')"),
    of_language("time", locale::Filter::Time, (0, 0), &["lang"], "time"),
    of_language("datetime", locale::Filter::Datetime, (0, 1), &["lang"], "datetime('long')"),
];

/// The filter of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Signature> {
    FILTERS.iter().find(|signature| signature.name == name)
}

/// Applies a filter to a value. `lang` is the picture's language.
///
/// # Errors
/// The filter is used wrongly, or a budget is exhausted.
pub fn apply(
    filter: Filter,
    value: &Value,
    arguments: &Arguments,
    lang: Option<&str>,
    meter: &mut Meter<'_>,
) -> Result<Value, Wrong> {
    meter.spend(value.bytes())?;
    let made = match filter {
        Filter::Default => {
            let is_empty = value.is_missing() || value.as_text().is_some_and(str::is_empty);
            return Ok(if is_empty { arguments.at(0).cloned().unwrap_or_default() } else { value.clone() });
        }
        Filter::First if let Value::List(items) = value => return Ok(items.first().cloned().unwrap_or_default()),
        Filter::Locale(filter) => locale::apply(filter, Locale::of(lang.unwrap_or("en")), value, arguments)?,
        Filter::Round
        | Filter::Thousands
        | Filter::Int
        | Filter::Float
        | Filter::Abs
        | Filter::Min
        | Filter::Max
        | Filter::Sum => {
            return number::apply(filter, value, arguments, meter);
        }
        _ => return text::apply(filter, value, arguments, lang, meter),
    };
    meter.spend(made.bytes())?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for signature in &FILTERS {
            assert!(std::ptr::eq(find(signature.name).unwrap(), signature), "{}", signature.name);
            assert!(signature.example.starts_with(signature.name));
        }
    }
}
