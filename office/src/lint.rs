//! `POST /v1/lint`: what is wrong with the pictures in an email, before it is sent.
//!
//! Without a key the caller learns of public templates only; with one that has the scope `sign`, of
//! those that it may sign for too.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use monogram::access::{Grant, Scope};
use monogram::api::body as json_body;
use monogram::api::key::denied;
use monogram::api::lint::Asked;
use monogram::error::{Fault, Problem};
use monogram::lint::{self, Report};
use monogram::request::TemplateId;
use monogram::response::Reply;
use monogram::template::Template;
use monogram::template::document::Access;

use monogram_platform::log::Log;
use monogram_platform::{Call, auth, body, json, limit, now};

use super::template;

/// Answers a check. Nothing of the email is stored or logged.
///
/// # Errors
/// 400 or 413 for the email, 401, 403 or 429 for the caller.
pub async fn answer(call: &Call<'_>, query: &str, log: &mut Log) -> Result<Reply, Problem> {
    let (limits, now) = (call.limits, now());
    // 1. Who asks.
    let grant = if auth::is_sent(call) {
        let grant = auth::grant(call).await?;
        log.kid = Some(grant.kid);
        limit::call(call, grant.kid).await?;
        grant.allows_scope(Scope::Sign, now).map_err(denied)?;
        Some(grant)
    } else {
        limit::stranger(call).await?;
        None
    };

    // 2. The email, and the templates of its pictures.
    let asked = Asked::read(query, limits)?;
    let email = json_body::present(body::read_of(call, limits.email_bytes).await?)?;
    // Bytes that are not UTF-8 become U+FFFD, because old emails have other encodings.
    let email = String::from_utf8_lossy(&email);
    Ok(json(200, &report(call, &asked, &email, grant.as_ref(), log).await))
}

/// Checks an email, with what the caller may know of the templates of its pictures.
pub async fn report(call: &Call<'_>, asked: &Asked, email: &str, grant: Option<&Grant>, log: &mut Log) -> Report {
    let (limits, now) = (call.limits, now());
    let ids = lint::pictures(email, &asked.prefixes, limits).into_iter().map(|image| image.template);
    let ids = monogram::ordered::set(ids);
    let found = ids.iter().take(limits.lint_templates).map(|id| find(call, id, grant, now));
    let found = join_all(found).await;
    log.stage("templates");
    // Of those over the limit, nothing is known.
    let found = found.iter().chain(std::iter::repeat(&Known::Hidden));
    let mut templates = BTreeMap::new();
    for (id, known) in ids.iter().zip(found) {
        match known {
            Known::Absent => {}
            Known::Hidden => _ = templates.insert(id.to_string(), None),
            Known::Template(template) => _ = templates.insert(id.to_string(), Some(&template.document)),
        }
    }
    asked.check(email, &templates, now, limits)
}

enum Known {
    Absent,
    Hidden,
    Template(Box<Template>),
}

async fn find(call: &Call<'_>, id: &TemplateId, grant: Option<&Grant>, now: u64) -> Known {
    match template::read(call.env, id.as_str(), call.limits).await {
        Ok(found) => {
            let is_own = || grant.is_some_and(|grant| grant.allows(Scope::Sign, id.as_str(), now).is_ok());
            let may_know = found.document.access == Access::Public || is_own();
            if may_know { Known::Template(Box::new(found)) } else { Known::Hidden }
        }
        Err(problem) if problem.fault == Fault::NotFound => Known::Absent,
        Err(_) => Known::Hidden,
    }
}
