//! Texts: glyphs grouped by paint, then colour glyphs.

use tiny_skia::Transform;

use crate::layout::{Content, Item, Text};
use crate::plan::{Blend, Paint};

use super::bounds;
use super::budget;
use super::drawing::Drawing;
use super::glyphs::{self, Colored, Ink, Inked, Pen, Place};
use super::painter::Painter;
use super::surface::{Surface, covering};
use super::{mask, shape};

impl Painter<'_> {
    /// Draws a text layer.
    pub(super) fn text(&mut self, surface: &mut Surface, item: &Item, text: &Text, transform: Transform, opacity: f32) {
        if !self.take_letters(item, text) {
            return;
        }
        let place = Place { origin: text.origin, arc: text.arc, snap: bounds::snap(transform, item.scale) };
        let pen = Pen::of_text(item, text);
        let letters = glyphs::inked(&text.block, place, pen, self.glyphs);
        let colored = glyphs::colored(&text.block, place, pen, self.glyphs.fonts);
        let across = if text.arc.is_some() { item.frame } else { glyphs::bounds(&text.block, text.origin) };
        let drawing = Drawing { name: &item.name, frame: across, transform, opacity };
        let draw = |painter: &mut Self, surface: &mut Surface| {
            // The outline lies under the fill, so that it does not cover the glyphs.
            for Inked { ink, .. } in &letters {
                if let (Some(stroke), Ink::Path(path)) = (&item.look.stroke, ink) {
                    painter.stroke_path(surface, path, stroke, drawing);
                }
            }
            letters.iter().filter(|inked| !inked.over).for_each(|inked| painter.ink(surface, inked, drawing));
            painter.colored(surface, item, &colored, transform, opacity);
            letters.iter().filter(|inked| inked.over).for_each(|inked| painter.ink(surface, inked, drawing));
        };
        let bounds = covering(item.frame, transform).filter(|_| text.clip);
        let layer = bounds.and_then(|bounds| Some((bounds, self.layer(bounds, budget::LAYER_PIXEL, &item.name)?)));
        match (layer, shape::rounded(item.frame, item.radius, item.look.smoothing)) {
            (Some((bounds, mut layer)), Some(window)) => {
                draw(self, &mut layer);
                layer.clip(&window, transform);
                surface.composite(&layer, 1.0, Blend::Normal);
                self.drop_layer(bounds);
            }
            _ => draw(self, surface),
        }
    }

    /// Draws colour glyphs. They have no outline, and use the text's paint only where they ask for
    /// it.
    pub(super) fn colored(
        &mut self,
        surface: &mut Surface,
        item: &Item,
        glyphs: &[Colored<'_>],
        transform: Transform,
        opacity: f32,
    ) {
        let mut left = self.limits.color_layers;
        for glyph in glyphs {
            if left == 0 {
                self.warnings.push(&item.name, "too many emoji in one text; some were left out");
                return;
            }
            let layers = glyph.layers(left);
            left = left.saturating_sub(layers.len());
            for layer in layers {
                let place = transform.pre_concat(glyph.place);
                match layer.color {
                    Some(color) => {
                        let drawing = Drawing::of(item, place, opacity);
                        self.fill(surface, Some(&layer.path), Some(&Paint::Color(color)), drawing);
                    }
                    // A paint spans the picture and is not scaled with the glyph.
                    None => {
                        let path = layer.path.transform(glyph.place);
                        self.fill(surface, path.as_ref(), Some(glyph.paint), Drawing::of(item, transform, opacity));
                    }
                }
            }
        }
    }

    /// Fills glyphs. The cost of masks was taken before they were made.
    pub(super) fn ink(&mut self, surface: &mut Surface, inked: &Inked<'_>, drawing: Drawing<'_>) {
        match (&inked.ink, inked.paint) {
            (Ink::Path(path), paint) => self.fill(surface, Some(path), Some(paint), drawing),
            (Ink::Stamps(stamps), Paint::Color(color)) => mask::stamp(surface, stamps, *color, drawing.opacity),
            (Ink::Stamps(_), _) => {}
        }
    }

    /// Whether a text has colour glyphs, whose layers overlap.
    pub(super) fn has_color(&self, item: &Item) -> bool {
        let Content::Text(text) = &item.content else { return false };
        let mut glyphs = text.block.lines.iter().flat_map(|line| &line.glyphs);
        glyphs.any(|glyph| self.glyphs.fonts.get(glyph.face).is_some_and(|face| face.has_layers(glyph.id)))
    }
}
