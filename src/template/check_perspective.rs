//! The rules of layers in perspective that can be checked without a layout.

use crate::error::Problem;
use crate::limits::Limits;
use crate::projection::Quad;

use super::explain::wrong;
use super::perspective::{ANGLES, Corners, Curve, TILTS};
use super::templated::{Length, Templated};

/// Checks corners and a curve, as far as they are written out.
///
/// # Errors
/// The field, and what is wrong with it.
pub fn check_perspective(
    corners: Option<&Corners>,
    curve: Option<&Curve>,
    path: &str,
    limits: &Limits,
) -> Result<(), Problem> {
    let flaw = corners.and_then(literal).and_then(|quad| quad.flaw(f64::from(limits.corner_px)));
    if let Some(flaw) = flaw {
        return Err(wrong("field-wrong", flaw)
            .at(format!("{path}.corners"))
            .remedy("name the four corners clockwise from the top left, as seen: [[x, y], [x, y], [x, y], [x, y]]"));
    }
    let Some(curve) = curve else { return Ok(()) };
    for (name, degrees, (least, most)) in
        [("angle", curve.angle.as_ref(), ANGLES), ("tilt", curve.tilt.as_ref(), TILTS)]
    {
        if let Some(Templated::Literal(degrees)) = degrees
            && !(least..=most).contains(degrees)
        {
            let message = format!("expected {least} to {most} degrees");
            return Err(wrong("field-wrong", message).at(format!("{path}.curve.{name}")));
        }
    }
    Ok(())
}

/// Corners without expressions and of one unit. What makes a quad bad is the same in percent of any
/// box.
fn literal(corners: &Corners) -> Option<Quad> {
    let side = |length: &Templated<Length>| match length {
        Templated::Literal(Length::Px(px)) => Some((true, f64::from(*px))),
        Templated::Literal(Length::Fraction(fraction)) => Some((false, f64::from(*fraction))),
        Templated::Expression(_) => None,
    };
    let sides: Vec<(bool, f64)> = corners.iter().flatten().filter_map(side).collect();
    let first = sides.first()?.0;
    let [a, b, c, d, e, f, g, h] = <[(bool, f64); 8]>::try_from(sides).ok()?;
    let is_one = [a, b, c, d, e, f, g, h].iter().all(|(is_px, _)| *is_px == first);
    is_one.then_some(Quad([(a.1, b.1), (c.1, d.1), (e.1, f.1), (g.1, h.1)]))
}
