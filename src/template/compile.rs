//! The expressions of a document: found in its JSON, read, and checked against its params.

use serde_json::Value as Json;

use crate::error::Problem;
use crate::params::Params;

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

fn check_names(names: Result<Vec<String>, String>, path: &str, params: &Params) -> Result<(), Problem> {
    let names = names.map_err(|reason| wrong("expression-wrong", reason).at(path))?;
    let Some(unknown) = names.iter().find(|name| !params.contains_key(*name)) else { return Ok(()) };
    let problem = wrong("param-unknown", format!("there is no param `{unknown}`")).at(path);
    Err(match nearest(unknown, params.keys().map(String::as_str)) {
        Some(name) => problem.remedy(format!("did you mean `{name}`?")),
        None => problem.remedy(format!("declare it: \"params\": {{ \"{unknown}\": {{ \"type\": \"text\" }} }}")),
    })
}
