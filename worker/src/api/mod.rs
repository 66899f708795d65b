//! The management API, `/v1/…`: who calls, whether they may, and what they get.
//!
//! The core reads bodies and decides; this brings keys, documents and files from their stores. D1
//! (binding `DB`) has what must be exact, KV (binding `TEMPLATES`) has what pictures are drawn from.
//!
//! Invariants: a call is refused before a store is asked for the id that it names, so that an answer
//! never tells whether another client's id exists; no picture waits for anything here; no answer may
//! be stored by a cache.

mod audit;
mod auth;
mod body;
mod database;
mod drafts;
mod files;
mod inflate;
mod keys;
pub mod limit;
pub mod lint;
mod mcp;
mod once;
mod preview;
mod publish;
pub mod render;
mod signing;
mod stats;
mod store;
mod templates;
pub mod usage;

use std::cell::RefCell;

use futures_util::future::LocalBoxFuture;
use monogram::access::{Grant, Scope};
use monogram::api::key::denied;
use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::request::Management;
use monogram::response::{Freshness, Reply, problem};
use serde::Serialize;
use worker::js_sys::{Reflect, Uint8Array, global};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{Env, js_sys};

use super::Call;
use super::log::Log;
use super::signature::now;

/// A call of the API whose key is valid.
struct Visit<'a> {
    call: &'a Call<'a>,
    /// What the key may do.
    grant: Grant,
    /// The raw query.
    query: &'a str,
    /// The call that a tool makes. `None` if the request itself is the call.
    sent: Option<&'a monogram::mcp::Call>,
    /// `X-Request-Id`.
    id: &'a str,
    /// Unix time in seconds.
    now: u64,
}

impl Visit<'_> {
    const fn env(&self) -> &Env {
        self.call.env
    }

    const fn limits(&self) -> &Limits {
        self.call.limits
    }

    /// A header of the request; empty if it was not sent.
    fn header(&self, name: &str) -> String {
        if let Some(sent) = self.sent {
            let value = sent.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
            return value.cloned().unwrap_or_default();
        }
        self.call.request.headers().get(name).ok().flatten().unwrap_or_default()
    }

    /// Whether the key may make calls of this scope of the table.
    ///
    /// # Errors
    /// 401 or 403.
    fn allows_scope(&self, scope: &str) -> Result<(), Problem> {
        match scope.parse::<Scope>() {
            Ok(scope) => self.grant.allows_scope(scope, self.now).map_err(denied),
            // Any key will do, while it is valid.
            Err(_) => self.grant.is_valid(self.now).map_err(denied),
        }
    }

    /// Whether the key may do this with an id.
    ///
    /// # Errors
    /// 401 or 403. No store was asked for the id.
    fn allows(&self, scope: Scope, id: &str) -> Result<(), Problem> {
        self.grant.allows(scope, id, self.now).map_err(denied)
    }
}

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
    let now = now();
    let grant = auth::grant(call).await?;
    log.kid = Some(grant.kid);
    log.stage("key");
    limit::call(call, grant.kid).await?;
    let visit = Visit { call, grant, query, sent: None, id, now };
    visit.allows_scope(scope)?;

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

/// An answer of JSON.
fn json(status: u16, body: &impl Serialize) -> Reply {
    // The types of answers have string keys and finite numbers, and always serialise.
    let mut body = serde_json::to_vec(body).unwrap_or_default();
    body.push(b'\n');
    Reply::new(status, "application/json; charset=utf-8", body)
}

/// 32 hex digits that no other answer has: random ones of this isolate, and the number of the answer
/// in it. So an answer costs no call into JavaScript.
pub fn request_id() -> String {
    thread_local! {
        static ISOLATE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
    }
    ISOLATE.with_borrow_mut(|isolate| {
        let (isolate, number) =
            isolate.get_or_insert_with(|| (random::<12>().iter().map(|byte| format!("{byte:02x}")).collect(), 0));
        *number = number.wrapping_add(1);
        format!("{isolate}{number:08x}")
    })
}

/// Bytes of the runtime's cryptographic generator.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let array = Uint8Array::new_with_length(u32::try_from(N).unwrap_or_default());
    let crypto = Reflect::get(&global(), &JsValue::from_str("crypto")).unwrap_or_default();
    let fill = Reflect::get(&crypto, &JsValue::from_str("getRandomValues")).ok();
    let fill = fill.and_then(|fill| fill.dyn_into::<js_sys::Function>().ok());
    let filled = fill.and_then(|fill| fill.call1(&crypto, &array).ok());
    if filled.is_some() {
        array.copy_to(&mut bytes);
    }
    bytes
}
