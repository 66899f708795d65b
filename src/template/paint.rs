//! The paint of a document: colours, gradients and shadows.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::color::Color;

use super::templated::{Length, Templated};

/// A colour or a gradient.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// One colour.
    Color(Templated<Color>),
    /// Several, blending.
    Gradient(Gradient),
}

/// A gradient, as in CSS.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gradient {
    /// Its shape.
    #[serde(rename = "type")]
    pub kind: GradientKind,
    /// Degrees. `linear`: where it leads to, 0 is up, 90 to the right; 180 by default. `conic`:
    /// where it begins.
    pub angle: Option<Templated<f32>>,
    /// Middle of `radial` and `conic`; `"50%"` by default.
    pub cx: Option<Templated<Length>>,
    /// Middle of `radial` and `conic`; `"50%"` by default.
    pub cy: Option<Templated<Length>>,
    /// Radius of `radial`: px, or percent of the distance to the farthest corner; `"100%"` by
    /// default.
    pub r: Option<Templated<Length>>,
    /// At least two.
    pub stops: Vec<Stop>,
}

/// The shape of a gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradientKind {
    /// Along a line.
    Linear,
    /// In circles.
    Radial,
    /// Around a point.
    Conic,
}

/// A colour at a place of a gradient.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// 0 to 1, and at least that of the stops before it. Without it, the first stop is at 0, the
    /// last at 1, and any other evenly between its neighbours that have one, as in CSS.
    #[schemars(range(min = 0, max = 1))]
    pub offset: Option<Templated<f32>>,
    /// The colour there.
    pub color: Templated<Color>,
}

/// A shadow, as in CSS.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// Px to the right.
    pub dx: Option<Templated<f32>>,
    /// Px down.
    pub dy: Option<Templated<f32>>,
    /// Px over which it fades; its standard deviation is half of that.
    pub blur: Option<Templated<f32>>,
    /// Px that the shadow of a rect, an ellipse or a filled box is larger.
    pub spread: Option<Templated<f32>>,
    /// `#0004` by default.
    pub color: Option<Templated<Color>>,
}

impl<'de> Deserialize<'de> for Paint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Paint;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a CSS colour such as \"#ff5733\" or a gradient")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Templated::deserialize(StrDeserializer::new(text)).map(Paint::Color)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Gradient::deserialize(MapAccessDeserializer::new(map)).map(Paint::Gradient)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Paint {
    fn schema_name() -> Cow<'static, str> {
        "Paint".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let color = generator.subschema_for::<Templated<Color>>();
        let gradient = generator.subschema_for::<Gradient>();
        json_schema!({ "description": "A CSS colour or a gradient.", "anyOf": [color, gradient] })
    }
}
