//! The management API, `/v1/…`: what a caller gets whose key was checked.
//!
//! The core reads bodies and decides; this brings keys, documents and files from their stores. D1
//! (binding `DB`) has what must be exact, KV (binding `TEMPLATES`) has what pictures are drawn from.
//!
//! Invariants: a call is refused before a store is asked for the id that it names, so that an answer
//! never tells whether another client's id exists; no picture waits for anything here.

mod drafts;
mod files;
mod inflate;
mod keys;
mod mcp;
mod preview;
mod publish;
mod signing;
mod stats;
pub mod store;
mod templates;
mod validate;

use futures_util::future::LocalBoxFuture;
use monogram::error::Problem;
use monogram::request::Management;
use monogram::response::Reply;
use monogram_platform::log::Log;
use monogram_platform::{Visit, audit};

use super::answer::Answer;
use super::renderer::Renderer;

/// Makes a call, whose scope the key has. Each is a future of its own on the heap: together they
/// would be one of many kB.
pub async fn make(visit: &Visit<'_>, what: &Management, renderer: &Renderer, log: &mut Log) -> Result<Answer, Problem> {
    let reply: LocalBoxFuture<'_, Result<Reply, Problem>> = match what {
        Management::PutTemplate(id) => return Box::pin(publish::put(visit, id, renderer, log)).await,
        Management::Rollback(id) => return Box::pin(publish::rollback(visit, renderer, id, log)).await,
        Management::DeleteTemplate(id) => return Box::pin(publish::delete(visit, id, log)).await,
        Management::RevokeKey { kid } => return Box::pin(keys::revoke(visit, *kid, log)).await,
        // Its tools are calls again.
        Management::Mcp => {
            let answer: LocalBoxFuture<'_, Result<Answer, Problem>> = Box::pin(mcp::answer(visit, renderer, log));
            return answer.await;
        }
        Management::ListKeys => Box::pin(keys::list(visit)),
        Management::MakeKey => Box::pin(keys::make(visit)),
        Management::Audit => Box::pin(audit::list(visit)),
        Management::Stats => Box::pin(stats::list(visit)),
        Management::ListTemplates => Box::pin(templates::list(visit)),
        Management::GetTemplate(id) => Box::pin(templates::get(visit, id)),
        Management::Revisions(id) => Box::pin(templates::revisions(visit, id)),
        Management::Diff(id) => Box::pin(templates::diff(visit, id)),
        Management::Preview => Box::pin(preview::answer(visit, renderer, log)),
        Management::Validate => Box::pin(validate::answer(visit, renderer)),
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
