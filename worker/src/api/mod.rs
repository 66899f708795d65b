//! The management API, `/v1/…`: who calls, whether they may, and what they get.
//!
//! The core reads bodies and decides; this brings keys, documents and files from their stores. D1
//! (binding `DB`) has what must be exact, KV (binding `TEMPLATES`) has what pictures are drawn from.
//!
//! Invariants: a call is refused before a store is asked for the id that it names, so that an answer
//! never tells whether another client's id exists; no picture waits for anything here; no answer may
//! be stored by a cache.

mod drafts;
mod files;
mod inflate;
mod keys;
mod mcp;
mod office;
mod preview;
mod publish;
pub mod render;
mod signing;
mod stats;
mod store;
mod templates;
pub mod usage;

use futures_util::future::LocalBoxFuture;
use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::request::Management;
use monogram::response::{Freshness, Reply, problem};
use monogram_platform::log::Log;
pub use monogram_platform::request_id;
use monogram_platform::{Call, Visit, audit, auth, body, database, json, now, once, random};
use worker::Env;

/// The answer of a call.
pub struct Given {
    /// The answer.
    pub reply: Reply,
    /// The template whose pictures in other caches are of an older revision by now.
    pub purge: Option<String>,
}

impl From<Reply> for Given {
    fn from(reply: Reply) -> Self {
        Self { reply, purge: None }
    }
}

/// Answers a call.
pub async fn answer(call: &Call<'_>, what: &Management, scope: &str, query: &str, log: &mut Log) -> Given {
    let id = log.request.clone();
    let given = respond(call, what, scope, query, &id, log).await;
    let Given { reply, purge } = given.unwrap_or_else(|problem| {
        log.problem = Some(problem.code);
        problem::document(&problem).into()
    });
    let mut reply = reply.for_own_origin();
    // No cache may have an answer.
    if reply.header("Cache-Control").is_none() {
        reply.set("Cache-Control", Freshness::Never.cache_control());
    }
    Given { reply, purge }
}

async fn respond(
    call: &Call<'_>,
    what: &Management,
    scope: &str,
    query: &str,
    id: &str,
    log: &mut Log,
) -> Result<Given, Problem> {
    // 1. Who calls, and whether the key may do this at all.
    let visit = Visit::begin(call, scope, query, id, log).await?;

    // 2. The call.
    make(&visit, what, log).await
}

/// Makes a call, whose scope the key has. Each is a future of its own on the heap: together they
/// would be one of many kB.
async fn make(visit: &Visit<'_>, what: &Management, log: &mut Log) -> Result<Given, Problem> {
    let reply: LocalBoxFuture<'_, Result<Reply, Problem>> = match what {
        Management::PutTemplate(id) => return Box::pin(publish::put(visit, id, log)).await,
        Management::Rollback(id) => return Box::pin(publish::rollback(visit, id, log)).await,
        Management::DeleteTemplate(id) => return Box::pin(publish::delete(visit, id, log)).await,
        // Its tools are calls again.
        Management::Mcp => {
            let given: LocalBoxFuture<'_, Result<Given, Problem>> = Box::pin(mcp::answer(visit, log));
            return given.await;
        }
        Management::ListKeys => Box::pin(keys::list(visit)),
        Management::MakeKey => Box::pin(keys::make(visit)),
        Management::RevokeKey { kid } => Box::pin(keys::revoke(visit, *kid)),
        Management::Audit => Box::pin(audit::list(visit)),
        Management::Stats => Box::pin(stats::list(visit)),
        Management::ListTemplates => Box::pin(templates::list(visit)),
        Management::GetTemplate(id) => Box::pin(templates::get(visit, id)),
        Management::Revisions(id) => Box::pin(templates::revisions(visit, id)),
        Management::Diff(id) => Box::pin(templates::diff(visit, id)),
        Management::Preview => Box::pin(preview::answer(visit, log)),
        Management::Validate => Box::pin(drafts::validate(visit)),
        Management::ListAssets => Box::pin(files::list_assets(visit)),
        Management::GetAsset(name) => Box::pin(files::get_asset(visit, name)),
        Management::PutAsset(name) => Box::pin(files::put_asset(visit, name)),
        Management::DeleteAsset(name) => Box::pin(files::delete_asset(visit, name)),
        Management::ListFonts => Box::pin(files::list_fonts(visit)),
        Management::GetFont(name) => Box::pin(files::get_font(visit, name)),
        Management::PutFont(name) => Box::pin(files::put_font(visit, name)),
        Management::DeleteFont(name) => Box::pin(files::delete_font(visit, name)),
        Management::Sign => Box::pin(signing::sign(visit, log)),
        Management::Seal => Box::pin(signing::seal(visit, log)),
    };
    Ok(reply.await?.into())
}

/// Brings KV up to date where a publication ended before KV had it. The runtime calls it every few
/// minutes.
pub async fn mend(env: &Env) {
    store::mend(env, &Limits::default()).await;
}
