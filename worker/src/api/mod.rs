//! What the management API asks of the module that draws: the picture of a draft, the stress test of
//! one, and the keys that may draw.
//!
//! Invariants: no picture waits for anything here; no answer may be stored by a cache.

pub mod drafts;
mod preview;
pub mod render;
pub mod usage;

use monogram::response::{Freshness, Reply, problem};
use monogram_platform::log::Log;
pub use monogram_platform::request_id;
use monogram_platform::{Call, Visit, auth, body, database, now};

/// Answers `POST /v1/preview`.
pub async fn preview(call: &Call<'_>, scope: &str, query: &str, log: &mut Log) -> Reply {
    let id = log.request.clone();
    let reply = async {
        let visit = Visit::begin(call, scope, query, &id, log).await?;
        preview::answer(&visit, log).await
    };
    let reply = Box::pin(reply).await.unwrap_or_else(|problem| {
        log.problem = Some(problem.code.into());
        problem::document(&problem)
    });
    let mut reply = reply.for_own_origin();
    if reply.header("Cache-Control").is_none() {
        reply.set("Cache-Control", Freshness::Never.cache_control());
    }
    reply
}
