//! `type` beside its fields → `kind: { type: fields }`, which serde reads with the exact path of an
//! error.

use serde_json::{Map, Value as Json};

use crate::error::Problem;
use crate::limits::Limits;

use super::document::Layer;
use super::explain::wrong;

/// Moves the fields of every type under `kind`, and those of a param under its type; counts the
/// layers.
///
/// # Errors
/// A layer or param has no `type`; or the layers are too many, or nest too deep.
pub fn reshape(document: &mut Json, limits: &Limits, count: &mut usize) -> Result<(), Problem> {
    if let Some(params) = document.get_mut("params").and_then(Json::as_object_mut) {
        for (name, param) in params {
            if let Some(fields) = param.as_object_mut() {
                let kind = take_type(fields, &format!("params.{name}"))?;
                let fields = std::mem::take(fields);
                *param = tagged(kind, fields);
            }
        }
    }
    reshape_layers(document, "layers", "", 0, limits, count)
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
        reshape_layers(layer, "children", &path, depth.saturating_add(1), limits, count)?;
        let Some(fields) = layer.as_object_mut() else {
            return Err(wrong("field-wrong", "a layer is a JSON object")
                .at(path)
                .remedy("write { \"type\": \"text\", … }"));
        };
        let kind = take_type(fields, &path)?;
        let (mut common, own): (Map<_, _>, Map<_, _>) =
            std::mem::take(fields).into_iter().partition(|(name, _)| Layer::COMMON_FIELDS.contains(&name.as_str()));
        common.insert("kind".to_owned(), tagged(kind, own));
        *fields = common;
    }
    Ok(())
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
