//! `/healthz`.

use wasm_bindgen::JsCast;
use worker::js_sys::{ArrayBuffer, WebAssembly};

use monogram::response::{Freshness, Reply, key};

/// `/healthz`: reports that the Worker runs, its build, and the bytes of linear memory that this
/// isolate has taken (it never gives any back). It uses neither KV nor a cache, because requests
/// survive their faults.
pub fn reply() -> Reply {
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
