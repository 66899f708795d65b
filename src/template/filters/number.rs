//! Filters for numbers: `round`, `thousands`.

use minijinja::Value;

/// Half away from zero, to at most 6 places; a whole number prints without a decimal point.
pub fn round(number: f64, places: u8) -> Value {
    let scale = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5].get(usize::from(places)).copied().unwrap_or(1e6);
    let rounded = (number * scale).round() / scale;
    #[expect(clippy::cast_possible_truncation, reason = "checked: whole, and within ±1e15")]
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { Value::from(rounded as i64) } else { Value::from(rounded) }
}

/// `1234567` → `1,234,567`; a fraction keeps two places.
pub fn thousands(number: f64, separator: &str) -> String {
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
    fn numbers() {
        for (number, text) in [(0.0, "0"), (999.0, "999"), (1000.0, "1,000"), (-1_234_567.5, "-1,234,567.50")] {
            assert_eq!(thousands(number, ","), text);
        }
        assert_eq!(round(2.345, 1).to_string(), "2.3");
        assert_eq!(round(2.5, 0).to_string(), "3");
    }
}
