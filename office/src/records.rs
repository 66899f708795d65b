//! What is known of a person: one record, all of a collection, none.

use futures_util::stream;
use monogram::access::{Reach, Scope};
use monogram::api::cursor::List;
use monogram::api::jobs::{Collection, Settings};
use monogram::api::{Page, key, moment};
use monogram::error::{Fault, Problem};
use monogram::jobs::Row;
use monogram::jobs::record::{Rules, record};
use monogram::limits::Limits;
use monogram::request::office::Place;
use monogram::response::Reply;
use monogram_platform::database::{Database, number, optional, text};
use monogram_platform::{Visit, audit, body, json};
use serde_json::{Map, Value as Json};
use worker::Env;

use super::answer::Answer;
use super::bucket::Files;
use super::{files, queue};

/// Records of a piece of an export.
const PIECE_ROWS: u32 = 500;

/// Records that one statement deletes.
const DELETED_ROWS: u32 = 10_000;

fn unknown() -> Problem {
    Problem::new(Fault::NotFound, "unknown-record", "There is no such record or collection")
        .remedy("GET /v1/records lists the collections of your key; the path of a collection ends with a slash")
}

/// `GET /v1/records`: the collections, sorted by name.
///
/// # Errors
/// 503.
pub async fn list(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let page = Page::read(visit.query, visit.limits())?;
    let database = Database::of(visit.env(), visit.limits())?;
    let prefixes = match &visit.grant.reach {
        Reach::All => None,
        reach @ Reach::Prefixes(_) => key::prefixes(reach).map(|list| serde_json::to_string(&list).unwrap_or_default()),
    };
    let sql = "SELECT name, signed, changed_at FROM collection WHERE generation > 0 AND name > ?1 AND substr(name, 1, length(?2)) = ?2 \
               AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(?3) WHERE substr(name, 1, length(value)) = value)) ORDER BY name LIMIT ?4";
    let values = [text(&page.after), text(&page.prefix), optional(prefixes.as_deref(), text), number(page.rows())];
    let mut rows = database.rows::<(String, u32, u64)>(sql, &values).await?;
    let cursor = page.cut(&mut rows, |row| row.0.clone());
    let item = |(name, signed, changed): (String, u32, u64)| Collection {
        name,
        signed: signed > 0,
        changed: moment::write(changed),
    };
    Ok(json(200, &List { items: rows.into_iter().map(item).collect(), cursor }))
}

/// `GET /v1/records/{collection}/{id}`, and `GET /v1/records/{collection}/`: all of them, a JSON object on
/// each line.
///
/// # Errors
/// 404, 503.
pub async fn get(visit: &Visit<'_>, place: &Place) -> Result<Answer, Problem> {
    visit.allows(Scope::RecordsWrite, &place.collection)?;
    let database = Database::of(visit.env(), visit.limits())?;
    let Some(id) = &place.id else { return all(visit, database, &place.collection).await };
    let sql = "SELECT r.json FROM collection c JOIN record r ON r.collection = c.name AND r.generation = c.generation \
               WHERE c.name = ?1 AND r.id = ?2 AND (r.expires_at IS NULL OR r.expires_at > ?3)";
    let row = database.first::<(String,)>(sql, &[text(&place.collection), text(id), number(visit.now)]).await?;
    let (record,) = row.ok_or_else(unknown)?;
    Ok(Reply::new(200, "application/json; charset=utf-8", record.into_bytes()).into())
}

async fn all(visit: &Visit<'_>, database: Database, collection: &str) -> Result<Answer, Problem> {
    let sql = "SELECT generation FROM collection WHERE name = ?1 AND generation > 0";
    let (generation,) = database.first::<(u32,)>(sql, &[text(collection)]).await?.ok_or_else(unknown)?;
    let (name, now) = (collection.to_owned(), visit.now);
    let pieces = stream::unfold((database, Some(String::new())), move |(database, after)| {
        let name = name.clone();
        async move {
            let after = after?;
            let sql = "SELECT id, json FROM record WHERE collection = ?1 AND generation = ?2 AND id > ?3 \
                       AND (expires_at IS NULL OR expires_at > ?4) ORDER BY id LIMIT ?5";
            let values = [text(&name), number(generation), text(&after), number(now), number(PIECE_ROWS)];
            match database.rows::<(String, String)>(sql, &values).await {
                Ok(rows) => {
                    let last = rows.last().map(|(id, _)| id.clone())?;
                    let lines: String = rows.into_iter().flat_map(|(_, json)| [json, "\n".to_owned()]).collect();
                    Some((Ok(lines.into_bytes()), (database, Some(last))))
                }
                Err(problem) => Some((Err(problem), (database, None))),
            }
        }
    });
    let file = format!("{}.jsonl", collection.replace('/', "-"));
    Ok(Answer::stream("application/x-ndjson", &file, Box::pin(pieces)))
}

