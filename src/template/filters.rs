//! The filters of `{{ value | filter }}`.
//!
//! Only those that cannot make much of little: what a filter returns is at most a small multiple of what
//! it was given. (Jinja's `replace`, `center`, `indent` and `format` are not among them.)

use icu_segmenter::GraphemeClusterSegmenter;
use minijinja::{Environment, Value};

/// The names of all tests, as in `name is defined`.
pub const TESTS: &[&str] = &["defined", "undefined"];

/// The names of all filters.
pub const NAMES: &[&str] = &[
    "upper",
    "lower",
    "trim",
    "title",
    "capitalize",
    "initials",
    "truncate",
    "length",
    "default",
    "round",
    "thousands",
];

/// Adds the filters.
pub fn register(environment: &mut Environment<'_>) {
    environment.add_test("defined", |value: Value| !value.is_undefined());
    environment.add_test("undefined", |value: Value| value.is_undefined());
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment.add_filter("title", |text: String| title(&text));
    environment.add_filter("capitalize", |text: String| capitalize(&text.to_lowercase()));
    environment.add_filter("initials", |text: String| initials(&text));
    environment.add_filter("truncate", |text: String, graphemes: usize| truncate(&text, graphemes));
    environment.add_filter("length", |text: String| graphemes(&text).count());
    environment.add_filter("default", |value: Value, otherwise: Option<Value>| {
        if value.is_undefined() || value.is_none() || value.as_str().is_some_and(str::is_empty) {
            otherwise.unwrap_or_default()
        } else {
            value
        }
    });
    environment.add_filter("round", |number: f64, places: Option<u8>| round(number, places.unwrap_or(0)));
    environment.add_filter("thousands", |number: f64, separator: Option<String>| {
        thousands(number, separator.as_deref().unwrap_or(","))
    });
}

/// The characters of a text as a reader counts them.
fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    let ends = GraphemeClusterSegmenter::new().segment_str(text).skip(1);
    ends.scan(0, move |start, end| text.get(std::mem::replace(start, end)..end))
}

/// The first letter upper case, the rest as it is.
fn capitalize(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `MARIA LOPEZ` and `maria lopez` → `Maria Lopez`; a text in mixed case (`Ronald McDonald`, `Ludwig van Beethoven`)
/// stays as written: someone meant it.
fn title(text: &str) -> String {
    if text.to_uppercase() != text && text.to_lowercase() != text {
        return text.to_owned();
    }
    text.split(' ').map(|word| capitalize(&word.to_lowercase())).collect::<Vec<_>>().join(" ")
}

/// `Maria de la Cruz` → `MC`: the first letters of the first and the last word.
pub fn initials(text: &str) -> String {
    let mut words = text.split_whitespace().filter_map(|word| graphemes(word).next());
    let first = words.next().unwrap_or("");
    let last = words.next_back().unwrap_or("");
    format!("{first}{last}").to_uppercase()
}

/// At most so many characters, the last of them `…` where something was cut off.
fn truncate(text: &str, max: usize) -> String {
    if graphemes(text).count() <= max {
        return text.to_owned();
    }
    let kept: String = graphemes(text).take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Half away from zero, to at most 6 places; a whole number prints without a decimal point.
fn round(number: f64, places: u8) -> Value {
    let scale = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5].get(usize::from(places)).copied().unwrap_or(1e6);
    let rounded = (number * scale).round() / scale;
    #[expect(clippy::cast_possible_truncation, reason = "checked: whole, and within ±1e15")]
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { Value::from(rounded as i64) } else { Value::from(rounded) }
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
    fraction.map_or(grouped.clone(), |fraction| format!("{grouped}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, titled, short) in [
            ("MARIA LOPEZ", "Maria Lopez", "ML"),
            ("maria de la cruz", "Maria De La Cruz", "MC"),
            ("Ronald McDonald", "Ronald McDonald", "RM"),
            ("Ludwig van Beethoven", "Ludwig van Beethoven", "LB"),
            ("ÉLODIE", "Élodie", "É"),
            ("李明", "李明", "李"),
            ("J", "J", "J"),
            ("", "", ""),
            ("  ", "  ", ""),
            ("👩‍👩‍👧 Ann", "👩‍👩‍👧 Ann", "👩‍👩‍👧A"),
        ] {
            assert_eq!(title(text), titled);
            assert_eq!(initials(text), short);
        }
        assert_eq!(truncate("Maximiliana", 5), "Maxi…");
        assert_eq!(truncate("Max", 3), "Max");
    }

    #[test]
    fn numbers() {
        for (number, text) in [(0.0, "0"), (999.0, "999"), (1000.0, "1,000"), (-1_234_567.5, "-1,234,567.50")] {
            assert_eq!(thousands(number, ","), text);
        }
        assert_eq!(round(2.345, 1).to_string(), "2.3");
        assert_eq!(round(2.5, 0).to_string(), "3");
    }
}
