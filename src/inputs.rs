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
    /// The template's params, resolved: see [`Template::values`].
    pub values: &'a Values,
    /// Scale, quality, language.
    pub options: &'a Options,
    /// The format of the file, or the view of the picture.
    pub format: Format,
    /// The circumstances of the request.
    pub context: &'a Context,
}

impl<'a> Inputs<'a> {
    /// Inputs without any circumstances.
    #[must_use]
    pub const fn new(template: &'a Template, values: &'a Values, options: &'a Options, format: Format) -> Self {
        Self { template, values, options, format, context: &Context {} }
    }
}

/// The circumstances that a template may depend on: clock, place, device, variant. This is empty,
/// because no template can read any of them yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {}
