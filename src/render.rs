//! The second half of the pipeline in one function: plan → layout → paint → encode.

use std::cell::RefCell;
use std::rc::Rc;

use crate::encode;
use crate::error::Problem;
use crate::geometry::Size;
use crate::image;
use crate::layout::{self, Measure, Scene};
use crate::limits::Limits;
use crate::paint::{self, Assets, Kept, Painted, Printed};
use crate::params::Values;
use crate::plan::{self, Plan};
use crate::request::{Format, Options};
use crate::template::Template;
use crate::text::{FontFile, Fonts};
use tiny_skia::Pixmap;

/// What a plan needs from outside. By default: no assets, the embedded font, and nothing is kept.
pub struct Resources {
    /// The assets that could be had, by name.
    pub images: Assets,
    /// The faces at hand.
    pub fonts: Fonts,
    /// What earlier pictures left for this one.
    pub kept: Rc<RefCell<Kept>>,
}

impl Default for Resources {
    fn default() -> Self {
        Self { images: Assets::new(), fonts: Fonts::embedded(), kept: Rc::default() }
    }
}

impl Resources {
    /// Adds those fonts of a template whose files are among the images. Texts in one that is not there, or is no font, are set in
    /// Inter, and say so.
    pub fn add_fonts(&mut self, files: &[FontFile], limits: &Limits) {
        self.fonts.add_files(files, |name| self.images.get(name).cloned(), limits);
    }
}

/// A finished picture, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// How many characters stand there as boxes, because no font has them.
    pub missing_glyphs: u32,
    /// What could not be done as written, by layer; never a value.
    pub warnings: Vec<String>,
}

/// Draws a plan and encodes it.
///
/// # Errors
/// A canvas over the budget, or a format that is not an image's.
pub fn render(
    template: &Template,
    plan: &Plan,
    resources: &Resources,
    format: Format,
    limits: &Limits,
) -> Result<Picture, Problem> {
    let Painted { pixels, missing_glyphs, warnings, printed, .. } = draw(template, plan, resources, limits)?.painted;
    let (width, height) = (pixels.width(), pixels.height());
    let bytes = file(pixels, printed, format, plan.quality)?;
    Ok(Picture { bytes, width, height, missing_glyphs, warnings })
}

/// Pixels → the bytes of a file.
fn file(pixels: Rc<Pixmap>, printed: Option<Printed>, format: Format, quality: Option<u8>) -> Result<Vec<u8>, Problem> {
    let printed = printed.filter(|_| format == Format::Png).and_then(|printed| printed.png(&pixels));
    match (printed, quality) {
        (None, _) => encode::encode(format, pixels, quality),
        (Some(exact), None) => Ok(exact),
        (Some(exact), Some(quality)) => encode::with_fewer_colors(pixels, quality, exact),
    }
}

/// A picture before it is encoded, and the boxes that it was drawn from.
pub struct Drawn {
    /// Where everything is.
    pub scene: Scene,
    /// What it looks like.
    pub painted: Painted,
}

/// The bytes that a picture has as PNG and as JPEG, without a `_q`: with one, the exact file, the quantised one and a large JPEG
/// beside the canvas are 62 MiB. It is given away, as to [`encode::encode`].
///
/// # Errors
/// `Fault::Ours` if an encoder refuses.
pub fn sizes(pixels: Rc<Pixmap>, printed: Option<Printed>) -> Result<[usize; 2], Problem> {
    let jpg = file(Rc::clone(&pixels), None, Format::Jpg, None)?.len();
    let png = file(pixels, printed, Format::Png, None)?.len();
    Ok([png, jpg])
}

/// A small neutral PNG for what is truly not there: an image URL answers with an image, whatever happens.
#[must_use]
pub fn placeholder() -> Vec<u8> {
    let limits = Limits::default();
    let drawn = Template::parse(include_str!("placeholder.json"), &limits).and_then(|template| {
        let plan = plan::plan(&template, &Values::new(), &Options::default(), &limits);
        render(&template, &plan, &Resources::default(), Format::Png, &limits)
    });
    drawn.map(|picture| picture.bytes).unwrap_or_default()
}

/// Draws a plan, without encoding it.
///
/// # Errors
/// A canvas over the budget.
pub fn draw(template: &Template, plan: &Plan, resources: &Resources, limits: &Limits) -> Result<Drawn, Problem> {
    // Every layer gets its box, every text its lines.
    let scene = lay_out(plan, resources, limits);
    // Boxes → pixels.
    let Resources { images, fonts, kept } = resources;
    let reference = || {
        let version = plan.reference.plan(template, limits);
        // Most need no pack, so that recipients whose names do have one reference with those whose names do not. A template's own
        // fonts have their numbers behind the packs'.
        let alone = version.fonts.is_empty() && plan.faces.is_empty();
        let fonts = if alone { fonts.without_packs() } else { fonts.clone() };
        let resources = Resources { images: images.clone(), fonts, kept: Rc::clone(kept) };
        (lay_out(&version, &resources, limits), resources.fonts)
    };
    let mut key = plan.reference.key.clone();
    if !plan.faces.is_empty() {
        plan.fonts.iter().for_each(|pack| key.extend([" ", pack.name]));
    }
    let reference = paint::Reference { key: &key, scene: &reference };
    let mut painted = paint::paint(&scene, Some(&reference), images, fonts, kept, limits)?;
    limits.cut_warnings(&mut painted.warnings);
    Ok(Drawn { scene, painted })
}

/// Lays a plan out, without drawing it: for who wants to know where things are.
#[must_use]
pub fn lay_out(plan: &Plan, resources: &Resources, limits: &Limits) -> Scene {
    // Sizes of pictures, from their headers: nothing is decoded yet.
    let naturals = |name: &str| {
        let header = image::header(resources.images.get(name)?, limits).ok()?;
        #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
        Some(Size::new(header.width as f32, header.height as f32))
    };
    layout::layout(plan, &Measure { fonts: &resources.fonts, naturals: &naturals, limits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholder_is_a_small_picture() {
        let png = placeholder();
        let header = image::header(&png, &Limits::default()).unwrap();
        assert_eq!((header.width, header.height), (320, 160));
        assert!(png.len() < 2_000, "{} bytes", png.len());
    }
}
