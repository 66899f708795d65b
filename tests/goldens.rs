//! Pictures, compared to the byte. A case is `tests/golden/{template}/{case}.query` with the
//! expected `.png` beside it; its template is `template.json` in that folder, or else the sample
//! with the folder's name; a case `dark~tall` is of the size `tall`. The Worker draws the same cases in workerd
//! (`tests/edge/pictures.test.mjs`).
//!
//! `make golden-accept` overwrites the expected files that differ, and still fails: look at the
//! pictures, then run again.

use std::fs;

use monogram::limits::Limits;
use monogram::request::Options;
use monogram::template::{Edition, samples};

use crate::util::{World, entries, files_below, has_extension, is_accepting, read, root, template};

fn document(name: &str) -> String {
    let own = root().join("tests/golden").join(name).join("template.json");
    fs::read_to_string(own).unwrap_or_else(|_| samples::get(name).expect("a sample of that name").to_owned())
}

#[test]
fn pictures_are_as_accepted() {
    let mut differ = Vec::new();
    let cases = files_below("tests/golden", "query");
    assert!(!cases.is_empty());
    for case in cases {
        let name = case.split('/').nth(2).unwrap();
        let query = String::from_utf8(read(&case)).unwrap();
        // With an empty cache, as an isolate has one at first: whether there is a cache decides how
        // a file is put together.
        let stem = case.trim_end_matches(".query");
        let size = stem.rsplit('/').next().unwrap().split_once('~').map(|(_, size)| size);
        let (template, limits) = (template(&document(name)), Limits::default());
        let edition = Edition { size, dark: Options::read(query.trim(), &limits).dark };
        let template = template.edition(edition, &limits).unwrap().unwrap_or(template);
        let drawn = World::new().cached().png(&template, query.trim());
        let golden = root().join(&case).with_extension("png");
        if fs::read(&golden).is_ok_and(|accepted| accepted == drawn) {
            continue;
        }
        let written = if is_accepting() {
            golden.clone()
        } else {
            root().join("target/golden").join(name).join(golden.file_name().unwrap())
        };
        fs::create_dir_all(written.parent().unwrap()).unwrap();
        fs::write(&written, drawn).unwrap();
        differ.push(format!("{} (drawn: {})", golden.display(), written.display()));
    }
    assert!(
        differ.is_empty(),
        "pictures that differ; `make golden-accept` accepts them as they are:\n{}",
        differ.join("\n")
    );
}

#[test]
fn every_sample_is_compiled_in() {
    let files = entries("templates");
    let mut ids: Vec<_> = files
        .iter()
        .filter(|file| has_extension(file, "json"))
        .filter_map(|file| file.file_stem()?.to_str())
        .filter(|id| !matches!(*id, "template.schema" | "torture"))
        .collect();
    let mut compiled: Vec<_> = samples::ids().collect();
    ids.sort_unstable();
    compiled.sort_unstable();
    assert_eq!(compiled, ids);
}
