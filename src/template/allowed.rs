//! What expressions may say: all of Jinja that is bounded by its fuel, and only what is there.

use crate::params::{Param, Params};

use super::filters;

/// Checks the source of a string with `{{ }}` in it.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(source: &str, params: &Params) -> Result<(), String> {
    check_statements(source)?;
    for expression in expressions_of(source)? {
        check_product(&expression, params)?;
        check_filters(&expression)?;
        check_tests(&expression)?;
    }
    Ok(())
}

/// Only `if`: a loop or a `set` could double a string with every step, which fuel does not count.
fn check_statements(source: &str) -> Result<(), String> {
    for statement in source.split("{%").skip(1) {
        let word: String = statement
            .trim_start_matches(['-', '+'])
            .trim_start()
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        if !matches!(word.as_str(), "if" | "elif" | "else" | "endif") {
            return Err(format!("the statement `{word}` is not for templates; `if`, `elif`, `else` and `endif` are"));
        }
    }
    Ok(())
}

/// `*` is for numbers. On a string it means repetition, which fuel does not count either; so a product
/// may not stand in one expression with anything that could be a string or a list.
fn check_product(expression: &str, params: &Params) -> Result<(), String> {
    let Some((before, _)) = expression.rsplit_once('*') else { return Ok(()) };
    let mut names = expression.split(|c: char| !c.is_alphanumeric() && c != '_');
    let text = names.any(|name| params.get(name).is_some_and(|param| !matches!(param, Param::Number(_))));
    if text || expression.contains(['"', '[', '~']) || before.contains('|') {
        return Err("`*` multiplies numbers: it cannot stand in one expression with text, lists or a filter before it"
            .to_owned());
    }
    Ok(())
}

/// An unknown filter would otherwise be found only when it is reached.
fn check_filters(expression: &str) -> Result<(), String> {
    for filter in expression.split('|').skip(1) {
        let name: String = filter.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !filters::NAMES.contains(&name.as_str()) {
            return Err(format!("there is no filter `{name}`; there are {}", filters::NAMES.join(", ")));
        }
    }
    Ok(())
}

/// The same for tests: what follows the word `is`.
fn check_tests(expression: &str) -> Result<(), String> {
    let mut words = expression.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if word != "is" {
            continue;
        }
        let test = words.next().filter(|word| *word != "not").or_else(|| words.next()).unwrap_or("");
        if !filters::TESTS.contains(&test) {
            return Err(format!("there is no test `{test}`; there are `is defined`, `is undefined` and `is present`"));
        }
    }
    Ok(())
}

/// What stands between `{{` and `}}` or `{%` and `%}`, with `""` for every string in it.
fn expressions_of(source: &str) -> Result<Vec<String>, String> {
    let mut expressions = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let mut expression = String::new();
        let mut quote = None;
        let mut characters = rest.get(start.saturating_add(2)..).unwrap_or("").chars();
        while let Some(character) = characters.next() {
            match (quote, character) {
                (Some(_), '\\') => drop(characters.next()),
                (Some(open), _) if character == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => {
                    quote = Some(character);
                    expression.push_str("\"\"");
                }
                (None, '{') => return Err("an object `{ }` is not for templates".to_owned()),
                (None, '}') => break,
                (None, _) => expression.push(character),
            }
        }
        expressions.push(expression);
        rest = characters.as_str();
    }
    Ok(expressions)
}
