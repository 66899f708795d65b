//! `templates/template.schema.json` describes the types of a template document. Editors read it;
//! `make golden-accept` writes it.

use std::collections::BTreeSet;
use std::fs;

use monogram::template::Document;
use serde_json::Value as Json;

use crate::util::{entries, is_accepting, read_text, root};

#[test]
fn the_schema_describes_the_types() {
    let path = root().join("templates/template.schema.json");
    let mut schema = serde_json::to_string_pretty(&schemars::schema_for!(Document)).unwrap();
    schema.push('\n');
    let written = fs::read_to_string(&path).unwrap_or_default();
    if is_accepting() {
        fs::write(&path, &schema).unwrap();
    }
    assert!(written == schema, "templates/template.schema.json is out of date: run `make golden-accept`");
}

/// Properties that change no picture, or that no document says before it is published.
const NOT_DRAWN: &[&str] = &[
    // For people and editors.
    "$schema",
    "title",
    "description",
    "example",
    // Who may ask, how long it is kept, which hosts may be asked.
    "access",
    "max_age",
    "hosts",
    "collection",
    "ttl",
    "url",
    // Written by publishing, or looked up by it.
    "files",
    "file",
    "assets",
    "parts",
    "include",
    "brand",
    // Of the circumstances of a request: tests/context.rs.
    "context",
    "now",
    "every",
];

#[test]
fn every_property_occurs_in_a_golden() {
    let schema: Json = serde_json::from_str(&read_text("templates/template.schema.json")).unwrap();
    let (mut known, mut used) = (BTreeSet::new(), BTreeSet::new());
    properties(&schema, &mut known);
    for case in entries("tests/golden") {
        let own = fs::read_to_string(case.join("template.json"));
        let name = case.file_name().unwrap().to_str().unwrap();
        let text = own.unwrap_or_else(|_| read_text(&format!("templates/{name}.json")));
        names(&serde_json::from_str(&text).unwrap(), &mut used);
    }
    let missing: Vec<_> =
        known.iter().filter(|name| !used.contains(*name) && !NOT_DRAWN.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "no golden has these properties: {missing:?}");
    let stale: Vec<_> = NOT_DRAWN.iter().filter(|name| !known.contains(**name)).collect();
    assert!(stale.is_empty(), "the schema has none of these: {stale:?}");
}

/// The names of all properties in a schema.
fn properties(schema: &Json, found: &mut BTreeSet<String>) {
    if let Some(own) = schema.get("properties").and_then(Json::as_object) {
        found.extend(own.keys().filter(|name| *name != "type").cloned());
    }
    inside(schema).for_each(|part| properties(part, found));
}

/// The names of all fields in a document.
fn names(json: &Json, found: &mut BTreeSet<String>) {
    if let Some(fields) = json.as_object() {
        found.extend(fields.keys().cloned());
    }
    inside(json).for_each(|part| names(part, found));
}

fn inside(json: &Json) -> impl Iterator<Item = &Json> {
    json.as_object().into_iter().flat_map(|fields| fields.values()).chain(json.as_array().into_iter().flatten())
}
