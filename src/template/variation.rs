//! What a document says of its other pictures: sizes, a dark version, variants.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::list::OneOrMany;
use super::paint::Paint;
use super::templated::Templated;
use crate::color::Color;
use crate::params::number::unambiguous;

/// Fields of layers by the layers' ids, in place of those that the layers have; `null` takes a field
/// away. Objects are merged as RFC 7396 says, lists are replaced.
pub type Overrides = BTreeMap<String, Map<String, Json>>;

/// Another size of the picture: `~square` in its URL.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SizeVariant {
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// The paint under all layers, if it is another one.
    #[schemars(with = "Option<Paint>")]
    pub background: Option<Json>,
    /// What is different, by the `id` of the layer: `{ "headline": { "x": 40, "size": 64 } }`. A layer
    /// that this size does not have: `{ "when": "false" }`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, Json>>")]
    pub layers: Overrides,
}

/// The picture for a dark mail or page: `_scheme=dark` in its URL.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DarkVariant {
    /// The paint under all layers, if it is another one.
    #[schemars(with = "Option<Paint>")]
    pub background: Option<Json>,
    /// Colours of the palette that are others: `{ "ink": "#ffffff" }`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Templated<Color>>")]
    pub palette: BTreeMap<String, Json>,
    /// What is different, by the `id` of the layer.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, Json>>")]
    pub layers: Overrides,
}

/// A variant of a template: other values of some of its params.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name, for reports and for `_v`. `default` stands for the template as it is written.
    pub name: String,
    /// A rule: who fulfils it gets this variant, such as `points > 100`. The first rule that holds decides.
    pub when: Option<String>,
    /// A rule too: the languages of the picture, such as `["de", "pt-BR"]`.
    pub lang: Option<OneOrMany<String>>,
    /// Its share of those whom no rule decides, beside the other weights; the template as it is written
    /// has 1. With a rule, the variant has a share among those who fulfil it.
    pub weight: Option<u32>,
    /// Values of params, in place of those in the URL: `{ "accent": "#1e3cc8" }`.
    #[serde(default)]
    pub set: BTreeMap<String, Json>,
}

impl Variant {
    /// Its values, as a query has them.
    #[must_use]
    pub fn query(&self) -> String {
        let pairs = self.set.iter().map(|(name, value)| (name.as_str(), text(value).unwrap_or_default()));
        serde_urlencoded::to_string(pairs.collect::<Vec<_>>()).unwrap_or_default()
    }

    /// Whether it says who gets it.
    #[must_use]
    pub const fn is_rule(&self) -> bool {
        self.when.is_some() || self.lang.is_some()
    }
}

/// The text of a value that a param may have. `None` if no param has such a value.
#[must_use]
pub fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(unambiguous(number.to_string())),
        Json::Bool(value) => Some(value.to_string()),
        // A list is written as JSON, as in a URL.
        Json::Array(_) => Some(value.to_string()),
        Json::Null | Json::Object(_) => None,
    }
}
