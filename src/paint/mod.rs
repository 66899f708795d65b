//! Boxes → pixels: premultiplied RGBA, drawn with tiny-skia.
//!
//! ```text
//! bitmap      assets are decoded and resampled for their boxes, before the canvas takes its memory
//! painter     one item after the other; text, image and shape draw their contents, shadow what lies below
//! surface     the canvas, and offscreen layers for opacity, blending and clipping
//! blend       source-over, row by row            mix       the blend modes that tiny-skia has not exactly
//! inner_shadow  shadows that fall into an item
//! effects     filters, backdrops and masks of a whole item, by filter
//! glyphs      lines → letters of one paint      mask  glyphs → coverage      decoration  lines under and through letters
//! shader      paint → colour or gradient        gradient  opaque gradients over the whole canvas, fast
//! stops       colour stops → those of tiny-skia
//! budget      the cost of drawing     charge  filling and stroking within the budgets
//! hairline    thin strokes at the edges of a surface
//! warp        layers in perspective      displace  layers that follow the light of a map, both by texture
//! bounds      how far an item reaches on the canvas
//! cache       bitmaps and masks that later pictures may use
//! ```
//!
//! Paint knows earlier pictures only through its cache, and knows no file format.
//!
//! Invariant: numbers reach tiny-skia finite and within ±32,768 px
//! ([`geometry::px`](crate::geometry::px)), because far coordinates make it panic.

pub(crate) mod bitmap;
mod blend;
pub(crate) mod bounds;
pub(crate) mod budget;
pub(crate) mod cache;
pub(crate) mod charge;
pub(crate) mod clip;
mod decoration;
mod displace;
mod drawing;
mod effects;
pub(crate) mod filter;
pub(crate) mod glyphs;
mod gradient;
mod hairline;
mod image;
mod inner_shadow;
pub(crate) mod mask;
mod mix;
pub(crate) mod painter;
mod shader;
mod shadow;
mod shape;
mod stops;
pub(crate) mod surface;
mod text;
mod texture;
mod warp;

use std::collections::BTreeMap;
use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::asset::Assets;
use crate::error::{Fault, Problem};
use crate::font::Fonts;
use crate::layout::{self, Content, Scene, Source};
use crate::limits::Limits;
use crate::warnings::Warnings;

use bitmap::{Files, Progress};
use mask::Glyphs;
use painter::Painter;

pub use bitmap::Shown;
pub use budget::Spent;
pub use cache::{Cache, Decoded};

/// A finished picture.
pub struct Painted {
    /// Premultiplied RGBA, rows from the top.
    pub pixels: Rc<Pixmap>,
    /// The visible sources of image layers, by the layer's number in drawing order. A layer that
    /// shows nothing has no entry.
    pub pictures: BTreeMap<usize, Shown>,
    /// Number of characters that are drawn as boxes, because no font has them.
    pub missing_glyphs: u32,
    /// The part of the budgets that drawing used.
    pub spent: Spent,
    /// Warnings about layers that could not be drawn as written, those of earlier stages first;
    /// never a value.
    pub warnings: Warnings,
}

/// Draws a scene from nothing.
///
/// # Errors
/// [`Fault::TooLarge`] if the canvas is over the budget. Nothing else fails: it is left out and
/// reported.
pub fn paint(
    scene: &Scene,
    assets: &Assets,
    fonts: &Fonts,
    cache: &Cache,
    limits: &Limits,
) -> Result<Painted, Problem> {
    check(scene, limits)?;
    let mut warnings = scene.warnings.clone();
    let (mut progress, files) = (Progress::default(), Files { assets, cache });
    let bitmaps = bitmap::prepare(&scene.items, &mut progress, files, limits, &mut warnings);
    let mut pictures = BTreeMap::new();
    pictures.extend(bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())));
    let missing_glyphs = missing_glyphs(scene, &pictures);
    let canvas = Pixmap::new(scene.width, scene.height).ok_or_else(|| too_large(limits))?;
    let mut painter = Painter::new(scene, &bitmaps, Glyphs { fonts, masks: &cache.masks }, limits);
    let pixels = painter.scene(canvas);
    let spent = painter.spent;
    warnings.append(painter.warnings);
    Ok(Painted { pixels: Rc::new(pixels), pictures, missing_glyphs, spent, warnings })
}

/// Whether a canvas is within the budget.
///
/// # Errors
/// [`Fault::TooLarge`] if it is not.
pub(crate) fn check(scene: &Scene, limits: &Limits) -> Result<(), Problem> {
    let pixels = scene.width.saturating_mul(scene.height);
    if pixels > limits.canvas_pixels { Err(too_large(limits)) } else { Ok(()) }
}

fn too_large(limits: &Limits) -> Problem {
    let message = format!("a picture has at most {} pixels", limits.canvas_pixels);
    Problem::new(Fault::TooLarge, "picture-too-large", message)
        .remedy("make the template smaller, or ask for a smaller _w or _dpr")
}

/// The number of characters without a glyph, in all texts and in the visible initials.
pub(crate) fn missing_glyphs(scene: &Scene, pictures: &BTreeMap<usize, Shown>) -> u32 {
    let (mut count, mut images) = (0_u32, 0_usize);
    layout::walk(&scene.items, &mut |item| match &item.content {
        Content::Text(text) => count = count.saturating_add(text.report.missing_count),
        Content::Image { sources, .. } => {
            let shown = pictures.get(&images).and_then(|shown| sources.get(shown.source));
            if let Some(Source::Initials { report, .. }) = shown {
                count = count.saturating_add(report.missing_count);
            }
            images = images.saturating_add(1);
        }
        Content::Box | Content::Ellipse | Content::Shape(_) => {}
    });
    count
}
