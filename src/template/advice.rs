//! What a document says without any effect: nothing is wrong with it, and its author meant something
//! else. A rectangle without a fill, an opacity of 50, an `x` in a stack.
//!
//! Only what is written out is looked at; what an expression prints is found when it is drawn. What an expression
//! cannot mean, whatever it prints, is known since the document was read.

use std::collections::BTreeSet;

use crate::params::image::asset;

use super::advice_text::{has_open_phrase, markup, merge_tag, printed, tag, without_phrases};
use super::document::{
    Align, Content, Document, Focus, Gradient, Image, Kind, Layer, Paint, Position, Rating, Stack, StackDirection, Text,
};
use super::templated::{Extent, Length, LineHeight, Templated};
use super::text::TextAlign;
use super::{advice_data, advice_font};

/// The largest multiple of a font size that anybody wants as the height of a line.
const MOST_LINE_HEIGHT: f32 = 5.0;

/// The least size of letters that anybody sees.
const LEAST_SIZE_PX: f32 = 3.0;

/// The greatest width of a line that is meant as its thickness.
const MOST_STROKE_PX: f32 = 12.0;

/// The most letters of the first part of a language's code (ISO 639).
const MOST_LETTERS_OF_LANGUAGE: usize = 3;

/// The generic families of CSS.
const GENERIC: [&str; 6] = ["sans-serif", "serif", "monospace", "cursive", "fantasy", "system-ui"];

/// Most signs that are shown of what stands beside an expression.
const MAX_SHOWN: usize = 12;

/// A place in a document, and what to look at there.
pub type Advice = (String, String);

/// What the author of a document should look at: its expressions, then its layers in their order.
#[must_use]
pub fn of(document: &Document) -> Vec<Advice> {
    let mut advisor = Advisor { document, ids: BTreeSet::new(), found: document.doubts.clone() };
    if let Some(Templated::Expression(source) | Templated::Literal(source)) = &document.alt {
        advisor.source(source, "alt");
    }
    if let Some(lang) = &document.lang {
        advisor.language(lang, "lang");
    }
    if let Some(Paint::Gradient(gradient)) = &document.background {
        advisor.gradient(gradient, "background");
    }
    advisor.layers(&document.layers, "layers", Parent::Canvas);
    advisor.found
}

/// The path of the layer in which a place is: `layers[0].children[1]` of `layers[0].children[1].opacity`.
#[must_use]
pub fn layer(place: &str) -> &str {
    let mut end = 0;
    for part in place.split_inclusive('.') {
        let list = part.split('[').next().unwrap_or_default();
        if !part.contains('[') || !matches!(list, "layers" | "children" | "more" | "empty" | "mask") {
            break;
        }
        end = part.len().saturating_add(end);
    }
    place.get(..end).unwrap_or(place).trim_end_matches('.')
}

/// Whether a text is an address without `https:`: `//cdn.example/a.png`, `www.logo.com/a.png`.
pub fn is_address(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    text.starts_with("//")
        || text.contains('/') && !host.starts_with('.') && host.contains('.') && !host.contains([':', '{'])
}

/// What contains a layer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    Canvas,
    Group,
    Stack,
}

struct Advisor<'a> {
    document: &'a Document,
    ids: BTreeSet<&'a str>,
    found: Vec<Advice>,
}

impl<'a> Advisor<'a> {
    fn say(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.found.push((place.into(), what.into()));
    }

    fn layers(&mut self, layers: &'a [Layer], path: &str, parent: Parent) {
        for (index, layer) in layers.iter().enumerate() {
            let path = format!("{path}[{index}]");
            self.layer(layer, &path, parent);
            let inside = match &layer.kind {
                Kind::Stack(_) | Kind::Repeat(_) | Kind::Table(_) | Kind::Chart(_) => Parent::Stack,
                _ => Parent::Group,
            };
            for (name, layers) in layer.lists() {
                self.layers(layers, &format!("{path}.{name}"), inside);
            }
        }
    }

