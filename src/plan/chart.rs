//! A chart: bars, lines and sectors as boxes and paths, its names and numbers as texts.
//!
//! Everything in the plot has its place as a part of the plot's box, so that a chart is as large as
//! its layer. Invariants: bars and areas begin at zero, and an item without a number is a gap.

use std::rc::Rc;

use crate::color::Color;
use crate::geometry::px;
use crate::locale::{self, Locale};
use crate::template::Templated;
use crate::template::document::{self as doc, ChartShape, Content, LOOP, TextAlign};
use crate::template::expression::Value;

use super::code::part;
use super::repeat::place;
use super::resolve::Resolver;
use super::scale::{Scale, Ticks};
use super::table::Lettering;
use super::{Extent, Kind, Layer, Length, Look, Paint, Shape, Stack, VerticalAlign};

/// Colours of series that the template does not give: told apart on white, and in print.
const COLORS: [Color; 8] = [
    Color::rgb(0x43, 0x38, 0xca),
    Color::rgb(0x0e, 0xa5, 0xe9),
    Color::rgb(0xf5, 0x9e, 0x0b),
    Color::rgb(0x10, 0xb9, 0x81),
    Color::rgb(0xec, 0x48, 0x99),
    Color::rgb(0x8b, 0x5c, 0xf6),
    Color::rgb(0xef, 0x44, 0x44),
    Color::rgb(0x64, 0x74, 0x8b),
];

/// The colour of names and numbers.
const LABEL: Color = Color::rgb(0x6b, 0x6f, 0x7b);

/// The colour of the lines of the axis.
pub(super) const RULE: Color = Color::rgb(0xe3, 0xe5, 0xea);

/// The height of a line of letters, in font sizes.
pub(super) const LINE: f32 = 1.4;

/// The numbers of a chart, and what is written beside them.
pub(super) struct Data {
    /// The name of each item.
    pub labels: Vec<Option<Layer>>,
    /// Number of characters of the longest name.
    pub longest: usize,
    /// The numbers of each series, one for each item.
    pub series: Vec<Vec<Option<f64>>>,
}

impl Data {
    fn numbers(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flatten().flatten().copied()
    }

    pub fn items(&self) -> usize {
        self.labels.len()
    }
}

/// What all parts of a chart have in common.
pub(super) struct Chart<'a> {
    pub doc: &'a doc::Chart,
    pub layer: &'a doc::Layer,
    pub path: &'a str,
    /// Px of the letters.
    pub size: f32,
    pub rule: Color,
    pub paints: Vec<Paint>,
    /// Whether bars lie.
    pub lies: bool,
}

impl Chart<'_> {
    pub fn paint(&self, index: usize) -> Paint {
        let count = self.paints.len().max(1);
        self.paints.get(index % count).cloned().unwrap_or(Paint::Color(Color::BLACK))
    }
}

