//! A file → records.

use std::collections::BTreeMap;

use monogram::access::Scope;
use monogram::audience::is_same_name;
use monogram::error::{Fault, Problem};
use monogram::jobs::query::mapping;
use monogram::jobs::record::{self, Rules, record};
use monogram::jobs::spec::{Import, Place, Rows, Work};
use monogram::jobs::{Source, Spec};
use monogram::limits::Limits;
use monogram::request::{TemplateId, query};
use monogram::response::Reply;
use monogram_platform::Visit;
use monogram_platform::database::{Database, Statement, number, optional, text};
use monogram_platform::once::Once;
use worker::Env;

use super::bucket::Files;
use super::jobs::{self, ERRORS, New};
use super::queue::{self, Done, Running};
use super::{template, upload};

/// Seconds of a day.
const DAY_S: u64 = 86_400;

/// Bytes of a value that is bound to a statement. D1 takes 2 MB; a part of a file with many columns has
/// more, because each record has their names.
const VALUE_BYTES: usize = 1_000_000;

/// What a call asks for in its query.
struct Asked {
    key: String,
    replaces: bool,
    template: Option<String>,
    days: Option<u64>,
    map: BTreeMap<String, String>,
}

impl Asked {
    fn read(visit: &Visit<'_>) -> Result<Self, Problem> {
        let mut asked =
            Self { key: "id".to_owned(), replaces: false, template: None, days: None, map: BTreeMap::new() };
        for pair in query::pairs(visit.query, visit.limits()) {
            let value = pair.value.trim().to_owned();
            let wrong = |remedy: &str| {
                Problem::new(Fault::Request, "bad-import", "The call asks for something that is not there")
                    .at(pair.name.to_string())
                    .remedy(remedy)
            };
            match pair.name.as_ref() {
                "key" => asked.key = value,
                "template" => asked.template = Some(value),
                "mode" => {
                    asked.replaces = match value.as_str() {
                        "merge" => false,
                        "replace" => true,
                        _ => {
                            return Err(wrong(
                                "write mode=merge (rows are seen as they come) or mode=replace (as a whole)",
                            ));
                        }
                    };
                }
                "ttl_days" => {
                    let days = value.parse().ok().filter(|days| (1..=3_650).contains(days));
                    asked.days =
                        Some(days.ok_or_else(|| wrong("write the days for which the records are kept, 1 to 3650"))?);
                }
                name if name.starts_with("map.") => {
                    asked.map.insert(name.split_at(4).1.to_owned(), value);
                }
                _ => return Err(wrong("it takes key, mode, template, ttl_days and map.{param}")),
            }
        }
        Ok(asked)
    }
}

/// `POST /v1/records/{collection}`.
///
/// # Errors
/// 400 or 422 for the file, 404 for the template, 503.
pub async fn make(visit: &Visit<'_>, collection: &str) -> Result<Reply, Problem> {
    visit.allows(Scope::RecordsWrite, collection)?;
    let (env, limits) = (visit.env(), visit.limits());
    let database = Database::of(env, limits)?;
    let files = Files::of(env, limits)?;
    queue::check(env)?;
    let asked = Asked::read(visit)?;
    let once = Once::of(visit, visit.query.as_bytes())?;
    if let Some(reply) = jobs::again(visit, &database, &once, "import").await? {
        return Ok(reply);
    }
    let kind = upload::kind(visit)?.ok_or_else(|| {
        Problem::new(Fault::Request, "bad-content-type", "An import is a file")
            .at("Content-Type")
            .remedy("send text/csv, or application/x-ndjson with a JSON object on each line")
    })?;
    let pinned = match &asked.template {
        Some(id) => {
            let id = TemplateId::parse(id).ok_or_else(|| {
                Problem::new(Fault::Request, "bad-template-id", "This is no id of a template").at("template")
            })?;
            visit.allows(Scope::RecordsWrite, id.as_str())?;
            Some(template::pin(&database, &id, None).await?)
        }
        None => None,
    };
    let id = jobs::id();
    let (source, parts) = upload::store(visit, &files, &queue::rows_key(&id), kind, limits.import_rows).await?;
    let key = key(&source, &asked.key)?;
    let mapping = match &pinned {
        Some(name) => mapping(&source, &template::read(env, name, limits).await?.document.params, &asked.map)?,
        None => Vec::new(),
    };

    let generation = generation(&database, collection, asked.replaces, visit.now).await?;
    let import = Import {
        collection: collection.to_owned(),
        generation,
        replaces: asked.replaces,
        key,
        template: pinned,
        mapping,
        expires: asked.days.map(|days| visit.now.saturating_add(days.saturating_mul(DAY_S))),
    };
    let spec = Spec { work: Work::Import(import), rows: Rows::File(source) };
    let rows = parts.iter().map(|part| part.rows).sum();
    let new = New { id: &id, kind: "import", target: collection, spec: &spec, rows, parts: jobs::places(parts) };
    jobs::begin(visit, &database, new, Vec::new(), once.record(visit, &id)).await
}

