//! The Worker: the only module that knows of Cloudflare, and the only one that waits.
//!
//! It asks the pure stages for the next step, and brings the data that they need: the template from
//! KV, assets, finished pictures from the caches. Invariants: every fault of KV, of a cache or of
//! an asset is a miss; every request gets a page or a picture; nothing here reads a value.
//!
//! It draws, and nothing else: what needs no renderer is in `office/`, whose code no isolate loads for
//! a picture.
//!
//! JavaScript stands in front of it: `guard.js` handles a request that ends the instance, and
//! `repeats.js` answers a repeated URL without calling this code.

mod api;
mod assets;
mod cache;
mod circumstances;
mod feeds;
mod fonts;
mod health;
mod kept;
mod memory;
mod permit;
mod records;
mod remotes;
mod repeats;
mod signature;
mod turn;
mod upstream;
mod world;

use std::cell::OnceCell;

use futures_util::future::join;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::Uint8Array;
use worker::worker_sys::Context as JsContext;
use worker::{Context, Env, Result, event, web_sys};

use monogram::Inputs;
use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::params::Values;
use monogram::plan::{self, plan};
use monogram::policy::select;
use monogram::render::{self, Resources};
use monogram::request::{self, Format, ImageRequest, Options, Route, TemplateId};
use monogram::response::explain::Explained;
use monogram::response::image::{Cached, ImageReply};
use monogram::response::{Freshness, Key, Reply, key, problem, view};
use monogram::template::document::Access;
use monogram::world::World;
use monogram_platform::secrets::{unsigned, unsigned_is_allowed};
use monogram_platform::templates::Reader;
use monogram_platform::{Call, auth, database, deadline, limit, log, revoked, running, send, svg, templates};

use cache::Finished;
use circumstances::Circumstances;
use deadline::Deadline;
use feeds::Feeds;
use log::Log;
use permit::Permit;
use remotes::Sources;
use repeats::Repeat;
use upstream::Upstream;
use world::Fetched;

/// The answer to a request.
struct Answer {
    reply: Reply,
    /// The body, if it is a picture's file. Its bytes are in JavaScript's memory, from where the
    /// runtime sends them and the caches store them.
    file: Option<Uint8Array>,
    /// The data with which to answer the same URL again.
    repeat: Option<Repeat>,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self { reply, file: None, repeat: None }
    }
}

// The `worker` crate's own requests and responses are not used: they ask JavaScript for data that
// nobody needs, and copy bodies.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, ctx: Context) -> Result<web_sys::Response> {
    running::for_request(&request, respond(&request, env, ctx)).await
}

async fn respond(request: &web_sys::Request, env: Env, ctx: Context) -> Result<web_sys::Response> {
    log::hook_panics();
    let agent = request.headers().get("User-Agent").ok().flatten().unwrap_or_default();
    let proxy = request::proxy::name(&agent).unwrap_or_default();
    let (limits, mut log) = (Limits::default(), Log::start(api::request_id(), proxy));
    let (method, url) = (request.method(), request.url());
    let if_none_match = request.headers().get("If-None-Match").ok().flatten().unwrap_or_default();
    let (origin, path, query) = monogram_platform::split(&url);
    let call = Call { request, env: &env, ctx: &ctx, limits: &limits, origin, path, if_none_match: &if_none_match };

    let Answer { mut reply, file, repeat } = if method == "OPTIONS" {
        monogram_platform::preflight(path).into()
    } else {
        match answer(&call, &method, query, &mut log).await {
            Ok(answer) => answer,
            Err(problem) => {
                log.problem = Some(problem.code.into());
                let reply = if request::route::is_image(path) {
                    problem::placeholder(&problem, placeholder(problem.fault == Fault::Document))
                } else {
                    problem::document(&problem)
                };
                reply.into()
            }
        }
    };
    reply.set("X-Request-Id", log.request.as_str());
    let file = file.or_else(|| (!reply.body.is_empty()).then(|| Uint8Array::from(reply.body.as_slice())));
    log.write(&reply, file.as_ref().map_or(0, Uint8Array::length));
    // The answer to a HEAD has every header of the GET, including its length.
    let response = send::response(reply.status, &reply.headers, file.filter(|_| method != "HEAD").as_ref())?;
    if let Some(repeat) = repeat {
        repeat.add_to(&response);
    }
    Ok(response)
}

