//! The answer that is an error: a placeholder picture if a picture was asked for, or else an RFC
//! 9457 problem document.

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{Fault, Problem};

use super::image::Cached;
use super::{Freshness, Reply};

/// An RFC 9457 document. Its `type` is `about:blank`, for which the RFC asks that the `title` is
/// that of the status. Programs tell problems apart by their `code`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct Document<'a> {
    /// Always `about:blank`.
    pub r#type: &'static str,
    /// The phrase of the status.
    pub title: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong, in a sentence. It holds no value of the request.
    pub detail: &'a str,
    /// A name for programs that never changes, in kebab-case: `unknown-template`.
    pub code: &'static str,
    /// The place: a param of the query, a header, or a path in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'a str>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'a str>,
}

/// The error as a picture. `png` is the placeholder, which is a PNG whatever the URL's extension
/// is.
#[must_use]
pub fn placeholder(problem: &Problem, png: Vec<u8>) -> Reply {
    finish(problem, Reply::new(problem.status(), "image/png", png))
}

/// The error as an RFC 9457 document.
///
/// ```
/// use monogram::error::{Fault, Problem};
/// use monogram::response::problem;
///
/// let problem = Problem::new(Fault::NotFound, "unknown-template", "There is no such template");
/// let reply = problem::document(&problem);
/// assert_eq!((reply.status, reply.header("Content-Type")), (404, Some("application/problem+json")));
/// assert_eq!(reply.header("X-Problem"), Some("unknown-template"));
/// ```
#[must_use]
pub fn document(problem: &Problem) -> Reply {
    let document = Document {
        r#type: "about:blank",
        title: title(problem.fault),
        status: problem.status(),
        detail: &problem.message,
        code: problem.code,
        field: problem.field.as_deref(),
        remedy: problem.remedy.as_deref(),
    };
    // Strings and a number always serialise.
    let body = serde_json::to_vec(&document).unwrap_or_default();
    finish(problem, Reply::new(problem.status(), "application/problem+json", body))
}

fn finish(problem: &Problem, mut reply: Reply) -> Reply {
    reply.set("Cache-Control", Freshness::Never.cache_control());
    reply.set("X-Cache", Cached::Bypass.as_str());
    // A placeholder does not show what is wrong, but its headers say it.
    reply.set("X-Problem", problem.code);
    if let Some(allow) = &problem.allow {
        reply.set("Allow", allow.as_str());
    }
    if let Some(seconds) = problem.retry_after_s {
        reply.set("Retry-After", seconds.to_string());
    }
    if problem.fault == Fault::Unauthorized {
        reply.set("WWW-Authenticate", "Bearer");
    }
    reply
}

/// The phrase of the status (RFC 9110 §15).
const fn title(fault: Fault) -> &'static str {
    match fault {
        Fault::Request => "Bad Request",
        Fault::Unauthorized => "Unauthorized",
        Fault::Refused => "Forbidden",
        Fault::NotFound => "Not Found",
        Fault::Method => "Method Not Allowed",
        Fault::Conflict => "Conflict",
        Fault::Precondition => "Precondition Failed",
        Fault::TooLarge => "Content Too Large",
        Fault::UrlTooLong => "URI Too Long",
        Fault::Document => "Unprocessable Content",
        Fault::TooMany => "Too Many Requests",
        Fault::Ours => "Internal Server Error",
        Fault::Unavailable => "Service Unavailable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_placeholder_or_a_document() {
        let problem = Problem::new(Fault::Method, "method-not-allowed", "No")
            .at("method")
            .remedy("send GET")
            .allow("GET, HEAD, OPTIONS");
        let picture = placeholder(&problem, vec![1, 2]);
        let document = document(&problem);
        for reply in [&picture, &document] {
            assert_eq!(reply.status, 405);
            assert_eq!(reply.header("Cache-Control"), Some("no-store"));
            assert_eq!(reply.header("X-Problem"), Some("method-not-allowed"));
            assert_eq!(reply.header("Allow"), Some("GET, HEAD, OPTIONS"));
            assert_eq!(reply.header("Content-Length"), Some(reply.body.len().to_string().as_str()));
        }
        assert_eq!(picture.header("Content-Type"), Some("image/png"));
        assert_eq!(document.header("Content-Type"), Some("application/problem+json"));
        assert_eq!(
            String::from_utf8(document.body).unwrap(),
            r#"{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"No","code":"method-not-allowed","field":"method","remedy":"send GET"}"#
        );
    }

    #[test]
    fn some_errors_say_what_to_send_or_when() {
        let busy = document(&Problem::new(Fault::TooMany, "x", "y").retry_after(60));
        assert_eq!((busy.status, busy.header("Retry-After"), busy.header("WWW-Authenticate")), (429, Some("60"), None));
        let unknown = document(&Problem::new(Fault::Unauthorized, "x", "y"));
        assert_eq!((unknown.status, unknown.header("WWW-Authenticate")), (401, Some("Bearer")));
    }

    #[test]
    fn another_error_has_no_allow() {
        let reply = placeholder(&Problem::new(Fault::NotFound, "x", "y"), Vec::new());
        assert_eq!((reply.status, reply.header("Allow")), (404, None));
    }
}
