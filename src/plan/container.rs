//! Stacks, and what a layer asks of the one that it is in.

use std::rc::Rc;

use crate::geometry::px;
use crate::template::Templated;
use crate::template::document as doc;

use super::resolve::Resolver;
use super::{Constraints, Layer, Length, Stack};

impl Resolver<'_> {
    /// A stack of these children.
    pub(super) fn stack(&mut self, stack: &doc::Stack, children: Vec<Layer>, path: &str) -> Stack {
        Stack {
            row: stack.direction == Some(doc::StackDirection::Row),
            rtl: self.rtl,
            wrap: stack.wrap.unwrap_or(false),
            gap: self.gaps([&stack.gap, &stack.column_gap, &stack.row_gap], path),
            padding: self.sides(stack.padding.as_ref(), (path, "padding"), 0.0).map(|side| px(side).max(0.0)),
            align: stack.align.unwrap_or(doc::Align::Start),
            justify: stack.justify.unwrap_or(doc::Justify::Start),
            align_content: stack.align_content.unwrap_or(doc::Justify::Start),
            children,
        }
    }

    /// Px between columns and between rows.
    fn gaps(&mut self, [both, column, row]: [&Option<Templated<f32>>; 3], path: &str) -> [f32; 2] {
        let both = self.number(both.as_ref(), (path, "gap"), 0.0, (0.0, f32::MAX));
        let own = [(column, "column_gap"), (row, "row_gap")];
        own.map(|(gap, name)| self.number(gap.as_ref(), (path, name), both, (0.0, f32::MAX)))
    }

    /// The children of a container in their order.
    pub(super) fn ordered(&mut self, children: &[doc::Layer], path: &str) -> Vec<Layer> {
        let path = format!("{path}.children");
        if children.iter().all(|child| child.order.is_none()) {
            return self.layers(children, &path);
        }
        // They are few, so that the code of a sort would be larger than what it saves.
        let mut ordered: Vec<(i32, usize, &doc::Layer)> = Vec::with_capacity(children.len());
        for (index, child) in children.iter().enumerate() {
            let order = child.order.unwrap_or(0);
            let at = ordered.partition_point(|(before, ..)| *before <= order);
            ordered.insert(at, (order, index, child));
        }
        ordered.into_iter().filter_map(|(_, index, child)| self.layer(child, &format!("{path}[{index}]"))).collect()
    }

    /// What a layer asks beyond its width and height. `None` if that is nothing.
    pub(super) fn constraints(&mut self, layer: &doc::Layer, path: &str) -> Option<Rc<Constraints>> {
        let sides = [&layer.min_width, &layer.min_height, &layer.max_width, &layer.max_height];
        let is_plain = sides.iter().all(|side| side.is_none())
            && layer.aspect_ratio.is_none()
            && layer.position.is_none()
            && layer.align_self.is_none();
        if is_plain {
            return None;
        }
        let mut side = |field: &Option<Templated<Length>>, name| {
            self.field(field.as_ref(), path, name).map(|length| match length {
                Length::Px(side) => Length::Px(px(side).max(0.0)),
                Length::Fraction(fraction) => Length::Fraction(px(fraction).max(0.0)),
            })
        };
        let min = [side(&layer.min_width, "min_width"), side(&layer.min_height, "min_height")];
        let max = [side(&layer.max_width, "max_width"), side(&layer.max_height, "max_height")];
        let ratio = self.field(layer.aspect_ratio.as_ref(), path, "aspect_ratio");
        Some(Rc::new(Constraints {
            min,
            max,
            aspect_ratio: ratio.map(px).filter(|ratio| *ratio > 0.0).map(|ratio| ratio.clamp(0.001, 1_000.0)),
            is_absolute: layer.position == Some(doc::Position::Absolute),
            align: layer.align_self,
        }))
    }
}
