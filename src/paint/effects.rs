//! What happens to an item as a whole after it is drawn offscreen: its filters, what lies beneath
//! it, its mask, in the order of CSS (Filter Effects 1, section 3); and at last its displacement, as of
//! what is finished and then printed.

use tiny_skia::Transform;

use crate::layout::Item;
use crate::plan::{Blend, Effect, MaskType};

use super::budget;
use super::filter::{self, Edge};
use super::painter::Painter;
use super::shape;
use super::surface::{Surface, covering, intersect};

impl Painter<'_> {
    /// Changes a drawn item by its effects. `below` is the surface onto which it is then composited,
    /// if that lies in its place. A part that is over a budget is left out, with a warning.
    pub(super) fn effects(
        &mut self,
        mut layer: Surface,
        below: Option<&Surface>,
        item: &Item,
        transform: Transform,
    ) -> Surface {
        let Some(effects) = item.look.effects.as_deref() else { return layer };
        self.filtered(&mut layer, &effects.filters, item, Edge::Clear);
        if let Some(below) = below.filter(|_| !effects.backdrop.is_empty())
            && let Some(mut glass) = self.glass(&layer, below, (item, &effects.backdrop), transform)
        {
            glass.composite(&layer, 1.0, Blend::Normal);
            if let Some(bounds) = layer.bounds() {
                self.drop_layer(bounds);
            }
            layer = glass;
        }
        if let Some(kind) = effects.mask {
            self.masked(&mut layer, item, kind, transform);
        }
        // What lies beneath a layer in perspective is looked up when it is seen.
        match effects.displace.filter(|displace| below.is_some() || !displace.by_backdrop) {
            Some(displace) => self.displaced(layer, below, (item, &displace, item.scale), transform),
            None => layer,
        }
    }

    fn filtered(&mut self, layer: &mut Surface, filters: &[Effect], item: &Item, edge: Edge) {
        let Some(bounds) = layer.bounds().filter(|_| !filters.is_empty()) else { return };
        if self.take_pixels(bounds, cost(filters), &item.name) {
            filter::apply(layer, filters, item.scale, edge);
        }
    }

    /// What lies beneath the shape of an item, through its filters. Beyond the box of the item they see
    /// it mirrored, as in browsers, so that nothing outside of it shows inside.
    fn glass(
        &mut self,
        layer: &Surface,
        below: &Surface,
        (item, filters): (&Item, &[Effect]),
        transform: Transform,
    ) -> Option<Surface> {
        let bounds = layer.bounds()?;
        let shape = shape::outline(item, 0.0)?;
        // Without the px around it.
        let frame = filter::around(covering(item.frame, transform)?, -1)?;
        let seen = intersect(frame, intersect(bounds, below.bounds()?)?)?;
        let mut part = self.layer(seen, budget::LAYER_PIXEL, &item.name)?;
        part.copy_from(below);
        self.filtered(&mut part, filters, item, Edge::Mirror);
        let glass = self.layer(bounds, budget::LAYER_PIXEL, &item.name).map(|mut glass| {
            glass.copy_from(&part);
            glass.clip(&shape, transform);
            glass
        });
        self.drop_layer(seen);
        glass
    }

    fn masked(&mut self, layer: &mut Surface, item: &Item, kind: MaskType, transform: Transform) {
        let mask = layer.bounds().and_then(|bounds| self.layer(bounds, budget::MIXED_PIXEL, &item.name));
        let Some(mut mask) = mask else {
            item.mask.iter().for_each(|mask| self.skip(mask));
            return;
        };
        self.children(&mut mask, &item.mask, transform);
        layer.mask(&mask, kind);
        if let Some(bounds) = mask.bounds() {
            self.drop_layer(bounds);
        }
    }
}

/// The work of filters, for each px.
fn cost(filters: &[Effect]) -> u64 {
    let cost = |filter: &Effect| match filter {
        Effect::Blur(_) => budget::BLUR_PIXEL,
        Effect::Colors(_) => budget::COLORS_PIXEL,
        Effect::Tone(_) | Effect::Grain(_) => budget::TONE_PIXEL,
    };
    filters.iter().map(cost).fold(0, u64::saturating_add)
}
