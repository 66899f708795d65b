//! A layer in perspective: the four points onto which its box is mapped, and the cylinder around
//! which it is bent before.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use schemars::JsonSchema;
use serde::Deserialize;

use super::templated::{Length, Templated};
use super::words::Axis;

/// Four points, each an x and a y.
pub type Corners = [[Templated<Length>; 2]; 4];

/// A cylinder around which a layer is bent.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// How the cylinder stands: `vertical`, as a mug, by default.
    pub axis: Option<Axis>,
    /// Degrees of the cylinder that the layer goes around: 1 to 180; 90 by default.
    pub angle: Option<Templated<f32>>,
    /// Degrees from which the cylinder is seen from above (for a horizontal one: from the left), so that
    /// straight lines around it bow: -60 to 60; 0 by default.
    pub tilt: Option<Templated<f32>>,
}

/// The degrees that a layer may go around a cylinder.
pub const ANGLES: (f32, f32) = (1.0, 180.0);

/// The degrees from which a cylinder may be seen.
pub const TILTS: (f32, f32) = (-60.0, 60.0);
