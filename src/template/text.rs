//! The text layer of a document: what it says, run by run, and how it looks.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

pub use crate::text::{Align as TextAlign, Direction, Fit as Fitting, Overflow, WordBreak, Wrap};

use crate::locale::language;

use super::list::OneOrMany;
use super::paint::Paint;
use super::templated::{Length, LineHeight, Templated};
use super::words::{Case, Decoration, Heads, VerticalAlign};

/// A paragraph of text.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The text: a string; a list of runs, each with its own style; or texts by language,
    /// `{ "de": "Hallo", "*": "Hi" }`.
    pub text: Content,
    /// Font family; `Inter` by default.
    pub font: Option<Templated<String>>,
    /// 100 to 900; 400 by default.
    #[schemars(range(min = 1, max = 1000))]
    pub weight: Option<Templated<f32>>,
    /// Letters lean; where the font has no italic, upright ones are slanted.
    pub italic: Option<bool>,
    /// Px; 16 by default.
    pub size: Option<Templated<f32>>,
    /// How the size is found; `shrink` by default.
    pub fit: Option<Fitting>,
    /// Px to which the text may shrink until it fits; `size` (no shrinking) by default, and 1 for
    /// `fit: line`.
    pub min_size: Option<Templated<f32>>,
    /// Px to which the text may grow, with `fit: grow` and `fit: line`; as large as its box by
    /// default.
    pub max_size: Option<Templated<f32>>,
    /// Height of a line in multiples of the font size, or `normal`, the default: as high as the
    /// fonts of its letters ask for, so that no script leaves its line.
    pub line_height: Option<Templated<LineHeight>>,
    /// Px between letters; it shrinks with the text.
    pub letter_spacing: Option<Templated<f32>>,
    /// OpenType features: `tnum` (on), `-liga` (off), `cv05=2`.
    pub features: Option<Vec<String>>,
    /// Axes of a variable font, in their own units: `{ "wdth": 87.5 }`.
    pub axes: Option<BTreeMap<String, Templated<f32>>>,
    /// Capitals and small letters, by the rules of the language.
    pub case: Option<Case>,
    /// Lines along the letters.
    pub decoration: Option<Decoration>,
    /// No more lines than this.
    pub max_lines: Option<u32>,
    /// The treatment of text that does not fit even at `min_size`; `ellipsis` by default.
    pub overflow: Option<Overflow>,
    /// Where lines begin; `start` by default.
    pub align: Option<TextAlign>,
    /// Where the lines stand in a box that is higher than they are; `top` by default.
    pub vertical_align: Option<VerticalAlign>,
    /// The direction of the paragraph; that of its first letter by default.
    pub direction: Option<Direction>,
    /// BCP 47; the URL's `_lang` by default.
    pub lang: Option<Templated<String>>,
    /// Where a line may end, as in CSS. By default between words, and in Chinese and Japanese
    /// between letters; Korean words stay whole. A soft hyphen (U+00AD) is a place too, and shows
    /// its hyphen only there.
    pub word_break: Option<WordBreak>,
    /// Which of these places are taken; `greedy` by default.
    pub wrap: Option<Wrap>,
    /// Letters stand on a circle, one line of them.
    pub arc: Option<Arc>,
}

impl Text {
    /// A text without any other field.
    #[must_use]
    pub const fn of(text: Content) -> Self {
        Self {
            text,
            font: None,
            weight: None,
            italic: None,
            size: None,
            fit: None,
            min_size: None,
            max_size: None,
            line_height: None,
            letter_spacing: None,
            features: None,
            axes: None,
            case: None,
            decoration: None,
            max_lines: None,
            overflow: None,
            align: None,
            vertical_align: None,
            direction: None,
            lang: None,
            word_break: None,
            wrap: None,
            arc: None,
        }
    }
}

/// The content of a text layer.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// All of it looks the same.
    Plain(Templated<String>),
    /// Each run looks its own way; what one does not say is as the layer has it.
    Runs(Vec<Run>),
    /// One text for each language, and `*` for all others.
    Languages(BTreeMap<String, Templated<String>>),
}

impl Content {
    /// Of texts by language, the one for this language: its own, else that of the language of which it
    /// is a dialect (RFC 4647, section 3.4), else that of `*`.
    #[must_use]
    pub fn of_language<'a>(
        texts: &'a BTreeMap<String, Templated<String>>,
        lang: Option<&str>,
    ) -> Option<&'a Templated<String>> {
        let matching = texts.iter().filter(|(own, _)| language::covers(own, lang));
        let closest = matching.max_by_key(|(own, _)| own.len()).map(|(_, text)| text);
        closest.or_else(|| texts.get("*"))
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The text of the run, with its spaces.
    pub text: Templated<String>,
    /// A style of the document, or several, of which the last one wins.
    #[schemars(with = "Option<OneOrMany<String>>")]
    pub style: Option<IgnoredAny>,
    /// A condition such as `points > 100`: where it does not hold, the run is not there.
    pub when: Option<String>,
    /// The colour of its letters, or a gradient across the whole text.
    pub fill: Option<Paint>,
    /// Font family.
    pub font: Option<Templated<String>>,
    /// 100 to 900.
    #[schemars(range(min = 1, max = 1000))]
    pub weight: Option<Templated<f32>>,
    /// Letters lean.
    pub italic: Option<bool>,
    /// Px, where the layer's text has its `size`; both shrink and grow together.
    pub size: Option<Templated<f32>>,
    /// Px between letters.
    pub letter_spacing: Option<Templated<f32>>,
    /// OpenType features, instead of the layer's.
    pub features: Option<Vec<String>>,
    /// Axes of a variable font, instead of the layer's.
    pub axes: Option<BTreeMap<String, Templated<f32>>>,
    /// Capitals and small letters.
    pub case: Option<Case>,
    /// Lines along the letters.
    pub decoration: Option<Decoration>,
}

/// A circle on which letters stand, around the middle of the layer's box.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arc {
    /// From the middle to the baseline: px, or percent of half the box's smaller side; `"80%"` by
    /// default.
    pub radius: Option<Templated<Length>>,
    /// Degrees clockwise from the top at which the middle of the text stands; 0 (the top) by
    /// default, 180 is the bottom.
    pub angle: Option<Templated<f32>>,
    /// Degrees of the circle that the text may take; 360 by default.
    pub sweep: Option<Templated<f32>>,
    /// Where the letters' heads point: `outward`, as along the top of a seal, or `inward`, as along
    /// its bottom. By default so that the text is upright.
    pub heads: Option<Heads>,
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Content;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a string, a list of runs such as { \"text\": \"Hi \", \"weight\": 700 }, or texts by language such as { \"de\": \"Hallo\", \"*\": \"Hi\" }",
                )
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Templated::deserialize(StrDeserializer::new(text)).map(Content::Plain)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::<Run>::deserialize(SeqAccessDeserializer::new(list)).map(Content::Runs)
            }
            fn visit_map<A: MapAccess<'de>>(self, texts: A) -> Result<Self::Value, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(texts)).map(Content::Languages)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Content {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Content".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (text, run) = (generator.subschema_for::<Templated<String>>(), generator.subschema_for::<Run>());
        json_schema!({ "anyOf": [text, { "type": "array", "items": run }, { "type": "object", "additionalProperties": text, "required": ["*"] }] })
    }
}
