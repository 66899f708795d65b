//! What a field of a body takes, for the OpenAPI document, where the field's own type takes more.
//!
//! No value has these types: a wrong field is refused by the code that reads it, with a better error
//! than serde's. The Worker holds nothing of them.
#![expect(missing_docs, reason = "the words are those of the API")]

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// The end of a time: RFC 3339, a distance from now such as `90d`, `12h` or `30m`, or Unix seconds.
#[derive(Debug)]
pub struct Expires;

impl JsonSchema for Expires {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Expires".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The end of a time that is to come: RFC 3339, a distance from now in days, hours or \
                 minutes, or Unix seconds",
            "anyOf": [
                { "type": "string", "pattern": "^[1-9][0-9]{0,3}[dhm]$", "examples": ["90d", "12h"] },
                { "type": "string", "pattern": "^20[2-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$", "examples": ["2037-01-01T00:00:00Z"] },
                { "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32 },
            ],
        })
    }
}

/// A value of a param: a text, a number or a truth value; `null` is no value.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    Text(String),
    Number(f64),
    Truth(bool),
    Nothing(()),
}

/// The extension of a picture.
#[derive(Debug, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "PictureFormat")]
pub enum Picture {
    Png,
    Jpg,
    Jpeg,
    Webp,
    Gif,
}

/// The extension of a picture, or of a view of it.
#[derive(Debug, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ViewFormat")]
pub enum View {
    Png,
    Jpg,
    Jpeg,
    Webp,
    Gif,
    Json,
    Html,
    Txt,
}

/// Output px per CSS px.
#[derive(Debug)]
pub struct Ratio;

impl JsonSchema for Ratio {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ratio".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Output px per CSS px", "type": "number", "enum": [1, 1.5, 2, 3] })
    }
}

/// A scope.
#[derive(Debug)]
pub struct Word;

impl JsonSchema for Word {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scope".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = crate::access::Scope::ALL.map(crate::access::Scope::word);
        json_schema!({ "description": "An action that a key allows", "type": "string", "enum": words })
    }
}

/// The id of a sender. Names that people write are taken too, and are not described.
#[derive(Debug)]
pub struct SenderId;

impl JsonSchema for SenderId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SenderId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ids: Vec<_> = crate::snippet::sender::all().into_iter().map(|sender| sender.id).collect();
        json_schema!({ "description": "The id of a sender, as in GET /v1/senders", "type": "string", "enum": ids })
    }
}
