//! Inputs → a picture, in one function that reads from top to bottom.

use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::asset::Assets;
use crate::encode;
use crate::encode::incremental::Few;
use crate::error::Problem;
use crate::font::Fonts;
use crate::image;
use crate::incremental::{self, Cache, Needs, Patch, Patched, Sources};
use crate::inputs::Inputs;
use crate::layout::{self, Scene};
use crate::limits::Limits;
use crate::paint::{self, Painted};
use crate::params::{Resolved, Source, Value, Values};
use crate::plan::{self, Plan};
use crate::request::{Format, Options};
use crate::template::Template;
use crate::world::{Embedded, World};

/// A finished picture, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// Number of characters drawn as boxes, because no font has them.
    pub missing_glyphs: u32,
    /// Warnings about layers that could not be drawn as written; never a value.
    pub warnings: Vec<String>,
}

/// The files of a plan that were available.
pub struct Resources {
    /// Images and font files.
    pub assets: Assets,
    /// The embedded font, packs, and the template's own fonts.
    pub fonts: Fonts,
}

impl Resources {
    /// Asks a world for everything that a plan needs. If the file of a template's own font is
    /// missing or is no font, the font is left out: its texts are set in Inter, with a warning.
    pub fn of(plan: &Plan, world: &impl World) -> Self {
        let mut assets = Assets::new();
        let remotes = plan.remotes.iter().map(|remote| &remote.id);
        assets.extend(plan.assets.iter().chain(remotes).filter_map(|id| Some((id.clone(), world.asset(id)?))));
        let mut fonts = world.fonts(&plan.packs);
        fonts.add_files(&plan.fonts, |name| assets.get(name).cloned(), world.limits());
        Self { assets, fonts }
    }

    /// Warnings about assets that can be drawn in spite of a fault, for people who ask how a
    /// picture came out.
    #[must_use]
    pub fn notes(&self, limits: &Limits) -> Vec<String> {
        let notes = self.assets.iter().flat_map(|(name, bytes)| {
            image::notes(bytes, limits).into_iter().map(move |note| format!("the asset {name}: {note}"))
        });
        notes.collect()
    }
}

/// Draws a picture and encodes it.
///
/// ```
/// use monogram::{Inputs, limits::Limits, request::{Format, Options}, template::Template, world::Embedded};
///
/// let limits = Limits::default();
/// let template = Template::parse(
///     r##"{ "width": 300, "height": 80, "background": "#14142b", "params": { "name": { "type": "text" } },
///           "layers": [{ "type": "text", "text": "Hi {{ name }}!", "size": 40, "fill": "#fff" }] }"##,
///     &limits,
/// )?;
/// let (values, options) = (template.values("name=Maria", &limits), Options::default());
/// let inputs = Inputs::new(&template, &values, &options, Format::Png);
/// let picture = monogram::render(&inputs, &Embedded::new(limits.clone()))?;
/// assert_eq!((picture.width, picture.height), (300, 80));
/// # Ok::<(), monogram::error::Problem>(())
/// ```
///
/// # Errors
/// The canvas is over the budget, or the format is not an image's.
pub fn render(inputs: &Inputs<'_>, world: &impl World) -> Result<Picture, Problem> {
    // Expressions and defaults → a tree of plain values, and the files that it needs.
    let plan = plan::plan(inputs, world.limits());
    picture(inputs, &plan, world)
}

/// The rest of [`render`], for a plan whose files had to be fetched first.
///
/// # Errors
/// As [`render`].
pub fn picture(inputs: &Inputs<'_>, plan: &Plan, world: &impl World) -> Result<Picture, Problem> {
    let needs = match (inputs.format, plan.quality) {
        (Format::Png, None) => Needs::Png,
        (Format::Png, Some(quality)) => Needs::Few(Few::Png(quality)),
        (Format::Gif, _) => Needs::Few(Few::Gif),
        (Format::Jpg, quality) => Needs::Jpg(quality.unwrap_or(encode::jpeg::DEFAULT_QUALITY)),
        _ => Needs::Whole,
    };
    let resources = Resources::of(plan, world);
    let Drawn { painted, patch, .. } = draw_for(needs, inputs, plan, &resources, world.cache(), world.limits())?;
    let Painted { pixels, missing_glyphs, warnings, .. } = painted;
    let (width, height) = (pixels.width(), pixels.height());
    // Pixels → the bytes of a file.
    let bytes = file(pixels, patch, inputs.format, plan.quality)?;
    // A baseline's first file in a format leaves tables.
    world.cache().iter().for_each(|cache| cache.trim());
    Ok(Picture { bytes, width, height, missing_glyphs, warnings: warnings.into_lines() })
}

/// The name under which a deployment may have kept what the picture of a plan is drawn on, so that an isolate that begins
/// need not make it; [`Cache::offer`] takes it. `None` if the isolate has it, or if the format needs none.
#[must_use]
pub fn kept_name(inputs: &Inputs<'_>, plan: &Plan, world: &impl World) -> Option<String> {
    let cache = world.cache().filter(|_| inputs.format.is_image())?;
    let Resources { assets, fonts } = &Resources::of(plan, world);
    incremental::kept_name(inputs, plan, Sources { assets, fonts, cache }, world.limits())
}

/// A picture before it is encoded, and the boxes that it was drawn from.
pub struct Drawn {
    /// The boxes.
    pub scene: Scene,
    /// The pixels, and the warnings about them.
    pub painted: Painted,
    /// The difference to its baseline, if it was drawn on one.
    pub patch: Option<Patch>,
}

