//! `templates/template.schema.json` describes the types of a template document. Editors read it;
//! `make golden-accept` writes it.

use std::fs;

use monogram::template::Document;

use crate::util::{is_accepting, root};

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
