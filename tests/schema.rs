//! `templates/template.schema.json` is what the types say. Editors read it; `make golden-accept` writes it anew.

use std::fs;
use std::path::Path;

use monogram::template::Document;

#[test]
fn the_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/template.schema.json");
    let mut schema = serde_json::to_string_pretty(&schemars::schema_for!(Document)).unwrap();
    schema.push('\n');
    let written = fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("MONOGRAM_ACCEPT").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    assert!(written == schema, "templates/template.schema.json is out of date: run `make golden-accept`");
}
