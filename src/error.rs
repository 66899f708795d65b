//! Errors: what went wrong, whose fault it is, and how to fix it.
//!
//! The whole pipeline has one error type, because every failure ends in one of two answers: a
//! placeholder picture with the right status, or an RFC 9457 problem document.
//!
//! Invariant: no text of a [`Problem`] holds a param's value, a contact or a full URL. Names that
//! the template's author wrote (fields, params, layer paths) are allowed.

use serde::Serialize;

/// Whose fault a [`Problem`] is; decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The request is wrong: 400.
    Request,
    /// The request has no API key that is valid: 401.
    Unauthorized,
    /// A signature is wrong, missing or expired, or an API key may not do this: 403.
    Refused,
    /// There is no such template, revision or page: 404.
    NotFound,
    /// The URL does not take the request's method: 405.
    Method,
    /// The request contradicts what is stored: 409.
    Conflict,
    /// The document has changed since the caller read it (`If-Match`, `If-None-Match`): 412.
    Precondition,
    /// A template, a file or a picture is over a budget: 413.
    TooLarge,
    /// The URL is too long: 414.
    UrlTooLong,
    /// A template document is wrong, or a value that is well-formed cannot be used: 422.
    Document,
    /// The caller sends too many requests: 429.
    TooMany,
    /// Monogram itself failed: 500.
    Ours,
    /// A store that this needs is down, slow or not configured: 503.
    Unavailable,
}

impl Fault {
    /// The HTTP status code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Request => 400,
            Self::Unauthorized => 401,
            Self::Refused => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::Conflict => 409,
            Self::Precondition => 412,
            Self::TooLarge => 413,
            Self::UrlTooLong => 414,
            Self::Document => 422,
            Self::TooMany => 429,
            Self::Ours => 500,
            Self::Unavailable => 503,
        }
    }
}

/// An error with its cause, its place and its remedy.
///
/// Its `Display` is one line for logs and terminals: `field: message (remedy)`.
///
/// ```
/// use monogram::error::{Fault, Problem};
///
/// let problem = Problem::new(Fault::Request, "bad-width", "A width is a whole number of px from 1 to 4096")
///     .at("_w")
///     .remedy("leave it empty for the template's own width");
/// assert_eq!(problem.status(), 400);
/// assert_eq!(
///     problem.to_string(),
///     "_w: A width is a whole number of px from 1 to 4096 (leave it empty for the template's own width)"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}{}", field.as_ref().map(|f| format!("{f}: ")).unwrap_or_default(), remedy.as_ref().map(|r| format!(" ({r})")).unwrap_or_default())]
pub struct Problem {
    /// Whose fault it is.
    pub fault: Fault,
    /// A name for logs and programs that never changes, in kebab-case: `unknown-template`.
    pub code: &'static str,
    /// The place of the error: a param (`name`), or a path in a document (`layers[2].fill`).
    pub field: Option<String>,
    /// One sentence without a full stop: what was expected, and what was found.
    pub message: String,
    /// One sentence for the caller, in the imperative and without a full stop: how to fix the
    /// error. `None` if the caller can do nothing about it.
    pub remedy: Option<String>,
    /// The value of the header `Allow`: the methods that the URL takes. `None` unless the fault is
    /// [`Fault::Method`].
    pub allow: Option<String>,
    /// The value of the header `Retry-After`: seconds after which the same request may succeed.
    /// `None` if waiting does not help.
    pub retry_after_s: Option<u16>,
}

impl Problem {
    /// A problem without a place or a remedy.
    #[must_use]
    pub fn new(fault: Fault, code: &'static str, message: impl Into<String>) -> Self {
        Self { fault, code, field: None, message: message.into(), remedy: None, allow: None, retry_after_s: None }
    }

    /// Sets [`Self::field`]: the place of the error.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Sets [`Self::remedy`](field@Self::remedy): how the caller can fix the error.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Sets [`Self::allow`](field@Self::allow): the methods that the URL takes.
    #[must_use]
    pub fn allow(mut self, allow: impl Into<String>) -> Self {
        self.allow = Some(allow.into());
        self
    }

    /// Sets [`Self::retry_after_s`]: the seconds after which the request may succeed.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u16) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The HTTP status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.fault.status()
    }
}
