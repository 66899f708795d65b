//! Which form of a word a number asks for: "1 point", "2 points", "5 баллов".
//!
//! CLDR's rules (UTS #35 part 3, "Language Plural Rules") as text, read where they are asked: `one:i=1 and v=0|few:…`.

use super::Locale;
use super::decimal::Decimal;

/// The form for so many things: `zero`, `one`, `two`, `few`, `many` or `other`.
#[must_use]
pub fn cardinal(locale: Locale, number: f64) -> &'static str {
    category(locale.get("cardinal"), number)
}

/// The form for a place in an order, as in 1st, 2nd, 3rd.
#[must_use]
pub fn ordinal(locale: Locale, number: f64) -> &'static str {
    category(locale.get("ordinal"), number)
}

fn category(rules: &'static str, number: f64) -> &'static str {
    // As a number is printed where nothing is said of decimals.
    let Some(decimal) = Decimal::new(number).map(|decimal| decimal.round(3)) else { return "other" };
    let operands = Operands::new(&decimal);
    rules
        .split('|')
        .filter_map(|rule| rule.split_once(':'))
        .find(|(_, condition)| operands.satisfy(condition))
        .map_or("other", |(name, _)| name)
}

/// What rules ask of a number, sign left aside.
struct Operands {
    /// `i`: before the decimal sign.
    whole: u64,
    /// `v`, which is `w`: how many digits stand after it; there are no zeros at their end.
    places: u64,
    /// `f`, which is `t`: those digits as a number.
    fraction: u64,
}

impl Operands {
    fn new(decimal: &Decimal) -> Self {
        let number = |digits: &[u8]| {
            digits.iter().fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(*digit)))
        };
        let whole = decimal.whole();
        // Rules ask for small numbers, and for remainders of powers of ten: the last digits and "it is large" are enough.
        const KEPT: usize = 18;
        let large = if whole.len() > KEPT { 1_000_000_000_000_000_000 } else { 0 };
        let kept = whole.get(whole.len().saturating_sub(KEPT)..).unwrap_or_default();
        let fraction = decimal.fraction(0);
        Self { whole: number(kept).saturating_add(large), places: fraction.len() as u64, fraction: number(&fraction) }
    }

    /// `a and b or c`.
    fn satisfy(&self, condition: &str) -> bool {
        condition.split(" or ").any(|all| all.split(" and ").all(|relation| self.holds(relation)))
    }

    /// `i%10=2..4,7` or `n!=1`.
    fn holds(&self, relation: &str) -> bool {
        let Some((left, ranges)) = relation.split_once('=') else { return false };
        let (left, equal) = left.strip_suffix('!').map_or((left, true), |left| (left, false));
        let (operand, modulus) =
            left.split_once('%').map_or((left, None), |(operand, modulus)| (operand, modulus.parse::<u64>().ok()));
        let value = match operand {
            // A number with a fraction is in no range of whole numbers.
            "n" if self.places > 0 => return !equal,
            "n" | "i" => self.whole,
            "v" | "w" => self.places,
            "f" | "t" => self.fraction,
            // `e`, `c`: the exponent of a compact form, which is never printed here.
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
    fn forms() {
        for (tag, number, form) in [
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
            assert_eq!(cardinal(Locale::of(tag), number), form, "{tag} {number}");
        }
        for (number, form) in [(1.0, "one"), (2.0, "two"), (3.0, "few"), (4.0, "other"), (11.0, "other"), (21.0, "one")]
        {
            assert_eq!(ordinal(Locale::of("en"), number), form);
        }
    }
}
