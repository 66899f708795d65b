//! Published templates, as they are read: documents, revisions, lists, differences.

use monogram::access::Scope;
use monogram::api::cursor::List;
use monogram::api::diff::{self, Diff};
use monogram::api::template::{Item, Revision};
use monogram::api::{Page, key, moment};
use monogram::error::{Fault, Problem};
use monogram::request::{TemplateId, query};
use monogram::response::Reply;
use monogram::template::samples;
use serde_json::Value as Json;

use monogram_platform::database::{Database, number, optional, text};
use monogram_platform::{Visit, json};

use super::store::{self, Stored};

/// The error for a template that is not there.
pub fn unknown() -> Problem {
    Problem::new(Fault::NotFound, "unknown-template", "There is no template of this name")
        .remedy("GET /v1/templates lists the templates of your key")
}

/// The error for a revision that is not there.
pub fn no_revision() -> Problem {
    Problem::new(Fault::NotFound, "unknown-revision", "There is no such revision of this template")
        .remedy("GET /v1/templates/{id}/revisions lists the revisions")
}

/// A value of the query; `None` if it has none of this name.
pub fn value(visit: &Visit<'_>, name: &str) -> Option<String> {
    let pairs = query::pairs(visit.query, visit.limits());
    pairs.into_iter().find(|pair| pair.name == name).map(|pair| pair.value.trim().to_owned())
}

/// Whether the query has `name=true`.
///
/// # Errors
/// 400 for another value than `true` and `false`: what is meant to happen must not be left out silently.
pub fn flag(visit: &Visit<'_>, name: &'static str) -> Result<bool, Problem> {
    match value(visit, name).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::new(Fault::Request, "bad-flag", "This is neither true nor false")
            .at(name)
            .remedy(format!("write ?{name}=true, or leave it out"))),
    }
}

/// The number of a revision in the query.
fn number_of(visit: &Visit<'_>, name: &'static str) -> Result<Option<u32>, Problem> {
    let number = |text: String| {
        text.parse()
            .ok()
            .filter(|revision| *revision > 0)
            .ok_or_else(|| Problem::new(Fault::Request, "bad-revision", "A revision is a whole number from 1").at(name))
    };
    value(visit, name).map(number).transpose()
}

/// `GET /v1/templates`: those that are live, sorted by id.
///
/// # Errors
/// The database failed.
pub async fn list(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let page = Page::read(visit.query, visit.limits())?;
    let database = Database::of(visit.env(), visit.limits())?;
    let prefixes =
        key::prefixes(&visit.grant.reach).map(|prefixes| serde_json::to_string(&prefixes).unwrap_or_default());
    let sql = "SELECT id, rev, title, changed_at FROM live WHERE rev > 0 AND id > ?1 AND substr(id, 1, length(?2)) = ?2 \
               AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(?3) WHERE substr(live.id, 1, length(value)) = value)) \
               ORDER BY id LIMIT ?4";
    let values = [text(&page.after), text(&page.prefix), optional(prefixes.as_deref(), text), number(page.rows())];
    type Row = (String, u32, Option<String>, u64);
    let mut rows = database.rows::<Row>(sql, &values).await?;
    let cursor = page.cut(&mut rows, |row| row.0.clone());
    let item = |(id, revision, title, changed): Row| Item { id, revision, title, changed: moment::write(changed) };
    Ok(json(200, &List { items: rows.into_iter().map(item).collect(), cursor }))
}

/// `GET /v1/templates/{id}`: the document as its author sent it, with its revision as the ETag. A
/// document without a revision (a sample, or one that was written to KV by hand) has the tag `"0"`.
///
/// # Errors
/// 404 if it is not there.
pub async fn get(visit: &Visit<'_>, id: &TemplateId) -> Result<Reply, Problem> {
    visit.allows(Scope::TemplatesRead, id.as_str())?;
    let asked = number_of(visit, "revision")?;
    let database = Database::of(visit.env(), visit.limits())?;
    let (revision, document) = match store::revision(&database, id, asked).await? {
        Some(Stored { revision, document, .. }) => (revision, document),
        None => {
            let is_deleted = store::live(&database, id).await?.is_some();
            let name = asked.map_or_else(|| id.to_string(), |revision| format!("{id}@{revision}"));
            let by_hand = if is_deleted { None } else { store::by_hand(visit.env(), &name, visit.limits()).await? };
            let sample = || samples::get(id.as_str()).filter(|_| asked.is_none()).map(str::to_owned);
            let document = by_hand.or_else(sample);
            (asked.unwrap_or(0), document.ok_or_else(|| if asked.is_some() { no_revision() } else { unknown() })?)
        }
    };
    let tag = format!("\"{revision}\"");
    let has_it = visit.header("If-None-Match").split(',').any(|known| known.trim() == tag);
    let mut reply = if has_it {
        Reply::empty(304)
    } else {
        Reply::new(200, "application/json; charset=utf-8", document.into_bytes())
    };
    reply.set("ETag", tag);
    Ok(reply)
}

/// `GET /v1/templates/{id}/revisions`, the newest first.
///
/// # Errors
/// 404 if the template was never published.
pub async fn revisions(visit: &Visit<'_>, id: &TemplateId) -> Result<Reply, Problem> {
    visit.allows(Scope::TemplatesRead, id.as_str())?;
    let page = Page::read(visit.query, visit.limits())?;
    let database = Database::of(visit.env(), visit.limits())?;
    let live = store::live(&database, id).await?.ok_or_else(unknown)?;
    let before: u32 = page.after.parse().unwrap_or(u32::MAX);
    let sql = "SELECT rev, made_at, kid, length(document), rollback_of FROM revision WHERE id = ?1 AND rev < ?2 \
               ORDER BY rev DESC LIMIT ?3";
    type Row = (u32, u64, u32, u64, Option<u32>);
    let values = [text(id.as_str()), number(before), number(page.rows())];
    let mut rows = database.rows::<Row>(sql, &values).await?;
    let cursor = page.cut(&mut rows, |row| row.0.to_string());
    let item = |(revision, made, kid, bytes, rollback_of): Row| Revision {
        revision,
        live: revision == live,
        made: moment::write(made),
        kid,
        bytes,
        rollback_of,
    };
    Ok(json(200, &List { items: rows.into_iter().map(item).collect(), cursor }))
}

/// `GET /v1/templates/{id}/diff?from=2&to=3`. Without `to` it is the live revision.
///
/// # Errors
/// 400 without `from`, 404 if a revision is not there.
pub async fn diff(visit: &Visit<'_>, id: &TemplateId) -> Result<Reply, Problem> {
    visit.allows(Scope::TemplatesRead, id.as_str())?;
    let from = number_of(visit, "from")?.ok_or_else(|| {
        Problem::new(Fault::Request, "bad-revision", "A difference needs two revisions")
            .at("from")
            .remedy("write ?from=2&to=3")
    })?;
    let to = number_of(visit, "to")?;
    let database = Database::of(visit.env(), visit.limits())?;
    let old = store::revision(&database, id, Some(from)).await?.ok_or_else(no_revision)?;
    let new = store::revision(&database, id, to).await?.ok_or_else(no_revision)?;
    let document = |stored: &Stored| serde_json::from_str::<Json>(&stored.document).unwrap_or_default();
    let (changes, more) = diff::changes(&document(&old), &document(&new), visit.limits().diff_changes);
    Ok(json(200, &Diff { from, to: new.revision, changes, more }))
}
