//! The template that a URL names: from this isolate's memory, from KV, or compiled in.
//!
//! KV (binding `TEMPLATES`) holds the live document under its id and every revision under `id@n`; what is in
//! KV wins over a compiled-in template of the same id. When KV fails or holds no valid document, the last
//! good one that this isolate saw stands in, then the compiled-in one: an old picture is better than none.

use std::cell::RefCell;
use std::rc::Rc;

use worker::kv::KvError;
use worker::{Env, js_sys};

use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram::lru;
use monogram::request::TemplateId;
use monogram::response::Key;
use monogram::template::{Template, samples};

use super::log;

/// The binding.
const KV: &str = "TEMPLATES";

/// Seconds that a Cloudflare location keeps a KV answer; the least that KV takes. A publication is everywhere
/// after this and [`MEMORY_MS`].
const KV_CACHE_S: u64 = 60;

/// Milliseconds that an isolate keeps a template before it asks KV again.
const MEMORY_MS: f64 = 30_000.0;

/// Milliseconds that it leaves KV alone after a fault: it has a stand-in.
const AFTER_FAULT_MS: f64 = 5_000.0;

/// A template, and whether it may not be the newest one.
#[derive(Clone)]
pub struct Found {
    /// Shared with the isolate's memory.
    pub template: Rc<Template>,
    /// It stands in for one that could not be had.
    pub stale: bool,
    /// Until then this isolate asks nobody for it, in ms since 1970; infinite for a revision.
    pub until_ms: f64,
}

#[derive(Clone)]
struct Kept {
    found: Found,
    /// Of the document's text: equal text need not be parsed again.
    text: Key,
}

thread_local! {
    /// By KV key. Only templates that exist: who asks for a thousand that do not must not push out one that does.
    static MEMORY: RefCell<Option<lru::Cache<String, Kept>>> = const { RefCell::new(None) };
}

fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut lru::Cache<String, Kept>) -> T) -> T {
    MEMORY.with_borrow_mut(|shelf| use_it(shelf.get_or_insert_with(|| lru::Cache::new(limits.memory_templates))))
}

/// Finds a template.
///
/// # Errors
/// 404 where there is none; 500 where KV fails and nothing stands in.
pub async fn find(env: &Env, id: &TemplateId, revision: Option<u32>, limits: &Limits) -> Result<Found, Problem> {
    let name = revision.map_or_else(|| id.to_string(), |revision| format!("{id}@{revision}"));
    let (kept, now) = (memory(limits, |shelf| shelf.get(&name).cloned()), js_sys::Date::now());
    if let Some(kept) = &kept
        && now < kept.found.until_ms
    {
        return Ok(kept.found.clone());
    }

    let text = match read(env, &name).await {
        // Where KV has none, the compiled-in one is the live one. It has no revisions.
        Ok(None) => match samples::get(id.as_str()).filter(|_| revision.is_none()) {
            Some(sample) => Some(sample.to_owned()),
            None => {
                memory(limits, |shelf| shelf.remove(&name));
                return Err(unknown(revision));
            }
        },
        Ok(text) => text,
        Err(_) => {
            log::fault("kv-failed", None);
            None
        }
    };
    // A revision never changes; KV is asked for it once.
    let until_ms = if revision.is_some() { f64::INFINITY } else { now + MEMORY_MS };
    if let Some(text) = &text {
        let digest = Key::of(text.as_bytes());
        let same = kept.as_ref().filter(|kept| kept.text == digest).map(|kept| Rc::clone(&kept.found.template));
        match same.map_or_else(|| Template::parse(text, limits).map(Rc::new), Ok) {
            Ok(template) => {
                let found = Found { template, stale: false, until_ms };
                memory(limits, |shelf| shelf.put(name, Kept { found: found.clone(), text: digest }, 1));
                return Ok(found);
            }
            Err(problem) => log::fault("invalid-template-in-kv", Some(&problem)),
        }
    }

    // A fault: something must stand in.
    let (template, text) = match kept {
        Some(kept) => (kept.found.template, kept.text),
        None => {
            let sample = samples::get(id.as_str()).ok_or_else(unavailable)?;
            (Rc::new(Template::parse(sample, limits).map_err(|_| unavailable())?), Key::of(sample.as_bytes()))
        }
    };
    let found = Found { template, stale: true, until_ms: now + AFTER_FAULT_MS };
    let kept = Kept { found: found.clone(), text };
    memory(limits, |shelf| shelf.put(name, kept, 1));
    Ok(found)
}

/// The document in KV. A Worker without the binding has nothing in KV.
async fn read(env: &Env, name: &str) -> Result<Option<String>, KvError> {
    match env.kv(KV) {
        Ok(kv) => kv.get(name).cache_ttl(KV_CACHE_S).text().await,
        Err(_) => Ok(None),
    }
}

fn unknown(revision: Option<u32>) -> Problem {
    match revision {
        None => Problem::new(Fault::NotFound, "unknown-template", "There is no template of this name")
            .remedy("/ lists the samples"),
        Some(_) => Problem::new(Fault::NotFound, "unknown-revision", "There is no such revision of this template")
            .remedy("leave the @ and what follows it away for the live one"),
    }
}

fn unavailable() -> Problem {
    Problem::new(Fault::Ours, "template-unavailable", "The template could not be read").remedy("try again in a minute")
}
