//! A template document: read, checked, its expressions compiled.
//!
//! Everything that can be wrong with a document is found here, with its path and a remedy, so that no
//! later stage has to refuse one. Invariant: a [`Template`] that exists can be drawn with any values.

mod allowed;
pub mod document;
pub mod expression;
mod filters;
mod fit;
pub mod list;
pub mod parse;
pub mod path;
mod phrase;
mod plain;
mod reads;
pub mod samples;
pub mod templated;

use crate::error::Problem;
use crate::font::FontFile;
use crate::limits::Limits;
use crate::params::{self, Values};

pub use document::{Access, Document};
pub use expression::Expressions;
pub use filters::initials;
pub use reads::Reads;
pub use templated::Templated;

/// A checked template document.
pub struct Template {
    /// The document as written.
    pub document: Document,
    /// Its expressions, compiled.
    pub expressions: Expressions,
    /// Its path data, read.
    pub paths: path::Paths,
    /// The params that the background and each layer read.
    pub reads: Reads,
    /// SHA-256 of the document's bytes, cut to 128 bits: the content's identity in cache keys.
    pub digest: [u8; 16],
}

impl Template {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Fault::Document`](crate::error::Fault::Document) with the path of what is wrong, what was expected, and the nearest known
    /// name where one is misspelt.
    pub fn parse(json: &str, limits: &Limits) -> Result<Self, Problem> {
        parse::parse(json, limits)
    }

    /// The values of its params in a raw query, with their fallbacks.
    #[must_use]
    pub fn values(&self, query: &str, limits: &Limits) -> Values {
        params::resolve(&self.document.params, &self.document.missing, query, limits)
    }

    /// Its own fonts, and the assets that they are.
    #[must_use]
    pub fn fonts(&self) -> Vec<FontFile> {
        let fonts = self.document.fonts.iter();
        let asset = |src: &str| src.strip_prefix("asset:").unwrap_or_default().to_owned();
        fonts.map(|font| FontFile { family: font.family.clone(), asset: asset(&font.src) }).collect()
    }
}
