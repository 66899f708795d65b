//! `POST /v1/sign` and `POST /v1/seal`: URLs of templates that a key may sign for.

use monogram::access::Scope;
use monogram::api::sign::{self, SealBody, SignBody, Signer};
use monogram::error::Problem;
use monogram::policy::Keyring;
use monogram::request::TemplateId;
use monogram::response::Reply;

use monogram_platform::log::Log;
use monogram_platform::templates::{self, Found, Reader};
use monogram_platform::{Visit, body, json, revoked, secrets};

/// # Errors
/// 400 for the body, 403 for another client's template, 404 if there is none.
pub async fn sign(visit: &Visit<'_>, log: &mut Log) -> Result<Reply, Problem> {
    let body: SignBody = body::json(visit).await?;
    let found = find(visit, &sign::id(&body.template)?, body.revision, log).await?;
    let keyring = keyring(visit).await?;
    Ok(json(200, &sign::sign(&body, &found.template, &signer(visit, &keyring))?))
}

/// # Errors
/// As [`sign`].
pub async fn seal(visit: &Visit<'_>, log: &mut Log) -> Result<Reply, Problem> {
    let body: SealBody = body::json(visit).await?;
    let found = find(visit, &sign::id(&body.template)?, body.revision, log).await?;
    let keyring = keyring(visit).await?;
    Ok(json(200, &sign::seal(&body, &found.template, &signer(visit, &keyring))?))
}

async fn keyring(visit: &Visit<'_>) -> Result<Keyring, Problem> {
    let revoked = revoked::list(visit.env(), visit.limits()).await;
    secrets::keyring(visit.env(), &revoked)
}

async fn find(visit: &Visit<'_>, id: &TemplateId, revision: Option<u32>, log: &mut Log) -> Result<Found, Problem> {
    visit.allows(Scope::Sign, id.as_str())?;
    let found = templates::find(visit.env(), id, revision, Reader::Author, visit.limits()).await?;
    log.template = id.to_string();
    log.revision = revision;
    Ok(found)
}

const fn signer<'a>(visit: &'a Visit<'_>, keyring: &'a Keyring) -> Signer<'a> {
    Signer { keyring, kid: visit.grant.kid, now: visit.now, origin: visit.call.origin, limits: visit.call.limits }
}
