//! A document with a mistake → what its author meant: the words of other tools, the units of CSS.
//!
//! Who writes templates asks for it: the command line, Studio, publishing. Who draws them does not, so that
//! none of these words is part of the Worker that answers recipients: there [`explain`](super::explain) has
//! to do.

use serde_json::Value as Json;

use crate::error::Problem;
use crate::limits::Limits;

use super::document::Layer;
use super::explain::{list, wrong};
use super::fit::Misfit;
use super::{Template, dialect, foreign, guess, meant, parse, twice};

/// Most names that an error lists: nobody reads more.
const MAX_LISTED: usize = 12;

/// Reads a document as [`Template::parse`] does; an error says what was meant.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::template::mistake;
///
/// let json = r#"{ "width": 600, "height": 200, "layers": [{ "type": "text", "text": "Hi", "font_size": "24px" }] }"#;
/// let problem = mistake::parse(json, &Limits::default()).err().map(|problem| problem.to_string());
/// let expected = "layers[0].font_size: there is no field `font_size` here (did you mean `size`?)";
/// assert_eq!(problem.as_deref(), Some(expected));
/// ```
///
/// # Errors
/// As there.
pub fn parse(json: &str, limits: &Limits) -> Result<Template, Problem> {
    let mut template = Template::parse(json, limits).map_err(|problem| better(json, problem, limits))?;
    let text = json.strip_prefix('\u{feff}').unwrap_or(json);
    let twice = twice::of(text, limits.doubts_in_all).into_iter();
    template
        .document
        .doubts
        .extend(twice.map(|place| (place, "it stands here twice, and only the last one counts".to_owned())));
    Ok(template)
}

/// The same problem in better words.
fn better(json: &str, problem: Problem, limits: &Limits) -> Problem {
    if problem.code == "template-not-json" {
        return not_json(json).unwrap_or(problem);
    }
    if matches!(problem.code, "expression-wrong" | "param-unknown") {
        let source = problem.field.as_deref().and_then(|path| source(json, path)).unwrap_or_default();
        return in_palette(json, &problem).unwrap_or_else(|| in_expression(problem, &source));
    }
    match parse::misfit(json, limits) {
        Some(misfit) => explain(&misfit),
        None => problem,
    }
}

/// A name in an expression that is a colour of the palette.
fn in_palette(json: &str, problem: &Problem) -> Option<Problem> {
    let name = problem.message.strip_prefix("there is no param `")?.strip_suffix('`')?;
    let json: Json = serde_json::from_str(json.strip_prefix('\u{feff}').unwrap_or(json)).ok()?;
    json.get("palette")?.get(name)?;
    Some(problem.clone().remedy(format!("a colour of the palette is \"${name}\", without braces")))
}

/// The text at a path such as `layers[0].text`.
fn source(json: &str, path: &str) -> Option<String> {
    let json: Json = serde_json::from_str(json.strip_prefix('\u{feff}').unwrap_or(json)).ok()?;
    let mut place = &json;
    for part in path.split(['.', '[']) {
        place = match part.strip_suffix(']') {
            Some(index) => place.get(index.parse::<usize>().ok()?)?,
            None => place.get(part)?,
        };
    }
    place.as_str().map(str::to_owned)
}