impl Resolver<'_> {
    /// The layer of a chart.
    pub(super) fn chart(&mut self, layer: &doc::Layer, doc: &doc::Chart, path: &str) -> Layer {
        self.evaluated = true;
        let shape = doc.chart.unwrap_or(ChartShape::Bar);
        let side = |side: f32| Extent::Length(Length::Px(side));
        let (wide, high) = match shape {
            ChartShape::Sparkline => (side(120.0), side(32.0)),
            ChartShape::Donut => (Extent::Hug, side(160.0)),
            ChartShape::Bar | ChartShape::Line | ChartShape::Area => (side(360.0), side(220.0)),
        };
        let width = self.field(layer.width.as_ref(), path, "width").unwrap_or(wide);
        let height = self.field(layer.height.as_ref(), path, "height").unwrap_or(high);
        let chart = Chart {
            doc,
            layer,
            path,
            size: self.number(
                doc.text_style.as_ref().and_then(|style| style.size.as_ref()),
                (path, "text_style.size"),
                12.0,
                (1.0, self.limits.font_px),
            ),
            rule: self.field(doc.rule.as_ref(), path, "rule").unwrap_or(RULE),
            paints: self.paints(layer, doc, path),
            lies: shape == ChartShape::Bar && doc.orientation == Some(doc::Axis::Horizontal),
        };
        let data = self.numbers(&chart, shape);
        let stack = if data.numbers().next().is_none() {
            self.no_numbers(&chart, shape)
        } else if shape == ChartShape::Donut {
            self.donut(&chart, data, (width, height))
        } else {
            self.plot(&chart, shape, data, (width, height))
        };
        self.lowered(layer, Kind::Stack(stack), (width, height), path)
    }

    fn paints(&mut self, layer: &doc::Layer, doc: &doc::Chart, path: &str) -> Vec<Paint> {
        let own = doc.colors.iter().enumerate();
        let mut paints: Vec<Paint> = own
            .filter_map(|(index, color)| self.field(Some(color), path, &format!("colors[{index}]")))
            .map(Paint::Color)
            .collect();
        if paints.is_empty() {
            paints.extend(COLORS.map(Paint::Color));
            if let Some(fill) = self.paint(layer.fill.as_ref(), path, "fill") {
                paints.insert(0, fill);
            }
        }
        paints
    }

    /// The names and numbers of the items.
    fn numbers(&mut self, chart: &Chart<'_>, shape: ChartShape) -> Data {
        let (doc, path) = (chart.doc, chart.path);
        let items = self.items(&doc.items, path);
        let count = doc.series.len().max(1);
        let mut data = Data { labels: Vec::new(), longest: 0, series: vec![Vec::new(); count] };
        let before = [doc.item(), LOOP].map(|name| self.context.bind(name, Value::Undefined));
        for (index, item) in items.iter().enumerate().take(self.limits.list_items) {
            self.context.bind(doc.item(), item.clone());
            self.context.bind(LOOP, place(index, items.len(), items.len()));
            let entry = |name: &str| item.entry(&Value::from(name)).cloned();
            let own = entry("label").or_else(|| entry("name")).filter(Value::is_present);
            let label = doc.label.clone().or_else(|| Some(Templated::Literal(own?.to_string())));
            let label = label.filter(|_| shape != ChartShape::Sparkline).map(|label| {
                let align = if chart.lies { TextAlign::End } else { TextAlign::Center };
                let align = if shape == ChartShape::Donut { TextAlign::Start } else { align };
                self.label(chart, Content::Plain(label), align, &format!("{path}[{index}].label"))
            });
            data.longest = data.longest.max(label.as_ref().map_or(0, characters));
            data.labels.push(label);
            for (number, values) in data.series.iter_mut().enumerate() {
                let (field, name) = match doc.series.get(number) {
                    Some(series) => (Some(&series.value), format!("series[{number}].value")),
                    None => (doc.value.as_ref(), "value".to_owned()),
                };
                let value = match field {
                    Some(_) => {
                        let printed = self.field(field, path, &name).unwrap_or_default();
                        let read = printed.trim().parse::<f64>().ok();
                        if read.is_none() && !printed.trim().is_empty() {
                            self.warnings.push(&format!("{path}.{name}"), "its value is no number; it is a gap");
                        }
                        read
                    }
                    None => item.as_number().or_else(|| entry("value")?.as_number()),
                };
                let value = value.filter(|value| value.abs() < 1e15);
                let is_drawn = value.is_none_or(|value| shape != ChartShape::Donut || value >= 0.0);
                if !is_drawn {
                    self.warnings.push(path, "a donut has no part for a number below zero; it was left out");
                }
                values.push(value.filter(|_| is_drawn));
            }
        }
        for (name, value) in [doc.item(), LOOP].into_iter().zip(before) {
            self.context.unbind(name, value);
        }
        data
    }

    /// A name or a number beside the plot. It may shrink a little before it is cut.
    pub(super) fn label(&mut self, chart: &Chart<'_>, content: Content, align: TextAlign, path: &str) -> Layer {
        let style = chart.doc.text_style.as_ref();
        let lettering = Lettering {
            styles: &[style],
            weight: None,
            size: Some(chart.size),
            align,
            max_lines: Some(1),
            are_numbers: true,
        };
        let mut label = self.lettered(&content, &lettering, path);
        if style.is_none_or(|style| style.fill.is_none()) {
            label.look = Rc::new(Look { fill: Some(Paint::Color(LABEL)), ..Look::plain() });
        }
        if let Kind::Text(text) = &mut label.kind {
            text.vertical_align = VerticalAlign::Middle;
            text.style.min_size = (chart.size * 0.75).max(1.0);
            text.style.line_height = Some(LINE);
        }
        label
    }

    /// A number in the language's notation, or in the template's.
    pub(super) fn figure(
        &mut self,
        chart: &Chart<'_>,
        value: f64,
        places: Option<u8>,
        align: TextAlign,
        path: &str,
    ) -> Layer {
        let content = match &chart.doc.format {
            Some(format) => {
                let before = self.context.bind(crate::template::NUMBER, Value::from(value));
                let label = self.label(chart, Content::Plain(format.clone()), align, path);
                self.context.unbind(crate::template::NUMBER, before);
                return label;
            }
            None => locale::number(Locale::of(self.lang.unwrap_or("en")), value, places).unwrap_or_default(),
        };
        self.label(chart, Content::Plain(Templated::Literal(content)), align, path)
    }

    /// What stands in place of a chart without numbers: the template's layers, or an empty plot.
    fn no_numbers(&mut self, chart: &Chart<'_>, shape: ChartShape) -> Stack {
        let empty = self.layers(&chart.doc.empty, &format!("{}.empty", chart.path));
        if !empty.is_empty() {
            let middle = Stack { align: doc::Align::Center, justify: doc::Justify::Center, ..Stack::column(empty) };
            return middle;
        }
        let children = if shape == ChartShape::Donut {
            vec![chart.empty_ring()]
        } else {
            let lines = if shape == ChartShape::Sparkline { 1_u8 } else { 5 };
            let at = |line: u8| if lines == 1 { 0.5 } else { f32::from(line) / 4.0 };
            (0..lines).map(|line| rule(chart, at(line), false, chart.rule)).collect()
        };
        Stack::column(vec![Layer { width: Extent::Fill, ..part(Kind::Group(children), None, chart.path) }])
    }

    /// Bars, lines and areas with their axes.
    fn plot(
        &mut self,
        chart: &Chart<'_>,
        shape: ChartShape,
        mut data: Data,
        (width, height): (Extent, Extent),
    ) -> Stack {
        let (doc, path, size) = (chart.doc, chart.path, chart.size);
        let is_spark = shape == ChartShape::Sparkline;
        let is_stacked = shape == ChartShape::Bar && doc.stacked == Some(true) && data.series.len() > 1;
        let has_axis = doc.axis.unwrap_or(true) && !is_spark;
        let ends = if is_stacked { stacked_ends(&data.series) } else { ends(data.numbers()) };
        let known = |extent: Extent, whole: u32| match extent {
            Extent::Length(Length::Px(px)) => px,
            #[expect(clippy::cast_precision_loss, reason = "a side has at most 4096 px")]
            _ => whole as f32 / 2.0,
        };
        let document = &self.template.document;
        let (wide, high) = (known(width, document.width), known(height, document.height));
        let along = if chart.lies { wide / (size * 7.0) } else { high / (size * 3.6) };
        let own = [&doc.min, &doc.max].map(Option::as_ref);
        let own = [("min", own[0]), ("max", own[1])].map(|(name, field)| self.field(field, path, name).map(f64::from));
        let mut scale = match shape {
            ChartShape::Sparkline => Scale::tight(ends),
            _ => Scale::nice(ends, own, shape != ChartShape::Line, along),
        };
        if !has_axis && !is_spark {
            // Nothing says where the ends are, so that they are those of the numbers.
            scale = Scale::between(ends, own, shape != ChartShape::Line);
        }
        let is_zero = ends == (0.0, 0.0) && doc.max.is_none();
        let ticks = match (has_axis, is_zero) {
            (true, false) => scale.ticks(along),
            // Of nothing but zeros the axis has no other number.
            (true, true) => Ticks { values: vec![0.0], ..Ticks::NONE },
            (false, _) => Ticks::NONE,
        };

        let mut drawn = Vec::new();
        for value in &ticks.values {
            let at = scale.at(*value);
            let is_zero = *value == 0.0;
            let color = if is_zero { darker(chart.rule) } else { chart.rule };
            let at = if chart.lies { self.across(at, 0.0) } else { 1.0 - at };
            drawn.push(rule(chart, at, chart.lies, color));
        }
        if !has_axis && shape == ChartShape::Bar {
            // Bars stand on a line.
            let at = if chart.lies { self.across(scale.at(0.0), 0.0) } else { 1.0 - scale.at(0.0) };
            drawn.push(rule(chart, at, chart.lies, darker(chart.rule)));
        }
        match shape {
            ChartShape::Bar => self.bars(chart, &data, scale, is_stacked, &mut drawn),
            ChartShape::Line | ChartShape::Area | ChartShape::Sparkline => {
                self.lines(chart, &data, scale, shape, &mut drawn);
            }
            ChartShape::Donut => {}
        }
        let has_values = doc.values == Some(true) && !is_stacked && !is_spark;
        let mut longest = 0;
        if has_values {
            longest = self.figures(chart, &data, scale, shape == ChartShape::Bar, &mut drawn);
        }
        if !self.takes(drawn.len().saturating_add(data.items()), path) {
            drawn.clear();
        }
        let plot = part(Kind::Group(drawn), None, &format!("{path}.plot"));
        if is_spark {
            return Stack { padding: [2.0; 4], ..Stack::column(vec![plot]) };
        }

        // The numbers of the axis, and the names of the items.
        let mut before = String::new();
        let figures: Vec<Layer> = ticks
            .values
            .iter()
            .filter_map(|value| {
                // Numbers of an upright axis end where the plot begins.
                let align = match (chart.lies, self.rtl) {
                    (true, _) => TextAlign::Center,
                    (false, false) => TextAlign::Right,
                    (false, true) => TextAlign::Left,
                };
                let label = self.figure(chart, *value, Some(ticks.places), align, &format!("{path}.axis"));
                // A `format` without decimals may write two numbers alike.
                let text = written(&label);
                if std::mem::replace(&mut before, text.clone()) == text {
                    return None;
                }
                let step = part_of(ticks.step / scale.span()).clamp(0.05, 1.0);
                let middle = scale.at(*value);
                Some(if chart.lies {
                    self.at_x(label, middle - step / 2.0, step)
                } else {
                    at_y(label, 1.0 - middle - step / 2.0, step)
                })
            })
            .collect();
        let labels = std::mem::take(&mut data.labels);
        let every = if chart.lies { 1 } else { shown_labels(&data, labels.len(), wide, size) };
        let band = 1.0 / count(labels.len()).max(1.0);
        let has_labels = labels.iter().any(Option::is_some);
        let names: Vec<Layer> = labels
            .into_iter()
            .enumerate()
            .filter(|(index, _)| index.is_multiple_of(every))
            .filter_map(|(index, label)| Some((index, label?)))
            .map(|(index, label)| {
                let start = count(index) * band;
                if chart.lies {
                    return at_y(label, start, band);
                }
                let wide = band * count(every);
                self.at_x(label, start + (band - wide) / 2.0, wide)
            })
            .collect();
        let line = size * LINE;
        let (beside, below) = if chart.lies { (names, figures) } else { (figures, names) };
        let has_below = if chart.lies { has_axis } else { has_labels };
        let below = Layer {
            height: Extent::Length(Length::Px(line)),
            ..part(Kind::Group(below), None, &format!("{path}.below"))
        };
        let foot = if has_below { line + size * 0.4 } else { 0.0 };
        // The numbers at the ends of an axis stand half beyond it.
        let over = if has_axis && !chart.lies { line / 2.0 } else { 0.0 };
        let over =
            if has_values && !chart.lies { over.max(line + lift(chart, shape == ChartShape::Bar)) } else { over };
        // Numbers of bars below zero stand below them.
        let has_negative = data.series.iter().flatten().flatten().any(|value| *value < 0.0);
        let under = if has_values && has_negative && !chart.lies { line } else { 0.0 };
        let mut row = Vec::new();
        if !beside.is_empty() {
            let group = part(Kind::Group(beside), None, &format!("{path}.beside"));
            let group = Layer { width: Extent::Hug, ..group };
            let column = Stack { padding: [over, 0.0, foot + under, 0.0], ..Stack::column(vec![group]) };
            row.push(Layer { width: Extent::Hug, ..part(Kind::Stack(column), None, path) });
        }
        let plot = Stack { padding: [0.0, 0.0, under, 0.0], ..Stack::column(vec![plot]) };
        let mut column = vec![part(Kind::Stack(plot), None, path)];
        if has_below {
            column.push(below);
        }
        let room = if has_values { size * (0.6 * count(longest) + 0.8) } else { size * 1.6 };
        let after = if chart.lies && (has_axis || has_values) { room } else { 0.0 };
        let before = if chart.lies && has_values && has_negative { room } else { 0.0 };
        let (left, right) = if self.rtl { (after, before) } else { (before, after) };
        let column = Stack { gap: [size * 0.4; 2], padding: [over, right, 0.0, left], ..Stack::column(column) };
        row.push(part(Kind::Stack(column), None, path));
        let row = Stack { row: true, rtl: self.rtl, gap: [size * 0.7; 2], ..Stack::column(row) };
        let mut rows = Vec::new();
        if doc.legend.unwrap_or(doc.series.len() > 1) {
            rows.extend(self.legend(chart));
        }
        rows.push(part(Kind::Stack(row), None, path));
        Stack { gap: [size; 2], ..Stack::column(rows) }
    }

    /// The names of the series.
    fn legend(&mut self, chart: &Chart<'_>) -> Option<Layer> {
        let mut entries = Vec::new();
        for (index, series) in chart.doc.series.iter().enumerate() {
            let Some(name) = &series.name else { continue };
            let path = format!("{}.series[{index}].name", chart.path);
            let text = self.label(chart, Content::Plain(name.clone()), TextAlign::Start, &path);
            let entry = vec![swatch(chart, chart.paint(index), &path), text];
            let entry = Stack {
                row: true,
                rtl: self.rtl,
                gap: [chart.size * 0.5; 2],
                align: doc::Align::Center,
                ..Stack::column(entry)
            };
            let entry = part(Kind::Stack(entry), None, &path);
            entries.push(Layer { width: Extent::Hug, height: Extent::Hug, ..entry });
        }
        if entries.is_empty() {
            return None;
        }
        let stack = Stack {
            row: true,
            rtl: self.rtl,
            wrap: true,
            gap: [chart.size * 1.4, chart.size * 0.4],
            align: doc::Align::Start,
            ..Stack::column(entries)
        };
        let legend = part(Kind::Stack(stack), None, &format!("{}.legend", chart.path));
        Some(Layer { height: Extent::Hug, ..legend })
    }

    /// The left edge of something in the plot, in the direction of reading.
    pub(super) const fn across(&self, start: f32, width: f32) -> f32 {
        if self.rtl { 1.0 - start - width } else { start }
    }

    fn at_x(&self, label: Layer, start: f32, width: f32) -> Layer {
        let x = self.across(start, width);
        Layer { x: Length::Fraction(x), width: fraction(width), height: Extent::Fill, ..label }
    }
}

