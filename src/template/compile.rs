//! The expressions of a document: found in its JSON, read, and checked against its params.

use serde_json::Value as Json;

use crate::error::Problem;

use super::Expressions;
use super::document::{Document, LOOP};
use super::explain::{nearest, wrong};
use super::repeat;
use super::templated;

/// Reads every expression of a document: all strings with `{{ }}`, and every `when`.
///
/// # Errors
/// An expression is wrong, or uses a param that is not declared.
pub fn compile(json: &Json, document: &Document, expressions: &mut Expressions) -> Result<(), Problem> {
    part(json, &mut String::new(), document, &mut Vec::new(), expressions)
}

/// The same for a part of a document. `locals` are the names that only exist there.
fn part<'j>(
    value: &'j Json,
    path: &mut String,
    document: &Document,
    locals: &mut Vec<&'j str>,
    expressions: &mut Expressions,
) -> Result<(), Problem> {
    let params = &document.params;
    let length = path.len();
    match value {
        Json::Object(fields) => {
            let item = repeat::item(fields).filter(|_| path.starts_with("layers"));
            for (name, field) in fields {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(name);
                match field {
                    Json::String(source) if name == "when" || (name == "items" && item.is_some()) => {
                        let names = expressions.add_condition(source, params);
                        check_names(names, path, document, locals)?;
                    }
                    _ => {
                        let outside = locals.len();
                        if let Some(item) = item.filter(|_| repeat::is_inside(name)) {
                            if params.contains_key(item) || document.feeds.contains_key(item) {
                                return Err(taken(item).at(path.as_str()));
                            }
                            locals.extend([item, LOOP]);
                        }
                        part(field, path, document, locals, expressions)?;
                        locals.truncate(outside);
                    }
                }
                path.truncate(length);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                part(item, path, document, locals, expressions)?;
                path.truncate(length);
            }
        }
        // The fields of a param are data: a default of `{{ x }}` is text with braces in it. So is the
        // example of a feed.
        Json::String(source) if templated::is_expression(source) && !is_data(path) => {
            check_names(expressions.add_text(source, params), path, document, locals)?;
        }
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
    Ok(())
}

/// Whether a text at this path is no expression, whatever it holds.
fn is_data(path: &str) -> bool {
    let mut parts = path.split('.');
    match parts.next() {
        Some("params") => true,
        // The values that a variant sets.
        Some(variant) if variant.starts_with("variants[") => parts.next() == Some("set"),
        // The names of feeds have no dots.
        Some("feeds") => parts.nth(1) != Some("url"),
        _ => false,
    }
}

/// The error for an item that has the name of a param.
fn taken(item: &str) -> Problem {
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
        params.contains_key(name) || (!is_in_feed && feeds.contains_key(name)) || locals.contains(&name.as_str())
    };
    let Some(unknown) = names.iter().find(|name| !is_known(name)) else { return Ok(()) };
    if feeds.contains_key(unknown) {
        return Err(wrong("param-unknown", "the URL of a feed can hold params, and no other feed").at(path));
    }
    let problem = wrong("param-unknown", format!("there is no param `{unknown}`")).at(path);
    let known = params.keys().chain(feeds.keys()).map(String::as_str).chain(locals.iter().copied());
    Err(match nearest(unknown, known) {
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
