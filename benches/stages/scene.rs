//! The stages of a picture, one by one, for who holds a clock: natively (`main.rs`) and in V8 (`v8.rs`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::paint::{Kept, Painted};
use monogram::plan::{self, Plan};
use monogram::render::{self, Resources};
use monogram::request::Options;
use monogram::template::Template;
use monogram::{encode, params};

/// A scene, and how far its current picture has come.
pub struct Scene {
    limits: Limits,
    template: Template,
    resources: Resources,
    plan: Option<Plan>,
    painted: Option<Painted>,
}

impl Scene {
    /// A template, with nothing kept from other pictures.
    pub fn new(document: &str) -> Result<Self, Problem> {
        let limits = Limits::default();
        let template = Template::parse(document, &limits)?;
        let resources = Resources { kept: Rc::new(RefCell::new(Kept::new(&limits))), ..Resources::default() };
        Ok(Self { limits, template, resources, plan: None, painted: None })
    }

    /// The first stage: values, and what is to be drawn.
    pub fn plan(&mut self, query: &str) {
        let document = &self.template.document;
        let values = params::resolve(&document.params, &document.missing, query, &self.limits);
        self.plan = Some(plan::plan(&self.template, &values, &Options::default(), &self.limits));
    }

    /// The assets that the plan needs and that are not there yet.
    pub fn missing_images(&self) -> Vec<String> {
        let needed = self.plan.iter().flat_map(|plan| &plan.images);
        needed.filter(|name| !self.resources.images.contains_key(*name)).cloned().collect()
    }

    /// Adds an asset.
    pub fn add_image(&mut self, name: &str, bytes: &[u8]) {
        let mut images: BTreeMap<_, _> = self.resources.images.clone();
        images.insert(name.to_owned(), Rc::from(bytes));
        self.resources.images = images;
    }

    /// The second stage, for its time: [`Self::draw`] does it again.
    pub fn lay_out(&self) {
        if let Some(plan) = &self.plan {
            drop(render::lay_out(plan, &self.resources, &self.limits));
        }
    }

    /// The second and third stage.
    pub fn draw(&mut self) -> Result<(), Problem> {
        if let Some(plan) = &self.plan {
            self.painted = Some(render::draw(&self.template, plan, &self.resources, &self.limits)?.painted);
        }
        Ok(())
    }

    /// The last stage: the bytes of the PNG.
    pub fn encode(&mut self) -> Result<usize, Problem> {
        let Some(painted) = self.painted.take() else { return Ok(0) };
        let printed = painted.printed.and_then(|printed| printed.png(&painted.pixels));
        Ok(printed.unwrap_or_else(|| encode::png::encode(&painted.pixels)).len())
    }
}
