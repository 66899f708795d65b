//! The body of a request, read piece by piece against its limit.

use monogram::api::body;
use monogram::error::{Fault, Problem};
use serde::de::DeserializeOwned;
use worker::{ByteStream, web_sys};

use crate::deadline::{Cut, Deadline};
use crate::{Call, Visit};

/// A whole body of at most `most` bytes.
///
/// # Errors
/// 413 if it is larger, 400 if it is a form, is cut short or comes too slowly.
pub async fn read(visit: &Visit<'_>, most: usize) -> Result<Vec<u8>, Problem> {
    if let Some(sent) = visit.sent {
        return if sent.body.len() > most { Err(too_large(most)) } else { Ok(sent.body.clone()) };
    }
    read_of(visit.call, most).await
}

/// The same for a call without a key.
///
/// # Errors
/// Those of [`read`].
pub async fn read_of(call: &Call<'_>, most: usize) -> Result<Vec<u8>, Problem> {
    let limits = call.limits;
    let kind = call.request.headers().get("Content-Type").ok().flatten().unwrap_or_default();
    if kind.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        return Err(Problem::new(
            Fault::Request,
            "bad-content-type",
            "The body is a form (multipart), which no call reads",
        )
        .at("Content-Type")
        .remedy("send the content itself: curl --data-binary @file, and not -F"));
    }
    let announced = call.request.headers().get("Content-Length").ok().flatten();
    let announced = announced.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    let Some(stream) = web_sys::Request::body(call.request) else { return Ok(Vec::new()) };
    let deadline = Deadline::after(limits.body_wait_ms);
    let whole = deadline.whole(&mut ByteStream::from(stream), limits.body_silence_ms, most).await;
    whole.map_err(|cut| match cut {
        Cut::TooLarge => too_large(most),
        Cut::Late => Problem::new(Fault::Request, "body-slow", "The body did not come in time").remedy("send it again"),
        Cut::Broken => Problem::new(Fault::Request, "body-cut", "The body ended early").remedy("send it again"),
    })
}

/// A JSON body.
///
/// # Errors
/// Those of [`read`], and 400 if it is not what the call takes.
pub async fn json<T: DeserializeOwned>(visit: &Visit<'_>) -> Result<T, Problem> {
    body::read(&read(visit, visit.limits().body_bytes).await?)
}

fn too_large(most: usize) -> Problem {
    let most = match most {
        mib if mib.is_multiple_of(1 << 20) => format!("{} MiB", mib >> 20),
        kib if kib.is_multiple_of(1 << 10) => format!("{} KiB", kib >> 10),
        bytes => format!("{bytes} bytes"),
    };
    Problem::new(Fault::TooLarge, "body-too-large", format!("The body may have {most}, and has more"))
        .remedy("send less at once, or make the file smaller")
}
