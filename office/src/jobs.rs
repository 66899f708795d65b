//! Imports and batches in D1: how they are begun, and the calls about them.

use monogram::access::{Reach, Scope};
use monogram::api::cursor::List;
use monogram::api::jobs::{self, Failure};
use monogram::api::{Page, moment};
use monogram::error::{Fault, Problem};
use monogram::jobs::spec::Place;
use monogram::jobs::{Line, Part, Spec, Status, record};
use monogram::response::Reply;
use monogram_platform::database::{Database, Statement, number, optional, text};
use monogram_platform::once::Once;
use monogram_platform::{Visit, audit, json, random};

use super::bucket::Files;
use super::files;
use super::queue::{resend, send};

/// Parts that one statement writes.
const STATEMENT_PARTS: usize = 5_000;

/// Faults of an import in an answer.
pub const ERRORS: usize = 1_000;

/// Results of parts that one query reads.
const RESULTS: usize = 20;

/// Failed rows of a batch in an answer.
const FAILURES: usize = 100;

/// A job that is to be begun.
pub struct New<'a> {
    /// Its id.
    pub id: &'a str,
    /// `import` or `batch`.
    pub kind: &'static str,
    /// The collection, or the template.
    pub target: &'a str,
    /// What it does.
    pub spec: &'a Spec,
    /// All its rows.
    pub rows: usize,
    /// Its parts, and the rows of each. None if a statement makes them.
    pub parts: Vec<(Place, usize)>,
}

/// An id for a new job.
pub fn id() -> String {
    random::<12>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parts of a file.
pub fn places(parts: Vec<Part>) -> Vec<(Place, usize)> {
    let place = |Part { from, to, line, first, rows }| (Place::Bytes { from, to, line, first }, rows);
    parts.into_iter().map(place).collect()
}

pub fn unknown() -> Problem {
    Problem::new(Fault::NotFound, "unknown-job", "There is no such import or batch")
        .remedy("use the id of the answer that began it; GET /v1/batches lists the batches")
}

/// Writes a new job, and puts its first parts into the queue. `after` runs in the same transaction.
///
/// # Errors
/// 503.
pub async fn begin(
    visit: &Visit<'_>,
    database: &Database,
    new: New<'_>,
    after: Vec<Statement<'_>>,
    once: Option<Statement<'static>>,
) -> Result<Reply, Problem> {
    let New { id, kind, target, spec, rows, parts } = new;
    let count = |count: usize| number(u64::try_from(count).unwrap_or(u64::MAX));
    let spec = serde_json::to_string(spec).unwrap_or_default();
    let job: Statement<'_> = (
        "INSERT INTO job (id, kind, target, state, kid, spec, rows, parts, made_at, changed_at) \
         VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?6, ?7, ?8, ?8) RETURNING id",
        vec![
            text(id),
            text(kind),
            text(target),
            number(visit.grant.kid),
            text(&spec),
            count(rows),
            count(parts.len()),
            number(visit.now),
        ],
    );
    let mut statements = vec![job, audit::if_changed(visit, &format!("make-{kind}"), target)];
    statements.extend(once);
    let numbered: Vec<_> = (0_u32..).zip(parts).collect();
    for parts in numbered.chunks(STATEMENT_PARTS) {
        let rows: Vec<_> = parts
            .iter()
            .map(|(part, (place, rows))| (part, serde_json::to_string(place).unwrap_or_default(), rows))
            .collect();
        let sql = "INSERT INTO job_part (job, part, place, rows) SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), \
                   json_extract(value, '$[2]') FROM json_each(?2)";
        statements.push((sql, vec![text(id), text(&serde_json::to_string(&rows).unwrap_or_default())]));
    }
    statements.extend(after);
    database.transaction(statements).await?;
    // If this fails, `resend` does it.
    let _ = send(visit.env(), database, visit.grant.kid, visit.now, visit.limits()).await;
    Ok(begun(kind, id, u64::try_from(rows).unwrap_or(u64::MAX)))
}

/// The answer to a call that began a job.
fn begun(kind: &str, id: &str, rows: u64) -> Reply {
    let is_import = kind == "import";
    let begun = jobs::Begun {
        import: is_import.then(|| id.to_owned()),
        id: (!is_import).then(|| id.to_owned()),
        state: "running",
        rows,
    };
    let mut reply = json(202, &begun);
    reply.set("Location", format!("/v1/{}/{id}", if is_import { "imports" } else { "batches" }));
    reply
}

