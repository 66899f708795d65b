//! The stress test of a template: its worst cases, what is wrong with them, and a sheet that shows
//! them all.
//!
//! A template is designed with a few names and then drawn with every name there is. The stress test
//! finds the values that break it before a recipient does. No request uses it: `make sheet` does,
//! and the tests do for every sample.
//!
//! ```text
//! script  names in the world's scripts
//! cases   a template's params → the queries to try
//! check   a laid out case → its faults
//! sheet   all cases → one picture
//! ```
//!
//! Invariant: checks look at boxes and glyphs, and never at pixels. So they need no painting, and
//! know the layer of a fault.

mod cases;
mod check;
mod outcome;
mod script;
mod sheet;

use crate::inputs::Inputs;
use crate::layout;
use crate::plan;
use crate::render::Resources;
use crate::request::{Format, Options};
use crate::template::Template;
use crate::world::World;

use check::{Checks, LaidOut};

pub use cases::cases;
pub use outcome::{Case, Finding, Outcome};
pub use script::{SCRIPTS, Script};
pub use sheet::sheet;

/// Lays every case out and checks it. `world` has every asset that the template may name.
#[must_use]
pub fn run(template: &Template, cases: &[Case], world: &impl World) -> Vec<Outcome> {
    let limits = world.limits();
    let laid_out = |case: &Case| {
        let (values, options) = (template.values(&case.query, limits), Options::read(&case.query, limits));
        let plan = plan::plan(&Inputs::new(template, &values, &options, Format::Png), limits);
        let resources = Resources::of(&plan, world);
        let scene = layout::layout(&plan, &resources.assets, &resources.fonts, limits);
        LaidOut { plan, resources, scene }
    };
    let laid_out: Vec<_> = cases.iter().map(laid_out).collect();
    let scenes: Vec<_> = laid_out.iter().map(|laid_out| &laid_out.scene).collect();
    let checks = Checks { fixed: check::fixed(&scenes), limits };
    let check =
        |(case, laid_out): (&Case, &LaidOut)| Outcome { case: case.clone(), findings: checks.check(case, laid_out) };
    cases.iter().zip(&laid_out).map(check).collect()
}
