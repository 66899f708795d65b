//! Plan → boxes: every layer's place in px, its text broken into lines and fitted.
//!
//! `ground` knows what lies beneath a layer, with `shade` for the colour of a paint at a point and
//! `photo` for that of an image; `legible` makes a text black or white by it. `warp` is how a box is
//! seen in perspective; `turn` how it is rotated, scaled and mirrored.
//!
//! Invariant: after this stage there are no percentages, `fill`, `hug` or stacks left, and every
//! number is finite. Painting is then a walk over a tree of boxes.

mod boxed;
mod boxes;
mod figure;
mod flex;
mod grid;
mod ground;
mod icon;
mod leaf;
mod legible;
mod measure;
mod photo;
mod picture;
mod pictures;
mod place;
mod scene;
mod seen;
pub(crate) mod shade;
pub(crate) mod turn;
mod warp;

use crate::asset::Assets;
use crate::font::Fonts;
use crate::image::Surveys;
use crate::limits::Limits;
use crate::plan::Plan;

use measure::Measure;
use pictures::Pictures;

pub use scene::{Arc, Content, Contrast, Item, Remedy, Scene, Seen, Source, Text, View, walk};
pub use seen::Place;
pub use warp::Warp;

/// Lays out a plan. Nothing here fails: a text that does not fit its box is treated as its
/// `overflow` says, and a picture that is not available has size zero.
#[must_use]
pub fn layout(plan: &Plan, assets: &Assets, fonts: &Fonts, limits: &Limits) -> Scene {
    layout_with(plan, assets, fonts, &Surveys::default(), limits)
}

/// The same, with what is known about the images of earlier pictures. It saves decoding them, and
/// changes nothing else.
#[must_use]
pub fn layout_with(plan: &Plan, assets: &Assets, fonts: &Fonts, surveys: &Surveys, limits: &Limits) -> Scene {
    // Most sizes of pictures come from their headers; a picture is decoded only if its content
    // decides how it is shown.
    let pictures = Pictures::new(assets, surveys, limits);
    let naturals = |image: &_| pictures.natural(image);
    place::place(plan, &Measure::new(fonts, &naturals, limits), &pictures)
}
