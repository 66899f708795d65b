//! `monogram validate hello.json`: what the Worker would refuse, and what a recipient would see
//! broken.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use monogram::asset::AssetId;
use monogram::error::Problem;
use monogram::render::Resources;
use monogram::request::{Format, Options};
use monogram::template::{Template, advice, edition, icons};
use monogram::torture::{self, Case};
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
            Ok(template) => (None, warnings(&text, &template, &written(file, &folder), &folder)),
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

/// The cases that were written by hand for a template of the folder, as `monogram sheet` has them.
fn written(file: &Path, folder: &Folder) -> Vec<Case> {
    let Some(id) = folder.id_of(file) else { return Vec::new() };
    let of_folder = fs::canonicalize(folder.path("templates").join(format!("{id}.json")));
    match (of_folder, fs::canonicalize(file)) {
        (Ok(known), Ok(file)) if known == file => {
            folder.written_cases().ok().and_then(|mut cases| cases.remove(id.as_str())).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// What a valid template shows wrongly: missing files, and the faults of its worst cases.
fn warnings(text: &str, template: &Template, written: &[Case], folder: &Folder) -> Vec<Wrong> {
    let mut warnings = Vec::new();
    // Of a file that is not there, one warning is enough.
    let mut repeated = Vec::new();
    for (asset, place) in named(text) {
        if folder.asset_file(&asset).is_none() {
            repeated.extend([format!("the asset {asset} could not be had"), format!("there is no asset {asset}")]);
            // The advice below says why it is no name.
            if !asset.is_path() {
                continue;
            }
            warnings.push(Wrong {
                code: "missing-asset",
                field: Some(place),
                message: format!("there is no file for asset:{asset}"),
                remedy: Some(match folder.nearest_asset(&asset) {
                    Some(near) => format!("did you mean asset:{near}?"),
                    None => "put it beside the template, or into a folder assets there".to_owned(),
                }),
            });
        }
    }
    let advice = advice::of(&template.document);
    // What a picture says of a field is in other words what is said of its text already.
    let said: Vec<String> = advice.iter().map(|(field, _)| field.clone()).filter(|field| field.contains('.')).collect();
    for (field, message) in advice {
        warnings.push(Wrong { code: "no-effect", field: Some(field), message, remedy: None });
    }
    let cases = torture::cases(&template.document, written);
    if let Some(example) = cases.iter().find(|case| case.name == "example") {
        let limits = folder.limits();
        let values = template.example_values(&example.query, limits);
        let options = Options::read(&example.query, limits);
        let inputs = Inputs::new(template, &values, &options, Format::Png);
        let notes = Resources::of(&plan::plan(&inputs, limits), folder).notes(limits);
        let drawn = monogram::render(&inputs, folder)
            .map_or_else(|problem| vec![problem.to_string()], |picture| picture.warnings);
        let of_field = |message: &str| message.split_once(": ").map(|(field, _)| field.to_owned());
        let is_new = |message: &String| {
            !repeated.iter().any(|said| message.ends_with(said))
                && of_field(message).is_none_or(|field| !said.contains(&field))
        };
        let wrong = |message: String| Wrong { code: "picture", field: None, message, remedy: None };
        let found: Vec<String> = notes.into_iter().chain(drawn).filter(is_new).collect();
        if found.iter().any(|message| message.contains("there is no such font")) {
            repeated.push("there is no such font".to_owned());
        }
        warnings.extend(found.into_iter().map(wrong));
    }
    // A fault of many cases is one warning.
    let mut faults: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for outcome in torture::run(template, &cases, folder) {
        for finding in outcome.findings {
            if repeated.contains(&finding.what) || said.contains(&finding.layer) {
                continue;
            }
            let key = (finding.layer, finding.what);
            if !faults.contains_key(&key) {
                order.push(key.clone());
            }
            faults.entry(key).or_default().push(outcome.case.name.clone());
        }
    }
    // So is the same fault of several items of a list.
    let mut of_items: BTreeMap<(String, String, Vec<String>), usize> = BTreeMap::new();
    let whole = |(layer, what): &(String, String)| {
        let cases = faults.get(&(layer.clone(), what.clone())).cloned().unwrap_or_default();
        Some((without_item(layer)?, what.clone(), cases))
    };
    let mut kept = Vec::new();
    for key in order {
        match whole(&key) {
            Some(items) => {
                let count = of_items.entry(items).or_default();
                *count = count.saturating_add(1);
                if *count == 1 {
                    kept.push(key);
                }
            }
            None => kept.push(key),
        }
    }
    let others = |key: &(String, String)| whole(key).and_then(|items| of_items.get(&items)?.checked_sub(1));
    let kept: Vec<_> = kept.into_iter().map(|key| (others(&key).unwrap_or_default(), key)).collect();
    for (others, key) in kept {
        let cases = faults.remove(&key).unwrap_or_default();
        let (layer, what) = key;
        let what = match others {
            0 => what,
            1 => format!("{what}, and so in another item"),
            others => format!("{what}, and so in {others} other items"),
        };
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

/// The path of a layer in an item of a list, without the number of the item: `layers[2][].children[0]`. `None` if
/// it is in no item.
fn without_item(layer: &str) -> Option<String> {
    let (before, rest) = layer.split_once("][")?;
    let (_, behind) = rest.split_once(']')?;
    Some(format!("{before}][]{behind}"))
}

/// The assets that a document names, each with the first place that does.
pub fn assets(document: &str) -> BTreeMap<AssetId, String> {
    named(document).into_iter().filter(|(asset, _)| asset.is_path()).collect()
}

/// The same, and what is no name of an asset.
fn named(document: &str) -> BTreeMap<AssetId, String> {
    let mut assets = BTreeMap::new();
    if let Ok(json) = serde_json::from_str(document) {
        collect(&json, "", &mut assets);
    }
    assets
}

fn collect(json: &serde_json::Value, path: &str, assets: &mut BTreeMap<AssetId, String>) {
    match json {
        serde_json::Value::String(text) => {
            // A name with an expression in it is known only when the picture is drawn.
            if let Some(name) = text.strip_prefix("asset:").map(AssetId::from) {
                assets.entry(name).or_insert_with(|| path.to_owned());
            }
        }
        serde_json::Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, item)| collect(item, &format!("{path}[{index}]"), assets));
        }
        serde_json::Value::Object(fields) => {
            let dot = if path.is_empty() { "" } else { "." };
            fields.iter().for_each(|(name, field)| collect(field, &format!("{path}{dot}{name}"), assets));
        }
        _ => {}
    }
}
