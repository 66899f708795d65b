//! A layer in perspective: how its flat box is seen.
//!
//! The layer is laid out as a flat box. It is drawn flat, too, and then mapped: so all that it holds
//! is in perspective, whatever its kind.

use crate::geometry::{MAX_COORDINATE_PX, Rect};
use crate::limits::Limits;
use crate::plan::{self, Length};
use crate::projection::{Cylinder, Point, Projection, Quad};

/// How a flat box is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warp {
    /// Where its corners are, in px of the picture, clockwise from the top left.
    pub corners: Quad,
    /// The cylinder around which it is bent.
    pub cylinder: Option<Cylinder>,
    /// How far beyond its box a layer may draw, as a share of the box; farther out, perspective would
    /// blow it up.
    pub margin: f64,
}

/// The margins that are tried, the largest first.
const MARGINS: [f64; 4] = [0.5, 0.2, 0.05, 0.0];

/// The least nearness to the eye within the margin, as a share of the least one within the box.
const LEAST_DEPTH: f64 = 0.3;

fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

/// Flat px for each px that is seen, at the place that is seen largest. With one, the soft edges that
/// resampling leaves would be seen.
const DETAIL: f64 = 1.4;

/// The most flat px for each px that is seen, over the whole layer.
const MOST_DETAIL: f64 = 12.0;

/// The largest side of a flat layer in px, on which tiny-skia draws exactly.
const MAX_SIDE_PX: f64 = 4_096.0;

