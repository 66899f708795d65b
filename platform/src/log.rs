//! One line of JSON for each request: its kind, its template, why params fell back, its outcome and
//! its duration; for a call of the management API also the number of its key.
//!
//! Invariant: no values, no queries, no URLs. A template's id is logged only once the template was
//! found, because until then it is text that a stranger wrote.

use std::borrow::Cow;
use std::panic;
use std::sync::Once;

use serde::Serialize;
use worker::{console_log, js_sys};

use monogram::error::Problem;
use monogram::response::Reply;

/// A request that is being served.
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
    /// The tier that answered: `memory`, `edge`, or empty.
    pub tier: &'static str,
    /// The number of warnings about the picture.
    pub warnings: usize,
    /// The code of the fault.
    pub problem: Option<Cow<'static, str>>,
    /// The revision that the URL pins, or that was published.
    pub revision: Option<u32>,
    /// The number of the API key of a call.
    pub kid: Option<u32>,
    /// `X-Request-Id` of the answer.
    pub request: String,
    /// The mail service whose proxy asks; empty if none does.
    pub proxy: &'static str,
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    template: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    format: &'static str,
    status: u16,
    cache: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    tier: &'a str,
    bytes: u32,
    ms: f64,
    warnings: usize,
    /// The params whose value is not the one of the URL, and why: `X-Params`, which has no values.
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    proxy: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    request: &'a str,
}

impl Log {
    /// A request that starts now.
    pub fn start(request: String, proxy: &'static str) -> Self {
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
            revision: None,
            kid: None,
            request,
            proxy,
        }
    }

    /// Ends a stage now. In production the clock moves only while a request waits, so a stage
    /// without I/O takes no time there.
    pub fn stage(&mut self, name: &'static str) {
        let now = js_sys::Date::now();
        self.stages.push((name, now - self.last_ms));
        self.last_ms = now;
    }

    /// The stages so far, in ms, for `Server-Timing`.
    pub fn stages(&self) -> &[(&'static str, f64)] {
        &self.stages
    }

    /// Writes the line about an answer whose body has this many bytes.
    pub fn write(&self, reply: &Reply, bytes: u32) {
        let line = self.line(reply, self.tier, bytes, js_sys::Date::now() - self.start_ms, (&self.request, self.proxy));
        console_log!("{line}");
    }

    /// The line about an answer of a tier, with the number of bytes of its body and the time that
    /// it took. `who` are its `X-Request-Id` and the proxy that asked for it.
    pub fn line(&self, reply: &Reply, tier: &str, bytes: u32, ms: f64, who: (&str, &str)) -> String {
        let (request, proxy) = who;
        let line = Line {
            event: "request",
            kind: self.kind,
            template: &self.template,
            revision: self.revision,
            format: self.format,
            status: reply.status,
            cache: reply.header("X-Cache").unwrap_or_default(),
            tier,
            bytes,
            ms,
            warnings: self.warnings,
            params: reply.header("X-Params").and_then(fallbacks),
            problem: self.problem.as_deref(),
            kid: self.kid,
            proxy,
            request,
        };
        // Fields of these types cannot fail.
        serde_json::to_string(&line).unwrap_or_default()
    }
}

/// The entries of `X-Params` whose param does not have the value of the URL. `None` if all have.
fn fallbacks(params: &str) -> Option<String> {
    let others: Vec<&str> =
        params.split(", ").filter(|entry| !entry.is_empty() && !entry.ends_with("=given")).collect();
    (!others.is_empty()).then(|| others.join(", "))
}

/// Makes every later panic log its location only: its message may quote a value (for example, that
/// a slice ends inside a character of it). Each request must call this, because the hook ends with
/// the instance, and must call it after `worker`'s own initialisation, whose hook this replaces.
pub fn hook_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        panic::set_hook(Box::new(|panic| {
            let at = panic.location().map(ToString::to_string).unwrap_or_default();
            console_log!("{{\"event\":\"panic\",\"at\":{at:?}}}");
        }));
    });
}

/// Logs a fault that the request survives: the part that failed, and for a template's document also
/// the place and the reason (a [`Problem`] holds no values).
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
