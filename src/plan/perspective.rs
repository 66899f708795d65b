//! How a layer is turned, stretched and seen: the fields of a document → those of its look.

use crate::template::document as doc;
use crate::template::perspective::{ANGLES, TILTS};

use super::resolve::Resolver;
use super::{Curve, Length, Warp};

/// Degrees that a layer may lean: beyond that it is a line.
const LEANING: (f32, f32) = (-80.0, 80.0);

/// How much larger a layer may be drawn.
const SCALES: (f32, f32) = (0.0, 10.0);

impl Resolver<'_> {
    /// The factors of a layer's width and height.
    pub(super) fn stretch(&mut self, layer: &doc::Layer, path: &str) -> [f32; 2] {
        let scale = self.number(layer.scale.as_ref(), (path, "scale"), 1.0, SCALES);
        match layer.flip {
            None => [scale; 2],
            Some(doc::Flip::Horizontal) => [-scale, scale],
            Some(doc::Flip::Vertical) => [scale, -scale],
            Some(doc::Flip::Both) => [-scale; 2],
        }
    }

    /// Degrees by which a layer leans.
    pub(super) fn skew(&mut self, layer: &doc::Layer, path: &str) -> f32 {
        self.number(layer.skew.as_ref(), (path, "skew"), 0.0, LEANING)
    }

    /// How a layer is seen. `None` if it lies flat.
    pub(super) fn warp(&mut self, layer: &doc::Layer, path: &str) -> Option<Warp> {
        let corners = layer.corners.as_deref().map(|corners| {
            corners.each_ref().map(|[x, y]| {
                let mut at = |side| self.field(Some(side), path, "corners").unwrap_or(Length::Px(0.0));
                (at(x), at(y))
            })
        });
        let curve = layer.curve.as_deref().map(|curve| Curve {
            stands: curve.axis != Some(doc::Axis::Horizontal),
            angle: self.number(curve.angle.as_ref(), (path, "curve.angle"), 90.0, ANGLES),
            tilt: self.number(curve.tilt.as_ref(), (path, "curve.tilt"), 0.0, TILTS),
        });
        (corners.is_some() || curve.is_some()).then_some(Warp { corners, curve })
    }
}
