//! `Authorization: Bearer mg_live_…` → what the key may do.
//!
//! The first key of a deployment is its secret `ADMIN_KEY`; `ADMIN_KEY_NEXT` is accepted beside it,
//! so that it can be changed. All other keys are in D1, by their SHA-256. An isolate remembers a key
//! for a few seconds, after which a revoked one is refused.

use std::cell::RefCell;

use monogram::access::{ApiKey, Grant, Reach, Scope, is_secret};
use monogram::api::key::{prefixes, reach};
use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::lru;
use worker::Env;
use worker::js_sys::{self, Reflect};
use worker::wasm_bindgen::JsValue;

use crate::Call;
use crate::database::{Database, text};
use crate::{limit, log};

/// The secrets that are keys of the deployment itself.
const SECRETS: [&str; 2] = ["ADMIN_KEY", "ADMIN_KEY_NEXT"];

/// The least characters of such a secret: fewer could be guessed.
const MIN_SECRET_CHARS: usize = 32;

/// The most characters of a header that are read.
const MAX_HEADER_CHARS: usize = 512;

#[derive(Clone)]
struct Known {
    grant: Grant,
    until_ms: f64,
}

thread_local! {
    /// The grants of keys, by their hash.
    static MEMORY: RefCell<Option<lru::Cache<[u8; 32], Known>>> = const { RefCell::new(None) };
}

/// The grants weigh 1 each: their number is bounded.
fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut lru::Cache<[u8; 32], Known>) -> T) -> T {
    MEMORY.with_borrow_mut(|cache| use_it(cache.get_or_insert_with(|| lru::Cache::new(limits.memory_keys))))
}

/// Forgets every key, because one was revoked. Other isolates notice it when their memory ends.
pub fn forget_all() {
    MEMORY.with_borrow_mut(|cache| *cache = None);
}

/// Whether the request has a key, or something that is meant to be one.
pub fn is_sent(call: &Call<'_>) -> bool {
    lent(call.env).is_some() || call.request.headers().has("Authorization").unwrap_or(false)
}

/// What a caller's key may do, as one module of the Worker tells the other: number, scopes, prefixes,
/// expiry.
type Lent = (u32, String, Option<Vec<String>>, Option<u64>);

/// The text by which [`lent`] knows a grant.
pub fn lend(grant: &Grant) -> String {
    let lent: Lent = (grant.kid, grant.scopes.to_string(), prefixes(&grant.reach), grant.expires);
    serde_json::to_string(&lent).unwrap_or_default()
}

/// What the caller's key may do, if the other module has checked it and passes the call on. Only
/// `guard.js` can say so.
pub fn lent(env: &Env) -> Option<Grant> {
    let text = Reflect::get(env, &JsValue::from_str("MONOGRAM_CALLER")).ok()?.as_string()?;
    let (kid, scopes, prefixes, expires): Lent = serde_json::from_str(&text).ok()?;
    Some(Grant { kid, scopes: scopes.parse().ok()?, reach: reach(prefixes), expires })
}

/// What the caller's key may do. Its expiry is not checked yet.
///
/// # Errors
/// 401 if there is no key, or nobody knows it; 503 if the database cannot be asked; 429 for too many
/// unknown keys.
pub async fn grant(call: &Call<'_>) -> Result<Grant, Problem> {
    if let Some(grant) = lent(call.env) {
        return Ok(grant);
    }
    let header = call.request.headers().get("Authorization").ok().flatten().unwrap_or_default();
    let sent = bearer(&header).ok_or_else(|| no_key(call.env))?;
    if is_deployments(call.env, sent) {
        return Ok(Grant { kid: 0, scopes: Scope::ALL.into_iter().collect(), reach: Reach::All, expires: None });
    }
    let key = ApiKey::parse(sent)
        .map_err(|why| Problem::new(Fault::Unauthorized, "bad-key", why.to_string()).remedy(what_to_set(call.env)))?;
    let (hash, now) = (key.hash(), js_sys::Date::now());
    let known = memory(call.limits, |cache| cache.get(&hash).filter(|known| now < known.until_ms).cloned());
    if let Some(known) = known {
        return Ok(known.grant);
    }

    limit::stranger(call).await?;
    let database = Database::of(call.env, call.limits)?;
    let sql = "SELECT kid, sha256, scopes, prefixes, expires_at FROM api_key WHERE sha256 = ?1 AND revoked_at IS NULL";
    type Row = (u32, String, String, Option<String>, Option<u64>);
    let row = database.first::<Row>(sql, &[text(&hex(&hash))]).await?;
    // The store finds a key by its hash; the comparison takes the same time whatever it found.
    let row = row.filter(|row| bytes(&row.1).is_some_and(|stored| key.matches(&stored)));
    let (kid, _, scopes, prefixes, expires) = row.ok_or_else(|| {
        Problem::new(Fault::Unauthorized, "unknown-key", "Nobody knows this API key").remedy(what_to_set(call.env))
    })?;
    let scopes = scopes.parse().unwrap_or_default();
    let listed = prefixes.map(|json: String| serde_json::from_str(&json).unwrap_or_default());
    let grant = Grant { kid, scopes, reach: reach(listed), expires };
    let until_ms = now + f64::from(call.limits.memory_key_ms);
    memory(call.limits, |cache| cache.put(hash, Known { grant: grant.clone(), until_ms }, 1));
    Ok(grant)
}

/// The key in a header, if it is of the right form (RFC 6750 section 2.1).
fn bearer(header: &str) -> Option<&str> {
    if header.len() > MAX_HEADER_CHARS {
        return None;
    }
    let (scheme, key) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim()).filter(|key| !key.is_empty())
}

/// Whether a key is a secret of the deployment. Both are compared, even if the first one fits.
fn is_deployments(env: &Env, sent: &str) -> bool {
    secrets(env).iter().map(|secret| is_secret(sent, secret)).fold(false, |is, next| is | next)
}

fn secrets(env: &Env) -> Vec<String> {
    let secrets = SECRETS.iter().filter_map(|name| env.secret(name).ok()).map(|secret| secret.to_string());
    let (long, short): (Vec<_>, Vec<_>) = secrets.partition(|secret| secret.len() >= MIN_SECRET_CHARS);
    if short.iter().any(|secret| !secret.is_empty()) {
        log::fault("admin-key-short", None);
    }
    long
}

fn no_key(env: &Env) -> Problem {
    Problem::new(Fault::Unauthorized, "no-key", "This call needs an API key").remedy(what_to_set(env))
}

/// How to get a key.
fn what_to_set(env: &Env) -> &'static str {
    if secrets(env).is_empty() {
        "this deployment has no ADMIN_KEY, and so no first key: set a secret of 32 characters or more \
         (openssl rand -base64 36 | npx wrangler secret put ADMIN_KEY)"
    } else {
        "send Authorization: Bearer mg_live_…; POST /v1/keys makes a key, with ADMIN_KEY or a key of scope admin"
    }
}

/// The hex digits of a hash.
pub fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The inverse of [`hex`].
fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        let start = at.checked_mul(2)?;
        *byte = u8::from_str_radix(hex.get(start..start.checked_add(2)?)?, 16).ok()?;
    }
    (hex.len() == 64).then_some(bytes)
}
