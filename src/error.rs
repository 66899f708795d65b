//! What went wrong, whose fault it is, and what to do about it.
//!
//! One type for the whole pipeline, because every failure ends in the same two places: a placeholder
//! image with an honest status, or an RFC 9457 problem document.
//!
//! Invariant: no text of a [`Problem`] holds a param's value, a contact or a full URL. Names that the
//! template's author wrote (fields, params, layer paths) are fine.

use serde::Serialize;

/// Whose fault a [`Problem`] is; decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The request makes no sense: 400.
    Request,
    /// A signature is bad, missing or expired: 403.
    Refused,
    /// No such template, revision or page: 404.
    NotFound,
    /// A method that this URL does not take: 405.
    Method,
    /// A template or its picture is over a budget: 413.
    TooLarge,
    /// The URL is too long: 414.
    UrlTooLong,
    /// A template document is wrong: 422.
    Document,
    /// Ours: 500.
    Ours,
}

impl Fault {
    /// The HTTP status code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Request => 400,
            Self::Refused => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::TooLarge => 413,
            Self::UrlTooLong => 414,
            Self::Document => 422,
            Self::Ours => 500,
        }
    }
}

/// An error with its cause, its place and its remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}{}", field.as_ref().map(|f| format!("{f}: ")).unwrap_or_default(), remedy.as_ref().map(|r| format!(" ({r})")).unwrap_or_default())]
pub struct Problem {
    /// Whose fault it is.
    pub fault: Fault,
    /// Stable, kebab-case: `unknown-template`. For logs and for programs.
    pub code: &'static str,
    /// Where: a param (`name`), or a path in a document (`layers[2].fill`).
    pub field: Option<String>,
    /// One sentence: what was expected, and what was found.
    pub message: String,
    /// One sentence: what to do.
    pub remedy: Option<String>,
}

impl Problem {
    /// A problem without a place or a remedy.
    #[must_use]
    pub fn new(fault: Fault, code: &'static str, message: impl Into<String>) -> Self {
        Self { fault, code, field: None, message: message.into(), remedy: None }
    }

    /// The same, at `field`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, with what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The HTTP status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.fault.status()
    }
}
