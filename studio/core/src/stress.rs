//! The worst cases of a template, laid out and checked; and recipients, in the same way.

use serde::Serialize;

use monogram::template::Template;
use monogram::template::advice::{self, Advice};
use monogram::torture::{self, Case, Finding, LaidOut, Outcome};
use monogram::world::World;

use crate::files::{Files, Lacking};

/// All cases, and the files that they lacked.
#[derive(Serialize)]
struct Stress<'a> {
    cases: Vec<Row<'a>>,
    lacking: Lacking,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    query: &'a str,
    /// Whether its values are like those of most recipients.
    ordinary: bool,
    findings: Vec<Fault<'a>>,
}

#[derive(Serialize)]
struct Fault<'a> {
    /// The layer's `id`, or else its path.
    layer: &'a str,
    what: &'a str,
}

/// The cases with their faults, as JSON.
pub fn report(template: &Template, files: &Files) -> String {
    let mut cases = torture::cases(&template.document, &[]);
    // The canvas shows one size.
    cases.retain(|case| case.size.is_none());
    run(template, &cases, advice::of(&template.document), files)
}

/// The same for the queries of recipients, one on each line: a text that is cut off is a fault.
pub fn recipients(template: &Template, queries: &str, files: &Files) -> String {
    let cases: Vec<Case> = queries.lines().map(|query| Case::of_recipient(query.to_owned())).collect();
    run(template, &cases, Vec::new(), files)
}

/// `advice` holds in every case; it stands at the first one.
fn run(template: &Template, cases: &[Case], advice: Vec<Advice>, files: &Files) -> String {
    let plans = cases.iter().map(|case| torture::plan(template, case, files.limits()));
    let mut lacking = Lacking::default();
    let mut laid_out: Vec<LaidOut> = Vec::new();
    for plan in plans {
        lacking.add(files.lacking(&plan));
        laid_out.push(torture::lay_out(plan, files));
    }
    let outcomes = torture::check(cases, &laid_out, files.limits());
    let faint: Vec<Vec<Finding>> = cases
        .iter()
        .zip(&laid_out)
        .map(|(case, laid_out)| if case.ordinary { torture::contrast(&laid_out.scene) } else { Vec::new() })
        .collect();
    let mut rows: Vec<Row<'_>> = outcomes.iter().zip(&faint).map(|(outcome, faint)| row(outcome, faint)).collect();
    if let Some(first) = rows.first_mut() {
        first.findings.extend(advice.iter().map(|(place, what)| Fault { layer: advice::layer(place), what }));
    }
    // Strings always serialise.
    serde_json::to_string(&Stress { cases: rows, lacking }).unwrap_or_default()
}

fn row<'a>(outcome: &'a Outcome, faint: &'a [Finding]) -> Row<'a> {
    let fault = |finding: &'a Finding| Fault { layer: &finding.layer, what: &finding.what };
    let Outcome { case, findings } = outcome;
    let findings = findings.iter().chain(faint).map(fault).collect();
    Row { name: &case.name, query: &case.query, ordinary: case.ordinary, findings }
}
