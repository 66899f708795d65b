//! One line of JSON for each request: what kind, which template, what came of it, how long it took.
//!
//! Invariant: no values, no queries, no URLs. A template's id is in it only once the template was found,
//! because until then it is text that a stranger wrote.

use std::panic;
use std::sync::Once;

use serde::Serialize;
use worker::{console_log, js_sys};

use monogram::error::Problem;
use monogram::response::Reply;

/// A request on its way.
pub struct Log {
    start_ms: f64,
    last_ms: f64,
    stages: Vec<(&'static str, f64)>,
    /// The kind of route; `-` until it is known.
    pub kind: &'static str,
    /// The id of a template that exists.
    pub template: String,
    /// The extension.
    pub format: &'static str,
    /// `memory`, `edge`, or empty.
    pub tier: &'static str,
    /// How many warnings the picture has.
    pub warnings: usize,
    /// The code of what went wrong.
    pub problem: Option<&'static str>,
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    template: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    format: &'static str,
    status: u16,
    cache: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    tier: &'a str,
    bytes: u32,
    ms: f64,
    warnings: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
}

impl Log {
    /// A request that starts now.
    pub fn start() -> Self {
        let now = js_sys::Date::now();
        Self {
            start_ms: now,
            last_ms: now,
            stages: Vec::new(),
            kind: "-",
            template: String::new(),
            format: "",
            tier: "",
            warnings: 0,
            problem: None,
        }
    }

    /// A stage ends now. In production the clock moves only while a request waits, so that a stage without
    /// I/O takes no time there.
    pub fn stage(&mut self, name: &'static str) {
        let now = js_sys::Date::now();
        self.stages.push((name, now - self.last_ms));
        self.last_ms = now;
    }

    /// The stages so far, in ms, for `Server-Timing`.
    pub fn stages(&self) -> &[(&'static str, f64)] {
        &self.stages
    }

    /// Writes the line about an answer with so many bytes of body.
    pub fn write(&self, reply: &Reply, bytes: u32) {
        let line = self.line(reply, self.tier, bytes, js_sys::Date::now() - self.start_ms);
        console_log!("{line}");
    }

    /// The line about an answer of a tier, with so many bytes of body, that took so long.
    pub fn line(&self, reply: &Reply, tier: &str, bytes: u32, ms: f64) -> String {
        let line = Line {
            event: "request",
            kind: self.kind,
            template: &self.template,
            format: self.format,
            status: reply.status,
            cache: reply.header("X-Cache").unwrap_or_default(),
            tier,
            bytes,
            ms,
            warnings: self.warnings,
            problem: self.problem,
        };
        // Fields of these types cannot fail.
        serde_json::to_string(&line).unwrap_or_default()
    }
}

/// From now on a panic writes where it was, and no more: what it says may quote a value (that a slice ends inside a
/// character of it, for one). To be called by each request, because the hook goes with the instance, and
/// after `worker`'s own initialisation, whose hook this replaces.
pub fn hook_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        panic::set_hook(Box::new(|panic| {
            let at = panic.location().map(ToString::to_string).unwrap_or_default();
            console_log!("{{\"event\":\"panic\",\"at\":{at:?}}}");
        }));
    });
}

/// A fault that the request survives: what failed, and about a template's document also where and why (a
/// [`Problem`] holds no values).
pub fn fault(what: &'static str, problem: Option<&Problem>) {
    let line = Fault { event: "fault", what, detail: problem.map(ToString::to_string) };
    if let Ok(line) = serde_json::to_string(&line) {
        console_log!("{line}");
    }
}

#[derive(Serialize)]
struct Fault {
    event: &'static str,
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}
