//! The expressions of a document: found in its JSON, read, and checked against its params.

use serde_json::{Map, Value as Json};

use crate::error::Problem;
use crate::params::Param;

use super::document::Document;
use super::explain::{nearest, wrong};
use super::repeat;
use super::reuse::{self, Given};
use super::templated;
use super::{Expressions, context};

/// Reads every expression of a document: all strings with `{{ }}`, and every `when`. The result is what is
/// meant otherwise in them, each with its place; `most` of it.
///
/// # Errors
/// An expression is wrong, or uses a param that is not declared.
pub fn compile(
    json: &Json,
    document: &Document,
    expressions: &mut Expressions,
    most: usize,
) -> Result<Vec<(String, String)>, Problem> {
    let mut doubts = Doubts { found: Vec::new(), most };
    part(json, &mut String::new(), document, &mut Vec::new(), expressions, &mut doubts)?;
    Ok(doubts.found)
}

/// What is meant otherwise, each with its place.
struct Doubts {
    found: Vec<(String, String)>,
    most: usize,
}

impl Doubts {
    /// Takes those about the source at a path, which was read just now.
    fn take(&mut self, expressions: &mut Expressions, path: &str) {
        for doubt in expressions.take_doubts() {
            self.add(path, doubt);
        }
    }

    fn add(&mut self, path: &str, doubt: String) {
        if self.found.len() < self.most {
            self.found.push((path.to_owned(), doubt));
        }
    }
}

/// The same for a part of a document. `locals` are the names that only exist there.
fn part<'j>(
    value: &'j Json,
    path: &mut String,
    document: &Document,
    locals: &mut Vec<&'j str>,
    expressions: &mut Expressions,
    doubts: &mut Doubts,
) -> Result<(), Problem> {
    let params = &document.params;
    let length = path.len();
    match value {
        Json::Object(fields) => {
            let item = repeat::item(fields).filter(|_| path.starts_with("layers"));
            let outermost = locals.len();
            if let Some((component, with)) = reuse::scope(fields) {
                scope(component, with, path, document, locals, expressions, doubts)?;
                locals.push(component);
            }
            let is_declared = |name: &str| params.contains_key(name) || document.feeds.contains_key(name);
            for (name, field) in fields {
                if name == "scope" {
                    continue;
                }
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(name);
                match field {
                    Json::String(source) if name == "when" || (name == "items" && item.is_some()) => {
                        let names = expressions.add_condition(source, params);
                        doubts.take(expressions, path);
                        if name == "items" && params.get(source.trim()).is_some_and(is_no_list) {
                            doubts.add(path, format!("`{}` is declared as no list: \"type\": \"list\"", source.trim()));
                        }
                        check_names(names, path, document, locals)?;
                        check_place(source, path, document)?;
                    }
                    _ => {
                        let outside = locals.len();
                        let names = item.map(|item| repeat::names(fields, item, name)).unwrap_or_default();
                        if let Some(name) = names.iter().find(|name| is_declared(name)) {
                            return Err(taken(name).at(path.as_str()));
                        }
                        locals.extend(names);
                        part(field, path, document, locals, expressions, doubts)?;
                        locals.truncate(outside);
                    }
                }
                path.truncate(length);
            }
            locals.truncate(outermost);
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                part(item, path, document, locals, expressions, doubts)?;
                path.truncate(length);
            }
        }
        // The fields of a param are data: a default of `{{ x }}` is text with braces in it. So is the
        // example of a feed.
        Json::String(source) if templated::is_expression(source) && !is_data(path) => {
            let names = expressions.add_text(source, params);
            doubts.take(expressions, path);
            check_names(names, path, document, locals)?;
            check_place(source, path, document)?;
        }
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
    Ok(())
}

/// Checks that an expression reads no more of the place than the document declares: the rest would never be
/// there.
fn check_place(source: &str, path: &str, document: &Document) -> Result<(), Problem> {
    if !document.has_circumstance("geo") {
        return Ok(());
    }
    let unknown = reuse::members(source, "geo").find(|member| !document.has_place(member));
    unknown.map_or(Ok(()), |unknown| {
        let problem = wrong("param-unknown", format!("there is no `geo.{unknown}` here")).at(path);
        Err(match context::PLACES.contains(&unknown) {
            true => problem.remedy(format!("declare it: \"context\": [\"geo.{unknown}\"]")),
            false => problem.remedy("there are geo.country, geo.city and geo.timezone"),
        })
    })
}

