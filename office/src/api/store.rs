//! Where published templates are: D1 has every revision and which one is live, KV has what pictures
//! are drawn from.
//!
//! KV has no compare-and-swap, and two writes of one key may land in any order. So D1 decides what is
//! live, and [`spread`] copies that to KV, looks whether it is still live, and copies again if not.
//! `live.spread` is the revision that KV is known to have: if a publisher dies in between,
//! [`mend`] finds the difference.
//!
//! Invariant: the key of a revision in KV is written once, before the revision is live.

use std::time::Duration;

use monogram::api::publish::with_files;
use monogram::error::Problem;
use monogram::limits::Limits;
use monogram::request::TemplateId;
use monogram::template::Files;
use serde::Deserialize;
use worker::kv::KvStore;
use worker::{Delay, Env};

use monogram_platform::database::{Database, number, text, unavailable};
use monogram_platform::deadline::Deadline;
use monogram_platform::templates::KV;
use monogram_platform::{log, now, revoked};

/// Tries of a write to KV, which takes one write of a key in a second.
const PUT_TRIES: usize = 3;

/// Milliseconds between two tries.
const PUT_PAUSE_MS: u64 = 1_100;

/// Tries of copying what is live: each is needed only if somebody published in between.
const SPREAD_TRIES: usize = 5;

/// Templates that are brought up to date at once.
const MEND_ROWS: u32 = 50;

/// Seconds after a change within which KV is compared, although it is known to have it: a write of a
/// publisher that died may have landed later.
const MEND_AGE_S: u64 = 900;

/// Seconds for which a call with an `Idempotency-Key` is remembered.
const ONCE_S: u64 = 86_400;

/// A revision as it is stored.
pub struct Stored {
    /// Its number.
    pub revision: u32,
    /// The document as its author sent it.
    pub document: String,
    /// The files that its names stand for.
    pub files: Files,
}

impl Stored {
    /// The text that pictures are drawn from.
    pub fn text(&self) -> Option<String> {
        with_files(&self.document, &self.files)
    }
}

/// The metadata of a live document in KV.
#[derive(Deserialize)]
struct Metadata {
    rev: u32,
}

/// KV.
///
/// # Errors
/// 503 if the deployment has none.
pub fn kv(env: &Env) -> Result<KvStore, Problem> {
    env.kv(KV).map_err(|_| unavailable())
}

/// The number of the live revision; 0 if none is live, `None` if the template was never published.
///
/// # Errors
/// 503.
pub async fn live(database: &Database, id: &TemplateId) -> Result<Option<u32>, Problem> {
    let row = database.first::<(u32,)>("SELECT rev FROM live WHERE id = ?1", &[text(id.as_str())]).await?;
    Ok(row.map(|(revision,)| revision))
}

/// A revision, or the live one. `None` if there is no such revision in D1.
///
/// # Errors
/// 503.
pub async fn revision(database: &Database, id: &TemplateId, revision: Option<u32>) -> Result<Option<Stored>, Problem> {
    let (sql, values) = match revision {
        Some(revision) => (
            "SELECT rev, document, files FROM revision WHERE id = ?1 AND rev = ?2",
            vec![text(id.as_str()), number(revision)],
        ),
        None => (
            "SELECT r.rev, r.document, r.files FROM live JOIN revision r ON r.id = live.id AND r.rev = live.rev WHERE live.id = ?1",
            vec![text(id.as_str())],
        ),
    };
    let row = database.first::<(u32, String, String)>(sql, &values).await?;
    Ok(row.map(|(revision, document, files)| Stored {
        revision,
        document,
        files: serde_json::from_str(&files).unwrap_or_default(),
    }))
}

/// A document that was written to KV by hand, without the API. `None` if there is none.
///
/// # Errors
/// 503.
pub async fn by_hand(env: &Env, key: &str, limits: &Limits) -> Result<Option<String>, Problem> {
    let Ok(kv) = kv(env) else { return Ok(None) };
    let read = Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, kv.get(key).text()).await;
    match read {
        Ok(Ok(document)) => Ok(document.filter(|document| document.len() <= limits.template_bytes)),
        Ok(Err(_)) | Err(_) => Err(unavailable()),
    }
}

/// Gives out the next number of a template's revisions. No number is given out twice.
///
/// # Errors
/// 503.
pub async fn next(env: &Env, database: &Database, id: &TemplateId, now: u64, limits: &Limits) -> Result<u32, Problem> {
    let sql = "INSERT INTO live (id, rev, next, changed_at) VALUES (?1, 0, 1, ?2) \
               ON CONFLICT (id) DO UPDATE SET next = next + 1 RETURNING next";
    let row = database.first::<(u32,)>(sql, &[text(id.as_str()), number(now)]).await?;
    let (next,) = row.ok_or_else(unavailable)?;
    if next > 1 {
        return Ok(next);
    }
    // Revisions that were written to KV by hand have numbers too.
    let Some(last) = last_by_hand(env, id, limits).await? else { return Ok(next) };
    let sql = "UPDATE live SET next = max(next, ?2) + 1 WHERE id = ?1 RETURNING next";
    let row = database.first::<(u32,)>(sql, &[text(id.as_str()), number(last)]).await?;
    row.map(|(next,)| next).ok_or_else(unavailable)
}

/// The largest number of a revision in KV. `None` if there is none.
async fn last_by_hand(env: &Env, id: &TemplateId, limits: &Limits) -> Result<Option<u32>, Problem> {
    Ok(revisions_in_kv(env, id, limits).await?.into_iter().max())
}

