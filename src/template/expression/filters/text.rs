//! Filters for text and lists: `upper`, `replace`, `split`, `contains` and their kin.

use std::fmt::Write as _;

use super::super::arguments::Arguments;
use super::super::meter::{Meter, Wrong};
use super::super::value::Value;
use super::filter::Filter;
use super::name;
use crate::text::case::{self, Case};

/// Applies one of these filters. `lang` is the picture's language.
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
    match (filter, value) {
        (Filter::Length, Value::List(items)) => return Ok(items.len().into()),
        (Filter::Length, Value::Map(entries)) => return Ok(entries.len().into()),
        (Filter::Join, Value::List(items)) => return join(items, arguments.text(0).unwrap_or_default(), meter),
        (Filter::Contains, _) => {
            return contains(value, arguments.at(0).unwrap_or(&Value::Undefined), meter).map(Value::Bool);
        }
        _ => {}
    }
    // Another value is read as it prints: a number as its digits, a missing value as an empty text.
    let printed;
    let text = match value {
        Value::Text(text) => text.as_ref(),
        other => {
            printed = other.to_string();
            printed.as_str()
        }
    };
    let made = match filter {
        Filter::Upper => case::map(text, Case::Upper, lang),
        Filter::Lower => case::map(text, Case::Lower, lang),
        Filter::Trim => text.trim().to_owned(),
        Filter::Title => name::title(text, lang),
        Filter::Capitalize => name::capitalize_text(text, lang),
        Filter::First => name::first(text),
        Filter::Initials => name::initials(text),
        Filter::UrlEncode => percent_encoded(text),
        Filter::Truncate => {
            let most = arguments.at(0).and_then(Value::as_number).filter(|most| *most >= 0.0);
            let most = most.ok_or(Wrong("`truncate` takes a number of characters such as 20"))?;
            // A cast saturates: more characters than a text can have are all of them, on 32 bits
            // too.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates, and is not negative"
            )]
            name::truncate(text, most as usize)
        }
        Filter::Length => return Ok(name::letters(text).count().into()),
        Filter::Replace => {
            let (from, to) = (arguments.text(0).unwrap_or_default(), arguments.text(1).unwrap_or_default());
            if from.is_empty() {
                return Err(Wrong("`replace` needs a text to look for, such as replace('a', 'b')"));
            }
            let matches = text.matches(from).count();
            meter.spend(text.len().saturating_add(matches.saturating_mul(to.len())))?;
            return Ok(text.replace(from, to).into());
        }
        // A text is a list of one: `name | join(', ')` is the name.
        Filter::Join => text.to_owned(),
        Filter::Split => return split(text, arguments.text(0), meter),
        Filter::StartsWith => return Ok(Value::Bool(text.starts_with(arguments.text(0).unwrap_or_default()))),
        Filter::EndsWith => return Ok(Value::Bool(text.ends_with(arguments.text(0).unwrap_or_default()))),
        _ => return Ok(Value::Undefined),
    };
    meter.spend(made.len())?;
    Ok(made.into())
}

/// A text of which only unreserved characters are as they were (RFC 3986 §2.3).
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn join(items: &[Value], separator: &str, meter: &mut Meter<'_>) -> Result<Value, Wrong> {
    let bytes =
        items.iter().fold(0_usize, |sum, item| sum.saturating_add(item.bytes()).saturating_add(separator.len()));
    meter.spend(bytes)?;
    Ok(items.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator).into())
}

/// Without a separator: at white space, as in Python.
fn split(text: &str, separator: Option<&str>, meter: &mut Meter<'_>) -> Result<Value, Wrong> {
    let count = match separator {
        Some("") => return Err(Wrong("`split` needs a text to split at, such as split(', ')")),
        Some(separator) => text.split(separator).count(),
        None => text.split_whitespace().count(),
    };
    meter.spend(count.saturating_mul(64))?;
    let items: Vec<Value> = match separator {
        Some(separator) => text.split(separator).map(Value::from).collect(),
        None => text.split_whitespace().map(Value::from).collect(),
    };
    Ok(Value::List(items.into()))
}

/// `needle in container`: a part of a text, an item of a list, a key of a map.
///
/// # Errors
/// The container is a number, or a budget is exhausted.
pub fn contains(container: &Value, needle: &Value, meter: &mut Meter<'_>) -> Result<bool, Wrong> {
    meter.spend(container.bytes().saturating_add(needle.bytes()))?;
    Ok(match container {
        Value::Undefined => false,
        Value::Text(text) => match needle {
            Value::Text(needle) => text.contains(needle.as_ref()),
            needle => text.contains(&needle.to_string()),
        },
        Value::List(items) => {
            // A text is compared with every item.
            meter.spend(items.len().saturating_mul(needle.bytes()))?;
            items.contains(needle)
        }
        Value::Map(entries) => {
            meter.spend(entries.len().saturating_mul(needle.bytes()))?;
            container.entry(needle).is_some()
        }
        _ => return Err(Wrong("it looks into something that is no text, list or map")),
    })
}
