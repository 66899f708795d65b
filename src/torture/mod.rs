//! A template's worst cases, whether it stands them, and a sheet to look at them all.
//!
//! A design is drawn once and then meets every name there is, so what breaks it is looked for before a recipient finds it.
//! No request comes here: `make sheet` does, and the tests do, with every sample.
//!
//! ```text
//! script  names in the world's scripts
//! cases   a template's params → the queries to try
//! check   a laid out case → what is wrong with it
//! sheet   all cases → one picture
//! ```
//!
//! Invariant: a check looks at boxes and glyphs, never at pixels: it needs no painting, and says which layer.

mod cases;
mod check;
mod script;
mod sheet;

use serde::Deserialize;

use crate::font::Pack;
use crate::layout::Scene;
use crate::limits::Limits;
use crate::params;
use crate::plan::{self, Plan};
use crate::render::{self, Resources};
use crate::request::Options;
use crate::template::Template;

use check::Checks;

pub use cases::cases;
pub use script::{SCRIPTS, Script};
pub use sheet::sheet;

/// One URL to try.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it tries, in a few words.
    #[serde(rename = "case")]
    pub name: String,
    /// The URL's query.
    pub query: String,
    /// Data as most recipients have them: nothing may be cut off, not even with an ellipsis.
    #[serde(skip)]
    pub ordinary: bool,
    /// Its texts are this merge tag, which nobody may see.
    #[serde(skip)]
    pub tag: Option<&'static str>,
}

/// Something that a recipient should not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The layer: its `id`, or its path.
    pub layer: String,
    /// What is wrong with it, in words.
    pub what: String,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub case: Case,
    /// What is wrong; empty where it stands.
    pub findings: Vec<Finding>,
}

/// The font packs that the cases need, each once.
#[must_use]
pub fn packs(template: &Template, cases: &[Case], limits: &Limits) -> Vec<&'static Pack> {
    let mut packs: Vec<&'static Pack> = Vec::new();
    for case in cases {
        let values = params::resolve(&template.document.params, &template.document.missing, &case.query, limits);
        let needed = plan::plan(template, &values, &Options::read(&case.query, limits), limits).fonts;
        packs.extend(needed.iter().filter(|pack| !packs.contains(pack)).copied().collect::<Vec<_>>());
    }
    packs
}

/// Lays every case out and checks it. `resources` holds every asset that the template may name, and the fonts of [`packs`].
#[must_use]
pub fn run(template: &Template, cases: &[Case], resources: &Resources, limits: &Limits) -> Vec<Outcome> {
    let laid_out = |case: &Case| {
        let values = params::resolve(&template.document.params, &template.document.missing, &case.query, limits);
        let plan = plan::plan(template, &values, &Options::read(&case.query, limits), limits);
        let scene = render::lay_out(&plan, resources, limits);
        (plan, scene)
    };
    let laid_out: Vec<_> = cases.iter().map(laid_out).collect();
    let scenes: Vec<_> = laid_out.iter().map(|(_, scene)| scene).collect();
    let checks = Checks { fixed: check::fixed(&scenes), resources, limits };
    let check = |(case, (plan, scene)): (&Case, &(Plan, Scene))| Outcome {
        case: case.clone(),
        findings: checks.check(case, plan, scene),
    };
    cases.iter().zip(&laid_out).map(check).collect()
}
