//! Pictures for the holder of an API key, without a signature.

use monogram::access::Scope;
use monogram::api::key::denied;
use monogram::error::Problem;
use monogram::request::TemplateId;

use super::super::Call;
use super::{auth, now};

/// The number of the key that came with the request, which may draw this template. `None` if there
/// came none; then no store was asked.
///
/// # Errors
/// 401 or 403 if the key may not; 503 if the database cannot be asked; 429 for too many unknown keys.
pub async fn kid(call: &Call<'_>, template: &TemplateId) -> Result<Option<u32>, Problem> {
    if !auth::is_sent(call) {
        return Ok(None);
    }
    let grant = auth::grant(call).await?;
    grant.allows(Scope::Render, template.as_str(), now()).map_err(denied)?;
    Ok(Some(grant.kid))
}
