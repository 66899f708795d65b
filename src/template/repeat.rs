//! Layers that are drawn once for each item of a list, as a document writes them: the names that exist
//! in them only.

use serde_json::{Map, Value as Json};

use super::document::{ITEM, LOOP};

/// The name of the number that a chart's `format` writes.
pub const NUMBER: &str = "value";

/// The name of an item in a layer's fields. `None` if the layer repeats nothing.
#[must_use]
pub fn item(layer: &Map<String, Json>) -> Option<&str> {
    let kind = layer.get("type").and_then(Json::as_str);
    let repeats = matches!(kind, Some("repeat" | "table" | "chart"));
    repeats.then(|| layer.get("as").and_then(Json::as_str).unwrap_or(ITEM))
}

/// The names that exist only in a field of such a layer, because it is drawn for each item or after
/// them, or for each number.
#[must_use]
pub fn names<'i>(layer: &Map<String, Json>, item: &'i str, field: &str) -> Vec<&'i str> {
    let is_chart = layer.get("type").and_then(Json::as_str) == Some("chart");
    match field {
        "children" | "more" | "columns" if !is_chart => vec![item, LOOP],
        "label" | "value" | "series" if is_chart => vec![item, LOOP],
        "format" if is_chart => vec![NUMBER],
        _ => Vec::new(),
    }
}
