//! `type` beside its fields → `kind: { type: fields }`, which serde reads with the exact path of an
//! error.

use serde_json::{Map, Value as Json};

use crate::error::Problem;
use crate::limits::Limits;

use super::document::{Layer, Repeat};
use super::explain::wrong;

/// Moves the fields of every type under `kind`, and those of a param under its type; counts the
/// layers.
///
/// # Errors
/// A layer or param has no `type`; or the layers are too many, or nest too deep.
pub fn reshape(document: &mut Json, limits: &Limits, count: &mut usize) -> Result<(), Problem> {
    if let Some(params) = document.get_mut("params") {
        reshape_params(params, "params", 0)?;
    }
    reshape_layers(document, "layers", "", 0, limits, count)
}

/// The params of a document, or the fields of a list, which have no lists in them.
fn reshape_params(params: &mut Json, path: &str, depth: usize) -> Result<(), Problem> {
    for (name, param) in params.as_object_mut().into_iter().flatten() {
        if let Some(fields) = param.as_object_mut() {
            let path = format!("{path}.{name}");
            let kind = take_type(fields, &path)?;
            if let Some(fields) = fields.get_mut("fields")
                && kind == "list"
            {
                if depth > 0 {
                    return Err(wrong("field-wrong", "a field of a list has every type but `list` and `rich`").at(path));
                }
                reshape_params(fields, &format!("{path}.fields"), 1)?;
            }
            let fields = std::mem::take(fields);
            *param = tagged(kind, fields);
        }
    }
    Ok(())
}

fn reshape_layers(
    parent: &mut Json,
    key: &str,
    path: &str,
    depth: usize,
    limits: &Limits,
    count: &mut usize,
) -> Result<(), Problem> {
    let Some(layers) = parent.get_mut(key).and_then(Json::as_array_mut) else { return Ok(()) };
    if depth >= limits.depth {
        return Err(wrong("template-too-deep", format!("layers may nest {} deep", limits.depth)).at(path));
    }
    for (index, layer) in layers.iter_mut().enumerate() {
        let path = format!("{path}{}{key}[{index}]", if path.is_empty() { "" } else { "." });
        *count = count.saturating_add(1);
        if *count > limits.layers {
            return Err(
                wrong("template-too-many-layers", format!("a template may have {} layers", limits.layers)).at(path)
            );
        }
        // One layer may stand without its list.
        if let Some(mask) = layer.get_mut("mask").filter(|mask| mask.is_object()) {
            *mask = Json::Array(vec![mask.take()]);
        }
        for list in ["children", "more", "empty", "mask"] {
            reshape_layers(layer, list, &path, depth.saturating_add(1), limits, count)?;
        }
        let Some(fields) = layer.as_object_mut() else {
            return Err(wrong("field-wrong", "a layer is a JSON object")
                .at(path)
                .remedy("write { \"type\": \"text\", … }"));
        };
        let kind = take_type(fields, &path)?;
        let (mut common, own): (Map<_, _>, Map<_, _>) =
            std::mem::take(fields).into_iter().partition(|(name, _)| Layer::COMMON_FIELDS.contains(&name.as_str()));
        let own = if kind == "repeat" { repeat(own) } else { own };
        common.insert("kind".to_owned(), tagged(kind, own));
        *fields = common;
    }
    Ok(())
}

/// Moves the fields that a repeat has as a stack under `kind`.
fn repeat(fields: Map<String, Json>) -> Map<String, Json> {
    let (mut own, stack): (Map<_, _>, Map<_, _>) =
        fields.into_iter().partition(|(name, _)| Repeat::OWN_FIELDS.contains(&name.as_str()));
    own.insert("kind".to_owned(), Json::Object(stack));
    own
}

fn take_type(fields: &mut Map<String, Json>, path: &str) -> Result<String, Problem> {
    match fields.remove("type") {
        Some(Json::String(kind)) => Ok(kind),
        _ => Err(wrong("field-missing", "`type` is missing").at(path).remedy("add one, such as \"type\": \"text\"")),
    }
}

fn tagged(kind: String, fields: Map<String, Json>) -> Json {
    let mut tagged = Map::new();
    tagged.insert(kind, Json::Object(fields));
    Json::Object(tagged)
}
