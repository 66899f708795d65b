//! The names of a URL that changed nothing, and why: a param that is misspelt, an option out of its
//! range, a value of the wrong type.
//!
//! Invariant: only the view `.json` says it, to whoever wrote the URL; no value is repeated.

use serde::Serialize;

use crate::context;
use crate::limits::Limits;
use crate::params::resolve::is_name;
use crate::params::{Missing, Param, Values, image};
use crate::request::{Options, query};
use crate::template::Document;
use crate::template::parse::nearest;

/// Most names that are listed, and most characters of each.
const MOST: usize = 20;
const MAX_NAME_CHARS: usize = 40;

/// Every option of a URL, with what it takes.
const OPTIONS: [(&str, &str); 7] = [
    ("_dpr", "it takes 1, 1.5, 2 or 3"),
    ("_w", "it takes a whole number of px"),
    ("_q", "it takes a whole number from 1 to 100"),
    ("_lang", "it takes a language such as de or pt-BR"),
    ("_scheme", "it takes dark, or light"),
    ("_v", "the template has no such variant"),
    ("_debug", "it takes boxes"),
];

/// A name that changed nothing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// As it stands in the URL.
    name: String,
    /// Why, or what would be used.
    reason: String,
}

impl std::fmt::Display for Ignored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: it is ignored: {}", self.name, self.reason)
    }
}

/// What a query says in vain to a template, in the order of the URL. `values` are what was read.
pub fn of(query: &str, document: &Document, values: &Values, limits: &Limits) -> Vec<Ignored> {
    let mut found: Vec<Ignored> = Vec::new();
    for pair in query::pairs(query, limits) {
        // Without a `=` it is the rest of a value.
        if pair.raw_value.is_none() || found.len() >= MOST {
            continue;
        }
        let name = pair.name.as_ref();
        let Some(reason) = option(name, pair.raw_value.unwrap_or_default(), document, limits)
            .or_else(|| unknown(name, document))
            .or_else(|| value(name, pair.value.trim(), document, values))
        else {
            continue;
        };
        let name = name.chars().take(MAX_NAME_CHARS).collect();
        found.push(Ignored { name, reason });
    }
    found
}

/// An option that has no effect.
fn option(name: &str, raw: &str, document: &Document, limits: &Limits) -> Option<String> {
    if !name.starts_with('_') {
        return None;
    }
    if context::OPTIONS.contains(&name) && !(document.context.is_empty() && document.now.is_none()) {
        return None;
    }
    let Some((_, takes)) = OPTIONS.iter().find(|(known, _)| *known == name) else {
        let known = OPTIONS.iter().map(|(known, _)| *known);
        return Some(match nearest(name, known) {
            Some(near) => format!("there is no such option: did you mean {near}?"),
            None => "there is no such option".to_owned(),
        });
    };
    let read = Options::read(&format!("{name}={raw}"), limits);
    let is_known = |variant: &str| variant == "default" || document.variants.iter().any(|known| known.name == variant);
    let is_used = match name {
        "_scheme" => read.dark || raw == "light",
        "_v" => read.variant.as_deref().is_some_and(is_known),
        _ => read != Options::default(),
    };
    if name == "_scheme" && read.dark && document.dark.is_none() {
        return Some("the template has no dark version".to_owned());
    }
    (!is_used && !raw.is_empty()).then(|| (*takes).to_owned())
}

/// A name that is no param's.
fn unknown(name: &str, document: &Document) -> Option<String> {
    if name.starts_with('_') || is_name(&document.params, name) {
        return None;
    }
    let (stem, suffix) = name.split_once('.').unwrap_or((name, ""));
    if document.params.contains_key(stem) {
        return Some(format!("`{stem}` has no `.{suffix}`: there are {stem}.default and {stem}.b64"));
    }
    let lower = stem.to_lowercase();
    Some(match nearest(&lower, document.params.keys().map(String::as_str)) {
        Some(near) => format!("the template has no such param: did you mean {near}?"),
        None => "the template has no such param".to_owned(),
    })
}

/// A value that its param cannot have.
fn value(name: &str, text: &str, document: &Document, values: &Values) -> Option<String> {
    let (declared, resolved) = (document.params.get(name)?, values.get(name)?);
    match resolved.source.missing()? {
        Missing::WrongType => {
            let is_file = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            if matches!(declared, Param::Image(_)) && text.contains('.') && text.chars().all(is_file) {
                let asset = format!("asset:{}", text.trim_start_matches(['.', '/']));
                if image::asset(&asset).is_some() {
                    return Some("a file of yours has `asset:` before its name: asset:photo.png".to_owned());
                }
            }
            Some(format!("expected {}", declared.expected()))
        }
        Missing::OutOfRange => Some(format!("expected {}", declared.expected())),
        Missing::NotAllowed => Some("the template allows other texts only".to_owned()),
        Missing::Host => Some("the template does not allow the host of this picture".to_owned()),
        Missing::BadBase64 => Some("it is no base64url of UTF-8".to_owned()),
        Missing::NoRecord => Some("there is no such record".to_owned()),
        Missing::Absent
        | Missing::Empty
        | Missing::Blank
        | Missing::NullLike
        | Missing::MergeTag(_)
        | Missing::Listed
        | Missing::FreeMail => None,
    }
}
