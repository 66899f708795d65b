//! Transfer functions: a stored level, 0 to 1, to linear light, 0 to 1.

/// A transfer function.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Curve {
    /// `(a·x + b)^g + e` from `d` on, and `c·x + f` below `d`: `parametricCurveType` of ICC.1
    /// (§10.18), type 4.
    Parametric { g: f64, a: f64, b: f64, c: f64, d: f64, e: f64, f: f64 },
    /// At least two samples at even distances, with linear interpolation between them.
    Table(Vec<u16>),
}

impl Curve {
    /// IEC 61966-2-1.
    pub const SRGB: Self =
        Self::Parametric { g: 2.4, a: 1.0 / 1.055, b: 0.055 / 1.055, c: 1.0 / 12.92, d: 0.040_45, e: 0.0, f: 0.0 };
    /// ITU-R BT.709, the inverse of its camera's curve.
    pub const BT709: Self =
        Self::Parametric { g: 1.0 / 0.45, a: 1.0 / 1.099, b: 0.099 / 1.099, c: 1.0 / 4.5, d: 0.081, e: 0.0, f: 0.0 };

    /// `x^exponent`.
    pub const fn gamma(exponent: f64) -> Self {
        Self::Parametric { g: exponent, a: 1.0, b: 0.0, c: 0.0, d: 0.0, e: 0.0, f: 0.0 }
    }

    /// Linear light of a level, both 0 to 1.
    pub fn linear(&self, level: f64) -> f64 {
        let light = match self {
            &Self::Parametric { g, a, b, c, d, e, f } => {
                if level >= d {
                    libm::pow((a * level + b).max(0.0), g) + e
                } else {
                    c * level + f
                }
            }
            Self::Table(samples) => interpolated(samples, level),
        };
        if light.is_nan() { 0.0 } else { light.clamp(0.0, 1.0) }
    }

    /// The inverse of [`Curve::SRGB`].
    pub fn srgb_level(light: f64) -> f64 {
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * libm::pow(light, 1.0 / 2.4) - 0.055 }
    }
}

/// The value of a table at a place from 0 to 1.
fn interpolated(samples: &[u16], place: f64) -> f64 {
    let last = samples.len().saturating_sub(1);
    let at = place * f64::from(u32::try_from(last).unwrap_or(u32::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and saturating")]
    let index = (at.floor() as usize).min(last);
    let sample = |index: usize| f64::from(samples.get(index.min(last)).copied().unwrap_or(u16::MAX));
    let (low, high) = (sample(index), sample(index.saturating_add(1)));
    (low + (high - low) * (at - at.floor())) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_begin_and_end_where_they_should() {
        for curve in [Curve::SRGB, Curve::BT709, Curve::gamma(2.2), Curve::Table(vec![0, 9_000, u16::MAX])] {
            assert!(curve.linear(0.0).abs() < 1e-9 && (curve.linear(1.0) - 1.0).abs() < 1e-9, "{curve:?}");
        }
        assert!((Curve::Table(vec![0, 9_000, u16::MAX]).linear(0.25) - 4_500.0 / 65_535.0).abs() < 1e-9);
        assert!((Curve::SRGB.linear(0.5) - 0.214_041).abs() < 1e-5);
        assert!((Curve::srgb_level(0.214_041) - 0.5).abs() < 1e-5);
    }
}
