//! Imports and batches in D1, and their parts in the queue (binding `JOBS`).
//!
//! A message says which part is to be done; D1 says whether it is. Of each key only some parts are in
//! the queue at once, so that a large job leaves room for those of others.

use monogram::access::{Reach, Scope};
use monogram::api::cursor::List;
use monogram::api::jobs::{self, Failure};
use monogram::api::{Page, moment};
use monogram::error::{Fault, Problem};
use monogram::jobs::spec::{Place, Work};
use monogram::jobs::{Line, Part, Spec, Status, record};
use monogram::limits::Limits;
use monogram::response::Reply;
use monogram_platform::database::{Database, Statement, number, optional, text, unavailable};
use monogram_platform::deadline::Deadline;
use monogram_platform::once::Once;
use monogram_platform::{Visit, audit, json, log, now, random};
use serde::{Deserialize, Serialize};
use worker::{BatchMessageBuilder, Env, MessageBuilder, QueueContentType};

use super::bucket::Files;
use super::files;
use super::picture::Artist;
use super::{batch, import};

/// The name of the binding of the queue.
const QUEUE: &str = "JOBS";

/// Seconds after which a message is sent again whose work failed.
pub const PAUSE_S: u32 = 10;

/// Seconds without a finished part after which the parts of a job that are in the queue count as lost.
/// The queue may have some of them still: a part that is done twice does nothing the second time.
const LOST_S: u64 = 30;

/// How often a part is begun. One that ends the instance of the runtime each time is given up.
const TRIES: u32 = 12;

/// Parts that one statement writes.
const STATEMENT_PARTS: usize = 5_000;

/// Faults of an import in an answer.
const ERRORS: usize = 1_000;

/// Failed rows of a batch in an answer.
const FAILURES: usize = 100;

/// A message of the queue.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    /// The job.
    pub job: String,
    /// The part, from 0.
    #[serde(default)]
    pub part: u32,
    /// The try to tell the webhook, from 0. `None` if a part is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<u32>,
}

impl Message {
    /// Reads a message. `None` if it is not one of ours.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Puts it into the queue, after this many seconds.
    ///
    /// # Errors
    /// 503.
    pub async fn send(&self, env: &Env, seconds: u32, limits: &Limits) -> Result<(), Problem> {
        let text = serde_json::to_string(self).unwrap_or_default();
        let message = MessageBuilder::new(text).content_type(QueueContentType::Text).delay_seconds(seconds).build();
        let queue = env.queue(QUEUE).map_err(|_| no_queue())?;
        let sent = Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, queue.send(message)).await;
        sent.ok().and_then(Result::ok).ok_or_else(unavailable)
    }
}

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
    /// Its parts, and the rows of each.
    pub parts: Vec<(Place, usize)>,
}

/// A job that is running, as a consumer of the queue needs it.
pub struct Running {
    /// Its id.
    pub id: String,
    /// The key that began it.
    pub kid: u32,
    /// What it does.
    pub spec: Spec,
}