/// The numbers of all revisions in KV, at most a thousand.
///
/// # Errors
/// 503.
pub async fn revisions_in_kv(env: &Env, id: &TemplateId, limits: &Limits) -> Result<Vec<u32>, Problem> {
    let prefix = format!("{id}@");
    let list = kv(env)?.list().prefix(prefix.clone()).execute();
    match Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, list).await {
        Ok(Ok(list)) => Ok(list.keys.iter().filter_map(|key| key.name.strip_prefix(&prefix)?.parse().ok()).collect()),
        Ok(Err(_)) | Err(_) => Err(unavailable()),
    }
}

/// Writes bytes to KV; tries again if it fails.
///
/// # Errors
/// 503 if no try succeeded.
pub async fn put(env: &Env, key: &str, value: &[u8], revision: Option<u32>, limits: &Limits) -> Result<(), Problem> {
    let kv = kv(env)?;
    for tries in 0..PUT_TRIES {
        if tries > 0 {
            Delay::from(Duration::from_millis(PUT_PAUSE_MS)).await;
        }
        let put = kv.put_bytes(key, value).map_err(|_| unavailable())?;
        let put = match revision {
            Some(rev) => put.metadata(serde_json::json!({ "rev": rev })).map_err(|_| unavailable())?,
            None => put,
        };
        let put = Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, put.execute()).await;
        if matches!(put, Ok(Ok(()))) {
            return Ok(());
        }
        log::fault("kv-put-failed", None);
    }
    Err(unavailable())
}

/// Deletes a key of KV.
///
/// # Errors
/// 503.
pub async fn delete(env: &Env, key: &str, limits: &Limits) -> Result<(), Problem> {
    let kv = kv(env)?;
    match Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, kv.delete(key)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => {
            log::fault("kv-delete-failed", None);
            Err(unavailable())
        }
    }
}

/// Copies what is live to KV, until it is what is live. `known` is what the caller has just made
/// live.
///
/// # Errors
/// 503: KV may have an older revision, which [`mend`] replaces.
pub async fn spread(
    env: &Env,
    database: &Database,
    id: &TemplateId,
    mut known: Option<(u32, String)>,
    limits: &Limits,
) -> Result<(), Problem> {
    for _ in 0..SPREAD_TRIES {
        let (revision, text_of_it) = match known.take() {
            Some((revision, text)) => (revision, Some(text)),
            None => match self::revision(database, id, None).await? {
                Some(stored) => (stored.revision, stored.text()),
                None => (0, None),
            },
        };
        match &text_of_it {
            Some(text) => put(env, id.as_str(), text.as_bytes(), Some(revision), limits).await?,
            None => delete(env, id.as_str(), limits).await?,
        }
        let sql = "UPDATE live SET spread = ?2 WHERE id = ?1 AND rev = ?2 RETURNING rev";
        if database.first::<(u32,)>(sql, &[text(id.as_str()), number(revision)]).await?.is_some() {
            return Ok(());
        }
    }
    Err(unavailable())
}

/// Writes the numbers of the keys whose URLs are refused to KV.
///
/// # Errors
/// 503.
pub async fn spread_revoked(env: &Env, database: &Database, limits: &Limits) -> Result<(), Problem> {
    let list = revoked_urls(database).await?;
    put(env, revoked::KEY, list.as_bytes(), None, limits).await
}

/// The list as it is in KV: JSON.
async fn revoked_urls(database: &Database) -> Result<String, Problem> {
    let rows = database.rows::<(u32,)>("SELECT kid FROM api_key WHERE urls_revoked = 1 ORDER BY kid", &[]).await?;
    let kids: Vec<u32> = rows.into_iter().map(|(kid,)| kid).collect();
    Ok(serde_json::to_string(&kids).unwrap_or_default())
}

/// Brings KV up to date where it is not known to have what is live.
pub async fn mend(env: &Env, limits: &Limits) {
    let Ok(database) = Database::of(env, limits) else { return };
    let old = number(now().saturating_sub(ONCE_S));
    // Nobody sends a call again after a day. What cannot be deleted now is deleted next time.
    let _ = database.rows::<(u32,)>("DELETE FROM once WHERE at < ?1 RETURNING kid", &[old]).await;
    let sql =
        "SELECT id, rev, spread FROM live WHERE spread <> rev OR changed_at > ?1 ORDER BY changed_at DESC LIMIT ?2";
    let since = now().saturating_sub(MEND_AGE_S);
    let Ok(rows) = database.rows::<(String, u32, u32)>(sql, &[number(since), number(MEND_ROWS)]).await else { return };
    for (id, rev, known) in rows {
        let Some(id) = TemplateId::parse(&id) else { continue };
        let is_same = known == rev && in_kv(env, &id, limits).await == Some(rev);
        if !is_same && spread(env, &database, &id, None, limits).await.is_ok() {
            log::fault("mended", None);
        }
    }
}

/// The revision that KV has as the live one; 0 if it has none. `None` if it cannot be asked.
async fn in_kv(env: &Env, id: &TemplateId, limits: &Limits) -> Option<u32> {
    let read = kv(env).ok()?.get(id.as_str());
    let read = read.text_with_metadata::<Metadata>();
    match Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, read).await {
        Ok(Ok((Some(_), metadata))) => metadata.map(|metadata| metadata.rev),
        Ok(Ok((None, _))) => Some(0),
        Ok(Err(_)) | Err(_) => None,
    }
}