impl Warp {
    /// How a layer is seen whose flat box is `frame`, in a box `area` of the picture.
    ///
    /// # Errors
    /// What is wrong with its corners, in words.
    pub fn new(warp: &plan::Warp, frame: Rect, area: Rect, limits: &Limits) -> Result<Self, &'static str> {
        let flat =
            [(frame.x, frame.y), (frame.right(), frame.y), (frame.right(), frame.bottom()), (frame.x, frame.bottom())];
        let in_area = |(x, y): (Length, Length)| (area.x + x.resolve(area.width), area.y + y.resolve(area.height));
        let corners = warp.corners.map_or(flat, |corners| corners.map(in_area));
        let corners = Quad(corners.map(|(x, y)| (f64::from(x), f64::from(y))));
        if let Some(flaw) = corners.flaw(f64::from(limits.corner_px)) {
            return Err(flaw);
        }
        let cylinder = warp.curve.map(|curve| {
            let half = f64::from(curve.angle).to_radians() / 2.0;
            let (around, along) = if curve.stands { (frame.width, frame.height) } else { (frame.height, frame.width) };
            let radius = f64::from(around) / (2.0 * half) / f64::from(along);
            let (sin, cos) = libm::sincos(f64::from(curve.tilt).to_radians());
            Cylinder::new(curve.stands, half, radius * sin / cos)
        });
        if cylinder.is_some_and(|cylinder| !cylinder.bulge.is_finite()) {
            return Err("a box without a height cannot be bent");
        }
        let projection = Projection::onto(&corners);
        let depths = |margin: f64| {
            let depth = cylinder.map_or(0.0, |cylinder| cylinder.depth());
            let (low, high) = (-margin + depth.min(0.0), 1.0 + margin + depth.max(0.0));
            let (left, right, top, bottom) = match cylinder {
                Some(Cylinder { stands: false, .. }) => (low, high, -margin, 1.0 + margin),
                _ => (-margin, 1.0 + margin, low, high),
            };
            let all = [(left, top), (right, top), (right, bottom), (left, bottom)];
            all.map(|point| projection.depth(point)).into_iter().fold(f64::MAX, f64::min)
        };
        let square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let least = square.map(|point| projection.depth(point)).into_iter().fold(f64::MAX, f64::min) * LEAST_DEPTH;
        match MARGINS.into_iter().find(|margin| depths(*margin) >= least) {
            Some(margin) => Ok(Self { corners, cylinder, margin }),
            None => Err("it is bent so far that a part of it lies behind the eye"),
        }
    }

    /// Where a point of the flat box is seen. `None` if it is behind the eye.
    #[must_use]
    pub fn seen(&self, frame: Rect, (x, y): Point) -> Option<Point> {
        let (x, y) =
            ((x - f64::from(frame.x)) / f64::from(frame.width), (y - f64::from(frame.y)) / f64::from(frame.height));
        let point = self.cylinder.map_or((x, y), |cylinder| cylinder.bend((x, y)));
        Projection::onto(&self.corners).at(point)
    }

    /// The corners of a quad in which a part of the flat plane is seen. `None` if some of it is behind
    /// the eye.
    #[must_use]
    pub fn around(&self, frame: Rect, part: Rect) -> Option<[Point; 4]> {
        let at = |x: f32, y: f32| {
            (
                (f64::from(x) - f64::from(frame.x)) / f64::from(frame.width),
                (f64::from(y) - f64::from(frame.y)) / f64::from(frame.height),
            )
        };
        let ((mut left, mut top), (mut right, mut bottom)) = (at(part.x, part.y), at(part.right(), part.bottom()));
        if let Some(cylinder) = self.cylinder {
            // Without its shift, a bent part is a box again.
            let mut flat = cylinder;
            flat.bulge = 0.0;
            ((left, top), (right, bottom)) = (flat.bend((left, top)), flat.bend((right, bottom)));
            let (low, high) = (cylinder.depth().min(0.0), cylinder.depth().max(0.0));
            let (from, to) = if cylinder.stands { (&mut top, &mut bottom) } else { (&mut left, &mut right) };
            (*from, *to) = (*from + low, *to + high);
        }
        let projection = Projection::onto(&self.corners);
        let [a, b, c, d] = [(left, top), (right, top), (right, bottom), (left, bottom)];
        Some([projection.at(a)?, projection.at(b)?, projection.at(c)?, projection.at(d)?])
    }

    /// The part of the flat plane that is drawn.
    #[must_use]
    pub fn window(&self, frame: Rect) -> Rect {
        #[expect(clippy::cast_possible_truncation, reason = "one of four small numbers")]
        let margin = self.margin as f32;
        let (x, y) = (frame.width * margin, frame.height * margin);
        Rect::new(frame.x - x, frame.y - y, frame.width + 2.0 * x, frame.height + 2.0 * y)
    }

    /// Flat px per px of the template that are enough, where the picture has `scale` of them.
    #[must_use]
    pub fn scale(&self, frame: Rect, scale: f32, limits: &Limits) -> f32 {
        /// Places at which the size is measured, in each direction.
        const PLACES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
        /// A small step of a direction that stays inside.
        const STEP: f64 = 1.0 / 1_024.0;
        let (width, height) = (f64::from(frame.width), f64::from(frame.height));
        let at = |u: f64, v: f64| {
            let point = (f64::from(frame.x) + u * width, f64::from(frame.y) + v * height);
            self.seen(frame, point).unwrap_or_default()
        };
        let mut largest = 0.0_f64;
        for v in PLACES {
            for u in PLACES {
                let inside = |place: f64| if place > 0.5 { -STEP } else { STEP };
                let (x, y) = at(u, v);
                for ((other_x, other_y), side) in [(at(u + inside(u), v), width), (at(u, v + inside(v)), height)] {
                    largest = largest.max(length(other_x - x, other_y - y) / (STEP * side));
                }
            }
        }
        let scale = f64::from(scale);
        let area = width * height;
        let by_area = (self.corners.area() * scale * scale * MOST_DETAIL).min(f64::from(limits.flat_pixels)) / area;
        let farthest = [frame.x.abs(), frame.y.abs(), frame.right().abs(), frame.bottom().abs(), 1.0];
        let farthest = farthest.into_iter().fold(1.0, f32::max);
        let flat = (largest * scale * DETAIL)
            .min(by_area.sqrt())
            .min(MAX_SIDE_PX / width.max(height))
            .min(f64::from(MAX_COORDINATE_PX / 2.0 / farthest));
        #[expect(clippy::cast_possible_truncation, reason = "clamped")]
        let flat = flat.clamp(1e-3, f64::from(MAX_COORDINATE_PX)) as f32;
        flat
    }
}
