//! The columns of a grid: how many, or how wide each is.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use super::templated::{Field, Length, Templated};

/// The columns of a grid.
#[derive(Debug, Clone, PartialEq)]
pub enum Columns {
    /// As many, of one width.
    Equal(usize),
    /// The width of each.
    Each(Vec<Templated<Track>>),
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Columns;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number of columns, or a list of widths such as [200, \"1fr\", \"auto\"]")
            }
            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Columns, E> {
                Ok(Columns::Equal(usize::try_from(count).unwrap_or(usize::MAX)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Columns, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Columns::Each)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Columns {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Columns".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Templated<Track>>();
        json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 24 },
            { "type": "array", "items": one, "minItems": 1, "maxItems": 24 },
        ] })
    }
}

/// The width of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Track {
    /// px or percent.
    Length(Length),
    /// A share of the width that is left.
    Flex(f32),
    /// As wide as what is in it.
    Auto,
}

impl Field for Track {
    const EXPECTED: &'static str = "px as a number, a percentage such as \"30%\", \"1fr\" or \"auto\"";
    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "auto" {
            return Some(Self::Auto);
        }
        match text.strip_suffix("fr") {
            Some(factor) => f32::from_text(factor).filter(|factor| *factor >= 0.0).map(Self::Flex),
            None => Length::from_text(text).map(Self::Length),
        }
    }
    fn from_number(number: f64) -> Option<Self> {
        Length::from_number(number).map(Self::Length)
    }
    fn schema() -> Schema {
        json_schema!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": r"^\s*([0-9.]+(%|fr)?|auto)\s*$" }] })
    }
}
