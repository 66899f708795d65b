//! Layers that show a number without digits.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::color::Color;

use super::templated::Templated;
use super::words::Progression;

/// A rating in stars. Its `fill` is the paint of the full ones; amber by default. It has a `width` or
/// a `height`, and the other side follows from the number of stars.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// How many stars are full: `4.5`. Without a value there are no stars.
    pub value: Templated<f32>,
    /// How many stars there are; 5 by default, 20 at most.
    pub max: Option<usize>,
    /// `star` (the default), `heart`, `circle`, or SVG path data in a box of 24 × 24.
    pub shape: Option<String>,
    /// The value is rounded to a multiple of this: `0.5` for halves. Without it, a star is filled by
    /// any part.
    pub step: Option<f32>,
    /// Space between two stars, as a part of a star's width; 0.2 by default.
    pub gap: Option<f32>,
    /// The colour of the empty ones; a light grey by default.
    pub track: Option<Templated<Color>>,
}

/// How much of something is done. Its `fill` is the paint of that part; black by default.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// How much is done. Without a value nothing is drawn.
    pub value: Templated<f32>,
    /// How much there is to do; 100 by default.
    pub max: Option<Templated<f32>>,
    /// How it looks; `bar` by default.
    pub shape: Option<Progression>,
    /// The colour of what is not done; a light grey by default.
    pub track: Option<Templated<Color>>,
    /// Of a ring: its thickness as a part of its radius; 0.2 by default.
    pub thickness: Option<f32>,
    /// Of `steps`: how many there are; 5 by default, 20 at most.
    pub steps: Option<usize>,
    /// Of `steps`: px between two of them; 6 by default.
    pub gap: Option<Templated<f32>>,
}
