//! API keys: made, listed, revoked. The text of a key is in the answer that makes it, and nowhere
//! else.

use monogram::access::{ApiKey, Grant, Kind};
use monogram::api::cursor::List;
use monogram::api::key::{KeyInfo, NewKey, denied, prefixes, reach};
use monogram::api::usage::{self, Quota};
use monogram::api::{Page, body as json_body, moment};
use monogram::error::{Fault, Problem};
use monogram::response::{Reply, problem};
use serde::Deserialize;
use worker::wasm_bindgen::JsValue;

use monogram_platform::auth::{self, hex};
use monogram_platform::database::{Database, number, optional, text, unavailable};
use monogram_platform::log::Log;
use monogram_platform::once::Once;
use monogram_platform::{Visit, audit, body, json, random, revoked};

use super::store;
use crate::answer::Answer;

/// A row of the table: number, name, scopes, prefixes, made, expires, revoked, quota; and the pictures
/// of the month.
#[derive(Deserialize)]
pub struct Row(u32, Option<String>, String, Option<String>, u64, Option<u64>, Option<u64>, Option<u32>, u64);

/// The rows, with the pictures of the month `?1`.
pub const SELECT: &str = "SELECT k.kid, k.name, k.scopes, k.prefixes, k.made_at, k.expires_at, k.revoked_at, \
    k.quota_renders, coalesce(u.renders, 0) FROM api_key AS k LEFT JOIN usage AS u ON u.kid = k.kid AND u.month = ?1";

impl Row {
    pub const fn kid(&self) -> u32 {
        self.0
    }

    pub fn name(&self) -> Option<String> {
        self.1.clone()
    }

    pub fn quota(&self) -> Option<Quota> {
        self.7.map(|renders| Quota { renders })
    }

    pub const fn renders(&self) -> u64 {
        self.8
    }

    pub fn grant(&self) -> Grant {
        let listed = self.3.as_ref().map(|json| serde_json::from_str(json).unwrap_or_default());
        Grant { kid: self.0, scopes: self.2.parse().unwrap_or_default(), reach: reach(listed), expires: self.5 }
    }
}

fn info(row: &Row, key: Option<String>) -> KeyInfo {
    let grant = row.grant();
    KeyInfo {
        kid: row.0,
        key,
        name: row.name(),
        scopes: grant.scopes.iter().map(monogram::access::Scope::word).collect(),
        prefixes: prefixes(&grant.reach),
        created: moment::write(row.4),
        expires: row.5.map(moment::write),
        revoked: row.6.map(moment::write),
        quota: row.quota(),
        renders: row.renders(),
    }
}

/// The first value of [`SELECT`].
fn this_month(visit: &Visit<'_>) -> JsValue {
    text(&usage::month(visit.now))
}

/// `GET /v1/keys`: those that may do no more than the caller's.
///
/// # Errors
/// The database failed.
pub async fn list(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let page = Page::read(visit.query, visit.limits())?;
    let database = Database::of(visit.env(), visit.limits())?;
    let after: u64 = page.after.parse().unwrap_or(0);
    let sql = format!("{SELECT} WHERE k.kid > ?2 ORDER BY k.kid LIMIT ?3");
    let mut rows = database.rows::<Row>(&sql, &[this_month(visit), number(after), number(page.rows())]).await?;
    let cursor = page.cut(&mut rows, |row| row.0.to_string());
    let own = |row: &&Row| visit.grant.reach.includes(&row.grant().reach);
    Ok(json(200, &List { items: rows.iter().filter(own).map(|row| info(row, None)).collect(), cursor }))
}

