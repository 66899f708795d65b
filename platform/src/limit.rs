//! Rate limits: of calls by key, of unknown keys and of drawings by the caller's network.
//!
//! The limiters count in each location of Cloudflare for itself. One that is not there, fails or is
//! late allows everything: a limiter must not take down what it protects.

use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::request::TemplateId;
use worker::Env;

use crate::Call;
use crate::deadline::Deadline;

/// The limiter of calls of the API.
const CALLS: &str = "API_LIMIT";

/// The limiter of pictures that are not in a cache.
const DRAWINGS: &str = "RENDER_LIMIT";

/// Seconds in which a limiter counts, as in wrangler.toml. It does not say how many are left.
const PERIOD_S: u16 = 60;

/// Counts a call with a key.
///
/// # Errors
/// 429: there were too many.
pub async fn call(call: &Call<'_>, kid: u32) -> Result<(), Problem> {
    refuse(is_allowed(call.env, CALLS, format!("key/{kid}"), call.limits).await)
}

/// Counts a call without a key, or with one that this isolate does not know, before the database is
/// asked for it.
///
/// # Errors
/// 429: there were too many from this network.
pub async fn stranger(call: &Call<'_>) -> Result<(), Problem> {
    match network(call) {
        Some(network) => refuse(is_allowed(call.env, CALLS, format!("network/{network}"), call.limits).await),
        None => Ok(()),
    }
}

/// Whether one more picture of a template may be drawn for the caller's network.
pub async fn may_draw(call: &Call<'_>, template: &TemplateId) -> bool {
    match network(call) {
        Some(network) => is_allowed(call.env, DRAWINGS, format!("{network} {template}"), call.limits).await,
        None => true,
    }
}

fn refuse(is_allowed: bool) -> Result<(), Problem> {
    if is_allowed {
        return Ok(());
    }
    Err(Problem::new(Fault::TooMany, "too-many-calls", "There are too many calls in this minute")
        .remedy("wait for a minute")
        .retry_after(PERIOD_S))
}

async fn is_allowed(env: &Env, limiter: &str, key: String, limits: &Limits) -> bool {
    let Ok(limiter) = env.rate_limiter(limiter) else { return true };
    let counted = Deadline::after(limits.limiter_wait_ms).within(limits.limiter_wait_ms, limiter.limit(key)).await;
    counted.ok().and_then(Result::ok).is_none_or(|outcome| outcome.success)
}

/// The network of a caller: the first 64 bits of an IPv6 address, the first 24 of an IPv4 address.
/// One subscriber has all addresses of such a network. `None` if the runtime does not say.
fn network(call: &Call<'_>) -> Option<String> {
    let address = call.request.headers().get("CF-Connecting-IP").ok().flatten()?;
    monogram::api::network::of(&address)
}
