//! The numbers of API keys whose signed and sealed URLs are refused.
//!
//! The API writes the list to KV (binding `TEMPLATES`); the variable `REVOKED_KEYS` of the deployment
//! adds to it. An isolate reads the list beside the template, so that no picture waits longer for it,
//! and remembers it. If KV fails, the last list that this isolate saw stands in: a store that is down
//! must not stop pictures.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use monogram::limits::Limits;
use worker::{Env, js_sys};

use crate::deadline::Deadline;
use crate::log;
use crate::templates::KV;

/// The key in KV. No template has it, because `:` is in no id.
pub const KEY: &str = "revoked:keys";

/// Seconds for which a Cloudflare location caches the list: the least that KV takes.
const KV_CACHE_S: u64 = 30;

/// Milliseconds for which an isolate remembers it.
const MEMORY_MS: f64 = 30_000.0;

/// Milliseconds after which it is asked for again if KV failed.
const AFTER_FAULT_MS: f64 = 5_000.0;

#[derive(Clone, Default)]
struct Known {
    list: Rc<BTreeSet<u32>>,
    until_ms: f64,
}

thread_local! {
    static MEMORY: RefCell<Known> = RefCell::new(Known::default());
}

/// The list of the API.
pub async fn list(env: &Env, limits: &Limits) -> Rc<BTreeSet<u32>> {
    let (known, now) = (MEMORY.with_borrow(Clone::clone), js_sys::Date::now());
    if now < known.until_ms {
        return known.list;
    }
    let Ok(kv) = env.kv(KV) else { return known.list };
    let deadline = Deadline::after(limits.template_wait_ms);
    let read = deadline.within(limits.template_wait_ms, kv.get(KEY).cache_ttl(KV_CACHE_S).text()).await;
    let known = match read {
        Ok(Ok(text)) => {
            let list = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            Known { list: Rc::new(list), until_ms: now + MEMORY_MS }
        }
        Ok(Err(_)) | Err(_) => {
            log::fault("revoked-failed", None);
            Known { until_ms: now + AFTER_FAULT_MS, ..known }
        }
    };
    MEMORY.with_borrow_mut(|memory| memory.clone_from(&known));
    known.list
}

/// Forgets the list, because this isolate has changed it.
pub fn forget() {
    MEMORY.with_borrow_mut(|memory| memory.until_ms = 0.0);
}
