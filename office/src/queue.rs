//! The parts of imports and batches in the queue (binding `JOBS`), and how they are done.
//!
//! A message says which part is to be done; D1 says whether it is. Of each key only some parts are in
//! the queue at once, so that a large job leaves room for those of others.

use monogram::error::{Fault, Problem};
use monogram::jobs::hook::PAUSES_S;
use monogram::jobs::spec::{Place, Work};
use monogram::jobs::{Line, Spec, Status};
use monogram::limits::Limits;
use monogram_platform::database::{Database, Statement, number, optional, text, unavailable};
use monogram_platform::deadline::Deadline;
use monogram_platform::{log, now};
use serde::{Deserialize, Serialize};
use worker::{BatchMessageBuilder, Env, MessageBuilder, QueueContentType};

use super::bucket::Files;
use super::renderer::Renderer;
use super::{batch, files, import};

/// The name of the binding of the queue.
const QUEUE: &str = "JOBS";

/// Seconds after which a message is sent again whose work failed.
pub const PAUSE_S: u32 = 10;

/// The most seconds until a part is tried again whose pictures could not be finished: the pauses grow,
/// so that twelve tries last ten minutes.
const PAUSE_MOST_S: u32 = 120;

/// Seconds without a finished part after which the parts of a job that are in the queue count as lost.
/// The queue may have some of them still: a part that is done twice does nothing the second time.
const LOST_S: u64 = 30;

/// Seconds after which a webhook counts as forgotten that was to be told.
const UNTOLD_S: u64 = 60;

/// How often a part is begun. One that ends the instance of the runtime each time is given up. A store
/// that fails costs no try.
pub const TRIES: u32 = 12;

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

/// A job that is running, as a consumer of the queue needs it.
pub struct Running {
    /// Its id.
    pub id: String,
    /// The key that began it.
    pub kid: u32,
    /// What it does.
    pub spec: Spec,
}

/// A part that was begun.
pub struct Begun {
    /// Where its rows are.
    pub place: Place,
    /// Its rows.
    pub rows: u32,
    /// What became of them the last time, JSON.
    pub before: Option<String>,
    /// How often it was begun, this time too.
    pub tries: u32,
}

/// The key in R2 of the file with a job's rows.
pub fn rows_key(id: &str) -> String {
    format!("jobs/{id}/rows")
}

/// The binding of the queue is there.
///
/// # Errors
/// 503.
pub fn check(env: &Env) -> Result<(), Problem> {
    env.queue(QUEUE).map(|_| ()).map_err(|_| no_queue())
}

fn no_queue() -> Problem {
    Problem::new(Fault::Unavailable, "no-queue", "This deployment has no queue, which imports and batches need")
        .remedy("add the [[queues.producers]] and [[queues.consumers]] of wrangler.toml, and run: npx wrangler queues create monogram-jobs")
}

