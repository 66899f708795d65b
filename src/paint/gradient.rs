//! Opaque gradients over the whole canvas, row by row.
//!
//! A background is most of the work of an isolate's first picture. tiny-skia's pipeline, which can
//! clip, rotate and blend, takes five times as long for it.

use tiny_skia::Pixmap;

use crate::geometry::Rect;
use crate::layout::shade;
use crate::plan::{Paint, Stop};

/// An opaque gradient.
pub struct Gradient {
    /// In order; the first offset is 0, the last 1.
    steps: Vec<Step>,
    shape: Shape,
    /// Whether neighbouring levels are mixed.
    dither: bool,
}

/// Colours from one offset to the next.
#[derive(Clone, Copy)]
struct Step {
    begin: f32,
    end: f32,
    /// Red, green and blue at offset 0, extrapolated, and their increase up to offset 1. All are
    /// from 0 to 1.
    bias: [f32; 3],
    slope: [f32; 3],
}

/// The function from a point to its offset, in output px from the canvas's corner.
enum Shape {
    /// The offset at the corner, its increase for each px to the right, and for each px down.
    Linear(f32, f32, f32),
    /// The middle, and the radius.
    Radial(f32, f32, f32),
}

impl Gradient {
    /// The gradient of a paint in a frame. `None` if the paint is no gradient, is not opaque, or
    /// degenerates.
    pub fn new(paint: &Paint, frame: Rect, scale: f32) -> Option<Self> {
        let (stops, shape, dither) = match paint {
            Paint::Linear { angle, repeat: 0.0, dither, stops } => {
                let (start, end) = shade::line(*angle, frame);
                let (dx, dy) = (end.x - start.x, end.y - start.y);
                let square = dx * dx + dy * dy;
                let corner = 0.0 - (start.x * dx + start.y * dy) / square;
                (stops, Shape::Linear(corner, dx / square / scale, dy / square / scale), *dither)
            }
            Paint::Radial { center, radius, repeat: 0.0, dither, stops } => {
                let (center, radius) = shade::circle(*center, *radius, frame);
                (stops, Shape::Radial(center.x * scale, center.y * scale, radius * scale), *dither)
            }
            Paint::Color(_) | Paint::Picture | Paint::Linear { .. } | Paint::Radial { .. } | Paint::Conic { .. } => {
                return None;
            }
        };
        let is_sound = match shape {
            Shape::Linear(corner, right, down) => corner.is_finite() && right.is_finite() && down.is_finite(),
            Shape::Radial(_, _, radius) => radius > 1.0,
        };
        (is_sound && stops.len() > 1 && stops.iter().all(|stop| stop.color.a == 255)).then(|| Self {
            steps: steps(stops),
            shape,
            dither,
        })
    }

    /// Whether neighbouring levels are mixed.
    pub const fn is_dithered(&self) -> bool {
        self.dither
    }

    /// Fills a whole picture with the gradient; its corner lies at some px of the canvas.
    #[expect(clippy::cast_precision_loss, reason = "a side has a few thousand px")] // of the corner and of `y`
    pub fn cover(&self, picture: &mut Pixmap, (left, top): (i32, i32)) {
        let stride = (picture.width() as usize).saturating_mul(4).max(4);
        let start = left as f32 + 0.5;
        for (row, number) in picture.data_mut().chunks_exact_mut(stride).zip(top..) {
            let y = number as f32 + 0.5;
            let halves = if self.dither { thresholds(left, number) } else { [0.5; LANES] };
            match self.shape {
                Shape::Linear(corner, right, down) => {
                    let left = corner + y * down;
                    self.row(row, (start, &halves), |x| left + x * right);
                }
                Shape::Radial(center, middle, radius) => {
                    let dy = (y - middle) / radius;
                    self.row(row, (start, &halves), |x| {
                        let dx = (x - center) / radius;
                        (dx * dx + dy * dy).sqrt()
                    });
                }
            }
        }
    }

