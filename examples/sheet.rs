//! Draws a template with its worst cases into one sheet, and fails where it does not stand them:
//! `cargo run --example sheet -- welcome sheet.png`; without arguments every sample, into `target/sheets/`.
//!
//! To be run from the root of the repository: the template is `templates/{id}.json`, read anew; assets are the files of
//! `templates/assets`; cases of its own are in `templates/torture.json`.

#![expect(clippy::print_stderr, reason = "a command line speaks on standard error")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use monogram::limits::Limits;
use monogram::paint::Assets;
use monogram::render::Resources;
use monogram::template::{Template, samples};
use monogram::text::{Fonts, Pack};
use monogram::torture::{self, Case, Outcome};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let wanted: Vec<(String, PathBuf)> = match (arguments.next(), arguments.next()) {
        (Some(id), out) => {
            let out = out.map_or_else(|| format!("{}-sheet.png", id.replace('/', "-")).into(), PathBuf::from);
            vec![(id, out)]
        }
        (None, _) => {
            let folder = Path::new("target/sheets");
            fs::create_dir_all(folder)?;
            samples::ids().map(|id| (id.to_owned(), folder.join(format!("{id}.png")))).collect()
        }
    };
    let mut resources = Resources { images: assets(Path::new("templates/assets"))?, ..Resources::default() };
    let written: BTreeMap<String, Vec<Case>> = serde_json::from_str(&fs::read_to_string("templates/torture.json")?)?;

    let mut failed = 0_usize;
    for (id, out) in &wanted {
        let limits = Limits::default();
        let template = Template::parse(&fs::read_to_string(format!("templates/{id}.json"))?, &limits)?;
        let cases = torture::cases(&template.document.params, written.get(id).map_or(&[], Vec::as_slice));
        resources.fonts = fonts(&torture::packs(&template, &cases, &limits));
        resources.add_fonts(&template.fonts(), &limits);
        let outcomes = torture::run(&template, &cases, &resources, &limits);
        fs::write(out, torture::sheet(id, &template, &outcomes, &resources, &limits)?)?;
        failed = failed.saturating_add(report(id, &outcomes));
        eprintln!("{}: {} cases", out.display(), outcomes.len());
    }
    if failed > 0 {
        eprintln!("{failed} cases fail");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn fonts(packs: &[&'static Pack]) -> Fonts {
    Fonts::with_packs(packs, |pack| fs::read(Path::new("fonts/packs").join(pack.file())).ok())
}

/// Says what is wrong, and counts the cases that fail.
fn report(id: &str, outcomes: &[Outcome]) -> usize {
    for outcome in outcomes {
        for finding in &outcome.findings {
            eprintln!("FAIL  {id}, {}: {}: {}", outcome.case.name, finding.layer, finding.what);
        }
    }
    outcomes.iter().filter(|outcome| !outcome.findings.is_empty()).count()
}

/// Every file of a folder, by its name.
fn assets(folder: &Path) -> Result<Assets, Box<dyn Error>> {
    let mut assets = Assets::new();
    for file in fs::read_dir(folder)? {
        let file = file?;
        assets.insert(file.file_name().to_string_lossy().into_owned(), Rc::from(fs::read(file.path())?));
    }
    Ok(assets)
}
