//! Publishing, rollback and deletion of templates.
//!
//! A publication has five steps, and whoever dies between two of them leaves the old revision or the
//! new one live, whole:
//!
//! 1. D1 gives out a number that nobody else gets.
//! 2. KV gets the revision under `id@n`. If this fails, the number stays unused.
//! 3. D1 makes it live if the revision before it is still live, in one transaction with the
//!    revision's document and a line of the log. If not, `id@n` is deleted: 412.
//! 4. KV gets it under `id`.
//! 5. If another revision is live by now, that one is copied. Steps 4 and 5 are
//!    [`store::spread`].

use monogram::access::Scope;
use monogram::api::precondition::moved_on;
use monogram::api::publish::{Draft, Published, Stressed, Warning, check_id, with_files};
use monogram::api::template::Rollback;
use monogram::api::{Precondition, body as json_body, names};
use monogram::error::{Fault, Problem};
use monogram::request::TemplateId;
use monogram::response::Reply;
use monogram::template::{Files, mistake, samples};

use monogram_platform::database::{Database, number, optional, text};
use monogram_platform::log::Log;
use monogram_platform::once::Once;
use monogram_platform::{Visit, audit, body, included, json, templates};

use super::{drafts, store};
use crate::answer::Answer;
use crate::renderer::Renderer;

/// Publications without a condition are tried again if another one came first.
const TRIES: usize = 5;

/// Seconds until [`store::mend`] has brought KV up to date, after which every location draws it.
const MEND_S: u32 = 300;

/// What is published.
struct Content<'a> {
    document: &'a str,
    files: &'a Files,
    title: Option<&'a str>,
    /// The revision whose content it is.
    rollback_of: Option<u32>,
    /// The call that makes it, if that is to happen once.
    once: Option<Once>,
}

/// `PUT /v1/templates/{id}`.
///
/// # Errors
/// 412 if the template has changed, 413 or 422 for the document, 503 if a store failed.
pub async fn put(visit: &Visit<'_>, id: &TemplateId, renderer: &Renderer, log: &mut Log) -> Result<Answer, Problem> {
    visit.allows(Scope::TemplatesWrite, id.as_str())?;
    check_id(id)?;
    let limits = visit.limits();
    let bytes = body::read(visit, limits.template_bytes).await?;
    let included = included::texts(visit, &String::from_utf8_lossy(&bytes)).await?;
    let draft = Draft::read(bytes, &|id| included.get(id).cloned(), mistake::parse, limits)?;
    let database = Database::of(visit.env(), limits)?;
    let precondition = precondition(visit)?;
    check(&precondition, id, current(visit, &database, id).await?.1.as_deref())?;
    log.stage("read");

    let stressed = drafts::stress(visit, renderer, &draft, Some(id)).await?;
    log.stage("check");
    if let Some(problem) = stressed.problem() {
        return Err(problem);
    }
    let Stressed { files, warnings: found, cases, .. } = stressed;
    let mut warnings = Warning::of_advice(&draft.template.document);
    warnings.extend(found);
    name_nearest(&mut warnings, &database, id).await;
    let files = files.unwrap_or_default();
    let title = draft.template.document.title.as_deref();
    let content = Content { document: &draft.text, files: &files, title, rollback_of: None, once: None };
    let answer = publish(visit, &database, id, &content, &precondition, warnings, cases, log).await?;
    compile(visit, renderer, &content);
    Ok(answer)
}

/// `POST /v1/templates/{id}/rollback`: the content of an old revision, with the files that its names
/// stood for, as a new revision.
///
/// # Errors
/// 404 if there is no such revision, and those of [`put`].
pub async fn rollback(
    visit: &Visit<'_>,
    renderer: &Renderer,
    id: &TemplateId,
    log: &mut Log,
) -> Result<Answer, Problem> {
    visit.allows(Scope::TemplatesWrite, id.as_str())?;
    let bytes = body::read(visit, visit.limits().body_bytes).await?;
    let Rollback { revision } = json_body::read(&bytes)?;
    let database = Database::of(visit.env(), visit.limits())?;
    let once = Once::of(visit, &bytes)?;
    if let Some(made) = once.made(visit, &database).await? {
        return Ok(
            published(visit, id, made.parse().unwrap_or_default(), Vec::new(), 0, templates::EVERYWHERE_S).into()
        );
    }
    let stored = store::revision(&database, id, Some(revision)).await?.ok_or_else(super::templates::no_revision)?;
    // It was checked when it was published, but the code may have changed since.
    let whole = with_files(&stored.document, &stored.files).unwrap_or_default();
    let template = mistake::parse(&whole, visit.limits())?;
    let title = template.document.title.clone();
    let content = Content {
        document: &stored.document,
        files: &stored.files,
        title: title.as_deref(),
        rollback_of: Some(revision),
        once: Some(once),
    };
    let answer = publish(visit, &database, id, &content, &precondition(visit)?, Vec::new(), 0, log).await?;
    compile(visit, renderer, &content);
    Ok(answer)
}