    fn layer(&mut self, layer: &'a Layer, path: &str, parent: Parent) {
        if let Some(id) = &layer.id
            && !self.ids.insert(id)
        {
            self.say(format!("{path}.id"), format!("another layer has the id `{id}` too"));
        }
        let is_drawn_by_paint = matches!(layer.kind, Kind::Rect(_) | Kind::Ellipse(_) | Kind::Line(_) | Kind::Path(_));
        let is_line = matches!(layer.kind, Kind::Line(_));
        if is_line && layer.fill.is_some() {
            let what = match layer.stroke {
                None => "a line has no inside, so that nothing of it is visible: its colour is `stroke`",
                Some(_) => "it has no effect on a line, which has no inside: its colour is `stroke`",
            };
            self.say(format!("{path}.fill"), what);
        } else if is_drawn_by_paint && layer.fill.is_none() && layer.stroke.is_none() {
            let what = if is_line { "`stroke`" } else { "`fill` or `stroke`" };
            self.say(path, format!("nothing of it is visible: give it a {what}"));
        }
        if is_line
            && layer.stroke_width.is_none()
            && layer.height.is_none()
            && matches!(layer.width, Some(Templated::Literal(Extent::Length(Length::Px(px)))) if px <= MOST_STROKE_PX)
        {
            self.say(
                format!("{path}.width"),
                "it is the side of a box around the line: its thickness is `stroke_width`",
            );
        }
        for shadow in layer.shadow.iter().flat_map(|shadows| &shadows.0) {
            if [&shadow.dx, &shadow.dy, &shadow.blur, &shadow.spread].into_iter().all(Option::is_none) {
                let what = "it lies under the layer, where nobody sees it: add \"dy\": 4 and \"blur\": 8";
                self.say(format!("{path}.shadow"), what);
            }
        }
        if layer.stroke.is_none() && (layer.stroke_width.is_some() || layer.stroke_dash.is_some()) {
            self.say(format!("{path}.stroke_width"), "it has no effect without `stroke`, the colour of the outline");
        }
        self.share(layer.opacity.as_ref(), &format!("{path}.opacity"), "an opacity");
        if layer.opacity == Some(Templated::Literal(0.0)) {
            self.say(format!("{path}.opacity"), "nothing of it is visible: leave the layer out, or give it a `when`");
        }
        self.share(layer.corner_smoothing.as_ref(), &format!("{path}.corner_smoothing"), "it");
        self.numbers(layer, path);
        for (field, paint) in [("fill", &layer.fill), ("stroke", &layer.stroke)] {
            if let Some(Paint::Gradient(gradient)) = paint {
                self.gradient(gradient, &format!("{path}.{field}"));
            }
        }
        match parent {
            Parent::Stack if layer.position != Some(Position::Absolute) => {
                for (field, is_there) in [("x", layer.x.is_some()), ("y", layer.y.is_some())] {
                    if is_there {
                        let what = format!(
                            "`{field}` has no effect in a stack: it places its children; `\"position\": \"absolute\"` \
                             takes one out of it"
                        );
                        self.say(format!("{path}.{field}"), what);
                    }
                }
            }
            Parent::Canvas => self.outside(layer, path),
            Parent::Group | Parent::Stack => {}
        }
        match &layer.kind {
            Kind::Text(text) => {
                self.aligned(layer, text, parent, path);
                self.text(text, path);
            }
            Kind::Image(image) => self.image(image, path),
            Kind::Rating(rating) => self.rating(rating, path),
            Kind::Progress(progress) => self.found.extend(advice_data::progress(progress, path)),
            Kind::Stack(stack) => self.stack(stack, path),
            Kind::Chart(chart) => self.found.extend(advice_data::chart(chart, &self.document.params, path)),
            Kind::Qr(code) => {
                self.read_by_machines(&code.data, path);
                code.logo.iter().for_each(|logo| self.picture(logo, &format!("{path}.logo")));
            }
            Kind::Barcode(code) => self.read_by_machines(&code.data, path),
            Kind::Table(table) => {
                self.limit(table.limit, &table.more, path);
                self.found.extend(advice_data::table(table, &self.document.params, path));
            }
            Kind::Repeat(repeat) => self.limit(repeat.limit, &repeat.more, path),
            _ => {}
        }
    }

    /// The most items that are shown; `more` may say how many there are.
    fn limit(&mut self, limit: Option<usize>, more: &[Layer], path: &str) {
        if limit == Some(0) && more.is_empty() {
            self.say(format!("{path}.limit"), "no item is shown: leave it out for all of them");
        }
    }