/// Forgets what the other module has changed: `t:{id}` is the live document of a template, `keys` is
/// what is known of API keys.
#[wasm_bindgen]
pub fn forget(what: &str) {
    match what.strip_prefix("t:").and_then(TemplateId::parse) {
        Some(id) => templates::forget(&id, &Limits::default()),
        None if what == "keys" => {
            auth::forget_all();
            revoked::forget();
        }
        None => {}
    }
}

/// Budgets for a draft that the other module has read within its limit, and whose text has grown by the names of
/// its files.
fn of_draft() -> Limits {
    Limits { template_bytes: usize::MAX, ..Limits::default() }
}

/// The stress test of a draft that the other module publishes or checks, as the JSON of a
/// [`Tried`](monogram::api::publish::Tried). `None` if the draft cannot be read. `request` is the one that is
/// being served, and `cases` are the JSON of the cases.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn stress(request: web_sys::Request, document: String, cases: String, env: Env) -> Option<String> {
    log::hook_panics();
    running::for_request(&request, api::drafts::check(&env, &document, &cases, &of_draft())).await
}

/// The answer to `POST /v1/preview`, whose body the other module has read: the draft, and the URL that its
/// picture would have, with the values in its query. The options have a query of their own.
///
/// # Errors
/// The runtime refuses the answer.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn preview(
    request: web_sys::Request,
    document: String,
    url: String,
    options: String,
    kid: u32,
    env: Env,
    ctx: JsContext,
) -> std::result::Result<web_sys::Response, JsValue> {
    log::hook_panics();
    let (limits, ctx) = (of_draft(), Context::new(ctx));
    let (origin, path, query) = monogram_platform::split(&url);
    let call = Call { request: &request, env: &env, ctx: &ctx, limits: &limits, origin, path, if_none_match: "" };
    let drawn = Box::pin(api::preview::draw(&call, &document, query, &options, kid));
    let reply = running::for_request(&request, drawn).await.unwrap_or_else(|problem| problem::document(&problem));
    send::response(reply.status, &reply.headers, Some(&Uint8Array::from(reply.body.as_slice())))
}

/// Makes what the pictures of a new revision are drawn on, for isolates that begin.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn compile(request: web_sys::Request, document: String, env: Env) -> bool {
    log::hook_panics();
    running::for_request(&request, kept::compile(&env, &document, &Limits::default())).await.is_some()
}

