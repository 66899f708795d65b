//! The module of the Worker that keeps records, runs batches and checks emails.
//!
//! It needs no renderer: `guard.js` loads it beside the module that draws, when a request or a message
//! of the queue is for it, and gives it a function that draws the picture of a URL. An isolate that
//! draws pictures alone pays nothing for it.
//!
//! ```text
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
//! lint       what is wrong with the pictures in an email
//! warm       pictures that are drawn before they are asked for
//! ```
//!
//! Invariants: D1 says what is done, and the queue only that something is to be done, so a message may
//! be lost, come twice, or in any order; a part is done once; no more than a part is in memory.

#![forbid(unsafe_code)]

mod answer;
mod batch;
mod bucket;
mod files;
mod hook;
mod import;
mod jobs;
mod lint;
mod picture;
mod queue;
mod records;
mod template;
mod upload;
mod warm;

use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::request::{self, Office, Route};
use monogram::response::{Freshness, Reply, problem};
use monogram_platform::log::{self, Log};
use monogram_platform::{Call, Visit, now, request_id};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::Function;
use worker::worker_sys::Context as JsContext;
use worker::{Context, Env, web_sys};

use answer::Answer;
use picture::Artist;

/// Answers a request about records or batches.
///
/// # Errors
/// The runtime refuses the answer.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn fetch(
    request: web_sys::Request,
    env: Env,
    ctx: JsContext,
    draw: Function,
) -> Result<web_sys::Response, JsValue> {
    log::hook_panics();
    let (limits, mut log, ctx) = (Limits::default(), Log::start(request_id(), ""), Context::new(ctx));
    let url = request.url();
    let (origin, path, query) = monogram_platform::split(&url);
    let call = Call { request: &request, env: &env, ctx: &ctx, limits: &limits, origin, path, if_none_match: "" };
    let answer = respond(&call, &request.method(), query, &Artist::new(draw), &mut log).await;
    let mut answer = answer.unwrap_or_else(|problem| {
        log.problem = Some(problem.code);
        problem::document(&problem).into()
    });
    answer.reply = answer.reply.for_own_origin();
    if answer.reply.header("Cache-Control").is_none() {
        answer.reply.set("Cache-Control", Freshness::Never.cache_control());
    }
    answer.reply.set("X-Request-Id", log.request.as_str());
    log.write(&answer.reply, u32::try_from(answer.reply.body.len()).unwrap_or(u32::MAX));
    answer.send(&request.method())
}

async fn respond(
    call: &Call<'_>,
    method: &str,
    query: &str,
    artist: &Artist,
    log: &mut Log,
) -> Result<Answer, Problem> {
    if method == "OPTIONS" {
        return Ok(Reply::preflight(&request::route::allow(call.path)).into());
    }
    let request = request::read(method, call.path, query, call.limits)?;
    log.kind = request.handler;
    let what = match request.route {
        Route::Office(what) => what,
        Route::Lint => return Box::pin(lint::answer(call, query, log)).await.map(Into::into),
        _ => return Err(jobs::unknown()),
    };
    let id = log.request.clone();
    let visit = Visit::begin(call, request.scope.unwrap_or_default(), query, &id, log).await?;
    match what {
        Office::ListCollections => Box::pin(records::list(&visit)).await.map(Into::into),
        Office::GetRecords(place) => Box::pin(records::get(&visit, &place)).await,
        Office::PutRecords(place) => Box::pin(records::put(&visit, &place)).await.map(Into::into),
        Office::DeleteRecords(place) => Box::pin(records::delete(&visit, &place)).await,
        Office::ImportRecords(collection) => Box::pin(import::make(&visit, &collection)).await.map(Into::into),
        Office::GetImport(id) => Box::pin(jobs::get(&visit, "import", &id)).await.map(Into::into),
        Office::ListBatches => Box::pin(jobs::list(&visit)).await.map(Into::into),
        Office::MakeBatch => Box::pin(batch::make(&visit)).await.map(Into::into),
        Office::GetBatch(id) => Box::pin(jobs::get(&visit, "batch", &id)).await.map(Into::into),
        Office::DeleteBatch(id) => Box::pin(jobs::end(&visit, &id)).await.map(Into::into),
        Office::RetryBatch(id) => Box::pin(jobs::retry(&visit, &id)).await.map(Into::into),
        Office::Manifest(id) => Box::pin(files::manifest(&visit, &id)).await,
        Office::Zip(id) => Box::pin(files::zip(&visit, &id)).await,
        Office::BatchFile { batch, file } => Box::pin(files::one(&visit, &batch, &file)).await,
        Office::Warm => Box::pin(warm::draw(&visit, artist)).await.map(Into::into),
    }
}

/// Does the work of a message. The result is the number of seconds after which it is to be sent again;
/// 0 if it is done.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn work(message: String, env: Env, draw: Function) -> u32 {
    log::hook_panics();
    let limits = Limits::default();
    let Some(message) = queue::Message::read(&message) else { return 0 };
    let done = match message.hook {
        Some(tries) => Box::pin(hook::tell(&env, &message.job, tries, &limits)).await,
        None => Box::pin(queue::work(&env, &message, &Artist::new(draw), &limits)).await,
    };
    // D1 knows what is not done, and `tick` sends it again. A store that fails is given some seconds.
    done.map_or(queue::PAUSE_S, |()| 0)
}

/// Sends again what was lost, and deletes what has had its time. The runtime calls it every few minutes.
#[wasm_bindgen(js_sys = worker::js_sys)]
pub async fn tick(env: Env) {
    log::hook_panics();
    let limits = Limits::default();
    let now = now();
    // What fails now is done next time.
    let _ = queue::resend(&env, now, &limits).await;
    let _ = records::expire(&env, now, &limits).await;
    let _ = files::expire(&env, now, &limits).await;
}
