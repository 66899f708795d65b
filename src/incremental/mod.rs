//! Pictures made from their predecessors.
//!
//! [`render`](crate::render) chooses between this folder and the plain path (layout, paint, encode), which knows nothing of it.
//!
//! ```text
//! nobody        what a picture shares with the other pictures of its template: the picture for nobody
//! baseline      that picture, drawn and compressed once
//! display_list  a scene as a list of what is drawn as one thing
//! damage        where two display lists differ
//! frame         the canvas with the last picture, brought to the next one
//! png           a file as a patch of the baseline's file
//! cache         baselines of the templates that were used last
//! ```
//!
//! Invariant: a picture has the same pixels, the same file and the same warnings whatever pictures came before it.

pub(crate) mod baseline;
mod cache;
pub(crate) mod damage;
mod display_list;
mod frame;
mod nobody;
pub mod png;

use std::rc::Rc;

use crate::asset::Assets;
use crate::font::Fonts;
use crate::inputs::Inputs;
use crate::layout::{self, Scene};
use crate::limits::Limits;
use crate::paint::bitmap::Files;
use crate::paint::charge::letters_fit;
use crate::paint::mask::Glyphs;
use crate::plan::{self, Plan};

use baseline::{Baseline, Split};

pub use baseline::{Patch, Patched};
pub use cache::Cache;
pub use damage::Damage;
pub use nobody::backdrop_layers;

/// Draws a picture as a change of its baseline. `None` if there is no room for the baseline, if a budget would leave something out,
/// or if boxes are outlined: then it is drawn from nothing.
pub fn paint(
    inputs: &Inputs<'_>,
    plan: &Plan,
    scene: &Scene,
    assets: &Assets,
    fonts: &Fonts,
    cache: &Cache,
    limits: &Limits,
) -> Option<Patched> {
    let fits = crate::paint::check(scene, limits).is_ok() && letters_fit(scene, limits);
    if scene.debug_boxes || !fits {
        return None;
    }
    let split = Split { scene, backdrop: nobody::backdrop_items(inputs.template, plan) };
    let key = nobody::key(inputs, plan);
    let cached = cache.baseline(&key, |baseline| baseline.is_of(split, assets, fonts));
    let baseline = match cached {
        Some(baseline) => baseline,
        None => {
            if !cache.takes_baseline(baseline::bytes(scene, assets)) {
                return None;
            }
            let baseline = Rc::new(baseline_of(inputs, assets, fonts, cache, limits));
            cache.put_baseline(key, &baseline);
            baseline
        }
    };
    let glyphs = Glyphs { fonts, masks: &cache.paint.masks };
    baseline.draw(split, Files { assets, cache: &cache.paint }, glyphs, limits)
}

/// The baseline of a picture, made now.
fn baseline_of(inputs: &Inputs<'_>, assets: &Assets, fonts: &Fonts, cache: &Cache, limits: &Limits) -> Baseline {
    let values = nobody::values(inputs, limits);
    let inputs = Inputs { values: &values, ..*inputs };
    let plan = plan::plan(&inputs, limits);
    // Most need no pack. So recipients whose names need one share a baseline with those whose names do not, except where a template
    // has fonts of its own, whose numbers come after those of the packs.
    let alone = plan.packs.is_empty() && plan.fonts.is_empty();
    let fonts = if alone { fonts.without_packs() } else { fonts.clone() };
    let scene = layout::layout(&plan, assets, &fonts, limits);
    let split = Split { scene: &scene, backdrop: nobody::backdrop_items(inputs.template, &plan) };
    Baseline::new(split, assets, Glyphs { fonts: &fonts, masks: &cache.paint.masks }, limits)
}