/// Adds to warnings about an asset that is not there the nearest name of one that is. Without the database they
/// stay as they are.
pub async fn name_nearest(warnings: &mut [Warning], database: &Database, id: &TemplateId) {
    if !Warning::lack_assets(warnings) {
        return;
    }
    let folders = serde_json::to_string(&names::folders(id)).unwrap_or_default();
    // Those of each folder itself, and of no folder in it.
    let sql = "SELECT DISTINCT name FROM asset, json_each(?1) AS f WHERE substr(name, 1, length(f.value)) = f.value \
               AND instr(substr(name, length(f.value) + 1), '/') = 0 LIMIT 1000";
    let rows: Vec<(String,)> = database.rows(sql, &[text(&folders)]).await.unwrap_or_default();
    let known: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
    Warning::name_nearest(warnings, id, &known);
}

/// Has the pictures of a new revision prepared, once the answer is on its way.
fn compile(visit: &Visit<'_>, renderer: &Renderer, content: &Content<'_>) {
    let Some(text) = with_files(content.document, content.files) else { return };
    let (renderer, limits) = (renderer.clone(), visit.limits().clone());
    visit.call.ctx.wait_until(async move { renderer.compile(&text, &limits).await });
}

fn precondition(visit: &Visit<'_>) -> Result<Precondition, Problem> {
    Precondition::read(&visit.header("If-Match"), &visit.header("If-None-Match"))
}

/// Checks a condition of a publication against the tag of what is stored. A sample that comes with the
/// code is stored nowhere: its tag, which [`get`](super::templates::get) answers, holds as well as
/// that nothing is there.
fn check(precondition: &Precondition, id: &TemplateId, tag: Option<&str>) -> Result<(), Problem> {
    let checked = precondition.check(tag);
    if tag.is_none() && samples::get(id.as_str()).is_some() {
        return checked.or_else(|_| precondition.check(Some("0")));
    }
    checked
}

