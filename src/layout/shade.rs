//! The colour of a paint at a point of its box. Gradients as in CSS Images 4.

use tiny_skia::{Point, PremultipliedColorU8};

use crate::color::Color;
use crate::geometry::{Rect, px};
use crate::plan::{Length, Paint, Stop};

/// A point of a box.
pub fn point((x, y): (Length, Length), frame: Rect) -> Point {
    Point::from_xy(px(frame.x + x.resolve(frame.width)), px(frame.y + y.resolve(frame.height)))
}

/// The line of a linear gradient: through the middle at `angle`, long enough that the corners get the
/// end colours.
#[must_use]
pub fn line(angle: f32, frame: Rect) -> (Point, Point) {
    let (sin, cos) = libm::sincosf(angle.to_radians());
    let half = ((frame.width * sin).abs() + (frame.height * cos).abs()) / 2.0;
    let (x, y) = (frame.x + frame.width / 2.0, frame.y + frame.height / 2.0);
    let start = Point::from_xy(px(x - sin * half), px(y + cos * half));
    (start, Point::from_xy(px(x + sin * half), px(y - cos * half)))
}

/// The middle and the radius of a radial gradient. A fraction is relative to the distance to the
/// farthest corner.
#[must_use]
pub fn circle(center: (Length, Length), radius: Length, frame: Rect) -> (Point, f32) {
    let center = point(center, frame);
    let dx = (center.x - frame.x).abs().max((frame.right() - center.x).abs());
    let dy = (center.y - frame.y).abs().max((frame.bottom() - center.y).abs());
    (center, px(radius.resolve((dx * dx + dy * dy).sqrt())))
}

/// The premultiplied colour of a paint at a point. An image has none here.
pub fn at(paint: &Paint, frame: Rect, (x, y): (f32, f32)) -> PremultipliedColorU8 {
    // The distance along a gradient, in the unit of its length or of its `repeat`.
    let (distance, length, repeat, stops) = match paint {
        Paint::Color(color) => return premultiplied(*color),
        Paint::Picture => return PremultipliedColorU8::TRANSPARENT,
        Paint::Linear { angle, repeat, stops, .. } => {
            let (start, end) = line(*angle, frame);
            let (sin, cos) = libm::sincosf(angle.to_radians());
            let length = (end.x - start.x) * sin - (end.y - start.y) * cos;
            ((x - start.x) * sin - (y - start.y) * cos, length, *repeat, stops)
        }
        Paint::Radial { center, radius, repeat, stops, .. } => {
            let (center, radius) = circle(*center, *radius, frame);
            let (dx, dy) = (x - center.x, y - center.y);
            ((dx * dx + dy * dy).sqrt(), radius, *repeat, stops)
        }
        Paint::Conic { center, angle, repeat, stops } => {
            let center = point(*center, frame);
            let turn = libm::atan2f(x - center.x, center.y - y).to_degrees() - angle;
            (turn.rem_euclid(360.0), 360.0, *repeat, stops)
        }
    };
    let offset = if repeat > 0.0 { distance.rem_euclid(repeat) / repeat } else { distance / length };
    // A gradient without a length has its last colour.
    blended(stops, if offset.is_nan() { 1.0 } else { offset })
}

/// The colour between stops, which are blended premultiplied.
fn blended(stops: &[Stop], offset: f32) -> PremultipliedColorU8 {
    let after = stops.iter().position(|stop| offset < stop.offset);
    let (before, next) = match after {
        Some(0) => (stops.first(), stops.first()),
        Some(after) => (stops.get(after.saturating_sub(1)), stops.get(after)),
        None => (stops.last(), stops.last()),
    };
    let (Some(before), Some(next)) = (before, next) else { return PremultipliedColorU8::TRANSPARENT };
    let part = (offset - before.offset) / (next.offset - before.offset);
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    let levels = |color: Color| {
        let color = premultiplied(color);
        [color.red(), color.green(), color.blue(), color.alpha()].map(f32::from)
    };
    let mut mixed = [0_u8; 4];
    for ((mixed, one), other) in mixed.iter_mut().zip(levels(before.color)).zip(levels(next.color)) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two levels, and a half")]
        let level = (one + (other - one) * part + 0.5) as u8;
        *mixed = level;
    }
    let [r, g, b, a] = mixed;
    PremultipliedColorU8::from_rgba(r, g, b, a).unwrap_or(PremultipliedColorU8::TRANSPARENT)
}

fn premultiplied(color: Color) -> PremultipliedColorU8 {
    tiny_skia::ColorU8::from_rgba(color.r, color.g, color.b, color.a).premultiply()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_have_their_colours_where_they_are_drawn() {
        let frame = Rect::new(10.0, 20.0, 200.0, 100.0);
        let stops = || {
            let stop = |offset, color: &str| Stop { offset, color: color.parse().unwrap() };
            vec![stop(0.0, "#000"), stop(0.5, "#fff"), stop(1.0, "#f000")]
        };
        let half = (Length::Fraction(0.5), Length::Fraction(0.5));
        let linear = |angle, repeat| Paint::Linear { angle, repeat, dither: false, stops: stops() };
        let radial =
            Paint::Radial { center: half, radius: Length::Px(50.0), repeat: 0.0, dither: false, stops: stops() };
        let conic = |angle| Paint::Conic { center: half, angle, repeat: 0.0, stops: stops() };
        for (paint, point, [r, g, b, a]) in [
            (linear(90.0, 0.0), (60.0, 99.0), [128, 128, 128, 255]),
            (linear(90.0, 0.0), (160.0, 20.0), [128, 128, 128, 128]),
            (linear(270.0, 0.0), (210.0, 20.0), [0, 0, 0, 255]),
            (linear(180.0, 0.0), (60.0, 70.0), [255, 255, 255, 255]),
            (linear(90.0, 40.0), (60.0, 70.0), [128, 128, 128, 255]),
            (radial.clone(), (110.0, 70.0), [0, 0, 0, 255]),
            (radial.clone(), (110.0, 45.0), [255, 255, 255, 255]),
            (radial, (10.0, 70.0), [0, 0, 0, 0]),
            (conic(0.0), (210.0, 70.0), [128, 128, 128, 255]),
            (conic(90.0), (210.0, 70.0), [0, 0, 0, 255]),
        ] {
            let found = at(&paint, frame, point);
            let found = [found.red(), found.green(), found.blue(), found.alpha()];
            assert_eq!(found, [r, g, b, a], "{paint:?} at {point:?}");
        }
    }
}
