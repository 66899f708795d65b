//! Who is told of the end of a batch: a signed POST, as Standard Webhooks has it, tried again with
//! growing pauses.

use monogram::error::Problem;
use monogram::jobs::hook::{PAUSES_S, signature};
use monogram::jobs::spec::{Spec, Work};
use monogram::limits::Limits;
use monogram_platform::database::{Database, number, text};
use monogram_platform::deadline::Deadline;
use monogram_platform::{log, now};
use serde_json::json;
use worker::{AbortController, Env, Fetch, Method, Request, RequestInit, RequestRedirect};

use super::queue::Message;

/// Tells the webhook of a batch that it is done.
///
/// # Errors
/// A store failed.
pub async fn tell(env: &Env, id: &str, tries: u32, limits: &Limits) -> Result<(), Problem> {
    let database = Database::of(env, limits)?;
    // A message that comes twice is one try.
    let sql = "UPDATE job SET hook_tries = ?2 + 1 WHERE id = ?1 AND state = 'done' AND hook_tries = ?2 RETURNING spec, target, rows, failed";
    let row = database.first::<(String, String, u64, u64)>(sql, &[text(id), number(tries)]).await?;
    let Some((spec, template, rows, failed)) = row else { return Ok(()) };
    let hook = match serde_json::from_str::<Spec>(&spec).map(|spec| spec.work) {
        Ok(Work::Batch(batch)) => batch.webhook,
        _ => None,
    };
    let Some(hook) = hook else { return Ok(()) };
    let body = json!({
        "type": "batch.done",
        "data": { "id": id, "template": template, "state": "done", "rows": rows, "failed": failed },
    });
    let status = post(&hook.url, &hook.secret, id, &body.to_string(), limits).await.unwrap_or(0);
    let sql = "UPDATE job SET hook_done = ?2 WHERE id = ?1 RETURNING id";
    database.first::<(String,)>(sql, &[text(id), number(status)]).await?;
    if (200..300).contains(&status) {
        return Ok(());
    }
    log::fault("webhook-failed", None);
    let pause = usize::try_from(tries).ok().and_then(|tries| PAUSES_S.get(tries));
    match pause {
        Some(pause) => {
            Message { job: id.to_owned(), part: 0, hook: Some(tries.saturating_add(1)) }.send(env, *pause, limits).await
        }
        None => Ok(()),
    }
}

/// The status of the answer. `None` if there was none. No redirect is followed.
async fn post(url: &str, secret: &str, id: &str, body: &str, limits: &Limits) -> Option<u16> {
    let seconds = now();
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_redirect(RequestRedirect::Manual).with_body(Some(body.into()));
    let request = Request::new_with_init(url, &init).ok()?;
    let mut request = request.clone_mut().ok()?;
    let headers = request.headers_mut().ok()?;
    headers.set("Content-Type", "application/json").ok()?;
    headers.set("User-Agent", "Monogram").ok()?;
    headers.set("webhook-id", id).ok()?;
    headers.set("webhook-timestamp", &seconds.to_string()).ok()?;
    headers.set("webhook-signature", &signature(secret, id, seconds, body)).ok()?;
    let controller = AbortController::default();
    let signal = controller.signal();
    let fetch = Fetch::Request(request);
    let answer =
        Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, fetch.send_with_signal(&signal)).await;
    let status = answer.ok().and_then(Result::ok).map(|response| response.status_code());
    // Nobody reads its body.
    controller.abort();
    status
}