/// A problem of an expression, or of a name in it, with what to write instead.
fn in_expression(problem: Problem, source: &str) -> Problem {
    let named = |start: &str| {
        let rest = problem.message.strip_prefix(start)?.strip_prefix('`')?;
        rest.split('`').next().map(str::to_owned)
    };
    let is_general = ["unexpected", "a value", "write `==`", "an `{% if", "a statement is not"]
        .iter()
        .any(|start| problem.message.strip_prefix("syntax error: ").is_some_and(|message| message.starts_with(start)))
        || named("the statement ").is_some();
    if source.contains("??") && problem.message.starts_with("syntax error") {
        let message = "syntax error: there is no `??`".to_owned();
        return Problem { message, ..problem }.remedy("write `{{ name | default('friend') }}`");
    }
    if source.contains("{{{") && problem.message.starts_with("syntax error") {
        return problem.remedy("write two braces, and no three");
    }
    if let Some(name) = named("there is no test ")
        && let Some(advice) = dialect::advice(&name)
        && !matches!(name.as_str(), "empty" | "blank" | "null" | "nil")
    {
        return Problem { message: format!("there is no test `{name}`"), ..problem }.remedy(advice);
    }
    if let Some(name) = named("there is no filter ").or_else(|| named("there is no function ")) {
        return called(problem, &name);
    }
    if let Some(name) = named("the statement ")
        && dialect::advice(&name).is_none()
        && dialect::words(source).windows(2).any(|pair| pair == [name.as_str(), "%"])
    {
        return problem.remedy(format!("to print a value, write `{{{{ {name} }}}}`"));
    }
    if problem.code == "expression-wrong" {
        let advice = dialect::advice(source).filter(|_| is_general);
        return match advice {
            Some(advice) => {
                let message = problem.message.replace("write `==` to compare", "it cannot be read");
                Problem { message, ..problem }.remedy(advice)
            }
            None => problem,
        };
    }
    let Some(name) = named("there is no param ") else { return problem };
    let is_undeclared = problem.remedy.as_deref().is_some_and(|remedy| remedy.starts_with("declare it: \"params\""));
    if !is_undeclared {
        return problem;
    }
    // No param has capitals.
    if let Some(advice) = dialect::advice(&name).filter(|_| name.contains(|c: char| c.is_ascii_uppercase())) {
        return problem.remedy(advice);
    }
    let path = problem.field.clone().unwrap_or_default();
    let known = match name.as_str() {
        "index" | "counter" | "idx" => Some("in a repeat, `loop.index` counts from 1"),
        "this" | "element" | "row" => Some("in a repeat, each is `item`, or what its `as` says: `{{ item.name }}`"),
        "today" | "date" => {
            Some("the time at which a picture is seen is `now`, with \"now\": { \"every\": \"day\" } in the template")
        }
        _ => None,
    };
    if let Some(known) = known {
        return problem.remedy(known);
    }
    let declaration = guess::declaration(&name, &path, source);
    // What stands alone in a comparison may be a text without its quotes.
    let is_argument = source.contains(&format!("({name})"));
    let or_text = if is_argument || path.ends_with(".when") && (source.contains("==") || source.contains("!=")) {
        format!("; a text has quotes: '{name}'")
    } else {
        String::new()
    };
    problem.remedy(format!("declare it: \"params\": {{ \"{name}\": {declaration} }}{or_text}"))
}

/// The problem of a filter or a function that there is not.
fn called(problem: Problem, name: &str) -> Problem {
    let names = super::expression::filter_names();
    let what = if problem.message.starts_with("there is no filter") { "filter" } else { "function" };
    let advice = foreign::advice(name).or_else(|| dialect::advice(name));
    let near = foreign::name(name, &names);
    let near = near.or_else(|| alike(name, names.iter().copied()).filter(|_| advice.is_none()));
    let message = format!("there is no {what} `{name}`");
    match (near, advice) {
        (Some(near), _) if what == "filter" => {
            Problem { message: format!("{message}: did you mean `{near}`?"), ..problem }
        }
        (Some(near), _) => Problem { message, ..problem }.remedy(format!("write the filter: `name | {near}`")),
        (None, Some(advice)) => Problem { message, ..problem }.remedy(advice),
        (None, None) if what == "filter" => {
            Problem { message: format!("{message}; docs/filters.md lists them"), ..problem }
        }
        (None, None) => problem,
    }
}

/// The known name that is misspelled here: few of its letters differ, or it is the beginning of the other one.
fn alike<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let is_part = |one: &str, other: &str| one.len() >= LEAST_BEGINNING && other.starts_with(one);
    let scored = known.filter_map(|known| {
        let differ = strsim::osa_distance(&name, known);
        let most = name.len().max(known.len()) / LETTERS_PER_SLIP;
        (differ <= most || is_part(known, &name) || is_part(&name, known)).then_some((differ, known))
    });
    scored.min_by_key(|(differ, _)| *differ).map(|(_, known)| known)
}