/// The answer to a call that was made before.
///
/// # Errors
/// 503.
pub async fn again(visit: &Visit<'_>, database: &Database, once: &Once, kind: &str) -> Result<Option<Reply>, Problem> {
    let Some(id) = once.made(visit, database).await? else { return Ok(None) };
    let rows = database.first::<(u64,)>("SELECT rows FROM job WHERE id = ?1", &[text(&id)]).await?;
    Ok(rows.map(|(rows,)| begun(kind, &id, rows)))
}

/// A job's row.
type Row = (String, u64, String, String, u64, u64, u64, u64, Option<u64>, u16, u32, u64);

const COLUMNS: &str = "id, coalesce(begun_at, made_at), target, state, rows, done, failed, made_at, ended_at, hook_done, parts, begun_done";

fn info(row: &Row, now: u64) -> jobs::Job {
    let (id, begun, target, state, rows, done, failed, made, ended, hook, _, before) = row.clone();
    // One that was resumed has the rate since then.
    #[expect(clippy::cast_precision_loss, reason = "counts and times of a person's day")]
    let rate = done.saturating_sub(before) as f64 / ended.unwrap_or(now).saturating_sub(begun).max(1) as f64;
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds")]
    let left = (rate > 0.0 && state == "running").then(|| (rows.saturating_sub(done) as f64 / rate).ceil() as u64);
    jobs::Job {
        id,
        target,
        state,
        rows,
        done,
        failed,
        rate: (rate * 10.0).round() / 10.0,
        seconds_left: left,
        made: moment::write(made),
        ended: ended.map(moment::write),
        errors: Vec::new(),
        failures: Vec::new(),
        zips: Vec::new(),
        webhook: (hook > 0).then_some(hook),
    }
}

/// A job that the caller's key may know.
///
/// # Errors
/// 404, 503.
pub async fn find(visit: &Visit<'_>, database: &Database, kind: &str, id: &str) -> Result<Row, Problem> {
    let sql = format!("SELECT {COLUMNS} FROM job WHERE id = ?1 AND kind = ?2");
    let row = database.first::<Row>(&sql, &[text(id), text(kind)]).await?.ok_or_else(unknown)?;
    let scope = if kind == "import" { Scope::RecordsWrite } else { Scope::Batch };
    visit.allows(scope, &row.2).map_err(|_| unknown())?;
    Ok(row)
}

/// `GET /v1/imports/{id}`, `GET /v1/batches/{id}`.
///
/// # Errors
/// 404, 503.
pub async fn get(visit: &Visit<'_>, kind: &str, id: &str) -> Result<Reply, Problem> {
    let database = Database::of(visit.env(), visit.limits())?;
    let row = find(visit, &database, kind, id).await?;
    let mut info = info(&row, visit.now);
    if info.state == "running" {
        // Who waits for a job that has stopped sets it going.
        let _ = resend(visit.env(), visit.now, visit.limits()).await;
    }
    if info.failed > 0 {
        // Some parts after the other, because one of an import may have a thousand faults.
        let sql = "SELECT part, result FROM job_part WHERE job = ?1 AND part >= ?2 AND failed > 0 AND result IS NOT NULL ORDER BY part LIMIT ?3";
        let mut from = Some(0);
        while let Some(part) = from.filter(|_| info.errors.len() < ERRORS && info.failures.len() < FAILURES) {
            let values = [text(id), number(part), number(u32::try_from(RESULTS).unwrap_or_default())];
            let results = database.rows::<(u32, String)>(sql, &values).await?;
            from = results.last().filter(|_| results.len() == RESULTS).map(|(part, _)| part.saturating_add(1));
            for (_, result) in results {
                if kind == "import" {
                    let faults: Vec<record::Fault> = serde_json::from_str(&result).unwrap_or_default();
                    info.errors.extend(faults);
                } else {
                    let lines: Vec<Line> = serde_json::from_str(&result).unwrap_or_default();
                    let failed = lines.into_iter().filter(|line| line.status == Status::Failed);
                    info.failures.extend(failed.map(|line| Failure {
                        row: line.row,
                        line: line.line,
                        why: line.warnings,
                    }));
                }
            }
        }
        info.errors.truncate(ERRORS);
        info.failures.truncate(FAILURES);
    }
    if kind == "batch" && info.state == "done" {
        info.zips = files::zips(id, row.10);
    }
    Ok(json(200, &info))
}

