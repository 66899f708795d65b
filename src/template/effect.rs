//! The effects of a document's layers: filters and displacement.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::templated::Templated;
use crate::color::Color;

/// A function of CSS `filter`, or one of ours: a word such as `"grayscale"`, or an object with its
/// amount, such as `{ "blur": 8 }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Its name.
    pub function: Function,
    /// Its amount. `None` if it is a word, or has colours.
    pub amount: Option<Templated<f32>>,
    /// Its colours: one of `tint`, two of `duotone`.
    pub colors: Vec<Templated<Color>>,
}

/// The map by whose light a layer is moved and shaded: where it is a middle grey, or clear, nothing
/// changes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Displace {
    /// `backdrop`: the map is what lies beneath the layer, such as a photograph; the default. Otherwise an
    /// image, which covers the layer's box: `asset:linen.jpg`.
    pub src: Option<Templated<String>>,
    /// How far px are moved, in px: between black and white of the map there is so much, in both
    /// directions, as of SVG's `feDisplacementMap`; -200 to 200.
    pub scale: Templated<f32>,
    /// Px by which the map is softened before it moves anything: its standard deviation; 0 by default.
    /// Without it, each fibre of a photograph tears edges apart.
    pub blur: Option<Templated<f32>>,
    /// How much of the map's light and shade falls on the layer, 0 to 1; 0 by default.
    #[schemars(range(min = 0, max = 1))]
    pub shade: Option<Templated<f32>>,
}

impl Displace {
    /// The word for what lies beneath.
    pub const BACKDROP: &str = "backdrop";

    /// The image that is its map. `None` if that is what lies beneath.
    #[must_use]
    pub fn image(&self) -> Option<&Templated<String>> {
        self.src.as_ref().filter(|src| !matches!(src, Templated::Literal(word) if word == Self::BACKDROP))
    }
}

/// The name of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// No change.
    None,
    /// Grey, 0 to 1.
    Grayscale,
    /// Brown, 0 to 1.
    Sepia,
    /// The opposite colours, 0 to 1.
    Invert,
    /// A tint with white.
    White,
    /// A tint with black.
    Black,
    /// A factor of all channels.
    Brightness,
    /// A factor of their distance from the middle.
    Contrast,
    /// A factor of their distance from grey.
    Saturate,
    /// Degrees around the circle of hues.
    HueRotate,
    /// A standard deviation in px.
    Blur,
    /// Noise, 0 to 1.
    Grain,
    /// One colour.
    Tint,
    /// Two colours, by luma.
    Duotone,
}

/// The names of filters, those first that may be a word alone.
const NAMES: &[&str] = &[
    "none",
    "grayscale",
    "sepia",
    "invert",
    "white",
    "black",
    "brightness",
    "contrast",
    "saturate",
    "hue_rotate",
    "blur",
    "grain",
    "tint",
    "duotone",
];

/// Number of names that may be a word alone.
const WORDS: usize = 6;

/// The filters in the order of their names.
const FUNCTIONS: [Function; 14] = [
    Function::None,
    Function::Grayscale,
    Function::Sepia,
    Function::Invert,
    Function::White,
    Function::Black,
    Function::Brightness,
    Function::Contrast,
    Function::Saturate,
    Function::HueRotate,
    Function::Blur,
    Function::Grain,
    Function::Tint,
    Function::Duotone,
];

impl Function {
    fn named<E: de::Error>(name: &str) -> Result<Self, E> {
        let found = NAMES.iter().zip(FUNCTIONS).find(|(known, _)| **known == name);
        found.map(|(_, function)| function).ok_or_else(|| E::unknown_variant(name, NAMES))
    }

    /// Its name in a document.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().zip(FUNCTIONS).find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Filter;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a filter such as \"grayscale\" or { \"blur\": 8 }, or a list of them")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                let function = Function::named(name)?;
                match NAMES.iter().take(WORDS).any(|word| *word == name) {
                    true => Ok(Filter { function, amount: None, colors: Vec::new() }),
                    false => Err(E::custom(format_args!("`{name}` needs a value: {{ \"{name}\": … }}"))),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let several = || de::Error::custom("a filter has one name; write several of them as a list");
                let name: String = map.next_key()?.ok_or_else(several)?;
                let function = Function::named(&name)?;
                let mut filter = Filter { function, amount: None, colors: Vec::new() };
                match function {
                    Function::Tint => filter.colors.push(map.next_value()?),
                    Function::Duotone => filter.colors.extend(map.next_value::<[Templated<Color>; 2]>()?),
                    Function::None | Function::White | Function::Black => {
                        return Err(de::Error::custom(format_args!("write \"{name}\" without a value")));
                    }
                    _ => filter.amount = Some(map.next_value()?),
                }
                if map.next_key::<String>()?.is_some() { Err(several()) } else { Ok(filter) }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Filter {
    fn schema_name() -> Cow<'static, str> {
        "Filter".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let color = generator.subschema_for::<Templated<Color>>();
        let number = generator.subschema_for::<Templated<f32>>();
        let words: Vec<&str> = NAMES.iter().take(WORDS).copied().collect();
        json_schema!({
            "description": "A filter, as in CSS: a word, or an object with one name and its amount. `grayscale`, `sepia`, `invert`: 0 to 1. `brightness`, `contrast`, `saturate`: 1 changes nothing. `hue_rotate`: degrees. `blur`: its standard deviation in px. `grain`: noise, 0 to 1. `white`, `black`, `tint`: one colour, by the alpha. `duotone`: black becomes the first colour and white the second one.",
            "anyOf": [
                { "enum": words },
                {
                    "type": "object",
                    "properties": {
                        "grayscale": number, "sepia": number, "invert": number,
                        "brightness": number, "contrast": number, "saturate": number,
                        "hue_rotate": number, "blur": number, "grain": number,
                        "tint": color,
                        "duotone": { "type": "array", "items": color, "minItems": 2, "maxItems": 2 }
                    },
                    "additionalProperties": false,
                    "minProperties": 1,
                    "maxProperties": 1
                }
            ]
        })
    }
}
