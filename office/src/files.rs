//! What a batch has made: its manifest, its files, and all of them together.

use futures_util::stream::{self, StreamExt};
use monogram::error::{Fault, Problem};
use monogram::jobs::manifest::HEADER;
use monogram::jobs::zip::{Entry, Zip};
use monogram::jobs::{Line, Status};
use monogram::limits::Limits;
use monogram::request::{Format, query};
use monogram::response::Reply;
use monogram_platform::Visit;
use monogram_platform::database::{Database, Statement, number, text};
use worker::Env;

use super::answer::Answer;
use super::batch;
use super::bucket::Files;
use super::jobs;

/// Parts of a piece of a manifest, and of a ZIP.
const PIECE_PARTS: u32 = 20;

/// Parts of one ZIP. A request may ask other services 10,000 times, and each file is asked for.
const ZIP_PARTS: u32 = 320;

/// Seconds for which what a batch has made is kept: a month.
const KEPT_S: u64 = 30 * 86_400;

/// The paths of the ZIPs of a batch of so many parts.
pub fn zips(id: &str, parts: u32) -> Vec<String> {
    let path = |number: u32| match number {
        0 => format!("/v1/batches/{id}/files.zip"),
        _ => format!("/v1/batches/{id}/files.zip?part={}", number.saturating_add(1)),
    };
    (0..parts.div_ceil(ZIP_PARTS)).map(path).collect()
}

/// The results of parts, in pieces.
fn results(database: Database, id: String, from: u32, to: u32) -> impl StreamExt<Item = Result<Vec<Line>, Problem>> {
    stream::unfold((database, Some(from)), move |(database, from)| {
        let id = id.clone();
        async move {
            let from = from.filter(|from| *from < to)?;
            let end = from.saturating_add(PIECE_PARTS).min(to);
            let sql = "SELECT result FROM job_part WHERE job = ?1 AND part >= ?2 AND part < ?3 AND result IS NOT NULL ORDER BY part";
            match database.rows::<(String,)>(sql, &[text(&id), number(from), number(end)]).await {
                Ok(rows) => {
                    let lines =
                        rows.iter().flat_map(|(result,)| serde_json::from_str::<Vec<Line>>(result).unwrap_or_default());
                    Some((Ok(lines.collect()), (database, Some(end))))
                }
                Err(problem) => Some((Err(problem), (database, None))),
            }
        }
    })
}

/// `GET /v1/batches/{id}/manifest.csv`: the rows that are done. It is complete when the batch is.
///
/// # Errors
/// 404, 503.
pub async fn manifest(visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let database = Database::of(visit.env(), visit.limits())?;
    let row = jobs::find(visit, &database, "batch", id).await?;
    let base = format!("{}/v1/batches/{id}/files", visit.call.origin);
    let lines = results(database, id.to_owned(), 0, row.10).map(move |lines| {
        let line = |line: &Line| {
            let extension = line.file.rsplit_once('.').map_or("", |(_, extension)| extension);
            let url =
                if line.sha256.is_empty() { String::new() } else { format!("{base}/{}.{extension}", line.sha256) };
            line.csv(&url)
        };
        lines.map(|lines| lines.iter().map(line).collect::<String>().into_bytes())
    });
    let pieces = stream::once(async { Ok(HEADER.as_bytes().to_vec()) }).chain(lines);
    Ok(Answer::stream("text/csv; charset=utf-8", "manifest.csv", Box::pin(pieces)))
}

/// `GET /v1/batches/{id}/files/{sha256}.{extension}`.
///
/// # Errors
/// 404, 503.
pub async fn one(visit: &Visit<'_>, id: &str, file: &str) -> Result<Answer, Problem> {
    let unknown = || {
        Problem::new(Fault::NotFound, "unknown-file", "The batch has no such file")
            .remedy("the manifest lists its files")
    };
    let (sha256, extension) = file.split_once('.').ok_or_else(unknown)?;
    let format = Format::from_extension(extension).filter(|format| format.is_image()).ok_or_else(unknown)?;
    if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(unknown());
    }
    let database = Database::of(visit.env(), visit.limits())?;
    jobs::find(visit, &database, "batch", id).await?;
    let files = Files::of(visit.env(), visit.limits())?;
    let bytes = files.get(&batch::key(id, sha256, extension), None).await?.ok_or_else(unknown)?;
    let mut reply = Reply::new(200, format.content_type(), bytes);
    reply.set("ETag", format!("\"{sha256}\""));
    reply.set("Cache-Control", "private, max-age=31536000, immutable");
    Ok(reply.into())
}

