//! Numbers, percentages and money as text.
//!
//! Patterns are CLDR's (UTS #35 part 3), such as `#,##0.00 ¤;¤-#,##0.00`. A pattern says how digits
//! are grouped and which text stands before and after them; behind a `;` it may have another form
//! for negative numbers.

use super::Locale;
use super::data::currency_places;
use super::decimal::Decimal;

/// Prints a number with exactly `places` decimals, or else with as many as it has, at most three.
/// `None` if it is not finite.
///
/// ```
/// use monogram::locale::{Locale, money, number};
///
/// assert_eq!(number(Locale::of("en"), 1234.5, None).as_deref(), Some("1,234.5"));
/// assert_eq!(money(Locale::of("en"), 1234.5, "EUR", None).as_deref(), Some("€1,234.50"));
/// ```
#[must_use]
pub fn number(locale: Locale, number: f64, places: Option<u8>) -> Option<String> {
    let decimal = Decimal::new(number)?.round(places.unwrap_or(3));
    let signs = Signs { decimal: locale.get("decimal"), group: locale.get("group") };
    Some(print(locale, locale.get("number-pattern"), &decimal, places.unwrap_or(0), signs, ""))
}

/// Whether the decimals of a number begin with a comma.
#[must_use]
pub fn has_decimal_comma(locale: Locale) -> bool {
    locale.get("decimal") == ","
}

/// Prints a share as a percentage: `0.25` → `25%`. It has no decimals by default. `None` if the
/// share is not finite.
#[must_use]
pub fn percent(locale: Locale, share: f64, places: Option<u8>) -> Option<String> {
    let places = places.unwrap_or(0);
    let decimal = Decimal::new(share)?.shift(2).round(places);
    let signs = Signs { decimal: locale.get("decimal"), group: locale.get("group") };
    Some(print(locale, locale.get("percent-pattern"), &decimal, places, signs, ""))
}

/// Prints an amount of a currency, given by its ISO 4217 code in capitals. The number of decimals
/// is the currency's by default. `None` if the amount is not finite.
#[must_use]
pub fn money(locale: Locale, amount: f64, code: &str, places: Option<u8>) -> Option<String> {
    let places = places.unwrap_or_else(|| currency_places(code));
    let decimal = Decimal::new(amount)?.round(places);
    let signs = Signs { decimal: locale.get("money-decimal"), group: locale.get("money-group") };
    let symbol = locale.symbol(code);
    Some(print(locale, locale.get("money-pattern"), &decimal, places, signs, symbol))
}

/// The separators of a locale.
struct Signs {
    decimal: &'static str,
    group: &'static str,
}

/// Whether a character of a pattern stands for digits, and not for the text around them.
const fn is_digit_sign(c: char) -> bool {
    matches!(c, '#' | '0' | ',' | '.')
}

fn print(locale: Locale, pattern: &str, decimal: &Decimal, min_places: u8, signs: Signs, symbol: &str) -> String {
    let (positive, negative) =
        pattern.split_once(';').map_or((pattern, None), |(positive, negative)| (positive, Some(negative)));
    let shape = match negative {
        Some(negative) if decimal.is_negative() => negative,
        _ => positive,
    };
    let (before, rest) = shape.split_at(shape.find(is_digit_sign).unwrap_or(shape.len()));
    let (picture, after) = rest.split_at(rest.rfind(is_digit_sign).map_or(0, |last| last.saturating_add(1)));

    let mut printed = String::new();
    if decimal.is_negative() && negative.is_none() {
        printed.push_str(locale.get("minus"));
    }
    affix(locale, before, symbol, &mut printed);
    if before.ends_with('¤') && symbol.chars().next_back().is_some_and(is_letter_like) {
        printed.push('\u{a0}');
    }
    digits(locale, picture, decimal, min_places, signs, &mut printed);
    if after.starts_with('¤') && symbol.chars().next().is_some_and(is_letter_like) {
        printed.push('\u{a0}');
    }
    affix(locale, after, symbol, &mut printed);
    printed
}

/// Prints the text before or after the digits.
fn affix(locale: Locale, affix: &str, symbol: &str, printed: &mut String) {
    for c in affix.chars() {
        match c {
            '¤' => printed.push_str(symbol),
            '-' => printed.push_str(locale.get("minus")),
            '%' => printed.push_str(locale.get("percent")),
            c => printed.push(c),
        }
    }
}

/// Whether a currency sign that begins or ends with `c` needs a space between it and a digit: "CHF
/// 5", but "$5". By CLDR's `currencySpacing` all characters but symbols and spaces do. A test
/// compares every sign in the data with Intl.
fn is_letter_like(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '\u{200f}')
}

/// Prints the digits, grouped, in the locale's own digit characters.
fn digits(locale: Locale, picture: &str, decimal: &Decimal, min_places: u8, signs: Signs, printed: &mut String) {
    let shapes = locale.get("digits");
    let push = |digit: u8, printed: &mut String| printed.extend(shapes.chars().nth(usize::from(digit)));
    // `#,##,##0.###`: the last group has three digits, the groups before it two.
    let mut groups = picture.split('.').next().unwrap_or_default().rsplit(',').map(str::len);
    let first = groups.next().unwrap_or(0);
    let (first, next) = match (groups.next(), groups.next()) {
        (None, _) => (usize::MAX, usize::MAX),
        (Some(_), None) => (first, first),
        (Some(second), Some(_)) => (first, second),
    };
    let whole = decimal.whole();
    let min_grouping: usize = locale.get("min-grouping").parse().unwrap_or(1);
    let grouped = whole.len() >= first.saturating_add(min_grouping);
    for (index, digit) in whole.iter().enumerate() {
        let left = whole.len().saturating_sub(index);
        let at_group = left == first || (left > first && left.saturating_sub(first).is_multiple_of(next));
        if grouped && index > 0 && at_group {
            printed.push_str(signs.group);
        }
        push(*digit, printed);
    }
    let fraction = decimal.fraction(min_places);
    if !fraction.is_empty() {
        printed.push_str(signs.decimal);
    }
    for digit in fraction {
        push(digit, printed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // tests/locale.rs compares the output of every locale with Intl. These tests hold where Intl
    // gives no answer.

    #[test]
    fn output_is_bounded() {
        for tag in ["en", "hi", "bn", "ar-EG", "my", "de-CH"] {
            let locale = Locale::of(tag);
            for number in [f64::MAX, f64::MIN, f64::MIN_POSITIVE] {
                let longest = money(locale, number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Some(255)).unwrap();
                assert!(longest.chars().count() < 550, "{tag}: {longest}");
            }
            assert_eq!(super::number(locale, f64::NAN, None), None);
            assert_eq!(percent(locale, f64::INFINITY, None), None);
        }
    }

    #[test]
    fn a_number_that_rounds_to_zero_has_no_minus() {
        let locale = Locale::of("en");
        assert_eq!(super::number(locale, -0.4, Some(0)).as_deref(), Some("0"));
        assert_eq!(money(locale, -0.001, "USD", None).as_deref(), Some("$0.00"));
    }
}
