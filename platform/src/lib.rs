//! What the modules of the Worker share: the request and who sent it, Cloudflare's stores with
//! deadlines, logs and limits.
//!
//! ```text
//! deadline   every answer of the platform comes in time, or counts as none
//! database   D1
//! log        one line for each request
//! auth       a key → what it may do
//! limit      calls in a minute
//! body       the bytes of a request, within their limit
//! once       a call that is to happen once
//! audit      the log of writes
//! templates  the template that a URL names
//! secrets    what signs URLs
//! revoked    the keys whose URLs are refused
//! hosts      the hosts that the deployment fetches from
//! svg        an SVG → the PNG in its place
//! running    which request an instance is working on
//! send       an answer → the runtime's response
//! ```
//!
//! Invariants: nothing here reads a value of a recipient; no answer may be stored by a cache, unless
//! it says so itself.

#![forbid(unsafe_code)]

pub mod audit;
pub mod auth;
pub mod body;
pub mod database;
pub mod deadline;
pub mod explain;
pub mod hosts;
pub mod included;
pub mod limit;
pub mod log;
pub mod once;
pub mod revoked;
pub mod running;
pub mod secrets;
pub mod send;
pub mod svg;
pub mod templates;

use std::cell::RefCell;

use monogram::access::{Grant, Reach, Scope};
use monogram::api::key::denied;
use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::request::{TemplateId, route};
use monogram::response::Reply;
use serde::Serialize;
use worker::js_sys::{Reflect, Uint8Array, global};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{Context, Env, js_sys, web_sys};

use log::Log;

/// A request of the runtime, and the data that comes with it.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The request itself.
    pub request: &'a web_sys::Request,
    /// The bindings.
    pub env: &'a Env,
    /// What the request may leave to be done after its answer.
    pub ctx: &'a Context,
    /// The budgets.
    pub limits: &'a Limits,
    /// The origin, such as `https://img.example`.
    pub origin: &'a str,
    /// The path, encoded as it came.
    pub path: &'a str,
    /// The raw `If-None-Match`; empty if there is none.
    pub if_none_match: &'a str,
}

/// A call of the API whose key is valid.
pub struct Visit<'a> {
    /// The request.
    pub call: &'a Call<'a>,
    /// What the key may do.
    pub grant: Grant,
    /// The raw query.
    pub query: &'a str,
    /// The call that a tool makes. `None` if the request itself is the call.
    pub sent: Option<&'a monogram::mcp::Call>,
    /// `X-Request-Id`.
    pub id: &'a str,
    /// Unix time in seconds.
    pub now: u64,
}

impl Visit<'_> {
    /// The bindings.
    #[must_use]
    pub const fn env(&self) -> &Env {
        self.call.env
    }

    /// The budgets.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        self.call.limits
    }

    /// A header of the request; empty if it was not sent.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        if let Some(sent) = self.sent {
            let value = sent.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
            return value.cloned().unwrap_or_default();
        }
        self.call.request.headers().get(name).ok().flatten().unwrap_or_default()
    }

    /// The id in whose folder the names of a draft without an id are looked for: that of the key.
    #[must_use]
    pub fn usual_id(&self) -> Option<TemplateId> {
        let folder = match &self.grant.reach {
            Reach::All => "",
            Reach::Prefixes(prefixes) => prefixes.first()?.as_str(),
        };
        TemplateId::parse(&format!("{folder}draft"))
    }

    /// Whether the key may make calls of this scope of the table.
    ///
    /// # Errors
    /// 401 or 403.
    pub fn allows_scope(&self, scope: &str) -> Result<(), Problem> {
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
    pub fn allows(&self, scope: Scope, id: &str) -> Result<(), Problem> {
        self.grant.allows(scope, id, self.now).map_err(denied)
    }
}

impl<'a> Visit<'a> {
    /// Who calls, and whether the key may make calls of this scope of the table at all.
    ///
    /// # Errors
    /// 401, 403, 429, 503.
    pub async fn begin(
        call: &'a Call<'a>,
        scope: &str,
        query: &'a str,
        id: &'a str,
        log: &mut Log,
    ) -> Result<Self, Problem> {
        let now = now();
        let grant = auth::grant(call).await?;
        log.kid = Some(grant.kid);
        log.stage("key");
        // A call that the other module passes on was counted there.
        if auth::lent(call.env).is_none() {
            limit::call(call, grant.kid).await?;
        }
        let visit = Self { call, grant, query, sent: None, id, now };
        visit.allows_scope(scope)?;
        Ok(visit)
    }
}

/// Unix time in seconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the clock is after 1970")]
pub fn now() -> u64 {
    (js_sys::Date::now() / 1_000.0) as u64
}

/// Splits `https://img.example/i/a.png?b=c` into `https://img.example`, `/i/a.png` and `b=c`. The
/// runtime has already parsed the URL, so it need not be parsed again.
#[must_use]
pub fn split(url: &str) -> (&str, &str, &str) {
    let host = url.find("://").map_or(0, |colon| colon.saturating_add(3));
    let slash =
        url.get(host..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| host.saturating_add(at));
    let (origin, rest) = url.split_at_checked(slash).unwrap_or((url, ""));
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (origin, path, query)
}

/// The answer to `OPTIONS` at a raw path.
#[must_use]
pub fn preflight(path: &str) -> Reply {
    let preflight = Reply::preflight(&route::allow(path));
    if route::is_for_own_origin(path) { preflight.for_own_origin() } else { preflight }
}

/// An answer of JSON.
#[must_use]
pub fn json(status: u16, body: &impl Serialize) -> Reply {
    // The types of answers have string keys and finite numbers, and always serialise.
    let mut body = serde_json::to_vec(body).unwrap_or_default();
    body.push(b'\n');
    Reply::new(status, "application/json; charset=utf-8", body)
}

/// 32 hex digits that no other answer has: random ones of this isolate, and the number of the answer
/// in it. So an answer costs no call into JavaScript.
#[must_use]
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
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
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
