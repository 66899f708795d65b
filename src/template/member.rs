//! What a template asks of its values that they never have: a misspelt field of a list's items, a `loop.idx`. And
//! the params for which it never asks.
//!
//! Publishing and the command line say it; a picture leaves such a member out. Invariant: what a template
//! declares is certain, and an example only where a name is nearly one of its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value as Json};

use crate::limits::Limits;
use crate::params::{Param, Params};

use super::compile::is_data;
use super::document::LOOP;
use super::expression::members::{Found, Members, Reader, Shape, Truth, Unknown};
use super::reuse::{self, Given};
use super::{Template, explain, foreign, meant, repeat, templated};

/// Most names that are listed: nobody reads more.
const MAX_LISTED: usize = 8;

/// The members of `loop`.
const PLACES: [&str; 6] = ["index", "index0", "first", "last", "length", "more"];

/// A place in a document, and what is said there.
type Said = (String, String);

/// The members of values that a document reads and that they never have; then its params that it never
/// reads. `json` is its text.
pub fn of(json: &str, template: &Template, limits: &Limits) -> Vec<Said> {
    let Ok(mut json) = serde_json::from_str::<Json>(json) else { return Vec::new() };
    let unused = unused(&json, &template.document.params);
    let unread = unread(&json);
    let Ok(expansion) = reuse::expand(&mut json, limits) else { return Vec::new() };
    if let Some(fields) = json.as_object_mut() {
        fields.remove("sizes");
        fields.remove("dark");
    }
    let mut walk = Walk { template, locals: Vec::new(), said: Vec::new() };
    walk.part(&json, &mut String::new());
    let mut said: Vec<Said> = Vec::new();
    for (place, what) in walk.said {
        let one = (expansion.origin(&place), what);
        // A component is used more than once.
        if !said.contains(&one) {
            said.push(one);
        }
    }
    said.extend(unread);
    said.extend(unused);
    said.truncate(limits.doubts_in_all);
    said
}

struct Walk<'t> {
    template: &'t Template,
    /// The names that only exist at a place, the innermost last.
    locals: Vec<(String, Shape)>,
    said: Vec<Said>,
}