/// A layer at a place in the plot, all in parts of it.
pub(super) fn at((x, y): (f32, f32), (width, height): (f32, f32), layer: Layer) -> Layer {
    Layer { x: Length::Fraction(x), y: Length::Fraction(y), width: fraction(width), height: fraction(height), ..layer }
}

/// Px between a number and its bar or point.
pub(super) fn lift(chart: &Chart<'_>, are_bars: bool) -> f32 {
    if are_bars { 0.0 } else { chart.size * 0.4 }
}

fn at_y(label: Layer, start: f32, height: f32) -> Layer {
    Layer { y: Length::Fraction(start), width: Extent::Fill, height: fraction(height), ..label }
}

/// A line of the axis.
pub(super) fn rule(chart: &Chart<'_>, at: f32, is_upright: bool, color: Color) -> Layer {
    let line = part(Kind::Shape(Shape::Rect), Some(Paint::Color(color)), &format!("{}.rule", chart.path));
    let hair = Extent::Length(Length::Px(1.0));
    if is_upright {
        return Layer { x: Length::Fraction(at), width: hair, ..line };
    }
    Layer { y: Length::Fraction(at), height: hair, ..line }
}

/// The line at zero is seen before the others.
fn darker(color: Color) -> Color {
    let darker = |channel: u8| u8::try_from(u16::from(channel) * 3 / 4).unwrap_or(channel);
    Color { r: darker(color.r), g: darker(color.g), b: darker(color.b), a: color.a }
}

