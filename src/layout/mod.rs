//! Plan → boxes: every layer's place in px, its text broken into lines and fitted.
//!
//! Invariant: after this stage there are no percentages, `fill`, `hug` or stacks left, and every
//! number is finite. Painting is then a walk over a tree of boxes.

mod boxed;
mod boxes;
mod flex;
mod leaf;
mod measure;
mod place;
mod scene;

use crate::asset::{AssetId, Assets};
use crate::font::Fonts;
use crate::geometry::Size;
use crate::image;
use crate::limits::Limits;
use crate::plan::Plan;

use measure::Measure;

pub use scene::{Arc, Content, Item, Scene, Source, Text, walk};

/// Lays out a plan. Nothing here fails: a text that does not fit its box is treated as its
/// `overflow` says, and a picture that is not available has size zero.
#[must_use]
pub fn layout(plan: &Plan, assets: &Assets, fonts: &Fonts, limits: &Limits) -> Scene {
    // Sizes of pictures come from their headers: nothing is decoded yet.
    let naturals = |asset: &AssetId| {
        let header = image::header(assets.get(asset)?, limits).ok()?;
        #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
        Some(Size::new(header.width as f32, header.height as f32))
    };
    place::place(plan, &Measure::new(fonts, &naturals, limits))
}
