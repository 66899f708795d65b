//! A file or a collection → pictures.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use monogram::access::Scope;
use monogram::api::body as json_body;
use monogram::api::jobs::BatchBody;
use monogram::error::{Fault, Problem};
use monogram::jobs::query::{mapping, query};
use monogram::jobs::spec::{Batch, Place, Rows, Work};
use monogram::jobs::{Line, Row, Source, Spec, Status, name};
use monogram::limits::Limits;
use monogram::params::Param;
use monogram::request::{TemplateId, query as pairs};
use monogram::response::Reply;
use monogram_platform::database::{Database, Statement, number, text};
use monogram_platform::once::Once;
use monogram_platform::{Visit, body};
use serde_json::{Map, Value as Json};
use worker::Env;

use super::bucket::Files;
use super::jobs::{self, New};
use super::picture::{self, Judged, Lacking};
use super::queue::{self, Begun, Done, Running};
use super::renderer::Renderer;
use super::{template, upload};

/// Pictures of a part that are drawn and stored at once: a Worker has six connections.
const AT_ONCE: usize = 6;

/// Tries of a picture for which an image or a feed of another host did not come. After them it is drawn
/// without, as a reader would see it.
const TRIES_OF_HOSTS: u32 = 3;

/// The key in R2 of a picture.
pub fn key(job: &str, sha256: &str, extension: &str) -> String {
    format!("jobs/{job}/files/{sha256}.{extension}")
}

/// `POST /v1/batches`.
///
/// # Errors
/// 400, 404 or 422 for what is asked for, 503.
pub async fn make(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let (env, limits) = (visit.env(), visit.limits());
    let database = Database::of(env, limits)?;
    let files = Files::of(env, limits)?;
    queue::check(env)?;
    let kind = upload::kind(visit)?;
    let sent = if kind.is_none() { body::read(visit, limits.body_bytes).await? } else { Vec::new() };
    let asked = match kind {
        Some(_) => BatchBody::of_query(&pairs::pairs(visit.query, limits))?,
        None => json_body::read(&sent)?,
    };
    // A file is not kept to be compared with another one: the same key and query are the same call.
    let once = Once::of(visit, if sent.is_empty() { visit.query.as_bytes() } else { &sent })?;
    if let Some(reply) = jobs::again(visit, &database, &once, "batch").await? {
        return Ok(reply);
    }

    // 1. The template, and a revision of it that stays.
    let (target, size) =
        asked.template.split_once('~').map_or((asked.template.as_str(), None), |(id, size)| (id, Some(size)));
    let target = TemplateId::parse(target).ok_or_else(|| asked.no_template(kind.is_some()))?;
    visit.allows(Scope::Batch, target.as_str())?;
    let format = asked.format()?;
    let (options, webhook) = (asked.options(limits)?, asked.webhook(&visit.header("Webhook-Secret"))?);
    let pinned = template::pin(&database, &target, asked.revision).await?;
    let read = template::read(env, &pinned, limits).await?;
    if let Some(size) = size.filter(|size| !read.document.sizes.contains_key(*size)) {
        return Err(
            Problem::new(Fault::NotFound, "unknown-size", format!("The template has no size {size}")).at("template")
        );
    }
    let (base, revision) =
        pinned.split_once('@').map_or((pinned.as_str(), None), |(id, revision)| (id, Some(revision)));
    let size = size.map(|size| format!("~{size}")).unwrap_or_default();
    let revision = revision.map(|revision| format!("@{revision}")).unwrap_or_default();
    let extension = format.extension();
    let path = format!("/i/{base}{size}{revision}.{extension}");

    // 2. Its rows.
    let id = jobs::id();
    let params = &read.document.params;
    let (rows, count, parts, mapping, after) = if let Some(collection) = &asked.collection {
        name::check(asked.name(), None)?;
        let mapping = mapping(&Source::Lines, params, &asked.map)?;
        let (rows, count, after) = collected(visit, &database, &id, collection, params, limits).await?;
        (rows, count, Vec::new(), mapping, after)
    } else {
        let key = queue::rows_key(&id);
        let (source, parts) = match kind {
            Some(kind) => upload::store(visit, &files, &key, kind, limits.batch_rows).await?,
            None => upload::store_text(visit, &files, &key, asked.lines()?, limits.batch_rows).await?,
        };
        let columns = match &source {
            Source::Csv { header, .. } => Some(header.as_slice()),
            Source::Lines => None,
        };
        name::check(asked.name(), columns)?;
        let mapping = mapping(&source, params, &asked.map)?;
        let count = parts.iter().map(|part| part.rows).sum();
        (Rows::File(source), count, jobs::places(parts), mapping, Vec::new())
    };

    // 3. The job.
    let work =
        Batch { path, options, extension: extension.to_owned(), name: asked.name().to_owned(), mapping, webhook };
    let spec = Spec { work: Work::Batch(work), rows };
    let new = New { id: &id, kind: "batch", target: target.as_str(), spec: &spec, rows: count, parts };
    jobs::begin(visit, &database, new, after, once.record(visit, &id)).await
}

