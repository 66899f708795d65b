//! What a document says without any effect: nothing is wrong with it, and its author meant something
//! else. A rectangle without a fill, an opacity of 50, an `x` in a stack.
//!
//! Only what is written out is looked at; what an expression prints is found when it is drawn. What an expression
//! cannot mean, whatever it prints, is known since the document was read.

use std::collections::BTreeSet;

use crate::params::Params;

use super::document::{Content, Document, Kind, Layer, Position, Text};
use super::templated::{Extent, Length, LineHeight, Templated};

/// The largest multiple of a font size that anybody wants as the height of a line.
const MOST_LINE_HEIGHT: f32 = 5.0;

/// A place in a document, and what to look at there.
pub type Advice = (String, String);

/// What the author of a document should look at: its expressions, then its layers in their order.
#[must_use]
pub fn of(document: &Document) -> Vec<Advice> {
    let mut advisor = Advisor { document, ids: BTreeSet::new(), found: document.doubts.clone() };
    if let Some(Templated::Expression(source) | Templated::Literal(source)) = &document.alt {
        advisor.source(source, "alt");
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
        if is_drawn_by_paint && layer.fill.is_none() && layer.stroke.is_none() {
            let what = if matches!(layer.kind, Kind::Line(_)) { "`stroke`" } else { "`fill` or `stroke`" };
            self.say(path, format!("nothing of it is visible: give it a {what}"));
        }
        if layer.stroke.is_none() && (layer.stroke_width.is_some() || layer.stroke_dash.is_some()) {
            self.say(format!("{path}.stroke_width"), "it has no effect without `stroke`, the colour of the outline");
        }
        match &layer.opacity {
            Some(Templated::Literal(opacity)) if *opacity > 1.0 && *opacity <= 100.0 => {
                let share = f64::from((opacity / 100.0 * 1_000.0).round()) / 1_000.0;
                self.say(format!("{path}.opacity"), format!("an opacity is 0 to 1: write {share} for {opacity} %"));
            }
            Some(Templated::Literal(opacity)) if *opacity > 1.0 || *opacity < 0.0 => {
                self.say(format!("{path}.opacity"), "an opacity is 0 to 1");
            }
            _ => {}
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
        if let Kind::Text(text) = &layer.kind {
            self.text(text, path);
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
                Some(Templated::Literal(Extent::Length(length))) => start + Length::resolve(*length, whole),
                _ => f32::INFINITY,
            };
            if start >= whole || end <= 0.0 {
                self.say(path, format!("it lies outside of the picture, which is {width} x {height} px"));
                return;
            }
        }
    }

    fn text(&mut self, text: &Text, path: &str) {
        if let (Some(Templated::Literal(least)), Some(Templated::Literal(size))) = (&text.min_size, &text.size)
            && least > size
        {
            self.say(format!("{path}.min_size"), "it is larger than `size`, so that the text never shrinks");
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
        if let Some(what) = markup(&printed(source)) {
            self.say(path, what);
        }
        if has_open_phrase(source) {
            self.say(path, "a `[` before a `{{ }}` is never closed, and is printed: close it with `]`, or write `\\[`");
        }
    }
}

/// The name of a param in the tag of another language, as it is written: `{name}`, `${name}`.
fn tag<'s>(source: &'s str, params: &'s Params) -> Option<(&'s str, &'s str)> {
    for (open, close) in [("${", "}"), ("{", "}"), ("%", "%"), ("<%=", "%>"), ("*|", "|*"), ("[[", "]]")] {
        let mut rest = source;
        while let Some((before, behind)) = rest.split_once(open) {
            rest = behind;
            // `{{ name }}` is an expression, and so is `{% … %}`.
            if (open == "{" || open == "%") && (before.ends_with('{') || behind.starts_with(['{', '%', '#'])) {
                rest = behind.split_once('}').map_or("", |(_, rest)| rest);
                continue;
            }
            let Some((inner, _)) = behind.split_once(close) else { break };
            if let Some((name, _)) = params.get_key_value(&inner.trim().to_ascii_lowercase()) {
                let start = source.len().saturating_sub(behind.len()).saturating_sub(open.len());
                let length = open.len().saturating_add(inner.len()).saturating_add(close.len());
                let written = source.get(start..).and_then(|rest| rest.get(..length))?;
                return Some((written, name));
            }
        }
    }
    None
}

/// A source without what stands in `{{ }}`, `{% %}` and `{# #}`.
fn printed(source: &str) -> String {
    let (mut printed, mut rest) = (String::new(), source);
    while let Some((before, behind)) = rest.split_once('{') {
        printed.push_str(before);
        let close = match behind.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            Some('#') => "#}",
            _ => {
                printed.push('{');
                rest = behind;
                continue;
            }
        };
        rest = behind.split_once(close).map_or("", |(_, rest)| rest);
    }
    printed.push_str(rest);
    printed
}

/// The elements of HTML that people write into texts.
const ELEMENTS: [&str; 19] = [
    "a", "b", "big", "div", "em", "font", "h1", "h2", "h3", "i", "li", "p", "s", "small", "span", "strong", "sub",
    "sup", "u",
];

/// What is said about HTML and Markdown, which are printed as they stand.
fn markup(text: &str) -> Option<String> {
    for (at, _) in text.match_indices('<') {
        let Some((tag, _)) = text.get(at..).and_then(|tag| tag.split_once('>')) else { break };
        let name = tag.trim_start_matches(['<', '/']).split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if name == "br" {
            return Some(format!("`{tag}>` is printed as it stands: write \\n for the end of a line"));
        }
        if ELEMENTS.contains(&name.as_str()) {
            return Some(format!(
                "`<{name}>` is printed as it stands, there is no HTML: a text may be a list of runs, each with its look"
            ));
        }
    }
    for (at, _) in text.match_indices('&') {
        let Some((entity, _)) = text.get(at..).and_then(|entity| entity.split_once(';')) else { break };
        let name = entity.trim_start_matches('&');
        if matches!(
            name,
            "amp" | "nbsp" | "lt" | "gt" | "quot" | "apos" | "euro" | "copy" | "reg" | "mdash" | "ndash" | "hellip"
        ) || name.strip_prefix('#').is_some_and(|digits| digits.parse::<u32>().is_ok())
        {
            return Some(format!("`{entity};` is printed as it stands: write the character itself"));
        }
    }
    let is_bold = text.split("**").count() > 2;
    is_bold.then(|| "`**` is printed as it stands: only the value of a param of the type `rich` has marks".to_owned())
}

/// Whether a phrase in square brackets begins, has an expression, and never ends.
fn has_open_phrase(source: &str) -> bool {
    let mut open: Vec<bool> = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['{', '[', ']', '\\']) {
        let here = rest.get(at..).unwrap_or_default();
        let tags = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
        if let Some((sign, close)) = tags.into_iter().find(|(sign, _)| here.starts_with(sign)) {
            if let Some(open) = open.last_mut() {
                *open |= sign == "{{";
            }
            rest = here.split_once(close).map_or("", |(_, rest)| rest);
            continue;
        }
        let mut characters = here.chars();
        match characters.next() {
            Some('[') => open.push(false),
            Some(']') => drop(open.pop()),
            // The sign behind it is no bracket of a phrase.
            Some('\\') if here.get(1..2).is_some_and(|next| next == "[" || next == "]") => {
                characters.next();
            }
            _ => {}
        }
        rest = characters.as_str();
    }
    open.contains(&true)
}
