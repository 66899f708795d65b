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
use super::texture::Texture;

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
        let (Some(lens), Some(flat)) = (lens, bounds::flat(item, warp, Letters::Outlines(self.glyphs))) else {
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
        let displace = bounds::by_backdrop(item);
        let is_plain = item.look.blend == Blend::Normal && displace.is_none();
        let apart = if is_plain { None } else { self.layer(bounds, budget::blended(item.look.blend), &item.name) };
        if let Some(mut seen) = apart {
            lens.draw(&mut seen, &layer, bounds, 1.0);
            drop(layer);
            self.drop_layer(flat);
            if let Some(displace) = displace {
                let scale = bounds::stretch(transform);
                seen = self.displaced(seen, Some(surface), (item, displace, scale), transform);
            }
            surface.composite(&seen, item.look.opacity, item.look.blend);
            self.drop_layer(bounds);
            return;
        }
        if item.look.blend == Blend::Normal {
            lens.draw(surface, &layer, bounds, item.look.opacity);
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
