//! The core of Monogram in a page: a template and a query → pixels for a canvas, the boxes of all
//! layers for its handles, and what is wrong.
//!
//! The page brings the files that a picture needs: [`Renderer::draw`] names those that it lacked,
//! and the page adds them and draws again. Nothing here fetches, and no value leaves the page.
//!
//! Invariant: at a scale of 1, and with the same files, the pixels are those of the Worker.

#![cfg(target_arch = "wasm32")]

mod audience;
mod files;
mod report;
mod stress;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use tiny_skia::Pixmap;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use monogram::error::Problem;
use monogram::incremental::Cache;
use monogram::inputs::Inputs;
use monogram::layout;
use monogram::limits::Limits;
use monogram::paint;
use monogram::plan;
use monogram::render::{self, Drawn, Resources};
use monogram::request::{Format, Options};
use monogram::template::{self, Edition, Template, reuse};

use files::Files;
use report::{Mistake, Report};

/// Pixels of a canvas that is zoomed in, in multiples of what a picture may have.
const ZOOM_AREA: u32 = 6;

/// Bytes of the bitmaps of photographs that are kept, so that a drag decodes and scales none again.
const BITMAPS_BYTES: usize = 48 * 1024 * 1024;

/// A template, the files that it has so far, and the picture that was drawn last.
#[wasm_bindgen]
pub struct Renderer {
    files: Files,
    /// The budgets of a canvas that is larger than the picture.
    zoomed: Limits,
    template: Option<Template>,
    /// The published templates that documents include, by id.
    included: BTreeMap<String, String>,
    cache: Cache,
    picture: Option<Rc<Pixmap>>,
    /// The pixels of a picture that is not opaque, without premultiplication.
    straight: Vec<u8>,
}

