//! A body and its headers → one JSON-RPC 2.0 request.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use super::tool::{Arguments, Tool};

/// The revision whose requests name it.
pub const CURRENT: &str = "2026-07-28";

/// The revisions whose clients open with `initialize`, the newest first.
pub const OLDER: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

/// The headers that repeat parts of the body; empty if they were not sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `MCP-Protocol-Version`
    pub version: &'a str,
    /// `Mcp-Method`
    pub method: &'a str,
    /// `Mcp-Name`
    pub name: &'a str,
}

/// A request, and the id that its answer repeats.
#[derive(Debug)]
pub struct Message {
    /// A text or a number. `None` if it is a notification, which has no answer.
    pub id: Option<Json>,
    /// The request.
    pub request: Request,
}

/// A request that has an answer, or a notification.
#[derive(Debug)]
pub enum Request {
    /// `initialize` of an older client, with the revision that is spoken from now on.
    Initialize(&'static str),
    /// `server/discover`.
    Discover,
    /// `ping` of an older client.
    Ping,
    /// `tools/list`.
    ListTools,
    /// `tools/call`.
    CallTool(&'static Tool, Arguments),
    /// A message without an answer.
    Notification,
}

/// An error of the protocol. What goes wrong in a tool is a result.
#[derive(Debug, PartialEq)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// The id of the request; null if it could not be read.
    pub id: Json,
    /// The code of JSON-RPC or of the protocol.
    pub code: i32,
    /// What is wrong.
    pub message: String,
    /// What a program needs to mend it.
    pub data: Option<Json>,
}

/// A body before it is checked.
#[derive(Deserialize)]
struct Wire {
    jsonrpc: Option<String>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Json>,
    method: Option<String>,
    params: Option<Box<RawValue>>,
}

#[derive(Deserialize, Default)]
struct Params {
    name: Option<String>,
    arguments: Option<BTreeMap<String, Box<RawValue>>>,
    #[serde(rename = "protocolVersion")]
    version: Option<String>,
    #[serde(rename = "_meta", default)]
    meta: Meta,
}

#[derive(Deserialize, Default)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<String>,
}

/// `null` is a value here: a request with the id null is none, and not a notification.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// Reads a body.
///
/// # Errors
/// The answer to a request that cannot be read, or that nobody understands.
pub fn read(body: &[u8], headers: Headers<'_>) -> Result<Message, Failure> {
    // 1. JSON-RPC.
    let failure = |status, code, message: &str, id: &Json| Failure {
        status,
        id: id.clone(),
        code,
        message: message.to_owned(),
        data: None,
    };
    let wire: Wire = serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            failure(400, -32_600, "The body is not one JSON-RPC request", &Json::Null)
        } else {
            failure(400, -32_700, "The body is not JSON", &Json::Null)
        }
    })?;
    // serde reads a list as the fields of a type in their order.
    let is_object = |text: &[u8]| text.trim_ascii_start().starts_with(b"{");
    let is_id = matches!(wire.id, None | Some(Json::String(_) | Json::Number(_)));
    let id = wire.id.clone().filter(|_| is_id).unwrap_or_default();
    let Some(method) = wire.method.filter(|_| is_id && is_object(body) && wire.jsonrpc.as_deref() == Some("2.0"))
    else {
        let message = "A request has \"jsonrpc\": \"2.0\", a method, and a text or a number as id";
        return Err(failure(400, -32_600, message, &id));
    };
    let params: Params = match &wire.params {
        None => Params::default(),
        Some(raw) => Some(raw.get())
            .filter(|raw| is_object(raw.as_bytes()))
            .and_then(|raw| serde_json::from_str(raw).ok())
            .ok_or_else(|| failure(200, -32_602, "`params`, its `name` or its `arguments` have a wrong type", &id))?,
    };

    // 2. Its revision. `initialize` names the revision of what follows it.
    let named = params.meta.version.as_deref();
    if method != "initialize" {
        check_version(named, &method, params.name.as_deref(), headers).map_err(|(code, message, data)| Failure {
            status: 400,
            id: id.clone(),
            code,
            message,
            data,
        })?;
    }

    // 3. What it asks for.
    let is_current = named == Some(CURRENT);
    let request = match (method.as_str(), &wire.id) {
        (_, None) => Request::Notification,
        ("initialize", _) => {
            let wanted = params.version.unwrap_or_default();
            Request::Initialize(OLDER.into_iter().find(|known| *known == wanted).unwrap_or(OLDER[0]))
        }
        ("server/discover", _) => Request::Discover,
        ("ping", _) if !is_current => Request::Ping,
        ("tools/list", _) => Request::ListTools,
        ("tools/call", _) => {
            let tool = params.name.as_deref().and_then(Tool::find);
            let tool = tool.ok_or_else(|| failure(200, -32_602, "There is no such tool: see tools/list", &id))?;
            Request::CallTool(tool, Arguments::new(params.arguments.unwrap_or_default()))
        }
        _ => return Err(failure(404, -32_601, "There is no such method: this server has tools alone", &id)),
    };
    Ok(Message { id: wire.id, request })
}

