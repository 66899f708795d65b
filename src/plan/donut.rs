//! The donut of a chart: sectors of a ring, and the names of its parts.

use std::f32::consts::TAU;
use std::rc::Rc;

use tiny_skia::PathBuilder;

use crate::geometry::{Rect, px};
use crate::locale::{self, Locale};
use crate::template::Templated;
use crate::template::document::{self as doc, Content, TextAlign};

use super::chart::{Chart, Data, part_of, swatch};
use super::code::part;
use super::resolve::Resolver;
use super::{Extent, Grid, Kind, Layer, Length, Paint, PathFit, Shape, Stack, Track};

impl Resolver<'_> {
    /// A ring of parts, and their names beside it.
    pub(super) fn donut(&mut self, chart: &Chart<'_>, data: Data, (width, height): (Extent, Extent)) -> Stack {
        let (path, size) = (chart.path, chart.size);
        let values: Vec<Option<f64>> = data.series.into_iter().next().unwrap_or_default();
        let total: f64 = values.iter().flatten().sum();
        let thick = thickness(chart.doc);
        let parts = values.iter().flatten().filter(|value| **value > 0.0).count();
        let mut sectors = Vec::new();
        let mut cells = Vec::new();
        let mut from = 0.0;
        let has_legend = chart.doc.legend.unwrap_or(true) && data.labels.iter().any(Option::is_some);
        for (index, (value, label)) in values.iter().zip(data.labels).enumerate() {
            let Some(value) = *value else { continue };
            let share = if total > 0.0 { value / total } else { 0.0 };
            let turns = part_of(share);
            if turns > 0.0 {
                // A gap between two parts, as long as a small part leaves room for.
                let air = if parts > 1 { f32::min(0.004, turns / 4.0) } else { 0.0 };
                let sector = sector(from + air, from + turns - air, thick);
                sectors.push(sector_layer(sector, chart.paint(index), &format!("{path}.parts[{index}]")));
            }
            from += turns;
            if let (true, Some(label)) = (has_legend, label) {
                cells.push(swatch(chart, chart.paint(index), path));
                cells.push(Layer { width: Extent::Fill, ..label });
                let name = format!("{path}.values[{index}]");
                let figure = if chart.doc.format.is_some() {
                    self.figure(chart, value, None, TextAlign::End, &name)
                } else {
                    let percent = locale::percent(Locale::of(self.lang.unwrap_or("en")), share, None);
                    let content = Content::Plain(Templated::Literal(percent.unwrap_or_default()));
                    self.label(chart, content, TextAlign::End, &name)
                };
                cells.push(figure);
            }
        }
        if sectors.is_empty() {
            // Numbers that are all zero have no parts.
            sectors.push(chart.empty_ring());
        }
        if !self.takes(sectors.len().saturating_add(cells.len()), path) {
            sectors.clear();
            cells.clear();
        }
        let ring = part(Kind::Group(sectors), None, &format!("{path}.ring"));
        // As high as the chart, and with names beside it no more than about half as wide.
        let known = |extent| match extent {
            Extent::Length(Length::Px(px)) => px,
            _ => f32::MAX,
        };
        let most = if cells.is_empty() { 1.0 } else { 0.45 };
        let side = known(height).min(known(width) * most);
        let side = Extent::Length(Length::Px(if side < f32::MAX { side } else { 160.0 }));
        let ring = Layer { width: side, height: side, ..ring };
        let mut children = vec![ring];
        if !cells.is_empty() {
            let flex = Track::Flex { factor: 1.0, is_even: false };
            let grid = Grid {
                columns: vec![Track::Auto, flex, Track::Auto],
                justify_items: doc::Align::Stretch,
                stretch: [true, false],
            };
            let legend = Stack {
                grid: Some(grid),
                rtl: self.rtl,
                gap: [size * 0.8, size * 0.6],
                align: doc::Align::Center,
                ..Stack::column(cells)
            };
            let legend = part(Kind::Stack(legend), None, &format!("{path}.legend"));
            children.push(Layer { height: Extent::Hug, ..legend });
        }
        Stack {
            row: true,
            rtl: self.rtl,
            gap: [size * 2.0; 2],
            align: doc::Align::Center,
            justify: doc::Justify::Start,
            ..Stack::column(children)
        }
    }
}

impl Chart<'_> {
    /// The ring of a donut without numbers.
    pub fn empty_ring(&self) -> Layer {
        let whole = sector(0.0, 1.0, thickness(self.doc));
        sector_layer(whole, Paint::Color(self.rule), &format!("{}.empty", self.path))
    }
}

/// The side of the view box of a ring.
const RING: f32 = 100.0;

/// A part of a ring, in turns from the top, clockwise.
fn sector(from: f32, to: f32, thickness: f32) -> PathBuilder {
    let mut builder = PathBuilder::new();
    let middle = RING / 2.0;
    let inner = middle * (1.0 - thickness);
    let curves = libm::ceilf((to - from) * 4.0).max(1.0);
    let angle = (to - from) * TAU / curves;
    let arm = libm::tanf(angle / 4.0) * 4.0 / 3.0;
    let at = |radius: f32, index: f32| {
        let (sin, cos) = libm::sincosf(from * TAU + angle * index);
        (middle + radius * sin, middle - radius * cos, radius * arm * cos, radius * arm * sin)
    };
    let mut arc = |radius: f32, is_back: bool, is_first: bool| {
        let (start, step) = if is_back { (curves, -1.0) } else { (0.0, 1.0) };
        let (x, y, ..) = at(radius, start);
        if is_first {
            builder.move_to(x, y);
        } else {
            builder.line_to(x, y);
        }
        let mut done = 0.0;
        while done < curves {
            let index = start + step * done;
            let ((x1, y1, dx1, dy1), (x2, y2, dx2, dy2)) = (at(radius, index), at(radius, index + step));
            builder.cubic_to(x1 + step * dx1, y1 + step * dy1, x2 - step * dx2, y2 - step * dy2, x2, y2);
            done += 1.0;
        }
    };
    arc(middle, false, true);
    let is_whole = to - from >= 1.0;
    if inner > 0.0 {
        // The hole of a whole ring is a contour of its own.
        arc(inner, true, is_whole);
    } else if !is_whole {
        builder.line_to(middle, middle);
    }
    builder.close();
    builder
}

fn sector_layer(builder: PathBuilder, paint: Paint, path: &str) -> Layer {
    let view = Rect::new(0.0, 0.0, RING, RING);
    let shape = Shape::Path { path: builder.finish().map(Rc::new), view_box: Some(view), fit: PathFit::Meet };
    part(Kind::Shape(shape), Some(paint), path)
}

fn thickness(chart: &doc::Chart) -> f32 {
    chart.thickness.map_or(0.38, px).clamp(0.02, 1.0)
}
