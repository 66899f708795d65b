//! The two pages that are not pictures: `/` and `/healthz`.

use wasm_bindgen::JsCast;
use worker::js_sys::{ArrayBuffer, WebAssembly};

use monogram::limits::Limits;
use monogram::page::{self, Sample};
use monogram::response::{Freshness, Reply, key};
use monogram::template::{Template, samples};

/// `/`: the page where a person builds a snippet of a sample.
pub fn home(limits: &Limits) -> Reply {
    let templates: Vec<(&str, Template)> =
        samples::ids().filter_map(|id| Some((id, Template::parse(samples::get(id)?, limits).ok()?))).collect();
    let samples: Vec<Sample<'_>> =
        templates.iter().map(|(id, template)| Sample { id, document: &template.document }).collect();
    page::reply(&samples)
}

/// `/healthz`: reports that the Worker runs, its build, and the bytes of linear memory that this
/// isolate has taken (it never gives any back). It uses neither KV nor a cache, because requests
/// survive their faults.
pub fn health() -> Reply {
    let body = format!(
        "{{\"status\":\"ok\",\"version\":\"{}\",\"build\":\"{}\",\"memory_bytes\":{}}}\n",
        env!("CARGO_PKG_VERSION"),
        key::BUILD,
        memory_bytes()
    );
    let mut reply = Reply::new(200, "application/json; charset=utf-8", body.into_bytes());
    reply.set("Cache-Control", Freshness::Never.cache_control());
    reply
}

fn memory_bytes() -> u32 {
    let memory = wasm_bindgen::memory().dyn_into::<WebAssembly::Memory>().ok();
    let buffer = memory.and_then(|memory| memory.buffer().dyn_into::<ArrayBuffer>().ok());
    buffer.map_or(0, |buffer| buffer.byte_length())
}
