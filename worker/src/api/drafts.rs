//! A draft before it is published: the files that its names stand for, and its stress test.

use std::collections::BTreeSet;

use monogram::api::names::{AssetRow, FontRow, Names};
use monogram::api::publish::{Stressed, Warning, warnings};
use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::params::Param;
use monogram::remote::host;
use monogram::request::TemplateId;
use monogram::template::document::Layer;
use monogram::template::{Files, Template, icons};
use monogram::torture::{self, Case, SCRIPTS};
use monogram_platform::hosts;
use worker::Env;

use super::super::deadline::Deadline;
use super::super::world::Fetched;
use super::super::{assets, fonts};
use super::database::{Database, number, text};

/// Rows of the store that are compared with the names of one draft.
const MAX_ROWS: u32 = 2_000;

/// The files that the names of a draft stand for, and warnings about those that were left out.
///
/// # Errors
/// 503.
pub async fn files(
    database: &Database,
    id: &TemplateId,
    template: &Template,
    limits: &Limits,
) -> Result<(Files, Vec<Warning>), Problem> {
    let names = Names::of_all(template, limits);
    let questions = names.questions(id);
    let (mut assets, mut fonts): (Vec<AssetRow>, Vec<FontRow>) = (Vec::new(), Vec::new());
    let list = |list: &[String]| text(&serde_json::to_string(list).unwrap_or_default());
    if !names.assets.is_empty() {
        let sql = "SELECT name, sha256 FROM asset WHERE name IN (SELECT value FROM json_each(?1)) UNION \
                   SELECT a.name, a.sha256 FROM (SELECT json_extract(value, '$[0]') AS head, json_extract(value, '$[1]') AS tail, \
                   json_extract(value, '$[2]') AS root FROM json_each(?2)) AS p JOIN asset AS a ON a.name >= head \
                   AND substr(a.name, 1, length(head)) = head AND (tail = '' OR substr(a.name, -length(tail)) = tail) \
                   AND (root = 0 OR instr(a.name, '/') = 0) LIMIT ?3";
        let parts = text(&serde_json::to_string(&questions.parts).unwrap_or_default());
        assets = database.rows(sql, &[list(&questions.assets), parts, number(MAX_ROWS)]).await?;
    }
    if !names.families.is_empty() {
        let sql = "SELECT folder, family, sha256 FROM font WHERE folder IN (SELECT value FROM json_each(?1)) \
                   ORDER BY folder, family, italic, weight LIMIT ?2";
        fonts = database.rows(sql, &[list(&questions.folders), number(MAX_ROWS)]).await?;
    }
    let (files, left_out) = names.resolve(id, &assets, &fonts, limits);
    let warning = (left_out > 0).then(|| Warning {
        layer: String::new(),
        warning: format!("{left_out} files that its expressions may name are over the limit, and were left out"),
        cases: Vec::new(),
    });
    Ok((files, warning.into_iter().collect()))
}

/// The files of a draft, and its stress test, as the JSON of a [`Stressed`]. `id` is the one under which
/// its names are looked for; if it is empty, they are not. `None` if the database failed.
pub async fn check(env: &Env, document: &str, id: &str, limits: &Limits) -> Option<String> {
    let mut template = Template::parse(document, limits).ok()?;
    let mut warnings = Vec::new();
    if let Some(id) = TemplateId::parse(id) {
        let found = files(&Database::of(env, limits).ok()?, &id, &template, limits).await.ok()?;
        let parts = template.document.files.take().unwrap_or_default().parts;
        template.document.files = Some(Files { parts, ..found.0 });
        warnings = found.1;
    }
    let (found, cases) = stress(env, &template, limits).await;
    warnings.extend(found);
    let icon = unknown_icon(env, &template, limits).await;
    serde_json::to_string(&Stressed { files: template.document.files, warnings, cases, icon }).ok()
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

/// The stress test of a template: what is wrong with its worst cases, and the number of cases.
///
/// The cases are bounded by number, by the layers that are laid out, and by the bytes of the font
/// packs that they need together.
async fn stress(env: &Env, template: &Template, limits: &Limits) -> (Vec<Warning>, usize) {
    let layers = count(&template.document.layers).max(1);
    let most = limits.publish_cases.min(limits.publish_layers.checked_div(layers).unwrap_or(1)).max(1);
    // Names in other scripts come last: they test fonts more than they test the template.
    let (scripts, others): (Vec<Case>, Vec<Case>) = torture::cases(&template.document, &[])
        .into_iter()
        .partition(|case| SCRIPTS.iter().any(|script| script.name == case.name));
    let (mut cases, mut laid_out) = (Vec::new(), Vec::new());
    let (mut packs, mut room) = (BTreeSet::new(), limits.packs_bytes);
    for case in others.into_iter().chain(scripts).take(most) {
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
    (unfetched(env, template).into_iter().chain(warnings(found)).collect(), cases.len())
}

/// What this deployment would not fetch for a template: its layers would show their fallbacks, and
/// its feeds would be missing.
fn unfetched(env: &Env, template: &Template) -> Vec<Warning> {
    let document = &template.document;
    let allowed = hosts::allowed(env);
    let fields = document.params.values().filter_map(|param| match param {
        Param::List(list) => Some(list.fields.values()),
        _ => None,
    });
    let of_params = document.params.values().chain(fields.flatten()).flat_map(|param| match param {
        Param::Image(image) => image.hosts.as_slice(),
        _ => &[],
    });
    let named = monogram::ordered::set(document.hosts.iter().chain(of_params).map(String::as_str));
    // `*` is whatever the deployment allows.
    let refused = named.into_iter().filter(|pattern| {
        let host = pattern.replace('*', "any");
        *pattern != "*" && !host::any_allows(allowed.iter().map(String::as_str), &host)
    });
    let refused = refused.map(|pattern| format!("this deployment fetches nothing from {pattern} (IMAGE_HOSTS)"));
    let has_logos = template.shows_logos && hosts::provider(env).is_none();
    let logos = has_logos.then(|| "this deployment has chosen no provider of logos (LOGO_URL)".to_owned());
    let warning = |warning| Warning { layer: String::new(), warning, cases: Vec::new() };
    refused.chain(logos).map(warning).collect()
}

fn count(layers: &[Layer]) -> usize {
    let of =
        |layer: &Layer| layer.lists().into_iter().fold(1, |sum: usize, (_, layers)| sum.saturating_add(count(layers)));
    layers.iter().map(of).fold(0, usize::saturating_add)
}
