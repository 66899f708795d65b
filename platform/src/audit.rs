//! The log of writes: who did what, and when. No value is in it.

use monogram::api::audit::Line;
use monogram::api::cursor::List;
use monogram::api::{Page, key, moment};
use monogram::error::Problem;
use monogram::response::Reply;
use worker::wasm_bindgen::JsValue;

use crate::database::{Database, Statement, number, optional, text};
use crate::{Visit, json};

/// The statement that adds a line if the statement before it in its transaction changed a row.
pub fn if_changed(visit: &Visit<'_>, action: &str, target: &str) -> Statement<'static> {
    let sql = "INSERT INTO audit (at, kid, action, target, request) SELECT ?1, ?2, ?3, ?4, ?5 WHERE changes() > 0";
    (sql, values(visit, action, target))
}

fn values(visit: &Visit<'_>, action: &str, target: &str) -> Vec<JsValue> {
    vec![number(visit.now), number(visit.grant.kid), text(action), text(target), text(visit.id)]
}

/// `GET /v1/audit`, the newest line first. A key that is limited to prefixes sees the lines about its
/// ids, and those about calls of its own.
///
/// # Errors
/// The database failed.
pub async fn list(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let page = Page::read(visit.query, visit.limits())?;
    let database = Database::of(visit.env(), visit.limits())?;
    let before: u64 = page.after.parse().unwrap_or(u64::from(u32::MAX));
    let prefixes =
        key::prefixes(&visit.grant.reach).map(|prefixes| serde_json::to_string(&prefixes).unwrap_or_default());
    let sql = "SELECT n, at, kid, action, target, request FROM audit WHERE n < ?1 AND (?2 IS NULL OR kid = ?3 OR EXISTS \
               (SELECT 1 FROM json_each(?2) WHERE substr(target, 1, length(value)) = value)) ORDER BY n DESC LIMIT ?4";
    let values = [number(before), optional(prefixes.as_deref(), text), number(visit.grant.kid), number(page.rows())];
    type Row = (u64, u64, u32, String, String, String);
    let mut rows = database.rows::<Row>(sql, &values).await?;
    let cursor = page.cut(&mut rows, |row| row.0.to_string());
    let line =
        |(n, at, kid, action, target, request): Row| Line { n, at: moment::write(at), kid, action, target, request };
    Ok(json(200, &List { items: rows.into_iter().map(line).collect(), cursor }))
}
