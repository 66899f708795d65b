//! The rules of sizes, dark versions and variants that types cannot say.

use crate::error::Problem;
use crate::limits::Limits;
use crate::request::options::is_variant_name;
use crate::request::template_id::is_slug;

use super::document::{Document, Layer};
use super::explain::{nearest, wrong};
use super::variation::{Overrides, text};

/// Checks what can be told of the editions without making them: names, and that the layers exist.
///
/// # Errors
/// `Fault::Document` with the path of the field.
pub fn check_editions(document: &Document, limits: &Limits) -> Result<(), Problem> {
    let mut ids = Vec::new();
    collect(&document.layers, &mut ids);
    if document.sizes.len() > limits.sizes {
        return Err(wrong("template-too-large", format!("a template may have {} sizes", limits.sizes)).at("sizes"));
    }
    for (name, size) in &document.sizes {
        if name.len() > limits.name_chars || !is_slug(name) {
            return Err(wrong("field-wrong", "the name of a size is lower-case letters, digits and hyphens")
                .at(format!("sizes.{name}"))
                .remedy("write a name such as `square` or `story`"));
        }
        check_ids(&size.layers, &ids, &format!("sizes.{name}.layers"))?;
    }
    let Some(dark) = &document.dark else { return Ok(()) };
    if let Some(color) = dark.palette.keys().find(|color| !document.palette.contains_key(*color)) {
        let known = nearest(color, document.palette.keys().map(String::as_str));
        let remedy = "add it to `palette`";
        return Err(unknown("the palette has no such colour", known, remedy).at(format!("dark.palette.{color}")));
    }
    check_ids(&dark.layers, &ids, "dark.layers")
}

fn check_ids(overrides: &Overrides, ids: &[&str], path: &str) -> Result<(), Problem> {
    match overrides.keys().find(|id| !ids.contains(&id.as_str())) {
        Some(id) => {
            let known = nearest(id, ids.iter().copied());
            let remedy = "give the layer an \"id\" of this name";
            Err(unknown("no layer has this id", known, remedy).at(format!("{path}.{id}")))
        }
        None => Ok(()),
    }
}

fn unknown(what: &str, known: Option<&str>, remedy: &str) -> Problem {
    let problem = wrong("field-wrong", what);
    match known {
        Some(name) => problem.remedy(format!("did you mean `{name}`?")),
        None => problem.remedy(remedy),
    }
}

fn collect<'a>(layers: &'a [Layer], ids: &mut Vec<&'a str>) {
    for layer in layers {
        ids.extend(layer.id.as_deref());
        layer.lists().into_iter().for_each(|(_, layers)| collect(layers, ids));
    }
}

/// Checks the variants of a document.
///
/// # Errors
/// `Fault::Document` with the path of the field.
pub fn check_variants(document: &Document, limits: &Limits) -> Result<(), Problem> {
    let Document { variants, variant_by, params, .. } = document;
    if variants.len() > limits.variants {
        return Err(
            wrong("template-too-large", format!("a template may have {} variants", limits.variants)).at("variants")
        );
    }
    let unknown = |name: &str, at: String| {
        let remedy = match nearest(name, params.keys().map(String::as_str)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "declare it in `params`".to_owned(),
        };
        wrong("field-wrong", format!("there is no param `{name}`")).at(at).remedy(remedy)
    };
    for (index, variant) in variants.iter().enumerate() {
        let at = |field: &str| format!("variants[{index}].{field}");
        let name = &variant.name;
        if !is_variant_name(name, limits) {
            return Err(wrong("field-wrong", "the name of a variant is letters, digits, hyphens and underscores")
                .at(at("name")));
        }
        if variants.iter().take(index).any(|other| other.name == *name) {
            return Err(wrong("field-wrong", format!("two variants are called `{name}`"))
                .at(at("name"))
                .remedy("give each a name of its own"));
        }
        if !variant.is_rule() && variant.weight.is_none() {
            return Err(wrong("field-wrong", "nobody would get this variant")
                .at(format!("variants[{index}]"))
                .remedy("add a \"weight\", such as 1, or a rule: \"when\" or \"lang\""));
        }
        for (param, value) in &variant.set {
            if !params.contains_key(param) {
                return Err(unknown(param, at(&format!("set.{param}"))));
            }
            if text(value).is_none() {
                return Err(
                    wrong("field-wrong", "expected a text, a number, true or false").at(at(&format!("set.{param}")))
                );
            }
        }
    }
    match variant_by.iter().enumerate().find(|(_, name)| !params.contains_key(*name)) {
        Some((index, name)) => Err(unknown(name, format!("variant_by[{index}]"))),
        None => Ok(()),
    }
}
