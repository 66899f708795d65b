//! `POST /v1/preview`: the picture of a draft, or a view of it. The picture is stored
//! nowhere.

use std::rc::Rc;

use monogram::Inputs;
use monogram::access::Scope;
use monogram::api::preview::{Preview, PreviewBody};
use monogram::api::usage::used_up;
use monogram::error::{Fault, Problem};
use monogram::incremental::Cache;
use monogram::limits::Limits;
use monogram::plan::plan;
use monogram::render::{self, Resources};
use monogram::request::{Format, TemplateId};
use monogram::response::explain::Explained;
use monogram::response::{Reply, view};
use monogram::template::{Edition, Files, Template};
use monogram::world::World;
use monogram_platform::explain::explain;
use monogram_platform::included;

use super::super::deadline::Deadline;
use super::super::feeds::Feeds;
use super::super::log::Log;
use super::super::remotes::{self, Sources};
use super::super::upstream::Upstream;
use super::super::world::Fetched;
use super::super::{assets, fonts};
use super::database::Database;
use super::{Visit, body, drafts, usage};

/// The id that views of a draft without one show.
const NO_ID: &str = "draft";

/// # Errors
/// 400 for the body, 413 or 422 for the draft, 403 for an id that is none of the key's.
pub async fn answer(visit: &Visit<'_>, log: &mut Log) -> Result<Reply, Problem> {
    let (env, limits) = (visit.env(), visit.limits());
    let body = body::json::<PreviewBody>(visit).await?;
    let included = included::texts(visit, &body.document.to_string()).await?;
    let mut wrong = None;
    let parse =
        |text: &str, limits: &Limits| Template::parse(text, limits).inspect_err(|_| wrong = Some(text.to_owned()));
    let preview = match (body.read(|id| included.get(id).cloned(), parse, limits), wrong) {
        (Err(problem), Some(text)) => return Err(explain(&text, problem, limits).await),
        (preview, _) => preview?,
    };
    let Preview { draft, id, size, query, options, format } = preview;
    if let Some(id) = &id {
        visit.allows(Scope::TemplatesRead, id.as_str())?;
    }
    log.format = format.extension();
    log.stage("read");
    if format.is_image() && usage::is_over(visit.call, visit.grant.kid) {
        return Err(used_up());
    }

    // 1. The files of its names, if there is a database that knows them.
    let mut template = draft.template;
    if let Some(id) = id.clone().or_else(|| visit.usual_id())
        && let Ok(database) = Database::of(env, limits)
    {
        let parts = template.document.files.take().unwrap_or_default().parts;
        let files = drafts::files(&database, &id, &template, limits).await?.0;
        template.document.files = Some(Files { parts, ..files });
    }
    let edition = Edition { size: size.as_deref(), dark: options.dark };
    if let Some(made) = template.edition(edition, limits).map_err(|problem| problem.at("size"))? {
        template = made;
    }

    // 2. As a picture of a URL, but no cache keeps the picture. Feeds whose host fails show their
    // examples.
    let name =
        id.clone().or_else(|| TemplateId::parse(NO_ID)).ok_or_else(|| Problem::new(Fault::Ours, "id", "no id"))?;
    let upstream = Upstream::new(visit.call, &name);
    let mut values = template.example_values(&query, limits);
    if !template.document.feeds.is_empty() {
        Feeds::fetch(&upstream, &template, &values, options.lang.as_deref()).await.add_found_to(&mut values);
    }
    let variant = template.vary(&mut values, &options, limits).map(str::to_owned);
    let plan = plan(&Inputs::new(&template, &values, &options, format), limits);
    let sources = match format {
        Format::Txt | Format::Html => Sources::default(),
        _ => remotes::fetch(&upstream, &plan).await,
    };
    sources.blame(&mut values);
    let inputs = Inputs::new(&template, &values, &options, format);
    let tilde = size.as_ref().map(|size| format!("~{size}")).unwrap_or_default();
    let src = format!("{}/i/{}{tilde}.png", visit.call.origin, id.as_ref().map_or(NO_ID, |id| id.as_str()));
    match format {
        Format::Txt => return Ok(view::reply(format, plan.alt, &values, log.stages())),
        Format::Html => return Ok(view::reply(format, view::html(&plan, &options, &src), &values, log.stages())),
        _ => {}
    }
    let deadline = Deadline::after(limits.files_wait_ms);
    let room = limits.images_bytes.saturating_sub(sources.bytes());
    let files = template.document.files.as_ref();
    let mut found = assets::fetch(env, &plan.assets, files, room, deadline, limits).await.found;
    sources.add_to(&mut found);
    let coming = fonts::open(env, &plan.packs, deadline, limits).await;
    let (fonts, _) = fonts::read(&plan.packs, coming, deadline, limits).await;
    log.stage("assets");
    // A cache of its own: with one, a picture has the very bytes that a URL's picture has.
    let world = Fetched { limits, assets: found, fonts, cache: Some(Rc::new(Cache::new(limits))) };
    if format == Format::Json {
        let resources = Resources::of(&plan, &world);
        let mut drawn = render::draw(&inputs, &plan, &resources, world.cache(), limits)?;
        for (place, what) in &template.document.doubts {
            drawn.painted.warnings.push(place, what);
        }
        log.stage("render");
        let explained = Explained {
            template: id.as_ref().map_or(NO_ID, |id| id.as_str()),
            size: size.as_deref(),
            revision: None,
            variant: variant.as_deref(),
            src: &src,
            query: "",
            document: &template.document,
            limits,
            values: &values,
            plan: &plan,
            drawn,
            fonts: &resources.fonts,
        };
        return Ok(view::reply(format, explained.json(), &values, log.stages()));
    }
    let picture = render::picture(&inputs, &plan, &world)?;
    log.stage("render");
    log.warnings = picture.warnings.len();
    usage::count(visit.call, visit.grant.kid);
    let mut reply = Reply::new(200, format.content_type(), picture.bytes);
    reply.set("X-Missing-Glyphs", picture.missing_glyphs.to_string());
    reply.set("X-Warnings", picture.warnings.len().to_string());
    Ok(reply)
}