/// `GET /v1/batches/{id}/files.zip[?part=2]`: a ZIP without compression, which pictures do not need.
///
/// # Errors
/// 404, 409 until the batch is done, 503.
pub async fn zip(visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let database = Database::of(visit.env(), visit.limits())?;
    let row = jobs::find(visit, &database, "batch", id).await?;
    if row.3 == "running" {
        return Err(Problem::new(Fault::Conflict, "batch-running", "The batch is not done")
            .remedy("wait until its state is done"));
    }
    let pairs = query::pairs(visit.query, visit.limits());
    let number =
        pairs.iter().find(|pair| pair.name == "part").map_or(Some(1), |pair| pair.value.trim().parse::<u32>().ok());
    let from = number.and_then(|number| number.checked_sub(1)).map(|number| number.saturating_mul(ZIP_PARTS));
    let from = from.filter(|from| *from < row.10).ok_or_else(|| {
        Problem::new(Fault::NotFound, "unknown-zip", "The batch has no such ZIP")
            .at("part")
            .remedy("`zips` of the batch lists them")
    })?;
    let to = from.saturating_add(ZIP_PARTS).min(row.10);
    let files = Files::of(visit.env(), visit.limits())?;
    let lines = results(database, id.to_owned(), from, to).flat_map(|lines| match lines {
        Ok(lines) => {
            stream::iter(lines.into_iter().filter(|line| line.status == Status::Ok).map(Ok).collect::<Vec<_>>())
        }
        Err(problem) => stream::iter(vec![Err(problem)]),
    });
    let id_of_files = id.to_owned();
    let pieces = stream::unfold((Box::pin(lines), Some(Zip::default()), files), move |(mut lines, zip, files)| {
        let id = id_of_files.clone();
        async move {
            let mut zip = zip?;
            match lines.next().await {
                None => Some((Ok(zip.end()), (lines, None, files))),
                Some(Err(problem)) => Some((Err(problem), (lines, None, files))),
                Some(Ok(line)) => {
                    let extension = line.file.rsplit_once('.').map_or("", |(_, extension)| extension);
                    match files.get(&batch::key(&id, &line.sha256, extension), None).await {
                        Ok(Some(bytes)) => {
                            let mut piece = zip.add(&Entry { name: &line.file, bytes: &bytes });
                            piece.extend_from_slice(&bytes);
                            Some((Ok(piece), (lines, Some(zip), files)))
                        }
                        // It was deleted since.
                        Ok(None) => Some((Ok(Vec::new()), (lines, Some(zip), files))),
                        Err(problem) => Some((Err(problem), (lines, None, files))),
                    }
                }
            }
        }
    });
    Ok(Answer::stream("application/zip", &format!("batch-{id}.zip"), Box::pin(pieces)))
}

/// Deletes a batch and its files. `log` is a statement that writes it down.
///
/// # Errors
/// 503.
pub async fn delete(database: &Database, files: &Files, id: &str, log: Option<Statement<'_>>) -> Result<(), Problem> {
    // While files are left, the batch stays in the list, so that they are not forgotten.
    if !files.delete_all(&format!("jobs/{id}/")).await? {
        return Ok(());
    }
    let job: Statement<'_> = ("DELETE FROM job WHERE id = ?1 RETURNING id", vec![text(id)]);
    let parts: Statement<'_> = ("DELETE FROM job_part WHERE job = ?1", vec![text(id)]);
    database.transaction([job].into_iter().chain(log).chain([parts]).collect()).await.map(|_| ())
}