/// Reads the expressions in what is given to a component.
fn scope<'j>(
    component: &str,
    with: &'j Map<String, Json>,
    path: &str,
    document: &Document,
    locals: &[&'j str],
    expressions: &mut Expressions,
    doubts: &mut Doubts,
) -> Result<(), Problem> {
    let params = &document.params;
    if params.contains_key(component) || document.feeds.contains_key(component) {
        return Err(wrong(
            "field-wrong",
            format!("the component has the name `{component}`, and so has a param or a feed"),
        )
        .at(path)
        .remedy("give one of them another name"));
    }
    for (name, value) in with {
        let names = match reuse::given(value) {
            Given::Expression(source) => expressions.add_condition(source, params),
            Given::Text(source) => expressions.add_text(source, params),
            Given::Data(_) => continue,
        };
        let path = format!("{path}.scope.with.{name}");
        doubts.take(expressions, &path);
        check_names(names, &path, document, locals)?;
    }
    Ok(())
}

/// Whether no layer can be repeated for the items of a param.
const fn is_no_list(param: &Param) -> bool {
    !matches!(param, Param::List(_) | Param::Record(_))
}

/// Whether a text at this path is no expression, whatever it holds.
pub fn is_data(path: &str) -> bool {
    let mut parts = path.split('.');
    match parts.next() {
        // What publishing brought is read where it is used.
        Some("params" | "files") => true,
        // The values that a variant sets.
        Some(variant) if variant.starts_with("variants[") => parts.next() == Some("set"),
        // The names of feeds have no dots.
        Some("feeds") => parts.nth(1) != Some("url"),
        _ => false,
    }
}

/// The error for an item, or the number of a chart, that has the name of a param.
fn taken(item: &str) -> Problem {
    if item == repeat::NUMBER {
        return wrong("field-wrong", "the number here has the name `value`, and so has a param or a feed")
            .remedy("give the param another name");
    }
    wrong("field-wrong", format!("the items have the name `{item}`, and so has a param or a feed"))
        .remedy("give the items another name: \"as\": \"product\"")
}

fn check_names(
    names: Result<Vec<String>, String>,
    path: &str,
    document: &Document,
    locals: &[&str],
) -> Result<(), Problem> {
    let names = names.map_err(|reason| wrong("expression-wrong", reason).at(path))?;
    let (params, feeds) = (&document.params, &document.feeds);
    // Feeds are fetched at the same time, so that none can need another.
    let is_in_feed = path.starts_with("feeds.");
    let is_known = |name: &String| {
        params.contains_key(name)
            || (!is_in_feed && feeds.contains_key(name))
            || locals.contains(&name.as_str())
            || document.has_circumstance(name)
    };
    let Some(unknown) = names.iter().find(|name| !is_known(name)) else { return Ok(()) };
    if feeds.contains_key(unknown) {
        return Err(wrong("param-unknown", "the URL of a feed can hold params, and no other feed").at(path));
    }
    let problem = wrong("param-unknown", format!("there is no param `{unknown}`")).at(path);
    let known = params.keys().chain(feeds.keys()).map(String::as_str).chain(locals.iter().copied());
    if context::NAMES.contains(&unknown.as_str()) {
        return Err(problem.remedy(match unknown.as_str() {
            "now" => "for the time at which it is seen, add \"now\": { \"every\": \"hour\" }",
            "device" => "for that of the recipient, add \"context\": [\"device\"]",
            _ => "for that of the recipient, add \"context\": [\"geo.country\"]",
        }));
    }
    // No param has capitals.
    Err(match nearest(unknown, known.clone()).or_else(|| nearest(&unknown.to_ascii_lowercase(), known)) {
        _ if matches!(unknown.as_str(), "null" | "nil" | "undefined" | "NULL") => {
            problem.remedy("write `none` for no value, or `not name`")
        }
        Some(name) => problem.remedy(format!("did you mean `{name}`?")),
        // What stands alone in a comparison may be a text without its quotes.
        None if path.ends_with(".when") => problem.remedy(format!(
            "declare it: \"params\": {{ \"{unknown}\": {{ \"type\": \"text\" }} }}; a text has quotes: '{unknown}'"
        )),
        None => problem.remedy(format!("declare it: \"params\": {{ \"{unknown}\": {{ \"type\": \"text\" }} }}")),
    })
}
