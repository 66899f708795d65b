//! The arguments of a filter, a test or a function: `(2, lang='de')`.

use super::value::Value;

/// Evaluated arguments.
#[derive(Debug, Default)]
pub struct Arguments {
    /// Those by place.
    pub positional: Vec<Value>,
    /// Those by name.
    pub named: Vec<(&'static str, Value)>,
}

impl Arguments {
    /// The argument at a place.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<&Value> {
        self.positional.get(index)
    }

    /// The argument of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Value> {
        self.named.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The text at a place, if it is one.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&str> {
        self.at(index)?.as_text()
    }
}
