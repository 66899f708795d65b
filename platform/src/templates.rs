//! The template that a URL names: from this isolate's memory, from KV, or compiled in.
//!
//! KV (binding `TEMPLATES`) holds the live document under its id and every revision under `id@n`; a
//! document in KV wins over a compiled-in template of the same id. If KV fails, does not answer in
//! time or holds no valid document, the last valid template that this isolate saw stands in, then
//! the compiled-in one: an old picture is better than none. What is wrong with a document is told if it
//! is public, and where nothing needs a signature: its author reads it in the view `.json`, in the words of
//! [`explain`].
//!
//! Each module of the Worker has a memory of its own.

use std::cell::RefCell;
use std::rc::Rc;

use worker::{ByteStream, Env, js_sys};

use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::lru;
use monogram::request::{ImageRequest, TemplateId};
use monogram::response::Key;
use monogram::template::parse::{self, nearest};
use monogram::template::{Edition, Template, samples};

use crate::deadline::{Cut, Deadline};
use crate::explain::explain;
use crate::log;
use crate::secrets::unsigned_is_allowed;

/// The name of the KV binding.
pub const KV: &str = "TEMPLATES";

/// Seconds for which a Cloudflare location caches a KV answer: the least that KV takes. A
/// publication is visible everywhere after this time and [`MEMORY_MS`].
const KV_CACHE_S: u64 = 30;

/// Milliseconds that an isolate caches a template before it asks KV again.
const MEMORY_MS: f64 = 30_000.0;

/// Seconds after which every location draws what was published: both times.
pub const EVERYWHERE_S: u32 = 60;

/// The time that an isolate caches a template, in ms. Who writes templates need not wait: `make dev` sets
/// the variable to a second.
fn memory_ms(env: &Env) -> f64 {
    let named = env.var("TEMPLATE_MEMORY_MS").ok().and_then(|value| value.to_string().parse().ok());
    named.filter(|ms: &f64| *ms >= 0.0).unwrap_or(MEMORY_MS)
}

/// Milliseconds that an isolate does not ask KV after a fault, because it has a stand-in.
const AFTER_FAULT_MS: f64 = 5_000.0;

/// Bytes that a cached template takes beside its document: its name, and its place.
const ENTRY_BYTES: usize = 1_024;

/// A template, and whether it may not be the newest one.
#[derive(Clone)]
pub struct Found {
    /// The template, shared with the isolate's memory.
    pub template: Rc<Template>,
    /// Whether it stands in for a template that was not available.
    pub stale: bool,
    /// What is wrong with the template that it stands in for, if its author may know.
    pub problem: Option<Rc<Problem>>,
    /// The time until which this isolate does not ask for it again, in ms since 1970; infinite for
    /// a revision.
    pub until_ms: f64,
}

#[derive(Clone)]
struct Entry {
    found: Found,
    /// The digest of the document's text: equal text need not be parsed again.
    text: Key,
    /// Estimated bytes of memory.
    weight: usize,
}

/// Estimated bytes of memory that the template of this document takes, with its other costs.
const fn weight(text: &str, limits: &Limits) -> usize {
    text.len().saturating_mul(limits.template_weight).saturating_add(ENTRY_BYTES)
}

thread_local! {
    /// The cache, by KV key. It holds only templates that exist: a client that asks for a thousand
    /// missing ones must not push out one that exists.
    static MEMORY: RefCell<Option<lru::Cache<String, Entry>>> = const { RefCell::new(None) };
}

fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut lru::Cache<String, Entry>) -> T) -> T {
    MEMORY.with_borrow_mut(|cache| use_it(cache.get_or_insert_with(|| lru::Cache::new(limits.memory_templates_bytes))))
}

/// Who reads what is wrong with a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Nobody: a recipient sees a picture.
    Recipient,
    /// Its author, for whom a [`Problem`] says what was meant.
    Author,
}

/// Finds a template.
///
/// # Errors
/// 404 if there is no such template; 500 if KV fails and nothing stands in.
pub async fn find(
    env: &Env,
    id: &TemplateId,
    revision: Option<u32>,
    reader: Reader,
    limits: &Limits,
) -> Result<Found, Problem> {
    let name = revision.map_or_else(|| id.to_string(), |revision| format!("{id}@{revision}"));
    let (entry, now) = (memory(limits, |cache| cache.get(&name).cloned()), js_sys::Date::now());
    if let Some(entry) = &entry
        && now < entry.found.until_ms
        && (entry.found.problem.is_none() || reader == Reader::Recipient)
    {
        return Ok(entry.found.clone());
    }

    let text = match read(env, &name, limits).await {
        // If KV has no document, the compiled-in template is the live one. It has no revisions.
        Ok(None) => match samples::get(id.as_str()).filter(|_| revision.is_none()) {
            Some(sample) => Some(sample.to_owned()),
            None => {
                memory(limits, |cache| cache.remove(&name));
                return Err(unknown(id, revision));
            }
        },
        Ok(text) => text,
        Err(Failed) => None,
    };
    // A revision never changes; KV is asked for it once.
    let until_ms = if revision.is_some() { f64::INFINITY } else { now + memory_ms(env) };
    let mut told = None;
    if let Some(text) = &text {
        let digest = Key::of(text.as_bytes());
        let same = entry.as_ref().filter(|entry| entry.text == digest).map(|entry| Rc::clone(&entry.found.template));
        let weight = weight(text, limits);
        let parse = || {
            memory(limits, |cache| cache.make_room(weight));
            Template::parse(text, limits).map(Rc::new)
        };
        match same.map_or_else(parse, Ok) {
            Ok(template) => {
                let found = Found { template, stale: false, problem: None, until_ms };
                let entry = Entry { found: found.clone(), text: digest, weight };
                memory(limits, |cache| cache.put(name, entry, weight));
                return Ok(found);
            }
            Err(problem) => {
                log::fault("invalid-template-in-kv", Some(&problem));
                let may_know = unsigned_is_allowed(env) || parse::claims_public(text);
                told = match reader {
                    Reader::Author if may_know => Some(explain(text, problem, limits).await),
                    _ => may_know.then_some(problem),
                };
            }
        }
    }

    // KV failed, so something must stand in.
    let (template, text, weight) = match entry {
        Some(entry) => (entry.found.template, entry.text, entry.weight),
        None => {
            let sample = samples::get(id.as_str()).ok_or_else(|| told.clone().unwrap_or_else(unavailable))?;
            let template = Template::parse(sample, limits).map_err(|_| unavailable())?;
            (Rc::new(template), Key::of(sample.as_bytes()), weight(sample, limits))
        }
    };
    let problem = told.map(Rc::new);
    let found = Found { template, stale: true, problem, until_ms: now + AFTER_FAULT_MS.min(memory_ms(env)) };
    let entry = Entry { found: found.clone(), text, weight };
    memory(limits, |cache| cache.put(name, entry, weight));
    Ok(found)
}