/// Code, message and data of a failure.
type Mismatch = (i32, String, Option<Json>);

/// Checks the headers against the body.
fn check_version(named: Option<&str>, method: &str, name: Option<&str>, headers: Headers<'_>) -> Result<(), Mismatch> {
    let differs = |header: &str, field: &str| {
        Err((-32_020, format!("The header {header} must be there, and be the same as {field}"), None))
    };
    let version = named.unwrap_or(if headers.version.is_empty() { OLDER[2] } else { headers.version });
    if (named.is_some() || headers.version == CURRENT) && named != Some(headers.version) {
        return differs("MCP-Protocol-Version", "_meta[\"io.modelcontextprotocol/protocolVersion\"]");
    }
    if version != CURRENT && !OLDER.contains(&version) {
        // A revision is a date. Other text is not repeated.
        let is_date = version.len() <= 10 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let data = json!({ "supported": supported(), "requested": if is_date { version } else { "?" } });
        return Err((-32_022, "This server does not speak this revision".to_owned(), Some(data)));
    }
    if version == CURRENT {
        if headers.method != method {
            return differs("Mcp-Method", "`method`");
        }
        if method == "tools/call" && name != Some(headers.name) {
            return differs("Mcp-Name", "`params.name`");
        }
    }
    Ok(())
}

/// All revisions that are spoken, the newest first.
pub fn supported() -> Vec<&'static str> {
    [CURRENT].into_iter().chain(OLDER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of `messages.json`: what is sent, and what becomes of it.
    #[derive(Deserialize)]
    struct Case {
        about: String,
        body: Json,
        #[serde(default)]
        version: String,
        #[serde(default)]
        method: String,
        #[serde(default)]
        name: String,
        /// The request; or the status and the code of a failure.
        is: Json,
    }

    #[test]
    fn messages_are_read_or_refused() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("messages.json")).unwrap();
        assert!(cases.len() > 30);
        for Case { about, body, version, method, name, is } in cases {
            // A text is sent as it is.
            let sent = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            let headers = Headers { version: &version, method: &method, name: &name };
            let got = match read(sent.as_bytes(), headers) {
                Ok(Message { request: Request::Initialize(version), .. }) => json!(["initialize", version]),
                Ok(Message { request: Request::Discover, .. }) => json!("discover"),
                Ok(Message { request: Request::Ping, .. }) => json!("ping"),
                Ok(Message { request: Request::ListTools, .. }) => json!("list"),
                Ok(Message { request: Request::CallTool(tool, _), .. }) => json!(["call", tool.name]),
                Ok(Message { request: Request::Notification, id: None }) => json!("notification"),
                Ok(Message { request: Request::Notification, id }) => panic!("{about}: {id:?}"),
                Err(Failure { status, code, id, message, data }) => {
                    assert!(!format!("{message}{data:?}").contains("Secret"), "{about}: {message}");
                    json!([status, code, id])
                }
            };
            assert_eq!(got, is, "{about}");
        }
    }

    #[test]
    fn an_unknown_revision_learns_the_known_ones() {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-01"}}}"#;
        let failure = read(body.as_bytes(), Headers { version: "2027-01-01", ..Headers::default() }).unwrap_err();
        assert_eq!(failure.data, Some(json!({ "supported": supported(), "requested": "2027-01-01" })));
    }
}
