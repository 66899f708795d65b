//! Filling and stroking within the budgets of a picture: the cost is subtracted before anything is
//! drawn.

use tiny_skia::{IntRect, Path, Transform};

use crate::geometry::Rect;
use crate::layout::{self, Content, Item, Scene, Text};
use crate::limits::Limits;
use crate::plan::{Blend, Paint, Stroke};

use super::bounds;
use super::budget::{self, Spent};
use super::drawing::Drawing;
use super::gradient::Gradient;
use super::painter::Painter;
use super::surface::{Surface, covering, intersect};
use super::{hairline, shape};

impl Painter<'_> {
    /// Takes a cost from the budgets. Returns false, with a warning, if one of them has too little
    /// left.
    pub(super) fn take(&mut self, cost: Spent, name: &str) -> bool {
        let spent = self.spent.plus(cost);
        let fits = spent.fits(self.limits);
        if fits {
            self.spent = spent;
        } else {
            let most = self.limits.paint_work;
            self.warnings.omit(
                name,
                format_args!("painting this takes the picture over its budget of work ({most}); it was left out"),
            );
        }
        fits
    }

    /// Fills a path, if both the path and a paint exist.
    pub(super) fn fill(
        &mut self,
        surface: &mut Surface,
        path: Option<&Path>,
        paint: Option<&Paint>,
        drawing: Drawing<'_>,
    ) {
        let paint = paint.filter(|paint| !matches!(paint, Paint::Picture));
        let (Some(path), Some(paint), Some(bounds)) = (path, paint, surface.bounds()) else { return };
        let Drawing { name, frame, transform, opacity } = drawing;
        if let Paint::Linear { dither: true, .. } | Paint::Radial { dither: true, .. } = paint
            && self.dithered(surface, path, paint, drawing).is_some()
        {
            return;
        }
        let cost = budget::of_fill(path, transform, bounds, budget::pixel(paint, opacity));
        if cost.is_some_and(|cost| self.take(cost, name)) {
            shape::fill(surface, Some(path), Some(paint), frame, transform, opacity);
        }
    }

    /// Fills a path with a gradient of mixed levels. `None` if it is turned, or if the gradient is no such one:
    /// then it is filled without.
    fn dithered(&mut self, surface: &mut Surface, path: &Path, paint: &Paint, drawing: Drawing<'_>) -> Option<()> {
        let Drawing { name, frame, transform, opacity } = drawing;
        let scale = bounds::snap(transform, transform.sx)?;
        let gradient = Gradient::new(paint, frame, scale).filter(Gradient::is_dithered)?;
        let box_of = path.bounds();
        let part = covering(Rect::new(box_of.x(), box_of.y(), box_of.width(), box_of.height()), transform)?;
        let part = intersect(part, surface.bounds()?)?;
        let cost = budget::of_fill(path, transform, part, budget::pixel(paint, opacity))?;
        if !self.take(cost, name) {
            return Some(());
        }
        let mut layer = self.layer(part, budget::LAYER_PIXEL, name)?;
        gradient.cover(layer.pixels_mut(), (part.x(), part.y()));
        layer.clip(path, transform);
        surface.composite(&layer, opacity, Blend::Normal);
        self.drop_layer(part);
        Some(())
    }

    /// Strokes the outline of an item, if it has a stroke.
    pub(super) fn stroke(&mut self, surface: &mut Surface, item: &Item, transform: Transform, opacity: f32) {
        if let (Some(stroke), Some(path)) = (&item.look.stroke, shape::stroke_outline(item)) {
            self.stroke_path(surface, &path, stroke, Drawing::of(item, transform, opacity));
        }
    }

    /// Strokes a path. If that is over a budget, strokes it without dashes or not at all.
    pub(super) fn stroke_path(&mut self, surface: &mut Surface, path: &Path, stroke: &Stroke, drawing: Drawing<'_>) {
        // tiny-skia draws a line without a width one px wide.
        let Some(bounds) = surface.bounds().filter(|_| stroke.width > 0.0) else { return };
        let Drawing { name, transform, .. } = drawing;
        let cost = |is_dashed| budget::of_stroke(path, stroke, is_dashed, transform, bounds);
        let Some(dashed) = cost(true) else { return };
        let with_dashes = self.spent.plus(dashed);
        if with_dashes.fits(self.limits) {
            self.spent = with_dashes;
            self.draw_stroke(surface, path, stroke, drawing);
            return;
        }
        let solid = self.spent.plus(cost(false).unwrap_or_default());
        let is_solid = !stroke.dash.is_empty() && solid.fits(self.limits);
        let rest = if is_solid { "it has no dashes" } else { "it was left out" };
        let budget = if with_dashes.segments > self.limits.stroke_segments {
            format!("{} segments", self.limits.stroke_segments)
        } else {
            format!("work ({})", self.limits.paint_work)
        };
        self.warnings.push(name, format_args!("the stroke takes the picture over its budget of {budget}; {rest}"));
        if is_solid {
            self.spent = solid;
            self.draw_stroke(surface, path, &Stroke { dash: Vec::new(), ..stroke.clone() }, drawing);
        }
    }

    fn draw_stroke(&mut self, surface: &mut Surface, path: &Path, stroke: &Stroke, drawing: Drawing<'_>) {
        let Drawing { name, frame, transform, opacity } = drawing;
        let Some(room) = surface.bounds().and_then(|bounds| hairline::room(path, stroke, transform, bounds)) else {
            shape::stroke_path(surface, path, stroke, frame, transform, opacity);
            return;
        };
        if hairline::is_whole(room)
            && let Some(mut copy) = self.copy(surface, room)
        {
            shape::stroke_path(&mut copy, path, stroke, frame, transform, opacity);
            surface.copy_from(&copy);
            self.drop_layer(room);
            return;
        }
        // A warning, because the next picture may have the memory.
        self.warnings.push(name, "too many large effects in one picture; a thin line at an edge is drawn less exactly");
        let (wide, coverage) = hairline::widened(stroke, transform);
        shape::stroke_path(surface, path, &wide, frame, transform, opacity * coverage);
    }

    /// Takes the cost of the glyphs of a text, most of which are masks.
    pub(super) fn take_letters(&mut self, item: &Item, text: &Text) -> bool {
        let cost = letters(text, item.scale);
        self.take(Spent { work: cost, ..Spent::default() }, &item.name)
    }

    /// Takes the cost of all pixels of a part of the canvas.
    pub(super) fn take_pixels(&mut self, bounds: IntRect, pixel: u64, name: &str) -> bool {
        let work = budget::area(bounds).saturating_mul(pixel).saturating_add(budget::CALL);
        self.take(Spent { work, ..Spent::default() }, name)
    }
}

/// Whether the glyphs of a scene are within the budget. The test comes before any glyph is
/// rasterised.
pub fn letters_fit(scene: &Scene, limits: &Limits) -> bool {
    let mut work = 0_u64;
    layout::walk(&scene.items, &mut |item| {
        if let Content::Text(text) = &item.content {
            work = work.saturating_add(letters(text, item.scale));
        }
    });
    work <= limits.paint_work
}

/// The work of the glyphs of a text, estimated before any glyph is rasterised. `scale` is output px
/// per px.
fn letters(text: &Text, scale: f32) -> u64 {
    let block = &text.block;
    let of_glyph = |run: u16| {
        let letters = block.runs.get(usize::from(run)).map_or(1.0, |letters| letters.scale);
        let em = block.size * letters * scale;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let pixels = (em * em).clamp(0.0, super::mask::MAX_PIXELS as f32) as u64;
        pixels.saturating_mul(budget::MASK_PIXEL).saturating_add(budget::CALL)
    };
    let glyphs = block.lines.iter().flat_map(|line| &line.glyphs);
    glyphs.fold(0, |work, glyph| work.saturating_add(of_glyph(glyph.run)))
}
