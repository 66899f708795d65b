//! The marks of a chart: bars, lines and areas, and the numbers beside them.

use std::rc::Rc;

use tiny_skia::PathBuilder;

use crate::geometry::Rect;
use crate::template::document::{ChartShape, TextAlign};

use super::chart::{Chart, Data, LINE, at, characters, count, gap, lift};
use super::code::part;
use super::resolve::Resolver;
use super::scale::Scale;
use super::{Extent, Kind, Layer, Length, Linecap, Linejoin, Look, Paint, PathFit, Shape, Stroke, StrokeAlign};

/// The side of the view box of lines and areas.
const VIEW: f32 = 1000.0;

impl Resolver<'_> {
    /// Bars from zero, of each series.
    pub(super) fn bars(
        &mut self,
        chart: &Chart<'_>,
        data: &Data,
        scale: Scale,
        is_stacked: bool,
        drawn: &mut Vec<Layer>,
    ) {
        let band = 1.0 / count(data.items()).max(1.0);
        let inner = band * (1.0 - gap(chart.doc));
        let sets = if is_stacked { 1.0 } else { count(data.series.len()) };
        let thick = inner / sets;
        for index in 0..data.items() {
            // Where the next part of a stack begins, above zero and below.
            let mut tops = [0.0, 0.0];
            let mut last: [Option<usize>; 2] = [None; 2];
            for (number, values) in data.series.iter().enumerate() {
                let Some(value) = values.get(index).copied().flatten().filter(|value| *value != 0.0) else { continue };
                let below = usize::from(value < 0.0);
                let from = match tops.get_mut(below) {
                    Some(top) if is_stacked => std::mem::replace(top, *top + value),
                    _ => 0.0,
                };
                let (start, end) = (scale.at(from), scale.at(from + value));
                let (low, high) = (start.min(end), start.max(end));
                let set = if is_stacked { 0.0 } else { count(number) };
                // A hair between bars of one item.
                let air = if sets > 1.0 { thick * 0.06 } else { 0.0 };
                let along = count(index) * band + (band - inner) / 2.0 + set * thick + air / 2.0;
                let rect = part(
                    Kind::Shape(Shape::Rect),
                    Some(chart.paint(number)),
                    &format!("{}.bars[{index}][{number}]", chart.path),
                );
                let bar = self.bar(chart, rect, (along, thick - air), (low, high), value < 0.0);
                if let (true, Some(last)) = (is_stacked, last.get_mut(below)) {
                    // Only the end of a stack is round.
                    if let Some(before) = last.replace(drawn.len()).and_then(|before| drawn.get_mut(before)) {
                        before.radius = [Length::Px(0.0); 4];
                    }
                }
                drawn.push(bar);
            }
        }
    }

    /// A bar at its place, whose far end is round.
    fn bar(
        &mut self,
        chart: &Chart<'_>,
        rect: Layer,
        (along, thick): (f32, f32),
        (low, high): (f32, f32),
        is_negative: bool,
    ) -> Layer {
        let zero = Length::Px(0.0);
        let own = self.sides(chart.layer.radius.as_ref(), (chart.path, "radius"), Length::Px(3.0));
        let [round, ..] = own;
        if chart.lies {
            let x = self.across(low, high - low);
            let is_left = is_negative != self.rtl;
            let radius = if is_left { [round, zero, zero, round] } else { [zero, round, round, zero] };
            return Layer { radius, ..at((x, along), (high - low, thick), rect) };
        }
        let x = self.across(along, thick);
        let radius = if is_negative { [zero, zero, round, round] } else { [round, round, zero, zero] };
        Layer { radius, ..at((x, 1.0 - high), (thick, high - low), rect) }
    }

    pub(super) fn lines(
        &mut self,
        chart: &Chart<'_>,
        data: &Data,
        scale: Scale,
        shape: ChartShape,
        drawn: &mut Vec<Layer>,
    ) {
        let items = count(data.items()).max(1.0);
        let (is_spark, rtl) = (shape == ChartShape::Sparkline, self.rtl);
        let x = |index: usize| {
            let at = match is_spark {
                true if items > 1.0 => count(index) / (items - 1.0),
                true => 0.5,
                false => (count(index) + 0.5) / items,
            };
            VIEW * if rtl { 1.0 - at } else { at }
        };
        let y = |value: f64| VIEW * (1.0 - scale.at(value));
        let view = Rect::new(0.0, 0.0, VIEW, VIEW);
        let width = self.number(chart.layer.stroke_width.as_ref(), (chart.path, "stroke_width"), 2.5, (0.1, 100.0));
        for (number, values) in data.series.iter().enumerate() {
            // Numbers without a gap between them.
            let mut runs: Vec<Vec<(f32, f32)>> = vec![Vec::new()];
            for (index, value) in values.iter().enumerate() {
                match (value, runs.last_mut()) {
                    (Some(value), Some(run)) => run.push((x(index), y(*value))),
                    (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
                    _ => {}
                }
            }
            let paint = chart.paint(number);
            let name = format!("{}.lines[{number}]", chart.path);
            if shape == ChartShape::Area {
                let mut area = PathBuilder::new();
                for run in &runs {
                    let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { continue };
                    area.move_to(*first, y(0.0));
                    run.iter().for_each(|(x, y)| area.line_to(*x, *y));
                    area.line_to(*last, y(0.0));
                    area.close();
                }
                if let Some(area) = self.stretched(area, view, &format!("{name}.area")) {
                    let look = Look { opacity: 0.18, fill: Some(paint.clone()), ..Look::plain() };
                    drawn.push(Layer { look: Rc::new(look), ..area });
                }
            }
            let mut line = PathBuilder::new();
            for run in &runs {
                for (index, (x, y)) in run.iter().enumerate() {
                    if index == 0 {
                        line.move_to(*x, *y);
                        // A number between two gaps is a dot: a line of no length has round ends.
                        if run.len() == 1 {
                            line.line_to(*x + 0.001, *y);
                        }
                    } else {
                        line.line_to(*x, *y);
                    }
                }
            }
            let end = runs.iter().rev().find_map(|run| run.last()).copied();
            if let Some(line) = self.stretched(line, view, &name) {
                drawn.push(Layer { look: stroked(paint.clone(), width), ..line });
            }
            if let (true, Some((x, y))) = (is_spark, end) {
                let mut dot = PathBuilder::new();
                dot.move_to(x, y);
                dot.line_to(x + 0.001, y);
                if let Some(dot) = self.stretched(dot, view, &format!("{name}.end")) {
                    drawn.push(Layer { look: stroked(paint, width * 2.6), ..dot });
                }
            }
        }
    }

    /// The numbers beside bars and points. Returns the number of characters of the longest.
    pub(super) fn figures(
        &mut self,
        chart: &Chart<'_>,
        data: &Data,
        scale: Scale,
        are_bars: bool,
        drawn: &mut Vec<Layer>,
    ) -> usize {
        let mut longest = 0;
        let band = 1.0 / count(data.items()).max(1.0);
        let inner = if are_bars { band * (1.0 - gap(chart.doc)) } else { band };
        let sets = if are_bars { count(data.series.len()) } else { 1.0 };
        let thick = inner / sets;
        for (number, values) in data.series.iter().enumerate() {
            for (index, value) in values.iter().enumerate() {
                let Some(value) = *value else { continue };
                let beside = |index: Option<usize>| index.and_then(|index| values.get(index).copied().flatten());
                let beside = [beside(index.checked_sub(1)), beside(index.checked_add(1))];
                // In a valley of a line there is room below, and above there is none.
                let is_valley = beside.iter().flatten().all(|beside| *beside > value) && beside != [None, None];
                let is_below = if are_bars { value < 0.0 } else { is_valley };
                let path = format!("{}.values[{index}][{number}]", chart.path);
                let is_left = is_below != self.rtl;
                let align = match (chart.lies, is_left) {
                    (false, _) => TextAlign::Center,
                    (true, true) => TextAlign::Right,
                    (true, false) => TextAlign::Left,
                };
                let mut label = self.figure(chart, value, None, align, &path);
                longest = longest.max(characters(&label));
                let set = if are_bars { count(number) } else { 0.0 };
                let along = count(index) * band + (band - inner) / 2.0 + set * thick;
                let end = scale.at(value);
                let line = Length::Px(chart.size * LINE);
                if let Kind::Text(text) = &mut label.kind {
                    text.style.overflow = crate::text::Overflow::Visible;
                }
                let holder = |label: Layer| part(Kind::Group(vec![label]), None, &format!("{path}.place"));
                if chart.lies {
                    // The label begins a little beyond the end of its bar.
                    let px = chart.size * 0.5;
                    let room = Length::Px(chart.size * 8.0);
                    let x = Length::Px(if is_left { -px - chart.size * 8.0 } else { px });
                    let label = Layer { x, width: Extent::Length(room), height: Extent::Fill, ..label };
                    let at_end = self.across(end, 0.0);
                    drawn.push(Layer {
                        width: Extent::Length(Length::Px(0.0)),
                        ..at((at_end, along), (0.0, thick), holder(label))
                    });
                    continue;
                }
                let lift = lift(chart, are_bars);
                let y = Length::Px(if is_below { lift } else { -chart.size * LINE - lift });
                let label = Layer { y, width: Extent::Fill, height: Extent::Length(line), ..label };
                let wide = thick * 1.5;
                let x = self.across(along - thick * 0.25, wide);
                drawn.push(at((x, 1.0 - end), (wide, 0.0), holder(label)));
            }
        }
        longest
    }

    /// The layer of a path that fills the plot, whatever its shape.
    fn stretched(&mut self, builder: PathBuilder, view: Rect, path: &str) -> Option<Layer> {
        let shape = builder.finish().map(Rc::new)?;
        let shape = self.within_segments(Some(shape)).map_err(|reason| self.warnings.push(path, reason)).ok()?;
        let kind = Kind::Shape(Shape::Path { path: shape, view_box: Some(view), fit: PathFit::Stretch });
        Some(part(kind, None, path))
    }
}

fn stroked(paint: Paint, width: f32) -> Rc<Look> {
    let stroke = Stroke {
        paint,
        width,
        dash: Vec::new(),
        linecap: Linecap::Round,
        linejoin: Linejoin::Round,
        align: StrokeAlign::Center,
    };
    Rc::new(Look { stroke: Some(stroke), ..Look::plain() })
}
