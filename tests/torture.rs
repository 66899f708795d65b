//! Every sample stands its worst cases: those that its params call for, and those of `templates/torture.json`.
//!
//! This lays out and checks; `make sheets` draws the same cases for a person to look at.

#![expect(clippy::unwrap_used, reason = "a test says what must hold, in its helpers too")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use monogram::font::{Fonts, Pack};
use monogram::limits::Limits;
use monogram::paint::Assets;
use monogram::render::Resources;
use monogram::template::{Template, samples};
use monogram::torture::{self, Case};

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")
}

fn resources() -> Resources {
    let files = fs::read_dir(templates().join("assets")).unwrap().map(|file| file.unwrap().path());
    let asset =
        |file: PathBuf| (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&file).unwrap().into());
    Resources { images: files.map(asset).collect::<Assets>(), ..Resources::default() }
}

fn fonts(packs: &[&'static Pack]) -> Fonts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/packs");
    Fonts::with_packs(packs, |pack| fs::read(folder.join(pack.file())).ok())
}

#[test]
fn samples_stand_their_torture() {
    let (limits, mut resources) = (Limits::default(), resources());
    let written = fs::read_to_string(templates().join("torture.json")).unwrap();
    let written: BTreeMap<String, Vec<Case>> = serde_json::from_str(&written).unwrap();
    let mut wrong = Vec::new();
    for id in samples::ids() {
        let template = Template::parse(samples::get(id).unwrap(), &limits).unwrap();
        let own = written.get(id).unwrap_or_else(|| panic!("{id} has no cases in torture.json"));
        let cases = torture::cases(&template.document.params, own);
        resources.fonts = fonts(&torture::packs(&template, &cases, &limits));
        resources.add_fonts(&template.fonts(), &limits);
        for outcome in torture::run(&template, &cases, &resources, &limits) {
            for finding in &outcome.findings {
                wrong.push(format!("{id}, {}: {}: {}", outcome.case.name, finding.layer, finding.what));
            }
        }
    }
    assert!(wrong.is_empty(), "`make sheets` draws them:\n{}", wrong.join("\n"));
}
