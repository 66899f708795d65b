//! The values of one request, as expressions see them.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::params::{self, Values};
use crate::text::marks;

use super::value::Value;

/// Every param that has a value, by name; the picture's language; and what is left of the picture's
/// budget.
pub struct Context {
    values: BTreeMap<String, Value>,
    /// The picture's language: the `_lang` of its URL, else the template's own.
    pub lang: Option<String>,
    /// Bytes that expressions have made and read so far.
    pub spent: Cell<usize>,
}

impl Context {
    /// The values of a request. A missing one is undefined: it prints nothing and is false.
    #[must_use]
    pub fn new(values: &Values, lang: Option<&str>) -> Self {
        let defined = values.iter().filter_map(|(name, resolved)| {
            let value = match resolved.value.as_ref()? {
                params::Value::Text(text) | params::Value::Choice(text) | params::Value::Image(text) => {
                    Value::from(text.as_str())
                }
                params::Value::Number(number) => Value::from(*number),
                params::Value::Color(color) => Value::from(color.to_hex()),
                params::Value::Datetime(moment) => Value::from(moment.to_string()),
                params::Value::Feed(json) | params::Value::List(json) => data(json),
                params::Value::Boolean(value) => Value::Bool(*value),
                params::Value::Rich(text) => Value::from(marks::set(text)),
            };
            Some((name.clone(), value))
        });
        Self { values: crate::ordered::map(defined), lang: lang.map(str::to_owned), spent: Cell::new(0) }
    }

    /// Gives a name a value; returns the value that it had.
    pub fn bind(&mut self, name: &str, value: Value) -> Option<Value> {
        self.values.insert(name.to_owned(), value)
    }

    /// Gives a name back the value that it had.
    pub fn unbind(&mut self, name: &str, before: Option<Value>) {
        match before {
            Some(value) => self.values.insert(name.to_owned(), value),
            None => self.values.remove(name),
        };
    }

    /// The value of a param; undefined if it is missing.
    #[must_use]
    pub fn value(&self, name: &str) -> &Value {
        self.values.get(name).unwrap_or(&Value::Undefined)
    }
}

/// What a feed sent, a list, or what a document gives a component. Its `null` is undefined, so that it prints nothing.
pub fn data(json: &Json) -> Value {
    match json {
        Json::Null => Value::Undefined,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::Undefined,
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(data).collect()),
        Json::Object(fields) => {
            Value::Map(fields.iter().map(|(name, field)| (Value::from(name.as_str()), data(field))).collect())
        }
    }
}
