//! Numbers as decimal digits, from which every number format starts.
//!
//! The digits are those of the shortest decimal that reads back as the same `f64` (`1.005`, not
//! 1.00499999999999989…): the digits that the sender wrote. Rounding is half away from zero. Both
//! are as in the Intl of browsers.

/// The most decimals that can be asked for. An `f64` has at most 17 significant digits.
pub const MAX_PLACES: u8 = 20;

/// A finite number as decimal digits, without leading or trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// 0 to 9 each.
    digits: Vec<u8>,
    /// Number of digits before the decimal sign. If negative, the number of zeros between the
    /// decimal sign and the digits.
    point: i32,
}

impl Decimal {
    /// `None` for infinities and NaN.
    pub fn new(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        // `Display` writes all digits and never an exponent: at most 325 bytes.
        let printed = number.abs().to_string();
        let digits = printed.bytes().filter(u8::is_ascii_digit).map(|digit| digit.saturating_sub(b'0')).collect();
        let point = i32::try_from(printed.find('.').unwrap_or(printed.len())).ok()?;
        Some(Self { negative: number < 0.0, digits, point }.trim())
    }

    /// Multiplies by ten to the power of `places`, exactly.
    #[must_use]
    pub fn shift(mut self, places: i32) -> Self {
        self.point = self.point.saturating_add(places);
        self.trim()
    }

    /// Rounds to at most `places` decimals, half away from zero.
    #[must_use]
    pub fn round(mut self, places: u8) -> Self {
        let keep = self.point.saturating_add(i32::from(places.min(MAX_PLACES)));
        let Ok(keep) = usize::try_from(keep) else {
            self.digits.clear();
            return self.trim();
        };
        let up = self.digits.get(keep).is_some_and(|digit| *digit >= 5);
        self.digits.truncate(keep);
        if up {
            while self.digits.last() == Some(&9) {
                self.digits.pop();
            }
            match self.digits.last_mut() {
                Some(last) => *last = last.saturating_add(1),
                None => {
                    self.digits.push(1);
                    self.point = self.point.saturating_add(1);
                }
            }
        }
        self.trim()
    }

    fn trim(mut self) -> Self {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            (self.negative, self.point) = (false, 0);
        } else if self.digits.first() == Some(&0) {
            let zeros = self.digits.iter().take_while(|digit| **digit == 0).count();
            self.digits.drain(..zeros);
            self.point = self.point.saturating_sub(i32::try_from(zeros).unwrap_or(i32::MAX));
        }
        self
    }

    /// Whether the number is below zero. Zero is never negative: nobody wants to read "-0 points".
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// The digits before the decimal sign, 0 to 9 each; at least one.
    pub fn whole(&self) -> Vec<u8> {
        let length = usize::try_from(self.point).unwrap_or(0);
        let mut whole: Vec<u8> = self.digits.iter().copied().take(length).collect();
        whole.resize(length.max(1), 0);
        whole
    }

    /// The digits after the decimal sign, 0 to 9 each; at least `min`.
    pub fn fraction(&self, min: u8) -> Vec<u8> {
        let zeros = usize::try_from(self.point.saturating_neg()).unwrap_or(0);
        let mut fraction = vec![0; if self.digits.is_empty() { 0 } else { zeros }];
        fraction.extend(self.digits.iter().skip(usize::try_from(self.point).unwrap_or(0)));
        fraction.resize(fraction.len().max(usize::from(min.min(MAX_PLACES))), 0);
        fraction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(number: f64, places: u8) -> String {
        let decimal = Decimal::new(number).unwrap().round(places);
        let text = |digits: Vec<u8>| digits.iter().map(|digit| char::from(b'0' + digit)).collect::<String>();
        let sign = if decimal.is_negative() { "-" } else { "" };
        format!("{sign}{}.{}", text(decimal.whole()), text(decimal.fraction(0)))
    }

    #[test]
    fn rounds_the_shortest_decimal() {
        for (number, places, text) in [
            (0.0, 3, "0."),
            (-0.0, 3, "0."),
            (1.005, 2, "1.01"),
            (2.5, 0, "3."),
            (-2.5, 0, "-3."),
            (0.5, 0, "1."),
            (0.49, 0, "0."),
            (-0.4, 0, "0."),
            (0.05, 1, "0.1"),
            (0.04, 1, "0."),
            (0.004, 1, "0."),
            (0.0004, 3, "0."),
            (9.995, 2, "10."),
            (999.5, 0, "1000."),
            (0.999, 2, "1."),
            (1234.5678, 2, "1234.57"),
            (1e21, 2, "1000000000000000000000."),
            (1e-9, 20, "0.000000001"),
            (0.1 + 0.2, 20, "0.30000000000000004"),
            (100.0, 0, "100."),
        ] {
            assert_eq!(print(number, places), text, "{number} {places}");
        }
        assert_eq!(print(f64::MAX, 0).len(), 310);
        assert_eq!(print(f64::MIN_POSITIVE, 255), "0.");
        assert_eq!(Decimal::new(f64::NAN), None);
        assert_eq!(Decimal::new(f64::INFINITY), None);
    }

    #[test]
    fn shifts_exactly() {
        // 0.07 * 100.0 is 7.000000000000001.
        assert_eq!(Decimal::new(0.07).unwrap().shift(2), Decimal::new(7.0).unwrap());
        assert_eq!(Decimal::new(0.0).unwrap().shift(2), Decimal::new(0.0).unwrap());
    }
}