/// The column with the ids: the one of this name, or else one that differs in case and punctuation, as
/// columns of params may.
fn key(source: &Source, name: &str) -> Result<String, Problem> {
    let Source::Csv { header, .. } = source else { return Ok(name.to_owned()) };
    let is_alike = |column: &&String| name.chars().any(char::is_alphanumeric) && is_same_name(column, name);
    let found = header.iter().find(|column| *column == name).or_else(|| header.iter().find(is_alike));
    found.cloned().ok_or_else(|| {
        Problem::new(Fault::Document, "no-key", "The file has no column with the ids")
            .at("key")
            .remedy(format!("name it: ?key=…; there are: {}", header.join(", ")))
    })
}

/// The generation that an import writes: the one that is shown, or a new one.
async fn generation(database: &Database, collection: &str, replaces: bool, now: u64) -> Result<u32, Problem> {
    let sql = if replaces {
        "INSERT INTO collection (name, generation, next, changed_at) VALUES (?1, 0, 1, ?2) \
         ON CONFLICT (name) DO UPDATE SET next = next + 1 RETURNING next"
    } else {
        "INSERT INTO collection (name, generation, next, changed_at) VALUES (?1, 1, 1, ?2) \
         ON CONFLICT (name) DO UPDATE SET changed_at = ?2, next = next + (generation = 0), \
         generation = CASE generation WHEN 0 THEN next + 1 ELSE generation END RETURNING generation"
    };
    let row = database.first::<(u32,)>(sql, &[text(collection), number(now)]).await?;
    row.map(|(generation,)| generation).ok_or_else(monogram_platform::database::unavailable)
}

/// Writes the records of a part.
///
/// # Errors
/// A store failed.
pub async fn part(env: &Env, job: &Running, work: &Import, place: &Place, limits: &Limits) -> Result<Done, Problem> {
    let (Rows::File(source), Place::Bytes { from, to, line, first }) = (&job.spec.rows, place) else {
        return Ok(Done { failed: 0, result: "[]".to_owned(), waits: false, statements: Vec::new() });
    };
    let files = Files::of(env, limits)?;
    let bytes = files.get(&queue::rows_key(&job.id), Some((*from, *to))).await?.unwrap_or_default();
    let file = String::from_utf8_lossy(&bytes);
    let params = match &work.template {
        Some(name) => template::read(env, name, limits).await?.document.params,
        None => BTreeMap::new(),
    };
    let rules = Rules { key: work.key.clone(), params, mapping: work.mapping.clone() };
    let (mut pieces, mut faults, mut failed) = (vec![String::new()], Vec::<record::Fault>::new(), 0_usize);
    for row in source.rows(&file, *line, *first) {
        match record(row, &rules, limits) {
            Ok((id, fields)) => {
                let fields = serde_json::to_string(&fields).unwrap_or_default();
                add(&mut pieces, &serde_json::to_string(&(id, fields)).unwrap_or_default());
            }
            Err(found) => {
                failed = failed.saturating_add(1);
                faults.extend(found);
            }
        }
    }
    faults.truncate(ERRORS);
    // An id that comes twice: the last one counts, as in a statement that replaces.
    let sql = "INSERT OR REPLACE INTO record (collection, generation, id, json, expires_at) \
               SELECT ?1, ?2, json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?4 FROM json_each(?3)";
    let statement = |rows: &String| -> Statement<'static> {
        let rows = format!("[{rows}]");
        (sql, vec![text(&work.collection), number(work.generation), text(&rows), optional(work.expires, number)])
    };
    let statements = pieces.iter().map(statement).collect();
    Ok(Done { failed, result: serde_json::to_string(&faults).unwrap_or_default(), waits: false, statements })
}

/// Adds an item to the last piece of a JSON array, or to a new one.
fn add(pieces: &mut Vec<String>, item: &str) {
    match pieces.last_mut() {
        Some(last) if last.len().saturating_add(item.len()) < VALUE_BYTES => {
            last.push_str(if last.is_empty() { "" } else { "," });
            last.push_str(item);
        }
        _ => pieces.push(item.to_owned()),
    }
}
