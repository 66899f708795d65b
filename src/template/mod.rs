//! A template document: read, checked, and its expressions with it.
//!
//! Everything that can be wrong with a document is found here, with its path and a remedy, so that
//! no later stage has to refuse one. Invariant: a [`Template`] that exists can be drawn with any
//! values.
//!
//! The steps, in their order ([`parse`]): `reuse` puts styles and components where they are used, `reshape` moves the fields of a type under its name,
//! `fit` reads the types of [`document`] and keeps the path of an error, `check` applies the rules
//! that types cannot say, `compile` reads the [`expression`]s, and `weigh` counts the bytes of the
//! result.

pub mod advice;
mod advice_data;
mod advice_font;
mod advice_text;
mod chart;
mod check;
mod check_data;
mod check_grid;
mod check_perspective;
mod check_variation;
mod code;
mod compile;
pub mod context;
mod dialect;
pub mod document;
pub mod edition;
mod effect;
pub(crate) mod explain;
pub mod expression;
pub mod feed;
pub(crate) mod fit;
mod foreign;
mod guess;
mod icon;
pub mod icons;
mod image;
mod indicator;
pub mod list;
mod meant;
mod meant_word;
mod member;
pub mod mistake;
mod order;
mod paint;
mod palette;
pub mod parse;
pub mod path;
pub mod perspective;
mod reads;
mod repeat;
mod reshape;
pub mod reuse;
pub mod samples;
mod table;
pub mod templated;
mod text;
mod track;
mod twice;
pub mod variant;
pub mod variation;
mod weigh;
mod words;
mod written;

use crate::error::Problem;
use crate::font::FontFile;
use crate::limits::Limits;
use crate::params::{self, Values};

pub use document::{Access, Document, Files};
pub use edition::Edition;
pub use expression::{Expressions, initials};
pub use feed::{Feed, Feeds};
pub use reads::Reads;
pub use repeat::NUMBER;
pub use templated::{LineHeight, Templated};

/// A checked template document.
pub struct Template {
    /// The document as written.
    pub document: Document,
    /// Its expressions.
    pub expressions: Expressions,
    /// Its path data without expressions.
    pub paths: path::Paths,
    /// The params that the background and each layer read.
    pub reads: Reads,
    /// Whether a layer may show the logo of a company.
    pub shows_logos: bool,
    /// SHA-256 of the document's bytes, cut to 128 bits: the content's identity in cache keys.
    pub digest: [u8; 16],
    /// The JSON, of which editions are made. `None` if there are none.
    source: Option<String>,
    /// Bytes in memory.
    weight: usize,
}

impl Template {
    /// Reads a document.
    ///
    /// ```
    /// use monogram::limits::Limits;
    /// use monogram::template::Template;
    ///
    /// let json = r##"{
    ///     "width": 600, "height": 200, "background": "#14142b",
    ///     "params": { "name": { "type": "text", "default": "friend" } },
    ///     "layers": [{ "type": "text", "text": "Hi[, {{ name | title }}]!", "size": 48, "fill": "#fff" }]
    /// }"##;
    /// let template = Template::parse(json, &Limits::default()).unwrap_or_else(|problem| panic!("{problem}"));
    /// assert_eq!(template.document.layers.len(), 1);
    /// assert!(template.reads.layers[0].contains("name"));
    /// ```
    ///
    /// # Errors
    /// [`Fault::Document`](crate::error::Fault::Document) with the path of the field, the
    /// expectation, and the nearest known name if one is misspelt:
    ///
    /// ```
    /// # use monogram::limits::Limits;
    /// # use monogram::template::Template;
    /// let json = r#"{ "width": 600, "height": 200, "layers": [{ "type": "rect", "widht": 80 }] }"#;
    /// let problem = Template::parse(json, &Limits::default()).err().map(|problem| problem.to_string());
    /// let expected = "layers[0].widht: there is no field `widht` here (did you mean `width`?)";
    /// assert_eq!(problem.as_deref(), Some(expected));
    /// ```
    pub fn parse(json: &str, limits: &Limits) -> Result<Self, Problem> {
        parse::parse(json, limits)
    }

    /// The values of its params in a raw query, with their fallbacks.
    #[must_use]
    pub fn values(&self, query: &str, limits: &Limits) -> Values {
        params::resolve(&self.document.params, &self.document.missing, query, limits)
    }

    /// Bytes that it takes in memory, rounded up: a cache adds them up.
    ///
    /// ```
    /// # use monogram::limits::Limits;
    /// # use monogram::template::Template;
    /// let json = r#"{ "width": 600, "height": 200, "layers": [] }"#;
    /// let weight = Template::parse(json, &Limits::default()).map(|template| template.weight_bytes());
    /// assert!(weight.is_ok_and(|bytes| bytes < 4_096));
    /// ```
    #[must_use]
    pub const fn weight_bytes(&self) -> usize {
        self.weight
    }

    /// Its own fonts, each with the name of its asset: those that it declares, then those that
    /// publishing found for the families of its texts.
    #[must_use]
    pub fn fonts(&self) -> Vec<FontFile> {
        let asset = |src: &str| src.strip_prefix("asset:").unwrap_or_default().to_owned();
        let declared = self.document.fonts.iter();
        let declared = declared.map(|font| FontFile { family: font.family.clone(), asset: asset(&font.src) });
        let published = self.document.files.iter().flat_map(|files| &files.fonts);
        let published = published.map(|font| FontFile { family: font.family.clone(), asset: Files::asset_of(font) });
        declared.chain(published).collect()
    }
}
