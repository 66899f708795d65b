//! The scale of a chart's axis: where a number lies between its ends, and which numbers are written.
//!
//! Ticks are multiples of 1, 2, 2.5 or 5 times a power of ten (Heckbert, "Nice numbers for graph labels",
//! Graphics Gems, 1990).

/// The ends of an axis; the first is less than the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    /// The distance of its ticks, if its ends are two of them.
    step: Option<f64>,
}

/// The numbers that are written along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    pub values: Vec<f64>,
    /// The distance of two of them.
    pub step: f64,
    /// Number of decimals that they need.
    pub places: u8,
}

impl Ticks {
    /// No numbers.
    pub const NONE: Self = Self { values: Vec::new(), step: 1.0, places: 0 };
}

impl Scale {
    /// From `low` to `high`; where they are equal, with as much room on both sides.
    const fn new(low: f64, high: f64) -> Self {
        if low < high {
            return Self { low, high, step: None };
        }
        // One number lies in the middle.
        let room = if low == 0.0 { 1.0 } else { low.abs() / 2.0 };
        Self { low: low - room, high: low + room, step: None }
    }

    /// The ends of the numbers themselves.
    pub const fn tight((low, high): (f64, f64)) -> Self {
        Self::new(low, high)
    }

    /// The same, with the template's ends, and zero if bars begin there.
    pub fn between((low, high): (f64, f64), [min, max]: [Option<f64>; 2], has_zero: bool) -> Self {
        let (low, high) = (min.unwrap_or(low), max.unwrap_or(high));
        let (low, high) = if has_zero { (low.min(0.0), high.max(0.0)) } else { (low, high) };
        if low == high && has_zero { Self { low: 0.0, high: 1.0, step: None } } else { Self::new(low, high) }
    }

    /// Ends at ticks. Lines begin at zero too, unless the template says where.
    pub fn nice(ends: (f64, f64), own: [Option<f64>; 2], has_zero: bool, most: f32) -> Self {
        let [min, max] = own;
        let Self { low, high, .. } = Self::between(ends, own, has_zero || min.is_none());
        let step = step((high - low) / intervals(most));
        let is_free = |own: Option<f64>, end: f64| own != Some(end);
        Self {
            low: if is_free(min, low) { (low / step).floor() * step } else { low },
            high: if is_free(max, high) { (high / step).ceil() * step } else { high },
            step: Some(step),
        }
    }

    /// The distance of its ends.
    pub fn span(self) -> f64 {
        self.high - self.low
    }

    /// Where a number lies: 0 at the lower end, 1 at the upper one, and never beyond them.
    #[expect(clippy::cast_possible_truncation, reason = "0 to 1")]
    pub fn at(self, number: f64) -> f32 {
        ((number - self.low) / self.span()).clamp(0.0, 1.0) as f32
    }

    /// The numbers along it, about `most` of them.
    pub fn ticks(self, most: f32) -> Ticks {
        let step = self.step.unwrap_or_else(|| step(self.span() / intervals(most)));
        let places = places(step);
        let mut values = Vec::new();
        let mut index = (self.low / step - 1e-9).ceil();
        while index * step <= self.high + step * 1e-9 && values.len() < 12 {
            // Zero has no sign.
            values.push(rounded(index * step, places) + 0.0);
            index += 1.0;
        }
        Ticks { values, step, places }
    }
}

/// Number of intervals between ticks.
fn intervals(most: f32) -> f64 {
    f64::from(most.clamp(2.0, 6.0).floor())
}

/// The least nice number that is not less than `raw`.
fn step(raw: f64) -> f64 {
    let mut power = 1.0_f64;
    while power * 10.0 <= raw {
        power *= 10.0;
    }
    while power > raw && power > 1e-12 {
        power /= 10.0;
    }
    let nice = [1.0, 2.0, 2.5, 5.0].into_iter().find(|nice| nice * power >= raw * 0.999_999).unwrap_or(10.0);
    nice * power
}

/// Number of decimals of a step.
fn places(step: f64) -> u8 {
    let mut places = 0;
    let mut scaled = step;
    while places < 12 && (scaled - scaled.round()).abs() > 1e-6 {
        scaled *= 10.0;
        places += 1;
    }
    places
}

fn rounded(number: f64, places: u8) -> f64 {
    let mut power = 1.0;
    for _ in 0..places {
        power *= 10.0;
    }
    (number * power).round() / power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(ends: (f64, f64), has_zero: bool) -> Vec<f64> {
        Scale::nice(ends, [None; 2], has_zero, 5.0).ticks(5.0).values
    }

    #[test]
    fn ticks_are_round_and_hold_zero() {
        assert_eq!(values((12.0, 87.0), true), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(values((-3.0, 7.0), true), [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(values((0.0, 0.0), true), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(values((5.0, 5.0), true), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(values((-900.0, -100.0), true), [-1000.0, -800.0, -600.0, -400.0, -200.0, 0.0]);
        assert_eq!(values((0.0, 1.3e12), true), [0.0, 5e11, 1e12, 1.5e12]);
    }

    #[test]
    fn ends_are_those_of_the_template() {
        let scale = Scale::nice((20.0, 38.0), [Some(15.0), Some(40.0)], false, 5.0);
        assert_eq!(scale.ticks(5.0).values, [15.0, 20.0, 25.0, 30.0, 35.0, 40.0]);
        assert_eq!((scale.at(15.0), scale.at(40.0), scale.at(99.0)), (0.0, 1.0, 1.0));
    }

    #[test]
    fn equal_numbers_lie_in_the_middle() {
        assert_eq!(Scale::tight((4.0, 4.0)).at(4.0), 0.5);
        assert_eq!(Scale::tight((0.0, 0.0)).at(0.0), 0.5);
    }
}
