//! The stages of a picture, one by one, for a caller that measures time: natively (`main.rs`) and
//! in V8 (`v8.rs`).

use std::rc::Rc;

use monogram::asset::{AssetId, Assets};
use monogram::encode;
use monogram::error::Problem;
use monogram::font::Fonts;
use monogram::incremental::Cache;
use monogram::inputs::Inputs;
use monogram::layout;
use monogram::limits::Limits;
use monogram::params::Values;
use monogram::plan::{self, Plan};
use monogram::render::{self, Drawn, Resources};
use monogram::request::{Format, Options};
use monogram::template::Template;

/// A scene, and the completed stages of its current picture.
pub struct Scene {
    limits: Limits,
    template: Template,
    resources: Resources,
    cache: Cache,
    options: Options,
    values: Values,
    plan: Option<Plan>,
    drawn: Option<Drawn>,
}

impl Scene {
    /// Takes a template, and makes the empty cache of an isolate.
    pub fn new(document: &str) -> Result<Self, Problem> {
        let limits = Limits::default();
        Ok(Self {
            template: Template::parse(document, &limits)?,
            resources: Resources { assets: Assets::new(), fonts: Fonts::embedded() },
            cache: Cache::new(&limits),
            options: Options::default(),
            values: Values::new(),
            plan: None,
            drawn: None,
            limits,
        })
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs::new(&self.template, &self.values, &self.options, Format::Png)
    }

    /// The first stage: values, and the plan of the picture.
    pub fn plan(&mut self, query: &str) {
        self.values = self.template.values(query, &self.limits);
        self.plan = Some(plan::plan(&self.inputs(), &self.limits));
    }

    /// The assets that the plan needs and that have not been added yet.
    pub fn missing_images(&self) -> Vec<String> {
        let needed = self.plan.iter().flat_map(|plan| &plan.assets);
        needed.filter(|id| !self.resources.assets.contains_key(*id)).map(ToString::to_string).collect()
    }

    /// Adds an asset.
    pub fn add_image(&mut self, name: &str, bytes: &[u8]) {
        self.resources.assets.insert(AssetId::from(name), Rc::from(bytes));
    }

    /// Runs the second stage, only to measure it: [`Self::draw`] runs it again.
    pub fn lay_out(&self) {
        if let Some(plan) = &self.plan {
            drop(layout::layout(plan, &self.resources.assets, &self.resources.fonts, &self.limits));
        }
    }

    /// Runs the second and third stages.
    pub fn draw(&mut self) -> Result<(), Problem> {
        if let Some(plan) = &self.plan {
            let drawn = render::draw(&self.inputs(), plan, &self.resources, Some(&self.cache), &self.limits)?;
            self.drawn = Some(drawn);
        }
        Ok(())
    }

    /// The last stage: the bytes of the PNG.
    pub fn encode(&mut self) -> Result<usize, Problem> {
        let Some(Drawn { painted, patch, .. }) = self.drawn.take() else { return Ok(0) };
        let patched = patch.and_then(|patch| patch.png(&painted.pixels));
        Ok(patched.unwrap_or_else(|| encode::png::encode(&painted.pixels)).len())
    }
}
