//! Signed and sealed URLs, checked with the secrets of this deployment. No store is asked but the
//! list of [`revoked`](monogram_platform::revoked).

use std::collections::BTreeSet;

use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::policy::{self, Bound};
use monogram::request::ImageRequest;
use monogram_platform::now;
use monogram_platform::secrets::keyring;
use worker::Env;

/// A URL that was verified.
pub struct Verified {
    /// The number of the API key that made it.
    pub kid: u32,
    /// The params that it fixes, and the names that its query may fill.
    pub bound: Bound,
    /// Seconds for which it is still valid, at least 1.
    pub seconds_left: u32,
}

/// The policy of a signed URL.
///
/// # Errors
/// 403 for any token that does not fit the URL, the time or this deployment.
pub fn verify(
    env: &Env,
    revoked: &BTreeSet<u32>,
    token: &str,
    image: &ImageRequest,
    limits: &Limits,
) -> Result<Verified, Problem> {
    let now = now();
    let policy = policy::verify(token, &keyring(env, revoked)?, &image.template, image.revision, now, limits)?;
    Ok(Verified { kid: policy.kid, bound: policy.bound, seconds_left: left(policy.expires, now) })
}

/// The params of a sealed URL. Its views are refused, because they would show the values.
///
/// # Errors
/// As [`verify`].
pub fn open(
    env: &Env,
    revoked: &BTreeSet<u32>,
    token: &str,
    image: &ImageRequest,
    limits: &Limits,
) -> Result<Verified, Problem> {
    if !image.format.is_image() {
        let problem = Problem::new(Fault::Refused, "sealed-view", "a sealed URL shows a picture only");
        return Err(problem.remedy("write .png, .jpg, .webp or .gif"));
    }
    let now = now();
    let opened = policy::open(token, &keyring(env, revoked)?, &image.template, image.revision, now, limits)?;
    Ok(Verified { kid: opened.kid, bound: opened.bound, seconds_left: left(opened.expires, now) })
}

fn left(expires: u32, now: u64) -> u32 {
    u32::try_from(u64::from(expires).saturating_sub(now)).unwrap_or(u32::MAX)
}
