//! A table: a grid whose cells are texts, on boxes behind its rows.

use std::rc::Rc;

use crate::color::Color;
use crate::geometry::px;
use crate::template::document::{self as doc, Content, LOOP, TextAlign, TextStyle};
use crate::template::expression::Value;
use crate::text::bidi;

use super::code::part;
use super::repeat::place;
use super::resolve::Resolver;
use super::{Constraints, Extent, Grid, Kind, Layer, Length, Paint, Shape, Stack};

/// Px of the lines between rows.
const RULE_PX: f32 = 1.0;

/// A row of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Header,
    /// With the number of items before it.
    Item(usize),
    Total,
    /// Layers across all columns.
    Note,
}

/// What the letters of a text are made of, the outermost style first.
pub(super) struct Lettering<'a> {
    pub styles: &'a [Option<&'a TextStyle>],
    /// The weight where no style has one.
    pub weight: Option<f32>,
    /// Px where no style has a size.
    pub size: Option<f32>,
    pub align: TextAlign,
    pub max_lines: Option<u32>,
    /// Whether digits have one width.
    pub are_numbers: bool,
}

impl Resolver<'_> {
    /// The grid of a table's cells.
    pub(super) fn table(&mut self, table: &doc::Table, path: &str) -> Stack {
        self.evaluated = true;
        let items = self.items(&table.items, path);
        let shown = table.limit.unwrap_or(items.len()).min(items.len());
        let mut columns = Vec::new();
        for (index, column) in table.columns.iter().enumerate().take(self.limits.grid_columns) {
            if self.holds(column.when.as_deref(), &format!("{path}.columns[{index}]")) {
                columns.push((index, column));
            }
        }
        let mut rows = Vec::new();
        if columns.iter().any(|(_, column)| column.header.is_some()) {
            rows.push(Row::Header);
        }
        rows.extend((0..shown).map(Row::Item));
        let is_short = shown < items.len() && !table.more.is_empty();
        if is_short || (items.is_empty() && !table.empty.is_empty()) {
            rows.push(Row::Note);
        }
        if !items.is_empty() && columns.iter().any(|(_, column)| column.total.is_some()) {
            rows.push(Row::Total);
        }
        let padding = match table.padding {
            None => [8.0, 12.0, 8.0, 12.0],
            Some(_) => self.sides(table.padding.as_ref(), (path, "padding"), 0.0).map(|side| px(side).max(0.0)),
        };

        let mut cells = Vec::new();
        let before = [table.item(), LOOP].map(|name| self.context.bind(name, Value::Undefined));
        for (at, (index, column)) in columns.iter().enumerate() {
            let mut texts = Vec::new();
            for (row, kind) in rows.iter().enumerate() {
                let (content, name) = match kind {
                    Row::Header => (column.header.as_ref(), format!("{path}.columns[{index}].header")),
                    Row::Item(number) => {
                        self.context.bind(table.item(), items.get(*number).cloned().unwrap_or_default());
                        self.context.bind(LOOP, place(*number, shown, items.len()));
                        (Some(&column.text), format!("{path}[{number}].columns[{index}]"))
                    }
                    Row::Total => (column.total.as_ref(), format!("{path}.columns[{index}].total")),
                    Row::Note => (None, String::new()),
                };
                let Some(content) = content else { continue };
                if !self.takes(1, path) {
                    break;
                }
                let own = column.text_style.as_ref();
                let (styles, weight) = match kind {
                    Row::Header => ([table.text_style.as_ref(), table.header_style.as_ref(), None], Some(600.0)),
                    Row::Total => ([table.text_style.as_ref(), table.total_style.as_ref(), None], Some(600.0)),
                    Row::Item(_) | Row::Note => ([table.text_style.as_ref(), own, None], None),
                };
                let lettering = Lettering {
                    styles: &styles,
                    weight,
                    size: None,
                    align: column.align.unwrap_or_default(),
                    max_lines: column.max_lines,
                    are_numbers: false,
                };
                texts.push((row, *kind, self.lettered(content, &lettering, &name)));
                if matches!(kind, Row::Item(_)) {
                    self.context.bind(table.item(), Value::Undefined);
                    self.context.bind(LOOP, Value::Undefined);
                }
            }
            let are_numbers =
                are_numbers(texts.iter().filter(|(_, kind, _)| matches!(kind, Row::Item(_))).map(|(_, _, text)| text));
            for (row, kind, mut text) in texts {
                if are_numbers && let Kind::Text(text) = &mut text.kind {
                    text.style.align = column.align.unwrap_or(TextAlign::End);
                    if kind != Row::Header {
                        text.runs.iter_mut().for_each(|run| run.style.features.extend(tabular()));
                    }
                }
                let mut cell = in_cell(text, (at, row), [1, 1], padding);
                if let (true, Some(sizing)) = (kind == Row::Header, cell.sizing.as_mut().map(Rc::make_mut)) {
                    sizing.align = Some(doc::Align::Center);
                }
                cells.push(cell);
            }
        }
        let tracks = columns
            .iter()
            .map(|(index, column)| self.track(column.width.as_ref(), &format!("{path}.columns[{index}]"), "width"));
        let tracks: Vec<_> = tracks.collect();

        let mut children = self.row_boxes(table, &rows, tracks.len(), path);
        children.extend(cells);
        if let Some(row) = rows.iter().position(|row| *row == Row::Note) {
            let (layers, name) = if is_short { (&table.more, "more") } else { (&table.empty, "empty") };
            self.context.bind(LOOP, place(shown, shown, items.len()));
            let notes = self.layers(layers, &format!("{path}.{name}"));
            children.extend(notes.into_iter().map(|note| in_cell(note, (0, row), [tracks.len(), 1], padding)));
        }
        for (name, value) in [table.item(), LOOP].into_iter().zip(before) {
            self.context.unbind(name, value);
        }
        let columns = if tracks.is_empty() { vec![super::Track::Auto] } else { tracks };
        let grid = Grid { columns, justify_items: doc::Align::Stretch, stretch: [true, false] };
        Stack { grid: Some(grid), rtl: self.rtl, align: doc::Align::Start, ..Stack::column(children) }
    }

    /// What lies behind the cells: the colours of rows, and the lines between them.
    fn row_boxes(&mut self, table: &doc::Table, rows: &[Row], columns: usize, path: &str) -> Vec<Layer> {
        let mut color = |color, name| self.field(Option::as_ref(color), path, name);
        let header = color(&table.header_fill, "header_fill");
        let total = color(&table.total_fill, "total_fill");
        let zebra = color(&table.zebra, "zebra");
        let rule = color(&table.rule, "rule");
        let mut boxes = Vec::new();
        for (row, kind) in rows.iter().enumerate() {
            let fill = match kind {
                Row::Header => header,
                Row::Total => total,
                Row::Item(number) if number % 2 == 1 => zebra,
                Row::Item(_) | Row::Note => None,
            };
            let is_last = row.saturating_add(1) == rows.len();
            let rect = |fill: Color, name: &str, height, align| {
                let layer =
                    part(Kind::Shape(Shape::Rect), Some(Paint::Color(fill)), &format!("{path}.rows[{row}]{name}"));
                let layer = Layer { height, ..layer };
                let mut layer = in_cell(layer, (0, row), [columns, 1], [0.0; 4]);
                if let Some(sizing) = layer.sizing.as_mut().map(Rc::make_mut) {
                    sizing.align = Some(align);
                }
                layer
            };
            let fill = fill.map(|fill| rect(fill, "", Extent::Fill, doc::Align::Stretch));
            let px = Extent::Length(Length::Px(RULE_PX));
            let rule = rule.filter(|_| !is_last).map(|color| rect(color, ".rule", px, doc::Align::End));
            for each in [fill, rule].into_iter().flatten() {
                if self.takes(1, path) {
                    boxes.push(each);
                }
            }
        }
        boxes
    }

    /// The layer of a text in these letters.
    pub(super) fn lettered(&mut self, content: &Content, lettering: &Lettering<'_>, path: &str) -> Layer {
        let styles = || lettering.styles.iter().rev().filter_map(|style| *style);
        let literal = |number: Option<f32>| number.map(crate::template::Templated::Literal);
        let text = doc::Text {
            font: styles().find_map(|style| style.font.clone()),
            weight: styles().find_map(|style| style.weight.clone()).or_else(|| literal(lettering.weight)),
            size: styles().find_map(|style| style.size.clone()).or_else(|| literal(lettering.size)),
            case: styles().find_map(|style| style.case),
            letter_spacing: styles().find_map(|style| style.letter_spacing.clone()),
            align: Some(lettering.align),
            max_lines: lettering.max_lines,
            features: lettering.are_numbers.then(|| vec!["tnum".to_owned()]),
            ..doc::Text::of(content.clone())
        };
        let fill = styles().find_map(|style| style.fill.as_ref());
        let fill = self.paint(fill, path, "fill").unwrap_or(Paint::Color(Color::BLACK));
        let kind = Kind::Text(self.text_layer(&text, path));
        Layer { width: Extent::Hug, height: Extent::Hug, ..part(kind, Some(fill), path) }
    }
}

