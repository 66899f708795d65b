//! Plural forms: which form of a word goes with a number ("1 point", "2 points", "5 баллов").
//!
//! The rules are CLDR's (UTS #35 part 3, "Language Plural Rules"). They are kept as text,
//! `one:i=1&v=0|few:…` with `/` for "or", and evaluated at each use.

use super::Locale;
use super::decimal::Decimal;

/// The plural category of a count: `zero`, `one`, `two`, `few`, `many` or `other`.
///
/// ```
/// use monogram::locale::{Locale, cardinal, ordinal};
///
/// assert_eq!(cardinal(Locale::of("en"), 1.0), "one");
/// assert_eq!(cardinal(Locale::of("pl"), 2.0), "few");
/// assert_eq!(ordinal(Locale::of("en"), 3.0), "few", "as in 3rd");
/// ```
#[must_use]
pub fn cardinal(locale: Locale, number: f64) -> &'static str {
    category(locale.get("cardinal"), number)
}

/// The plural category of a rank, as in 1st, 2nd, 3rd.
#[must_use]
pub fn ordinal(locale: Locale, number: f64) -> &'static str {
    category(locale.get("ordinal"), number)
}

fn category(rules: &'static str, number: f64) -> &'static str {
    // The number as it is printed by default.
    let Some(decimal) = Decimal::new(number).map(|decimal| decimal.round(3)) else { return "other" };
    let operands = Operands::new(&decimal);
    rules
        .split('|')
        .filter_map(|rule| rule.split_once(':'))
        .find(|(_, condition)| operands.satisfy(condition))
        .map_or("other", |(name, _)| name)
}

/// The operands of the rules (UTS #35), taken from the absolute value of a number.
struct Operands {
    /// `i`: the integer digits.
    whole: u64,
    /// `v` and `w`: the number of fraction digits. They are equal, because there are no trailing
    /// zeros.
    places: u64,
    /// `f` and `t`: the fraction digits as a number.
    fraction: u64,
}

impl Operands {
    fn new(decimal: &Decimal) -> Self {
        let number = |digits: &[u8]| {
            digits.iter().fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(*digit)))
        };
        let whole = decimal.whole();
        // Rules compare with small numbers and with remainders of powers of ten. The last digits
        // are enough for these, if a large number stays large.
        const KEPT: usize = 18;
        let large = if whole.len() > KEPT { 1_000_000_000_000_000_000 } else { 0 };
        let kept = whole.get(whole.len().saturating_sub(KEPT)..).unwrap_or_default();
        let fraction = decimal.fraction(0);
        Self { whole: number(kept).saturating_add(large), places: fraction.len() as u64, fraction: number(&fraction) }
    }

    /// Whether a condition holds: `a&b/c` is (a and b) or c.
    fn satisfy(&self, condition: &str) -> bool {
        condition.split('/').any(|all| all.split('&').all(|relation| self.holds(relation)))
    }

    /// Whether a relation holds: `i%10=2..4,7` or `n!=1`.
    fn holds(&self, relation: &str) -> bool {
        let Some((left, ranges)) = relation.split_once('=') else { return false };
        let (left, equal) = left.strip_suffix('!').map_or((left, true), |left| (left, false));
        let (operand, modulus) =
            left.split_once('%').map_or((left, None), |(operand, modulus)| (operand, modulus.parse::<u64>().ok()));
        let value = match operand {
            // `n` is the number itself. With a fraction it is in no range of whole numbers.
            "n" if self.places > 0 => return !equal,
            "n" | "i" => self.whole,
            "v" | "w" => self.places,
            "f" | "t" => self.fraction,
            // `e` and `c` are the exponent of compact forms, which are never printed here.
            _ => 0,
        };
        let value = modulus.and_then(|modulus| value.checked_rem(modulus)).unwrap_or(value);
        let within = |range: &str| {
            let (first, last) = range.split_once("..").unwrap_or((range, range));
            first.parse().is_ok_and(|first: u64| first <= value) && last.parse().is_ok_and(|last: u64| value <= last)
        };
        ranges.split(',').any(within) == equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories() {
        for (tag, number, category) in [
            ("en", 1.0, "one"),
            ("en", -1.0, "one"),
            ("en", 1.5, "other"),
            ("en", 0.0, "other"),
            ("fr", 0.0, "one"),
            ("fr", 1.5, "one"),
            ("fr", 1e6, "many"),
            ("fr", 1e30, "many"),
            ("fr", 1e300, "many"),
            ("ru", 21.0, "one"),
            ("ru", 22.0, "few"),
            ("ru", 25.0, "many"),
            ("ru", 1.5, "other"),
            ("pl", 2.0, "few"),
            ("ar", 0.0, "zero"),
            ("ar", 2.0, "two"),
            ("ar", 103.0, "few"),
            ("ar", 111.0, "many"),
            ("ar", 100.0, "other"),
            ("ja", 1.0, "other"),
            ("en", f64::NAN, "other"),
        ] {
            assert_eq!(cardinal(Locale::of(tag), number), category, "{tag} {number}");
        }
        for (number, category) in
            [(1.0, "one"), (2.0, "two"), (3.0, "few"), (4.0, "other"), (11.0, "other"), (21.0, "one")]
        {
            assert_eq!(ordinal(Locale::of("en"), number), category);
        }
    }
}