/// The colour of a series beside its name.
pub(super) fn swatch(chart: &Chart<'_>, paint: Paint, path: &str) -> Layer {
    let side = Extent::Length(Length::Px(chart.size * 0.8));
    let rect = part(Kind::Shape(Shape::Rect), Some(paint), &format!("{path}.swatch"));
    Layer { width: side, height: side, radius: [Length::Px(chart.size * 0.2); 4], ..rect }
}

pub(super) fn gap(chart: &doc::Chart) -> f32 {
    chart.gap.map_or(0.35, px).clamp(0.0, 0.95)
}

/// The least and the largest of some numbers.
fn ends(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::MAX, f64::MIN), |(low, high), number| (low.min(number), high.max(number)))
}

/// The ends of stacks, whose parts below zero go down.
fn stacked_ends(series: &[Vec<Option<f64>>]) -> (f64, f64) {
    let items = series.iter().map(Vec::len).max().unwrap_or(0);
    let sums = (0..items).flat_map(|index| {
        let parts = || series.iter().filter_map(move |values| values.get(index).copied().flatten());
        [parts().filter(|part| *part > 0.0).sum::<f64>(), parts().filter(|part| *part < 0.0).sum::<f64>()]
    });
    ends(sums)
}

/// Of how many names one is written, so that they do not meet: an estimate, as letters are measured
/// later.
fn shown_labels(data: &Data, items: usize, wide: f32, size: f32) -> usize {
    let each = count(data.longest) * size * 0.56 + size;
    let room = (wide - size * 4.0).max(size);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the number of items")]
    let every = libm::ceilf(each * count(items) / room).clamp(1.0, count(items).max(1.0)) as usize;
    // A step that is only a little too long is met by smaller letters.
    if every == 2 && each * count(items) < room * 1.25 { 1 } else { every }
}

/// The text of a label.
fn written(label: &Layer) -> String {
    match &label.kind {
        Kind::Text(text) => text.runs.iter().map(|run| run.text.as_str()).collect(),
        _ => String::new(),
    }
}

/// Number of characters of a text.
pub(super) fn characters(label: &Layer) -> usize {
    written(label).chars().count()
}

const fn fraction(of: f32) -> Extent {
    Extent::Length(Length::Fraction(of))
}

#[expect(clippy::cast_possible_truncation, reason = "a part of a box")]
pub(super) const fn part_of(part: f64) -> f32 {
    part as f32
}

#[expect(clippy::cast_precision_loss, reason = "there are at most some hundred")]
pub(super) const fn count(items: usize) -> f32 {
    items as f32
}
