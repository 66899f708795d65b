//! Draws a document as a caller of the crate does: the one place of the tests that knows the steps
//! from a query to a file.

use std::fs;
use std::rc::Rc;

use monogram::Inputs;
use monogram::asset::{AssetId, Assets};
use monogram::font::{Fonts, Pack};
use monogram::incremental::Cache;
use monogram::limits::Limits;
use monogram::plan::{self, Plan};
use monogram::render::{self, Drawn, Resources};
use monogram::request::{Format, Options};
use monogram::template::Template;

use super::{entries, root};

/// A template; fails with the problem that the document has.
pub fn template(document: &str) -> Template {
    Template::parse(document, &Limits::default()).unwrap_or_else(|problem| panic!("{problem}\n{document}"))
}

/// The embedded font and these packs of `fonts/packs`.
pub fn fonts(packs: &[&'static Pack]) -> Fonts {
    Fonts::with_packs(packs, |pack| fs::read(root().join("fonts/packs").join(pack.file())).ok())
}

/// Everything that a picture needs beside its template and its query.
#[derive(Clone)]
pub struct World {
    pub limits: Limits,
    /// At first those of `templates/assets`.
    pub assets: Assets,
    /// What earlier pictures left for later ones.
    cache: Option<Rc<Cache>>,
}

impl monogram::world::World for World {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.assets.get(id).cloned()
    }

    fn fonts(&self, packs: &[&'static Pack]) -> Fonts {
        fonts(packs)
    }

    fn cache(&self) -> Option<&Cache> {
        self.cache.as_deref()
    }
}

impl World {
    /// A world that reuses nothing, with the limits of the Worker.
    pub fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    /// A world that reuses nothing.
    pub fn with_limits(limits: Limits) -> Self {
        let name = |path: &std::path::Path| AssetId::from(path.file_name().unwrap().to_str().unwrap());
        let files = entries("templates/assets");
        let assets = files.iter().map(|path| (name(path), fs::read(path).unwrap().into()));
        Self { limits, assets: assets.collect(), cache: None }
    }

    /// The same with an empty cache, as an isolate has one: each picture may reuse what earlier
    /// ones left.
    #[must_use]
    pub fn cached(mut self) -> Self {
        self.cache = Some(Rc::new(Cache::new(&self.limits)));
        self
    }

    /// A copy that reuses nothing.
    pub fn uncached(&self) -> Self {
        Self { cache: None, ..self.clone() }
    }

    /// The plan of a template with the values and options of a query.
    pub fn plan(&self, template: &Template, query: &str) -> Plan {
        let (mut values, options) = (template.values(query, &self.limits), Options::read(query, &self.limits));
        template.vary(&mut values, &options, &self.limits);
        let inputs = Inputs::new(template, &values, &options, Format::Png);
        plan::plan(&inputs, &self.limits)
    }

    /// Draws a picture without encoding it.
    pub fn draw(&self, template: &Template, query: &str) -> Drawn {
        let (mut values, options) = (template.values(query, &self.limits), Options::read(query, &self.limits));
        template.vary(&mut values, &options, &self.limits);
        let inputs = Inputs::new(template, &values, &options, Format::Png);
        let plan = plan::plan(&inputs, &self.limits);
        render::draw(&inputs, &plan, &Resources::of(&plan, self), self.cache.as_deref(), &self.limits).unwrap()
    }

    /// The name under which a deployment may have kept the baseline of a picture.
    pub fn kept_name(&self, template: &Template, query: &str) -> Option<String> {
        let (mut values, options) = (template.values(query, &self.limits), Options::read(query, &self.limits));
        template.vary(&mut values, &options, &self.limits);
        let inputs = Inputs::new(template, &values, &options, Format::Png);
        render::kept_name(&inputs, &plan::plan(&inputs, &self.limits), self)
    }

    /// Draws a picture as a PNG file.
    pub fn png(&self, template: &Template, query: &str) -> Vec<u8> {
        self.file(template, query, Format::Png)
    }

    /// Draws a picture as a file.
    pub fn file(&self, template: &Template, query: &str, format: Format) -> Vec<u8> {
        let (mut values, options) = (template.values(query, &self.limits), Options::read(query, &self.limits));
        template.vary(&mut values, &options, &self.limits);
        let inputs = Inputs::new(template, &values, &options, format);
        monogram::render(&inputs, self).unwrap().bytes
    }
}
