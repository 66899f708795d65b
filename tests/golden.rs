//! Pictures, compared to the byte. A case is `tests/golden/{template}/{case}.query` beside its `.png`; the template is
//! `template.json` in that folder, or the sample of that name. The Worker draws the same cases in workerd
//! (`tests/edge/pictures.test.mjs`).
//!
//! `make golden-accept` writes what is drawn now, and still fails: look at the pictures, then run again.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what must hold, in its helpers too"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use monogram::font::Fonts;
use monogram::limits::Limits;
use monogram::paint::Kept;
use monogram::render::{self, Resources};
use monogram::request::{Format, Options};
use monogram::template::{Template, samples};
use monogram::{params, plan};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What the Worker would answer.
fn draw(document: &str, query: &str) -> Vec<u8> {
    let limits = Limits::default();
    let template = Template::parse(document, &limits).unwrap_or_else(|problem| panic!("{problem}"));
    let values = params::resolve(&template.document.params, &template.document.missing, query, &limits);
    let plan = plan::plan(&template, &values, &Options::read(query, &limits), &limits);
    let mut images: BTreeMap<String, Rc<[u8]>> = BTreeMap::new();
    for name in &plan.images {
        if let Ok(bytes) = fs::read(root().join("templates/assets").join(name)) {
            images.insert(name.clone(), Rc::from(bytes));
        }
    }
    let packs = root().join("fonts/packs");
    let fonts = Fonts::with_packs(&plan.fonts, |pack| fs::read(packs.join(pack.file())).ok());
    // As an isolate: with a place for the base, which decides how a file is put together.
    let kept = Rc::new(RefCell::new(Kept::new(&limits)));
    let mut resources = Resources { images, fonts, kept };
    resources.add_fonts(&plan.faces, &limits);
    render::render(&template, &plan, &resources, Format::Png, &limits).unwrap().bytes
}

fn document(template: &str) -> String {
    let own = root().join("tests/golden").join(template).join("template.json");
    fs::read_to_string(own).unwrap_or_else(|_| samples::get(template).expect("a sample of that name").to_owned())
}

#[test]
fn pictures_are_as_accepted() {
    let accept = std::env::var_os("MONOGRAM_ACCEPT").is_some();
    let actual = root().join("target/golden");
    let mut differ = Vec::new();
    for folder in files(&root().join("tests/golden")) {
        let template = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let document = document(&template);
        for query in files(&folder).into_iter().filter(|file| file.extension().is_some_and(|end| end == "query")) {
            let drawn = draw(&document, fs::read_to_string(&query).unwrap().trim());
            let golden = query.with_extension("png");
            if fs::read(&golden).is_ok_and(|accepted| accepted == drawn) {
                continue;
            }
            let written =
                if accept { golden.clone() } else { actual.join(&template).join(golden.file_name().unwrap()) };
            fs::create_dir_all(written.parent().unwrap()).unwrap();
            fs::write(&written, drawn).unwrap();
            differ.push(format!("{} (drawn: {})", golden.display(), written.display()));
        }
    }
    assert!(
        differ.is_empty(),
        "pictures that differ; `make golden-accept` takes them as right:\n{}",
        differ.join("\n")
    );
}

#[test]
fn every_sample_is_compiled_in() {
    let files = files(&root().join("templates"));
    let mut ids: Vec<_> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "json"))
        .filter_map(|file| file.file_stem()?.to_str())
        .filter(|id| !matches!(*id, "template.schema" | "torture"))
        .collect();
    let mut compiled: Vec<_> = samples::ids().collect();
    ids.sort_unstable();
    compiled.sort_unstable();
    assert_eq!(compiled, ids);
}
