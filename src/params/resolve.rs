//! value → `name.default` in the URL → the template's default → missing.

use crate::limits::Limits;

use super::{Params, Values};

/// Resolves the raw query (without its `?`, as it arrived) against what the template declares.
#[must_use]
pub fn resolve(_declared: &Params, _query: &str, _limits: &Limits) -> Values {
    Values::new()
}