    /// Fills a row of RGBA from a place on. `offset` maps a place, in px from the left, to its offset. A level
    /// is rounded up from its `halves` on.
    #[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
    #[expect(clippy::cast_precision_loss, reason = "a few lanes")]
    fn row(&self, row: &mut [u8], (start, halves): (f32, &[f32; LANES]), offset: impl Fn(f32) -> f32) {
        // The step of the previous pixel is usually also that of the next ones.
        let mut step = self.step(0.0);
        let (groups, rest) = row.as_chunks_mut::<{ 4 * LANES }>();
        let mut x = start;
        for group in groups {
            let mut offsets = [0.0_f32; LANES];
            for (lane, at) in offsets.iter_mut().enumerate() {
                *at = offset(x + lane as f32).clamp(0.0, 1.0);
            }
            x += LANES as f32;
            if offsets.iter().all(|at| step.begin <= *at && *at < step.end) {
                step.colors(&offsets, halves, group.as_chunks_mut().0);
            } else {
                for ((at, half), pixel) in offsets.iter().zip(halves).zip(group.as_chunks_mut().0) {
                    step = self.step(*at);
                    step.colors(&[*at], &[*half], std::slice::from_mut(pixel));
                }
            }
        }
        for (pixel, half) in rest.as_chunks_mut().0.iter_mut().zip(halves) {
            let at = offset(x).clamp(0.0, 1.0);
            self.step(at).colors(&[at], &[*half], std::slice::from_mut(pixel));
            x += 1.0;
        }
    }

    /// The step at an offset.
    fn step(&self, at: f32) -> Step {
        let found = self.steps.iter().find(|step| at < step.end).or(self.steps.last());
        found.copied().unwrap_or(Step { begin: 0.0, end: 0.0, bias: [0.0; 3], slope: [0.0; 3] })
    }
}

impl Step {
    /// The colours of this step at some offsets, as RGBA.
    #[inline(always)] // for each group of pixels
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255.5")]
    fn colors(&self, offsets: &[f32], halves: &[f32], pixels: &mut [[u8; 4]]) {
        let ([red, green, blue], [red_slope, green_slope, blue_slope]) = (self.bias, self.slope);
        for ((pixel, at), half) in pixels.iter_mut().zip(offsets).zip(halves) {
            let level = |bias: f32, slope: f32| ((bias + slope * at).clamp(0.0, 1.0) * 255.0 + half) as i32 as u32;
            let [r, g, b] = [level(red, red_slope), level(green, green_slope), level(blue, blue_slope)];
            *pixel = (r | g << 8 | b << 16 | 255 << 24).to_le_bytes();
        }
    }
}

/// Number of pixels whose colours are computed together: each of their channels is one vector or
/// two.
const LANES: usize = 8;

/// What is added to the px of a row before they are rounded down, from a px of the canvas on: 64 evenly
/// spread numbers of the ordered dither of Bayer (8 × 8).
fn thresholds(left: i32, row: i32) -> [f32; LANES] {
    let mut thresholds = [0.5; LANES];
    for (threshold, column) in thresholds.iter_mut().zip(left..) {
        // The bits of column ⊻ row and row, interleaved, the lowest first.
        let (one, two) = ((column ^ row).cast_unsigned(), row.cast_unsigned());
        let bit = |of: u32, at: u32, to: u32| (of >> at & 1) << to;
        let number =
            bit(one, 0, 5) | bit(two, 0, 4) | bit(one, 1, 3) | bit(two, 1, 2) | bit(one, 2, 1) | bit(two, 2, 0);
        #[expect(clippy::cast_precision_loss, reason = "less than 64")]
        let share = (number as f32 + 0.5) / 64.0;
        *threshold = share;
    }
    thresholds
}

