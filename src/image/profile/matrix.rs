//! 3 × 3 matrices from the colours of a space to linear sRGB (IEC 61966-2-1), by way of CIE XYZ.

/// Rows of factors.
pub(crate) type Matrix = [[f64; 3]; 3];

/// Chromaticities (CIE xy) of red, green and blue of sRGB.
pub(crate) const SRGB: [(f64, f64); 3] = [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)];

/// The white of sRGB, Display P3 and BT.2020.
pub(crate) const D65: (f64, f64) = (0.3127, 0.3290);

/// The white of ICC's connection space, as XYZ (ICC.1, §7.2.16).
const D50: [f64; 3] = [0.9642, 1.0, 0.8249];

/// Linear Bradford, the adaptation that ICC.1 (annex E) names: XYZ to cone responses.
const BRADFORD: Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];

/// The matrix from linear light of a space with these primaries and that white to linear sRGB.
/// `None` if the primaries span no colours.
pub(crate) fn to_srgb(primaries: [(f64, f64); 3], white: (f64, f64)) -> Option<Matrix> {
    from_connection_space(to_connection_space(primaries, white)?)
}

/// The matrix from linear light to linear sRGB, made from a matrix from linear light to XYZ under
/// D50.
pub(crate) fn from_connection_space(to_xyz: Matrix) -> Option<Matrix> {
    let srgb = to_connection_space(SRGB, D65)?;
    let matrix = product(&inverse(&srgb)?, &to_xyz);
    matrix.iter().flatten().all(|factor| factor.abs() < 1e3).then_some(matrix)
}

/// The matrix from linear light to XYZ, adapted to D50.
fn to_connection_space(primaries: [(f64, f64); 3], white: (f64, f64)) -> Option<Matrix> {
    let [red, green, blue] = primaries.map(xyz);
    let unscaled = transposed(&[red?, green?, blue?]);
    let white = xyz(white)?;
    // The brightness of each primary is such that all three together make white.
    let brightness = applied(&inverse(&unscaled)?, white);
    let scaled = unscaled.map(|row| [0, 1, 2].map(|column| at(row, column) * at(brightness, column)));
    let (from, to) = (applied(&BRADFORD, white), applied(&BRADFORD, D50));
    let gain = |cone: usize| at(to, cone) / at(from, cone);
    let [l, m, s] = BRADFORD;
    let adapted = [l.map(|x| x * gain(0)), m.map(|x| x * gain(1)), s.map(|x| x * gain(2))];
    Some(product(&product(&inverse(&BRADFORD)?, &adapted), &scaled))
}

/// XYZ of a chromaticity, with Y = 1.
fn xyz((x, y): (f64, f64)) -> Option<[f64; 3]> {
    (y > 1e-4).then(|| [x / y, 1.0, (1.0 - x - y) / y])
}

fn at(row: [f64; 3], column: usize) -> f64 {
    row.get(column).copied().unwrap_or_default()
}

fn applied(matrix: &Matrix, [x, y, z]: [f64; 3]) -> [f64; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

fn transposed(&[[a, b, c], [d, e, f], [g, h, i]]: &Matrix) -> Matrix {
    [[a, d, g], [b, e, h], [c, f, i]]
}

fn product(left: &Matrix, right: &Matrix) -> Matrix {
    let columns = transposed(right);
    transposed(&columns.map(|column| applied(left, column)))
}

/// The inverse. `None` if the matrix has none or is nearly singular.
fn inverse(&[[a, b, c], [d, e, f], [g, h, i]]: &Matrix) -> Option<Matrix> {
    let (x, y, z) = (e * i - f * h, f * g - d * i, d * h - e * g);
    let determinant = a * x + b * y + c * z;
    let adjugate =
        [[x, c * h - b * i, b * f - c * e], [y, a * i - c * g, c * d - a * f], [z, b * g - a * h, a * e - b * d]];
    (determinant.abs() > 1e-6).then(|| adjugate.map(|row| row.map(|factor| factor / determinant)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colorants of the sRGB profile of the ICC, under D50.
    #[test]
    fn srgb_has_the_colorants_that_its_profile_says() {
        let colorants = [[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]];
        let seen = to_connection_space(SRGB, D65).unwrap();
        assert!(seen.iter().flatten().zip(colorants.iter().flatten()).all(|(a, b)| (a - b).abs() < 3e-4), "{seen:?}");
        let same = to_srgb(SRGB, D65).unwrap();
        assert!(
            same.iter().flatten().zip([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-9)
        );
    }

    #[test]
    fn primaries_on_a_line_span_nothing() {
        assert!(to_srgb([(0.1, 0.1), (0.2, 0.2), (0.3, 0.3)], D65).is_none());
        assert!(to_srgb(SRGB, (0.3, 0.0)).is_none());
    }
}
