//! Arithmetic on values: `+ - * / // % **` and `~`.
//!
//! `*` multiplies numbers only: Jinja also repeats texts and lists with it, which makes much of
//! little. Whole numbers stay whole until they would overflow 64 bits; then they become floats.

use super::meter::{Meter, Wrong};
use super::value::{Numbers, Value};

/// A binary operator that always evaluates both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    /// `~`: both as text.
    Concatenate,
    Multiply,
    Divide,
    /// `//`: rounds down.
    FloorDivide,
    /// `%`: its sign is that of the divisor, as in Python.
    Remainder,
    Power,
}

impl Operator {
    /// Applies it.
    ///
    /// # Errors
    /// The sides have the wrong types, or the result is not a number.
    pub fn apply(self, left: &Value, right: &Value, meter: &mut Meter<'_>) -> Result<Value, Wrong> {
        match (self, left, right) {
            (Self::Concatenate, _, _) => {
                meter.spend(left.bytes().saturating_add(right.bytes()))?;
                return Ok(format!("{left}{right}").into());
            }
            (Self::Add, Value::Text(a), Value::Text(b)) => {
                meter.spend(a.len().saturating_add(b.len()))?;
                return Ok([a.as_ref(), b.as_ref()].concat().into());
            }
            (Self::Add, Value::List(a), Value::List(b)) => {
                meter.spend(left.bytes().saturating_add(right.bytes()))?;
                return Ok(Value::List(a.iter().chain(b.iter()).cloned().collect()));
            }
            _ => {}
        }
        match left.numbers(right) {
            // A quotient is a float even if both sides are whole.
            Some(Numbers::Integers(a, b)) if self != Self::Divide => match self.integer(a, b) {
                Some(number) => Ok(Value::Integer(number)),
                None => self.float(Value::Integer(a).as_number(), Value::Integer(b).as_number()),
            },
            Some(Numbers::Integers(a, b)) => self.float(Value::Integer(a).as_number(), Value::Integer(b).as_number()),
            Some(Numbers::Floats(a, b)) => self.float(Some(a), Some(b)),
            None if left.is_missing() || right.is_missing() => Err(Wrong("it calculates with a missing value")),
            None => Err(Wrong("it calculates with something that is not a number")),
        }
    }

    /// The result of whole numbers, if it is one.
    fn integer(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Subtract => a.checked_sub(b),
            Self::Multiply => a.checked_mul(b),
            Self::FloorDivide => {
                let (quotient, remainder) = (a.checked_div(b)?, a.checked_rem(b)?);
                if remainder != 0 && (remainder < 0) != (b < 0) { quotient.checked_sub(1) } else { Some(quotient) }
            }
            Self::Remainder => {
                let remainder = a.checked_rem(b)?;
                if remainder != 0 && (remainder < 0) != (b < 0) { remainder.checked_add(b) } else { Some(remainder) }
            }
            Self::Power => a.checked_pow(u32::try_from(b).ok()?),
            Self::Divide | Self::Concatenate => None,
        }
    }

    fn float(self, a: Option<f64>, b: Option<f64>) -> Result<Value, Wrong> {
        let (Some(a), Some(b)) = (a, b) else { return Err(Wrong("it calculates with something that is not a number")) };
        let by_zero = match self {
            Self::Divide | Self::FloorDivide | Self::Remainder => b == 0.0,
            Self::Power => a == 0.0 && b < 0.0,
            _ => false,
        };
        if by_zero {
            return Err(Wrong("it divides by zero"));
        }
        Ok(Value::Float(match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::FloorDivide => divide_down(a, b).0,
            Self::Remainder => divide_down(a, b).1,
            Self::Power => libm::pow(a, b),
            Self::Concatenate => return Err(Wrong("it calculates with something that is not a number")),
        }))
    }
}

/// The quotient, rounded down, and the remainder, which has the sign of the divisor: Python's
/// `divmod`.
fn divide_down(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0.0_f64.copysign(b);
    } else if (remainder < 0.0) != (b < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(a / b), remainder);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, remainder)
}

/// `-value`.
///
/// # Errors
/// The value is not a number.
pub fn negate(value: &Value) -> Result<Value, Wrong> {
    match value {
        Value::Integer(number) => Ok(number.checked_neg().map_or(Value::Float(-(i64::MIN as f64)), Value::Integer)),
        Value::Float(number) => Ok(Value::Float(-number)),
        _ => Err(Wrong("it calculates with something that is not a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn apply(operator: Operator, left: Value, right: Value) -> Result<String, Wrong> {
        let spent = Cell::new(0);
        let mut meter = Meter { steps: 0, bytes: 1_000, spent: &spent, most: 1_000 };
        operator.apply(&left, &right, &mut meter).map(|value| value.to_string())
    }

    #[test]
    fn calculates_as_python_does() {
        use Operator::{Add, Divide, FloorDivide, Multiply, Power, Remainder, Subtract};
        let int = Value::Integer;
        for (operator, left, right, result) in [
            (Add, int(1), int(2), "3"),
            (Add, Value::from("a"), Value::from("b"), "ab"),
            (Add, int(i64::MAX), int(1), "9223372036854776000.0"),
            (Subtract, int(1), Value::Float(0.5), "0.5"),
            (Multiply, Value::Bool(true), int(3), "3"),
            (Divide, int(4), int(2), "2.0"),
            (FloorDivide, int(-7), int(2), "-4"),
            (Remainder, int(-7), int(2), "1"),
            (Remainder, int(i64::MIN), int(-1), "-0.0"),
            (Remainder, int(1200), Value::Float(-2.5), "-0.0"),
            (FloorDivide, Value::Float(-7.5), int(2), "-4.0"),
            (Power, int(2), int(10), "1024"),
            (Power, int(2), int(-1), "0.5"),
            (Power, int(10), int(400), "inf"),
        ] {
            assert_eq!(apply(operator, left, right).as_deref(), Ok(result), "{operator:?}");
        }
        assert!(apply(Divide, int(1), int(0)).is_err());
        assert!(apply(FloorDivide, int(1), int(0)).is_err());
        assert!(apply(Remainder, int(1), int(0)).is_err());
        assert!(apply(Power, int(0), int(-1)).is_err());
        assert!(apply(Multiply, Value::from("a"), int(3)).is_err());
        assert!(apply(Add, Value::from("a".repeat(600)), Value::from("a".repeat(600))).is_err());
    }
}
