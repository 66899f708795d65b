//! Layers in perspective: a flat layer is drawn offscreen, and each px of the canvas then gets the
//! mean of the part of it that is seen through that px.
//!
//! Neighbouring px share the corners of these parts, so nothing is seen twice or left out. A part is
//! averaged at as many points as it has flat px in each direction, so that nothing flickers where a
//! layer is seen small (supersampling, with the points of a regular grid).
//!
//! Floats here are added, multiplied, divided and rounded, all of which is exact in IEEE 754; the
//! rest is libm's. So the bytes are the same everywhere.

use tiny_skia::{IntRect, Transform};

use crate::layout::{Item, Warp};
use crate::plan::Blend;
use crate::projection::{Cylinder, Projection};

use super::blend;
use super::bounds::{self, Letters};
use super::budget::{self, area};
use super::painter::Painter;
use super::surface::Surface;

/// The most points in each direction at which the part of one px is averaged.
const MAX_POINTS: f32 = 16.0;

/// Steps between two flat px at which it is read.
const STEPS: f32 = 128.0;

impl Painter<'_> {
    /// Draws an item in perspective; `transform` is that of its parent, and `bounds` the visible px.
    pub(super) fn warped(
        &mut self,
        surface: &mut Surface,
        item: &Item,
        warp: &Warp,
        (transform, bounds): (Transform, IntRect),
    ) {
        let lens = Lens::new(item, warp, transform);
        let (Some(lens), Some(flat)) = (lens, bounds::flat(item, warp, Letters::Lines)) else {
            self.skip(item);
            return;
        };
        let work = area(flat).saturating_mul(budget::SAMPLE).saturating_add(area(bounds).saturating_mul(lens.cost()));
        let fits = self.take(budget::Spent { work, ..budget::Spent::default() }, &item.name);
        let layer = if fits { self.layer(flat, budget::LAYER_PIXEL, &item.name) } else { None };
        let Some(mut layer) = layer else {
            self.skip(item);
            return;
        };
        let upright = Transform::from_scale(item.scale, item.scale).pre_concat(item.turn());
        self.whole(&mut layer, item, upright, 1.0);
        let layer = self.effects(layer, None, item, upright);
        if item.look.blend == Blend::Normal {
            lens.draw(surface, &layer, bounds, item.look.opacity);
        } else if let Some(mut seen) = self.layer(bounds, budget::blended(item.look.blend), &item.name) {
            lens.draw(&mut seen, &layer, bounds, 1.0);
            surface.composite(&seen, item.look.opacity, item.look.blend);
            self.drop_layer(bounds);
        }
        self.drop_layer(flat);
    }
}

/// The map from px of the canvas to those of a flat layer.
struct Lens {
    /// To the unit square.
    back: Projection,
    cylinder: Option<Cylinder>,
    /// From the unit square: scale and origin of both axes.
    flat: [(f64, f64); 2],
}

impl Lens {
    fn new(item: &Item, warp: &Warp, transform: Transform) -> Option<Self> {
        let Transform { sx, kx, ky, sy, tx, ty } = transform;
        let back = Projection::onto(&warp.corners).then([sx, ky, kx, sy, tx, ty].map(f64::from)).inverse()?;
        let (frame, scale) = (item.frame, f64::from(item.scale));
        let axis = |side: f32, start: f32| (f64::from(side) * scale, f64::from(start) * scale);
        Some(Self { back, cylinder: warp.cylinder, flat: [axis(frame.width, frame.x), axis(frame.height, frame.y)] })
    }

    /// Work of a px, beside that of its points.
    const fn cost(&self) -> u64 {
        if self.cylinder.is_some() { budget::BENT_PIXEL } else { budget::SEEN_PIXEL }
    }

    /// The place in the flat layer that is seen at a place of the canvas. `None` if that is behind
    /// the eye.
    fn at(&self, x: i32, y: i32) -> Option<(f32, f32)> {
        let seen = self.back.at((f64::from(x), f64::from(y)))?;
        let (x, y) = self.cylinder.map_or(seen, |cylinder| cylinder.unbend(seen));
        let [(width, left), (height, top)] = self.flat;
        #[expect(clippy::cast_possible_truncation, reason = "far places are not in the layer")]
        let point = ((x * width + left) as f32, (y * height + top) as f32);
        Some(point)
    }

    /// Draws what is seen of a flat layer within `bounds`.
    fn draw(&self, surface: &mut Surface, flat: &Surface, bounds: IntRect, opacity: f32) {
        let Some((part, rows)) = surface.rows_mut(bounds) else { return };
        let Some(texture) = Texture::new(flat) else { return };
        let corners = |y: i32| (part.left()..=part.right()).map(|x| self.at(x, y)).collect::<Vec<_>>();
        let mut above = corners(part.top());
        let mut seen = Vec::new();
        for (row, y) in rows.zip(part.top()..) {
            let below = corners(y.saturating_add(1));
            seen.clear();
            for (upper, lower) in above.windows(2).zip(below.windows(2)) {
                let pixel = match (upper, lower) {
                    ([Some(a), Some(b)], [Some(d), Some(c)]) => texture.mean([*a, *b, *c, *d]),
                    _ => [0; 4],
                };
                seen.extend(pixel);
            }
            blend::layer_row(row, &seen, opacity);
            above = below;
        }
    }
}

