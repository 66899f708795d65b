//! `monogram push hello.json --id acme/hello`: publishes a template, with the assets that it names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use monogram::request::TemplateId;
use monogram::template::Template;
use monogram::world::World;
use ureq::http::Method;

use crate::Done;
use crate::api::{Access, Refusal, Subject};
use crate::folder::{self, Folder, unreadable};
use crate::validate::assets;

/// Which template, and where to.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file of the template.
    #[arg(value_name = "TEMPLATE.json")]
    template: PathBuf,
    /// The id to publish it under. Without it: the path below templates/, or the file's name.
    #[arg(long)]
    id: Option<String>,
    /// Publishes only if this revision is live; 0 if the template must be new. Without it, the
    /// revision that is live now is replaced.
    #[arg(long, value_name = "REVISION")]
    if_revision: Option<u32>,
    #[command(flatten)]
    access: Access,
}

/// Publishes the template.
///
/// # Errors
/// An invalid template, or a refusal of the service.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let Arguments { template: file, id, if_revision, access } = arguments;
    let text = folder::text(file)?;
    let folder = folder.beside(file);
    // The service would refuse it too; here no half of it is published.
    Template::parse(&text, folder.limits()).map_err(|problem| format!("{}: {problem}", file.display()))?;
    let id = match id {
        Some(id) => Subject::parse(id)?.id,
        None => folder.id_of(file).ok_or("name the template: --id acme/hello")?,
    };
    let api = access.client()?;

    // 1. The assets, so that no picture of the new revision lacks one.
    for asset in assets(&text) {
        let Some(path) = folder.asset_file(&asset) else {
            eprintln!("asset:{asset}: no file lies beside the template; the one of the service is used");
            continue;
        };
        let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        let size = bytes.len();
        let headers = [("Content-Type", content_type(&path))];
        api.send(Method::PUT, &format!("/v1/assets/{asset}"), &headers, bytes)
            .map_err(|error| format!("asset:{asset}: {error}"))?;
        eprintln!("asset:{asset}: {size} bytes");
    }

    // 2. The document, on the condition that nobody has published one in between.
    let path = Subject { id: id.clone(), revision: None }.path();
    let (name, value) = condition(&api, &id, *if_revision)?;
    let headers = [("Content-Type", "application/json"), (name, value.as_str())];
    let answer = api.send(Method::PUT, &path, &headers, text.into_bytes())?;
    let revision = answer.json.get("revision").and_then(serde_json::Value::as_u64);
    for warning in answer.json.get("warnings").and_then(serde_json::Value::as_array).into_iter().flatten() {
        let text = warning.as_str().map_or_else(|| warning.to_string(), str::to_owned);
        eprintln!("warning: {text}");
    }
    match revision {
        Some(revision) => println!("{id}@{revision}"),
        None => println!("{id}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The header that says on which revision the template builds.
fn condition(
    api: &crate::api::Api,
    id: &TemplateId,
    revision: Option<u32>,
) -> Result<(&'static str, String), Box<dyn std::error::Error>> {
    match revision {
        Some(0) => return Ok(("If-None-Match", "*".to_owned())),
        Some(revision) => return Ok(("If-Match", format!("\"{revision}\""))),
        None => {}
    }
    let live = Subject { id: id.clone(), revision: None };
    match api.send(Method::GET, &live.path(), &[], Vec::new()) {
        Ok(answer) => {
            let etag = answer.etag.ok_or("the answer about the live revision has no ETag")?;
            Ok(("If-Match", etag))
        }
        Err(error) if error.downcast_ref::<Refusal>().is_some_and(|refusal| refusal.status == 404) => {
            Ok(("If-None-Match", "*".to_owned()))
        }
        Err(error) => Err(error),
    }
}

/// The media type of an asset by its extension.
fn content_type(file: &Path) -> &'static str {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        _ => "application/octet-stream",
    }
}
