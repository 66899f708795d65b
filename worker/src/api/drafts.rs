//! A draft before it is published: its worst cases are laid out, and judged.
//!
//! The other module makes the cases, and writes the files into the draft that its names stand for.

use std::collections::BTreeSet;

use monogram::api::publish::Tried;
use monogram::limits::Limits;
use monogram::template::{Template, icons};
use monogram::torture::{self, Case, SentCase};
use worker::Env;

use super::super::deadline::Deadline;
use super::super::world::Fetched;
use super::super::{assets, fonts};

/// What is wrong with these cases of a draft, as the JSON of a [`Tried`]; the cases are JSON too. `None` if it
/// cannot be read.
pub async fn check(env: &Env, document: &str, cases: &str, limits: &Limits) -> Option<String> {
    let template = Template::parse(document, limits).ok()?;
    let cases: Vec<SentCase> = serde_json::from_str(cases).ok()?;
    let found = stress(env, &template, cases.into_iter().map(Case::from), limits).await;
    let icon = unknown_icon(env, &template, limits).await;
    serde_json::to_string(&Tried { found, icon }).ok()
}

/// A name that no icon has: its place in the document, what is wrong, and the remedy.
async fn unknown_icon(env: &Env, template: &Template, limits: &Limits) -> Option<[String; 3]> {
    let document = &template.document;
    let names = icons::files(document);
    let (files, deadline) = (document.files.as_ref(), Deadline::after(limits.files_wait_ms));
    let found = assets::fetch(env, &names, files, limits.images_bytes, deadline, limits).await.found;
    let problem = icons::unknown(document, |file| found.get(file).cloned())?;
    Some([problem.field.unwrap_or_default(), problem.message, problem.remedy.unwrap_or_default()])
}

/// The cases that were laid out, each with its findings as layer and text. A case is left out whose font packs
/// would be more bytes than all cases may need together.
async fn stress(
    env: &Env,
    template: &Template,
    all: impl Iterator<Item = Case>,
    limits: &Limits,
) -> Vec<(String, Vec<(String, String)>)> {
    let (mut cases, mut laid_out) = (Vec::new(), Vec::new());
    let (mut packs, mut room) = (BTreeSet::new(), limits.packs_bytes);
    for case in all {
        let plan = torture::plan(template, &case, limits);
        let new: Vec<_> = plan.packs.iter().filter(|pack| !packs.contains(&pack.name)).collect();
        let bytes: usize = new.iter().map(|pack| pack.bytes).sum();
        let Some(left) = room.checked_sub(bytes) else { continue };
        room = left;
        packs.extend(new.iter().map(|pack| pack.name));
        let deadline = Deadline::after(limits.files_wait_ms);
        let files = template.document.files.as_ref();
        let found = assets::fetch(env, &plan.assets, files, limits.images_bytes, deadline, limits).await.found;
        let coming = fonts::open(env, &plan.packs, deadline, limits).await;
        let (fonts, _) = fonts::read(&plan.packs, coming, deadline, limits).await;
        laid_out.push(torture::lay_out(plan, &Fetched { limits, assets: found, fonts, cache: None }));
        cases.push(case);
    }
    let outcomes = torture::check(&cases, &laid_out, limits);
    let found = outcomes.into_iter().zip(&laid_out).map(|(outcome, laid_out)| {
        let faint = if outcome.case.is_usual() { torture::contrast(&laid_out.scene) } else { Vec::new() };
        let findings = outcome.findings.into_iter().chain(faint).map(|finding| (finding.layer, finding.what)).collect();
        (outcome.case.name, findings)
    });
    found.collect()
}