/// The rows of a collection as it is now, their number, and the statements that make parts of them: the
/// ids do not leave the database.
async fn collected<'a>(
    visit: &Visit<'_>,
    database: &Database,
    job: &'a str,
    collection: &str,
    params: &monogram::params::Params,
    limits: &Limits,
) -> Result<(Rows, usize, Vec<Statement<'a>>), Problem> {
    visit.allows(Scope::RecordsWrite, collection)?;
    let sql = "SELECT c.generation, (SELECT count(*) FROM record r WHERE r.collection = c.name AND r.generation = c.generation \
               AND (r.expires_at IS NULL OR r.expires_at > ?2)) FROM collection c WHERE c.name = ?1 AND c.generation > 0";
    let row = database.first::<(u32, usize)>(sql, &[text(collection), number(visit.now)]).await?;
    let (generation, count) = row.ok_or_else(|| {
        Problem::new(Fault::NotFound, "unknown-collection", "There is no such collection").at("collection")
    })?;
    if count == 0 {
        return Err(Problem::new(Fault::Document, "no-rows", "The collection is empty").at("collection"));
    }
    if count > limits.job_rows {
        let message = format!("A batch may have {} rows, and the collection has more", limits.job_rows);
        return Err(Problem::new(Fault::TooLarge, "too-many-rows", message).at("collection"));
    }
    let parts = "INSERT INTO job_part (job, part, place, rows) SELECT ?1, part, \
                 json_object('ids', json_object('ids', json_group_array(id), 'first', min(n) + 1)), count(*) FROM \
                 (SELECT id, n, n / CAST(?4 AS INTEGER) AS part FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM record \
                 WHERE collection = ?2 AND generation = ?3 AND (expires_at IS NULL OR expires_at > ?5)) ORDER BY n) GROUP BY part";
    let size = u32::try_from(limits.batch_rows).unwrap_or(u32::MAX);
    let values = vec![text(job), text(collection), number(generation), number(size), number(visit.now)];
    // Some may have come or gone since they were counted.
    let counted = "UPDATE job SET rows = (SELECT coalesce(sum(rows), 0) FROM job_part WHERE job = ?1), \
                   parts = (SELECT count(*) FROM job_part WHERE job = ?1) WHERE id = ?1";
    let takes_id =
        |param: &&String| matches!(params.get(*param), Some(Param::Record(record)) if record.collection == collection);
    let rows =
        Rows::Collection { name: collection.to_owned(), generation, param: params.keys().find(takes_id).cloned() };
    Ok((rows, count, vec![(parts, values), (counted, vec![text(job)])]))
}

/// Draws the rows of a part that have no picture yet.
///
/// # Errors
/// A store failed.
pub async fn part(
    env: &Env,
    database: &Database,
    job: &Running,
    work: &Batch,
    begun: &Begun,
    renderer: &Renderer,
    limits: &Limits,
) -> Result<Done, Problem> {
    let files = Files::of(env, limits)?;
    let found = self::rows(&files, database, job, &begun.place).await?;
    let known: Vec<Line> =
        begun.before.as_deref().and_then(|before| serde_json::from_str(before).ok()).unwrap_or_default();
    let (mut lines, mut waits) = (Vec::with_capacity(found.len()), false);
    for rows in found.chunks(AT_ONCE) {
        let drawn = rows.iter().map(async |(row, id)| {
            if let Some(done) = known.iter().find(|line| line.row == row.number && line.status == Status::Ok) {
                return Ok(Some(done.clone()));
            }
            one(&files, job, work, row, id.as_deref(), begun.tries, renderer, limits).await
        });
        for line in join_all(drawn).await {
            match line? {
                Some(line) => lines.push(line),
                None => waits = true,
            }
        }
    }
    let failed = lines.iter().filter(|line| line.status == Status::Failed).count();
    Ok(Done { failed, result: serde_json::to_string(&lines).unwrap_or_default(), waits, statements: Vec::new() })
}

