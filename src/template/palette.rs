//! `"fill": "$accent"`: a colour of the palette by its name.
//!
//! The names are replaced in the JSON, before it has types, so that a colour stands wherever a string may stand, and no
//! later stage knows of palettes.

use serde_json::Value as Json;

use crate::error::Problem;

use super::explain::{nearest, wrong};

/// Puts the colours of a document's palette in the place of their names.
///
/// # Errors
/// A field of a paint has a name that the palette does not have.
pub fn fill(document: &mut Json) -> Result<(), Problem> {
    let Some(palette) = document.get("palette").cloned() else { return Ok(()) };
    for part in ["background", "layers"] {
        if let Some(part_json) = document.get_mut(part) {
            replace(part_json, &palette, &mut part.to_owned())?;
        }
    }
    Ok(())
}

fn replace(json: &mut Json, palette: &Json, path: &mut String) -> Result<(), Problem> {
    let length = path.len();
    match json {
        Json::Object(fields) => {
            for (name, field) in fields {
                // A text may be a price.
                if matches!(name.as_str(), "text" | "alt" | "when" | "id" | "header" | "total" | "label")
                    && !field.is_array()
                {
                    continue;
                }
                path.push('.');
                path.push_str(name);
                replace(field, palette, path)?;
                path.truncate(length);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                path.push_str(&format!("[{index}]"));
                replace(item, palette, path)?;
                path.truncate(length);
            }
        }
        Json::String(text) => {
            let is_name =
                |name: &&str| name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains([' ', '$']);
            if let Some(name) = text.strip_prefix('$').filter(is_name) {
                let names = palette.as_object().into_iter().flat_map(|colors| colors.keys()).map(String::as_str);
                *json = palette.get(name).cloned().ok_or_else(|| {
                    let problem =
                        wrong("color-unknown", format!("the palette has no colour `{name}`")).at(path.as_str());
                    match nearest(name, names.clone()) {
                        Some(near) => problem.remedy(format!("did you mean `${near}`?")),
                        None => problem.remedy(format!("add it: \"palette\": {{ \"{name}\": \"#ff5733\" }}")),
                    }
                })?;
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
    Ok(())
}