/// The whole course of a request, from top to bottom.
async fn answer(call: &Call<'_>, method: &str, query: &str, log: &mut Log) -> std::result::Result<Answer, Problem> {
    // 1. Read the request.
    let request = request::read(method, call.path, query, call.limits)?;
    log.kind = request.handler;
    let image = match &request.route {
        Route::Image(image) | Route::Signed { image, .. } | Route::Sealed { image, .. } => image,
        Route::Health => return Ok(health::reply().into()),
        // guard.js asks the other module for these.
        _ => return Err(Problem::new(Fault::Unavailable, "no-office", "This module only draws")),
    };
    (log.format, log.revision) = (image.format.extension(), image.revision);

    // 2. Find the template: in memory, in KV, or compiled in. Beside it comes the list of keys whose
    // URLs are refused, if there is a signature.
    let reader = if image.format.is_image() { Reader::Recipient } else { Reader::Author };
    let find = templates::find(call.env, &image.template, image.revision, reader, call.limits);
    let (permit, found) = match &request.route {
        Route::Signed { token, .. } => {
            let (revoked, found) = join(revoked::list(call.env, call.limits), find).await;
            (Permit::Url(signature::verify(call.env, &revoked, token, image, call.limits)?), found?)
        }
        Route::Sealed { token, .. } => {
            let (revoked, found) = join(revoked::list(call.env, call.limits), find).await;
            (Permit::Url(signature::open(call.env, &revoked, token, image, call.limits)?), found?)
        }
        _ => (Permit::Open, find.await?),
    };
    let dark = match permit.bound() {
        Some(bound) => select::options(bound, query, call.limits).dark,
        None => request.options.dark,
    };
    // A row of a batch has its own picture or none; it can wait for a store.
    let is_job = permit::of_job(call.env).is_some();
    if is_job && found.stale {
        return Err(database::unavailable());
    }
    let found = templates::edition(found, image, dark, call.limits)?;
    // A repeat is answered without a look at the clock, so a URL that expires is never a repeat.
    let is_again = permit.is_open() && repeats::is_again(call.path, query, call.limits);
    let template = &found.template;
    log.template = image.template.to_string();
    log.stage("template");
    let permit = if let Some(kid) = permit::of_job(call.env) {
        Permit::Key(kid)
    } else if permit.is_open() && template.document.access == Access::Signed {
        // Who sends a key is a program, and gets errors as documents.
        match api::render::kid(call, &image.template).await {
            Ok(Some(kid)) => Permit::Key(kid),
            Ok(None) if unsigned_is_allowed(call.env) => permit,
            Ok(None) => return Err(unsigned("this template answers only to signed URLs")),
            Err(problem) => {
                log.problem = Some(problem.code.into());
                return Ok(problem::document(&problem).for_own_origin().into());
            }
        }
    } else {
        permit
    };
    log.kid = permit.kid();

    // 3. Read the values, which give the picture its identity. A client that already has it needs
    // no more.
    let document = &template.document;
    let read = |query: &str| match permit.bound() {
        // Only values that the signature allows are drawn: no other code reads the query of such a
        // URL.
        Some(bound) => (
            select::values(bound, &document.params, &document.missing, query, call.limits),
            select::options(bound, query, call.limits),
        ),
        None => (template.values(query, call.limits), Options::read(query, call.limits)),
    };
    let (mut values, options) = read(query);
    // Records are values too. They come first, because a variant may depend on them.
    let records = records::fetch(call, &document.params, &mut values, permit.is_open()).await;
    if is_job && !records.are_current {
        return Err(database::unavailable());
    }
    let circumstances = Circumstances::of(call, document);
    let context = circumstances.context();
    context.add_to(document, &mut values, call.limits);
    let variant = template.vary(&mut values, &options, call.limits);
    // The deadline of other hosts begins with the first question.
    let upstream = OnceCell::new();
    let upstream = || upstream.get_or_init(|| Upstream::new(call, &image.template));
    let feeds = if document.feeds.is_empty() {
        Feeds::default()
    } else {
        let feeds = Feeds::fetch(upstream(), template, &values, options.lang.as_deref()).await;
        log.stage("feeds");
        feeds
    };
    feeds.add_to(&mut values);
    let inputs = Inputs::new(template, &values, &options, image.format);
    let key = Key::new(key::BUILD, &inputs, call.limits);
    // Images of other hosts are part of that identity, so they are fetched first.
    let is_drawn = image.format.is_image() || image.format == Format::Json;
    let has_remotes = is_drawn && plan::may_show_remotes(template, &values);
    let sources = if has_remotes {
        let sources = remotes::fetch(upstream(), &plan(&inputs, call.limits)).await;
        log.stage("remotes");
        sources
    } else {
        Sources::default()
    };
    let key = sources.key(key);
    sources.blame(&mut values);
    // The image at a URL may change, also where the template may not.
    let are_current = feeds.are_current() && sources.are_current() && records.are_current;
    let depends = document.now.is_some() || !document.context.is_empty();
    let changes = has_remotes || feeds.ttl_s.is_some() || !records.tags.is_empty() || depends;
    let ttl_s = feeds.ttl_s.into_iter().chain(context.seconds_left(document)).min();
    let freshness = |is_unfinished| {
        let freshness = permit.freshness(&found, image, is_unfinished || !are_current, changes, ttl_s);
        if document.context.is_empty() { freshness } else { freshness.for_one() }
    };
    if image.format.is_image() && key.matches(call.if_none_match) {
        let freshness = freshness(false);
        let about = ImageReply {
            timing: log.stages(),
            ..image_reply(image, &values, &records.tags, variant, key.etag(), freshness, Cached::Hit)
        };
        let repeat = || {
            let finished = cache::recall(key, call.limits).filter(|finished| finished.whole);
            Repeat::new(&found, image, finished.as_ref(), &about, log, call.limits)
        };
        let repeat = (is_again && !changes).then(repeat).flatten();
        return Ok(Answer { repeat, ..about.not_modified().into() });
    }

    // 4. Look for a finished picture, in this isolate or in the Cache API.
    if image.format.is_image()
        && let Some(finished) = cache::get(call.origin, key, call.limits, log).await
        && (!is_job || are_current && finished.whole)
    {
        let etag = if finished.whole { key.etag() } else { key.etag_of_unfinished() };
        let freshness = freshness(!finished.whole);
        let missing_glyphs = finished.missing_glyphs;
        let about = image_reply(image, &values, &records.tags, variant, etag, freshness, Cached::Hit);
        let about = ImageReply { timing: log.stages(), missing_glyphs, ..about };
        let repeat = || Repeat::new(&found, image, Some(&finished), &about, log, call.limits);
        let repeat = (is_again && !changes && log.tier == "memory" && finished.whole).then(repeat).flatten();
        return Ok(Answer { file: Some(finished.file.clone()), repeat, ..finished.reply(&about, image.format).into() });
    }

    // 5. A network that asks for too many new pictures of a template gets the one without values; so
    // does a key that has used up its quota.
    let is_used_up = permit.kid().is_some_and(|kid| api::usage::is_over(call, kid));
    let is_limited = image.format.is_image() && (is_used_up || !limit::may_draw(call, &image.template).await);
    let (values, options) = if is_limited {
        let (mut values, options) = read("");
        context.add_to(document, &mut values, call.limits);
        (values, options)
    } else {
        (values, options)
    };
    let variant = if is_limited { None } else { variant };
    let inputs = Inputs::new(template, &values, &options, image.format);
    let key = if is_limited { Key::new(key::BUILD, &inputs, call.limits) } else { key };
    if is_limited && is_job {
        return Err(Problem::new(Fault::TooMany, "quota-used-up", "The quota of the API key is used up"));
    }
    if is_limited {
        log.problem = Some(if is_used_up { "quota-used-up" } else { "too-many-pictures" }.into());
        if let Some(finished) = cache::get(call.origin, key, call.limits, log).await {
            let freshness = freshness(true);
            let about =
                image_reply(image, &values, &records.tags, variant, key.etag_of_unfinished(), freshness, Cached::Hit);
            let about = ImageReply { timing: log.stages(), missing_glyphs: finished.missing_glyphs, ..about };
            return Ok(Answer { file: Some(finished.file.clone()), ..finished.reply(&about, image.format).into() });
        }
    }

    // 6. Plan the drawing, and fetch the files that it needs.
    let plan = plan(&inputs, call.limits);
    let view = |body, log: &Log| {
        let mut reply = view::reply(image.format, body, &values, log.stages());
        if let Permit::Key(_) = permit {
            reply.headers.retain(|(name, _)| *name != "Cache-Control");
            reply.set("Cache-Control", Freshness::Private.cache_control());
        }
        Ok(reply.into())
    };
    match image.format {
        Format::Txt => return view(plan.alt, log),
        Format::Html => {
            let src = image_url(call, image.format, query);
            return view(view::html(&plan, &options, &src), log);
        }
        _ => {}
    }
    let deadline = Deadline::after(call.limits.files_wait_ms);
    let sources = if is_limited { Sources::default() } else { sources };
    let room = call.limits.images_bytes.saturating_sub(sources.bytes());
    let assets = assets::fetch(call.env, &plan.assets, document.files.as_ref(), room, deadline, call.limits);
    let (mut assets, coming) = join(assets, fonts::open(call.env, &plan.packs, deadline, call.limits)).await;
    let (fonts, has_fonts) = fonts::read(&plan.packs, coming, deadline, call.limits).await;
    log.stage("assets");
    // A missing asset has a designed stand-in; an asset that could not be asked for may be
    // available in a minute.
    sources.add_to(&mut assets.found);
    let lacks_store = !has_fonts || assets.fault;
    let whole = !lacks_store && sources.are_whole(&plan) && plan.shows_all(|asset| assets.found.contains_key(asset));
    let world = Fetched { limits: call.limits, assets: assets.found, fonts, cache: Some(memory::shared(call.limits)) };

    // 7. Draw the picture to report on it, or to send it unless another request finished it while
    // this one waited.
    if image.format == Format::Json {
        let resources = Resources::of(&plan, &world);
        let mut drawn = render::draw(&inputs, &plan, &resources, world.cache(), call.limits)?;
        for note in resources.notes(call.limits) {
            let (place, text) = note.split_once(": ").unwrap_or(("", &note));
            drawn.painted.warnings.push(place, text);
        }
        if let Some(problem) = &found.problem {
            drawn.painted.warnings.push("the template", format_args!("an earlier one is shown, because {problem}"));
        }
        for (place, what) in &document.doubts {
            drawn.painted.warnings.push(place, what);
        }
        log.stage("render");
        log.warnings = drawn.painted.warnings.len();
        let explained = Explained {
            template: image.template.as_str(),
            size: image.size.as_deref(),
            revision: image.revision,
            variant,
            src: &image_url(call, image.format, query),
            query,
            document,
            values: &values,
            plan: &plan,
            drawn,
            fonts: &resources.fonts,
            limits: call.limits,
        };
        return view(explained.json(), log);
    }
    let finished = match cache::recall(key, call.limits) {
        Some(finished) if finished.whole || !is_job => finished,
        _ => {
            if let Some(name) = render::kept_name(&inputs, &plan, &world)
                && let Some(kept) = kept::find(call, &name, log).await
            {
                memory::shared(call.limits).offer(name, kept);
            }
            let drawn = render::picture(&inputs, &plan, &world);
            kept::put_proven(call, image);
            let drawn = drawn?;
            log.stage("render");
            log.warnings = drawn.warnings.len();
            let whole = whole
                && assets::are_intact(&plan, &world.assets, document.files.as_ref(), &drawn.warnings, call.limits);
            let file = Uint8Array::from(drawn.bytes.as_slice());
            let finished = Finished::new(file, whole, drawn.missing_glyphs);
            // A picture for the holder of a key is for nobody else.
            if !matches!(permit, Permit::Key(_)) {
                cache::put(call, key, &finished, &drawn.bytes, image);
            }
            if let Some(kid) = permit.kid().filter(|_| !is_limited) {
                api::usage::count(call, kid);
            }
            finished
        }
    };
    let is_whole = finished.whole && !is_limited && (are_current || !is_job);
    let etag = if is_whole { key.etag() } else { key.etag_of_unfinished() };
    let freshness = freshness(!is_whole);
    let missing_glyphs = finished.missing_glyphs;
    let about = image_reply(image, &values, &records.tags, variant, etag, freshness, Cached::Miss);
    let about = ImageReply { timing: log.stages(), missing_glyphs, ..about };
    let mut reply = finished.reply(&about, image.format);
    if is_job && lacks_store {
        // A batch waits for a store, and not as long for other hosts.
        reply.set("X-Unfinished", "store");
    }
    Ok(Answer { file: Some(finished.file), ..reply.into() })
}

