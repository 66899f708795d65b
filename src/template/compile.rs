//! The expressions of a document: found in its JSON, read, and checked against its params.

use serde_json::Value as Json;

use crate::error::Problem;
use crate::params::{Param, Params};

use super::Expressions;
use super::explain::{nearest, wrong};
use super::templated;

/// Reads every expression of a document: all strings with `{{ }}`, and every `when`.
///
/// # Errors
/// An expression is wrong, or uses a param that is not declared.
pub fn compile(value: &Json, path: &mut String, params: &Params, expressions: &mut Expressions) -> Result<(), Problem> {
    let length = path.len();
    match value {
        Json::Object(fields) => {
            for (name, field) in fields {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(name);
                match field {
                    Json::String(source) if name == "when" => {
                        let names = expressions.add_condition(source, params);
                        check_names(names, path, params)?;
                    }
                    _ => compile(field, path, params, expressions)?,
                }
                path.truncate(length);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                compile(item, path, params, expressions)?;
                path.truncate(length);
            }
        }
        // The fields of a param are data: a default of `{{ x }}` is text with braces in it.
        Json::String(source) if templated::is_expression(source) && !path.starts_with("params.") => {
            check_names(expressions.add_text(source, params), path, params)?;
        }
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
    Ok(())
}

/// Number of bottom layers that use no personal param: [`Template::fixed`](super::Template::fixed).
pub fn fixed(raw: &Json, params: &Params, expressions: &Expressions) -> usize {
    let is_personal = |name: &str| params.get(name).is_none_or(Param::is_personal);
    let is_fixed = |value: &Json| !reads(value, false, expressions, &is_personal);
    let layers = raw.get("layers").and_then(Json::as_array).filter(|_| raw.get("background").is_none_or(is_fixed));
    layers.map_or(0, |layers| layers.iter().take_while(|layer| is_fixed(layer)).count())
}

/// Whether an expression in a part of a document uses one of those params.
fn reads(value: &Json, condition: bool, expressions: &Expressions, which: &impl Fn(&str) -> bool) -> bool {
    match value {
        Json::Object(fields) => fields.iter().any(|(name, field)| reads(field, name == "when", expressions, which)),
        Json::Array(items) => items.iter().any(|item| reads(item, false, expressions, which)),
        Json::String(source) if condition => expressions.condition_reads(source, which),
        Json::String(source) => templated::is_expression(source) && expressions.text_reads(source, which),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn check_names(names: Result<Vec<String>, String>, path: &str, params: &Params) -> Result<(), Problem> {
    let names = names.map_err(|reason| wrong("expression-wrong", reason).at(path))?;
    let Some(unknown) = names.iter().find(|name| !params.contains_key(*name)) else { return Ok(()) };
    let problem = wrong("param-unknown", format!("there is no param `{unknown}`")).at(path);
    Err(match nearest(unknown, params.keys().map(String::as_str)) {
        Some(name) => problem.remedy(format!("did you mean `{name}`?")),
        None => problem.remedy(format!("declare it: \"params\": {{ \"{unknown}\": {{ \"type\": \"text\" }} }}")),
    })
}
