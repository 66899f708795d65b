//! Images: a prepared bitmap in its box, or the initials that stand in for it.

use tiny_skia::{FillRule, Pattern, SpreadMode, Transform};

use crate::geometry::{Rect, px};
use crate::layout::{Item, Source, View};
use crate::plan::{Fit, Paint};

use super::bitmap::Bitmap;
use super::bounds;
use super::budget;
use super::drawing::Drawing;
use super::glyphs::{self, Pen, Place};
use super::painter::Painter;
use super::shape;
use super::surface::{Surface, covering, intersect};

impl Painter<'_> {
    /// Draws the bitmap or the initials of the next image.
    pub(super) fn image(
        &mut self,
        surface: &mut Surface,
        item: &Item,
        (sources, views, fit): (&[Source], &[View], Fit),
        transform: Transform,
        opacity: f32,
    ) {
        let bitmap = self.bitmaps.get(&self.images);
        self.images = self.images.saturating_add(1);
        match bitmap {
            Some(Bitmap::Pixels { pixels, place, source, .. }) => {
                let is_rounded = views.get(*source).is_none_or(|view| view.is_rounded);
                let radius = if is_rounded { item.radius } else { [0.0; 4] };
                // The box's rounded outline, limited to the picture in it.
                let is_tile = fit == Fit::Tile;
                let reached = covering(if is_tile { item.frame } else { *place }, transform)
                    .zip(surface.bounds())
                    .and_then(|(a, b)| intersect(a, b));
                if !reached.is_some_and(|reached| self.take_pixels(reached, budget::BITMAP_PIXEL, &item.name)) {
                    return;
                }
                let window = if is_tile || covers(*place, item.frame) { item.frame } else { *place };
                let corner =
                    corner(window, *place, item.scale).filter(|_| bounds::snap(transform, item.scale).is_some());
                if let Some(corner) = corner
                    && opacity >= 1.0
                    && radius == [0.0; 4]
                    && surface.replace(pixels, corner)
                {
                    return;
                }
                let Some(path) = shape::rounded(window, radius, item.look.smoothing) else { return };
                let to_box = Transform::from_row(1.0 / item.scale, 0.0, 0.0, 1.0 / item.scale, place.x, place.y);
                let quality = if bounds::snap(transform, item.scale).is_some() {
                    tiny_skia::FilterQuality::Nearest
                } else {
                    tiny_skia::FilterQuality::Bilinear
                };
                let spread = if is_tile { SpreadMode::Repeat } else { SpreadMode::Pad };
                let shader = Pattern::new((**pixels).as_ref(), spread, quality, opacity, to_box);
                let paint = tiny_skia::Paint { shader, anti_alias: true, ..tiny_skia::Paint::default() };
                surface.fill(&path, FillRule::Winding, &paint, transform);
            }
            Some(Bitmap::StandIn(index)) => {
                let Some(Source::Initials { block, origin, backdrop, .. }) = sources.get(*index) else { return };
                let path = shape::rounded(item.frame, item.radius, item.look.smoothing);
                let drawing = Drawing::of(item, transform, opacity);
                // The layer's own fill is painted already, as what lies behind an image is.
                if item.look.fill.is_none() {
                    self.fill(surface, path.as_ref(), Some(&Paint::Color(*backdrop)), drawing);
                }
                let place = Place { origin: *origin, arc: None, snap: bounds::snap(transform, item.scale) };
                let pen = Pen::of_initials(item.look.fill.as_ref());
                for inked in glyphs::inked(block, place, pen, self.glyphs) {
                    self.ink(surface, &inked, drawing);
                }
                let colored = glyphs::colored(block, place, pen, self.glyphs.fonts);
                self.colored(surface, item, &colored, transform, opacity);
            }
            None => {}
        }
    }
}

fn covers(outer: Rect, inner: Rect) -> bool {
    const HALF: f32 = 0.5;
    outer.x <= inner.x + HALF
        && outer.y <= inner.y + HALF
        && outer.right() >= inner.right() - HALF
        && outer.bottom() >= inner.bottom() - HALF
}

/// The output px where a picture's pixels begin. `None` unless its window shows exactly the whole
/// of those pixels.
#[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
fn corner(window: Rect, place: Rect, scale: f32) -> Option<(i32, i32)> {
    const NOTHING: f32 = 1.0 / 1_024.0;
    let edges = |rect: Rect| [rect.x, rect.y, rect.right(), rect.bottom()].map(|edge| edge * scale);
    let near = |(one, other): (f32, f32)| (one - other.round()).abs() < NOTHING;
    let is_whole = edges(window).into_iter().zip(edges(place)).all(near);
    is_whole.then(|| (px(place.x * scale).round() as i32, px(place.y * scale).round() as i32))
}
