//! `/v1/snippet/{template}`: the template from where pictures get theirs, the rest from the core.

use monogram::error::Problem;
use monogram::request::TemplateId;
use monogram::response::Reply;
use monogram::snippet::{self, reply::Subject};
use monogram::template::document::Access;

use super::log::Log;
use super::{Call, templates, unsigned, unsigned_is_allowed};

/// The snippet, or what is wrong with what was chosen.
///
/// # Errors
/// No such template; one whose pictures need a signature, which a sender's tag would break; and as
/// [`snippet::reply`].
pub async fn answer(
    call: &Call<'_>,
    id: &TemplateId,
    revision: Option<u32>,
    query: &str,
    log: &mut Log,
) -> Result<Reply, Problem> {
    let found = templates::find(call.env, id, revision, call.limits).await?;
    log.template = id.to_string();
    log.stage("template");
    if found.template.document.access == Access::Signed && !unsigned_is_allowed(call.env) {
        return Err(unsigned("no snippet of this template would show a picture"));
    }
    let subject = Subject { origin: call.origin, id: id.as_str(), revision };
    snippet::reply(&found.template, subject, query, call.limits)
}