/// The live revision (0 for none), and the tag that a condition is compared with.
async fn current(visit: &Visit<'_>, database: &Database, id: &TemplateId) -> Result<(u32, Option<String>), Problem> {
    match store::live(database, id).await? {
        Some(0) => Ok((0, None)),
        Some(revision) => Ok((revision, Some(revision.to_string()))),
        // A document that was written to KV by hand has no number.
        None => {
            let by_hand = store::by_hand(visit.env(), id.as_str(), visit.limits()).await?;
            Ok((0, by_hand.map(|_| "0".to_owned())))
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one publication, which has one caller for each kind")]
async fn publish(
    visit: &Visit<'_>,
    database: &Database,
    id: &TemplateId,
    content: &Content<'_>,
    precondition: &Precondition,
    mut warnings: Vec<Warning>,
    cases: usize,
    log: &mut Log,
) -> Result<Answer, Problem> {
    let (env, limits) = (visit.env(), visit.limits());
    let text_of_it = with_files(content.document, content.files).filter(|text| text.len() <= limits.template_bytes);
    let text_of_it = text_of_it.ok_or_else(|| {
        let message = format!("With the names of its files, a template may have {} bytes", limits.template_bytes);
        Problem::new(Fault::TooLarge, "template-too-large", message).remedy("use fewer files, or shorten the document")
    })?;
    for _ in 0..TRIES {
        let (expected, tag) = current(visit, database, id).await?;
        check(precondition, id, tag.as_deref())?;
        let revision = store::next(env, database, id, visit.now, limits).await?;
        let key = format!("{id}@{revision}");
        store::put(env, &key, text_of_it.as_bytes(), None, limits).await?;
        if !make_live(visit, database, id, expected, revision, content).await? {
            // Nobody has seen it. What cannot be deleted stays as a revision that is never live.
            let _ = store::delete(env, &key, limits).await;
            if precondition.is_none() {
                continue;
            }
            return Err(moved_on());
        }
        log.stage("publish");
        log.template = id.to_string();
        log.revision = Some(revision);

        let known = Some((revision, text_of_it.clone()));
        let spread = store::spread(env, database, id, known, limits).await;
        log.stage("spread");
        templates::forget(id, limits);
        let mut seconds = templates::EVERYWHERE_S;
        if spread.is_err() {
            seconds = seconds.saturating_add(MEND_S);
            warnings.push(Warning {
                layer: String::new(),
                warning: "it is published, but KV did not take it yet; the Worker tries again within five minutes"
                    .to_owned(),
                cases: Vec::new(),
            });
        }
        let reply = published(visit, id, revision, warnings, cases, seconds);
        return Ok(Answer::changing(reply, format!("t:{id}")));
    }
    Err(moved_on())
}

/// The answer about a revision that is live.
fn published(
    visit: &Visit<'_>,
    id: &TemplateId,
    revision: u32,
    warnings: Vec<Warning>,
    cases: usize,
    live_everywhere_after_seconds: u32,
) -> Reply {
    let origin = visit.call.origin;
    let answer = Published {
        id: id.as_str(),
        revision,
        warnings,
        cases,
        url: format!("{origin}/i/{id}.png"),
        pinned_url: format!("{origin}/i/{id}@{revision}.png"),
        live_everywhere_after_seconds,
    };
    let mut reply = json(200, &answer);
    reply.set("ETag", format!("\"{revision}\""));
    reply
}

/// Makes a revision live if `expected` still is, and stores its document. The result tells whether
/// it did.
async fn make_live(
    visit: &Visit<'_>,
    database: &Database,
    id: &TemplateId,
    expected: u32,
    revision: u32,
    content: &Content<'_>,
) -> Result<bool, Problem> {
    let action = if content.rollback_of.is_some() { "rollback" } else { "publish" };
    let swap = (
        "UPDATE live SET rev = ?3, title = ?4, changed_at = ?5 WHERE id = ?1 AND rev = ?2 RETURNING rev",
        vec![text(id.as_str()), number(expected), number(revision), optional(content.title, text), number(visit.now)],
    );
    let log = audit::if_changed(visit, action, &format!("{id}@{revision}"));
    let keep = (
        "INSERT INTO revision (id, rev, document, files, kid, made_at, rollback_of) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM live WHERE id = ?1 AND rev = ?2)",
        vec![
            text(id.as_str()),
            number(revision),
            text(content.document),
            text(&serde_json::to_string(content.files).unwrap_or_default()),
            number(visit.grant.kid),
            number(visit.now),
            optional(content.rollback_of, number),
        ],
    );
    let once = content.once.as_ref().and_then(|once| once.record(visit, &revision.to_string()));
    Ok(database.transaction([swap, log].into_iter().chain(once).chain([keep]).collect()).await? > 0)
}

/// `DELETE /v1/templates/{id}`: nothing is live any more. Revisions stay, because emails show them;
/// `?purge=true` deletes them too.
///
/// # Errors
/// 404 if nothing is there, 412 if the template has changed, 503 if a store failed.
pub async fn delete(visit: &Visit<'_>, id: &TemplateId, log: &mut Log) -> Result<Answer, Problem> {
    visit.allows(Scope::TemplatesWrite, id.as_str())?;
    let (env, limits) = (visit.env(), visit.limits());
    let purge = super::templates::flag(visit, "purge")?;
    let database = Database::of(env, limits)?;
    let precondition = precondition(visit)?;
    let (revision, tag) = current(visit, &database, id).await?;
    precondition.check(tag.as_deref())?;
    let is_by_hand = revision == 0 && tag.is_some();
    if tag.is_none() && !purge {
        return Err(super::templates::unknown());
    }
    if revision > 0 {
        let swap = (
            "UPDATE live SET rev = 0, changed_at = ?3 WHERE id = ?1 AND rev = ?2 RETURNING rev",
            vec![text(id.as_str()), number(revision), number(visit.now)],
        );
        let log = audit::if_changed(visit, "delete", id.as_str());
        if database.transaction(vec![swap, log]).await? == 0 {
            return Err(moved_on());
        }
    }
    if is_by_hand {
        store::delete(env, id.as_str(), limits).await?;
    } else {
        store::spread(env, &database, id, None, limits)
            .await
            .or_else(|problem| if tag.is_some() { Err(problem) } else { Ok(()) })?;
    }
    if purge {
        for revision in store::revisions_in_kv(env, id, limits).await? {
            store::delete(env, &format!("{id}@{revision}"), limits).await?;
        }
        let all = ("DELETE FROM revision WHERE id = ?1 RETURNING rev", vec![text(id.as_str())]);
        database.transaction(vec![all, audit::if_changed(visit, "purge", id.as_str())]).await?;
    }
    log.template = id.to_string();
    templates::forget(id, limits);
    Ok(Answer::changing(Reply::empty(204), format!("t:{id}")))
}
