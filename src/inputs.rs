//! Everything that decides how a picture looks.
//!
//! Invariant: [`plan`](crate::plan::plan) and the cache key read a picture's inputs from here
//! alone, so that a picture cannot depend on anything that its key leaves out.

use crate::params::Values;
use crate::request::{Format, Options};
use crate::template::Template;

/// The inputs of one picture.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The template to draw.
    pub template: &'a Template,
    /// The template's params, resolved: see [`Template::values`]; beside them what it reads of feeds, records
    /// and the [circumstances](crate::context) of the request.
    pub values: &'a Values,
    /// Scale, quality, language.
    pub options: &'a Options,
    /// The format of the file, or the view of the picture.
    pub format: Format,
}

impl<'a> Inputs<'a> {
    /// The inputs of a picture.
    #[must_use]
    pub const fn new(template: &'a Template, values: &'a Values, options: &'a Options, format: Format) -> Self {
        Self { template, values, options, format }
    }
}