/// Draws a plan, without encoding it.
///
/// # Errors
/// The canvas is over the budget.
pub fn draw(
    inputs: &Inputs<'_>,
    plan: &Plan,
    resources: &Resources,
    cache: Option<&Cache>,
    limits: &Limits,
) -> Result<Drawn, Problem> {
    draw_for(Needs::Whole, inputs, plan, resources, cache, limits)
}

/// The factor by which the scale of a picture is lowered that is over a budget: half of its px are left.
const LESS: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// The same, as far as it is needed: rows that a file does not need may be missing.
///
/// A picture that is larger than its template (`_dpr=2`) may be over the budgets of images and effects. It is then
/// drawn smaller, because a layer that is missing is worse than one that is less sharp.
fn draw_for(
    needs: Needs,
    inputs: &Inputs<'_>,
    plan: &Plan,
    resources: &Resources,
    cache: Option<&Cache>,
    limits: &Limits,
) -> Result<Drawn, Problem> {
    let drawn = draw_at(needs, inputs, plan, resources, cache, limits)?;
    let scale = drawn.scene.scale;
    if !drawn.painted.warnings.omits() || scale <= 1.0 {
        return Ok(drawn);
    }
    // Its memory is needed for the next one.
    drop(drawn);
    let dpr = (scale * LESS).max(1.0);
    let options = Options { width: None, dpr: Some(dpr), ..inputs.options.clone() };
    let inputs = Inputs { options: &options, ..*inputs };
    let plan = plan::plan(&inputs, limits);
    let mut drawn = draw_for(needs, &inputs, &plan, resources, cache, limits)?;
    let text = format_args!("not all layers have room at this resolution; it is drawn at {:.2}", drawn.scene.scale);
    drawn.painted.warnings.push("_dpr, _w", text);
    Ok(drawn)
}

/// The same at the scale of the plan.
fn draw_at(
    needs: Needs,
    inputs: &Inputs<'_>,
    plan: &Plan,
    resources: &Resources,
    cache: Option<&Cache>,
    limits: &Limits,
) -> Result<Drawn, Problem> {
    let Resources { assets, fonts } = resources;
    // Every layer gets its box, every text its lines.
    let uncached = paint::Cache::default();
    let kept = cache.map_or(&uncached, |cache| &cache.paint);
    let scene = layout::layout_with(plan, assets, fonts, &kept.surveys, limits);
    // Boxes → pixels: only the pixels that differ from an earlier picture, or all.
    let patched = cache.and_then(|cache| {
        let sources = Sources { assets, fonts, cache };
        incremental::paint(inputs, plan, &scene, sources, needs, limits)
    });
    if let Some(Patched { painted, patch }) = patched {
        return Ok(Drawn { scene, painted, patch: Some(patch) });
    }
    let painted = paint::paint(&scene, assets, fonts, kept, limits)?;
    Ok(Drawn { scene, painted, patch: None })
}

fn file(pixels: Rc<Pixmap>, patch: Option<Patch>, format: Format, quality: Option<u8>) -> Result<Vec<u8>, Problem> {
    match (format, patch, quality) {
        (Format::Jpg, Some(patch), _) => patch.jpg(pixels, quality.unwrap_or(encode::jpeg::DEFAULT_QUALITY)),
        (Format::Png, Some(patch), None) => match patch.png(&pixels) {
            Some(exact) => Ok(exact),
            None => encode::encode(format, patch.complete(pixels)?, quality),
        },
        (Format::Png | Format::Gif, Some(patch), quality) => {
            match patch.few(&pixels, quality.filter(|_| format == Format::Png).map_or(Few::Gif, Few::Png)) {
                Some(file) => Ok(file),
                None => encode::encode(format, patch.complete(pixels)?, quality),
            }
        }
        _ => encode::encode(format, pixels, quality),
    }
}

/// The number of bytes that a picture has as PNG and as JPEG without a `_q`. With a `_q`, the exact
/// file, the quantised file and a large JPEG beside the canvas would take 62 MiB. The picture is
/// consumed, as by [`encode::encode`].
///
/// # Errors
/// `Fault::Ours` if an encoder refuses.
pub fn sizes(pixels: Rc<Pixmap>, patch: Option<Patch>) -> Result<[usize; 2], Problem> {
    let jpg = file(Rc::clone(&pixels), None, Format::Jpg, None)?.len();
    let png = file(pixels, patch, Format::Png, None)?.len();
    Ok([png, jpg])
}

/// A small neutral PNG in place of a picture that does not exist: an image URL always answers with
/// an image. `words` are for the template's author; there may be none.
#[must_use]
pub fn placeholder(words: &str) -> Vec<u8> {
    let limits = Limits::default();
    let drawn = Template::parse(include_str!("placeholder.json"), &limits).and_then(|template| {
        let words = Resolved::new(Some(Value::Text(words.to_owned())), Source::Given);
        let (values, options) = (Values::from([("words".to_owned(), words)]), Options::default());
        render(&Inputs::new(&template, &values, &options, Format::Png), &Embedded::new(limits))
    });
    drawn.map(|picture| picture.bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholder_is_a_small_picture() {
        let silent = placeholder("");
        for (png, most) in [(&silent, 2_000), (&placeholder("template has an error: see .json"), 5_000)] {
            let header = image::header(png, &Limits::default()).unwrap();
            assert_eq!((header.width, header.height), (320, 160));
            assert!(png.len() < most && (most == 2_000 || *png != silent), "{} bytes", png.len());
        }
    }
}