/// `GET /v1/batches`, the newest first.
///
/// # Errors
/// 503.
pub async fn list(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let page = Page::read(visit.query, visit.limits())?;
    let database = Database::of(visit.env(), visit.limits())?;
    let prefixes = match &visit.grant.reach {
        Reach::All => None,
        reach @ Reach::Prefixes(_) => {
            monogram::api::key::prefixes(reach).map(|list| serde_json::to_string(&list).unwrap_or_default())
        }
    };
    let (made, id) = page.after.split_once(' ').unwrap_or(("", ""));
    let made: u64 = made.parse().unwrap_or(u64::from(u32::MAX));
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE kind = 'batch' AND (made_at, id) < (?1, ?2) AND substr(target, 1, length(?3)) = ?3 AND \
         (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(?4) WHERE substr(target, 1, length(value)) = value)) \
         ORDER BY made_at DESC, id DESC LIMIT ?5"
    );
    let values = [number(made), text(id), text(&page.prefix), optional(prefixes.as_deref(), text), number(page.rows())];
    let mut rows = database.rows::<Row>(&sql, &values).await?;
    let cursor = page.cut(&mut rows, |row| format!("{} {}", row.7, row.0));
    Ok(json(200, &List { items: rows.iter().map(|row| info(row, visit.now)).collect(), cursor }))
}

/// `DELETE /v1/batches/{id}`: a running batch is cancelled; one that has ended is deleted with its files.
///
/// # Errors
/// 404, 503.
pub async fn end(visit: &Visit<'_>, id: &str) -> Result<Reply, Problem> {
    let database = Database::of(visit.env(), visit.limits())?;
    let row = find(visit, &database, "batch", id).await?;
    let cancel = "UPDATE job SET state = 'cancelled', ended_at = ?2, changed_at = ?2 WHERE id = ?1 AND state = 'running' RETURNING id";
    let log = audit::if_changed(visit, "cancel-batch", &row.2);
    if database.transaction(vec![(cancel, vec![text(id), number(visit.now)]), log]).await? > 0 {
        let row = find(visit, &database, "batch", id).await?;
        // Others of this key move up.
        let _ = send(visit.env(), &database, visit.grant.kid, visit.now, visit.limits()).await;
        return Ok(json(200, &info(&row, visit.now)));
    }
    files::delete(
        &database,
        &Files::of(visit.env(), visit.limits())?,
        id,
        Some(audit::if_changed(visit, "delete-batch", &row.2)),
    )
    .await?;
    Ok(Reply::empty(204))
}

/// `POST /v1/batches/{id}/retry`: draws the failed rows once more, and goes on with a batch that was
/// cancelled.
///
/// # Errors
/// 404, 409 while it runs, 503.
pub async fn retry(visit: &Visit<'_>, id: &str) -> Result<Reply, Problem> {
    let database = Database::of(visit.env(), visit.limits())?;
    let row = find(visit, &database, "batch", id).await?;
    let key = || vec![text(id)];
    let job = "UPDATE job SET state = 'running', ended_at = NULL, hook_tries = 0, hook_done = 0, failed = 0, changed_at = ?2, kid = ?3, \
               done = done - (SELECT coalesce(sum(rows), 0) FROM job_part WHERE job = ?1 AND done = 1 AND failed > 0), begun_at = ?2, \
               begun_done = done - (SELECT coalesce(sum(rows), 0) FROM job_part WHERE job = ?1 AND done = 1 AND failed > 0) \
               WHERE id = ?1 AND (state = 'done' AND failed > 0 OR state = 'cancelled') RETURNING id";
    let parts = "UPDATE job_part SET done = 0, sent_at = NULL, tries = 0 WHERE job = ?1 AND (failed > 0 OR done = 0) AND \
                 (SELECT state FROM job WHERE id = ?1) = 'running'";
    // One that was cancelled when all was drawn.
    let end = "UPDATE job SET state = 'done', ended_at = ?2 WHERE id = ?1 AND state = 'running' AND done >= rows";
    let log = audit::if_changed(visit, "retry-batch", &row.2);
    let values = [key(), vec![number(visit.now), number(visit.grant.kid)]].concat();
    let ended = (end, vec![text(id), number(visit.now)]);
    if database.transaction(vec![(job, values), log, (parts, key()), ended]).await? == 0 {
        return Err(Problem::new(Fault::Conflict, "nothing-to-retry", "The batch has no failed rows, or is not done")
            .remedy("wait until its state is done"));
    }
    let _ = send(visit.env(), &database, visit.grant.kid, visit.now, visit.limits()).await;
    let row = find(visit, &database, "batch", id).await?;
    Ok(json(202, &info(&row, visit.now)))
}