/// The steps between stops. The first and the last colour extend to the ends.
fn steps(stops: &[Stop]) -> Vec<Step> {
    let rgb = |stop: &Stop| [stop.color.r, stop.color.g, stop.color.b].map(|channel| f32::from(channel) / 255.0);
    let step = |from: (f32, [f32; 3]), to: (f32, [f32; 3])| {
        let length = to.0 - from.0;
        let mut slope = [0.0; 3];
        for ((slope, from), to) in slope.iter_mut().zip(from.1).zip(to.1) {
            *slope = (to - from) / length;
        }
        let mut bias = from.1;
        bias.iter_mut().zip(slope).for_each(|(bias, slope)| *bias -= slope * from.0);
        Step { begin: from.0, end: to.0, bias, slope }
    };
    let mut all: Vec<(f32, [f32; 3])> = stops.iter().map(|stop| (stop.offset, rgb(stop))).collect();
    if let (Some(first), Some(last)) = (all.first().copied(), all.last().copied()) {
        all.insert(0, (0.0, first.1));
        all.push((1.0, last.1));
    }
    let pairs = all.iter().zip(all.iter().skip(1));
    // Two stops at one offset make a sharp edge, without a step between them.
    let mut steps: Vec<Step> = pairs.filter(|(from, to)| to.0 > from.0).map(|(from, to)| step(*from, *to)).collect();
    if let Some(last) = all.last() {
        // And behind the end.
        steps.push(Step { begin: last.0, end: f32::INFINITY, bias: last.1, slope: [0.0; 3] });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::super::shader;
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
                let linear = |angle| Paint::Linear { angle, repeat: 0.0, dither: false, stops: stops.clone() };
                let radial = |x, y, radius| Paint::Radial {
                    center: (Length::Fraction(x), Length::Fraction(y)),
                    radius: Length::Fraction(radius),
                    repeat: 0.0,
                    dither: false,
                    stops: stops.clone(),
                };
                for paint in [linear(0.0), linear(135.0), linear(77.0), radial(0.5, 0.5, 1.0), radial(0.1, 0.9, 0.4)] {
                    let mut ours = Pixmap::new(width, height).unwrap();
                    Gradient::new(&paint, frame, scale).unwrap().cover(&mut ours, (0, 0));
                    let mut theirs = Pixmap::new(width, height).unwrap();
                    let all = tiny_skia::Rect::from_xywh(-2.0, -2.0, 400.0, 400.0).unwrap();
                    let paint = shader::paint(&paint, frame, 1.0);
                    theirs.fill_rect(all, &paint, Transform::from_scale(scale, scale), None);
                    // Rounding may differ by one level; at a sharp edge any difference is allowed.
                    let far = |(one, other): (&u8, &u8)| one.abs_diff(*other) > 1;
                    let far = ours.data().iter().zip(theirs.data()).filter(|pair| far(*pair)).count();
                    assert!(far <= ours.data().len() / 200, "{far} of {}: {list:?}", ours.data().len());
                }
            }
        }
    }

    #[test]
    fn dithered_levels_are_those_of_the_gradient_on_average() {
        let color = |level| Color::rgb(level, level, 9);
        let stops = vec![Stop { offset: 0.0, color: color(40) }, Stop { offset: 1.0, color: color(44) }];
        let paint = Paint::Linear { angle: 90.0, repeat: 0.0, dither: true, stops };
        let mut picture = Pixmap::new(512, 64).unwrap();
        Gradient::new(&paint, Rect::new(0.0, 0.0, 512.0, 64.0), 1.0).unwrap().cover(&mut picture, (0, 0));
        for left in (0..512).step_by(64) {
            let rows = picture.pixels().chunks(512).map(|row| &row[left..left + 64]);
            let sum: f32 = rows.flatten().map(|pixel| f32::from(pixel.red())).sum();
            let expected = 40.0 + 4.0 * (left as f32 + 32.0) / 512.0;
            assert!((sum / 4096.0 - expected).abs() < 0.02, "{left}: {}, expected {expected}", sum / 4096.0);
        }
        assert!(picture.pixels().iter().all(|pixel| pixel.blue() == 9), "an even channel stays even");
        // A part of it is the same, wherever it begins.
        let mut part = Pixmap::new(37, 5).unwrap();
        Gradient::new(&paint, Rect::new(0.0, 0.0, 512.0, 64.0), 1.0).unwrap().cover(&mut part, (101, 13));
        let row = |picture: &Pixmap, at: usize| picture.pixels()[at..at + 37].to_vec();
        assert_eq!(row(&part, 37 * 2), row(&picture, 15 * 512 + 101));
    }

    #[test]
    fn others_are_left_to_the_pipeline() {
        let frame = Rect::new(0.0, 0.0, 10.0, 10.0);
        let stop = |a| Stop { offset: 0.0, color: Color { a, ..Color::BLACK } };
        let linear = |stops| Paint::Linear { angle: 90.0, repeat: 0.0, dither: false, stops };
        assert!(Gradient::new(&linear(vec![stop(255), stop(255)]), frame, 1.0).is_some());
        assert!(Gradient::new(&linear(vec![stop(255), stop(254)]), frame, 1.0).is_none());
        assert!(Gradient::new(&linear(vec![stop(255)]), frame, 1.0).is_none());
        assert!(Gradient::new(&linear(vec![stop(255), stop(255)]), Rect::default(), 1.0).is_none());
    }
}
