//! Opaque gradients over the whole canvas, row by row.
//!
//! A background is most of the work of an isolate's first picture. tiny-skia's pipeline, which can
//! clip, rotate and blend, takes five times as long for it.

use tiny_skia::Pixmap;
use wide::{f32x8, i32x8};

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
#[derive(Clone, Copy, Default)]
struct Step {
    begin: f32x8,
    end: f32x8,
    /// Red, green and blue at offset 0, extrapolated, and their increase up to offset 1, for each lane. All
    /// are from 0 to 1.
    bias: [f32x8; 3],
    slope: [f32x8; 3],
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
            let halves = if self.dither { thresholds(left, number) } else { f32x8::HALF };
            match self.shape {
                Shape::Linear(corner, right, down) => {
                    let (left, right) = (f32x8::splat(corner + y * down), f32x8::splat(right));
                    self.row(row, (start, halves), |x| left + x * right);
                }
                Shape::Radial(center, middle, radius) => {
                    let dy = f32x8::splat((y - middle) / radius);
                    let (center, radius) = (f32x8::splat(center), f32x8::splat(radius));
                    self.row(row, (start, halves), |x| {
                        let dx = (x - center) / radius;
                        (dx * dx + dy * dy).sqrt()
                    });
                }
            }
        }
    }

    /// Fills a row of RGBA from a place on. `offset` maps places, in px from the left, to their offsets. A level
    /// is rounded up from its `halves` on.
    #[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
    fn row(&self, row: &mut [u8], (start, halves): (f32, f32x8), offset: impl Fn(f32x8) -> f32x8) {
        // The step of the previous pixel is usually also that of the next ones.
        let mut step = self.step(0.0);
        let mut x = f32x8::splat(start) + LANE;
        for group in row.chunks_mut(4 * LANES) {
            let offsets = clamped(offset(x));
            let mut colors = step.colors(offsets, halves);
            if !step.covers(offsets) {
                for (lane, at) in offsets.to_array().into_iter().enumerate() {
                    step = self.step(at);
                    if let (Some(color), Some(of_step)) = (colors.get_mut(lane), step.colors(offsets, halves).get(lane))
                    {
                        *color = *of_step;
                    }
                }
            }
            match group.as_chunks_mut() {
                (pixels, []) if pixels.len() == LANES => pixels.copy_from_slice(&colors),
                (pixels, _) => pixels.iter_mut().zip(colors).for_each(|(pixel, color)| *pixel = color),
            }
            x += GROUP;
        }
    }

    /// The step at an offset.
    fn step(&self, at: f32) -> Step {
        let at = f32x8::splat(at);
        self.steps.iter().find(|step| at.simd_lt(step.end).all()).or(self.steps.last()).copied().unwrap_or_default()
    }
}

impl Step {
    /// Whether all of these offsets are in this step.
    #[inline(always)] // for each group of pixels
    fn covers(&self, offsets: f32x8) -> bool {
        (offsets.simd_ge(self.begin) & offsets.simd_lt(self.end)).all()
    }

    /// The colours of this step at some offsets, as RGBA.
    #[inline(always)] // for each group of pixels
    fn colors(&self, offsets: f32x8, halves: f32x8) -> [[u8; 4]; LANES] {
        let ([red, green, blue], [red_slope, green_slope, blue_slope]) = (self.bias, self.slope);
        let level = |bias: f32x8, slope: f32x8| (clamped(bias + slope * offsets) * LEVELS + halves).fast_trunc_int();
        let [r, g, b] = [level(red, red_slope), level(green, green_slope), level(blue, blue_slope)];
        bytemuck::cast(r | g << 8_i32 | b << 16_i32 | OPAQUE)
    }
}

/// From 0 to 1; what is no number becomes 0.
#[inline(always)] // for each channel of each group of pixels
fn clamped(numbers: f32x8) -> f32x8 {
    numbers.max(f32x8::ZERO).min(f32x8::ONE)
}

/// Number of pixels whose colours are computed together.
///
/// With vectors that are written as such: LLVM made none of loops over channels for wasm, which took three times as long.
const LANES: usize = 8;
/// The lanes' distances from the first one, and the distance of the next group, in px.
const LANE: f32x8 = f32x8::new([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
const GROUP: f32x8 = f32x8::new([8.0; LANES]);
/// The greatest level, and that of alpha in a pixel.
const LEVELS: f32x8 = f32x8::new([255.0; LANES]);
const OPAQUE: i32x8 = i32x8::new([0xFF << 24; LANES]);

/// What is added to the px of a row before they are rounded down, from a px of the canvas on: 64 evenly
/// spread numbers of the ordered dither of Bayer (8 × 8).
fn thresholds(left: i32, row: i32) -> f32x8 {
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
    thresholds.into()
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
        Step {
            begin: f32x8::splat(from.0),
            end: f32x8::splat(to.0),
            bias: bias.map(f32x8::splat),
            slope: slope.map(f32x8::splat),
        }
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
        let (begin, end) = (f32x8::splat(last.0), f32x8::splat(f32::INFINITY));
        steps.push(Step { begin, end, bias: last.1.map(f32x8::splat), slope: [f32x8::ZERO; 3] });
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
