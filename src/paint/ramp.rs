//! Opaque gradients over the whole canvas, row by row.
//!
//! A background is most of what the first picture of an isolate draws. tiny-skia's pipeline, which can clip, turn and blend, takes five
//! times as long for it.

use tiny_skia::{Pixmap, PremultipliedColorU8};

use crate::geometry::Rect;
use crate::plan::{Paint, Stop};

use super::shader;

/// An opaque gradient.
pub struct Ramp {
    /// In order; the first offset is 0, the last 1.
    steps: Vec<Step>,
    shape: Shape,
}

/// Colours from one offset to the next.
struct Step {
    /// Where it ends.
    end: f32,
    /// Red, green, blue and alpha at offset 0, if the step began there, and by how much they grow to offset 1; 0 to 1. Alpha is always 1:
    /// four channels are one vector.
    bias: [f32; 4],
    slope: [f32; 4],
}

/// How the offset at a point is found. In output px, from the canvas's corner.
enum Shape {
    /// So much at the corner, for each px to the right, and for each px down.
    Linear(f32, f32, f32),
    /// The middle, and the radius.
    Radial(f32, f32, f32),
}

impl Ramp {
    /// The gradient that a paint is in a frame; none where it is another paint, is not opaque, or degenerates.
    pub fn new(paint: &Paint, frame: Rect, scale: f32) -> Option<Self> {
        let (stops, shape) = match paint {
            Paint::Linear { angle, stops } => {
                let (start, end) = shader::line(*angle, frame);
                let (dx, dy) = (end.x - start.x, end.y - start.y);
                let square = dx * dx + dy * dy;
                let corner = 0.0 - (start.x * dx + start.y * dy) / square;
                (stops, Shape::Linear(corner, dx / square / scale, dy / square / scale))
            }
            Paint::Radial { center, radius, stops } => {
                let (center, radius) = shader::circle(*center, *radius, frame);
                (stops, Shape::Radial(center.x * scale, center.y * scale, radius * scale))
            }
            Paint::Color(_) | Paint::Conic { .. } => return None,
        };
        let is_sound = match shape {
            Shape::Linear(corner, right, down) => corner.is_finite() && right.is_finite() && down.is_finite(),
            Shape::Radial(_, _, radius) => radius > 1.0,
        };
        (is_sound && stops.len() > 1 && stops.iter().all(|stop| stop.color.a == 255))
            .then(|| Self { steps: steps(stops), shape })
    }

    /// Covers a picture with it.
    #[expect(clippy::cast_precision_loss, reason = "a side has a few thousand px")] // of `y`
    pub fn cover(&self, picture: &mut Pixmap) {
        let width = (picture.width() as usize).max(1);
        for (y, row) in picture.pixels_mut().chunks_exact_mut(width).enumerate() {
            let y = y as f32 + 0.5;
            match self.shape {
                Shape::Linear(corner, right, down) => {
                    let left = corner + y * down;
                    self.row(row, |x| left + x * right);
                }
                Shape::Radial(center, middle, radius) => {
                    let dy = (y - middle) / radius;
                    self.row(row, |x| {
                        let dx = (x - center) / radius;
                        (dx * dx + dy * dy).sqrt()
                    });
                }
            }
        }
    }

    /// Covers a row; `offset` is that of a place, in px from the left.
    #[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
    #[expect(clippy::cast_precision_loss, reason = "a side has a few thousand px")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255.5")]
    fn row(&self, row: &mut [PremultipliedColorU8], offset: impl Fn(f32) -> f32) {
        // The step of the pixel before, which is mostly that of the next, and where it begins.
        let (mut bias, mut slope, mut begin, mut end) = ([0.0; 4], [0.0; 4], f32::INFINITY, f32::INFINITY);
        for (x, pixel) in row.iter_mut().enumerate() {
            let at = offset(x as f32 + 0.5).clamp(0.0, 1.0);
            if !(begin <= at && at < end) {
                begin = 0.0;
                for step in &self.steps {
                    (bias, slope, end) = (step.bias, step.slope, step.end);
                    if at < end {
                        break;
                    }
                    begin = end;
                }
            }
            let mut levels = [0_i32; 4];
            for ((level, bias), slope) in levels.iter_mut().zip(bias).zip(slope) {
                *level = ((bias + slope * at).clamp(0.0, 1.0) * 255.0 + 0.5) as i32;
            }
            let [r, g, b, a] = levels.map(|level| level as u8);
            *pixel = PremultipliedColorU8::from_rgba(r, g, b, a).unwrap_or(PremultipliedColorU8::TRANSPARENT);
        }
    }
}