/// The px of a flat layer.
struct Texture<'a> {
    pixels: &'a [[u8; 4]],
    width: usize,
    /// Its edges in flat px.
    edges: [f32; 4],
}

impl<'a> Texture<'a> {
    #[expect(clippy::cast_precision_loss, reason = "a flat layer has a few thousand px")]
    fn new(flat: &'a Surface) -> Option<Self> {
        let bounds = flat.bounds()?;
        let edges = [bounds.left(), bounds.top(), bounds.right(), bounds.bottom()].map(|edge| edge as f32);
        Some(Self { pixels: flat.data().as_chunks::<4>().0, width: bounds.width() as usize, edges })
    }

    /// The mean of a quad, whose corners run clockwise.
    fn mean(&self, [a, b, c, d]: [(f32, f32); 4]) -> [u8; 4] {
        let [left, top, right, bottom] = self.edges;
        let outside = |at: &dyn Fn((f32, f32)) -> bool| [a, b, c, d].into_iter().all(at);
        // Half a px beyond an edge, its px still shows.
        if outside(&|(x, _)| x <= left - 0.5)
            || outside(&|(x, _)| x >= right + 0.5)
            || outside(&|(_, y)| y <= top - 0.5)
            || outside(&|(_, y)| y >= bottom + 0.5)
        {
            return [0; 4];
        }
        let apart = |one: (f32, f32), other: (f32, f32)| (one.0 - other.0).abs().max((one.1 - other.1).abs());
        let points = |side: f32| side.ceil().clamp(1.0, MAX_POINTS);
        let (across, down) = (points(apart(a, b).max(apart(d, c))), points(apart(a, d).max(apart(b, c))));
        let mix = |one: (f32, f32), other: (f32, f32), at: f32| {
            (one.0 + (other.0 - one.0) * at, one.1 + (other.1 - one.1) * at)
        };
        let mut sum = 0_u64;
        let mut v = 0.5;
        while v < down {
            let (from, to) = (mix(a, d, v / down), mix(b, c, v / down));
            let mut u = 0.5;
            while u < across {
                let (x, y) = mix(from, to, u / across);
                sum = sum.wrapping_add(self.at(x - left, y - top));
                u += 1.0;
            }
            v += 1.0;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 16 × 16 points")]
        let count = (across * down).max(1.0) as u64;
        [0, 16, 32, 48].map(|shift| {
            let mean = (sum >> shift & 0xffff).saturating_add(count / 2) / count;
            u8::try_from(mean).unwrap_or(u8::MAX)
        })
    }

    /// The colour at a point, mixed from the four px around it: four channels, each in 16 bits, of which
    /// up to 256 can be added.
    #[expect(clippy::cast_possible_truncation, reason = "far points saturate, and are outside")]
    fn at(&self, x: f32, y: f32) -> u64 {
        // In steps, so that the rest is whole numbers.
        let (x, y) = (((x - 0.5) * STEPS).floor() as i32, ((y - 0.5) * STEPS).floor() as i32);
        let (column, row) = (x >> 7, y >> 7);
        let part = |at: i32| u64::from((at & 127).unsigned_abs());
        let across = |row: i32| {
            let [one, next] = self.pair(column, row);
            between(blend::spread(one), blend::spread(next), part(x))
        };
        between(across(row), across(row.saturating_add(1)), part(y))
    }

    /// Two px beside each other.
    fn pair(&self, column: i32, row: i32) -> [[u8; 4]; 2] {
        if let (Ok(left), Ok(upper)) = (usize::try_from(column), usize::try_from(row))
            && left.saturating_add(1) < self.width
        {
            let start = upper.saturating_mul(self.width).saturating_add(left);
            let pair = self.pixels.get(start..).and_then(<[_]>::first_chunk);
            return pair.copied().unwrap_or_default();
        }
        [self.pixel(column, row), self.pixel(column.saturating_add(1), row)]
    }

    /// A px; clear outside.
    fn pixel(&self, column: i32, row: i32) -> [u8; 4] {
        match (usize::try_from(column), usize::try_from(row)) {
            (Ok(column), Ok(row)) if column < self.width => {
                self.pixels.get(row.saturating_mul(self.width).saturating_add(column)).copied().unwrap_or_default()
            }
            _ => [0; 4],
        }
    }
}

/// A mix of two colours of four channels, `part` steps from the first one.
const fn between(one: u64, next: u64, part: u64) -> u64 {
    let mixed = one * (128 - part) + next * part;
    // Half a level is added before the rest is cut off.
    ((mixed + blend::spread([64; 4])) >> 7) & blend::spread([255; 4])
}
