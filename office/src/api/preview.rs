//! `POST /v1/preview`: the picture of a draft, or a view of it. The module that draws gets the draft with its files.

use monogram::access::Scope;
use monogram::api::preview::{Preview, PreviewBody};
use monogram::error::Problem;
use monogram::request::Options;
use monogram::response::Reply;
use monogram::response::image::server_timing;
use monogram::template::{Edition, mistake};
use monogram_platform::database::Database;
use monogram_platform::log::Log;
use monogram_platform::{Visit, body, included};

use super::drafts::Found;
use crate::renderer::Renderer;

/// The id that views of a draft without one show.
const NO_ID: &str = "draft";

/// The headers that the module that draws gives its answer.
const HEADERS: [&str; 9] = [
    "Cache-Control",
    "X-Cache",
    "X-Params",
    "Content-Security-Policy",
    "X-Missing-Glyphs",
    "X-Warnings",
    "X-Problem",
    "Retry-After",
    "Server-Timing",
];

/// # Errors
/// 400 for the body, 413 or 422 for the draft, 403 for an id that is none of the key's, 503.
pub async fn answer(visit: &Visit<'_>, renderer: &Renderer, log: &mut Log) -> Result<Reply, Problem> {
    let (env, limits) = (visit.env(), visit.limits());
    let body = body::json::<PreviewBody>(visit).await?;
    let included = included::texts(visit, &body.document.to_string()).await?;
    let preview = body.read(&|id| included.get(id).cloned(), mistake::parse, limits)?;
    let Preview { draft, id, size, query, options, format } = preview;
    if let Some(id) = &id {
        visit.allows(Scope::TemplatesRead, id.as_str())?;
    }
    log.format = format.extension();
    log.stage("read");

    // 1. The files of its names, if there is a database that knows them.
    let folder = id.clone().or_else(|| visit.usual_id()).filter(|_| Database::of(env, limits).is_ok());
    let found = Found::of(visit, &draft, folder.as_ref()).await?;
    let edition = Edition { size: size.as_deref(), dark: Options::read(&options, limits).dark };
    draft.template.edition(edition, limits).map_err(|problem| problem.at("size"))?;

    // 2. The picture at the URL that it would have.
    let name = id.as_ref().map_or(NO_ID, |id| id.as_str());
    let size = size.map(|size| format!("~{size}")).unwrap_or_default();
    let (origin, extension) = (visit.call.origin, format.extension());
    let url = format!("{origin}/i/{name}{size}.{extension}?{query}");
    let drawn = renderer.preview(&found.text, &url, &options, visit.grant.kid).await?;
    let mut reply = Reply::new(drawn.status, drawn.header("content-type"), drawn.body.to_vec());
    for name in HEADERS {
        let Some(value) = drawn.find(&name.to_ascii_lowercase()) else { continue };
        match name {
            "Server-Timing" if value.is_empty() => reply.set(name, server_timing(log.stages())),
            "Server-Timing" => reply.set(name, format!("{}, {value}", server_timing(log.stages()))),
            _ => reply.set(name, value),
        }
    }
    log.warnings = drawn.header("x-warnings").parse().unwrap_or_default();
    log.problem = drawn.find("x-problem").map(|code| code.to_owned().into());
    Ok(reply)
}
