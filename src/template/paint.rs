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
use crate::image::Fit;

use super::templated::{Length, Templated};

/// A colour, a gradient or an image.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// Of a text: black or white, whichever is easier to read on what lies below.
    Auto,
    /// One colour.
    Color(Templated<Color>),
    /// Several, blending; or an image.
    Gradient(Gradient),
}

/// A gradient, as in CSS, or an image that fills a shape or a text.
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
    /// Px of the line or the radius, or degrees of `conic`, after which the stops begin again: stripes.
    pub repeat: Option<Templated<f32>>,
    /// Mix neighbouring levels, so that a wide gradient of similar colours shows no bands: of opaque
    /// `linear` and `radial` ones that do not repeat. The file gets larger.
    pub dither: Option<bool>,
    /// The space in which colours blend; `srgb` by default.
    #[serde(rename = "in")]
    pub space: Option<ColorSpace>,
    /// At least two; of an `image` none.
    #[serde(default)]
    pub stops: Vec<Stop>,
    /// Of an `image`: `asset:wood.jpg`, or a URL, as an image layer has it.
    pub src: Option<Templated<String>>,
    /// Of an `image`: how it fills the layer's box; `cover` by default, `tile` repeats it.
    pub fit: Option<Fit>,
    /// Of an `image`: the colour behind it, and in its place where it cannot be had.
    pub color: Option<Templated<Color>>,
}

/// The space in which the colours of a gradient blend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColorSpace {
    /// As screens have them, and as most programs blend.
    Srgb,
    /// As the eye has them: no grey between blue and yellow, and even steps of lightness.
    Oklab,
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
    /// No gradient, but an image.
    Image,
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
    /// Inside of the layer, as if it were cut out: CSS `inset`.
    pub inset: Option<bool>,
}

/// The word of [`Paint::Auto`].
const AUTO: &str = "auto";

impl<'de> Deserialize<'de> for Paint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Paint;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a CSS colour such as \"#ff5733\", a gradient or an image")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                if text == AUTO {
                    return Ok(Paint::Auto);
                }
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
        let description = "A CSS colour, a gradient or an image. `auto`, of a text: black or white, whichever is easier to read on what lies below.";
        json_schema!({ "description": description, "anyOf": [color, gradient, { "enum": [AUTO] }] })
    }
}
