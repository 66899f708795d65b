//! The series of a chart.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use schemars::JsonSchema;
use serde::Deserialize;

use super::templated::Templated;

/// One of several numbers of an item.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its name in the legend.
    pub name: Option<Templated<String>>,
    /// The number: `{{ item.revenue }}`.
    pub value: Templated<String>,
}