impl Walk<'_> {
    fn part(&mut self, value: &Json, path: &mut String) {
        let length = path.len();
        match value {
            Json::Object(fields) => {
                let outermost = self.locals.len();
                if let Some((component, with)) = reuse::scope(fields) {
                    let scope = self.scope(component, with, path);
                    self.locals.push((component.to_owned(), scope));
                }
                let item = repeat::item(fields).filter(|_| path.starts_with("layers"));
                let items = match (item, fields.get("items")) {
                    (Some(_), Some(Json::String(source))) => self.source(source, true, &format!("{path}.items")),
                    _ => Shape::Any,
                };
                for (name, field) in fields.iter().filter(|(name, _)| *name != "scope") {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(name);
                    let outside = self.locals.len();
                    for local in item.map(|item| repeat::names(fields, item, name)).unwrap_or_default() {
                        self.locals.push((local.to_owned(), of_local(local, item, &items)));
                    }
                    if matches!(name.as_str(), "header" | "total")
                        && path.get(..length).map(meant::field) == Some("columns")
                    {
                        self.beside_rows();
                    }
                    match field {
                        Json::String(source) if name == "when" => {
                            self.quoted(source, path);
                            self.source(source, true, path);
                        }
                        // It is read already.
                        Json::String(_) if name == "items" && item.is_some() => {}
                        _ => self.part(field, path),
                    }
                    self.locals.truncate(outside);
                    path.truncate(length);
                }
                self.locals.truncate(outermost);
            }
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push_str(&format!("[{index}]"));
                    self.part(item, path);
                    path.truncate(length);
                }
            }
            Json::String(source) if templated::is_expression(source) && !is_data(path) => {
                self.source(source, false, path);
            }
            Json::String(text) if is_share(text) && !path.ends_with("text") => {
                let what = "red, green and blue are 0 to 255 or percent: this is nearly black";
                self.said.push((path.clone(), what.to_owned()));
            }
            Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// A condition that is the name of a param in quotes.
    fn quoted(&mut self, source: &str, path: &str) {
        let name = source.trim().trim_matches(['\'', '"']);
        if name.len() < source.trim().len() && self.template.document.params.contains_key(name) {
            self.said.push((path.to_owned(), format!("a text is always true: write `{name}` without quotes")));
        }
    }

    /// Takes its items from the table that was entered last: what stands above and below its rows has none.
    fn beside_rows(&mut self) {
        let start = self.locals.len().saturating_sub(2);
        let rows = self.locals.get(start..).unwrap_or_default();
        let list = rows.iter().find_map(|(name, shape)| match shape {
            Shape::Members(members) if name != LOOP => Some(members.of.clone()),
            _ => None,
        });
        let of = list.unwrap_or_else(|| "cart".to_owned());
        let none = Shape::Members(Rc::new(Members { of, known: BTreeMap::new(), are_all: true }));
        let gone: Vec<_> = rows.iter().map(|(name, _)| (name.clone(), none.clone())).collect();
        self.locals.extend(gone);
    }

    /// The params of a component's use.
    fn scope(&mut self, component: &str, with: &Map<String, Json>, path: &str) -> Shape {
        let mut known = BTreeMap::new();
        for (name, value) in with {
            let path = format!("{path}.scope.with.{name}");
            let shape = match reuse::given(value) {
                Given::Expression(source) => self.source(source, true, &path),
                Given::Text(source) => self.source(source, false, &path),
                Given::Data(json) => of_json(json, name),
            };
            known.insert(name.clone(), shape);
        }
        // A use that gives too little or too much is an error of its own.
        Shape::Members(Rc::new(Members { of: component.to_owned(), known, are_all: false }))
    }

    /// Reads an expression; what a condition gives.
    fn source(&mut self, source: &str, is_condition: bool, path: &str) -> Shape {
        let (template, locals) = (self.template, &self.locals);
        let shape_of = |name: &str| {
            let local = locals.iter().rev().find(|(local, _)| local == name);
            local.map(|(_, shape)| shape.clone()).unwrap_or_else(|| of_name(name, template))
        };
        let mut reader = Reader { expressions: &template.expressions, shape_of, found: Found::default() };
        let shape = match is_condition {
            true => reader.condition(source),
            false => {
                reader.text(source);
                Shape::Plain
            }
        };
        let Found { unknown, shares, numbers, whole, mut truths, signs } = reader.found;
        // An address may say `?vip=True`.
        if matches!(meant::field(path), "data" | "url" | "src" | "dark_src" | "fallback") {
            truths.clear();
        }
        let numbers = numbers.into_iter().filter(|number| *number > 1.0);
        let numbers = numbers.map(|number| format!("`percent` writes 0.5 as 50 %: write `{number} | percent(of=100)`"));
        let is_hundred = |name: &&Rc<str>| match template.document.params.get(name.as_ref()) {
            Some(Param::Number(number)) => {
                [number.default, number.example, number.max].into_iter().flatten().any(|number| number > 1.0)
            }
            _ => false,
        };
        let shares = shares.iter().filter(is_hundred);
        let shares = shares.map(|name| {
            format!("`percent` writes 0.5 as 50 %, and `{name}` may be more than 1: write `{name} | percent(of=100)`")
        });
        let members = unknown.iter().filter_map(said);
        let whole = whole.iter().filter_map(|(chain, shape)| printed_whole(chain, shape));
        let all = members
            .chain(numbers)
            .chain(shares)
            .chain(whole)
            .chain(truths.iter().map(|truth| printed_truth(truth, source)))
            .chain(signs);
        self.said.extend(all.map(|what| (path.to_owned(), what)));
        shape
    }
}

/// Whether a colour has red, green and blue from 0 to 1, as Figma has them: `rgb(0.5, 0.2, 1)`.
fn is_share(text: &str) -> bool {
    let Some((function, rest)) = text.split_once('(') else { return false };
    if !matches!(function.trim(), "rgb" | "rgba") {
        return false;
    }
    let parts = rest.split([',', ' ', '/', ')']).filter(|part| !part.is_empty()).take(3);
    let parts: Vec<f64> = parts.filter_map(|part| part.parse().ok()).collect();
    parts.len() == 3 && parts.iter().all(|part| *part <= 1.0) && parts.iter().any(|part| part.fract() > 0.0)
}

/// The shape of a param or a feed.
fn of_name(name: &str, template: &Template) -> Shape {
    let document = &template.document;
    match (document.params.get(name), document.feeds.get(name)) {
        (Some(param), _) => of_param(param, name),
        (None, Some(feed)) => feed.example.as_ref().map(|example| of_json(example, name)).unwrap_or_default(),
        (None, None) => Shape::Any,
    }
}

fn of_param(param: &Param, name: &str) -> Shape {
    match param {
        Param::List(list) => {
            let known = list.fields.iter().map(|(name, field)| (name.clone(), of_param(field, name))).collect();
            Shape::List(Rc::new(Shape::Members(Rc::new(Members { of: name.to_owned(), known, are_all: true }))))
        }
        Param::Record(record) => record.example.as_ref().map(|example| of_json(example, name)).unwrap_or_default(),
        Param::Date(_) => Shape::Day,
        Param::Boolean(_) => Shape::Truth,
        _ => Shape::Plain,
    }
}

