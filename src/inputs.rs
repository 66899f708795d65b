//! Everything that decides a picture.
//!
//! Invariant: [`plan`](crate::plan::plan) and the cache key read a picture's inputs from here alone, so that a picture cannot depend
//! on something that its key does not know.

use crate::params::Values;
use crate::request::{Format, Options};
use crate::template::Template;

/// The inputs of one picture.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// What to draw.
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

/// The circumstances that a template may depend on: clock, place, device, variant. No template can read one yet, so there are none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {}
