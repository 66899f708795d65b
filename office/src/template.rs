//! The template that rows are for, as pictures are drawn from it: in KV, or compiled in.

use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::request::TemplateId;
use monogram::template::{Template, samples};
use monogram_platform::database::{Database, text, unavailable};
use monogram_platform::deadline::Deadline;
use worker::Env;

/// The name of the KV binding.
const KV: &str = "TEMPLATES";

/// The name in KV of a revision that never changes: `acme/hello@3`. A template without revisions (a
/// sample, or one that was written to KV by hand) has its id.
///
/// # Errors
/// 503.
pub async fn pin(database: &Database, id: &TemplateId, revision: Option<u32>) -> Result<String, Problem> {
    if let Some(revision) = revision {
        return Ok(format!("{id}@{revision}"));
    }
    let live = database.first::<(u32,)>("SELECT rev FROM live WHERE id = ?1 AND rev > 0", &[text(id.as_str())]).await?;
    Ok(live.map_or_else(|| id.to_string(), |(revision,)| format!("{id}@{revision}")))
}

/// Reads a template by its name in KV.
///
/// # Errors
/// 404 if there is none, 503.
pub async fn read(env: &Env, name: &str, limits: &Limits) -> Result<Template, Problem> {
    let read = match env.kv(KV) {
        Ok(kv) => {
            let read = kv.get(name);
            let read = Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, read.text()).await;
            read.ok().and_then(Result::ok).ok_or_else(unavailable)?
        }
        Err(_) => None,
    };
    let document = read.or_else(|| samples::get(name).map(str::to_owned)).ok_or_else(|| {
        Problem::new(Fault::NotFound, "unknown-template", "There is no such template or revision")
            .at("template")
            .remedy("GET /v1/templates lists the templates")
    })?;
    Template::parse(&document, limits)
}
