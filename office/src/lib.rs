//! The module of the Worker that answers without drawing: the management API and its tools, records,
//! batches, the page and the check of emails.
//!
//! It needs no renderer: `guard.js` loads it beside the module that draws, when a request or a message
//! of the queue is for it, and gives it functions by which it asks that module (`renderer`). An isolate
//! that draws pictures alone pays nothing for it.
//!
//! ```text
//! api        the calls about keys, templates, files and URLs, and the tools of /mcp
//! home       the page at /
//! manual     the description of the API
//! snippet    an <img> for an email sender
//! lint       what is wrong with the pictures in an email
//! records    what is known of a person: one, all, none
//! import     a file → records, part by part
//! batch      a file or a collection → pictures, part by part
//! picture    a row → its picture, in R2
//! files      what a batch has made: manifest, files, all of them as ZIP
//! jobs       imports and batches in D1
//! queue      their parts in the queue
//! hook       who is told of the end
//! upload     the body of a request → R2, and where its rows lie
//! bucket     R2 with deadlines
//! warm       pictures that are drawn before they are asked for
//! ```
//!
//! Invariants: D1 says what is done, and the queue only that something is to be done, so a message may
//! be lost, come twice, or in any order; a part is done once; no more than a part is in memory.

#![forbid(unsafe_code)]

mod answer;
mod api;
mod batch;
mod bucket;
mod files;
mod home;
mod hook;
mod import;
mod jobs;
mod lint;
mod manual;
mod picture;
mod queue;
mod records;
mod renderer;
mod snippet;
mod template;
mod upload;
mod warm;

use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::request::{self, Office, Route, route};
use monogram::response::{Freshness, problem};
use monogram::template::mistake;
use monogram_platform::log::{self, Log};
use monogram_platform::{Call, Visit, now, preflight, request_id, running};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::Context as JsContext;
use worker::{Context, Env, web_sys};

use answer::Answer;
use renderer::Renderer;

/// The budgets. The module that draws has its own memory of templates beside this one.
fn limits() -> Limits {
    let limits = Limits::default();
    Limits { memory_templates_bytes: limits.office_templates_bytes, ..limits }
}

/// Answers a request. `None` if it is for the module that draws.
///
/// # Errors
/// The runtime refuses the answer.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn fetch(
    request: web_sys::Request,
    env: Env,
    ctx: JsContext,
    renderer: Renderer,
) -> Result<Option<web_sys::Response>, JsValue> {
    log::hook_panics();
    let (limits, mut log, ctx) = (limits(), Log::start(request_id(), ""), Context::new(ctx));
    let (method, url) = (request.method(), request.url());
    let (origin, path, query) = monogram_platform::split(&url);
    let call = Call { request: &request, env: &env, ctx: &ctx, limits: &limits, origin, path, if_none_match: "" };
    let answer = running::for_request(&request, respond(&call, &method, query, &renderer, &mut log)).await;
    let answer = answer.unwrap_or_else(|problem| {
        log.problem = Some(problem.code.into());
        Some(problem::document(&problem).into())
    });
    let Some(mut answer) = answer else { return Ok(None) };
    if route::is_for_own_origin(path) && method != "OPTIONS" {
        answer.reply = answer.reply.for_own_origin();
        // No cache may have an answer.
        if answer.reply.header("Cache-Control").is_none() {
            answer.reply.set("Cache-Control", Freshness::Never.cache_control());
        }
    }
    answer.reply.set("X-Request-Id", log.request.as_str());
    log.write(&answer.reply, u32::try_from(answer.reply.body.len()).unwrap_or(u32::MAX));
    answer.send(&method).map(Some)
}

