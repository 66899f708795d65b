//! The fields of an image layer.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use super::templated::Templated;
use crate::color::Color;
pub use crate::image::Fit;
use crate::image::{self, Detail};

/// A picture.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// `asset:logo.png`; `https://logo.com/logo.png` on one of the template's `hosts`; `logo:{{ domain }}`
    /// for the logo of a company, by its domain or an email address of it.
    pub src: Templated<String>,
    /// How the picture fills its box; `cover` by default.
    pub fit: Option<Fit>,
    /// What stays visible where the picture is cropped: a point `[x, y]`, 0 to 1 (`[0.5, 0.5]` by
    /// default), or with `cover` the crop of the most `entropy` (many tones) or the most `edges`
    /// (sharp lines).
    pub focus: Option<Focus>,
    /// Cut off empty margins before the picture is fitted: clear ones, and those of the one colour
    /// that all four corners have. A number is the difference in levels, 0 to 255, that a margin may
    /// have; 10 by default.
    pub trim: Option<Trim>,
    /// `optical`: as large as other logos look, whatever its shape, inside of its box. It trims, and
    /// takes the place of `fit`.
    pub size: Option<Sizing>,
    /// `auto`: a logo that would vanish on its ground is shown as its `dark_src`, or else on a
    /// `plate`. On a photograph it is on a plate.
    pub contrast: Option<Contrast>,
    /// The version of the logo for a ground on which `src` would vanish: `asset:logo-white.png`.
    pub dark_src: Option<Templated<String>>,
    /// The colour of the plate below a logo that would vanish; white or black by default, whichever
    /// shows it better. The layer's `radius` rounds it.
    pub plate: Option<Templated<Color>>,
    /// The colour of the ground, where it is no fill of a layer below: on a photograph, or outside
    /// of the picture.
    pub ground: Option<Templated<Color>>,
    /// Tried in turn where the picture cannot be had: `asset:avatar.png`, `initials:{{ name }}`.
    #[serde(default)]
    pub fallback: Vec<Templated<String>>,
}

/// What stays visible where a picture is cropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Focus {
    /// x and y, 0 to 1.
    Point([f32; 2]),
    /// The crop with the most of it.
    Detail(Detail),
}

/// The words of a [`Focus`].
const DETAILS: &[&str] = &["entropy", "edges"];

impl<'de> Deserialize<'de> for Focus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Focus;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a point such as [0.5, 0.3], \"entropy\" or \"edges\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                match text {
                    "entropy" => Ok(Focus::Detail(Detail::Entropy)),
                    "edges" => Ok(Focus::Detail(Detail::Edges)),
                    _ => Err(E::unknown_variant(text, DETAILS)),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                <[f32; 2]>::deserialize(SeqAccessDeserializer::new(list)).map(Focus::Point)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Focus {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Focus".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let point = generator.subschema_for::<[f32; 2]>();
        json_schema!({ "anyOf": [point, { "enum": DETAILS }] })
    }
}

/// Whether margins are cut off, and how much their pixels may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trim {
    /// They are not.
    No,
    /// The tolerance in levels.
    By(u8),
}

impl<'de> Deserialize<'de> for Trim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Trim;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true, false, or a tolerance from 0 to 255")
            }
            fn visit_bool<E: de::Error>(self, on: bool) -> Result<Self::Value, E> {
                Ok(if on { Trim::By(image::trim::TOLERANCE) } else { Trim::No })
            }
            fn visit_u64<E: de::Error>(self, levels: u64) -> Result<Self::Value, E> {
                let levels = u8::try_from(levels);
                levels.map(Trim::By).map_err(|_| E::custom("expected true, false, or a tolerance from 0 to 255"))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Trim {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Trim".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "boolean" }, { "type": "integer", "minimum": 0, "maximum": 255 }] })
    }
}

/// How large a picture is in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sizing {
    /// As its `fit` says.
    Fit,
    /// As large as other logos look.
    Optical,
}

/// What is done about a logo that would vanish on its ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// Nothing.
    None,
    /// It is shown as its dark version, or on a plate.
    Auto,
}