/// Deletes jobs that ended long ago.
///
/// # Errors
/// 503.
pub async fn expire(env: &Env, now: u64, limits: &Limits) -> Result<(), Problem> {
    let database = Database::of(env, limits)?;
    let sql = "SELECT id FROM job WHERE ended_at < ?1 ORDER BY ended_at LIMIT 5";
    for (id,) in database.rows::<(String,)>(sql, &[number(now.saturating_sub(KEPT_S))]).await? {
        delete(&database, &Files::of(env, limits)?, &id, None).await?;
    }
    Ok(())
}

/// Deletes the pictures that batches have drawn of a record, unless another row has the same one.
///
/// # Errors
/// 503.
pub async fn forget(
    env: &Env,
    database: &Database,
    collection: &str,
    id: &str,
    limits: &Limits,
) -> Result<(), Problem> {
    let jobs = "SELECT id, json_extract(spec, '$.work.batch.extension') FROM job WHERE kind = 'batch' \
                AND json_extract(spec, '$.rows.collection.name') = ?1";
    for (job, extension) in database.rows::<(String, String)>(jobs, &[text(collection)]).await? {
        let part = "UPDATE job_part SET place = (SELECT json_set(place, fullkey, NULL) FROM json_each(place, '$.ids.ids') WHERE value = ?2) \
                    WHERE job = ?1 AND EXISTS (SELECT 1 FROM json_each(place, '$.ids.ids') WHERE value = ?2) RETURNING part";
        if let Some((part,)) = database.first::<(u32,)>(part, &[text(&job), text(id)]).await? {
            forget_row(env, database, (&job, part, &extension), id, limits).await?;
        }
    }
    // Rows of files that named it.
    let tag = monogram::params::record::tag(collection, id);
    let parts = "SELECT p.job, p.part, json_extract(j.spec, '$.work.batch.extension') FROM job j JOIN job_part p ON p.job = j.id \
                 WHERE j.kind = 'batch' AND instr(p.result, ?1) > 0";
    for (job, part, extension) in database.rows::<(String, u32, String)>(parts, &[text(&tag)]).await? {
        forget_row(env, database, (&job, part, &extension), &tag, limits).await?;
    }
    Ok(())
}

/// Deletes the pictures of a record that a part of a batch has drawn: the job, the part, and the extension of
/// its files. `id` is its id, or its tag.
///
/// # Errors
/// 503.
pub async fn forget_row(
    env: &Env,
    database: &Database,
    (job, part, extension): (&str, u32, &str),
    id: &str,
    limits: &Limits,
) -> Result<(), Problem> {
    let sql = "SELECT result FROM job_part WHERE job = ?1 AND part = ?2";
    let result = database.first::<(Option<String>,)>(sql, &[text(job), number(part)]).await?;
    let lines: Vec<Line> =
        result.and_then(|(result,)| result).and_then(|result| serde_json::from_str(&result).ok()).unwrap_or_default();
    let (own, mut lines): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.id.split(',').any(|own| own == id));
    if own.is_empty() {
        return Ok(());
    }
    let elsewhere = "SELECT 1 FROM job_part WHERE job = ?1 AND part <> ?2 AND instr(result, ?3) > 0 LIMIT 1";
    for line in &own {
        let is_shared = lines.iter().any(|other| other.sha256 == line.sha256)
            || database.first::<(u32,)>(elsewhere, &[text(job), number(part), text(&line.sha256)]).await?.is_some();
        if !is_shared && !line.sha256.is_empty() {
            Files::of(env, limits)?.delete_all(&batch::key(job, &line.sha256, extension)).await?;
        }
    }
    lines.extend(own.into_iter().map(|line| Line {
        row: line.row,
        line: line.line,
        status: Status::Failed,
        warnings: "the person was deleted".to_owned(),
        ..Line::default()
    }));
    lines.sort_by_key(|line| line.row);
    let sql = "UPDATE job_part SET result = ?3 WHERE job = ?1 AND part = ?2 RETURNING part";
    let result = serde_json::to_string(&lines).unwrap_or_default();
    database.first::<(u32,)>(sql, &[text(job), number(part), text(&result)]).await.map(|_| ())
}
