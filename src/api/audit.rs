//! A line of the log of writes: who did what, and when. No value is in it.

use schemars::JsonSchema;
use serde::Serialize;

/// A line of the log.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditLine")]
pub struct Line {
    /// Its number; a later line has a larger one.
    pub n: u64,
    /// When, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub at: String,
    /// The number of the key; 0 is the key of the deployment.
    pub kid: u32,
    /// What: `publish`, `rollback`, `delete`, `purge`, `put-asset`, `make-key` and the like.
    pub action: String,
    /// To what: an id with its revision, the name of a file, `key/7`.
    pub target: String,
    /// `X-Request-Id` of the call.
    pub request: String,
}
