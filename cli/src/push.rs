//! `monogram push hello.json --id acme/hello`: publishes a template, with the assets that it names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use monogram::api::names::{Name, Names};
use monogram::asset::AssetId;
use monogram::request::TemplateId;
use monogram::template::edition;
use monogram::world::World;
use serde_json::Value as Json;
use ureq::http::Method;

use crate::Done;
use crate::api::{Access, Refusal, Subject};
use crate::folder::{self, Folder, unreadable};
use crate::out::{note, say};
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
    let template =
        folder.parse(&text).and_then(|template| edition::check(&template, folder.limits()).map(|()| template));
    let template = template.map_err(|problem| format!("{}: {problem}", file.display()))?;
    let id = match id {
        Some(id) => Subject::parse(id)?.id,
        None => folder.id_of(file).ok_or("name the template: --id acme/hello")?,
    };
    let api = access.client()?;

    // 1. The assets, so that no picture of the new revision lacks one.
    let mut assets: BTreeSet<AssetId> = assets(&text).into_keys().collect();
    for name in Names::of_all(&template, folder.limits()).assets {
        // A name that an expression makes may become each of these. A value that names any asset is
        // one of the service.
        if let Name::Part { prefix, suffix } = name
            && !prefix.is_empty()
        {
            assets.extend(folder.assets_like(&prefix, &suffix));
        }
    }
    for asset in assets {
        let Some(path) = folder.asset_file(&asset) else {
            note!("asset:{asset}: no file lies beside the template; the one of the service is used");
            continue;
        };
        let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        let size = bytes.len();
        let headers = [("Content-Type", content_type(&path))];
        let name = place(&id, asset.as_str());
        api.send(Method::PUT, &format!("/v1/assets/{name}"), &headers, bytes)
            .map_err(|error| format!("asset:{name}: {error}"))?;
        note!("asset:{name}: {size} bytes");
    }

    // 2. The document, on the condition that nobody has published one in between.
    let path = Subject { id: id.clone(), revision: None }.path();
    let (name, value) = condition(&api, &id, *if_revision)?;
    let headers = [("Content-Type", "application/json"), (name, value.as_str())];
    let answer = api.send(Method::PUT, &path, &headers, text.into_bytes())?;
    let revision = answer.json.get("revision").and_then(Json::as_u64);
    for warning in answer.json.get("warnings").and_then(Json::as_array).into_iter().flatten() {
        note!("warning: {}", words(warning));
    }
    match revision {
        Some(revision) => say!("{id}@{revision}")?,
        None => say!("{id}")?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The name of an asset in the deployment: in the folder of the template, where it is found first and
/// where a key that is limited to the client may put it.
fn place(id: &TemplateId, asset: &str) -> String {
    let client = id.as_str().split_once('/').map(|(client, _)| client);
    let is_whole = asset.split_once('/').is_some_and(|(folder, _)| Some(folder) == client);
    match id.as_str().rsplit_once('/') {
        Some((folder, _)) if !is_whole => format!("{folder}/{asset}"),
        _ => asset.to_owned(),
    }
}

/// A warning of the service in words: its layer, what is wrong, and in which cases.
fn words(warning: &Json) -> String {
    let text = |name: &str| warning.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let Some(what) = text("warning") else { return warning.to_string() };
    let layer = text("layer").map(|layer| format!("{layer}: ")).unwrap_or_default();
    let cases: Vec<&str> =
        warning.get("cases").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    let cases = if cases.is_empty() { String::new() } else { format!(", in the case {}", cases.join(", ")) };
    format!("{layer}{what}{cases}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_goes_into_the_folder_of_its_template() {
        for (id, asset, expected) in [
            ("welcome", "logo.png", "logo.png"),
            ("acme/hello", "logo.png", "acme/logo.png"),
            ("acme/q3/hello", "logo.png", "acme/q3/logo.png"),
            ("acme/q3/hello", "icons/star.png", "acme/q3/icons/star.png"),
            ("acme/q3/hello", "acme/logo.png", "acme/logo.png"),
        ] {
            let id = TemplateId::parse(id).map(|id| place(&id, asset));
            assert_eq!(id.as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_warning_is_words() {
        for (warning, expected) in [
            (r#"{"warning":"2 files are left out"}"#, "2 files are left out"),
            (
                r#"{"layer":"name","warning":"it is cut","cases":["longest","capitals"]}"#,
                "name: it is cut, in the case longest, capitals",
            ),
            (r#""it is cut""#, "\"it is cut\""),
        ] {
            assert_eq!(serde_json::from_str(warning).map(|json| words(&json)).ok().as_deref(), Some(expected));
        }
    }
}