/// Draws a row, and stores its picture. `None` if it is to be tried again.
#[expect(clippy::too_many_arguments, reason = "each is another thing")]
async fn one(
    files: &Files,
    job: &Running,
    work: &Batch,
    row: &Row,
    id: Option<&str>,
    tries: u32,
    renderer: &Renderer,
    limits: &Limits,
) -> Result<Option<Line>, Problem> {
    let line = Line { row: row.number, line: row.line, id: id.unwrap_or_default().to_owned(), ..Line::default() };
    let fields = match &row.fields {
        Ok(fields) => fields,
        Err(why) => return Ok(Some(Line { status: Status::Failed, warnings: (*why).to_owned(), ..line })),
    };
    let param = match &job.spec.rows {
        Rows::Collection { param, .. } => param.as_deref(),
        Rows::File(_) => None,
    };
    let query = match (param, id) {
        (Some(param), Some(id)) => {
            query(&[(param.to_owned(), param.to_owned())], &Map::from_iter([(param.to_owned(), Json::from(id))]))
        }
        _ => query(&work.mapping, fields),
    };
    let and = if query.is_empty() || work.options.is_empty() { "" } else { "&" };
    let url = format!("{}?{query}{and}{}", work.path, work.options);
    let drawn = renderer.draw(&url, Some(job.kid), limits).await;
    let line = Line { file: name::name(&work.name, fields, row.number), ..line };
    let (line, bytes) = match picture::judge(drawn, line, &work.extension, limits) {
        Judged::Drawn(line, bytes) => (line, Some(bytes)),
        Judged::Failed(line) => (line, None),
        Judged::Unfinished(Lacking::Host, ..) if tries < TRIES_OF_HOSTS => return Ok(None),
        Judged::Unfinished(Lacking::Store, ..) if tries < queue::TRIES => return Ok(None),
        Judged::Unfinished(_, line, bytes) => (line, Some(bytes)),
        Judged::Waits(_) if tries < queue::TRIES => return Ok(None),
        Judged::Waits(line) => (line, None),
    };
    if let Some(bytes) = bytes {
        files.put(&key(&job.id, &line.sha256, &work.extension), bytes).await?;
    }
    Ok(Some(line))
}

/// The rows of a part, each with its id if it is a record.
async fn rows(
    files: &Files,
    database: &Database,
    job: &Running,
    place: &Place,
) -> Result<Vec<(Row, Option<String>)>, Problem> {
    match (&job.spec.rows, place) {
        (Rows::File(source), Place::Bytes { from, to, line, first }) => {
            let bytes = files.get(&queue::rows_key(&job.id), Some((*from, *to))).await?.unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            Ok(source.rows(&text, *line, *first).map(|row| (row, None)).collect())
        }
        (Rows::Collection { name, generation, .. }, Place::Ids { ids, first }) => {
            let sql = "SELECT id, json FROM record WHERE collection = ?1 AND generation = ?2 AND id IN (SELECT value FROM json_each(?3))";
            let wanted = serde_json::to_string(ids).unwrap_or_default();
            let values = [text(name), number(*generation), text(&wanted)];
            let found: BTreeMap<_, _> = database.rows::<(String, String)>(sql, &values).await?.into_iter().collect();
            let row = |(at, id): (usize, &Option<String>)| {
                let json = id.as_ref().and_then(|id| found.get(id)).ok_or("the record was deleted");
                let fields = json.and_then(|json| serde_json::from_str(json).map_err(|_| "the record is damaged"));
                (Row { number: first.saturating_add(at), line: 0, fields }, id.clone())
            };
            Ok(ids.iter().enumerate().map(row).collect())
        }
        _ => Ok(Vec::new()),
    }
}