/// `PUT /v1/records/{collection}/{id}`, and the settings of a collection.
///
/// # Errors
/// 422 for what is no record, 503.
pub async fn put(visit: &Visit<'_>, place: &Place) -> Result<Reply, Problem> {
    visit.allows(Scope::RecordsWrite, &place.collection)?;
    let (limits, name) = (visit.limits(), text(&place.collection));
    let database = Database::of(visit.env(), limits)?;
    let Some(id) = &place.id else {
        let settings: Settings = body::json(visit).await?;
        let sql = "INSERT INTO collection (name, generation, next, signed, changed_at) VALUES (?1, 1, 1, ?2, ?3) \
                   ON CONFLICT (name) DO UPDATE SET signed = ?2, changed_at = ?3, next = next + (generation = 0), generation = CASE generation WHEN 0 THEN next + 1 ELSE generation END RETURNING name";
        let log = audit::if_changed(visit, "put-collection", &place.collection);
        database
            .transaction(vec![(sql, vec![name, number(u32::from(settings.signed)), number(visit.now)]), log])
            .await?;
        let collection =
            Collection { name: place.collection.clone(), signed: settings.signed, changed: moment::write(visit.now) };
        return Ok(json(200, &collection));
    };
    let mut fields: Map<String, Json> = body::json(visit).await?;
    fields.insert("id".to_owned(), Json::from(id.as_str()));
    let rules = Rules { key: "id".to_owned(), ..Rules::default() };
    let (_, fields) = record(Row { number: 1, line: 1, fields: Ok(fields) }, &rules, limits).map_err(|faults| {
        let fault = faults.into_iter().next();
        let (column, expected) = fault.map(|fault| (fault.column, fault.expected)).unwrap_or_default();
        Problem::new(Fault::Document, "bad-record", format!("Expected {expected}")).at(column)
    })?;
    let record = serde_json::to_string(&fields).unwrap_or_default();
    let collection = "INSERT INTO collection (name, generation, next, changed_at) VALUES (?1, 1, 1, ?2) \
                      ON CONFLICT (name) DO UPDATE SET changed_at = ?2, next = next + (generation = 0), \
                      generation = CASE generation WHEN 0 THEN next + 1 ELSE generation END RETURNING name";
    let sql = "INSERT OR REPLACE INTO record (collection, generation, id, json) \
               SELECT ?1, generation, ?2, ?3 FROM collection WHERE name = ?1";
    // The log names the collection, and not the person.
    let log = audit::if_changed(visit, "put-record", &place.collection);
    let statements =
        vec![(collection, vec![name.clone(), number(visit.now)]), (sql, vec![name, text(id), text(&record)]), log];
    database.transaction(statements).await?;
    Ok(Reply::new(200, "application/json; charset=utf-8", record.into_bytes()))
}

/// `DELETE /v1/records/{collection}/{id}`: what is known of a person, in every generation, with the
/// pictures of batches that were drawn of it; and `DELETE /v1/records/{collection}/`.
///
/// # Errors
/// 404, 503.
pub async fn delete(visit: &Visit<'_>, place: &Place) -> Result<Answer, Problem> {
    visit.allows(Scope::RecordsWrite, &place.collection)?;
    let database = Database::of(visit.env(), visit.limits())?;
    let name = text(&place.collection);
    let Some(id) = &place.id else {
        let sql =
            "UPDATE collection SET generation = 0, changed_at = ?2 WHERE name = ?1 AND generation > 0 RETURNING name";
        let log = audit::if_changed(visit, "delete-collection", &place.collection);
        // An import would bring it back.
        let imports = "UPDATE job SET state = 'cancelled', ended_at = ?2, changed_at = ?2 WHERE kind = 'import' AND target = ?1 AND state = 'running'";
        let values = || vec![name.clone(), number(visit.now)];
        if database.transaction(vec![(sql, values()), log, (imports, values())]).await? == 0 {
            return Err(unknown());
        }
        // The files of imports that will not be read.
        let cancelled = "SELECT id FROM job WHERE kind = 'import' AND target = ?1 AND state = 'cancelled'";
        for (job,) in database.rows::<(String,)>(cancelled, &[text(&place.collection)]).await? {
            Files::of(visit.env(), visit.limits())?.delete_all(&queue::rows_key(&job)).await?;
        }
        // The rest of a large one goes with `expire`.
        sweep(&database).await?;
        return Ok(Reply::empty(204).into());
    };
    let sql = "DELETE FROM record WHERE collection = ?1 AND generation <= (SELECT next FROM collection WHERE name = ?1) AND id = ?2 RETURNING id";
    let log = audit::if_changed(visit, "delete-record", &place.collection);
    if database.transaction(vec![(sql, vec![name, text(id)]), log]).await? == 0 {
        return Err(unknown());
    }
    files::forget(visit.env(), &database, &place.collection, id, visit.limits()).await?;
    // The pictures that were drawn of it go out of the caches in front.
    Ok(Answer::changing(Reply::empty(204), monogram::params::record::tag(&place.collection, id)))
}

/// Deletes records of generations that nobody will see again.
async fn sweep(database: &Database) -> Result<(), Problem> {
    // A generation that is being written is above the one that is shown, and its import is running. A batch that
    // is running draws the one that was shown when it began.
    let sql = "DELETE FROM record WHERE (collection, generation, id) IN (SELECT r.collection, r.generation, r.id FROM record r \
               JOIN collection c ON c.name = r.collection WHERE (r.generation < c.generation AND NOT EXISTS \
               (SELECT 1 FROM job WHERE kind = 'batch' AND state = 'running' AND json_extract(spec, '$.rows.collection.name') = c.name \
               AND json_extract(spec, '$.rows.collection.generation') = r.generation)) OR (c.generation = 0 AND NOT EXISTS \
               (SELECT 1 FROM job WHERE kind = 'import' AND target = c.name AND state = 'running')) LIMIT ?1) RETURNING 1";
    database.rows::<(u32,)>(sql, &[number(DELETED_ROWS)]).await.map(|_| ())
}

/// Deletes records that have had their time.
///
/// # Errors
/// 503.
pub async fn expire(env: &Env, now: u64, limits: &Limits) -> Result<(), Problem> {
    let database = Database::of(env, limits)?;
    let sql = "DELETE FROM record WHERE (collection, generation, id) IN \
               (SELECT collection, generation, id FROM record WHERE expires_at <= ?1 LIMIT ?2) RETURNING 1";
    database.rows::<(u32,)>(sql, &[number(now), number(DELETED_ROWS)]).await?;
    sweep(&database).await
}