/// The shape of an example: no more of it is certain than the names that it has.
fn of_json(json: &Json, name: &str) -> Shape {
    match json {
        Json::Object(fields) => {
            let known = fields.iter().map(|(name, field)| (name.clone(), of_json(field, name))).collect();
            Shape::Members(Rc::new(Members { of: name.to_owned(), known, are_all: false }))
        }
        Json::Array(items) => {
            let mut known = BTreeMap::new();
            for (field, value) in items.iter().filter_map(Json::as_object).flatten() {
                known.entry(field.clone()).or_insert_with(|| of_json(value, field));
            }
            let item = match known.is_empty() {
                true => Shape::Any,
                false => Shape::Members(Rc::new(Members { of: name.to_owned(), known, are_all: false })),
            };
            Shape::List(Rc::new(item))
        }
        _ => Shape::Any,
    }
}

/// The shape of a name that only exists in a repeated layer, whose `items` have that shape.
fn of_local(name: &str, item: Option<&str>, items: &Shape) -> Shape {
    match items {
        _ if name == LOOP => {
            let known = PLACES.iter().map(|place| ((*place).to_owned(), Shape::Plain)).collect();
            Shape::Members(Rc::new(Members { of: LOOP.to_owned(), known, are_all: true }))
        }
        Shape::List(inner) if Some(name) == item => inner.as_ref().clone(),
        _ => Shape::Any,
    }
}

/// What is said about a list or an object that a text prints as a program would: `{'name': 'Cup'}`.
fn printed_whole(chain: &str, shape: &Shape) -> Option<String> {
    let (members, is_list) = match shape {
        Shape::Members(members) => (members, false),
        Shape::List(item) => match item.as_ref() {
            Shape::Members(members) => (members, true),
            _ => return None,
        },
        Shape::Any | Shape::Plain | Shape::Day | Shape::Truth => return None,
    };
    let field = members.known.keys().next().map_or("name", String::as_str);
    let field = if members.known.contains_key("name") { "name" } else { field };
    let value = if chain.is_empty() { "it".to_owned() } else { format!("`{chain}`") };
    Some(match (is_list, chain) {
        (true, "") => "a list of objects is printed with its braces: a `repeat` draws each".to_owned(),
        (true, _) => format!(
            "{value} is a list, and is printed with its braces: its first item has `{chain}[0].{field}`, and a `repeat` \
             draws each"
        ),
        (false, "") => format!("it has fields, and is printed with its braces: one of them is `.{field}`"),
        (false, _) => format!("{value} has fields, and is printed with its braces: write `{chain}.{field}`"),
    })
}

/// What is said about what a source prints as `True` or `False`.
fn printed_truth(truth: &Truth, source: &str) -> String {
    let Truth { chain, otherwise } = truth;
    let inside = |source: &str| {
        let condition = source.rsplit("{{").next().unwrap_or_default().trim();
        if condition.is_empty() || condition.contains(['{', '}']) { "…".to_owned() } else { condition.to_owned() }
    };
    if let Some(text) = otherwise {
        let before = source.split_once(&format!(" and '{text}'")).map_or("", |(before, _)| before);
        return format!("`False` is printed where it does not hold: write `'{text}' if {} else ''`", inside(before));
    }
    let condition = match chain.as_str() {
        "" if source.matches("{{").count() > 1 => "…".to_owned(),
        "" => inside(source.trim_end().strip_suffix("}}").unwrap_or_default()),
        chain => chain.to_owned(),
    };
    format!("it is printed as `True` or `False`: write `'yes' if {condition} else 'no'`")
}