/// What lies between stops, with the colours of the first and the last one up to the ends.
fn steps(stops: &[Stop]) -> Vec<Step> {
    let rgba = |stop: &Stop| {
        let [r, g, b] = [stop.color.r, stop.color.g, stop.color.b].map(|channel| f32::from(channel) / 255.0);
        [r, g, b, 1.0]
    };
    let step = |from: (f32, [f32; 4]), to: (f32, [f32; 4])| {
        let length = to.0 - from.0;
        let mut slope = [0.0; 4];
        for ((slope, from), to) in slope.iter_mut().zip(from.1).zip(to.1) {
            *slope = (to - from) / length;
        }
        let mut bias = from.1;
        bias.iter_mut().zip(slope).for_each(|(bias, slope)| *bias -= slope * from.0);
        Step { end: to.0, bias, slope }
    };
    let mut all: Vec<(f32, [f32; 4])> = stops.iter().map(|stop| (stop.offset, rgba(stop))).collect();
    if let (Some(first), Some(last)) = (all.first().copied(), all.last().copied()) {
        all.insert(0, (0.0, first.1));
        all.push((1.0, last.1));
    }
    let pairs = all.iter().zip(all.iter().skip(1));
    // Two stops in one place are an edge: nothing lies between them.
    let mut steps: Vec<Step> = pairs.filter(|(from, to)| to.0 > from.0).map(|(from, to)| step(*from, *to)).collect();
    if let Some(last) = all.last() {
        // And behind the end.
        steps.push(Step { end: f32::INFINITY, bias: last.1, slope: [0.0; 4] });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::Color;
    use crate::plan::Length;
    use tiny_skia::Transform;

    #[test]
    fn looks_as_tiny_skia_draws_it() {
        let color = |rgb: u32| Color { r: (rgb >> 16) as u8, g: (rgb >> 8) as u8, b: rgb as u8, a: 255 };
        let stop = |(offset, rgb): &(f32, u32)| Stop { offset: *offset, color: color(*rgb) };
        let lists: [&[(f32, u32)]; 4] = [
            &[(0.0, 0x5b_2be0), (1.0, 0xff_b25c)],
            &[(0.0, 0xff_fdf8), (0.6, 0xfc_f8ee), (1.0, 0xf4_ecda)],
            &[(0.2, 0xff_0000), (0.5, 0x00_ff00), (0.5, 0x00_00ff), (0.9, 0xff_ffff)],
            &[(0.0, 0x00_0000), (0.0, 0xff_ffff), (0.3, 0x12_3456), (1.0, 0x65_4321)],
        ];
        for (width, height, scale) in [(90, 40, 1.0), (31, 77, 0.5), (64, 64, 2.0)] {
            let frame = Rect::new(0.0, 0.0, width as f32 / scale, height as f32 / scale);
            for list in lists {
                let stops: Vec<Stop> = list.iter().map(stop).collect();
                let linear = |angle| Paint::Linear { angle, stops: stops.clone() };
                let radial = |x, y, radius| Paint::Radial {
                    center: (Length::Fraction(x), Length::Fraction(y)),
                    radius: Length::Fraction(radius),
                    stops: stops.clone(),
                };
                for paint in [linear(0.0), linear(135.0), linear(77.0), radial(0.5, 0.5, 1.0), radial(0.1, 0.9, 0.4)] {
                    let mut ours = Pixmap::new(width, height).unwrap();
                    Ramp::new(&paint, frame, scale).unwrap().cover(&mut ours);
                    let mut theirs = Pixmap::new(width, height).unwrap();
                    let all = tiny_skia::Rect::from_xywh(-2.0, -2.0, 400.0, 400.0).unwrap();
                    let paint = shader::paint(&paint, frame, 1.0);
                    theirs.fill_rect(all, &paint, Transform::from_scale(scale, scale), None);
                    // One level more or less where it rounds; anything at an edge between two colours in one place.
                    let far = |(one, other): (&u8, &u8)| one.abs_diff(*other) > 1;
                    let far = ours.data().iter().zip(theirs.data()).filter(|pair| far(*pair)).count();
                    assert!(far <= ours.data().len() / 200, "{far} of {}: {list:?}", ours.data().len());
                }
            }
        }
    }

    #[test]
    fn others_are_left_to_the_pipeline() {
        let frame = Rect::new(0.0, 0.0, 10.0, 10.0);
        let stop = |a| Stop { offset: 0.0, color: Color { a, ..Color::BLACK } };
        let linear = |stops| Paint::Linear { angle: 90.0, stops };
        assert!(Ramp::new(&linear(vec![stop(255), stop(255)]), frame, 1.0).is_some());
        assert!(Ramp::new(&linear(vec![stop(255), stop(254)]), frame, 1.0).is_none());
        assert!(Ramp::new(&linear(vec![stop(255)]), frame, 1.0).is_none());
        assert!(Ramp::new(&linear(vec![stop(255), stop(255)]), Rect::default(), 1.0).is_none());
    }
}
