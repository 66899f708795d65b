//! A draft before it is published: the files that its names stand for, and its stress test, for which the module
//! that draws lays its cases out.

use monogram::api::names::{AssetRow, FontRow, Names};
use monogram::api::publish::{Draft, Stressed, Warning, warnings, with_files};
use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::params::Param;
use monogram::remote::host;
use monogram::request::TemplateId;
use monogram::template::{Files, Template};
use monogram::torture::{self, SentCase};
use monogram_platform::database::{Database, number, text};
use monogram_platform::{Visit, hosts};
use worker::Env;

use crate::renderer::Renderer;

/// Rows of the store that are compared with the names of one draft.
const MAX_ROWS: u32 = 2_000;

/// A draft whose names were looked for.
pub struct Found {
    /// Its text with its files, as the module that draws reads it.
    pub text: String,
    /// The files that its names stand for. `None` if they were not looked for.
    pub files: Option<Files>,
    /// What is to be said about them.
    warnings: Vec<Warning>,
}

impl Found {
    /// Looks for the names of a draft under an id; for none if there is no id.
    ///
    /// # Errors
    /// 503 if the database failed.
    pub async fn of(visit: &Visit<'_>, draft: &Draft, id: Option<&TemplateId>) -> Result<Self, Problem> {
        let Some(id) = id else { return Ok(Self { text: draft.whole()?, files: None, warnings: Vec::new() }) };
        let (template, limits) = (&draft.template, visit.limits());
        let (found, warnings) = files(&Database::of(visit.env(), limits)?, id, template, limits).await?;
        let parts = template.document.files.clone().unwrap_or_default().parts;
        let files = Files { parts, ..found };
        let unreadable = || Problem::new(Fault::Document, "template-not-json", "The document is no JSON object");
        let text = with_files(&draft.text, &files).ok_or_else(unreadable)?;
        Ok(Self { text, files: Some(files), warnings })
    }
}

/// The files of a draft under an id (`None`: nobody looks for them), and what is wrong with its worst cases.
///
/// # Errors
/// 503 if a store failed, or the module that draws does not answer.
pub async fn stress(
    visit: &Visit<'_>,
    renderer: &Renderer,
    draft: &Draft,
    id: Option<&TemplateId>,
) -> Result<Stressed, Problem> {
    let Found { text, files, mut warnings } = Found::of(visit, draft, id).await?;
    let cases = torture::worst(&draft.template.document, visit.limits());
    let cases: Vec<_> = cases.into_iter().map(SentCase::from).collect();
    let tried = renderer.stress(&text, &serde_json::to_string(&cases).unwrap_or_default()).await?;
    let cases = tried.found.len();
    warnings.extend(unfetched(visit.env(), &draft.template));
    warnings.extend(self::warnings(tried.found));
    Ok(Stressed { files, warnings, cases, icon: tried.icon })
}

/// The files that the names of a draft stand for, and warnings about those that were left out.
///
/// # Errors
/// 503.
async fn files(
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
