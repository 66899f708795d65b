//! The stress test of a template: its worst cases, what is wrong with them, and a sheet that shows
//! them all.
//!
//! A template is designed with a few names and then drawn with every name there is. The stress test
//! finds the values that break it before a recipient does. No picture needs it: publishing does, and
//! `make sheet`, and the tests do for every sample.
//!
//! ```text
//! script  names in the world's scripts
//! cases   a template's params → the queries to try
//! check   a laid out case → its faults
//! contrast  a laid out case → texts whose colour is too near to what is behind them
//! sheet   all cases → one picture
//! ```
//!
//! Invariant: checks look at boxes and glyphs, and never at pixels. So they need no painting, and
//! know the layer of a fault.

mod cases;
mod check;
mod contrast;
mod outcome;
mod script;
mod sheet;

use crate::inputs::Inputs;
use crate::layout;
use crate::limits::Limits;
use crate::plan::{self, Plan};
use crate::render::Resources;
use crate::request::{Format, Options};
use crate::template::{Edition, Template};
use crate::world::World;

pub use cases::{cases, worst};
pub use check::{Checks, LaidOut};
pub use contrast::contrast;
pub use outcome::{Case, Fault, Finding, Outcome, SentCase};
pub use script::{SCRIPTS, Script};
pub use sheet::sheet;

/// Lays every case out and checks it. `world` has every asset that the template may name.
#[must_use]
pub fn run(template: &Template, cases: &[Case], world: &impl World) -> Vec<Outcome> {
    let limits = world.limits();
    let laid_out: Vec<_> = cases.iter().map(|case| lay_out(plan(template, case, limits), world)).collect();
    check(cases, &laid_out, limits)
}

/// The template of a case: of its size, and dark if it asks for that. `None` if that is the template
/// itself.
fn edition(template: &Template, case: &Case, limits: &Limits) -> Option<Template> {
    // Publishing checks all of them.
    template.edition(case.edition(limits), limits).ok().flatten()
}

/// The plan of a case, which names the files that it needs.
#[must_use]
pub fn plan(template: &Template, case: &Case, limits: &Limits) -> Plan {
    let edition = edition(template, case, limits);
    let template = edition.as_ref().unwrap_or(template);
    let (mut values, options) = (template.example_values(&case.query, limits), Options::read(&case.query, limits));
    template.vary(&mut values, &options, limits);
    plan::plan(&Inputs::new(template, &values, &options, Format::Png), limits)
}

/// Lays a case out, with the files that `world` has for its plan.
#[must_use]
pub fn lay_out(plan: Plan, world: &impl World) -> LaidOut {
    let resources = Resources::of(&plan, world);
    let scene = layout::layout(&plan, &resources.assets, &resources.fonts, world.limits());
    LaidOut { plan, resources, scene }
}

/// Checks cases that were laid out, in the same order.
#[must_use]
pub fn check(cases: &[Case], laid_out: &[LaidOut], limits: &Limits) -> Vec<Outcome> {
    // What is the same in every case of an edition may differ from one edition to another.
    let mut checks: Vec<(Edition<'_>, Checks<'_>)> = Vec::new();
    for case in cases {
        let edition = case.edition(limits);
        if checks.iter().all(|(known, _)| *known != edition) {
            let same = cases.iter().zip(laid_out).filter(|(case, _)| case.edition(limits) == edition);
            let scenes: Vec<_> = same.map(|(_, laid_out)| &laid_out.scene).collect();
            checks.push((edition, Checks { fixed: check::fixed(&scenes), limits }));
        }
    }
    let outcome = |(case, laid_out): (&Case, &LaidOut)| {
        let checks = checks.iter().find(|(edition, _)| *edition == case.edition(limits));
        let findings = checks.map_or_else(Vec::new, |(_, checks)| checks.check(case, laid_out));
        Outcome { case: case.clone(), findings }
    };
    cases.iter().zip(laid_out).map(outcome).collect()
}
