//! Colour profiles → sRGB: ICC profiles with a matrix and three curves (ICC.1:2010, annex F.3), and
//! PNG's cICP, gAMA and cHRM.
//!
//! Phones write Display P3 into every photo, which looks pale if read as sRGB. The transform is our
//! own: a table for each channel, a matrix and a table back. It is small, and its operations give
//! the same bits natively and in wasm. Profiles with lookup tables (`A2B0`), mostly for printing,
//! are not converted, nor are grey and CMYK profiles.

mod curve;
mod icc;
mod matrix;

use curve::Curve;
use matrix::Matrix;

pub(super) use icc::parse;

/// Why an ICC profile was not applied.
pub(super) const UNREAD: &str = "the image has a colour profile that cannot be read; its colours are taken for sRGB";

/// Steps of linear light between black and white; the steepest part of the sRGB curve rises by 0.2
/// of 255 in one of them.
const STEPS: u16 = 16_384;

/// The colour space of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Profile {
    /// Read as sRGB, because the file says so or says nothing.
    Srgb,
    /// Three curves to linear light, and a matrix from there to linear sRGB.
    Rgb(Box<[Curve; 3]>, Matrix),
    /// A profile of another kind, and the reason why it is read as sRGB.
    Other(&'static str),
}

impl Profile {
    /// Reads PNG's cICP chunk (ITU-T H.273): primaries, transfer function, matrix, range.
    pub fn from_cicp(chunk: &[u8]) -> Self {
        let other = Self::Other("the image has coding-independent code points of a kind that is not converted");
        let [primaries, transfer, 0, 1] = *chunk else { return other };
        let colors = match primaries {
            1 => matrix::SRGB,
            9 => [(0.708, 0.292), (0.170, 0.797), (0.131, 0.046)],
            12 => [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)],
            _ => return other,
        };
        let curve = match transfer {
            1 | 6 | 14 | 15 => Curve::BT709,
            4 => Curve::gamma(2.2),
            5 => Curve::gamma(2.8),
            8 => Curve::gamma(1.0),
            13 => Curve::SRGB,
            _ => return other,
        };
        Self::of(curve, colors, matrix::D65)
    }

    /// Reads PNG's gAMA and cHRM chunks. Without chromaticities a gamma is not applied: browsers
    /// and editors disagree.
    pub fn from_chunks(gamma: Option<&[u8]>, chromaticities: &[u8]) -> Self {
        let numbers = chromaticities.as_chunks::<4>().0;
        let number = |bytes: &[u8; 4]| f64::from(u32::from_be_bytes(*bytes)) / 100_000.0;
        let &[wx, wy, rx, ry, gx, gy, bx, by] = numbers else { return Self::Srgb };
        let point = |x: [u8; 4], y: [u8; 4]| (number(&x), number(&y));
        let colors = [point(rx, ry), point(gx, gy), point(bx, by)];
        let curve = match gamma.and_then(|chunk| chunk.first_chunk::<4>()).map(number) {
            // Encoders write the curve of sRGB as 1 / 2.2 (PNG, §11.3.2.5).
            None => Curve::SRGB,
            Some(gamma) if (gamma - 0.45455).abs() < 0.005 => Curve::SRGB,
            Some(gamma) if (0.1..10.0).contains(&gamma) => Curve::gamma(1.0 / gamma),
            Some(_) => return Self::Srgb,
        };
        Self::of(curve, colors, point(wx, wy))
    }

    /// A colour space with one curve, three primaries and a white, as chromaticities (CIE xy).
    fn of(curve: Curve, primaries: [(f64, f64); 3], white: (f64, f64)) -> Self {
        match matrix::to_srgb(primaries, white) {
            Some(matrix) => Self::Rgb(Box::new([curve.clone(), curve.clone(), curve]), matrix),
            None => Self::Srgb,
        }
    }

    /// The transform of its colours to sRGB. `None` if they are sRGB to within a level, or if the
    /// transform is unknown.
    pub fn transform(&self) -> Option<Transform> {
        let Self::Rgb(curves, matrix) = self else { return None };
        let transform = Transform::new(curves, *matrix);
        transform.changes().then_some(transform)
    }

    /// The reason why it is not applied.
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Srgb | Self::Rgb(..) => None,
            Self::Other(why) => Some((*why).to_owned()),
        }
    }
}

/// A transform of stored levels to sRGB levels.
pub(super) struct Transform {
    /// Linear light of each level of each channel.
    linear: [[f32; 256]; 3],
    /// The matrix to linear sRGB, times [`STEPS`].
    rows: [[f32; 3]; 3],
    /// The sRGB level of a step of linear light.
    levels: Vec<u8>,
}