/// What is said about a member that there is not. `None` if there may be one.
fn said(unknown: &Unknown) -> Option<String> {
    let Unknown { name, object, shape } = unknown;
    let members = match shape {
        Shape::Any => return None,
        Shape::Plain | Shape::Day | Shape::Truth => {
            let value = if object.is_empty() { "it".to_owned() } else { format!("`{object}`") };
            return Some(format!("{value} is one value without fields, so that `.{name}` is nothing"));
        }
        Shape::List(item) => {
            let field = match item.as_ref() {
                Shape::Members(members) => members.known.keys().next().map(String::as_str),
                _ => None,
            };
            let is_field = matches!(item.as_ref(), Shape::Members(members) if members.known.contains_key(name));
            let field = if is_field { name } else { field.unwrap_or("name") };
            let instead = match name.as_str() {
                "size" | "count" | "length" | "len" => Some("| length"),
                "first" => Some("[0]"),
                "last" => Some("[-1]"),
                _ => None,
            };
            if object.is_empty() {
                return Some(format!(
                    "it is a list, so that `.{name}` is nothing: `| length` is how many items it has"
                ));
            }
            let list = object;
            if let Some(instead) = instead {
                let space = if instead.starts_with('|') { " " } else { "" };
                return Some(format!("`{list}` is a list, which has no `.{name}`: write `{list}{space}{instead}`"));
            }
            return Some(format!(
                "`{list}` is a list, so that `.{name}` is nothing: its first item has `{list}[0].{field}`, and a `repeat` \
                 draws each"
            ));
        }
        Shape::Members(members) => members,
    };
    // A list has fields: there is no item here.
    if members.known.is_empty() && members.are_all {
        let of = &members.of;
        return Some(match object == LOOP {
            true => format!("above and below the rows there is no `loop`: write `{of} | length`"),
            false => format!(
                "above and below the rows there is no `{object}`: all of them are `{of}`, as in `{of} | sum('price')`"
            ),
        });
    }
    let known: Vec<&str> = members.known.keys().map(String::as_str).collect();
    let near = foreign::alike(name, known.iter().copied());
    if members.of == LOOP && object == LOOP {
        let instead = match name.as_str() {
            "even" | "odd" => Some(format!("write `loop.index is {name}`")),
            "revindex" => Some("write `loop.length - loop.index + 1`".to_owned()),
            _ => None,
        };
        if let Some(instead) = instead {
            return Some(format!("there is no `loop.{name}`: {instead}"));
        }
        let near = match name.as_str() {
            "idx" | "counter" | "count" | "position" | "number" | "nr" | "i" => Some("index"),
            "counter0" | "idx0" => Some("index0"),
            "total" => Some("length"),
            "remaining" | "rest" => Some("more"),
            _ => foreign::name(name, &PLACES).or(near),
        };
        return Some(match near {
            Some(near) => format!("there is no `loop.{name}`: did you mean `loop.{near}`?"),
            None => format!("there is no `loop.{name}`: there are {}", explain::list(&PLACES)),
        });
    }
    let near = near.or_else(|| foreign::name(name, &known));
    let of = &members.of;
    match near {
        Some(near) if members.are_all => Some(format!("an item of `{of}` has no `{name}`: did you mean `{near}`?")),
        Some(near) => Some(format!("the example of `{of}` has no `{name}`: did you mean `{near}`?")),
        None if members.are_all => {
            let listed = explain::list(known.get(..MAX_LISTED).unwrap_or(&known));
            let place = match name.as_str() {
                "index" | "idx" | "position" | "number" | "nr" => "; `loop.index` counts from 1",
                _ => "",
            };
            Some(format!("an item of `{of}` has no `{name}`: its `fields` are {listed}{place}"))
        }
        None => None,
    }
}

/// The params whose names no string of the document has, outside of the params themselves.
fn unused(json: &Json, params: &Params) -> Vec<Said> {
    let mut words = Vec::new();
    for (name, part) in json.as_object().into_iter().flatten().filter(|(name, _)| *name != "params") {
        self::words(part, name, &mut words);
    }
    let is_unused = |name: &&String| !words.contains(&name.as_str());
    let names = params.keys().filter(is_unused);
    names.map(|name| (format!("params.{name}"), "nothing in the template uses it".to_owned())).collect()
}

/// Defaults with expressions in them, which are data.
fn unread(json: &Json) -> Vec<Said> {
    let params = json.get("params").and_then(Json::as_object).into_iter().flatten();
    let is_read = |value: &Json| value.as_str().is_some_and(|text| text.contains("{{") || text.contains("{%"));
    let defaults = params.filter(|(_, param)| param.get("default").is_some_and(is_read));
    let what = "a default is a value, in which no expression is read: write it where the param is shown";
    defaults.map(|(name, _)| (format!("params.{name}.default"), what.to_owned())).collect()
}

/// The words of all strings in a part of a document, and the names of the values that variants set.
fn words<'j>(json: &'j Json, field: &str, words: &mut Vec<&'j str>) {
    match json {
        Json::String(text) => words.extend(text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))),
        Json::Array(items) => items.iter().for_each(|item| self::words(item, field, words)),
        Json::Object(fields) => {
            for (name, value) in fields {
                if field == "set" {
                    words.push(name);
                }
                self::words(value, name, words);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