/// `None` if the route is one of the module that draws.
async fn respond(
    call: &Call<'_>,
    method: &str,
    query: &str,
    renderer: &Renderer,
    log: &mut Log,
) -> Result<Option<Answer>, Problem> {
    if method == "OPTIONS" {
        return Ok(Some(preflight(call.path).into()));
    }
    let request = request::read(method, call.path, query, call.limits)?;
    if request.is_drawn {
        return Ok(None);
    }
    log.kind = request.handler;
    let reply = match &request.route {
        Route::Home => home::reply(call.limits),
        Route::Senders => monogram::snippet::reply::senders(),
        Route::Snippet { template, size, revision } => {
            Box::pin(snippet::answer(call, template, (size.as_deref(), *revision), query, log)).await?
        }
        Route::OpenApi => Box::pin(manual::openapi(call)).await?,
        Route::Docs => Box::pin(manual::page(call)).await?,
        Route::Lint => Box::pin(lint::answer(call, query, log)).await?,
        _ => {
            let (scope, id) = (request.scope.unwrap_or_default(), log.request.clone());
            let visit = Visit::begin(call, scope, query, &id, log).await?;
            return match request.route {
                Route::Management(what) => api::make(&visit, &what, renderer, log).await,
                Route::Office(what) => keep(&visit, what, renderer).await,
                _ => Err(jobs::unknown()),
            }
            .map(Some);
        }
    };
    Ok(Some(reply.into()))
}

/// Makes a call about records or batches, whose scope the key has.
async fn keep(visit: &Visit<'_>, what: Office, renderer: &Renderer) -> Result<Answer, Problem> {
    match what {
        Office::ListCollections => Box::pin(records::list(visit)).await.map(Into::into),
        Office::GetRecords(place) => Box::pin(records::get(visit, &place)).await,
        Office::PutRecords(place) => Box::pin(records::put(visit, &place)).await.map(Into::into),
        Office::DeleteRecords(place) => Box::pin(records::delete(visit, &place)).await,
        Office::ImportRecords(collection) => Box::pin(import::make(visit, &collection)).await.map(Into::into),
        Office::GetImport(id) => Box::pin(jobs::get(visit, "import", &id)).await.map(Into::into),
        Office::ListBatches => Box::pin(jobs::list(visit)).await.map(Into::into),
        Office::MakeBatch => Box::pin(batch::make(visit)).await.map(Into::into),
        Office::GetBatch(id) => Box::pin(jobs::get(visit, "batch", &id)).await.map(Into::into),
        Office::DeleteBatch(id) => Box::pin(jobs::end(visit, &id)).await.map(Into::into),
        Office::RetryBatch(id) => Box::pin(jobs::retry(visit, &id)).await.map(Into::into),
        Office::Manifest(id) => Box::pin(files::manifest(visit, &id)).await,
        Office::Zip(id) => Box::pin(files::zip(visit, &id)).await,
        Office::BatchFile { batch, file } => Box::pin(files::one(visit, &batch, &file)).await,
        Office::Warm => Box::pin(warm::draw(visit, renderer)).await.map(Into::into),
    }
}

/// What the author of a document meant, for [`monogram_platform::explain`]: the place of the mistake, what is
/// wrong, and the remedy, as JSON. `None` if the document has no mistake.
#[wasm_bindgen]
pub fn explain(document: &str) -> Option<String> {
    log::hook_panics();
    let problem = mistake::parse(document, &limits()).err()?;
    serde_json::to_string(&(problem.field, problem.message, problem.remedy)).ok()
}

/// Does the work of a message. The result is the number of seconds after which it is to be sent again;
/// 0 if it is done.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn work(message: String, env: Env, renderer: Renderer) -> u32 {
    log::hook_panics();
    let limits = limits();
    let Some(message) = queue::Message::read(&message) else { return 0 };
    let done = match message.hook {
        Some(tries) => Box::pin(hook::tell(&env, &message.job, tries, &limits)).await.map(|()| 0),
        None => Box::pin(queue::work(&env, &message, &renderer, &limits)).await,
    };
    // D1 knows what is not done, and `tick` sends it again. A store that fails is given some seconds.
    done.unwrap_or(queue::PAUSE_S)
}

/// Brings KV up to date where a publication ended before KV had it, sends again what was lost, and deletes
/// what has had its time. The runtime calls it every few minutes (`crons` in wrangler.toml).
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn tick(env: Env) {
    log::hook_panics();
    let limits = limits();
    let now = now();
    // What fails now is done next time.
    api::store::mend(&env, &limits).await;
    let _ = queue::resend(&env, now, &limits).await;
    let _ = records::expire(&env, now, &limits).await;
    let _ = files::expire(&env, now, &limits).await;
}
