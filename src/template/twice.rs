//! Fields that stand twice in one object: JSON has no meaning for them, and the last one counts.
//!
//! Only who writes templates asks for it, as for all [mistakes](super::mistake).

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The places of fields that stand twice, in the order of the text; `most` of them.
pub fn of(json: &str, most: usize) -> Vec<String> {
    let (mut path, mut found) = (String::new(), Vec::new());
    let mut deserializer = serde_json::Deserializer::from_str(json);
    // What is no JSON is told elsewhere.
    let _ = Value { path: &mut path, found: &mut found, most }.deserialize(&mut deserializer);
    found
}

/// A value at a path.
struct Value<'a> {
    path: &'a mut String,
    found: &'a mut Vec<String>,
    most: usize,
}

impl Value<'_> {
    fn below(&mut self) -> Value<'_> {
        Value { path: self.path, found: self.found, most: self.most }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        let (mut names, length) = (BTreeSet::new(), self.path.len());
        while let Some(name) = fields.next_key::<String>()? {
            self.path.push_str(if length == 0 { "" } else { "." });
            self.path.push_str(&name);
            if !names.insert(name) && self.found.len() < self.most {
                self.found.push(self.path.clone());
            }
            fields.next_value_seed(self.below())?;
            self.path.truncate(length);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let length = self.path.len();
        for index in 0_usize.. {
            self.path.push_str(&format!("[{index}]"));
            let item = items.next_element_seed(self.below())?;
            self.path.truncate(length);
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_stand_twice_are_found() {
        for (json, places) in [
            (r#"{ "a": 1, "b": [{ "c": null }, { "c": 1.5, "d": "x", "c": true }], "a": -2 }"#, &["b[1].c", "a"][..]),
            (r#"{ "a": { "b": 1 }, "c": { "b": 1 } }"#, &[]),
            (r#"{ "a": 1, "a": "#, &["a"]),
            ("[", &[]),
        ] {
            assert_eq!(of(json, 9), places, "{json}");
        }
        assert_eq!(of(r#"{ "a": 1, "a": 1, "a": 1 }"#, 1), ["a"]);
    }
}
