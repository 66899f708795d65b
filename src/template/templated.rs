//! A field of a document that is either a value or an expression that prints one.
//!
//! A literal is checked when the document is read. Of an expression, the syntax is checked then,
//! and the result when it is evaluated. So every type here has one parser ([`Field`]) that serves
//! both.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::color::Color;

/// `"#fff"` or `"{{ bg_color }}"`; `12` or `"{{ points / 10 }}%"`.
///
/// ```
/// use monogram::template::Templated;
/// use monogram::template::templated::Length;
///
/// let read = |json| serde_json::from_str::<Templated<Length>>(json).ok();
/// assert_eq!(read("12"), Some(Templated::Literal(Length::Px(12.0))));
/// assert_eq!(read("\"50%\""), Some(Templated::Literal(Length::Fraction(0.5))));
/// assert_eq!(read("\"{{ points }}%\""), Some(Templated::Expression("{{ points }}%".to_owned())));
/// assert_eq!(read("\"wide\""), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Templated<T> {
    /// Written out in the document.
    Literal(T),
    /// The source of a string with `{{ }}` in it.
    Expression(String),
}

/// A type that a document may hold as a JSON number or string, and an expression may print.
pub trait Field: Sized {
    /// The words of an error message for what to write: `a CSS colour such as "#ff5733"`.
    const EXPECTED: &'static str;
    /// Reads a string.
    fn from_text(text: &str) -> Option<Self>;
    /// Reads a JSON number.
    fn from_number(_number: f64) -> Option<Self> {
        None
    }
    /// The JSON Schema of a literal.
    fn schema() -> Schema;
}

/// Whether a string holds an expression, and so must be evaluated before it is used.
#[must_use]
pub fn is_expression(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

impl<'de, T: Field> Deserialize<'de> for Templated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);
        impl<T: Field> Visitor<'_> for Read<T> {
            type Value = Templated<T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "{} or an expression", T::EXPECTED)
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                T::from_number(number)
                    .map(Templated::Literal)
                    .ok_or_else(|| E::invalid_type(de::Unexpected::Float(number), &self))
            }
            #[expect(clippy::cast_precision_loss, reason = "px and percents are far below 2^52")]
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                self.visit_f64(number as f64)
            }
            #[expect(clippy::cast_precision_loss, reason = "px and percents are far below 2^52")]
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_f64(number as f64)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                if is_expression(text) {
                    return Ok(Templated::Expression(text.to_owned()));
                }
                T::from_text(text)
                    .map(Templated::Literal)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Read(PhantomData))
    }
}

impl<T: Field> JsonSchema for Templated<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Templated".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [T::schema(), { "type": "string", "pattern": r"\{[{%#]" }] })
    }
}

impl Field for String {
    const EXPECTED: &'static str = "a string";
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn schema() -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl Field for f32 {
    const EXPECTED: &'static str = "a number";
    fn from_text(text: &str) -> Option<Self> {
        text.trim().parse().ok().filter(|number: &Self| number.is_finite())
    }
    #[expect(clippy::cast_possible_truncation, reason = "f32 is the precision of the picture")]
    fn from_number(number: f64) -> Option<Self> {
        Some(number as Self).filter(|number| number.is_finite())
    }
    fn schema() -> Schema {
        json_schema!({ "type": "number" })
    }
}

impl Field for Color {
    const EXPECTED: &'static str = "a CSS colour such as \"#ff5733\"";
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn schema() -> Schema {
        // Digits of hex, a colour of the palette, a name, or a function: what an editor can tell is wrong.
        let pattern =
            r"^\s*(#?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|\$[a-z][a-z0-9_]*|[a-zA-Z]+|[a-zA-Z]+\(.*\))\s*$";
        json_schema!({ "type": "string", "description": "A CSS colour.", "pattern": pattern })
    }
}

/// A distance: px, or percent of the box that contains it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// px
    Px(f32),
    /// 0 to 1 for `"0%"` to `"100%"`; may be outside.
    Fraction(f32),
}

impl Length {
    /// Its px, where the containing box measures `whole` px in that direction.
    #[must_use]
    pub const fn resolve(self, whole: f32) -> f32 {
        match self {
            Self::Px(px) => px,
            Self::Fraction(fraction) => whole * fraction,
        }
    }
}

impl Field for Length {
    const EXPECTED: &'static str = "px as a number, or a percentage such as \"50%\"";
    fn from_text(text: &str) -> Option<Self> {
        match text.trim().strip_suffix('%') {
            Some(percent) => f32::from_text(percent).map(|percent| Self::Fraction(percent / 100.0)),
            None => f32::from_text(text).map(Self::Px),
        }
    }
    fn from_number(number: f64) -> Option<Self> {
        f32::from_number(number).map(Self::Px)
    }
    fn schema() -> Schema {
        json_schema!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": r"^\s*-?[0-9.]+%?\s*$" }] })
    }
}

/// The width or height of a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// px or percent.
    Length(Length),
    /// All the room that is left.
    Fill,
    /// As large as its content.
    Hug,
}

impl Field for Extent {
    const EXPECTED: &'static str = "px as a number, a percentage such as \"50%\", \"fill\" or \"hug\"";
    fn from_text(text: &str) -> Option<Self> {
        match text.trim() {
            "fill" => Some(Self::Fill),
            "hug" => Some(Self::Hug),
            length => Length::from_text(length).map(Self::Length),
        }
    }
    fn from_number(number: f64) -> Option<Self> {
        Length::from_number(number).map(Self::Length)
    }
    fn schema() -> Schema {
        json_schema!({ "anyOf": [Length::schema(), { "enum": ["fill", "hug"] }] })
    }
}

/// The height of a line of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LineHeight {
    /// As high as the fonts of its letters ask for.
    Normal,
    /// A multiple of the font size.
    Times(f32),
}

impl Field for LineHeight {
    const EXPECTED: &'static str = "a number, or \"normal\"";
    fn from_text(text: &str) -> Option<Self> {
        if text.trim() == "normal" { Some(Self::Normal) } else { f32::from_text(text).map(Self::Times) }
    }
    fn from_number(number: f64) -> Option<Self> {
        f32::from_number(number).map(Self::Times)
    }
    fn schema() -> Schema {
        json_schema!({ "anyOf": [{ "type": "number" }, { "enum": ["normal"] }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_literals_and_expressions() {
        let read = |json: &str| serde_json::from_str::<Templated<Extent>>(json).map_err(|error| error.to_string());
        let px = |px| Ok(Templated::Literal(Extent::Length(Length::Px(px))));
        assert_eq!(read("12"), px(12.0));
        assert_eq!(read("\"-3.5\""), px(-3.5));
        assert_eq!(read("\"50%\""), Ok(Templated::Literal(Extent::Length(Length::Fraction(0.5)))));
        assert_eq!(read("\"fill\""), Ok(Templated::Literal(Extent::Fill)));
        assert_eq!(read("\"{{ n }}%\""), Ok(Templated::Expression("{{ n }}%".to_owned())));
        for wrong in ["\"wide\"", "\"NaN\"", "\"%\"", "\"\"", "true", "[1]", "null"] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains("\"fill\" or \"hug\""), "{wrong}: {error}");
        }
    }
}
