//! Layers that are drawn once for each item of a list, as a document writes them: the names that exist
//! in them only.

use serde_json::{Map, Value as Json};

use super::document::ITEM;

/// The name of an item in a layer's fields. `None` if the layer repeats nothing.
#[must_use]
pub fn item(layer: &Map<String, Json>) -> Option<&str> {
    let repeats = layer.get("type").and_then(Json::as_str) == Some("repeat");
    repeats.then(|| layer.get("as").and_then(Json::as_str).unwrap_or(ITEM))
}

/// Whether a field of such a layer is drawn for each item, or after them.
#[must_use]
pub fn is_inside(field: &str) -> bool {
    matches!(field, "children" | "more")
}
