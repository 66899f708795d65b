//! `GET /v1/stats`: the pictures that were drawn in a month, by key.

use monogram::api::Page;
use monogram::api::usage::{self, Stats, Usage};
use monogram::error::Problem;
use monogram::response::Reply;

use monogram_platform::database::{Database, number, text};
use monogram_platform::{Visit, json};

use super::{keys, templates};

/// Those of the keys that may do no more than the caller's.
///
/// # Errors
/// 400 for the query; the database failed.
pub async fn list(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let page = Page::read(visit.query, visit.limits())?;
    let month = usage::read_month(templates::value(visit, "month").as_deref(), visit.now)?;
    let database = Database::of(visit.env(), visit.limits())?;
    let after: u64 = page.after.parse().unwrap_or(0);
    let sql = format!("{} WHERE k.kid > ?2 ORDER BY k.kid LIMIT ?3", keys::SELECT);
    let mut rows = database.rows::<keys::Row>(&sql, &[text(&month), number(after), number(page.rows())]).await?;
    let cursor = page.cut(&mut rows, |row| row.kid().to_string());
    let items = rows.iter().filter(|row| visit.grant.reach.includes(&row.grant().reach));
    let items = items.map(|row| Usage { kid: row.kid(), name: row.name(), renders: row.renders(), quota: row.quota() });
    Ok(json(200, &Stats { month, items: items.collect(), cursor }))
}