/// An id for a new job.
pub fn id() -> String {
    random::<12>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key in R2 of the file with a job's rows.
pub fn rows_key(id: &str) -> String {
    format!("jobs/{id}/rows")
}

/// The parts of a file.
pub fn places(parts: Vec<Part>) -> Vec<(Place, usize)> {
    let place = |Part { from, to, line, first, rows }| (Place::Bytes { from, to, line, first }, rows);
    parts.into_iter().map(place).collect()
}

/// The binding of the queue is there.
///
/// # Errors
/// 503.
pub fn check_queue(env: &Env) -> Result<(), Problem> {
    env.queue(QUEUE).map(|_| ()).map_err(|_| no_queue())
}

fn no_queue() -> Problem {
    Problem::new(Fault::Unavailable, "no-queue", "This deployment has no queue, which imports and batches need")
        .remedy("add the [[queues.producers]] and [[queues.consumers]] of wrangler.toml, and run: npx wrangler queues create monogram-jobs")
}

pub fn unknown() -> Problem {
    Problem::new(Fault::NotFound, "unknown-job", "There is no such import or batch")
        .remedy("use the id of the answer that began it; GET /v1/batches lists the batches")
}

/// Writes a new job, and puts its first parts into the queue. `before` runs in the same transaction.
///
/// # Errors
/// 503.
pub async fn begin(
    visit: &Visit<'_>,
    database: &Database,
    new: New<'_>,
    before: Vec<Statement<'_>>,
    once: Option<Statement<'static>>,
) -> Result<Reply, Problem> {
    let New { id, kind, target, spec, parts } = new;
    let rows: usize = parts.iter().map(|(_, rows)| rows).sum();
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
    statements.extend(before);
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

/// Puts the next parts of a key's jobs into the queue, as many as there is room for.
///
/// # Errors
/// 503.
pub async fn send(env: &Env, database: &Database, kid: u32, now: u64, limits: &Limits) -> Result<(), Problem> {
    let sql = "UPDATE job_part SET sent_at = ?2 WHERE (job, part) IN ( \
                 SELECT p.job, p.part FROM job j JOIN job_part p ON p.job = j.id \
                 WHERE j.kid = ?1 AND j.state = 'running' AND p.done = 0 AND p.sent_at IS NULL ORDER BY j.made_at, p.part \
                 LIMIT max(0, ?3 - (SELECT count(*) FROM job j JOIN job_part p ON p.job = j.id \
                   WHERE j.kid = ?1 AND j.state = 'running' AND p.done = 0 AND p.sent_at IS NOT NULL))) \
               RETURNING job, part";
    let rows =
        database.rows::<(String, u32)>(sql, &[number(kid), number(now), number(limits.job_parts_at_once)]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let messages = rows
        .into_iter()
        .map(|(job, part)| serde_json::to_string(&Message { job, part, hook: None }).unwrap_or_default());
    let batch = messages.fold(BatchMessageBuilder::new(), |batch, text| {
        batch.message(MessageBuilder::new(text).content_type(QueueContentType::Text).build())
    });
    let queue = env.queue(QUEUE).map_err(|_| no_queue())?;
    let sent =
        Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, queue.send_batch(batch.build())).await;
    sent.ok().and_then(Result::ok).ok_or_else(unavailable)
}

/// Does a part, if it is not done yet.
///
/// # Errors
/// A store failed: it is to be tried again.
pub async fn work(env: &Env, message: &Message, artist: &Artist, limits: &Limits) -> Result<(), Problem> {
    let database = Database::of(env, limits)?;
    let sql = "UPDATE job_part SET tries = tries + 1 WHERE job = ?1 AND part = ?2 AND done = 0 AND EXISTS \
               (SELECT 1 FROM job WHERE id = ?1 AND state = 'running') RETURNING tries, place, rows, result, \
               (SELECT kid FROM job WHERE id = ?1), (SELECT spec FROM job WHERE id = ?1)";
    type Row = (u32, String, u32, Option<String>, u32, String);
    let row = database.first::<Row>(sql, &[text(&message.job), number(message.part)]).await?;
    let Some((tries, place, rows, before, kid, spec)) = row else { return Ok(()) };
    let (Ok(place), Ok(spec)) = (serde_json::from_str::<Place>(&place), serde_json::from_str::<Spec>(&spec)) else {
        log::fault("job-unreadable", None);
        return Ok(());
    };
    let job = Running { id: message.job.clone(), kid, spec };
    let result = match &job.spec.work {
        _ if tries > TRIES => Done::given_up(&place, rows),
        Work::Import(work) => import::part(env, &job, work, &place, limits).await?,
        Work::Batch(work) => {
            batch::part(env, &database, &job, work, &place, rows, before.as_deref(), artist, limits).await?
        }
    };
    finish(env, &database, &job, message.part, result, limits).await
}

/// What became of the rows of a part.
pub struct Done {
    /// Rows without a result.
    pub failed: usize,
    /// What is written down of it: JSON.
    pub result: String,
    /// What is done in the same transaction.
    pub statements: Vec<Statement<'static>>,
}

impl Done {
    /// The rows of a part that ended the instance each time.
    fn given_up(place: &Place, rows: u32) -> Self {
        let (line, first) = match place {
            Place::Bytes { line, first, .. } => (*line, *first),
            Place::Ids { first, .. } => (0, *first),
        };
        let lines: Vec<_> = (0..usize::try_from(rows).unwrap_or_default())
            .map(|at| Line {
                row: first.saturating_add(at),
                line: if line == 0 { 0 } else { line.saturating_add(at) },
                status: Status::Failed,
                warnings: "the Worker ended while it drew this row or one beside it".to_owned(),
                ..Line::default()
            })
            .collect();
        Self { failed: lines.len(), result: serde_json::to_string(&lines).unwrap_or_default(), statements: Vec::new() }
    }
}

/// Writes down that a part is done, once; and that the job is, if it was the last one.
async fn finish(
    env: &Env,
    database: &Database,
    job: &Running,
    part: u32,
    done: Done,
    limits: &Limits,
) -> Result<(), Problem> {
    let now = now();
    let failed = u64::try_from(done.failed).unwrap_or_default();
    let key = || vec![text(&job.id), number(part), number(now)];
    let mut statements: Vec<Statement<'_>> = done.statements;
    // What was written before is written again by a part that comes twice; it is counted once.
    statements.push((
        "UPDATE job SET changed_at = ?3, failed = failed + ?4, done = done + (SELECT rows FROM job_part WHERE job = ?1 AND part = ?2) \
         WHERE id = ?1 AND EXISTS (SELECT 1 FROM job_part WHERE job = ?1 AND part = ?2 AND done = 0)",
        [key(), vec![number(failed)]].concat(),
    ));
    statements.push((
        "UPDATE job_part SET done = 1, failed = ?3, result = ?4 WHERE job = ?1 AND part = ?2 AND done = 0",
        vec![text(&job.id), number(part), number(failed), text(&done.result)],
    ));
    statements.push((
        "UPDATE job SET state = 'done', ended_at = ?2 WHERE id = ?1 AND state = 'running' AND done >= rows",
        vec![text(&job.id), number(now)],
    ));
    if let Work::Import(import) = &job.spec.work
        && import.replaces
    {
        // The new records are seen as a whole, in the moment in which the last of them is there.
        statements.push((
            "UPDATE collection SET generation = ?2, changed_at = ?3 WHERE name = ?1 AND generation < ?2 \
             AND (SELECT state FROM job WHERE id = ?4) = 'done'",
            vec![text(&import.collection), number(import.generation), number(now), text(&job.id)],
        ));
    }
    database.transaction(statements).await?;
    let state = database.first::<(String,)>("SELECT state FROM job WHERE id = ?1", &[text(&job.id)]).await?;
    if state.is_some_and(|(state,)| state == "done") {
        if matches!(&job.spec.work, Work::Batch(work) if work.webhook.is_some()) {
            Message { job: job.id.clone(), part: 0, hook: Some(0) }.send(env, 0, limits).await?;
        }
        if matches!(job.spec.work, Work::Import(_)) {
            // The file has done its part. A failure leaves it to `files::expire`.
            let files = Files::of(env, limits)?;
            let _ = files.delete_all(&rows_key(&job.id)).await;
        }
    }
    // If this fails, `resend` does it.
    let _ = send(env, database, job.kid, now, limits).await;
    Ok(())
}

/// Sends again what the queue has lost.
///
/// # Errors
/// 503.
pub async fn resend(env: &Env, now: u64, limits: &Limits) -> Result<(), Problem> {
    let database = Database::of(env, limits)?;
    let since = number(now.saturating_sub(LOST_S));
    let sql = "UPDATE job_part SET sent_at = NULL WHERE done = 0 AND sent_at < ?1 AND job IN \
               (SELECT id FROM job WHERE state = 'running' AND changed_at < ?1) RETURNING job";
    database.rows::<(String,)>(sql, &[since]).await?;
    for (kid,) in database.rows::<(u32,)>("SELECT DISTINCT kid FROM job WHERE state = 'running'", &[]).await? {
        send(env, &database, kid, now, limits).await?;
    }
    // Who is told of the end was to be told at once.
    let untold = "SELECT id FROM job WHERE state = 'done' AND hook_tries = 0 AND ended_at BETWEEN ?1 AND ?2 AND \
                  json_extract(spec, '$.work.batch.webhook.url') IS NOT NULL LIMIT 20";
    let hour = [number(now.saturating_sub(86_400)), number(now.saturating_sub(LOST_S))];
    for (job,) in database.rows::<(String,)>(untold, &hour).await? {
        Message { job, part: 0, hook: Some(0) }.send(env, 0, limits).await?;
    }
    Ok(())
}

/// A job's row.
type Row = (String, String, String, String, u64, u64, u64, u64, Option<u64>, u16, u32);

const COLUMNS: &str = "id, kind, target, state, rows, done, failed, made_at, ended_at, hook_done, parts";

fn info(row: &Row, now: u64) -> jobs::Job {
    let (id, _, target, state, rows, done, failed, made, ended, hook, _) = row.clone();
    #[expect(clippy::cast_precision_loss, reason = "counts and times of a person's day")]
    let rate = done as f64 / ended.unwrap_or(now).saturating_sub(made).max(1) as f64;
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
        let sql =
            "SELECT result FROM job_part WHERE job = ?1 AND failed > 0 AND result IS NOT NULL ORDER BY part LIMIT 200";
        for (result,) in database.rows::<(String,)>(sql, &[text(id)]).await? {
            if kind == "import" {
                let faults: Vec<record::Fault> = serde_json::from_str(&result).unwrap_or_default();
                info.errors.extend(faults);
            } else {
                let lines: Vec<Line> = serde_json::from_str(&result).unwrap_or_default();
                let failed = lines.into_iter().filter(|line| line.status == Status::Failed);
                info.failures.extend(failed.map(|line| Failure { row: line.row, line: line.line, why: line.warnings }));
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

/// `POST /v1/batches/{id}/retry`: draws the failed rows once more.
///
/// # Errors
/// 404, 409 while it runs, 503.
pub async fn retry(visit: &Visit<'_>, id: &str) -> Result<Reply, Problem> {
    let database = Database::of(visit.env(), visit.limits())?;
    let row = find(visit, &database, "batch", id).await?;
    let key = || vec![text(id)];
    let job = "UPDATE job SET state = 'running', ended_at = NULL, hook_tries = 0, hook_done = 0, failed = 0, changed_at = ?2, kid = ?3, \
               done = done - (SELECT sum(rows) FROM job_part WHERE job = ?1 AND failed > 0) \
               WHERE id = ?1 AND state = 'done' AND failed > 0 RETURNING id";
    let parts = "UPDATE job_part SET done = 0, sent_at = NULL, tries = 0 WHERE job = ?1 AND failed > 0 AND \
                 (SELECT state FROM job WHERE id = ?1) = 'running'";
    let log = audit::if_changed(visit, "retry-batch", &row.2);
    let values = [key(), vec![number(visit.now), number(visit.grant.kid)]].concat();
    if database.transaction(vec![(job, values), log, (parts, key())]).await? == 0 {
        return Err(Problem::new(Fault::Conflict, "nothing-to-retry", "The batch has no failed rows, or is not done")
            .remedy("wait until its state is done"));
    }
    let _ = send(visit.env(), &database, visit.grant.kid, visit.now, visit.limits()).await;
    let row = find(visit, &database, "batch", id).await?;
    Ok(json(202, &info(&row, visit.now)))
}
