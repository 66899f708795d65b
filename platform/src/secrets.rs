//! The secrets with which this deployment signs, and whether it asks for signatures.
//!
//! The secret `SIGNING_SECRET` signs. `SIGNING_SECRET_PREVIOUS`, if there is one, is still
//! accepted, so that a secret can be changed while emails already sent are still being read. The
//! variable `REVOKED_KEYS` and the list of [`revoked`](crate::revoked) are the numbers of keys whose
//! URLs are refused.

use std::collections::BTreeSet;

use monogram::error::{Fault, Problem};
use monogram::policy::Keyring;
use worker::Env;

/// The secrets of this deployment. If there are none, every URL is refused.
///
/// # Errors
/// A secret is too short.
pub fn keyring(env: &Env, revoked: &BTreeSet<u32>) -> Result<Keyring, Problem> {
    let secrets =
        ["SIGNING_SECRET", "SIGNING_SECRET_PREVIOUS"].map(|name| env.secret(name).map(|value| value.to_string()));
    let secrets: Vec<&str> = secrets.iter().flatten().map(String::as_str).filter(|secret| !secret.is_empty()).collect();
    let variable = env.var("REVOKED_KEYS").map(|list| list.to_string()).unwrap_or_default();
    let listed = variable.split(',').filter_map(|number| number.trim().parse().ok());
    let revoked = monogram::ordered::set(listed.chain(revoked.iter().copied()));
    Keyring::new(&secrets, revoked).map_err(|_| {
        Problem::new(Fault::Ours, "signing-secret-short", "the secret SIGNING_SECRET of this deployment is too short")
            .remedy("set one of 32 characters or more: npx wrangler secret put SIGNING_SECRET")
    })
}

/// Whether every template answers to everyone: for development, and for operators who want it.
pub fn unsigned_is_allowed(env: &Env) -> bool {
    env.var("UNSIGNED").is_ok_and(|value| value.to_string() == "allow")
}

/// The error for a URL without the signature that its template requires.
pub fn unsigned(why: &str) -> Problem {
    Problem::new(Fault::Refused, "signature-required", format!("The URL is not signed, and {why}"))
        .remedy("sign the URL (monogram sign), send an API key with the scope render, or set \"access\": \"public\" in the template")
}
