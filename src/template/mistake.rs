//! A document with a mistake → what its author meant: the words of other tools, the units of CSS.
//!
//! Who writes templates asks for it: the command line, Studio, publishing. Who draws them does not, so that
//! none of these words is part of the Worker that answers recipients: there [`explain`](super::explain) has
//! to do.

use crate::error::Problem;

use crate::limits::Limits;

use super::document::Layer;
use super::explain::{list, nearest, wrong};
use super::fit::Misfit;
use super::{Template, foreign, meant, parse, twice};

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
    if let Some(name) = problem.message.strip_prefix("there is no filter `").and_then(|rest| rest.split('`').next()) {
        let near = foreign::name(name, &super::expression::filter_names());
        let near = near.or_else(|| nearest(name, super::expression::filter_names().into_iter()));
        let message = match near {
            Some(near) => format!("there is no filter `{name}`: did you mean `{near}`?"),
            None => format!("there is no filter `{name}`; docs/filters.md lists them"),
        };
        return Problem { message, ..problem };
    }
    match parse::misfit(json, limits) {
        Some(misfit) => explain(&misfit),
        None => problem,
    }
}

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
            known.extend(Layer::COMMON_FIELDS);
        }
        let problem = wrong("field-unknown", format!("there is no field `{found}` here"));
        match suggested(found, &known) {
            Some(remedy) => problem.remedy(remedy),
            None if known.is_empty() => problem,
            // Those of its own type are named first.
            None => problem.remedy(format!("known here: {}", listed(&known, own))),
        }
    } else if message.starts_with("unknown variant") {
        let problem = wrong("word-unknown", format!("`{found}` is none of {}", list(&known)));
        match suggested(found, &known) {
            Some(remedy) => problem.remedy(remedy),
            None => problem,
        }
    } else if message.starts_with("missing field") {
        wrong("field-missing", format!("`{found}` is missing"))
    } else {
        let (message, remedy) = meant::problem(message);
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
        .or_else(|| nearest(found, known.iter().copied()).map(did_you_mean))
}

/// The first of many words: `own` of them, or as many as a person reads.
fn listed(words: &[&str], own: usize) -> String {
    let most = if own == 0 { MAX_LISTED } else { own.min(MAX_LISTED) };
    let more = words.len().saturating_sub(most);
    let shown = list(words.get(..most).unwrap_or(words));
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
