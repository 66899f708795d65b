//! Errors of a document, in the words of its author: what was found, what is known there, the
//! nearest name.

use crate::error::{Fault, Problem};

use super::document::Layer;
use super::fit::Misfit;

/// Most names that an error lists: nobody reads more.
const MAX_LISTED: usize = 12;

/// An error of the document.
pub fn wrong(code: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(Fault::Document, code, message)
}

/// Says in the words of a document why it does not fit its types.
pub fn explain(misfit: &Misfit) -> Problem {
    let (path, message) = (misfit.path(), &misfit.message);
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next().unwrap_or("");
    let mut known: Vec<&str> = quoted.collect();
    if misfit.is_in_kind() && message.starts_with("unknown field") {
        known.extend(Layer::COMMON_FIELDS);
    }
    let (code, message) = if message.starts_with("unknown field") {
        ("field-unknown", format!("there is no field `{found}` here"))
    } else if message.starts_with("unknown variant") {
        ("word-unknown", format!("`{found}` is none of {}", list(&known)))
    } else if message.starts_with("missing field") {
        ("field-missing", format!("`{found}` is missing"))
    } else {
        ("field-wrong", message.clone())
    };
    let unknown = matches!(code, "field-unknown" | "word-unknown");
    let remedy = unknown.then(|| nearest(found, known.iter().copied())).flatten().map_or_else(
        || {
            (unknown && !known.is_empty())
                .then(|| format!("known here: {}", list(known.get(..MAX_LISTED).unwrap_or(&known))))
        },
        |name| Some(format!("did you mean `{name}`?")),
    );
    let mut problem = wrong(code, message);
    problem.field = (!path.is_empty()).then(|| path.to_owned());
    problem.remedy = remedy;
    problem
}

/// Words in quotes, with commas between them.
pub fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The known names that look most like `name`, at most so many, the most like it first.
pub fn alike<'a>(name: &str, known: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> = known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    let mut best = Vec::new();
    while let Some(at) = (best.len() < most).then_some(()).and_then(|()| highest(&scored)) {
        best.push(scored.swap_remove(at).1);
    }
    best
}

/// The index of the highest score.
fn highest(scored: &[(f64, &str)]) -> Option<usize> {
    let numbered = scored.iter().enumerate();
    numbered.max_by(|(_, one), (_, other)| one.0.total_cmp(&other.0)).map(|(at, _)| at)
}

/// The known name that looks most like `name`, in small letters or capitals; `None` if no name is alike.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let scored = known.map(|candidate| (strsim::jaro_winkler(&name, &candidate.to_ascii_lowercase()), candidate));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}
