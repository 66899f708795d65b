//! The values that one use gives a component.

use crate::template::document::Scope;
use crate::template::expression::{Value, data};
use crate::template::reuse::{Given, given};

use super::resolve::Resolver;

impl Resolver<'_> {
    /// By the names of the component's params.
    pub(super) fn scope(&mut self, scope: &Scope, path: &str) -> Value {
        let values = scope.with.iter().map(|(name, json)| (Value::from(name.as_str()), self.given(json, name, path)));
        Value::Map(values.collect())
    }

    fn given(&mut self, json: &serde_json::Value, name: &str, path: &str) -> Value {
        let value = match given(json) {
            Given::Data(json) => return data(json),
            Given::Expression(source) => self.template.expressions.value(source, &self.context),
            // A text of which nothing is left is missing, as a param is.
            Given::Text(source) => self
                .template
                .expressions
                .text(source, &self.context)
                .map(|text| if text.trim().is_empty() { Value::Undefined } else { Value::from(text.as_str()) }),
        };
        self.evaluated = true;
        value.unwrap_or_else(|reason| {
            self.warnings.push(&format!("{path}.with.{name}"), reason);
            Value::Undefined
        })
    }
}