/// A layer in a cell of a grid, with px around it.
fn in_cell(layer: Layer, (column, row): (usize, usize), spans: [usize; 2], margin: [f32; 4]) -> Layer {
    let mut sizing = layer.sizing.as_deref().cloned().unwrap_or(Constraints::NONE);
    sizing.cell.column = Some(column);
    sizing.cell.row = Some(row);
    sizing.cell.spans = spans;
    sizing.cell.margin = margin;
    Layer { sizing: Some(Rc::new(sizing)), ..layer }
}

/// Digits of one width, so that those of a column stand below each other.
fn tabular() -> Option<crate::text::Feature> {
    crate::text::Feature::parse("tnum")
}

/// Whether a column has numbers, and nothing else but empty cells and dashes.
fn are_numbers<'l>(cells: impl Iterator<Item = &'l Layer>) -> bool {
    let mut found = false;
    for cell in cells {
        let Kind::Text(text) = &cell.kind else { continue };
        let mut printed: String = text.runs.iter().map(|run| run.text.as_str()).collect();
        printed.retain(|c| !bidi::is_value_isolate(c) && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}'));
        if !printed.chars().any(char::is_alphanumeric) {
            continue;
        }
        if !is_number(printed.trim()) {
            return false;
        }
        found = true;
    }
    found
}