/// The edition of a template that a URL asks for: its size, and its dark version.
///
/// # Errors
/// 404 if there is no such size; 422 if its overrides make no valid document.
pub fn edition(found: Found, image: &ImageRequest, dark: bool, limits: &Limits) -> Result<Found, Problem> {
    let edition = Edition { size: image.size.as_deref(), dark: dark && found.template.document.dark.is_some() };
    if edition == Edition::default() {
        return Ok(found);
    }
    let ImageRequest { template: id, revision, .. } = image;
    let (size, dark) = (edition.size.unwrap_or_default(), edition.dark);
    let name = format!("{id}@{}~{size}~{dark}", revision.unwrap_or(0));
    let text = Key::of(&found.template.digest);
    let known = memory(limits, |cache| cache.get(&name).filter(|entry| entry.text == text).cloned());
    if let Some(entry) = known {
        return Ok(Found { template: entry.found.template, ..found });
    }
    memory(limits, |cache| cache.make_room(found.template.weight_bytes()));
    let Some(made) = found.template.edition(edition, limits)? else { return Ok(found) };
    let weight = made.weight_bytes().saturating_add(ENTRY_BYTES);
    let found = Found { template: Rc::new(made), ..found };
    memory(limits, |cache| cache.put(name, Entry { found: found.clone(), text, weight }, weight));
    Ok(found)
}

/// Forgets the live template, because this isolate has published another one.
pub fn forget(id: &TemplateId, limits: &Limits) {
    memory(limits, |cache| cache.remove(&id.to_string()));
}

/// The text of a live template that was published by hand, or is compiled in. `None` if there is none.
///
/// # Errors
/// KV failed.
pub async fn text(env: &Env, id: &TemplateId, limits: &Limits) -> Result<Option<String>, Problem> {
    let found = read(env, id.as_str(), limits).await.map_err(|Failed| unavailable())?;
    Ok(found.or_else(|| samples::get(id.as_str()).map(str::to_owned)))
}

/// Logs how KV failed.
struct Failed;

/// The document in KV. A Worker without the binding has nothing in KV.
///
/// # Errors
/// KV threw, was late, or has a value that is no text or is too large for a template. No more of
/// the value is read than a template may have.
async fn read(env: &Env, name: &str, limits: &Limits) -> Result<Option<String>, Failed> {
    let failed = |what| {
        log::fault(what, None);
        Failed
    };
    let Ok(kv) = env.kv(KV) else { return Ok(None) };
    let deadline = Deadline::after(limits.template_wait_ms);
    let opened = deadline.within(limits.template_wait_ms, kv.get(name).cache_ttl(KV_CACHE_S).stream()).await;
    let body = opened.map_err(|_| failed("kv-late"))?.map_err(|_| failed("kv-failed"))?;
    let Some(body) = body else { return Ok(None) };

    let whole = deadline.whole(&mut ByteStream::from(body), limits.silence_ms, limits.template_bytes).await;
    let whole = whole.map_err(|cut| match cut {
        Cut::Late => failed("kv-late"),
        Cut::Broken => failed("kv-failed"),
        Cut::TooLarge => failed("template-in-kv-too-large"),
    })?;
    String::from_utf8(whole).map(Some).map_err(|_| failed("invalid-template-in-kv"))
}

/// Names of published templates are nobody else's business; those of the samples are known to all.
fn unknown(id: &TemplateId, revision: Option<u32>) -> Problem {
    match revision {
        None => Problem::new(Fault::NotFound, "unknown-template", "There is no template of this name").remedy(
            nearest(id.as_str(), samples::ids()).map_or_else(
                || "/ lists the samples".to_owned(),
                |near| format!("did you mean {near}? / lists the samples"),
            ),
        ),
        Some(_) => Problem::new(Fault::NotFound, "unknown-revision", "There is no such revision of this template")
            .remedy("leave the @ and what follows it away for the live one"),
    }
}

fn unavailable() -> Problem {
    Problem::new(Fault::Ours, "template-unavailable", "The template could not be read").remedy("try again in a minute")
}
