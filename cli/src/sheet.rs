//! `monogram sheet welcome sheet.png`: a template with its worst cases in one picture; without
//! arguments every sample, into `target/sheets/`.
//!
//! It ends with a failure where a template breaks, so that CI can run it. Cases of a template's own
//! are in `templates/torture.json`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use monogram::template::samples;
use monogram::torture::{self, Outcome};

use crate::Done;
use crate::folder::Folder;
use crate::out::note;

/// Which template, and where to.
#[derive(clap::Args)]
pub struct Arguments {
    /// A template's id, or the file of a template; without one, all samples are drawn into target/sheets/.
    template: Option<String>,
    /// The file to write. Without it: {template}-sheet.png.
    out: Option<PathBuf>,
}

/// Draws the sheets.
///
/// # Errors
/// No such template, or a file that cannot be read or written.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    // A template in a file, whose assets may lie beside it.
    let document = arguments.template.as_deref().map(Path::new);
    let document = document.filter(|file| file.extension().is_some_and(|end| end == "json") && file.is_file());
    let beside = document.map(|document| folder.beside(document));
    let folder = beside.as_ref().unwrap_or(folder);
    let wanted: Vec<(String, PathBuf)> = match &arguments.template {
        Some(name) => {
            let id = match document {
                Some(document) => folder.id_of(document).map_or_else(|| "template".to_owned(), |id| id.to_string()),
                None => name.clone(),
            };
            let out = arguments.out.clone().unwrap_or_else(|| format!("{}-sheet.png", id.replace('/', "-")).into());
            vec![(id, out)]
        }
        None => {
            let sheets = folder.path("target/sheets");
            crate::folder::make(&sheets)?;
            samples::ids().map(|id| (id.to_owned(), sheets.join(format!("{id}.png")))).collect()
        }
    };
    let written = folder.written_cases()?;

    let mut failed = 0_usize;
    for (id, out) in &wanted {
        let template = match document {
            Some(document) => folder.template_in(document)?,
            None => folder.template(id)?,
        };
        let cases = torture::cases(&template.document, written.get(id).map_or(&[], Vec::as_slice));
        let outcomes = torture::run(&template, &cases, folder);
        crate::folder::write(out, torture::sheet(id, &template, &outcomes, folder)?)?;
        failed = failed.saturating_add(report(id, &outcomes));
        note!("{}: {} cases", out.display(), outcomes.len());
    }
    if failed > 0 {
        note!("{failed} cases fail");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints every finding; returns the number of cases that fail.
fn report(id: &str, outcomes: &[Outcome]) -> usize {
    for outcome in outcomes {
        for finding in &outcome.findings {
            note!("FAIL  {id}, {}: {}: {}", outcome.case.name, finding.layer, finding.what);
        }
    }
    outcomes.iter().filter(|outcome| !outcome.findings.is_empty()).count()
}