impl Transform {
    #[expect(clippy::cast_possible_truncation, reason = "to the precision that pixels need")]
    fn new(curves: &[Curve; 3], matrix: Matrix) -> Self {
        let table = |curve: &Curve| {
            let mut levels = 0_u16..;
            [0.0; 256].map(|_: f64| curve.linear(f64::from(levels.next().unwrap_or(255)) / 255.0) as f32)
        };
        let [red, green, blue] = curves;
        let level = |step: u16| {
            let level = Curve::srgb_level(f64::from(step) / f64::from(STEPS)) * 255.0 + 0.5;
            #[expect(clippy::cast_sign_loss, reason = "0.5 to 255.5")]
            let level = level as u8;
            level
        };
        Self {
            linear: [table(red), table(green), table(blue)],
            rows: matrix.map(|row| row.map(|factor| (factor * f64::from(STEPS)) as f32)),
            levels: (0..=STEPS).map(level).collect(),
        }
    }

    fn convert(&self, [r, g, b]: [u8; 3]) -> [u8; 3] {
        let [red, green, blue] = &self.linear;
        let at = |table: &[f32; 256], level: u8| table.get(usize::from(level)).copied().unwrap_or_default();
        let (r, g, b) = (at(red, r), at(green, g), at(blue, b));
        self.rows.map(|[from_r, from_g, from_b]| {
            let light = from_r * r + from_g * g + from_b * b + 0.5;
            // Colours outside sRGB are clamped to its edge, as relative colorimetric intent
            // requires.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturating is what is wanted")]
            let step = light as usize;
            self.levels.get(step).copied().unwrap_or(255)
        })
    }

    /// Whether the transform changes a colour by more than one level.
    fn changes(&self) -> bool {
        let levels = || (0..=255_u8).step_by(51);
        let grid = levels().flat_map(|r| levels().flat_map(move |g| levels().map(move |b| [r, g, b])));
        let greys = (0..=255_u8).map(|level| [level; 3]);
        grid.chain(greys).any(|color| color.iter().zip(self.convert(color)).any(|(a, b)| a.abs_diff(b) > 1))
    }

    /// Converts opaque or straight pixels in place.
    pub fn apply(&self, pixels: &mut [[u8; 4]]) {
        let mut last = ([0; 3], self.convert([0; 3]));
        for pixel in pixels {
            let [r, g, b, alpha] = *pixel;
            if last.0 != [r, g, b] {
                last = ([r, g, b], self.convert([r, g, b]));
            }
            let [r, g, b] = last.1;
            *pixel = [r, g, b, alpha];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Display P3, as Apple's profile and CSS Color 4 have it, against CSS Color 4's matrices and
    /// curves (§10.2, sample code).
    #[test]
    fn display_p3_becomes_srgb() {
        let transform = Profile::from_cicp(&[12, 13, 0, 1]).transform().unwrap();
        for (p3, srgb) in [
            ([255, 255, 255], [255, 255, 255]),
            ([0, 0, 0], [0, 0, 0]),
            ([128, 128, 128], [128, 128, 128]),
            ([204, 102, 51], [219, 94, 31]),
            // Outside of sRGB.
            ([255, 0, 0], [255, 0, 0]),
        ] {
            let seen = transform.convert(p3);
            assert!(
                seen.iter().zip(srgb).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 1),
                "{p3:?}: {seen:?}, not {srgb:?}"
            );
        }
    }

    #[test]
    fn srgb_stays_as_it_is() {
        assert!(Profile::from_cicp(&[1, 13, 0, 1]).transform().is_none());
        let numbers = [31_270_u32, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
        let chromaticities: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        assert!(Profile::from_chunks(Some(&45_455_u32.to_be_bytes()), &chromaticities).transform().is_none());
        assert!(Profile::from_chunks(None, &chromaticities).transform().is_none());
        assert!(Profile::from_chunks(Some(&100_000_u32.to_be_bytes()), &chromaticities).transform().is_some());
        assert_eq!(Profile::from_chunks(None, &[0; 32]), Profile::Srgb, "a white of nothing");
    }

    #[test]
    fn unknown_code_points_are_reported() {
        for chunk in [&[9, 16, 0, 1][..], &[9, 18, 0, 1], &[22, 13, 0, 1], &[12, 13, 1, 1], &[12, 13, 0, 0], &[12], &[]]
        {
            let profile = Profile::from_cicp(chunk);
            assert!(profile.transform().is_none() && profile.note().is_some(), "{chunk:?}");
        }
    }
}