/// Puts the next parts of a key's jobs into the queue, as many as there is room for.
///
/// # Errors
/// 503.
pub async fn send(env: &Env, database: &Database, kid: u32, now: u64, limits: &Limits) -> Result<(), Problem> {
    // In the order of indexes, so that no part is looked at in vain.
    let sql = "UPDATE job_part SET sent_at = ?2 WHERE (job, part) IN ( \
                 SELECT p.job, p.part FROM job j JOIN job_part p ON p.job = j.id \
                 WHERE j.kid = ?1 AND j.state = 'running' AND p.done = 0 AND p.sent_at IS NULL ORDER BY j.made_at, j.rowid, p.part \
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

/// Does a part, if it is not done yet. The result is the number of seconds after which it is to be tried
/// again; 0 if it is done.
///
/// # Errors
/// The database failed before the part was begun.
pub async fn work(env: &Env, message: &Message, renderer: &Renderer, limits: &Limits) -> Result<u32, Problem> {
    let database = Database::of(env, limits)?;
    let sql = "UPDATE job_part SET tries = tries + 1 WHERE job = ?1 AND part = ?2 AND done = 0 AND EXISTS \
               (SELECT 1 FROM job WHERE id = ?1 AND state = 'running') RETURNING tries, place, rows, result, \
               (SELECT kid FROM job WHERE id = ?1), (SELECT spec FROM job WHERE id = ?1)";
    type Row = (u32, String, u32, Option<String>, u32, String);
    let row = database.first::<Row>(sql, &[text(&message.job), number(message.part)]).await?;
    let Some((tries, place, rows, before, kid, spec)) = row else { return Ok(0) };
    let (Ok(place), Ok(spec)) = (serde_json::from_str::<Place>(&place), serde_json::from_str::<Spec>(&spec)) else {
        log::fault("job-unreadable", None);
        return Ok(0);
    };
    let job = Running { id: message.job.clone(), kid, spec };
    let begun = Begun { place, rows, before, tries };
    let done = match &job.spec.work {
        _ if tries > TRIES => Ok(Done::given_up(&begun)),
        Work::Import(work) => import::part(env, &job, work, &begun.place, limits).await,
        Work::Batch(work) => batch::part(env, &database, &job, work, &begun, renderer, limits).await,
    };
    let (pause, tries, result) = match done {
        Ok(done) if done.waits => (PAUSE_S.saturating_mul(tries).min(PAUSE_MOST_S), tries, Some(done.result)),
        Ok(done) => match finish(env, &database, &job, message.part, &begun, done, limits).await {
            Ok(()) => return Ok(0),
            Err(_) => (PAUSE_S, tries.saturating_sub(1), None),
        },
        Err(_) => (PAUSE_S, tries.saturating_sub(1), None),
    };
    // It is not lost: the queue has it until then. If this fails, the part is sent twice, and has a try less.
    let sql = "UPDATE job_part SET tries = ?3, sent_at = ?4, result = coalesce(?5, result) WHERE job = ?1 AND part = ?2 AND done = 0 RETURNING part";
    let due = now().saturating_add(pause.into());
    let values =
        [text(&message.job), number(message.part), number(tries), number(due), optional(result.as_deref(), text)];
    let _ = database.first::<(u32,)>(sql, &values).await;
    Ok(pause)
}

/// What became of the rows of a part.
pub struct Done {
    /// Rows without a result.
    pub failed: usize,
    /// What is written down of it: JSON.
    pub result: String,
    /// Whether other rows are to be tried again: the result has those that are done.
    pub waits: bool,
    /// What is done in the same transaction.
    pub statements: Vec<Statement<'static>>,
}

impl Done {
    /// The rows of a part that ended the instance each time.
    fn given_up(part: &Begun) -> Self {
        let (line, first) = match &part.place {
            Place::Bytes { line, first, .. } => (*line, *first),
            Place::Ids { first, .. } => (0, *first),
        };
        let lines: Vec<_> = (0..usize::try_from(part.rows).unwrap_or_default())
            .map(|at| Line {
                row: first.saturating_add(at),
                line: if line == 0 { 0 } else { line.saturating_add(at) },
                status: Status::Failed,
                warnings: "the Worker ended while it drew this row or one beside it".to_owned(),
                ..Line::default()
            })
            .collect();
        let result = serde_json::to_string(&lines).unwrap_or_default();
        Self { failed: lines.len(), result, waits: false, statements: Vec::new() }
    }
}

/// Writes down that a part is done, once; and that the job is, if it was the last one.
async fn finish(
    env: &Env,
    database: &Database,
    job: &Running,
    part: u32,
    begun: &Begun,
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
    if state.is_none() {
        // It was deleted while this part was drawn, whose files nobody would ever delete.
        Files::of(env, limits)?.delete_all(&format!("jobs/{}/", job.id)).await?;
        return Ok(());
    }
    if let (Work::Batch(work), Place::Ids { ids, .. }) = (&job.spec.work, &begun.place) {
        let gone = "SELECT a.value FROM json_each(?3) a WHERE a.value IS NOT NULL AND a.value NOT IN (SELECT e.value FROM job_part p, \
                    json_each(p.place, '$.ids.ids') e WHERE p.job = ?1 AND p.part = ?2 AND e.value IS NOT NULL)";
        let values = [text(&job.id), number(part), text(&serde_json::to_string(ids).unwrap_or_default())];
        // People who were deleted while they were drawn.
        for (id,) in database.rows::<(String,)>(gone, &values).await? {
            files::forget_row(env, database, (&job.id, part, &work.extension), &id, limits).await?;
        }
    }
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
    // Whoever is to be told of an end, and was not: the try is a minute and more overdue. The pauses before
    // the tries are in ?3.
    let untold = "SELECT id, hook_tries FROM job WHERE state = 'done' AND ended_at > ?1 AND hook_done NOT BETWEEN 200 AND 299 \
                  AND hook_tries <= json_array_length(?3) AND json_extract(spec, '$.work.batch.webhook.url') IS NOT NULL AND \
                  ended_at + (SELECT coalesce(sum(value + 10), 0) FROM json_each(?3) WHERE key < hook_tries) < ?2 LIMIT 20";
    let pauses = serde_json::to_string(&PAUSES_S).unwrap_or_default();
    let values = [number(now.saturating_sub(172_800)), number(now.saturating_sub(UNTOLD_S)), text(&pauses)];
    for (job, tries) in database.rows::<(String, u32)>(untold, &values).await? {
        Message { job, part: 0, hook: Some(tries) }.send(env, 0, limits).await?;
    }
    Ok(())
}
