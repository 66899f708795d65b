//! The icon layer of a document.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use schemars::JsonSchema;
use serde::Deserialize;

use super::templated::Templated;

/// An icon of the set Lucide. Its `fill` is the paint of its lines, black by default, and `stroke_width`
/// their width where the icon has 24 px; 2 by default.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Icon {
    /// Its name: `calendar`, `map-pin`. All are at lucide.dev.
    pub icon: Templated<String>,
}

impl Icon {
    /// The asset that has the icon of a name. `None` if no icon can have that name.
    #[must_use]
    pub fn file(name: &str) -> Option<String> {
        let first = name.chars().next().filter(char::is_ascii_lowercase)?;
        let is_name =
            name.len() <= 64 && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
        is_name.then(|| format!("icons-{first}.txt"))
    }
}
