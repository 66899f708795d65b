//! Boxes → pixels: premultiplied RGBA, drawn with tiny-skia.
//!
//! ```text
//! picture   assets are decoded and resampled for their boxes, before the canvas takes its memory
//! shape     box → path          shader  paint → colour or gradient    ramp   opaque gradients of the ground, fast
//! glyphs    lines → letters     letter  letters → coverage            rules  lines under and through letters
//! shadow    silhouette → blurred alpha
//! leaf      what is drawn as one thing    plate  what pictures of a template have in common    kept  plates of earlier requests
//! surface   the canvas, and offscreen layers for opacity, blending and clipping
//! ```
//!
//! Invariant: numbers reach tiny-skia finite and within ±32,768 px ([`geometry::px`](crate::geometry::px)), because far
//! coordinates make it panic.

mod extent;
mod glyphs;
mod item;
mod kept;
mod leaf;
mod letter;
mod picture;
mod plate;
mod ramp;
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
use crate::font::Fonts;
use crate::layout::{Content, Picture, Scene};
use crate::limits::Limits;

pub use kept::Kept;
use letter::Strikes;
pub use picture::Shown;
pub use plate::Printed;

/// The bytes of assets by name. One that could not be had is not in it.
pub type Assets = BTreeMap<String, Rc<[u8]>>;

/// A finished picture.
pub struct Painted {
    /// Premultiplied RGBA, rows from the top.
    pub pixels: Rc<Pixmap>,
    /// What is seen of the image layers, by their number in drawing order; of those that show nothing, nothing.
    pub pictures: BTreeMap<usize, Shown>,
    /// How many characters stand there as boxes, because no font has them.
    pub missing_glyphs: u32,
    /// What could not be done as written, those of earlier stages first, by layer; never a value.
    pub warnings: Vec<String>,
    /// Of one that was drawn on a plate, what its file is made from.
    pub printed: Option<Printed>,
}

/// The picture that another one is a version of, and how to lay it out where it has not been drawn yet.
pub struct Reference<'a> {
    /// [`Reference::key`](crate::plan::Reference::key).
    pub key: &'a String,
    /// Its boxes, and the fonts that they were made with.
    pub scene: &'a dyn Fn() -> (Scene, Fonts),
}

/// Draws a scene; as a version of a reference, where it is one.
///
/// # Errors
/// [`Fault::TooLarge`] where the canvas is over the budget; nothing else fails, it is left out and reported.
pub fn paint(
    scene: &Scene,
    reference: Option<&Reference<'_>>,
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
    if let Some(plate) = plate(scene, reference, assets, fonts, kept, limits)
        && let Some((pixels, shown, printed)) = plate.draw(scene, (assets, fonts, kept), limits, &mut warnings)
    {
        let mut pictures = BTreeMap::new();
        pictures.extend(shown);
        let missing_glyphs = missing_glyphs(scene, &pictures);
        return Ok(Painted { pixels, pictures, missing_glyphs, warnings, printed: Some(printed) });
    }
    let mut progress = picture::Progress::default();
    let bitmaps =
        picture::prepare(&scene.items, scene.scale, &mut progress, (assets, kept, true), limits, &mut warnings);
    let mut pictures = BTreeMap::new();
    pictures.extend(bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())));
    let missing_glyphs = missing_glyphs(scene, &pictures);
    let canvas = Pixmap::new(scene.width, scene.height).ok_or_else(too_large)?;
    let strikes = strikes(kept);
    let (pixels, painted) = item::Painter::new(scene, &bitmaps, (fonts, &strikes), limits).all(canvas);
    warnings.extend(painted);
    Ok(Painted { pixels: Rc::new(pixels), pictures, missing_glyphs, warnings, printed: None })
}

/// The letters that are kept.
fn strikes(kept: &RefCell<Kept>) -> Rc<RefCell<Strikes>> {
    kept.try_borrow().map(|kept| kept.strikes()).unwrap_or_default()
}

/// The plate to draw a scene on: one that is kept, or a new one.
fn plate(
    scene: &Scene,
    reference: Option<&Reference<'_>>,
    assets: &Assets,
    fonts: &Fonts,
    kept: &RefCell<Kept>,
    limits: &Limits,
) -> Option<Rc<plate::Plate>> {
    let reference = reference.filter(|_| !scene.debug_boxes)?;
    let borrow = || kept.try_borrow_mut().ok();
    if let Some(plate) = borrow().and_then(|mut kept| kept.plate(reference.key, scene, assets, fonts)) {
        return Some(plate);
    }
    if !borrow().is_some_and(|mut kept| kept.takes_plate(plate::bytes(scene, assets))) {
        return None;
    }
    let (scene, fonts) = (reference.scene)();
    let plate = Rc::new(plate::Plate::new(&scene, assets, (&fonts, &strikes(kept)), limits));
    if let Some(mut kept) = borrow() {
        kept.put_plate(reference.key.clone(), &plate);
    }
    Some(plate)
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
