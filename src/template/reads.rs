//! Which params each part of a template reads.
//!
//! Invariant: a part whose set does not hold a param is the same for every value of that param.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::expression::Expressions;
use super::reuse::{self, Given};
use super::{repeat, templated};

/// Names of params.
pub type Names = BTreeSet<String>;

/// The params that expressions of a template read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Those of the background.
    pub background: Names,
    /// Those of each layer from the bottom, its children included.
    pub layers: Vec<Names>,
}

impl Reads {
    /// Looks through a document as it was written, whose expressions are compiled.
    pub(super) fn new(document: &Json, expressions: &Expressions) -> Self {
        let names = |part: &Json| {
            let names = RefCell::default();
            collect(part, false, expressions, &names);
            names.into_inner()
        };
        let layers = document.get("layers").and_then(Json::as_array);
        Self {
            background: document.get("background").map(names).unwrap_or_default(),
            layers: layers.map(|layers| layers.iter().map(names).collect()).unwrap_or_default(),
        }
    }
}

fn collect(value: &Json, condition: bool, expressions: &Expressions, names: &RefCell<Names>) {
    let note = |name: &str| {
        names.borrow_mut().insert(name.to_owned());
        false
    };
    let is_unknown = match value {
        Json::Object(fields) => {
            let item = repeat::item(fields);
            let scope = reuse::scope(fields);
            let outside = scope.map(|_| names.take());
            for (name, field) in fields.iter().filter(|(name, _)| scope.is_none() || *name != "scope") {
                // Its items are what the list reads.
                let own = item.map(|item| repeat::names(fields, item, name)).unwrap_or_default();
                let inside = RefCell::default();
                let is_condition = name == "when" || (name == "items" && item.is_some());
                collect(field, is_condition, expressions, if own.is_empty() { names } else { &inside });
                let mut inside: Names = inside.into_inner();
                inside.retain(|name| !own.contains(&name.as_str()));
                names.borrow_mut().append(&mut inside);
            }
            if let Some(((component, with), mut outside)) = scope.zip(outside) {
                names.borrow_mut().remove(component);
                outside.append(&mut names.borrow_mut());
                names.replace(outside);
                for value in with.values() {
                    match reuse::given(value) {
                        Given::Expression(source) => drop(expressions.condition_reads(source, note)),
                        Given::Text(source) => drop(expressions.text_reads(source, note)),
                        Given::Data(_) => {}
                    }
                }
            }
            false
        }
        Json::Array(items) => {
            items.iter().for_each(|item| collect(item, false, expressions, names));
            false
        }
        Json::String(source) if condition => expressions.condition_reads(source, note),
        Json::String(source) => templated::is_expression(source) && expressions.text_reads(source, note),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    };
    if is_unknown {
        // It may read anything: a name that no param has stands for that.
        names.borrow_mut().insert(String::new());
    }
}
