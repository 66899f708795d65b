//! Boxes → pixels: premultiplied RGBA, drawn with tiny-skia.
//!
//! ```text
//! picture   assets are decoded and resampled for their boxes, before the canvas takes its memory
//! shape     box → path        shader  paint → colour or gradient
//! glyphs    lines → paths     rules   lines under and through letters      shadow  silhouette → blurred alpha
//! base      what no value changes, drawn once     kept  bases and pictures of earlier requests
//! surface   the canvas, and offscreen layers for opacity, blending and clipping
//! ```
//!
//! Invariant: numbers reach tiny-skia finite and within ±32,768 px ([`geometry::px`](crate::geometry::px)), because far
//! coordinates make it panic.

mod base;
mod glyphs;
mod item;
mod kept;
mod picture;
mod rules;
mod shader;
mod shadow;
mod shape;
mod surface;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use tiny_skia::{Pixmap, Transform};

use crate::error::{Fault, Problem};
use crate::layout::{Content, Picture, Scene};
use crate::limits::Limits;
use crate::text::Fonts;

pub use base::Base;
pub use kept::Kept;
pub use picture::Shown;

/// The bytes of assets by name. One that could not be had is not in it.
pub type Assets = BTreeMap<String, Rc<[u8]>>;

/// A finished picture.
pub struct Painted {
    /// Premultiplied RGBA, rows from the top.
    pub pixels: Pixmap,
    /// What is seen of the image layers, by their number in drawing order; of those that show nothing, nothing.
    pub pictures: BTreeMap<usize, Shown>,
    /// How many characters stand there as boxes, because no font has them.
    pub missing_glyphs: u32,
    /// What could not be done as written, those of earlier stages first, by layer; never a value.
    pub warnings: Vec<String>,
    /// What it was drawn on, where others will be too.
    pub base: Option<Rc<Base>>,
}

/// Draws a scene.
///
/// # Errors
/// [`Fault::TooLarge`] where the canvas is over the budget; nothing else fails, it is left out and reported.
pub fn paint(
    scene: &Scene,
    assets: &Assets,
    fonts: &Fonts,
    kept: &RefCell<Kept>,
    limits: &Limits,
) -> Result<Painted, Problem> {
    let too_large = || {
        Problem::new(
            Fault::TooLarge,
            "picture-too-large",
            format!("a picture has at most {} pixels", limits.canvas_pixels),
        )
        .remedy("make the template smaller, or ask for a smaller _w or _dpr")
    };
    if scene.width.saturating_mul(scene.height) > limits.canvas_pixels {
        return Err(too_large());
    }
    let mut warnings = scene.warnings.clone();
    let borrow = || kept.try_borrow_mut().ok();
    let base = borrow().and_then(|mut kept| kept.base(scene, assets, fonts));
    let keeps = base.is_none()
        && base::bytes(scene, assets).is_some_and(|bytes| borrow().is_some_and(|kept| kept.takes_base(bytes)));

    // Pictures, those of the base first: unless it is there already.
    let silent = warnings.len();
    let mut progress = base.as_ref().map(|base| base.progress).unwrap_or_default();
    let mut bitmaps = match &base {
        Some(_) => picture::Bitmaps::new(),
        None => {
            let sources = (assets, kept, !keeps);
            picture::prepare(base::items(scene), scene.scale, &mut progress, sources, limits, &mut warnings)
        }
    };
    let keeps = keeps && warnings.len() == silent;
    let (shown, reached): (Vec<_>, _) = match &base {
        Some(base) => (base.shown.clone(), base.progress),
        None => (bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())).collect(), progress),
    };
    let rest = scene.items.get(scene.fixed..).unwrap_or_default();
    bitmaps.extend(picture::prepare(rest, scene.scale, &mut progress, (assets, kept, true), limits, &mut warnings));
    let mut pictures: BTreeMap<_, _> = shown.iter().copied().collect();
    pictures.extend(bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())));

    // The base, drawn or copied; then what lies above it.
    let mut painter = item::Painter::new(scene, &bitmaps, fonts, limits);
    let (canvas, base) = match base {
        Some(base) => {
            painter.resume(base.progress.images, base.offscreen_bytes);
            (base.pixels.clone(), Some(base))
        }
        None => {
            let drawn = painter.base(Pixmap::new(scene.width, scene.height).ok_or_else(too_large)?);
            let base = painter.offscreen_bytes().filter(|_| keeps).map(|offscreen_bytes| {
                let base = Base::new(scene, assets, fonts, shown, reached, (drawn.clone(), offscreen_bytes));
                Rc::new(base)
            });
            if let (Some(base), Some(mut kept)) = (&base, borrow()) {
                kept.put_base(scene, Rc::clone(base));
            }
            (drawn, base)
        }
    };
    let missing_glyphs = missing_glyphs(scene, &pictures);
    let (pixels, painted) = painter.rest(canvas);
    warnings.extend(painted);
    Ok(Painted { pixels, pictures, missing_glyphs, warnings, base })
}

/// The characters without a glyph of all texts, and of the initials that are seen.
fn missing_glyphs(scene: &Scene, pictures: &BTreeMap<usize, Shown>) -> u32 {
    let (mut count, mut images) = (0_u32, 0_usize);
    picture::walk(&scene.items, &mut |item| match &item.content {
        Content::Text(text) => count = count.saturating_add(text.report.missing_count),
        Content::Image { sources, .. } => {
            let shown = pictures.get(&images).and_then(|shown| sources.get(shown.source));
            if let Some(Picture::Initials { report, .. }) = shown {
                count = count.saturating_add(report.missing_count);
            }
            images = images.saturating_add(1);
        }
        Content::Box | Content::Ellipse | Content::Shape(_) => {}
    });
    count
}

/// A turn clockwise by `degrees` around a point. `libm`, because std's sine differs between native and wasm.
fn turn(degrees: f32, x: f32, y: f32) -> Transform {
    let (sin, cos) = libm::sincosf(degrees.to_radians());
    Transform::from_row(cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos)
}