/// Whether a text is a number, an amount of money or a percentage in any language: `-1.234,5`, `CHF 12`,
/// `12 %`, `1.2M`. A date, a code such as `Q1`, and a range are not.
fn is_number(text: &str) -> bool {
    let mut before = ' ';
    let (mut letters, mut digits) = (0_usize, 0_usize);
    for c in text.chars() {
        let is_known = c.is_numeric()
            || c.is_alphabetic()
            || c.is_whitespace()
            || matches!(
                c,
                '+' | '-' | '−' | '–' | '±' | '.' | ',' | '\'' | '’' | '٬' | '٫' | '%' | '‰' | '٪' | '(' | ')'
            )
            || matches!(c, '$' | '¢'..='¥' | '฿' | '₠'..='⃀' | '﷼');
        let is_sign_inside = matches!(c, '+' | '-' | '−' | '–' | '±') && before.is_numeric();
        let is_code = c.is_numeric() && before.is_alphabetic() && letters == 1;
        if !is_known || is_sign_inside || is_code {
            return false;
        }
        letters = letters.saturating_add(usize::from(c.is_alphabetic()));
        digits = digits.saturating_add(usize::from(c.is_numeric()));
        before = c;
    }
    // Groups of digits between two points have three of them, and those of a date do not.
    let mut groups = text.split('.').skip(1);
    let is_date =
        text.matches('.').count() > 1 && groups.any(|group| group.chars().filter(|c| c.is_numeric()).count() != 3);
    digits > 0 && letters <= 3 && !is_date
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn numbers_are_told_from_codes_and_dates() {
        for text in [
            "12",
            "-1.234,50",
            "−3.2",
            "1,234.5",
            "€1,234.50",
            "1.234,50 €",
            "CHF 120.00",
            "12 %",
            "+5",
            "1.234.567",
            "1’234",
            "١٢٣",
            "1.2M",
            "kr 10",
            "(5)",
            "12,34,567",
        ] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "Q1", "A4", "2026-03-14", "14.03.2026", "3 of 4 done", "10–20", "a", "12:30", "3/4"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
