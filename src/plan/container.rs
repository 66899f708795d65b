//! Stacks, and what a layer asks of the one that it is in.

use std::rc::Rc;

use crate::geometry::px;
use crate::template::Templated;
use crate::template::document as doc;

use super::resolve::Resolver;
use super::{Cell, Constraints, Grid, Layer, Length, Stack, Track};

impl Resolver<'_> {
    /// A stack of these children.
    pub(super) fn stack(&mut self, stack: &doc::Stack, children: Vec<Layer>, path: &str) -> Stack {
        let is_grid = stack.direction == Some(doc::StackDirection::Grid);
        Stack {
            grid: is_grid.then(|| self.grid(stack, path)),
            row: stack.direction == Some(doc::StackDirection::Row),
            rtl: self.rtl,
            wrap: stack.wrap.unwrap_or(false),
            gap: self.gaps([&stack.gap, &stack.column_gap, &stack.row_gap], path),
            padding: self.sides(stack.padding.as_ref(), (path, "padding"), 0.0).map(|side| px(side).max(0.0)),
            align: stack.align.unwrap_or(if is_grid { doc::Align::Stretch } else { doc::Align::Start }),
            justify: stack.justify.unwrap_or(doc::Justify::Start),
            align_content: stack.align_content.unwrap_or(doc::Justify::Start),
            children,
        }
    }

    fn grid(&mut self, stack: &doc::Stack, path: &str) -> Grid {
        let equal = |count: usize| vec![Track::Flex { factor: 1.0, is_even: true }; count];
        let columns = match &stack.columns {
            None => equal(2),
            Some(doc::Columns::Equal(count)) => equal((*count).clamp(1, self.limits.grid_columns)),
            Some(doc::Columns::Each(widths)) => {
                let widths = widths.iter().take(self.limits.grid_columns);
                widths.map(|width| self.track(Some(width), path, "columns")).collect()
            }
        };
        Grid {
            columns,
            justify_items: stack.justify_items.unwrap_or(doc::Align::Stretch),
            stretch: [stack.justify.is_none(), stack.align_content.is_none()],
        }
    }

    /// The width of a column; as wide as what is in it by default.
    pub(super) fn track(&mut self, width: Option<&Templated<doc::Track>>, path: &str, name: &str) -> Track {
        match self.field(width, path, name) {
            None | Some(doc::Track::Auto) => Track::Auto,
            Some(doc::Track::Length(Length::Px(width))) => Track::Px(px(width).max(0.0)),
            Some(doc::Track::Length(Length::Fraction(part))) => Track::Fraction(px(part).max(0.0)),
            Some(doc::Track::Flex(factor)) => Track::Flex { factor: px(factor).max(0.0), is_even: false },
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
            && layer.align_self.is_none()
            && layer.justify_self.is_none()
            && [layer.column, layer.row, layer.column_span, layer.row_span].iter().all(Option::is_none);
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
            cell: Cell {
                column: layer.column.map(|column| column.saturating_sub(1)),
                row: layer.row.map(|row| row.saturating_sub(1)),
                spans: [layer.column_span.unwrap_or(1), layer.row_span.unwrap_or(1)],
                justify: layer.justify_self,
                margin: [0.0; 4],
            },
        }))
    }
}
