//! `monogram pull acme/hello@4`: a template of a deployment, as a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ureq::http::Method;

use crate::Done;
use crate::api::{self, Access, Subject};
use crate::folder::{self, Folder};
use crate::out::{self, note};

/// Which template, and where to.
#[derive(clap::Args)]
pub struct Arguments {
    /// A template, and a revision if it is not the live one: acme/hello@4
    template: String,
    /// The file to write; - is the standard output. Without it: templates/acme/hello.json
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrites a file that has another content.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    access: Access,
}

/// Fetches the template.
///
/// # Errors
/// A refusal of the service, or a file that cannot be written or has another content.
pub fn run(arguments: &Arguments, root: &Folder) -> Done {
    let Arguments { template, out, force, access } = arguments;
    let subject = Subject::parse(template)?;
    if let Some(out) = out.as_deref().filter(|out| out.is_dir()) {
        let name = format!("{}.json", subject.id.as_str().rsplit('/').next().unwrap_or_default());
        return Err(format!(
            "{}: it is a folder; name a file in it, such as -o {}",
            out.display(),
            out.join(name).display()
        )
        .into());
    }
    let answer = access.client()?.send(Method::GET, &subject.path(), &[], Vec::new())?;
    let document = api::document(&answer);
    let out = out.clone().unwrap_or_else(|| root.path("templates").join(format!("{}.json", subject.id)));
    if out == Path::new("-") {
        out::text(format_args!("{document}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    if !force && fs::read(&out).is_ok_and(|old| old != document.as_bytes()) {
        return Err(format!("{} has another content; write it elsewhere with -o, or use --force", out.display()).into());
    }
    if let Some(parent) = out.parent() {
        folder::make(parent)?;
    }
    folder::write(&out, document)?;
    let revision = answer.etag.map(|etag| format!(", revision {}", etag.trim_matches('"'))).unwrap_or_default();
    note!("{}: {subject}{revision}", out.display());
    Ok(ExitCode::SUCCESS)
}
