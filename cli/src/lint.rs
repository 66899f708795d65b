//! `monogram lint email.html --sender mailchimp`: what is wrong with the pictures in an email,
//! before it is sent.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use monogram::limits::Limits;
use monogram::lint::{self, Context, Known, Report, Severity};
use monogram::request::ImageRequest;
use monogram::snippet::sender;
use monogram::template::{Document, Template, samples};
use serde::Serialize;

use crate::Done;
use crate::clock;
use crate::folder::{self, unreadable};
use crate::out::say;

/// Which emails, and what is known about them.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files with the HTML of an email each; - is the standard input.
    #[arg(required = true, value_name = "EMAIL.html")]
    emails: Vec<PathBuf>,
    /// The sender that replaces the merge tags, such as mailchimp. Without it, the email's other
    /// tags tell it.
    #[arg(long)]
    sender: Option<String>,
    /// How our URLs begin: https://img.example. Without it, pictures are known by their paths.
    /// Repeat it for each.
    #[arg(long = "url-prefix", value_name = "URL")]
    prefixes: Vec<String>,
    /// The folder of the templates, for their params and sizes: templates/
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Ends with a failure for warnings too.
    #[arg(long)]
    strict: bool,
    /// Prints JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// The result for one file.
#[derive(Serialize)]
struct Checked {
    file: String,
    #[serde(flatten)]
    report: Report,
}

/// Checks the emails.
///
/// # Errors
/// An unknown sender, or a file that cannot be read or has no HTML.
pub fn run(arguments: &Arguments) -> Done {
    let limits = Limits::default();
    let sender = arguments.sender.as_deref().map(sender::find).transpose();
    let sender = sender.map_err(|problem| {
        let remedy =
            problem.remedy.unwrap_or_default().replace("GET /v1/senders lists them all", "see docs/snippets.md");
        format!("--sender: {} ({remedy})", problem.message)
    })?;
    let templates = arguments.templates.as_deref().map(|folder| templates(folder, &limits)).transpose()?;
    let find = |image: &ImageRequest| {
        let document = templates.as_ref().and_then(|templates| templates.get(image.template.as_str()));
        document.map_or(Known::Absent, Known::Document)
    };
    let context = Context {
        sender: sender.as_ref(),
        prefixes: &arguments.prefixes,
        templates: if templates.is_some() { Some(&find) } else { None },
        now: clock::now(),
    };
    let mut checked = Vec::new();
    for file in &arguments.emails {
        let html = html(file)?;
        checked.push(Checked { file: file.display().to_string(), report: lint::lint(&html, &context, &limits) });
    }
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&checked)?)?;
    } else {
        checked.iter().try_for_each(print)?;
    }
    let least = if arguments.strict { Severity::Warning } else { Severity::Error };
    let fails = checked.iter().any(|checked| checked.report.worst().is_some_and(|worst| worst >= least));
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(checked: &Checked) -> io::Result<()> {
    let Checked { file, report } = checked;
    for finding in &report.findings {
        say!("{file}:{finding}")?;
    }
    let of = |severity: Severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    say!(
        "{file}: {}, {}, {}",
        count(report.pictures, "picture"),
        count(of(Severity::Error), "error"),
        count(of(Severity::Warning), "warning")
    )
}

/// The HTML of an email. Bytes that are not UTF-8 become U+FFFD, because old emails have other
/// encodings.
fn html(file: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| format!("the standard input cannot be read: {error}"))?;
    } else {
        bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
    }
    if !is_html(&bytes) {
        let name = if file == Path::new("-") { "the standard input".into() } else { file.display().to_string() };
        return Err(format!("{name}: there is no HTML in it; save the email's HTML as a file in UTF-8, and name that"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether bytes have a tag, and are text.
fn is_html(bytes: &[u8]) -> bool {
    let is_tag = |pair: &[u8]| matches!(pair, [b'<', next] if next.is_ascii_alphabetic() || *next == b'!');
    !bytes.contains(&0) && bytes.windows(2).any(is_tag)
}

/// All templates below a folder by their ids; the samples that come with the Worker too. A file that
/// is no template is skipped: folders have other JSON files.
fn templates(folder: &Path, limits: &Limits) -> Result<BTreeMap<String, Document>, String> {
    let parse = |json: &str| Template::parse(json, limits).ok().map(|template| template.document);
    let samples = samples::ids().filter_map(|id| Some((id.to_owned(), parse(samples::get(id)?)?)));
    let mut found: BTreeMap<String, Document> = samples.collect();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).map_err(|error| unreadable(&next, &error))? {
            let path = entry.map_err(|error| unreadable(&next, &error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json")
                && let Ok(name) = path.strip_prefix(folder)
                && let Some(document) = folder::text(&path).ok().and_then(|text| parse(&text))
            {
                found.insert(name.with_extension("").to_string_lossy().replace('\\', "/"), document);
            }
        }
    }
    Ok(found)
}
