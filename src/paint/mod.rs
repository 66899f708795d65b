//! Boxes → pixels: premultiplied RGBA, drawn with tiny-skia.
//!
//! ```text
//! picture   assets are decoded and resampled for their boxes, before the canvas takes its memory
//! shape     box → path        shader  paint → colour or gradient
//! glyphs    lines → one path  shadow  silhouette → blurred alpha
//! surface   the canvas, and offscreen layers for opacity, blending and clipping
//! ```
//!
//! Invariant: numbers reach tiny-skia finite and within ±32,768 px ([`geometry::px`](crate::geometry::px)), because far
//! coordinates make it panic.

mod glyphs;
mod item;
mod picture;
mod shader;
mod shadow;
mod shape;
mod surface;

use std::collections::BTreeMap;
use std::rc::Rc;

use tiny_skia::{Pixmap, Transform};

use crate::error::{Fault, Problem};
use crate::layout::{Content, Picture, Scene};
use crate::limits::Limits;
use crate::text::Fonts;

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
}

/// Draws a scene.
///
/// # Errors
/// [`Fault::TooLarge`] where the canvas is over the budget; nothing else fails, it is left out and reported.
pub fn paint(scene: &Scene, assets: &Assets, fonts: &Fonts, limits: &Limits) -> Result<Painted, Problem> {
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
    let bitmaps = picture::prepare(scene, assets, limits, &mut warnings);
    let canvas = Pixmap::new(scene.width, scene.height).ok_or_else(too_large)?;
    let pictures = bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())).collect();
    let missing_glyphs = missing_glyphs(scene, &pictures);
    let mut painter = item::Painter::new(scene, &bitmaps, fonts, limits, warnings);
    let (pixels, warnings) = painter.draw(canvas);
    Ok(Painted { pixels, pictures, missing_glyphs, warnings })
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
