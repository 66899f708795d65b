//! Published templates, as lists show them, and the body of a rollback.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body;

/// A template in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TemplateItem")]
pub struct Item {
    /// Its id.
    pub id: String,
    /// The live revision.
    pub revision: u32,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When that revision was made live, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub changed: String,
}

/// A revision in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Revision {
    /// Its number.
    pub revision: u32,
    /// Whether it is the live one.
    pub live: bool,
    /// When it was made, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub made: String,
    /// The number of the key that made it; 0 is the key of the deployment.
    pub kid: u32,
    /// Bytes of its document.
    pub bytes: u64,
    /// The revision that it is a copy of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_of: Option<u32>,
}

/// The body of `POST /v1/templates/{id}/rollback`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The revision whose content shall be live again.
    #[serde(deserialize_with = "body::whole")]
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub revision: u32,
}
