//! `monogram validate hello.json`: what the Worker would refuse, and what a recipient would see
//! broken.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use monogram::asset::AssetId;
use monogram::error::Problem;
use monogram::render::Resources;
use monogram::request::{Format, Options};
use monogram::template::{Template, advice, edition, icons};
use monogram::torture;
use monogram::world::World;
use monogram::{Inputs, plan};
use serde::Serialize;

use crate::Done;
use crate::folder::{self, Folder};
use crate::out::say;

/// The most names of cases that a warning lists.
const MAX_CASES: usize = 3;

/// Which templates.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files with a template each.
    #[arg(required = true, value_name = "TEMPLATE.json")]
    templates: Vec<PathBuf>,
    /// Ends with a failure for warnings too.
    #[arg(long)]
    strict: bool,
    /// Prints JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// What is wrong with one template.
#[derive(Serialize)]
struct Verdict {
    file: String,
    /// Whether the Worker would take it.
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Wrong>,
    warnings: Vec<Wrong>,
}

/// One error or warning.
#[derive(Serialize, PartialEq, Eq)]
struct Wrong {
    code: &'static str,
    /// A path in the document, or a layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Wrong {
    fn line(&self) -> String {
        let Self { field, message, remedy, .. } = self;
        let field = field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default();
        let remedy = remedy.as_ref().map(|remedy| format!(" ({remedy})")).unwrap_or_default();
        format!("{field}{message}{remedy}")
    }
}

impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Self {
        let Problem { code, field, message, remedy, .. } = problem;
        Self { code, field, message, remedy }
    }
}

/// Checks the templates.
///
/// # Errors
/// A file that cannot be read.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let mut verdicts = Vec::new();
    for file in &arguments.templates {
        let text = folder::text(file)?;
        let folder = folder.beside(file);
        let template =
            folder.parse(&text).and_then(|template| edition::check(&template, folder.limits()).map(|()| template));
        let file_of = |asset: &AssetId| folder.asset(asset);
        let template = template.and_then(|template| match icons::unknown(&template.document, file_of) {
            Some(problem) => Err(problem),
            None => Ok(template),
        });
        let (error, warnings) = match template {
            Err(problem) => (Some(Wrong::from(problem)), Vec::new()),
            Ok(template) => (None, warnings(&text, &template, &folder)),
        };
        verdicts.push(Verdict { file: file.display().to_string(), valid: error.is_none(), error, warnings });
    }
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&verdicts)?)?;
    } else {
        verdicts.iter().try_for_each(print)?;
    }
    let fails = |verdict: &Verdict| !verdict.valid || arguments.strict && !verdict.warnings.is_empty();
    Ok(if verdicts.iter().any(fails) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(verdict: &Verdict) -> io::Result<()> {
    let Verdict { file, error, warnings, .. } = verdict;
    for (word, wrong) in
        error.iter().map(|wrong| ("error", wrong)).chain(warnings.iter().map(|wrong| ("warning", wrong)))
    {
        say!("{file}: {word}: {}", wrong.line())?;
    }
    if error.is_none() && warnings.is_empty() {
        say!("{file}: valid, and no case breaks it")?;
    }
    Ok(())
}

/// What a valid template shows wrongly: missing files, and the faults of its worst cases.
fn warnings(text: &str, template: &Template, folder: &Folder) -> Vec<Wrong> {
    let mut warnings = Vec::new();
    for asset in assets(text) {
        if folder.asset_file(&asset).is_none() {
            warnings.push(Wrong {
                code: "missing-asset",
                field: None,
                message: format!("there is no file for asset:{asset}"),
                remedy: Some(match folder.nearest_asset(&asset) {
                    Some(near) => format!("did you mean asset:{near}?"),
                    None => "put it beside the template, or into a folder assets there".to_owned(),
                }),
            });
        }
    }
    for (field, message) in advice::of(&template.document) {
        warnings.push(Wrong { code: "no-effect", field: Some(field), message, remedy: None });
    }
    let cases = torture::cases(&template.document, &[]);
    if let Some(example) = cases.iter().find(|case| case.name == "example") {
        let limits = folder.limits();
        let values = template.example_values(&example.query, limits);
        let options = Options::read(&example.query, limits);
        let inputs = Inputs::new(template, &values, &options, Format::Png);
        let notes = Resources::of(&plan::plan(&inputs, limits), folder).notes(limits);
        let drawn = monogram::render(&inputs, folder)
            .map_or_else(|problem| vec![problem.to_string()], |picture| picture.warnings);
        let wrong = |message: String| Wrong { code: "picture", field: None, message, remedy: None };
        warnings.extend(notes.into_iter().chain(drawn).map(wrong));
    }
    // A fault of many cases is one warning.
    let mut faults: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for outcome in torture::run(template, &cases, folder) {
        for finding in outcome.findings {
            let key = (finding.layer, finding.what);
            if !faults.contains_key(&key) {
                order.push(key.clone());
            }
            faults.entry(key).or_default().push(outcome.case.name.clone());
        }
    }
    for key in order {
        let cases = faults.remove(&key).unwrap_or_default();
        let (layer, what) = key;
        let more = cases.len().saturating_sub(MAX_CASES);
        let names = cases.iter().take(MAX_CASES).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let warning = Wrong {
            code: "worst-case",
            field: Some(layer).filter(|layer| !layer.is_empty()),
            message: format!("{what}, in the case {names}{more}"),
            remedy: None,
        };
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}

/// The assets that a document names.
pub fn assets(document: &str) -> Vec<AssetId> {
    let mut assets = Vec::new();
    if let Ok(json) = serde_json::from_str(document) {
        collect(&json, &mut assets);
    }
    assets.sort_unstable();
    assets.dedup();
    assets
}

fn collect(json: &serde_json::Value, assets: &mut Vec<AssetId>) {
    match json {
        serde_json::Value::String(text) => {
            // A name with an expression in it is known only when the picture is drawn.
            let name = text.strip_prefix("asset:").map(AssetId::from).filter(AssetId::is_path);
            assets.extend(name);
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, assets)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| collect(value, assets)),
        _ => {}
    }
}
