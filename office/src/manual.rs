//! `/v1/openapi.json` and `/v1/docs`: static assets, which weigh nothing here.

use monogram::api::manual;
use monogram::error::{Fault, Problem};
use monogram::response::Reply;

use monogram_platform::deadline::Deadline;
use monogram_platform::{Call, log};

/// The OpenAPI document of the API.
///
/// # Errors
/// 503 if the static assets fail.
pub async fn openapi(call: &Call<'_>) -> Result<Reply, Problem> {
    Ok(manual::openapi(read(call, "openapi.json").await?))
}

/// The same, as a page.
///
/// # Errors
/// 503 if the static assets fail.
pub async fn page(call: &Call<'_>) -> Result<Reply, Problem> {
    Ok(manual::page(read(call, "docs.html").await?))
}

/// A file of `build/assets/api/`.
async fn read(call: &Call<'_>, name: &str) -> Result<Vec<u8>, Problem> {
    let wait_ms = call.limits.file_wait_ms;
    let read = async {
        let assets = call.env.assets("ASSETS").ok()?;
        let mut response = assets.fetch(format!("https://assets.local/api/{name}"), None).await.ok()?;
        if response.status_code() == 200 { response.bytes().await.ok() } else { None }
    };
    Deadline::after(wait_ms).within(wait_ms, read).await.ok().flatten().ok_or_else(|| {
        log::fault("manual-failed", None);
        Problem::new(Fault::Unavailable, "manual-unavailable", "The static assets of this deployment do not answer")
            .remedy("send the same request again in a few seconds, or read docs/openapi.json in the repository")
            .retry_after(RETRY_S)
    })
}

/// Seconds after which a caller may try again.
const RETRY_S: u16 = 5;
