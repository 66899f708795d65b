//! A file or a collection → pictures.

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
use monogram_platform::database::{Database, number, text};
use monogram_platform::once::Once;
use monogram_platform::{Visit, body};
use serde_json::{Map, Value as Json};
use worker::Env;

use super::bucket::Files;
use super::jobs::{self, New};
use super::picture;
use super::queue::{self, Done, Running};
use super::renderer::Renderer;
use super::{template, upload};

/// Pictures of a part that are drawn and stored at once: a Worker has six connections.
const AT_ONCE: usize = 6;

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
    let target = TemplateId::parse(target)
        .ok_or_else(|| Problem::new(Fault::Request, "bad-template-id", "This is no id of a template").at("template"))?;
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
    let (rows, parts, mapping) = if let Some(collection) = &asked.collection {
        let (rows, parts) = collected(visit, &database, collection, params, limits).await?;
        name::check(asked.name(), None)?;
        let mapping = mapping(&Source::Lines, params, &asked.map)?;
        (rows, parts, mapping)
    } else {
        let key = queue::rows_key(&id);
        let (source, parts) = match kind {
            Some(kind) => upload::store(visit, &files, &key, kind, limits.batch_rows).await?,
            None => {
                let lines: Vec<_> =
                    asked.rows.iter().map(|row| serde_json::to_string(row).unwrap_or_default()).collect();
                upload::store_text(visit, &files, &key, lines.join("\n"), limits.batch_rows).await?
            }
        };
        let columns = match &source {
            Source::Csv { header, .. } => Some(header.as_slice()),
            Source::Lines => None,
        };
        name::check(asked.name(), columns)?;
        let mapping = mapping(&source, params, &asked.map)?;
        (Rows::File(source), jobs::places(parts), mapping)
    };

    // 3. The job.
    let work =
        Batch { path, options, extension: extension.to_owned(), name: asked.name().to_owned(), mapping, webhook };
    let spec = Spec { work: Work::Batch(work), rows };
    let new = New { id: &id, kind: "batch", target: target.as_str(), spec: &spec, parts };
    jobs::begin(visit, &database, new, Vec::new(), once.record(visit, &id)).await
}

/// The parts of a collection, as it is now.
async fn collected(
    visit: &Visit<'_>,
    database: &Database,
    collection: &str,
    params: &monogram::params::Params,
    limits: &Limits,
) -> Result<(Rows, Vec<(Place, usize)>), Problem> {
    visit.allows(Scope::RecordsWrite, collection)?;
    let sql = "SELECT generation FROM collection WHERE name = ?1 AND generation > 0";
    let row = database.first::<(u32,)>(sql, &[text(collection)]).await?;
    let (generation,) = row.ok_or_else(|| {
        Problem::new(Fault::NotFound, "unknown-collection", "There is no such collection").at("collection")
    })?;
    let size = u32::try_from(limits.batch_rows).unwrap_or(u32::MAX);
    let sql = "SELECT id, n, total FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS total \
               FROM record WHERE collection = ?1 AND generation = ?2 AND (expires_at IS NULL OR expires_at > ?4)) WHERE n % ?3 = 0";
    let values = [text(collection), number(generation), number(size), number(visit.now)];
    let rows = database.rows::<(String, usize, usize)>(sql, &values).await?;
    if rows.is_empty() {
        return Err(Problem::new(Fault::Document, "no-rows", "The collection is empty").at("collection"));
    }
    let parts = rows.into_iter().map(|(from, before, total)| {
        let rows = total.saturating_sub(before).min(limits.batch_rows);
        (Place::Ids { from, first: before.saturating_add(1) }, rows)
    });
    let takes_id =
        |param: &&String| matches!(params.get(*param), Some(Param::Record(record)) if record.collection == collection);
    let rows =
        Rows::Collection { name: collection.to_owned(), generation, param: params.keys().find(takes_id).cloned() };
    Ok((rows, parts.collect()))
}

/// Draws the rows of a part. `before` is what became of them the last time: of those only the failed
/// ones are drawn.
///
/// # Errors
/// A store failed.
#[expect(clippy::too_many_arguments, reason = "each is another thing")]
pub async fn part(
    env: &Env,
    database: &Database,
    job: &Running,
    work: &Batch,
    place: &Place,
    rows: u32,
    before: Option<&str>,
    renderer: &Renderer,
    limits: &Limits,
) -> Result<Done, Problem> {
    let files = Files::of(env, limits)?;
    let found = self::rows(&files, database, job, place, rows).await?;
    let known: Vec<Line> = before.and_then(|before| serde_json::from_str(before).ok()).unwrap_or_default();
    let mut lines = Vec::with_capacity(found.len());
    for rows in found.chunks(AT_ONCE) {
        let drawn = rows.iter().map(async |(row, id)| {
            if let Some(done) = known.iter().find(|line| line.row == row.number && line.status == Status::Ok) {
                return Ok(done.clone());
            }
            one(&files, job, work, row, id.as_deref(), renderer, limits).await
        });
        lines.extend(join_all(drawn).await.into_iter().collect::<Result<Vec<_>, _>>()?);
    }
    let failed = lines.iter().filter(|line| line.status == Status::Failed).count();
    Ok(Done { failed, result: serde_json::to_string(&lines).unwrap_or_default(), statements: Vec::new() })
}

/// Draws a row, and stores its picture.
async fn one(
    files: &Files,
    job: &Running,
    work: &Batch,
    row: &Row,
    id: Option<&str>,
    renderer: &Renderer,
    limits: &Limits,
) -> Result<Line, Problem> {
    let line = Line { row: row.number, line: row.line, id: id.unwrap_or_default().to_owned(), ..Line::default() };
    let fields = match &row.fields {
        Ok(fields) => fields,
        Err(why) => return Ok(Line { status: Status::Failed, warnings: (*why).to_owned(), ..line }),
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
    let (line, bytes) = picture::judge(drawn, line, &work.extension, limits);
    if let Some(bytes) = bytes {
        files.put(&key(&job.id, &line.sha256, &work.extension), bytes).await?;
    }
    Ok(line)
}

/// The rows of a part, each with its id if it is a record.
async fn rows(
    files: &Files,
    database: &Database,
    job: &Running,
    place: &Place,
    rows: u32,
) -> Result<Vec<(Row, Option<String>)>, Problem> {
    match (&job.spec.rows, place) {
        (Rows::File(source), Place::Bytes { from, to, line, first }) => {
            let bytes = files.get(&queue::rows_key(&job.id), Some((*from, *to))).await?.unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            Ok(source.rows(&text, *line, *first).map(|row| (row, None)).collect())
        }
        (Rows::Collection { name, generation, .. }, Place::Ids { from, first }) => {
            let sql = "SELECT id, json FROM record WHERE collection = ?1 AND generation = ?2 AND id >= ?3 ORDER BY id LIMIT ?4";
            let values = [text(name), number(*generation), text(from), number(rows)];
            let found = database.rows::<(String, String)>(sql, &values).await?;
            let row = |(at, (id, json)): (usize, (String, String))| {
                let fields = serde_json::from_str(&json).map_err(|_| "the record is damaged");
                (Row { number: first.saturating_add(at), line: 0, fields }, Some(id))
            };
            Ok(found.into_iter().enumerate().map(row).collect())
        }
        _ => Ok(Vec::new()),
    }
}
