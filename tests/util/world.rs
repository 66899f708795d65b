//! Draws a document as a caller of the crate does: the one place of the tests that knows the steps
//! from a query to a file.

use std::cell::RefCell;
use std::fs;
use std::rc::Rc;

use monogram::limits::Limits;
use monogram::paint::{Assets, Kept};
use monogram::params;
use monogram::plan::{self, Plan};
use monogram::render::{self, Drawn, Resources};
use monogram::request::{Format, Options};
use monogram::template::Template;
use monogram::text::{FontFile, Fonts, Pack};

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
    /// Assets by name; at first those of `templates/assets`.
    pub assets: Assets,
    /// What earlier pictures left for later ones.
    cache: Rc<RefCell<Kept>>,
}

impl World {
    /// A world that reuses nothing, with the limits of the Worker.
    pub fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    /// A world that reuses nothing.
    pub fn with_limits(limits: Limits) -> Self {
        let name = |path: &std::path::Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let assets = entries("templates/assets").into_iter().map(|path| (name(&path), fs::read(path).unwrap().into()));
        Self { limits, assets: assets.collect(), cache: Rc::default() }
    }

    /// The same with an empty cache, as an isolate has one: each picture may reuse what earlier
    /// ones left.
    #[must_use]
    pub fn cached(mut self) -> Self {
        self.cache = Rc::new(RefCell::new(Kept::new(&self.limits)));
        self
    }

    /// A copy that reuses nothing.
    pub fn uncached(&self) -> Self {
        Self { cache: Rc::default(), ..self.clone() }
    }

    /// The plan of a template with the values and options of a query.
    pub fn plan(&self, template: &Template, query: &str) -> Plan {
        let values = params::resolve(&template.document.params, &template.document.missing, query, &self.limits);
        plan::plan(template, &values, &Options::read(query, &self.limits), &self.limits)
    }

    /// The assets, the fonts of these packs and files, and the cache.
    pub fn resources(&self, packs: &[&'static Pack], files: &[FontFile]) -> Resources {
        let mut resources =
            Resources { images: self.assets.clone(), fonts: fonts(packs), kept: Rc::clone(&self.cache) };
        resources.add_fonts(files, &self.limits);
        resources
    }

    /// Draws a picture without encoding it.
    pub fn draw(&self, template: &Template, query: &str) -> Drawn {
        let plan = self.plan(template, query);
        let resources = self.resources(&plan.fonts, &plan.faces);
        render::draw(template, &plan, &resources, &self.limits).unwrap()
    }

    /// Draws a picture as a PNG file.
    pub fn png(&self, template: &Template, query: &str) -> Vec<u8> {
        let plan = self.plan(template, query);
        let resources = self.resources(&plan.fonts, &plan.faces);
        render::render(template, &plan, &resources, Format::Png, &self.limits).unwrap().bytes
    }
}