/// One letter may be wrong for so many.
const LETTERS_PER_SLIP: usize = 3;

/// The fewest letters of a name that is recognised by its beginning.
const LEAST_BEGINNING: usize = 4;

/// What is wrong with a text that is no JSON.
fn not_json(json: &str) -> Option<Problem> {
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let error = serde_json::from_str::<serde_json::Value>(json).err()?;
    let said = error.to_string().replace("EOF while parsing", "the text ends in");
    let here = json.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let here = here.get(error.column().saturating_sub(1)..).unwrap_or_default();
    let remedy = if error.is_eof() {
        "close what is open: a quote, a `]` or a `}`"
    } else if said.starts_with("trailing comma") {
        "take away the comma before the bracket"
    } else if here.starts_with('\'') {
        "write \" and not '"
    } else if here.starts_with('/') {
        "JSON has no comments: take it away"
    } else if said.starts_with("key must be a string") {
        "put the name into double quotes"
    } else {
        "check commas, quotes and brackets there"
    };
    Some(wrong("template-not-json", format!("this is not JSON: {said}")).remedy(remedy))
}

/// Says in the words of a document why it does not fit its types.
fn explain(misfit: &Misfit) -> Problem {
    let (path, message) = (misfit.path(), misfit.message.as_str());
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next().unwrap_or("");
    let mut known: Vec<&str> = quoted.collect();
    let problem = if message.starts_with("unknown field") {
        let own = known.len();
        if misfit.is_in_kind() {
            // `scope` is what is made of a component's use.
            known.extend(Layer::COMMON_FIELDS.iter().filter(|field| **field != "scope"));
        }
        let problem = wrong("field-unknown", format!("there is no field `{found}` here"));
        if path.contains(".stroke.") {
            return problem
                .at(path)
                .remedy("`stroke` is a colour or a gradient; its width is `stroke_width` beside it");
        }
        match suggested(found, &known) {
            Some(remedy) => problem.remedy(remedy),
            None if known.is_empty() => problem,
            // Those of its own type are named first.
            None => problem.remedy(format!("known here: {}", listed(&known, own))),
        }
    } else if message.starts_with("unknown variant") {
        let problem = wrong("word-unknown", format!("`{found}` is none of {}", list(&known)));
        match meant::word(path, found).or_else(|| suggested(found, &known)) {
            Some(remedy) => problem.remedy(remedy),
            None => problem,
        }
    } else if message.starts_with("missing field") {
        let problem = wrong("field-missing", format!("`{found}` is missing"));
        let is_paint = [".fill", ".stroke", "background"].iter().any(|field| path.ends_with(field));
        match found == "type" && is_paint {
            true => problem.remedy("a colour stands alone, as in \"#fff\"; a gradient has \"type\": \"linear\""),
            false => problem,
        }
    } else {
        let (message, remedy) = meant::problem(message, path);
        // A param is written as its type alone.
        let is_type = message.ends_with("found a word alone");
        let remedy = remedy.or_else(|| {
            is_type.then(|| match path.starts_with("params.") {
                true => "write { \"type\": \"text\" }".to_owned(),
                false => "give the word its value, as in { \"tint\": \"#14142b\" }".to_owned(),
            })
        });
        Problem { remedy, ..wrong("field-wrong", message) }
    };
    if path.is_empty() { problem } else { problem.at(path) }
}

/// The known name that was meant, or advice. `None` if there is neither.
fn suggested(found: &str, known: &[&str]) -> Option<String> {
    let did_you_mean = |name: &str| format!("did you mean `{name}`?");
    foreign::name(found, known)
        .map(did_you_mean)
        .or_else(|| foreign::advice(found).map(str::to_owned))
        .or_else(|| alike(found, known.iter().copied()).map(did_you_mean))
}

/// The first of many words: `own` of them, or as many as a person reads.
fn listed(words: &[&str], own: usize) -> String {
    let most = if own == 0 { MAX_LISTED } else { own.min(MAX_LISTED) };
    let more = words.len().saturating_sub(most);
    let shown = list(words.get(..most).unwrap_or(words));
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
