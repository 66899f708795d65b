//! The policy of a signed URL, or the expiry of a sealed one → their faults.
//!
//! The signature itself cannot be checked, because the secret is the deployment's. What a policy
//! allows can be read without it.

use crate::policy::{self, Bound};
use crate::request::{ImageRequest, Route};
use crate::template::Document;

use super::finding::Findings;
use super::picture::Picture;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Days in which most recipients have opened an email. A URL that expires earlier deserves a
/// warning.
const DAYS_TO_OPEN: u64 = 14;

/// Adds the faults of the URL's token. Returns what the token fixes and opens: `None` for a URL
/// without one, and for a token that cannot be read.
pub fn check(
    picture: &Picture<'_, '_>,
    route: &Route,
    image: &ImageRequest,
    document: Option<&Document>,
    findings: &mut Findings,
) -> Option<Bound> {
    // The token begins after `/s/`.
    let at = picture.at(picture.address.path.start.saturating_add(3));
    let damaged = |findings: &mut Findings| {
        findings.error(
            at,
            "signature-malformed",
            "The signature in the URL is damaged",
            "copy the URL again from where it was signed; its path must not change",
        );
    };
    match route {
        Route::Signed { token, .. } => {
            let Some(policy) = policy::peek(token, picture.limits) else {
                damaged(findings);
                return None;
            };
            expiry(policy.expires, at, picture, findings);
            if !policy.target.covers(&image.template) {
                findings.error(
                    at,
                    "signature-other-template",
                    "The signature is for another template",
                    format!("sign a URL for {}", image.template),
                );
            } else if policy.revision != image.revision {
                let of = |revision: Option<u32>| {
                    revision.map_or("the live revision".to_owned(), |number| format!("revision {number}"))
                };
                findings.error(
                    at,
                    "signature-other-revision",
                    format!(
                        "The signature is for {}, and the URL asks for {}",
                        of(policy.revision),
                        of(image.revision)
                    ),
                    "sign a URL for this revision",
                );
            }
            undeclared(&policy.bound, document, at, findings);
            Some(policy.bound)
        }
        Route::Sealed { token, .. } => {
            match policy::peek_expiry(token, picture.limits) {
                Some(expires) => expiry(expires, at, picture, findings),
                None => damaged(findings),
            }
            Some(Bound::default())
        }
        _ => None,
    }
}

fn expiry(expires: u32, at: usize, picture: &Picture<'_, '_>, findings: &mut Findings) {
    let now = picture.context.now;
    if now == 0 {
        return;
    }
    match u64::from(expires).checked_sub(now) {
        None | Some(0) => findings.error(
            at,
            "signature-expired",
            "The signature has expired: every recipient gets a placeholder",
            "sign the URL again",
        ),
        Some(left) if left < DAYS_TO_OPEN.saturating_mul(DAY) => findings.warning(
            at,
            "signature-expires-soon",
            format!("The signature expires in {} days; emails are opened for weeks", left / DAY),
            "sign the URL for longer: --expires 365d",
        ),
        Some(_) => {}
    }
}

/// Names of the policy that the template does not declare.
fn undeclared(bound: &Bound, document: Option<&Document>, at: usize, findings: &mut Findings) {
    let Some(document) = document else { return };
    let names = bound
        .fixed
        .keys()
        .map(|name| name.strip_suffix(".default").unwrap_or(name))
        .chain(bound.open.iter().map(String::as_str));
    for name in names.filter(|name| !name.starts_with('_') && !document.params.contains_key(*name)) {
        findings.warning(
            at,
            "signature-unknown-param",
            format!("The signature names the param {name}, which the template does not declare"),
            "sign the URL again, without it or with its right name",
        );
    }
}