impl Default for Renderer {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen]
impl Renderer {
    /// A renderer with the embedded font, and without a template.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        let limits = Limits::default();
        let kept = Limits { memory_bitmaps_bytes: BITMAPS_BYTES, ..limits };
        let (area, area_64) = (ZOOM_AREA, u64::from(ZOOM_AREA));
        let zoomed = Limits {
            side_px: limits.side_px.saturating_mul(4),
            canvas_pixels: limits.canvas_pixels.saturating_mul(area),
            picture_pixels: limits.picture_pixels.saturating_mul(area),
            picture_bytes: limits.picture_bytes.saturating_mul(area_64),
            offscreen_bytes: limits.offscreen_bytes.saturating_mul(area_64),
            offscreen_bytes_total: limits.offscreen_bytes_total.saturating_mul(area_64),
            paint_work: limits.paint_work.saturating_mul(area_64),
            ..limits
        };
        Self {
            files: Files::new(limits),
            zoomed,
            template: None,
            included: BTreeMap::new(),
            cache: Cache::new(&kept),
            picture: None,
            straight: Vec::new(),
        }
    }

    /// Takes a template's document.
    ///
    /// # Errors
    /// The document has a mistake: the message is JSON with `code`, `field`, `message` and `remedy`.
    /// The template before it stays.
    #[wasm_bindgen(js_name = setTemplate)]
    pub fn set_template(&mut self, document: &str) -> Result<(), JsError> {
        let document = self.whole(document)?;
        let template = template::mistake::parse(&document, &self.files.limits).map_err(|problem| mistake(&problem))?;
        self.template = Some(template);
        Ok(())
    }

    /// The text of a document with what it includes, as publishing would find it.
    ///
    /// # Errors
    /// One of the templates is not here: [`Self::lacks_templates`].
    pub fn whole(&self, document: &str) -> Result<String, JsError> {
        let published = |id: &str| self.included.get(id).cloned();
        let whole = reuse::whole(document, published, &self.files.limits).map_err(|problem| mistake(&problem))?;
        // A revision has its files already.
        Ok(whole.map_or_else(|| document.to_owned(), Cow::into_owned))
    }

    /// The ids of the templates that a document includes and that are not here yet, one in each line.
    #[wasm_bindgen(js_name = lacksTemplates)]
    #[must_use]
    pub fn lacks_templates(&self, document: &str) -> String {
        let lacking = reuse::named(document).into_iter().filter(|id| !self.included.contains_key(id));
        lacking.collect::<Vec<_>>().join("\n")
    }

    /// Adds a published template that documents include.
    #[wasm_bindgen(js_name = addTemplate)]
    pub fn add_template(&mut self, id: &str, text: &str) {
        self.included.insert(id.to_owned(), text.to_owned());
    }

    /// Adds a file by the name that [`Self::draw`] lacked it by: an asset, or the URL of an image on
    /// another host.
    #[wasm_bindgen(js_name = addAsset)]
    pub fn add_asset(&mut self, name: &str, bytes: &[u8]) {
        self.files.add_asset(name, bytes);
    }

    /// Removes such a file, because there is none of this name any more.
    #[wasm_bindgen(js_name = removeAsset)]
    pub fn remove_asset(&mut self, name: &str) {
        self.files.remove_asset(name);
    }

    /// Adds the file of a font pack. Returns whether it could be read.
    #[wasm_bindgen(js_name = addPack)]
    pub fn add_pack(&mut self, name: &str, bytes: Vec<u8>) -> bool {
        self.files.add_pack(name, bytes)
    }

    /// Draws the template with the values of `query`, `width` px wide, and returns a [`Report`] as
    /// JSON. With `keeps_plates`, what no value changes is drawn once and kept, so that another
    /// query is fast; without, another template is.
    ///
    /// # Errors
    /// There is no template, or the picture is over a budget.
    pub fn draw(&mut self, query: &str, width: u32, keeps_plates: bool) -> Result<String, JsError> {
        let Some(template) = &self.template else { return Err(JsError::new("there is no template yet")) };
        let dark = Options::read(query, &self.files.limits).dark;
        let dark = template.edition(Edition { size: None, dark }, &self.files.limits);
        let dark = dark.map_err(|problem| mistake(&problem))?;
        let template = dark.as_ref().unwrap_or(template);
        let is_zoomed = width > template.document.width;
        let limits = if is_zoomed { &self.zoomed } else { &self.files.limits };
        // At the template's own width, the query decides the scale, as it does in a URL.
        let asked = Options::read(query, limits);
        let is_own = width == template.document.width;
        let options = if is_own { asked } else { Options { width: Some(width), dpr: None, ..asked } };
        let mut values = template.example_values(query, limits);
        template.vary(&mut values, &options, limits);
        let inputs = Inputs::new(template, &values, &options, Format::Png);
        let plan = plan::plan(&inputs, limits);
        let resources = Resources::of(&plan, &self.files);
        let Drawn { scene, painted, .. } = if keeps_plates && !is_zoomed {
            render::draw(&inputs, &plan, &resources, Some(&self.cache), limits).map_err(|problem| mistake(&problem))?
        } else {
            let Resources { assets, fonts } = &resources;
            let scene = layout::layout_with(&plan, assets, fonts, &self.cache.paint.surveys, limits);
            let painted = paint::paint(&scene, assets, fonts, &self.cache.paint, limits);
            Drawn { scene, painted: painted.map_err(|problem| mistake(&problem))?, patch: None }
        };
        // Layout keeps to whole px of the output. The boxes of the report are those at the template's own
        // size, so that an edit writes the same numbers at every zoom.
        let own_scene = (!is_own).then(|| {
            let options = Options { width: None, ..options.clone() };
            let inputs = Inputs::new(template, &values, &options, Format::Png);
            let plan = plan::plan(&inputs, &self.files.limits);
            let Resources { assets, fonts } = &resources;
            layout::layout_with(&plan, assets, fonts, &self.cache.paint.surveys, &self.files.limits)
        });
        let boxes = own_scene.as_ref().unwrap_or(&scene);
        let report = Report::new(&plan, &scene, boxes, &painted, &values, self.files.lacking(&plan)).json();
        let is_opaque = painted.pixels.pixels().iter().all(|pixel| pixel.is_opaque());
        self.straight.clear();
        if !is_opaque {
            self.straight.reserve(painted.pixels.data().len());
            for pixel in painted.pixels.pixels() {
                let straight = pixel.demultiply();
                self.straight.extend([straight.red(), straight.green(), straight.blue(), straight.alpha()]);
            }
        }
        self.picture = Some(painted.pixels);
        Ok(report)
    }

    /// Where the picture's pixels begin in the memory of the module: straight RGBA, rows from the
    /// top. It holds until the next call.
    #[must_use]
    pub fn pointer(&self) -> *const u8 {
        self.pixels().as_ptr()
    }

    /// Bytes of the picture's pixels.
    #[must_use]
    pub fn length(&self) -> usize {
        self.pixels().len()
    }

    /// The template's worst cases, and what is wrong with each, as JSON; see [`stress`].
    ///
    /// # Errors
    /// There is no template.
    pub fn stress(&self) -> Result<String, JsError> {
        let Some(template) = &self.template else { return Err(JsError::new("there is no template yet")) };
        Ok(stress::report(template, &self.files))
    }

    /// The same for queries of recipients, one on each line.
    ///
    /// # Errors
    /// There is no template.
    pub fn check(&self, queries: &str) -> Result<String, JsError> {
        let Some(template) = &self.template else { return Err(JsError::new("there is no template yet")) };
        Ok(stress::recipients(template, queries, &self.files))
    }

    fn pixels(&self) -> &[u8] {
        match &self.picture {
            Some(picture) if self.straight.is_empty() => picture.data(),
            _ => &self.straight,
        }
    }
}

fn mistake(problem: &Problem) -> JsError {
    JsError::new(&Mistake::of(problem).json())
}
