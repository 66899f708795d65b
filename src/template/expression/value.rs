//! Values of expressions: what a param, a literal or a filter gives.
//!
//! They print, compare and convert as Jinja's do (in the crate `minijinja`, which the tests compare
//! with). Invariant: lists and maps are never deeper than the expression that made them and the
//! feeds in it together, so that recursion over a value is bounded by
//! [`Limits::expression_depth`](crate::limits::Limits::expression_depth) and
//! [`Limits::feed_depth`](crate::limits::Limits::feed_depth).

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter, Write as _};
use std::rc::Rc;

/// A value. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// Missing: prints nothing, is false.
    #[default]
    Undefined,
    /// `none`.
    None,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Rc<str>),
    /// `[a, b]`.
    List(Rc<[Self]>),
    /// `{'key': value}`, in the order of the source.
    Map(Rc<[(Self, Self)]>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// A whole number is an integer, so that it prints without a decimal point.
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "checked: whole, and within ±2^53")]
        if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
            Self::Integer(number as i64)
        } else {
            Self::Float(number)
        }
    }
}

/// Two numbers in the type in which they are calculated.
pub enum Numbers {
    /// Both are whole.
    Integers(i64, i64),
    /// At least one is not.
    Floats(f64, f64),
}

impl Value {
    /// Whether a condition holds.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Self::Undefined | Self::None => false,
            Self::Bool(value) => *value,
            Self::Integer(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Map(entries) => !entries.is_empty(),
        }
    }

    /// Whether it is undefined or none.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Undefined | Self::None)
    }

    /// Whether it prints something that can be seen: phrases in square brackets ask this.
    #[must_use]
    pub fn is_present(&self) -> bool {
        match self {
            Self::Undefined | Self::None => false,
            Self::Text(text) => !text.trim().is_empty(),
            _ => true,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[expect(clippy::cast_precision_loss, reason = "a float is as exact as the result can be")]
    #[must_use]
    pub const fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Two numbers, if both are; `true` and `false` count as 1 and 0.
    #[must_use]
    pub fn numbers(&self, other: &Self) -> Option<Numbers> {
        let number = |value: &Self| match value {
            Self::Bool(value) => Self::Integer(i64::from(*value)),
            other => other.clone(),
        };
        match (number(self), number(other)) {
            (Self::Integer(a), Self::Integer(b)) => Some(Numbers::Integers(a, b)),
            (a, b) => Some(Numbers::Floats(a.as_number()?, b.as_number()?)),
        }
    }

    /// Bytes in memory, on 32 and 64 bits alike. Comparing and printing it costs about as much.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let own = 24;
        match self {
            Self::Undefined | Self::None | Self::Bool(_) | Self::Integer(_) => own,
            // Up to 309 digits.
            Self::Float(number) => {
                if number.abs() < 1e21 {
                    own
                } else {
                    320
                }
            }
            Self::Text(text) => text.len().saturating_add(own),
            Self::List(items) => items.iter().fold(own, |sum, item| sum.saturating_add(item.bytes())),
            Self::Map(entries) => entries
                .iter()
                .fold(own, |sum, (key, value)| sum.saturating_add(key.bytes()).saturating_add(value.bytes())),
        }
    }

    /// The place of its type in the order of unequal types.
    const fn rank(&self) -> u8 {
        match self {
            Self::Undefined => 0,
            Self::None => 1,
            Self::Bool(_) => 2,
            Self::Integer(_) | Self::Float(_) => 3,
            Self::Text(_) => 4,
            Self::List(_) => 5,
            Self::Map(_) => 6,
        }
    }

    /// The order for `<` and its kin: numbers by size, texts by code point, and unequal types by
    /// type, so that no comparison fails. A missing value is smaller than every other.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => {
                let unequal = a.iter().zip(b.iter()).map(|(a, b)| a.compare(b)).find(|order| order.is_ne());
                unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
            }
            (Self::Map(a), Self::Map(b)) => a.len().cmp(&b.len()),
            (a, b) if a.rank() == b.rank() => match a.numbers(b) {
                Some(Numbers::Integers(a, b)) => a.cmp(&b),
                Some(Numbers::Floats(a, b)) => a.partial_cmp(&b).unwrap_or(Ordering::Less),
                None => Ordering::Equal,
            },
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }

    /// The value of a key in a map.
    #[must_use]
    pub fn entry(&self, key: &Self) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::None, Self::None) => true,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => {
                a.len() == b.len() && a.iter().all(|(key, value)| other.entry(key).is_some_and(|found| found == value))
            }
            (a, b) => match a.numbers(b) {
                Some(Numbers::Integers(a, b)) => a == b,
                Some(Numbers::Floats(a, b)) => a == b,
                None => false,
            },
        }
    }
}

