//! `/v1/snippet/{template}`: finds the template as pictures do; the core does the rest.

use monogram::error::Problem;
use monogram::request::TemplateId;
use monogram::response::Reply;
use monogram::snippet::{self, reply::Subject};
use monogram::template::Edition;
use monogram::template::document::Access;

use monogram_platform::log::Log;
use monogram_platform::secrets::{unsigned, unsigned_is_allowed};
use monogram_platform::templates::Reader;
use monogram_platform::{Call, templates};

/// The snippet, or a report of the faults in the request.
///
/// # Errors
/// There is no such template or size; or its pictures need a signature, which a sender's tag would break;
/// or [`snippet::reply`] fails.
pub async fn answer(
    call: &Call<'_>,
    id: &TemplateId,
    (size, revision): (Option<&str>, Option<u32>),
    query: &str,
    log: &mut Log,
) -> Result<Reply, Problem> {
    let found = templates::find(call.env, id, revision, Reader::Author, call.limits).await?;
    log.template = id.to_string();
    log.stage("template");
    // A snippet of an earlier template would have its params.
    if let Some(problem) = found.problem {
        return Err(Problem::clone(&problem));
    }
    if found.template.document.access == Access::Signed && !unsigned_is_allowed(call.env) {
        return Err(unsigned("no snippet of this template would show a picture"));
    }
    let edition = found.template.edition(Edition { size, dark: false }, call.limits)?;
    let template = edition.as_ref().unwrap_or(&found.template);
    let subject = Subject { origin: call.origin, id: id.as_str(), size, revision };
    snippet::reply(template, subject, query, call.limits)
}
