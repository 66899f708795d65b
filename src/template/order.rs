//! The order in which a document declares its params. Their map is sorted by name, for one cache key;
//! people wrote them in an order that has a meaning.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

/// The names of the params, as they stand in the text. Empty if it has none.
pub fn of(json: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Document {
        #[serde(default)]
        params: Names,
    }
    serde_json::from_str(json).map(|Document { params: Names(names) }| names).unwrap_or_default()
}

/// The names of an object's fields.
#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Names;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("params")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = fields.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn params_stand_in_the_order_of_the_text() {
        assert_eq!(of(r#"{ "width": 1, "params": { "z": { "type": "text" }, "a": 1 }, "layers": [] }"#), ["z", "a"]);
        assert_eq!(of("{}"), [""; 0]);
    }
}