/// Prints as Jinja does: `True`, `None`, `2.0`, `['a', 1]`.
impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => Ok(()),
            Self::None => out.write_str("None"),
            Self::Bool(true) => out.write_str("True"),
            Self::Bool(false) => out.write_str("False"),
            Self::Integer(number) => number.fmt(out),
            Self::Float(number) if number.is_nan() => out.write_str("NaN"),
            Self::Float(number) if number.is_infinite() => out.write_str(if *number < 0.0 { "-inf" } else { "inf" }),
            Self::Float(number) => {
                number.fmt(out)?;
                if number.fract() == 0.0 { out.write_str(".0") } else { Ok(()) }
            }
            Self::Text(text) => out.write_str(text),
            Self::List(items) => {
                out.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    out.write_str(if index > 0 { ", " } else { "" })?;
                    item.quoted(out)?;
                }
                out.write_char(']')
            }
            Self::Map(entries) => {
                out.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    out.write_str(if index > 0 { ", " } else { "" })?;
                    key.quoted(out)?;
                    out.write_str(": ")?;
                    value.quoted(out)?;
                }
                out.write_char('}')
            }
        }
    }
}

impl Value {
    /// Prints an item of a list: a text has its quotes.
    fn quoted(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => out.write_str("undefined"),
            Self::Text(text) => {
                let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
                out.write_char(quote)?;
                for c in text.chars() {
                    match c {
                        '\n' => out.write_str("\\n")?,
                        '\r' => out.write_str("\\r")?,
                        '\t' => out.write_str("\\t")?,
                        _ if c == quote || c == '\\' => write!(out, "\\{c}")?,
                        _ => out.write_char(c)?,
                    }
                }
                out.write_char(quote)
            }
            other => other.fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_jinja_does() {
        for (value, printed) in [
            (Value::Undefined, ""),
            (Value::None, "None"),
            (Value::Bool(true), "True"),
            (Value::from(2.0), "2"),
            (Value::Float(2.0), "2.0"),
            (Value::Float(0.1), "0.1"),
            (Value::Float(-1e-7), "-0.0000001"),
            (Value::Float(1e21), "1000000000000000000000.0"),
            (Value::Float(f64::NAN), "NaN"),
            (Value::Float(f64::NEG_INFINITY), "-inf"),
            (
                Value::List([Value::from("it's"), Value::Undefined, Value::Integer(1)].into()),
                "[\"it's\", undefined, 1]",
            ),
            (Value::Map([(Value::from("a"), Value::None)].into()), "{'a': None}"),
        ] {
            assert_eq!(value.to_string(), printed);
        }
    }

    #[test]
    fn compares_as_jinja_does() {
        let text = |text: &str| Value::from(text);
        assert!(Value::Integer(1) == Value::Float(1.0));
        assert!(Value::Integer(1) == Value::Bool(true));
        assert!(text("1") != Value::Integer(1));
        assert!(Value::Undefined.compare(&Value::Integer(-1)).is_lt());
        assert!(Value::Integer(9).compare(&text("1")).is_lt());
        assert!(Value::Integer(2).compare(&Value::Float(1.5)).is_gt());
        assert!(text("a").compare(&text("b")).is_lt());
    }
}