/// The reply with a picture, without its timing and its missing glyphs.
const fn image_reply<'a>(
    image: &'a ImageRequest,
    values: &'a Values,
    tags: &'a [String],
    variant: Option<&'a str>,
    etag: String,
    freshness: Freshness,
    cached: Cached,
) -> ImageReply<'a> {
    ImageReply {
        template: &image.template,
        revision: image.revision,
        freshness,
        etag,
        cached,
        missing_glyphs: 0,
        values,
        tags,
        variant,
        timing: &[],
    }
}

/// The picture for a missing template, and that for one with an error, each drawn once: a client that
/// asks for a thousand templates that do not exist costs nothing.
fn placeholder(has_error: bool) -> Vec<u8> {
    thread_local! {
        static MISSING: Vec<u8> = render::placeholder("");
        static WRONG: Vec<u8> = render::placeholder("template has an error: see .json");
    }
    if has_error { WRONG.with(Clone::clone) } else { MISSING.with(Clone::clone) }
}

/// The absolute URL of the picture that a view shows.
fn image_url(call: &Call<'_>, view: Format, query: &str) -> String {
    let stem = call.path.len().saturating_sub(view.extension().len());
    let stem = call.path.get(..stem).unwrap_or_default();
    let question = if query.is_empty() { "" } else { "?" };
    format!("{}{stem}png{question}{query}", call.origin)
}
