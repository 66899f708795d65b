//! Layers that machines read.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::color::Color;

use super::templated::Templated;
use super::words::ModuleShape;
pub use crate::code::barcode::Symbology;
pub use crate::code::qr::Correction;

/// A QR code. Its `fill` is the colour of the dark modules; black by default. Where it could not be
/// read in its colours, it is black on white.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Qr {
    /// The text that a reader finds, such as a URL.
    pub data: Templated<String>,
    /// The share of the code that may be hidden or dirty: `low` 7 %, `medium` 15 % (the default),
    /// `quartile` 25 %, `high` 30 %. A larger share than asked for is taken where the code does not
    /// grow by it. With a `logo` it is `quartile` at least.
    pub error_correction: Option<Correction>,
    /// Light modules around the code; 4 by default, and the least that a reader may expect.
    pub quiet_zone: Option<u8>,
    /// The colour of the light modules and of the quiet zone; white by default.
    pub background: Option<Templated<Color>>,
    /// The shape of dark modules; `square` by default.
    pub modules: Option<ModuleShape>,
    /// A picture in the middle: `asset:logo.png`. It takes a twentieth of the code.
    pub logo: Option<Templated<String>>,
}

/// A barcode. Its `fill` is the colour of the bars; black by default. Where it could not be read in
/// its colours, it is black on white.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Barcode {
    /// The kind of barcode.
    pub symbology: Symbology,
    /// What it says. A check digit may be left out.
    pub data: Templated<String>,
    /// The colour between the bars and around them; white by default.
    pub background: Option<Templated<Color>>,
    /// Whether the text stands below the bars; it does by default.
    pub label: Option<bool>,
    /// Px of that text; 16 by default.
    pub size: Option<Templated<f32>>,
}
