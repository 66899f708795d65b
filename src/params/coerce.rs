//! Text → a value of a param's type, one value or a list.

use super::{Missing, Param, Value, list, scalar};

/// Reads `text` as a value of the type that `param` declares.
///
/// # Errors
/// The reason why it is none: those of [`scalar::value`] and [`list::read`].
pub fn value(param: &Param, text: String) -> Result<Value, Missing> {
    match param {
        Param::List(list) => list::read(list, &text, &list::Reading::default()),
        param => scalar::value(param, text),
    }
}

/// The template's own default. `None` if the param has no default.
#[must_use]
pub fn default(param: &Param) -> Option<Value> {
    match param {
        Param::List(list) => list::of_json(list, list.default.as_ref()?, &list::Reading::default()).ok(),
        param => scalar::default(param),
    }
}
