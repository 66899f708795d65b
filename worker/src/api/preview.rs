//! The picture of a draft, or a view of it, for `POST /v1/preview`. The picture is stored nowhere.
//!
//! The other module has read the draft, and has written the files into it that its names stand for.

use std::rc::Rc;

use monogram::Inputs;
use monogram::api::usage::used_up;
use monogram::error::{Fault, Problem};
use monogram::incremental::Cache;
use monogram::plan::plan;
use monogram::render::{self, Resources};
use monogram::request::{self, Format, Options, Route};
use monogram::response::explain::Explained;
use monogram::response::{Reply, view};
use monogram::template::{Edition, Template};
use monogram::world::World;

use super::super::deadline::Deadline;
use super::super::feeds::Feeds;
use super::super::log::Log;
use super::super::remotes::{self, Sources};
use super::super::upstream::Upstream;
use super::super::world::Fetched;
use super::super::{Call, assets, fonts};
use super::usage;

/// The draft at the path of the call, with the values of this query and the options of another. `kid` is the
/// number of the API key that pays for the picture.
///
/// # Errors
/// 429 if the quota of the key is used up; those of drawing.
pub async fn draw(call: &Call<'_>, document: &str, query: &str, options: &str, kid: u32) -> Result<Reply, Problem> {
    let (env, limits) = (call.env, call.limits);
    let Route::Image(image) = request::read("GET", call.path, "", limits)?.route else {
        return Err(Problem::new(Fault::Ours, "no-draft", "This is no path of a draft"));
    };
    let (format, options) = (image.format, Options::read(options, limits));
    if format.is_image() && usage::is_over(call, kid) {
        return Err(used_up());
    }
    let mut log = Log::start(String::new(), "");
    let mut template = Template::parse(document, limits)?;
    let edition = Edition { size: image.size.as_deref(), dark: options.dark };
    if let Some(made) = template.edition(edition, limits)? {
        template = made;
    }

    // As a picture of a URL, but no cache keeps the picture. Feeds whose host fails show their
    // examples.
    let upstream = Upstream::new(call, &image.template);
    let mut values = template.example_values(query, limits);
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
    let src = super::super::image_url(call, format, "");
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
            template: image.template.as_str(),
            size: image.size.as_deref(),
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
    usage::count(call, kid);
    let mut reply = Reply::new(200, format.content_type(), picture.bytes);
    reply.set("X-Missing-Glyphs", picture.missing_glyphs.to_string());
    reply.set("X-Warnings", picture.warnings.len().to_string());
    Ok(reply)
}