    /// What a code says, with tags of senders in it.
    fn read_by_machines(&mut self, data: &Templated<String>, path: &str) {
        let (Templated::Literal(source) | Templated::Expression(source)) = data;
        let path = format!("{path}.data");
        if let Some((written, name)) = tag(source, &self.document.params) {
            self.say(path, format!("`{written}` is in the code as it stands: write `{{{{ {name} }}}}`"));
        } else if let Some(what) = merge_tag(&without_phrases(source)) {
            self.say(path, what);
        }
    }

    /// A number from 0 to 1; `what` it is.
    fn share(&mut self, value: Option<&Templated<f32>>, path: &str, what: &str) {
        let Some(Templated::Literal(value)) = value else { return };
        if *value > 1.0 && *value <= 100.0 {
            let share = f64::from((value / 100.0 * 1_000.0).round()) / 1_000.0;
            self.say(path, format!("{what} is 0 to 1: write {share} for {value} %"));
        } else if *value > 1.0 || *value < 0.0 {
            self.say(path, format!("{what} is 0 to 1"));
        }
    }

    /// Numbers that every layer may have, and expressions that print no number.
    fn numbers(&mut self, layer: &Layer, path: &str) {
        if let Some(Templated::Literal(scale)) = &layer.scale
            && *scale > 10.0
        {
            let share = scale / 100.0;
            self.say(format!("{path}.scale"), format!("a scale is 0 to 10: write {share} for {scale} %"));
        }
        if let Some(Templated::Literal(width)) = &layer.stroke_width
            && *width <= 0.0
        {
            self.say(format!("{path}.stroke_width"), "an outline of this width is not visible: write px, such as 2");
        }
        let common = [
            ("opacity", &layer.opacity),
            ("rotate", &layer.rotate),
            ("scale", &layer.scale),
            ("stroke_width", &layer.stroke_width),
        ];
        let none = None;
        let own = match &layer.kind {
            Kind::Text(text) => [("size", &text.size), ("min_size", &text.min_size), ("weight", &text.weight)],
            Kind::Progress(progress) => [("max", &progress.max), ("gap", &progress.gap), ("", &none)],
            Kind::Stack(stack) => [("gap", &stack.gap), ("row_gap", &stack.row_gap), ("column_gap", &stack.column_gap)],
            _ => [("", &none); 3],
        };
        let value = match &layer.kind {
            Kind::Rating(rating) => Some(&rating.value),
            Kind::Progress(progress) => Some(&progress.value),
            _ => None,
        };
        let numbers = common.into_iter().chain(own).map(|(field, number)| (field, number.as_ref()));
        for (field, number) in numbers.chain([("value", value)]) {
            if let Some(Templated::Expression(source)) = number {
                self.unit(source, &format!("{path}.{field}"), "");
            }
        }
        for (field, length) in [("x", &layer.x), ("y", &layer.y)] {
            if let Some(Templated::Expression(source)) = length {
                self.unit(source, &format!("{path}.{field}"), "%");
            }
        }
        for (field, extent) in [("width", &layer.width), ("height", &layer.height)] {
            if let Some(Templated::Literal(Extent::Length(Length::Px(px) | Length::Fraction(px)))) = extent
                && *px <= 0.0
                && !matches!(layer.kind, Kind::Line(_))
            {
                self.say(format!("{path}.{field}"), "nothing of it is visible: a side is more than 0 px");
            }
            if let Some(Templated::Expression(source)) = extent {
                self.unit(source, &format!("{path}.{field}"), "%filhug");
            }
        }
    }

