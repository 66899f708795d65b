//! Filters for numbers: `round`, `thousands`, `int`, `float`, `abs`, `min`, `max`, `sum`.
//!
//! A text that is a number (`29.90`, `1,234.5`) counts as one, as in a `number` param.

use crate::params::scalar;

use super::super::arguments::Arguments;
use super::super::meter::{Meter, Wrong};
use super::super::value::Value;
use super::filter::Filter;

/// Applies one of these filters.
///
/// # Errors
/// The filter is used wrongly, or a budget is exhausted.
pub fn apply(filter: Filter, value: &Value, arguments: &Arguments, meter: &mut Meter<'_>) -> Result<Value, Wrong> {
    match filter {
        Filter::Sum => return sum(value, arguments),
        Filter::Min | Filter::Max => return extreme(value, filter == Filter::Max),
        Filter::Int | Filter::Float => {
            let otherwise = || arguments.at(0).cloned().unwrap_or(Value::Integer(0));
            return Ok(match (filter, value, read(value)) {
                (Filter::Int, Value::Integer(_), _) => value.clone(),
                (Filter::Int, _, Some(number)) if number.is_finite() => int(number),
                (Filter::Float, _, Some(number)) => Value::Float(number),
                _ => otherwise(),
            });
        }
        _ => {}
    }
    if value.is_missing() || value.as_text().is_some_and(|text| text.trim().is_empty()) {
        return Ok(Value::Undefined);
    }
    let number = read(value).ok_or(Wrong("`round`, `thousands` and `abs` need a number"))?;
    match filter {
        Filter::Abs => Ok(match value {
            Value::Integer(number) => {
                number.checked_abs().map_or(Value::Float(number.unsigned_abs() as f64), Value::Integer)
            }
            _ => Value::from(number.abs()),
        }),
        Filter::Round => {
            let places = match arguments.at(0) {
                None | Some(Value::Undefined | Value::None) => 0.0,
                Some(places) => places
                    .as_number()
                    .filter(|places| (0.0..=255.0).contains(places) && places.fract() == 0.0)
                    .ok_or(Wrong("`round` takes a number of decimals such as 2"))?,
            };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 0 to 255")]
            Ok(round(number, places as u8))
        }
        _ => {
            let separator = match arguments.at(0) {
                None => ",",
                Some(separator) => separator.as_text().ok_or(Wrong("`thousands` takes a text such as ' '"))?,
            };
            // A number has at most 309 digits.
            meter.spend(separator.len().saturating_mul(103).saturating_add(320))?;
            Ok(thousands(number, separator).into())
        }
    }
}

/// The sum of a list's numbers, or of one field of its items. What is no number counts as 0.
fn sum(value: &Value, arguments: &Arguments) -> Result<Value, Wrong> {
    let items = match value {
        Value::List(items) => items,
        Value::Undefined | Value::None => return Ok(Value::Undefined),
        _ => return Err(Wrong("`sum` adds up a list")),
    };
    let field = arguments.at(0).or_else(|| arguments.named("attribute"));
    let number = |item: &Value| match field {
        Some(field) => item.entry(field).and_then(read),
        None => read(item),
    };
    let sum: f64 = items.iter().filter_map(number).sum();
    // Decimals such as 0.1 are not exact: what lies beyond nine places is not theirs.
    let rounded = (sum * 1e9).round() / 1e9;
    Ok(Value::from(if rounded.is_finite() { rounded } else { sum }))
}

/// A number, or a text that is one.
fn read(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Text(text) => scalar::number(text.trim()),
        other => other.as_number(),
    }
}

/// Without its fraction.
fn int(number: f64) -> Value {
    let whole = number.trunc();
    #[expect(clippy::cast_possible_truncation, reason = "checked: below 2^63")]
    if whole.abs() < -(i64::MIN as f64) { Value::Integer(whole as i64) } else { Value::Float(whole) }
}

/// The smallest or the largest item of a list.
fn extreme(value: &Value, largest: bool) -> Result<Value, Wrong> {
    let Value::List(items) = value else { return Err(Wrong("`min` and `max` need a list such as [a, b]")) };
    let known = items.iter().filter(|item| !item.is_missing());
    let found = if largest {
        known.reduce(|best, item| if item.compare(best).is_gt() { item } else { best })
    } else {
        known.reduce(|best, item| if item.compare(best).is_lt() { item } else { best })
    };
    Ok(found.cloned().unwrap_or_default())
}

/// Half away from zero, to at most 6 places; a whole number prints without a decimal point.
fn round(number: f64, places: u8) -> Value {
    let scale = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5].get(usize::from(places)).copied().unwrap_or(1e6);
    let rounded = (number * scale).round() / scale;
    #[expect(clippy::cast_possible_truncation, reason = "checked: whole, and within ±1e15")]
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { Value::Integer(rounded as i64) } else { Value::Float(rounded) }
}

/// `1234567` → `1,234,567`; a fraction keeps two places.
fn thousands(number: f64, separator: &str) -> String {
    let printed = if number.fract() == 0.0 { format!("{:.0}", number.abs()) } else { format!("{:.2}", number.abs()) };
    let (whole, fraction) =
        printed.split_once('.').map_or((printed.as_str(), None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::from(if number < 0.0 { "-" } else { "" });
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(place);
        if place > 0 && left.is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{grouped}.{fraction}"),
        None => grouped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (number, text) in [(0.0, "0"), (999.0, "999"), (1000.0, "1,000"), (-1_234_567.5, "-1,234,567.50")] {
            assert_eq!(thousands(number, ","), text);
        }
        assert_eq!(round(2.345, 1).to_string(), "2.3");
        assert_eq!(round(2.5, 0).to_string(), "3");
        assert_eq!(int(-2.9).to_string(), "-2");
        assert_eq!(int(1e300).to_string().len(), 303);
    }
}