/// `POST /v1/keys`.
///
/// # Errors
/// 400 for a wrong body, 403 if the new key would do more than the caller's.
pub async fn make(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let bytes = body::read(visit, visit.limits().body_bytes).await?;
    let new: NewKey = json_body::read(&bytes)?;
    let asked = new.grant(visit.now)?;
    visit.grant.allows_key(&asked, visit.now).map_err(denied)?;
    let database = Database::of(visit.env(), visit.limits())?;
    let once = Once::of(visit, &bytes)?;
    check_quota(visit, &database, new.quota).await?;
    let sql_of = format!("{SELECT} WHERE k.sha256 = ?2");
    if let Some(hash) = once.made(visit, &database).await? {
        // Its text was shown, and is nowhere any more.
        let row = database.first::<Row>(&sql_of, &[this_month(visit), text(&hash)]).await?.ok_or_else(unavailable)?;
        return Ok(json(200, &info(&row, None)));
    }
    let secret = random::<32>();
    if secret == [0; 32] {
        return Err(unavailable());
    }
    let key = ApiKey::new(Kind::Live, &secret);
    let prefixes = prefixes(&asked.reach).map(|prefixes| serde_json::to_string(&prefixes).unwrap_or_default());
    let hash = hex(&key.hash());
    let values = vec![
        text(&hash),
        optional(new.name.as_deref(), text),
        text(&asked.scopes.to_string()),
        optional(prefixes.as_deref(), text),
        number(visit.now),
        optional(asked.expires, number),
        optional(new.quota, |quota| number(quota.renders)),
    ];
    let sql = "INSERT INTO api_key (sha256, name, scopes, prefixes, made_at, expires_at, quota_renders) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING kid";
    // The number is known only afterwards, so the log finds it by the hash.
    let log = "INSERT INTO audit (at, kid, action, target, request) \
               SELECT ?1, ?2, 'make-key', 'key/' || kid, ?3 FROM api_key WHERE sha256 = ?4";
    let log = (log, vec![number(visit.now), number(visit.grant.kid), text(visit.id), text(&hash)]);
    let statements = [(sql, values)].into_iter().chain(once.record(visit, &hash)).chain([log]).collect();
    database.transaction(statements).await?;
    let row = database.first::<Row>(&sql_of, &[this_month(visit), text(&hash)]).await?.ok_or_else(unavailable)?;
    Ok(json(201, &info(&row, Some(key.reveal().to_owned()))))
}

/// Checks that a key with a quota makes no key that may draw more.
async fn check_quota(visit: &Visit<'_>, database: &Database, asked: Option<Quota>) -> Result<(), Problem> {
    let sql = "SELECT quota_renders FROM api_key WHERE kid = ?1 AND quota_renders IS NOT NULL";
    let own = match visit.grant.kid {
        0 => None,
        kid => database.first::<(u32,)>(sql, &[number(kid)]).await?,
    };
    match own {
        Some((own,)) if asked.is_none_or(|asked| asked.renders > own) => Err(Problem::new(
            Fault::Refused,
            "quota-larger",
            "A key cannot make a key with a larger quota than its own",
        )
        .at("quota.renders")
        .remedy(format!("ask for at most {own}"))),
        _ => Ok(()),
    }
}

/// `DELETE /v1/keys/{kid}`. This isolate refuses the key at once, others within seconds. `?urls=true`
/// also refuses every URL that it signed, within a minute.
///
/// # Errors
/// 404 if there is no such key, or if it is that of another client; 503 if KV did not take the list.
pub async fn revoke(visit: &Visit<'_>, kid: u32, log: &mut Log) -> Result<Answer, Problem> {
    let database = Database::of(visit.env(), visit.limits())?;
    let sql = format!("{SELECT} WHERE k.kid = ?2");
    let row = database.first::<Row>(&sql, &[this_month(visit), number(kid)]).await?;
    row.filter(|row| visit.grant.reach.includes(&row.grant().reach)).ok_or_else(|| {
        Problem::new(Fault::NotFound, "unknown-key", "There is no such key")
            .remedy("GET /v1/keys lists the keys and their numbers")
    })?;
    let with_urls = super::templates::flag(visit, "urls")?;
    let sql = "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?2), urls_revoked = max(urls_revoked, ?3) \
               WHERE kid = ?1 AND (revoked_at IS NULL OR urls_revoked < ?3) RETURNING kid";
    let action = if with_urls { "revoke-key-and-urls" } else { "revoke-key" };
    let line = audit::if_changed(visit, action, &format!("key/{kid}"));
    let values = vec![number(kid), number(visit.now), number(u32::from(with_urls))];
    database.transaction(vec![(sql, values), line]).await?;
    auth::forget_all();
    let mut reply = Reply::empty(204);
    if with_urls {
        if let Err(problem) = store::spread_revoked(visit.env(), &database, visit.limits()).await {
            // The key is revoked all the same.
            log.problem = Some(problem.code.into());
            reply = problem::document(&problem);
        }
        revoked::forget();
    }
    Ok(Answer::changing(reply, "keys".to_owned()))
}