    /// Signs beside the expressions of a number, of which it may have some.
    fn unit(&mut self, source: &str, path: &str, may_have: &str) {
        let printed = printed(source);
        let is_of_number = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '.');
        if printed.contains(|c: char| !is_of_number(c) && !may_have.contains(c)) {
            let unit: String = printed.chars().filter(|c| !is_of_number(*c)).take(MAX_SHOWN).collect();
            self.say(path, format!("it is a number, and `{unit}` beside it makes it a text: write the number alone"));
        }
    }

    fn gradient(&mut self, gradient: &Gradient, path: &str) {
        for (index, stop) in gradient.stops.iter().enumerate() {
            self.share(stop.offset.as_ref(), &format!("{path}.stops[{index}].offset"), "an offset");
        }
        gradient.src.iter().for_each(|src| self.picture(src, &format!("{path}.src")));
    }

    fn image(&mut self, image: &Image, path: &str) {
        self.picture(&image.src, &format!("{path}.src"));
        image.dark_src.iter().for_each(|src| self.picture(src, &format!("{path}.dark_src")));
        for (index, src) in image.fallback.iter().enumerate() {
            self.picture(src, &format!("{path}.fallback[{index}]"));
        }
        if let Some(Focus::Point(point)) = image.focus
            && point.iter().any(|part| *part > 1.0 || *part < 0.0)
        {
            self.say(format!("{path}.focus"), "the parts of a point are 0 to 1: [0.5, 0.5] is the middle");
        }
    }

    /// Where a picture is written that can never be had.
    fn picture(&mut self, source: &Templated<String>, path: &str) {
        let Templated::Literal(text) = source else { return };
        let text = text.trim();
        if let Some((written, name)) = tag(text, &self.document.params) {
            self.say(path, format!("`{written}` is a part of the name as it stands: write `{{{{ {name} }}}}`"));
        } else if let Some(url) = is_address(text).then(|| text.trim_start_matches('/')) {
            self.say(path, format!("it names no file: write \"https://{url}\", and its host into `hosts`"));
        } else if text.contains('\\') {
            self.say(path, "it names no file: put it beside the template, and write \"asset:logo.png\"");
        } else if text.to_ascii_lowercase().starts_with("data:") {
            self.say(
                path,
                "no picture is read from the template itself: upload the file, and write \"asset:logo.png\"",
            );
        } else if self.document.params.contains_key(text) {
            self.say(path, format!("it is a text, and no value of a param: write \"{{{{ {text} }}}}\""));
        } else if text.starts_with("asset:") && asset(text).is_none() {
            self.say(
                path,
                "it names no file: a name has no slash and no space before it, and no `..`, as in \"asset:logo.png\"",
            );
        } else if !text.contains(':') && asset(&format!("asset:{text}")).is_some() {
            let name = ["./", "/", "assets/", "images/", "img/"]
                .iter()
                .fold(text, |name, folder| name.strip_prefix(folder).unwrap_or(name));
            self.say(path, format!("it names no file: write \"asset:{name}\""));
        } else if !text.contains(':') {
            self.say(path, "it names no picture: write \"asset:logo.png\" or \"https://logo.com/logo.png\"");
        }
    }

    fn rating(&mut self, rating: &Rating, path: &str) {
        let is_path = |shape: &str| shape.trim_start().starts_with(['M', 'm']);
        if let Some(shape) = &rating.shape
            && !matches!(shape.as_str(), "star" | "heart" | "circle")
            && !is_path(shape)
        {
            self.say(
                format!("{path}.shape"),
                "there are star, heart and circle, and SVG path data such as \"M0 0H24V24Z\"",
            );
        }
    }

    fn stack(&mut self, stack: &Stack, path: &str) {
        if matches!(stack.gap, Some(Templated::Literal(gap)) if gap < 0.0) {
            self.say(format!("{path}.gap"), "a gap is not negative: the children of a `group` may lie on each other");
        }
        if stack.align == Some(Align::Baseline) && stack.direction != Some(StackDirection::Row) {
            self.say(format!("{path}.align"), "only a row has a common baseline: add \"direction\": \"row\"");
        }
    }

    /// The code of a language.
    fn language(&mut self, lang: &str, path: &str) {
        let primary = lang.split('-').next().unwrap_or_default();
        if primary.len() > MOST_LETTERS_OF_LANGUAGE {
            self.say(path, "no language has this code: write one such as \"en\", \"de\" or \"pt-BR\"");
        }
    }

    /// A layer that lies outside of the picture, whatever it shows.
    fn outside(&mut self, layer: &Layer, path: &str) {
        if layer.rotate.is_some() || layer.shadow.is_some() {
            return;
        }
        let Document { width, height, .. } = self.document;
        for (at, extent, whole) in [(&layer.x, &layer.width, *width), (&layer.y, &layer.height, *height)] {
            #[expect(clippy::cast_precision_loss, reason = "a side has at most 4096 px")]
            let whole = whole as f32;
            let start = match at {
                Some(Templated::Literal(length)) => length.resolve(whole),
                Some(Templated::Expression(_)) => return,
                None => 0.0,
            };
            let end = match extent {
                // It is said already.
                Some(Templated::Literal(Extent::Length(Length::Px(px) | Length::Fraction(px)))) if *px <= 0.0 => return,
                Some(Templated::Literal(Extent::Length(length))) => start + Length::resolve(*length, whole),
                _ => f32::INFINITY,
            };
            if start >= whole || end <= 0.0 {
                self.say(path, format!("it lies outside of the picture, which is {width} x {height} px"));
                return;
            }
        }
    }

    /// A text that is centred in nothing.
    fn aligned(&mut self, layer: &Layer, text: &Text, parent: Parent, path: &str) {
        let is_moved = matches!(text.align, Some(TextAlign::Center | TextAlign::End | TextAlign::Right));
        if is_moved
            && parent != Parent::Stack
            && text.arc.is_none()
            && layer.width.is_none()
            && layer.max_width.is_none()
        {
            self.say(
                format!("{path}.align"),
                "without a `width` a text is as wide as its words: add \"width\": \"fill\"",
            );
        }
    }

    fn text(&mut self, text: &Text, path: &str) {
        if let Some(Templated::Literal(size)) = &text.size
            && *size < LEAST_SIZE_PX
        {
            self.say(format!("{path}.size"), "nobody can read the text: a size is px, such as 24");
        }
        match text.weight {
            Some(Templated::Literal(weight)) if weight < 10.0 => {
                let weight = (weight.round() * 100.0).max(100.0);
                self.say(format!("{path}.weight"), format!("weights are 100 (thin) to 900 (black): write {weight}"));
            }
            Some(Templated::Literal(weight)) if weight > 1000.0 => {
                self.say(format!("{path}.weight"), "weights are 100 (thin) to 900 (black)");
            }
            _ => {}
        }
        if text.max_lines == Some(0) {
            self.say(format!("{path}.max_lines"), "no line is shown: leave it out for any number of them");
        }
        if let Some(Templated::Literal(font)) = &text.font {
            let first = font.split(',').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
            if font.contains(',') {
                self.say(format!("{path}.font"), format!("it is one family, and no list: write \"{first}\""));
            } else if let Some(what) = advice_font::of(font, &self.document.fonts) {
                self.say(format!("{path}.font"), what);
            } else if GENERIC.contains(&font.to_ascii_lowercase().as_str()) {
                self.say(
                    format!("{path}.font"),
                    "it is no font, but a kind of them: leave it out for Inter, or add a file to `fonts`",
                );
            }
        }
        if let Some(Templated::Literal(lang)) = &text.lang {
            self.language(lang, &format!("{path}.lang"));
        }
        if let (Some(Templated::Literal(least)), Some(Templated::Literal(size))) = (&text.min_size, &text.size)
            && least > size
        {
            self.say(format!("{path}.min_size"), "it is larger than `size`, so that the text never shrinks");
        }
        if let (Some(Templated::Literal(most)), Some(Templated::Literal(size))) = (&text.max_size, &text.size)
            && most < size
        {
            self.say(format!("{path}.max_size"), "it is smaller than `size`, so that the text never grows");
        }
        match &text.line_height {
            Some(Templated::Literal(LineHeight::Times(times))) if *times > MOST_LINE_HEIGHT => {
                self.say(
                    format!("{path}.line_height"),
                    format!("it is a multiple of the font size, and no px: a line would be {times} times as high"),
                );
            }
            _ => {}
        }
        let source = |text: &Templated<String>| match text {
            Templated::Literal(source) | Templated::Expression(source) => source.clone(),
        };
        let path = format!("{path}.text");
        match &text.text {
            Content::Plain(text) => self.source(&source(text), &path),
            Content::Runs(runs) => {
                for (index, run) in runs.iter().enumerate() {
                    self.source(&source(&run.text), &format!("{path}[{index}]"));
                }
            }
            Content::Languages(texts) => {
                for (language, text) in texts {
                    self.source(&source(text), &format!("{path}.{language}"));
                }
            }
        }
    }

    /// A string with expressions in it.
    fn source(&mut self, source: &str, path: &str) {
        if let Some((written, name)) = tag(source, &self.document.params) {
            self.say(path, format!("`{written}` is printed as it stands: write `{{{{ {name} }}}}`"));
        }
        let printed = printed(source);
        if let Some(what) = markup(&printed) {
            self.say(path, what);
        } else if tag(source, &self.document.params).is_none()
            && let Some(what) = merge_tag(&without_phrases(source))
        {
            self.say(path, what);
        }
        if has_open_phrase(source) {
            self.say(path, "a `[` before a `{{ }}` is never closed, and is printed: close it with `]`, or write `\\[`");
        }
    }
}
